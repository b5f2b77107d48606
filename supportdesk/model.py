"""The nouns: tickets, people, answers, what the rules find in them, and what the engineer wants done about it."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self


class Status(StrEnum):
    """Zendesk's ladder; other services map onto it in their own file."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    HOLD = "hold"
    SOLVED = "solved"
    CLOSED = "closed"


class Role(StrEnum):
    """Which side of the conversation somebody is on."""

    AGENT = "agent"
    CUSTOMER = "customer"
    SYSTEM = "system"


class Kind(StrEnum):
    """What the rules can make of an answer."""

    WORKAROUND = "workaround"
    KNOWN_BUG = "known-bug"
    HOWTO = "howto"
    SLOW = "slow"
    BY_HAND = "by-hand"
    MISSING = "missing"


class Band(StrEnum):
    """How sure a finding is, strongest first."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    WEAK = "weak"


class Grade(StrEnum):
    """How painful a workaround is for the customer."""

    ONE_STEP = "one step"
    MANY_STEPS = "many steps"
    REPEATED = "must be repeated"
    SCRIPTED = "scripted by us"
    DESTRUCTIVE = "destructive"


class Decision(StrEnum):
    """What the engineer said of a finding."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class State(StrEnum):
    """Where something on its way is; contract.md says what leads where."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    HELD = "held"
    REJECTED = "rejected"
    DROPPED = "dropped"


_REF = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63})#([A-Za-z0-9._-]{1,64})")


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket's identity, `acme#4312`: the desk's name in the configuration and the service's own id."""

    desk: str
    id: str

    def __str__(self) -> str:
        return f"{self.desk}#{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `DESK#ID`; ValueError when it is not one."""
        found = _REF.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is not DESK#ID, for example acme#4312")
        return cls(found[1], found[2])


@dataclass(frozen=True, slots=True)
class IssueRef(TicketRef):
    """An issue's identity on a tracker, in the same form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A customer as a company: what distinct customers are counted by."""

    name: str
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on either side; requester, assignee and author are fields that hold one."""

    name: str
    email: str = ""
    id: str = ""
    role: Role = Role.CUSTOMER
    organization: Organization | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file's description; its bytes stay on the service. `infected` is what the service's scanner says."""

    id: str
    name: str
    size: int = 0
    content_type: str = ""
    url: str = ""
    infected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One entry of a conversation; whether the customer sees it is never assumed."""

    id: str
    author: Person
    public: bool
    created_at: datetime
    body: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A request for help as last seen; `stamp` is the service's own version of it, sent back with every write."""

    ref: TicketRef
    subject: str
    status: Status
    requester: Person
    created_at: datetime
    updated_at: datetime
    stamp: str = ""
    url: str = ""
    priority: str = ""
    assignee: Person | None = None
    tags: tuple[str, ...] = ()
    cc: tuple[Person, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    comment_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A ticket with everything said on it, oldest first."""

    ticket: Ticket
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A named query of a desk; its result is the queue."""

    id: str
    name: str
    desk: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words that convinced, where they stand, and which way they pull (`weight`: log-odds, below 0 is against)."""

    comment_id: str
    cue: str
    text: str
    start: int
    end: int
    weight: float
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the rules make of one answer; `p` is a probability at the desk's own base rate."""

    kind: Kind
    p: float
    band: Band
    comment_id: str
    grade: Grade | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the engineer said of a finding, with what the rules had said then: a desk learns from that alone.

    `p` and `band` are as shown, None where nothing was flagged; `logit` and `cues` (name and weight) are the rules'
    own, before the desk's learning. `sampled` is an unflagged answer that was offered at random.
    """

    ref: TicketRef
    comment_id: str
    decision: Decision
    agent: str
    at: datetime
    kind: Kind = Kind.WORKAROUND
    p: float | None = None
    why: str = ""
    band: Band | None = None
    logit: float | None = None
    cues: tuple[tuple[str, float], ...] = ()
    sampled: bool = False
    rules: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """New values for a ticket's fields; None leaves one alone, an empty assignee takes it off everybody."""

    status: Status | None = None
    assignee: str | None = None
    priority: str | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Update()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Words that the customer sees."""

    body: str
    update: Update = field(default_factory=Update)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Words that only we see."""

    body: str
    update: Update = field(default_factory=Update)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDraft:
    """An issue as it will be sent, byte for byte; the last line of the body is its marker.

    `ticket_url` is where its ticket is seen: a tracker on the same server links the two by it, and no text holds it.
    """

    tracker: str
    title: str
    body: str
    labels: tuple[str, ...] = ()
    ticket_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """File this issue on its tracker for a ticket.

    `public_ok` names the public repository that was consented to; `public_link` asks for a reply that links to it.
    """

    draft: IssueDraft
    public_ok: str = ""
    public_link: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Add this ticket's evidence to an issue that exists."""

    issue: IssueRef
    url: str
    title: str
    body: str
    public_ok: str = ""
    public_link: bool = False


Change = Reply | Note | Update | Escalate | Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A change on its way: what, about which ticket, through which desk, and how far it got.

    `op` is a random uuid for life; `seen` is the ticket as it was read; `asked_at` is when the request was last
    written; `unknowns` counts attempts of unknown outcome, `asked_there` is the service's time before the first; `seq`
    keeps the order per ticket; `own_backoff`: `not_before` is our own patience; `boot` names the machine's run of
    these times, `booted_at` its start by the clock of then; at `sweep_at` it is looked for again.
    """

    op: str
    change: Change
    ref: TicketRef
    desk: str
    seen: Ticket
    created_at: datetime
    seq: int = 0
    state: State = State.QUEUED
    attempts: int = 0
    unknowns: int = 0
    not_before: datetime | None = None
    own_backoff: bool = False
    asked_at: datetime | None = None
    asked_there: datetime | None = None
    why: str = ""
    remote: str = ""
    boot: str = ""
    booted_at: datetime | None = None
    sweep_at: datetime | None = None
    exposed: bool = False  # a note that the service made public


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A bug where it lives."""

    ref: IssueRef
    title: str
    url: str
    open: bool = True
    labels: tuple[str, ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """The link between a ticket and its issue, once made."""

    ticket: TicketRef
    issue: IssueRef
    url: str
    title: str
    op: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Words not yet sent; one for each ticket and kind, so that a note can never become a reply."""

    ref: TicketRef
    public: bool
    body: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An append-only fact; metrics and handoffs are functions of these."""

    at: datetime
    kind: str
    ticket: TicketRef
    agent: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the queue: a ticket with the marks that the console puts on it."""

    ref: TicketRef
    subject: str
    status: Status
    priority: str
    requester: str
    organization: str
    assignee: str
    created_at: datetime
    updated_at: datetime
    band: Band | None = None
    p: float = 0.0
    decision: Decision | None = None
    issue: str = ""
    queued: int = 0
    held: int = 0
    draft: bool = False
    unread: bool = False
