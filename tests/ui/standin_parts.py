"""Parts of the stand-in for the desk: what teaching and searching need of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from supportdesk.desk import (
    DeskRecord,
    MacroReport,
    Problems,
    Proposal,
    Sample,
)
from supportdesk.desk.attention import Attention
from supportdesk.desk.searching import Filed, Hit, excerpt, matches
from supportdesk.errors import HeldError
from supportdesk.insight.teamwords import TeamWord
from supportdesk.model import (
    TicketRef,
)
from supportdesk.store.cache_words import words
from supportdesk.store.wordings import Wording

NOW = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


@dataclass
class StandInTeaching:
    """The interface of `supportdesk.desk.teaching.Teaching`; `asks` are offered one a verdict."""

    asks: list[Sample] = field(default_factory=list)
    learned: tuple[DeskRecord, ...] = ()
    words: tuple[TeamWord, ...] = ()
    report: MacroReport = field(default_factory=lambda: MacroReport(smells=(), macros=0))
    followed: int = 0

    async def follow(self) -> None:
        self.followed += 1

    def question(self, ref: TicketRef) -> str | None:
        """The strongest finding, which `StandIn.verdict` knows."""

    def sample(self, desk: str) -> Sample | None:
        return self.asks.pop(0) if self.asks else None

    def records(self) -> tuple[DeskRecord, ...]:
        return self.learned

    def add_word(self, phrase: str) -> TeamWord:
        word = TeamWord(phrase=phrase, added_by="maren", at=NOW)
        self.words = (*self.words, word)
        return word

    def remove_word(self, phrase: str) -> TeamWord:
        self.words = tuple(one for one in self.words if one.phrase != phrase)
        return TeamWord(phrase=phrase, added_by="maren", at=NOW, removed=True)

    async def macros(self, tell: Callable[[str], object] = str) -> MacroReport:
        return self.report


@dataclass
class StandInFiltering:
    """The interface of `supportdesk.desk.filtering.Filtering`: the view whose rows are held."""

    held: str = ""

    async def prepare(self, view: str) -> bool:
        self.held = view
        return True

    def ready(self, view: str) -> bool:
        return self.held == view

    def leave(self) -> None:
        self.held = ""


@dataclass
class StandInTexts:
    """The interface of `supportdesk.desk.searching.Searching` over the stand-in's tickets."""

    desk: Any  # the stand-in itself
    left: int = 0
    unheard: int = 0

    def search(self, text: str) -> list[Hit]:
        wanted = words(text)
        return [hit for hit in map(partial(self._hit, wanted), self.desk._refs("all", "")) if _all_in(hit, wanted)]

    def _hit(self, wanted: list[str], ref: TicketRef) -> Hit:
        said = "\n".join(one.body for one in self.desk.comments.get(ref, ()))
        context, marks = excerpt(said, wanted)
        row = self.desk._row(ref)
        return Hit(row=row, context=context, marks=marks, subject_marks=tuple(matches(row.subject, wanted)))

    def filed(self) -> Filed:
        return Filed(tickets=len(self.desk.tickets), left=self.left, unheard=self.unheard)

    async def file(self) -> None:
        pass


def _all_in(hit: Hit, wanted: list[str]) -> bool:
    return bool(wanted) and len(wanted[0]) > 2 and bool(hit.marks or hit.subject_marks)


class StandInProblems:
    """The problems behind the flags; without any, none."""

    several = Problems(problems=(), beside=0)

    async def problems(self, tell: Callable[[str], object] = str) -> Problems:
        return self.several


@dataclass
class StandInKeys:
    """When a key came, and whether the background is paused."""

    attention: Attention = field(default_factory=Attention)


class StandInWriting(StandInKeys):
    """What is written and not sent: where another console writes too, and an issue's own wording."""

    off: dict[str, str]
    done: list[tuple[Any, ...]]
    wordings: dict[TicketRef, Wording]

    def open_draft(self, ref: TicketRef, *, public: bool) -> str:
        return self.off.get("draft", "")

    def close_draft(self, ref: TicketRef, *, public: bool) -> str:
        self.done.append(("close draft", ref, public))
        return ""

    def save_wording(self, proposal: Proposal, *, title: str, body: str) -> None:
        self.wordings[proposal.ref] = Wording(ref=proposal.ref, title=title, body=body, at=NOW)

    def open_wording(self, ref: TicketRef) -> Any:
        if "wording" in self.off:
            raise HeldError(self.off["wording"])
        return SimpleNamespace(leave=lambda: self.done.append(("leave wording", ref)))

    def drop_wording(self, ref: TicketRef) -> None:
        self.wordings.pop(ref, None)
