"""Bugs where they live, and their links to tickets."""

from dataclasses import dataclass
from datetime import datetime

from supportdesk.model.queue import TicketRef


@dataclass(frozen=True, slots=True)
class IssueRef(TicketRef):
    """An issue's identity on a tracker, in the same form."""


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
