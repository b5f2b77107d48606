"""What is read of single tickets and asked for now and then: conversations, proposals, reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from supportdesk import late
from supportdesk.desk.shapes import COLLEAGUE
from supportdesk.errors import SupportdeskError
from supportdesk.model import (
    Comment,
    Escalation,
    Finding,
    IssueDraft,
    IssueRef,
    Kind,
    Outgoing,
    Person,
    Ticket,
    TicketRef,
    Verdict,
)
from supportdesk.providers import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The tickets in which the same answer was given, this one included, and how many distinct customers they are."""

    tickets: int
    customers: int
    refs: tuple[TicketRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Tickets in which the same workaround was given, the most typical one first, and what it cost so far.

    `customers` are distinct ones; `advice` is the answer on the first ticket, which `finding` was found in.
    `escalation` is the issue that was filed from one of them.
    """

    refs: tuple[TicketRef, ...]
    subject: str
    customers: int
    since: datetime
    until: datetime
    advice: str
    finding: Finding
    escalation: Escalation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    """The problems, worst first, and how many flagged tickets stand `beside` them."""

    problems: tuple[Problem, ...]
    beside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """How often an answer was given, word for word or nearly; a verdict on one serves all unless it is boilerplate."""

    answers: int
    customers: int
    boilerplate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An answer of ours that was not flagged, offered for a verdict; `question` is what was asked before it."""

    ref: TicketRef
    subject: str
    question: str
    answer: Comment


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRecord:
    """What a desk has learned, for people; `missed` and `found` are sentences, empty while there is nothing to say.

    `where` names what the bands were measured on elsewhere, `faded` says which cues count for less here.
    """

    desk: str
    verdicts: int
    bands: tuple[late.record.BandRecord, ...]
    where: str
    missed: str = ""
    found: int = 0
    faded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroReport:
    """The macros that are workarounds, of how many, and in sentences which desks have none or could not be read."""

    smells: tuple[late.macros.Smell, ...]
    macros: int
    notes: tuple[str, ...] = ()
    problems: tuple[SupportdeskError, ...] = ()


def in_question(findings: Sequence[Finding], verdicts: Mapping[str, Verdict]) -> Finding | None:
    """Which flag the console's next verdict speaks of: the strongest we did not judge yet, else the strongest.

    Hints of other kinds are never asked about.
    """
    flags = [one for one in findings if one.kind is Kind.WORKAROUND]
    judged = {answer for answer, said in verdicts.items() if said.agent != COLLEAGUE}
    return next((one for one in flags if one.comment_id not in judged), flags[0] if flags else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything a conversation is drawn from; `loaded` is off while its comments were never fetched.

    `confidence` says how far the strongest finding can be trusted, `reminders` which of its cues count for less here,
    `repeats` by answer how often it was given. A verdict may have been given on the same answer elsewhere.
    """

    ticket: Ticket
    comments: tuple[Comment, ...]
    loaded: bool
    findings: tuple[Finding, ...]
    verdicts: dict[str, Verdict]
    escalation: Escalation | None
    outgoing: tuple[Outgoing, ...]
    reply_draft: str
    note_draft: str
    family: Family
    confidence: str = ""
    reminders: tuple[str, ...] = ()
    repeats: dict[str, Repeat] = field(default_factory=dict)

    @property
    def finding(self) -> Finding | None:
        """The strongest finding."""
        return self.findings[0] if self.findings else None

    @property
    def question(self) -> Finding | None:
        """The flag that the next verdict speaks of."""
        return in_question(self.findings, self.verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Who a public reply reaches; `outsiders` are not of the requester's organisation."""

    people: tuple[Person, ...]
    outsiders: tuple[Person, ...]

    @property
    def warning(self) -> str:
        """A sentence about the outsiders, empty when there are none."""
        if not self.outsiders:
            return ""
        names = ", ".join(
            f"{person.name} <{person.email}>" if person.email else person.name for person in self.outsiders
        )
        one = len(self.outsiders) == 1
        return f"This reply also reaches {names}, who {'is' if one else 'are'} outside the requester's organisation."


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """An issue that reads like the one proposed; `score` is the share of words in common, 0 to 1."""

    ref: IssueRef
    title: str
    url: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An issue as it would be sent, and what stands in its way; `op` is already in the body's last line.

    `kept` is the engineer's own wording of an earlier review, which the gate has not read; `own`: the draft is theirs.
    """

    ref: TicketRef
    op: str
    draft: IssueDraft
    place: Place | None
    tickets: int
    customers: int
    redactions: dict[str, int] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    existing: Escalation | None = None
    quotes: bool = False
    kept: late.wordings.Wording | None = None
    own: bool = False

    @property
    def public(self) -> bool:
        """Whether the world can read the tracker; what would not say counts as public."""
        return self.place is None or self.place.public is not False

    @property
    def needs_review(self) -> bool:
        """Whether a person must look before it is filed."""
        return bool(self.public or self.doubts or self.blocks or self.existing or self.kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What a sync did, a sentence a desk; `failed` holds the sentences of the desks that could not be read, and why.

    `bad_rows` tickets and `unread` conversations could not be understood and were left out. `unfinished`: a list has
    more than one sync reads.
    """

    lines: tuple[str, ...]
    failed: tuple[str, ...]
    bad_rows: int = 0
    unread: int = 0
    unfinished: bool = False
    problems: tuple[SupportdeskError, ...] = ()
