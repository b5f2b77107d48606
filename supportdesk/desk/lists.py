"""Reading which tickets there are and what changed on them, page by page, from where the last page was kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from supportdesk.desk.bookmark import CHANGED, OLDER, Bookmark, bookmark, keep
from supportdesk.desk.pace import EXPORTS
from supportdesk.desk.vanished import look_again, named, settle
from supportdesk.desk.visit import Visit
from supportdesk.desk.walking import MOST_PAGES, put, repeats, walk
from supportdesk.errors import Distrusted, Forbidden, Limited, Lost, Refused, SupportdeskError
from supportdesk.model import View
from supportdesk.providers import Flow, Page
from supportdesk.providers.bulk import Exporter, Sparing

OVERLAP = timedelta(minutes=5)
FULL_EVERY = timedelta(hours=12)
VIEWS_EVERY = timedelta(minutes=10)
MOST_VIEWS = 12  # as many as Zendesk shows of the shared ones
AT_ONCE = 100


async def read_lists(visit: Visit) -> bool:
    """Read on from the bookmark; whether it came to the end."""
    mark, now = _ours(visit, bookmark(visit)), visit.work.now()
    resumed = mark.began is not None
    if mark.began is None:
        mark = _opened(visit, mark, now)
    elif mark.there is None:  # a version before this one kept it
        mark = replace(mark, there=mark.began + visit.ahead())
    visit.bad += mark.bad
    if resumed and not _exports(visit):
        await _newest(visit, mark)
    elif mark.full and _exports(visit) and _is_over(visit, mark.views_at, VIEWS_EVERY):
        mark = await read_views(visit, mark)  # an export begins with what changed longest ago
    try:
        done = await _exported(visit, mark) if _exports(visit) else await _listed(visit, mark)
    except Forbidden:
        if not _exports(visit):
            raise
        _as_an_agent(visit)
        return await read_lists(visit)
    except (Refused, Distrusted):
        if mark.cursor and bookmark(visit).cursor == mark.cursor:
            keep(visit, Bookmark())  # it is not taken any more, or leads nowhere
        raise
    if done is None:
        return False
    await _finish(visit, done)
    return True


def _ours(visit: Visit, mark: Bookmark) -> Bookmark:
    """The bookmark, where its cursor is of a kind that can be read: who was an admin may be none any more.

    A reading by lists that is under way goes on by them: who is an admin by name may not be one by their token.
    """
    visit.lists = mark.began is not None and mark.exports is False
    exported = mark.exports if mark.began else bool(mark.cursor)
    unknown = exported is None and isinstance(visit.connection.provider, Exporter)
    return Bookmark() if unknown or (exported and not _exports(visit)) else mark


def _opened(visit: Visit, mark: Bookmark, now: datetime) -> Bookmark:
    """A new reading: of everything at first and now and then, else of what changed."""
    never = mark.full_at is None or mark.since is None or visit.connection.synced_at is None
    full = never or (not _exports(visit) and _is_over(visit, mark.full_at, FULL_EVERY))
    untold, mark = _untold(visit, mark), replace(mark, exports=_exports(visit))
    if not full:
        return replace(mark, began=now, full=False, step=CHANGED, since=untold)
    since = now + visit.ahead() - timedelta(days=visit.work.sync_days)
    cursor = mark.cursor if _exports(visit) and not never else ""
    fed_from = mark.fed_from or since
    anew = replace(mark, began=now, full=True, step=CHANGED, cursor=cursor, since=since, etag="", fed_from=fed_from)
    names = not _exports(visit) and visit.work.cache.held(visit.name) > 0
    return replace(anew, unsettled=False, names=names, named=0)


def _untold(visit: Visit, mark: Bookmark) -> datetime | None:
    """From when on changes are asked for: an export tells what was deleted since a full reading, lists had not."""
    if mark.since is None or mark.full_at is None or mark.exports or not _exports(visit):
        return mark.since
    return min(mark.since, mark.full_at + visit.ahead() - OVERLAP)


def _exports(visit: Visit) -> bool:
    able = visit.connection.capabilities.exports and isinstance(visit.connection.provider, Exporter)
    return able and not visit.lists


def _as_an_agent(visit: Visit) -> None:
    """Read on without exports, which this account may not have; where they stood is of no use then."""
    identity, mark = visit.connection.identity, bookmark(visit)
    if identity is not None:
        able = replace(identity.capabilities, exports=False, feeds=False)
        visit.connection.identity = replace(identity, capabilities=able)
    if mark.cursor or mark.aside:
        keep(visit, Bookmark())
    visit.bad = 0  # its rows are read once more


async def _exported(visit: Visit, mark: Bookmark) -> Bookmark | None:
    """Follow the export to its end, then what it is too young for; None when there was no time for all of it."""
    provider, since = visit.connection.provider, mark.since
    if not isinstance(provider, Exporter) or since is None:
        return None
    more, asked = mark.step == CHANGED, set[str]()
    while more:
        if len(asked) >= MOST_PAGES:
            visit.notes.append(f"There are more: the next sync goes on after {MOST_PAGES} pages.")
            return None
        if asked and not await visit.turn(EXPORTS):
            return None
        asked.add(mark.cursor)
        batch = await visit.ask(partial(provider.export, since, mark.cursor))
        visit.answered = visit.answered or visit.there()
        mark = _dated(visit, mark)
        await put(visit, batch.tickets)
        for ref in batch.gone:
            visit.work.cache.forget_ticket(ref)
        mark, more = replace(mark, cursor=batch.cursor, bad=visit.bad), batch.more
        keep(visit, mark)
        if more and mark.cursor in asked:
            raise repeats(visit, "export")
    if not mark.full:
        return mark
    if mark.step == CHANGED:
        mark = replace(mark, step=OLDER, aside=mark.cursor, cursor="")
        keep(visit, mark)
    older = await _older(visit, mark)
    return None if older is None else replace(older, cursor=mark.aside, aside="")


async def _listed(visit: Visit, mark: Bookmark) -> Bookmark | None:
    """Follow the list of changes to its end and, in a full reading, that of the open tickets that have none."""
    provider, since = visit.connection.provider, mark.since
    if since is None:
        return None
    if mark.step == CHANGED:
        etag = mark.etag

        def walked(page: Page, following: str) -> None:
            nonlocal mark, etag
            etag = etag if mark.cursor else page.etag or etag  # of the first page
            mark = _walked(visit, replace(mark, cursor=following, etag=""), page)
            if following:
                keep(visit, mark)

        await walk(visit, lambda cursor: provider.changes(since, cursor, mark.etag), mark.cursor, walked)
        if mark.cursor:
            return None
        mark = replace(mark, etag=etag)
    return await _older(visit, mark) if mark.full else mark


def _walked(visit: Visit, mark: Bookmark, page: Page) -> Bookmark:
    """The bookmark behind a page of tickets."""
    mark = replace(_dated(visit, mark), bad=visit.bad)
    refs = [ticket.ref for ticket in page.tickets]
    return named(visit, mark, refs) if mark.names and refs else mark


async def _older(visit: Visit, mark: Bookmark) -> Bookmark | None:
    """The open tickets that have not changed since the reading's beginning."""
    provider, since = visit.connection.provider, mark.since
    if since is None:
        return None
    if mark.step != OLDER:
        mark = replace(mark, step=OLDER, cursor="")
    ask: Callable[[str], Flow[Page]] = partial(provider.tickets, None)
    if isinstance(provider, Sparing):
        ask = partial(provider.older, since)

    def walked(page: Page, following: str) -> None:
        nonlocal mark
        mark = _walked(visit, replace(mark, cursor=following), page)
        keep(visit, mark)

    await walk(visit, ask, mark.cursor, walked)
    return None if mark.cursor else mark


