"""Reading which tickets there are and what changed on them, page by page, from where the last page was kept."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from supportdesk.desk.bookmark import CHANGED, OLDER, Bookmark, bookmark, keep
from supportdesk.desk.pace import CALLS, EXPORTS
from supportdesk.desk.slices import in_slices
from supportdesk.desk.visit import Visit
from supportdesk.desk.words import read_alone, read_first
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import Forbidden, Limited, Lost, Refused
from supportdesk.model import Ticket, TicketRef, View
from supportdesk.providers import Flow, Page
from supportdesk.providers.bulk import Exporter, Opened, Rereader, Sparing

MOST_PAGES = 100
OVERLAP = timedelta(minutes=5)
FULL_EVERY = timedelta(hours=12)
VIEWS_EVERY = timedelta(minutes=10)
MOST_VIEWS = 6
MOST_VANISHED = 500
AT_ONCE = 100
FEW = 50


async def read_lists(visit: Visit) -> bool:
    """Read on from the bookmark; whether it came to the end."""
    mark, now = bookmark(visit), visit.work.now()
    resumed = mark.began is not None
    mark = mark if resumed else _opened(visit, mark, now)
    if resumed and not _exports(visit):
        await _newest(visit, mark)
    elif mark.full and _exports(visit):
        mark = await read_views(visit, mark)  # an export begins with what changed longest ago
    try:
        done = await _exported(visit, mark) if _exports(visit) else await _listed(visit, mark)
    except Refused as problem:
        if mark.cursor or isinstance(problem, Forbidden):
            _begin_again(visit, problem)
        raise
    if done is None:
        return False
    await _finish(visit, done, whole=not resumed)
    return True


def _opened(visit: Visit, mark: Bookmark, now: datetime) -> Bookmark:
    """A new reading: of everything at first and now and then, else of what changed."""
    offset = timedelta(seconds=visit.connection.wire.server_time_offset_s)
    never = mark.full_at is None or mark.since is None or visit.connection.synced_at is None
    full = never or (not _exports(visit) and mark.full_at is not None and now - mark.full_at > FULL_EVERY)
    if not full:
        return replace(mark, began=now, full=False, step=CHANGED)
    since = now + offset - timedelta(days=visit.work.sync_days)
    cursor = mark.cursor if _exports(visit) and not never else ""
    fed_from = mark.fed_from or since
    return replace(mark, began=now, full=True, step=CHANGED, cursor=cursor, since=since, etag="", fed_from=fed_from)


def _exports(visit: Visit) -> bool:
    return visit.connection.capabilities.exports and isinstance(visit.connection.provider, Exporter)


def _begin_again(visit: Visit, problem: Refused) -> None:
    """A cursor that is not taken any more is thrown away; an account that may not export is read as an agent."""
    identity = visit.connection.identity
    if isinstance(problem, Forbidden) and identity is not None:
        able = replace(identity.capabilities, exports=False, feeds=False)
        visit.connection.identity = replace(identity, capabilities=able)
    keep(visit, Bookmark())


async def _exported(visit: Visit, mark: Bookmark) -> Bookmark | None:
    """Follow the export to its end, then what it is too young for; None when there was no time for all of it."""
    provider, since = visit.connection.provider, mark.since
    if not isinstance(provider, Exporter) or since is None:
        return None
    more = mark.step == CHANGED
    for page in range(MOST_PAGES):
        if not more:
            break
        if page and not await visit.turn(EXPORTS):
            return None
        batch = await visit.ask(partial(provider.export, since, mark.cursor))
        await put(visit, batch.tickets)
        for ref in batch.gone:
            visit.work.cache.forget_ticket(ref)
        mark, more = replace(mark, cursor=batch.cursor), batch.more
        keep(visit, mark)
    if not mark.full:
        return mark
    cursor, mark = mark.cursor, replace(mark, step=OLDER)
    keep(visit, mark)
    older = await _older(visit, replace(mark, cursor=""), save=False)
    return None if older is None else replace(mark, cursor=cursor)


async def _listed(visit: Visit, mark: Bookmark) -> Bookmark | None:
    """Follow the list of changes to its end and, in a full reading, that of the open tickets that have none."""
    provider, since = visit.connection.provider, mark.since
    if since is None:
        return None
    if mark.step == CHANGED:
        pages = _pages(visit, lambda cursor: provider.changes(since, cursor, mark.etag), mark.cursor)
        etag, first = mark.etag, True
        async for page, following in pages:
            etag = (page.etag or etag) if first and not mark.cursor else etag
            first = False
            mark = replace(mark, cursor=following, etag="")
            if following:
                keep(visit, mark)
        if mark.cursor:
            return None
        mark = replace(mark, etag=etag)
    return await _older(visit, mark, save=True) if mark.full else mark


async def _older(visit: Visit, mark: Bookmark, *, save: bool) -> Bookmark | None:
    """The open tickets that have not changed since the reading's beginning."""
    provider, since = visit.connection.provider, mark.since
    if since is None:
        return None
    if mark.step != OLDER:
        mark = replace(mark, step=OLDER, cursor="")
    ask: Callable[[str], Flow[Page]] = partial(provider.tickets, None)
    if isinstance(provider, Sparing):
        ask = partial(provider.older, since)
    async for _, following in _pages(visit, ask, mark.cursor):
        mark = replace(mark, cursor=following)
        if save:
            keep(visit, mark)
    return None if mark.cursor else mark


