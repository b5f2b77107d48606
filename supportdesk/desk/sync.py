"""Reading: what changed on each desk goes to disk, then its conversations, then what the rules make of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from supportdesk.desk.shapes import SyncReport
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import ServiceError, SupportdeskError
from supportdesk.insight.workaround import assess
from supportdesk.model import Conversation, TicketRef
from supportdesk.providers import Flow, Page

MOST_PAGES = 100
OVERLAP = timedelta(minutes=5)
FULL_EVERY = timedelta(hours=12)
READS_AT_ONCE = 4
MOST_VIEWS = 6
SLICE = 50

Progress = Callable[[str], None]


@dataclass(slots=True)
class _Tally:
    tickets: int = 0
    bad: int = 0


async def sync(work: Workplace, desks: tuple[str, ...], progress: Progress) -> SyncReport:
    """Fetch what changed on these desks, side by side; one desk's weather is a sentence and never stops another's."""
    work.catch_up()
    results = await asyncio.gather(*(_sync_one(work, work.connection(name), progress) for name in desks))
    work.syncing = ""
    work.changed()
    return SyncReport(
        lines=tuple(line for line, failed, _ in results if not failed),
        failed=tuple(line for line, failed, _ in results if failed),
        bad_rows=sum(bad for _, _, bad in results),
    )


async def _sync_one(work: Workplace, connection: Connection, progress: Progress) -> tuple[str, bool, int]:
    name = connection.account.name
    tally = _Tally()

    def tell(words: str) -> None:
        work.syncing = f"{name}: {words}"
        progress(work.syncing)

    try:
        tell("asking who we are")
        work.remember_identity(name, await connection.wire.run(connection.provider.whoami()))
        await _tickets(work, connection, tally, tell)
        await _views(work, connection)
        await conversations(work, name, tell)
    except SupportdeskError as problem:
        noticed(connection, problem)
        work.changed()
        return f"{name}: {problem.message} {problem.hint}".strip(), True, tally.bad
    connection.online, connection.trouble = True, ""
    skipped = f" {tally.bad} rows could not be read and were left out." if tally.bad else ""
    return f"{name}: {tally.tickets} tickets read.{skipped}", False, tally.bad


async def _tickets(work: Workplace, connection: Connection, tally: _Tally, tell: Progress) -> None:
    name, started = connection.account.name, work.now()
    full_at = work.cache.meta(f"full:{name}")
    full = not full_at or started - datetime.fromisoformat(full_at) > FULL_EVERY
    if full or connection.synced_at is None:
        provider = connection.provider
        await _pages(work, connection, lambda cursor: provider.tickets(None, cursor), tally, tell)
        since = started - timedelta(days=work.sync_days)
    else:
        since = connection.synced_at - OVERLAP
    since += timedelta(seconds=connection.wire.server_time_offset_s)
    etag = "" if full else work.cache.meta(f"etag:{name}")
    await _pages(work, connection, lambda cursor: connection.provider.changes(since, cursor, etag), tally, tell)
    connection.synced_at = started
    work.cache.set_meta(f"synced:{name}", started.isoformat())
    if full:
        work.cache.set_meta(f"full:{name}", started.isoformat())


async def _pages(
    work: Workplace, connection: Connection, ask: Callable[[str], Flow[Page]], tally: _Tally, tell: Progress
) -> None:
    name = connection.account.name
    async for page in _each_page(connection, ask):
        tally.tickets += len(page.tickets)
        tally.bad += page.bad
        work.cache.put_tickets(page.tickets)
        if page.etag:
            work.cache.set_meta(f"etag:{name}", page.etag)
        tell(f"{tally.tickets} tickets")
        work.changed()


async def _each_page(connection: Connection, ask: Callable[[str], Flow[Page]]) -> AsyncIterator[Page]:
    """The pages of a list; a cursor that comes again, or the hundredth page, is the end."""
    asked: set[str] = set()
    cursor = ""
    while cursor not in asked and len(asked) < MOST_PAGES:
        asked.add(cursor)
        page = await connection.wire.run(ask(cursor))
        yield page
        cursor = page.cursor
        if not cursor:
            return


async def _views(work: Workplace, connection: Connection) -> None:
    views = await connection.wire.run(connection.provider.views())
    work.cache.keep_views(connection.account.name, [view.id for view in views[:MOST_VIEWS]])
    for view in views[:MOST_VIEWS]:
        page = await connection.wire.run(connection.provider.tickets(view, ""))
        work.cache.put_tickets(page.tickets)
        work.cache.put_view(view, [ticket.ref for ticket in page.tickets])


async def conversations(work: Workplace, name: str, tell: Progress) -> None:
    """Fetch the conversations that are missing or older than their ticket, a few at once, and judge them."""
    connection = work.connection(name)
    stale = work.cache.stale(name, 10_000)
    done = 0
    for start in range(0, len(stale), READS_AT_ONCE):
        batch = stale[start : start + READS_AT_ONCE]
        read = await asyncio.gather(*(_conversation(work, connection, ref) for ref in batch))
        done += sum(read)
        tell(f"{done} of {len(stale)} conversations")
        if done % SLICE < READS_AT_ONCE:
            work.changed()
    judge(work)


async def _conversation(work: Workplace, connection: Connection, ref: TicketRef) -> bool:
    try:
        found = await connection.wire.run(connection.provider.conversation(ref))
    except ServiceError as problem:
        if problem.resend is False:
            return False
        raise
    store(work, found)
    return True


def store(work: Workplace, found: Conversation) -> None:
    """Keep a conversation and what the rules and colleagues' notes make of it."""
    work.cache.put_conversation(found)
    findings = assess(work.rules, found)
    work.cache.put_findings(found.ticket.ref, findings, work.rules.version)
    work.advice.put(found.ticket.ref)
    if work.escalation(found.ticket.ref):
        work.project({found.ticket.ref})


def judge(work: Workplace) -> None:
    """Read again what older rules have read."""
    for ref in work.cache.unscored(work.rules.version, 10_000):
        ticket, comments = work.cache.ticket(ref), work.cache.comments(ref)
        if ticket is not None and comments is not None:
            findings = assess(work.rules, Conversation(ticket=ticket, comments=comments))
            work.cache.put_findings(ref, findings, work.rules.version)
            work.advice.put(ref)


async def refresh(work: Workplace, ref: TicketRef) -> None:
    """Ask the service for one ticket and its conversation; ServiceError when it cannot be had."""
    connection = work.connection(ref.desk)
    try:
        store(work, await connection.wire.run(connection.provider.conversation(ref)))
    except SupportdeskError as problem:
        noticed(connection, problem)
        raise
    connection.online, connection.trouble = True, ""
    work.changed()


def noticed(connection: Connection, problem: SupportdeskError) -> None:
    """Keep what went wrong with a desk for the status line."""
    connection.trouble = problem.message
    if isinstance(problem, ServiceError) and problem.resend is not False:
        connection.online = False
