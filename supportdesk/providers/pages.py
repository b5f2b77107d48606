"""What lists come back with."""

from dataclasses import dataclass

from supportdesk.model import Ticket

CLOSED_AS = "closed as"  # the field of a ticket that comes and goes with its status
DONE_WITH = "completed"  # what it says where we closed it


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of tickets; `cursor` asks for the next one, empty at the end; `bad` counts unreadable rows.

    `left_out` says in a sentence what the service would not list.
    """

    tickets: tuple[Ticket, ...]
    cursor: str = ""
    bad: int = 0
    unchanged: bool = False
    etag: str = ""
    left_out: str = ""
