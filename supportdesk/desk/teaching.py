"""What the engineer and the desk teach each other: verdicts and taking them back, questions at random, the record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from supportdesk.desk import judging
from supportdesk.desk.assessing import follow
from supportdesk.desk.prepared import macros
from supportdesk.desk.readings import DeskRecord, MacroReport, Sample, in_question
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import NotFoundError
from supportdesk.insight.learning import asks_at_random, next_slot
from supportdesk.insight.record import band_records, missed
from supportdesk.insight.teamwords import TeamWord
from supportdesk.insight.workaround import Said, score_all
from supportdesk.model import Comment, Decision, Role, TicketRef, Verdict

POOL = 2000  # newest answers of a desk that a question at random is drawn from
MOST_DRAWS = 20  # answers in another language, or flags by now, are not asked about


@dataclass(frozen=True, slots=True)
class Given:
    """The newest verdict of this process, what it replaced, and the op of the tags it was shared with, if it was."""

    verdict: Verdict
    before: Verdict | None
    shared: str = ""


class Teaching:
    """One part of a `Desk`."""

    def __init__(self, work: Workplace) -> None:
        self._work = work
        self._given: Given | None = None

    def verdict(
        self, ref: TicketRef, decision: Decision, comment_id: str | None, why: str, *, sampled: bool
    ) -> Verdict:
        """Keep a verdict; NotFoundError when there is no such answer, or no finding and no answer named."""
        kept = {one.comment_id: one for one in self._work.ledger.verdicts(ref)}
        said = judging.verdict(self._work, ref, decision, comment_id, why, sampled=sampled)
        self._given = Given(said, kept.get(said.comment_id))
        return said

    def question(self, ref: TicketRef) -> str | None:
        """The answer that the console's next verdict on a ticket speaks of."""
        flag = in_question(self._work.lessons.findings(ref), self._work.verdicts(ref))
        return flag.comment_id if flag else None

    def shared(self, op: str) -> None:
        """Remember what tells colleagues of the newest verdict."""
        if self._given is not None:
            self._given = Given(self._given.verdict, self._given.before, op)

    @property
    def takeable(self) -> Given | None:
        """The newest verdict while its window is open."""
        given = self._given
        if given is None or self._work.now() >= given.verdict.at + timedelta(seconds=self._work.undo_s):
            return None
        return given

    def take_back(self, given: Given) -> str:
        """Let the newest verdict not have been given; returns the sentence to show."""
        self._given = None
        judging.withdraw(self._work, given.verdict, given.before)
        return f"Taken back: the verdict on {given.verdict.ref}."

    def withdraw(self, ref: TicketRef, comment_id: str | None) -> Verdict:
        """Let a verdict of ours not have been given, by default the newest on a ticket; NotFoundError without one."""
        kept = [one for one in self._work.ledger.verdicts(ref) if comment_id in (None, one.comment_id)]
        if not kept:
            raise NotFoundError(f"No verdict of yours stands on {ref}.", f"See `supportdesk show {ref}`.")
        judging.withdraw(self._work, kept[-1])
        self._given = None
        return kept[-1]

    async def follow(self) -> None:
        """Bring every flag in line with the newest verdicts; keys are answered meanwhile."""
        for desk in self._work.connections:
            await follow(self._work, desk)
        self._work.changed()

    def sample(self, desk: str) -> Sample | None:
        """The unflagged answer that the next verdict of a desk is wanted for; None nineteen times of twenty.

        It is drawn from the newest public answers of eight words and more that have no flag and no verdict, and the
        same verdicts and answers draw the same.
        """
        work = self._work
        learned = work.lessons.of(desk)
        if not asks_at_random(learned, desk):
            return None
        judged = {(one.ref, one.comment_id) for one in work.ledger.verdicts()}
        pool = [one for one in work.cache.answers.pool(desk, POOL, work.rules.scale.weak) if one not in judged]
        for _ in range(min(MOST_DRAWS, len(pool))):
            slot = next_slot(learned, (), pool, desk)
            if slot is None:
                return None
            if (found := self._sample(*slot.answer)) is not None:
                return found
            pool.remove(slot.answer)
        return None

    def _sample(self, ref: TicketRef, comment_id: str) -> Sample | None:
        """The answer with what was asked; None when it is a flag here, or was not read."""
        work = self._work
        comments = work.cache.comments(ref) or ()
        if judging.is_flag(work, ref, comment_id):
            return None
        said = [Said(id=one.id, role=one.author.role, body=one.body) for one in comments]
        subject = work.ticket(ref).subject
        scores = {one.comment_id: one for one in score_all(work.lessons.rules, subject, said)}
        if comment_id not in scores or scores[comment_id].skipped:
            return None
        before, answer = _around(comments, comment_id)
        return Sample(ref=ref, subject=subject, question=before, answer=answer)

    @property
    def words(self) -> tuple[TeamWord, ...]:
        """The team's own phrases that speak for a workaround, in the order they were added."""
        return self._work.lessons.words

    def add_word(self, phrase: str) -> TeamWord:
        """Let a phrase count from now on, UsageError when it cannot; `Desk.rescore` brings the flags along."""
        return judging.add_word(self._work, phrase)

    def remove_word(self, phrase: str) -> TeamWord:
        """Let a phrase count no longer, UsageError when it is none of theirs; `Desk.rescore` brings the flags along."""
        return judging.remove_word(self._work, phrase)

    async def macros(self, progress: Callable[[str], None] | None = None, *, desk: str = "") -> MacroReport:
        """The macros that are workarounds, with how often each was used; what could not be read is in its notes."""
        desks = (desk,) if desk else tuple(self._work.connections)
        return await macros(self._work, desks, progress or (lambda words: None))

    def records(self) -> tuple[DeskRecord, ...]:
        """What each desk has learned."""
        return tuple(self._record(desk) for desk in self._work.connections)

    def _record(self, desk: str) -> DeskRecord:
        learned = self._work.lessons.of(desk)
        return DeskRecord(
            desk=desk,
            verdicts=learned.count,
            bands=band_records(learned),
            where=learned.shipped.where,
            missed=missed(learned),
            found=learned.found,
            faded=tuple(learned.faded.values()),
        )


def _around(comments: tuple[Comment, ...], comment_id: str) -> tuple[str, Comment]:
    """What a customer had said last before an answer, and the answer."""
    place = next(at for at, one in enumerate(comments) if one.id == comment_id)
    asked = [one.body for one in comments[:place] if one.author.role is Role.CUSTOMER]
    return asked[-1] if asked else "", comments[place]