async def _newest(visit: Visit, mark: Bookmark) -> None:
    """What changed since an interrupted reading began, before it goes on."""
    if mark.there is not None:
        page = await visit.ask(partial(visit.connection.provider.changes, mark.there - OVERLAP, "", ""))
        await put(visit, page.tickets, page)


def _dated(visit: Visit, mark: Bookmark) -> Bookmark:
    """The bookmark with the service's time when the reading's first page came."""
    return mark if mark.there else replace(mark, there=visit.answered or visit.there())


async def _finish(visit: Visit, mark: Bookmark) -> None:
    """The reading came to its end: what it did not name is asked for, and the next one begins where this one began."""
    mark = _dated(visit, mark)
    began, there = mark.began or visit.work.now(), mark.there or visit.there()
    visit.connection.synced_at = there - visit.ahead()
    visit.work.cache.set_meta(f"synced:{visit.name}", visit.connection.synced_at.isoformat())
    long = len(visit.tickets) > AT_ONCE  # a list of many pages is not read again and again because nothing is new
    since, etag = (there - OVERLAP, "") if mark.full or visit.changed or long else (mark.since, mark.etag)
    viewed = mark.full and mark.views_at is not None and mark.views_at >= began
    done = replace(
        mark,
        began=None,
        there=None,
        step=CHANGED,
        cursor=mark.cursor if _exports(visit) else "",
        since=since,
        etag=etag,
        full_at=began if mark.full else mark.full_at,
        moved=(mark.moved or mark.full or bool(visit.changed)) and not viewed,
        unsettled=mark.unsettled or mark.names,
        names=False,
        looked_at=began if mark.full else mark.looked_at,
        bad=0,
    )
    keep(visit, done)
    if visit.again or (done.moved and _is_over(visit, done.views_at, VIEWS_EVERY)):
        done = await read_views(visit, done)
    if done.unsettled:
        await settle(visit, done)
    elif not _exports(visit):
        await look_again(visit, done)


