"""What the engineer says of answers: the verdict with what the rules had said then, kept for the desk to learn from."""

from supportdesk.desk.workplace import Workplace
from supportdesk.errors import NotFoundError
from supportdesk.insight.learning import judged
from supportdesk.insight.workaround import Said, Scored, score_all
from supportdesk.model import Decision, Finding, TicketRef, Verdict


def verdict(work: Workplace, ref: TicketRef, decision: Decision, comment_id: str | None, why: str) -> Verdict:
    """Keep a verdict on an answer, by default the strongest finding's, and let the desk's flags follow.

    NotFoundError when there is no such answer, or no finding and no answer named.
    """
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
        why=why,
    )
    with work.ledger.transaction():
        work.ledger.put_verdict(said)
        work.record(f"verdict {decision.value}", ref, why)
    work.reflag(ref.desk, first=ref)
    return said


def _strongest(work: Workplace, ref: TicketRef) -> str:
    findings = work.lessons.findings(ref)
    if not findings:
        raise NotFoundError(f"{ref} has no finding.", "Name the answer with --comment to mark one the rules missed.")
    return findings[0].comment_id


def _seen(work: Workplace, ref: TicketRef, answer: str) -> Finding | Scored | None:
    """What the shipped rules made of an answer; None for what they do not read, a customer's words."""
    finding = next((each for each in work.cache.findings(ref) if each.comment_id == answer), None)
    if finding is not None:
        return finding
    said = [Said(id=one.id, role=one.author.role, body=one.body) for one in work.cache.comments(ref) or ()]
    scores = score_all(work.lessons.rules, work.ticket(ref).subject, said)
    return next((one for one in scores if one.comment_id == answer), None)
