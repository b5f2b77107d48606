"""What the engineer wants done: changes, how far each got on its way, drafts, and the record of facts."""

from dataclasses import dataclass, field
from datetime import datetime

from supportdesk.model.issue import IssueDraft, IssueRef
from supportdesk.model.queue import State, Status, TicketRef
from supportdesk.model.ticket import Ticket


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
class Draft:
    """Words not yet sent; one for each ticket and kind, so that a note can never become a reply.

    `aside` names a page beside it, of a console that wrote while another one had the draft open.
    """

    ref: TicketRef
    public: bool
    body: str
    at: datetime
    aside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An append-only fact; metrics and handoffs are functions of these."""

    at: datetime
    kind: str
    ticket: TicketRef
    agent: str = ""
    detail: str = ""