def _is_over(visit: Visit, then: datetime | None, time: timedelta) -> bool:
    """Whether as much time has passed; a clock that was set back never silences a desk."""
    return then is None or not timedelta() <= visit.work.now() - then < time


async def read_views(visit: Visit, mark: Bookmark) -> Bookmark:
    """The service's first few views; one that it will not show now is left as it was."""
    work, provider, changed = visit.work, visit.connection.provider, visit.changed
    trouble: SupportdeskError | None = None
    try:
        every = await visit.ask(provider.views)
        views = every[:MOST_VIEWS]
        if len(every) > MOST_VIEWS:
            visit.notes.append(f"It has {len(every)} views: the first {MOST_VIEWS} are read.")
        work.cache.keep_views(visit.name, [view.id for view in views])
        for view in views:
            if not await visit.turn():
                return mark  # with the next sync
            trouble = await _view(visit, view) or trouble
    except (Refused, Lost, Limited, Distrusted) as problem:
        trouble = problem
    if trouble is not None:
        visit.troubles.append(f"Its views could not all be read: {trouble.message}")
    visit.changed = changed
    mark = replace(mark, views_at=work.now(), moved=False)
    keep(visit, mark)
    return mark


async def _view(visit: Visit, view: View) -> SupportdeskError | None:
    """Read one view; what stood in the way, where that says nothing of the others."""
    try:
        page = await visit.ask(partial(visit.connection.provider.tickets, view, ""))
    except (Refused, Lost, Distrusted) as problem:
        return problem
    told = visit.tickets.copy()
    await put(visit, page.tickets, page)
    visit.tickets = told  # a view shows a few, and may be minutes behind: it does not count as a list
    visit.work.cache.put_view(view, [ticket.ref for ticket in page.tickets])
    visit.work.cache.set_meta(f"more:{view.desk}/{view.id}", "yes" if page.cursor else "")
    return None
