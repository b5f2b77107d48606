"""What the engineer teaches the desk from the selected ticket: verdicts, the team's own words, and the record of it."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from supportdesk import late
from supportdesk.errors import SupportdeskError
from supportdesk.model import Decision, TicketRef
from supportdesk.ui.keys import key
from supportdesk.ui.outside import OutsideScreen
from supportdesk.ui.words import counted

NOTHING_ASKED = "Nothing is asked right now: about one in twenty verdicts asks about an answer without a flag."


class TeachingScreen(OutsideScreen):
    """A screen on which one ticket is selected, and judged."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("W", "no_workaround", "not a workaround", "Say that the flag is wrong, and why if you like",
            id="queue.dismiss"),
        key("C", "confirm", "confirm the flag", "Say that this is a workaround for a bug", id="queue.confirm"),
        key("S", "sample", "one we did not flag", "Look at the answer that is asked about, one in twenty verdicts",
            id="queue.sample"),
        key("T", "team_word", "your team's words", "Let a phrase of this answer speak for a workaround from now on",
            id="queue.team_word"),
        key("L", "record", "the desk's record", "How right the flags were here, what was missed, your team's words",
            id="queue.record"),
        key("M", "macros", "macros that smell", "The macros whose text is itself a workaround, and how often each "
            "was used", id="queue.macros"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._sample: late.readings.Sample | None = None

    def reason(self, id_: str) -> str:
        """Why a key is off; a question is there only when it was offered."""
        return NOTHING_ASKED if id_ == "queue.sample" and self._sample is None else super().reason(id_)

    def action_confirm(self) -> None:
        """Say that the flag is right."""
        if (ref := self._allowed("confirm")) is not None and self._judge(ref, Decision.CONFIRMED):
            words = f"Confirmed: {ref} holds a workaround for a bug. b makes the issue, u takes it back."
            self.console.say(words, topic="undo")

    async def action_no_workaround(self) -> None:
        """Say that the flag is wrong, with a reason or none."""
        if (ref := self._allowed("dismiss")) is not None:
            ask = late.ask.AskText("Not a workaround", "Why? One line helps the rules; enter alone is fine.")
            await self.app.push_screen(ask, partial(self._dismissed, ref))

    def _dismissed(self, ref: TicketRef, why: str | None) -> None:
        if why is not None and self._judge(ref, Decision.DISMISSED, why):
            self.console.say(f"Noted: {ref} holds no workaround. u takes it back.", topic="undo")

    def _judge(self, ref: TicketRef, decision: Decision, why: str = "") -> bool:
        answer = self.desk.teaching.question(ref)
        if self.attempt(lambda: self.desk.verdict(ref, decision, comment_id=answer, why=why)) is None:
            return False
        self._follow(asks=ref.desk)
        return True

    def action_undo(self) -> None:
        """Take back the newest action; where it was a verdict, the flags go back with it."""
        super().action_undo()
        self._follow()

    @work(group="follow")
    async def _follow(self, asks: str = "") -> None:
        """Once the key has its answer, let all other flags follow; then a desk may ask about another answer."""
        try:
            await self.desk.teaching.follow()
        except SupportdeskError as problem:
            self.console.tell(problem)
            return
        if asks:
            self._offer(asks)

    def _offer(self, desk: str) -> None:
        self._sample = self.attempt(lambda: self.desk.teaching.sample(desk))
        if self._sample is not None:
            self.console.say("One we did not flag: is this a workaround? S shows it.", topic="sample")
        self.draw_keys()

    async def action_sample(self) -> None:
        """Show the answer that is asked about; whatever is said of it, it is asked once."""
        from supportdesk.ui.record import SampleScreen

        sample, self._sample = self._sample, None
        if sample is None:
            self.console.say(NOTHING_ASKED)
            return
        await self.app.push_screen(SampleScreen(sample), partial(self._sampled, sample))

    def _sampled(self, sample: late.readings.Sample, decision: Decision | None) -> None:
        self.draw_keys()
        if decision is None:
            return
        ref, comment_id = sample.ref, sample.answer.id
        if self.attempt(lambda: self.desk.verdict(ref, decision, comment_id=comment_id, sampled=True)) is not None:
            self._follow(asks=ref.desk)
            found = "a workaround that was missed" if decision is Decision.CONFIRMED else "no workaround"
            self.console.say(f"Kept: {ref} holds {found}. L shows the desk's record.", topic="verdict")

    async def action_team_word(self) -> None:
        """Ask which words of the answer speak for a workaround."""
        from supportdesk.ui.phrase import PickPhrase, sentences_of

        reading = self.desk.read(self.ref) if self.ref is not None else None
        sentences, first = sentences_of(reading) if reading is not None else ([], 0)
        if not sentences:
            self.console.say("There is no answer of yours here to take words from.")
            return
        await self.app.push_screen(PickPhrase(sentences, first), self._picked)

    def _picked(self, phrase: str | None) -> None:
        if phrase and (word := self.attempt(lambda: self.desk.teaching.add_word(phrase))) is not None:
            self.console.say(f"“{word.phrase}” speaks for a workaround from now on.")
            self._rescore()

    @work(group="rescore")
    async def _rescore(self) -> None:
        """Read everything again with the words as they are now, and say what came of it."""
        before = self.desk.status().flags
        try:
            await self.desk.rescore()
        except SupportdeskError as problem:
            self.console.tell(problem)
            return
        more = self.desk.status().flags - before
        change = (
            f"{counted(abs(more), 'flag')} {'more' if more > 0 else 'fewer'}" if more else "as many flags as before"
        )
        self.console.say(f"Every answer was read again: {change}.", topic="verdict")

    async def action_record(self) -> None:
        """Show what the desk has learned."""
        from supportdesk.ui.record import RecordScreen

        await self.app.push_screen(RecordScreen(), self._after_record)

    def _after_record(self, removed: bool | None) -> None:
        if removed:
            self._rescore()

    async def action_macros(self) -> None:
        """Show the macros that are workarounds."""
        from supportdesk.ui.macros import MacrosScreen

        await self.app.push_screen(MacrosScreen())
