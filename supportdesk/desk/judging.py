"""What the engineer teaches: verdicts on answers, with what the rules had said then, and the team's own phrases."""

from collections.abc import Callable

from supportdesk.desk.workplace import Workplace
from supportdesk.errors import NotFoundError, UsageError
from supportdesk.insight.learning import judged
from supportdesk.insight.teamwords import TeamWord, propose, removal
from supportdesk.insight.workaround import Said, Scored, score_all
from supportdesk.model import Decision, Finding, Kind, TicketRef, Verdict


def verdict(
    work: Workplace, ref: TicketRef, decision: Decision, comment_id: str | None, why: str, *, sampled: bool = False
) -> Verdict:
    """Keep a verdict on an answer, by default the strongest flag's; its marks and the desk's flags are to follow.

    NotFoundError when there is no such answer, or no flag and no answer named.
    """
    work.ticket(ref)
    answer = comment_id or _strongest(work, ref)
    if answer not in {comment.id for comment in work.cache.comments(ref) or ()}:
        raise NotFoundError(f"{ref} has no comment {answer}.", f"See `supportdesk show {ref}`.")
    said = judged(
        work.lessons.of(ref.desk),
        _seen(work, ref, answer),
        answer=(ref, answer),
        decision=decision,
        agent=work.agent(ref.desk),
        at=work.now(),
        sampled=sampled,
        why=why,
    )
    with work.ledger.transaction():
        work.ledger.put_verdict(said)
        work.record(f"verdict {decision.value}", ref, why)
    return said


def withdraw(work: Workplace, said: Verdict, before: Verdict | None = None) -> None:
    """Let a verdict not have been given, and what it had replaced hold again; marks are to follow."""
    with work.ledger.transaction():
        if before is None:
            work.ledger.delete_verdict(said.ref, said.comment_id)
        else:
            work.ledger.put_verdict(before)
        work.record("verdict withdrawn", said.ref)


def _strongest(work: Workplace, ref: TicketRef) -> str:
    flag = next((one for one in work.lessons.findings(ref) if one.kind is Kind.WORKAROUND), None)
    if flag is None:
        raise NotFoundError(f"{ref} has no flag.", "Name the answer with --comment to mark one the rules missed.")
    return flag.comment_id


def _seen(work: Workplace, ref: TicketRef, answer: str) -> Finding | Scored | None:
    """What the shipped rules made of an answer, a finding only where one is shown; None for a customer's words."""
    if is_flag(work, ref, answer):
        flags = (each for each in work.cache.findings(ref) if each.kind is Kind.WORKAROUND)
        return next(each for each in flags if each.comment_id == answer)
    said = [Said(id=one.id, role=one.author.role, body=one.body) for one in work.cache.comments(ref) or ()]
    scores = score_all(work.lessons.rules, work.ticket(ref).subject, said)
    return next((one for one in scores if one.comment_id == answer), None)


def is_flag(work: Workplace, ref: TicketRef, answer: str) -> bool:
    """Whether an answer is shown as a workaround; a hint is no flag."""
    found = work.lessons.findings(ref)
    return any(each.comment_id == answer and each.kind is Kind.WORKAROUND for each in found)


def add_word(work: Workplace, phrase: str) -> TeamWord:
    """Keep a phrase that speaks for a workaround here; UsageError says why it cannot be one."""
    lessons = work.lessons
    return _kept(work, lambda: propose(lessons.plain, lessons.words, phrase, added_by=_us(work), at=work.now()))


def remove_word(work: Workplace, phrase: str) -> TeamWord:
    """Keep that a phrase no longer counts; UsageError when it does not stand."""
    return _kept(work, lambda: removal(work.lessons.words, phrase, removed_by=_us(work), at=work.now()))


def _kept(work: Workplace, made: Callable[[], TeamWord]) -> TeamWord:
    with work.ledger.transaction():
        try:
            word = made()
        except ValueError as problem:
            raise UsageError(str(problem), "Your team's phrases: `supportdesk cue list`.") from None
        work.ledger.add_team_word(word)
    work.changed()
    return word


def _us(work: Workplace) -> str:
    return next((name for desk in work.connections if (name := work.agent(desk))), "")
