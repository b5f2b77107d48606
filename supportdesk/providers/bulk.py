"""What a service may offer beyond one ticket at a time: lists that go on from a cursor, and words by the hundred.

Each protocol is optional: a desk whose provider has none of them is read ticket by ticket.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from supportdesk.model import Comment, Conversation, Person, Ticket, TicketRef
from supportdesk.providers import Flow, Page

Entry = tuple[TicketRef, Comment | None]  # without a comment: the ticket's words have to be read by themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A page of an export or of a feed; its rows are read while they are walked, None is one that cannot be read.

    `cursor` asks for what comes after it, now or on another day; `more` says that there is more already.
    """

    tickets: Iterable[Ticket | None] = ()
    gone: Sequence[TicketRef] = ()
    said: Iterable[Entry | None] = ()
    cursor: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Page):
    """A page of tickets with the words that each was opened with, where the list carries them."""

    openings: Mapping[TicketRef, Comment] = field(default_factory=dict)


@runtime_checkable
class Sparing(Protocol):
    """A service whose lists need not name a ticket twice, and whose words are read without their ticket."""

    words_at_once: int

    def older(self, before: datetime, cursor: str) -> Flow[Page]:
        """A page of the tickets that are not solved or closed and have not changed since a moment."""
        ...

    def words(self, known: Sequence[Conversation]) -> Flow[Iterable[Conversation]]:
        """What was said on tickets just listed, `words_at_once` at most; those that are gone are left out.

        Their tickets are returned as they came, so that a later change is noticed. They may be read while they are
        walked; one that cannot be read is a ServiceError then.
        """
        ...


@runtime_checkable
class Rereader(Protocol):
    """A service that tells of many tickets by their ids."""

    def show_many(self, refs: Sequence[TicketRef]) -> Flow[Page]:
        """Up to 100 tickets; those that are gone are left out."""
        ...


@runtime_checkable
class Exporter(Protocol):
    """A service that lets some accounts follow every change from a cursor: see `Capabilities.exports`."""

    def export(self, since: datetime, cursor: str) -> Flow[Batch]:
        """Tickets changed after the cursor, or since a moment without one; Forbidden for accounts that may not."""
        ...


@runtime_checkable
class Feed(Protocol):
    """A service that lets some accounts follow everything said, whatever ticket it is on: see `Capabilities.feeds`."""

    def feed(self, since: datetime, cursor: str) -> Flow[Batch]:
        """Entries made or changed after the cursor, or since a moment without one; authors may be known by id only."""
        ...

    def people(self, ids: Sequence[str]) -> Flow[tuple[Person, ...]]:
        """Who these authors are, 100 at most; those that are gone are left out."""
        ...

    def whole(self, known: Conversation) -> bool:
        """Whether these are all the words that the ticket has."""
        ...
