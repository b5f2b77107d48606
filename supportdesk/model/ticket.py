"""What services tell: tickets with all that is said on them, and the views that hold them."""

from dataclasses import dataclass
from datetime import datetime

from supportdesk.model.people import Person
from supportdesk.model.queue import Status, TicketRef


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
