"""Walking a service's list of tickets: pages go to disk as they come, each with the cursor of the next one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeVar

from supportdesk.desk.pace import CALLS
from supportdesk.desk.slices import in_slices
from supportdesk.desk.visit import Visit
from supportdesk.desk.words import read_first
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import Distrusted
from supportdesk.model import Comment, Ticket, TicketRef
from supportdesk.providers import Flow, Page
from supportdesk.providers.bulk import Opened

T = TypeVar("T")
Walked = Callable[[Page, str], None]
MOST_PAGES = 100
THE_SAME = 2  # pages like the one before: a list that goes on from its last row may bring one twice
FEW = 50  # that a key waits for; a command takes all of a page


class Rows(NamedTuple):
    """What a page brought, and what is kept behind it."""

    tickets: Iterable[Ticket | None]
    page: Page | None = None
    then: Callable[[], None] | None = None


async def walk(visit: Visit, ask: Callable[[str], Flow[Page]], cursor: str, walked: Walked) -> None:
    """Keep the tickets of every page; Distrusted when the list repeats itself.

    `walked` is told each page and the cursor of the next one, and what it keeps is kept together with the page.
    """
    asked: set[str] = set()
    waiting: list[Rows] = []
    before, same, ended = None, 0, False
    try:
        while not ended:
            if len(asked) >= MOST_PAGES:
                visit.notes.append(f"There are more: the next sync goes on after {MOST_PAGES} pages.")
                return
            if asked and not await visit.turn(CALLS):
                visit.notes.append("There are more: the next sync goes on from there.")
                return
            asked.add(cursor)
            page = await visit.ask(partial(ask, cursor))
            visit.answered = visit.answered or visit.there()
            visit.bad += page.bad
            visit.troubles += [page.left_out] if page.left_out else []
            same = same + 1 if page.tickets and page.tickets == before else 0
            before, cursor = page.tickets, page.cursor
            looped, ended = (cursor and cursor in asked) or same >= THE_SAME, not cursor
            waiting.append(Rows(page.tickets, page, None if looped else partial(walked, page, cursor)))
            if looped:
                raise repeats(visit, "list of tickets")
            if len(waiting) == visit.work.attention.pages_at_once:
                await _put(visit, waiting)
    finally:
        await _put(visit, waiting)


def repeats(visit: Visit, what: str) -> Distrusted:
    """What it means that a list leads back to where it was: how much is missing cannot be known."""
    said = f"{visit.name}: the service's {what} repeats itself and does not come to an end."
    return Distrusted(said, "What came is kept. The next sync tries again.")


async def put(visit: Visit, tickets: Iterable[Ticket | None], page: Page | None = None) -> None:
    """Keep tickets as they are walked, in slices; None is a row that was unreadable."""
    await _put(visit, [Rows(tickets, page)])


async def _put(visit: Visit, waiting: list[Rows]) -> None:
    """Put down what waits, once, and each page's end in one write with what is kept behind it."""
    some, waiting[:] = waiting[:], []
    if not some:
        return
    await in_slices(visit.work, _steps(visit, some), lambda step: step())
    visit.told()
    visit.work.progressed()
    await read_first(visit)


def _steps(visit: Visit, waiting: Iterable[Rows]) -> Iterator[Callable[[], None]]:
    for tickets, page, then in waiting:
        openings = page.openings if isinstance(page, Opened) and visit.connection.capabilities.feeds else {}
        for some in few(tickets, FEW * visit.work.attention.pages_at_once):
            yield partial(_take, visit, some, openings)
        if then is not None:
            yield then


def _take(visit: Visit, some: Sequence[Ticket | None], openings: Mapping[TicketRef, Comment]) -> None:
    there = [ticket for ticket in some if ticket is not None]
    visit.bad += len(some) - len(there)
    visit.tickets.update(ticket.ref for ticket in there)
    visit.changed += visit.work.cache.put_tickets([_counted(visit.work, ticket) for ticket in there], openings)


def few(things: Iterable[T], most: int) -> Iterator[list[T]]:
    """Things as they come, a few at a time: together they take few statements, and a key waits for no more."""
    left = iter(things)
    while some := list(islice(left, most)):
        yield some


def _counted(work: Workplace, ticket: Ticket) -> Ticket:
    """The ticket with what a list leaves out: how many comments it has."""
    known = work.cache.ticket(ticket.ref) if ticket.comment_count is None else None
    if known is None or known.stamp != ticket.stamp:
        return ticket
    return replace(ticket, comment_count=known.comment_count)
