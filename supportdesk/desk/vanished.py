"""Tickets that lists name no more: they are asked for, and leave the queue where their service no longer has them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice

from supportdesk.desk.bookmark import Bookmark, keep
from supportdesk.desk.slices import in_slices
from supportdesk.desk.visit import Visit
from supportdesk.desk.walking import few, put
from supportdesk.errors import Distrusted, Limited, Lost, Missing, Refused
from supportdesk.model import Ticket, TicketRef
from supportdesk.providers.bulk import Rereader

MOST_AT_A_TIME = 500
MOST_FAILED = 3
AT_ONCE = 100
LOOKED_AT = 500
LOOKED_AT_EVERY = timedelta(hours=1)


def named(visit: Visit, mark: Bookmark, refs: Iterable[TicketRef]) -> Bookmark:
    """Remember that a full reading named these tickets, or that they were asked for."""
    visit.work.cache.set_meta(_page(visit, mark.named), " ".join(ref.id for ref in refs))
    return replace(mark, named=mark.named + 1)


async def settle(visit: Visit, mark: Bookmark) -> None:
    """Ask for open tickets that the last full reading did not name; what is not done now is for the next sync."""
    gone, size = await _unnamed(visit, mark), _at_once(visit)
    failed, answered = 0, False
    for start in range(0, min(len(gone), MOST_AT_A_TIME), size):
        some = gone[start : start + size]
        if not await visit.turn():
            return
        if not await _ask(visit, some):
            failed += 1
            if len(some) > 1 or failed == MOST_FAILED or visit.connection.pace.held_s():
                return
            continue
        answered = True
        mark = named(visit, mark, some)
        keep(visit, mark)
    if (failed and not answered) or len(gone) > MOST_AT_A_TIME:
        return  # those that alone would not be told of are asked for after the next full reading
    with visit.work.cache.batch():
        for number in range(mark.named):
            visit.work.cache.set_meta(_page(visit, number), "")
        keep(visit, replace(mark, unsettled=False, named=0))


async def look_again(visit: Visit, mark: Bookmark) -> Bookmark:
    """Now and then, ask whether what is on screen is still there: no list of changes tells of what was deleted."""
    now, cache = visit.work.now(), visit.work.cache
    if mark.looked_at is not None and timedelta() <= now - mark.looked_at < LOOKED_AT_EVERY:
        return mark
    seen = (ref for ref in visit.work.attention.first() if ref.desk == visit.name and ref not in visit.tickets)
    refs = list(islice((ref for ref in seen if cache.ticket(ref) is not None), _at_once(visit)))
    if not refs or not await _ask(visit, refs):
        return mark
    mark = replace(mark, looked_at=now)
    keep(visit, mark)
    return mark


async def _unnamed(visit: Visit, mark: Bookmark) -> list[TicketRef]:
    cache = visit.work.cache
    known = {id_ for number in range(mark.named) for id_ in cache.meta(_page(visit, number)).split()}
    found: list[TicketRef] = []

    def look(some: Sequence[TicketRef]) -> None:
        strange = (ref for ref in some if ref.id not in known and ref.desk == visit.name)
        found.extend(ref for ref in strange if ref not in visit.tickets)

    await in_slices(visit.work, few(cache.listed("open"), LOOKED_AT), look)
    return found


async def _ask(visit: Visit, refs: Sequence[TicketRef]) -> bool:
    """Read these tickets anew, those that are gone leave the queue; False when the service would not tell now."""
    try:
        there, sure = await _there(visit, refs)
    except (Refused, Lost, Limited, Distrusted) as problem:
        visit.troubles.append(f"Whether some tickets are still there could not be read: {problem.message}")
        return False
    await put(visit, there)
    for ref in set(refs) - {ticket.ref for ticket in there} if sure else ():
        visit.work.cache.forget_ticket(ref)
    return True


async def _there(visit: Visit, refs: Sequence[TicketRef]) -> tuple[Sequence[Ticket], bool]:
    """Those of these tickets that there are, and whether all of them could be read."""
    provider = visit.connection.provider
    if isinstance(provider, Rereader):
        page = await visit.ask(partial(provider.show_many, refs))
        return page.tickets, not page.bad
    try:
        return [await visit.ask(partial(provider.ticket, ref)) for ref in refs], True
    except Missing:
        return (), True


def _at_once(visit: Visit) -> int:
    return AT_ONCE if isinstance(visit.connection.provider, Rereader) else 1


def _page(visit: Visit, number: int) -> str:
    return f"named:{visit.name}:{number}"