async def _pages(visit: Visit, ask: Callable[[str], Flow[Page]], cursor: str) -> AsyncIterator[tuple[Page, str]]:
    """Keep the tickets of every page, with the cursor of the next one; a cursor that comes again is the end."""
    asked: set[str] = set()
    while cursor not in asked:
        if len(asked) >= MOST_PAGES:
            visit.notes.append(f"There are more: the next sync goes on after {MOST_PAGES} pages.")
            return
        if asked and not await visit.turn(CALLS):
            visit.notes.append("There are more: the next sync goes on from there.")
            return
        asked.add(cursor)
        page = await visit.ask(partial(ask, cursor))
        visit.bad += page.bad
        await put(visit, page.tickets, page)
        following = "" if page.cursor in asked else page.cursor
        yield page, following
        if not following:
            return
        cursor = following


async def _newest(visit: Visit, mark: Bookmark) -> None:
    """What changed since an interrupted reading began, before it goes on."""
    if mark.began is not None:
        since = mark.began - OVERLAP + timedelta(seconds=visit.connection.wire.server_time_offset_s)
        page = await visit.ask(partial(visit.connection.provider.changes, since, "", ""))
        await put(visit, page.tickets, page)


async def put(visit: Visit, tickets: Iterable[Ticket | None], page: Page | None = None) -> None:
    """Keep tickets as they are walked, in slices; None is a row that was unreadable."""
    work = visit.work
    openings = page.openings if isinstance(page, Opened) and visit.connection.capabilities.feeds else {}

    def take(some: Sequence[Ticket | None]) -> None:
        there = [ticket for ticket in some if ticket is not None]
        visit.bad += len(some) - len(there)
        visit.tickets.update(ticket.ref for ticket in there)
        visit.changed += work.cache.put_tickets([_counted(work, ticket) for ticket in there], openings)

    await in_slices(work, _some(tickets), take)
    visit.told()
    work.progressed()
    await read_first(visit)


def _some(tickets: Iterable[Ticket | None]) -> Iterator[list[Ticket | None]]:
    """Rows as they are read, a few at a time: kept together they take few statements, and a key waits for no more."""
    left = iter(tickets)
    while some := list(islice(left, FEW)):
        yield some


def _counted(work: Workplace, ticket: Ticket) -> Ticket:
    """The ticket with what a list leaves out: how many comments it has."""
    known = work.cache.ticket(ticket.ref) if ticket.comment_count is None else None
    if known is None or known.stamp != ticket.stamp:
        return ticket
    return replace(ticket, comment_count=known.comment_count)


async def _finish(visit: Visit, mark: Bookmark, *, whole: bool) -> None:
    """The reading came to its end: what it did not name is asked for, and the next one begins where this one began."""
    began = mark.began or visit.work.now()
    visit.connection.synced_at = began
    visit.work.cache.set_meta(f"synced:{visit.name}", began.isoformat())
    offset = timedelta(seconds=visit.connection.wire.server_time_offset_s)
    moved = mark.full or visit.changed
    since, etag = (began - OVERLAP + offset, "") if moved else (mark.since, mark.etag)
    cursor = mark.cursor if _exports(visit) else ""
    full_at = began if mark.full else mark.full_at
    done = replace(mark, began=None, step=CHANGED, cursor=cursor, since=since, etag=etag, full_at=full_at)
    keep(visit, done)
    if mark.full and whole:
        await _vanished(visit)
    stale = done.views_at is None or began - done.views_at >= VIEWS_EVERY
    if stale and (mark.full or visit.changed):
        await read_views(visit, done)


async def _vanished(visit: Visit) -> None:
    """Ask for open tickets that no list names any more: they moved, or are gone."""
    work, provider = visit.work, visit.connection.provider
    gone: list[TicketRef] = []

    def look(ref: TicketRef) -> None:
        if ref.desk == visit.name and ref not in visit.tickets:
            gone.append(ref)

    await in_slices(work, work.cache.listed("open"), look)
    del gone[MOST_VANISHED:]
    if not isinstance(provider, Rereader):
        for ref in gone:
            if not await visit.turn():
                return
            await read_alone(visit, ref)
        return
    for some in _blocks(gone):
        if not await visit.turn():
            return
        page = await visit.ask(partial(provider.show_many, some))
        named = {ticket.ref for ticket in page.tickets}
        await put(visit, page.tickets)
        if not page.bad:
            for ref in some:
                if ref not in named:
                    work.cache.forget_ticket(ref)


def _blocks(refs: list[TicketRef]) -> Iterator[list[TicketRef]]:
    return (refs[start : start + AT_ONCE] for start in range(0, len(refs), AT_ONCE))


async def read_views(visit: Visit, mark: Bookmark) -> Bookmark:
    """The service's first few views; one that it will not show now is left as it was."""
    work, provider, changed = visit.work, visit.connection.provider, visit.changed
    try:
        views = (await visit.ask(provider.views))[:MOST_VIEWS]
        work.cache.keep_views(visit.name, [view.id for view in views])
        for view in views:
            if not await visit.turn():
                return mark  # with the next sync
            await _view(visit, view)
    except (Refused, Lost, Limited) as problem:
        visit.troubles.append(f"Its views could not all be read: {problem.message}")
    visit.changed = changed
    mark = replace(mark, views_at=work.now())
    keep(visit, mark)
    return mark


async def _view(visit: Visit, view: View) -> None:
    page = await visit.ask(partial(visit.connection.provider.tickets, view, ""))
    named = visit.tickets.copy()
    await put(visit, page.tickets, page)
    visit.tickets = named  # a view shows a few, and may be minutes behind: it does not count as a list
    visit.work.cache.put_view(view, [ticket.ref for ticket in page.tickets])
    visit.work.cache.set_meta(f"more:{view.desk}/{view.id}", "yes" if page.cursor else "")
