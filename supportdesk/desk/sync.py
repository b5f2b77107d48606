"""Reading: what changed on each desk goes to disk, then its conversations, then what the rules make of them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from supportdesk.desk.banner import barred
from supportdesk.desk.keeping import retire
from supportdesk.desk.shapes import SyncReport
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import Limited, Lost, Missing, Refused, ServiceError, SupportdeskError
from supportdesk.insight.repeats import Sketch
from supportdesk.insight.similar import telling_words
from supportdesk.insight.workaround import considered
from supportdesk.model import Conversation, Finding, Kind, TicketRef
from supportdesk.providers import Flow, Page
from supportdesk.store.cache_answers import Told

T = TypeVar("T")
MOST_PAGES = 100
OVERLAP = timedelta(minutes=5)
FULL_EVERY = timedelta(hours=12)
READS_AT_ONCE = 4
MOST_VIEWS = 6
MOST_VANISHED = 500
SLICE = 50
FEW = 10  # conversations read or followed while a key waits
TOLD_EVERY = 250  # conversations read again
MOST_CONVERSATIONS = 10_000
MOST_LOST = 5  # conversations in a row that cannot be read: it is the service then, not the conversation
LONGEST_PATIENCE_S = 120.0

Progress = Callable[[str], None]


@dataclass(slots=True)
class _Tally:
    """What one desk's sync has come to so far."""

    tickets: set[TicketRef] = field(default_factory=set)
    bad: int = 0
    unread: int = 0
    in_a_row: int = 0
    notes: list[str] = field(default_factory=list)
    problem: SupportdeskError | None = None

    def said(self) -> str:
        """All of it in sentences."""
        if self.problem is not None:
            return f"{self.problem.message} {self.problem.hint}".strip()
        said = [f"{len(self.tickets)} tickets read."]
        said += [f"{self.bad} rows could not be read and were left out."] if self.bad else []
        said += [f"{self.unread} conversations could not be read; the next sync tries again."] if self.unread else []
        return " ".join((*said, *self.notes))


async def together(work: Iterable[Coroutine[None, None, T]]) -> list[T]:
    """Run all of it side by side and to its end, then raise the first failure there was."""
    done = await asyncio.gather(*work, return_exceptions=True)
    for each in done:
        if isinstance(each, BaseException):
            raise each
    return [each for each in done if not isinstance(each, BaseException)]


async def sync(work: Workplace, desks: Sequence[str], progress: Progress) -> SyncReport:
    """Fetch what changed on these desks, side by side; one desk's weather is a sentence and never stops another's."""
    work.catch_up()
    connections = [work.connection(name) for name in desks]
    try:
        await judge(work)
        tallies = [_Tally() for _ in connections]
        pairs = zip(connections, tallies, strict=True)
        await together(_sync_one(work, connection, tally, progress) for connection, tally in pairs)
        await retire(work)
    finally:
        work.syncing = ""
        work.changed()
    named = zip(desks, tallies, strict=True)
    said = [(f"{name}: {tally.said().removeprefix(f'{name}: ')}", tally.problem) for name, tally in named]
    return SyncReport(
        lines=tuple(words for words, problem in said if problem is None),
        failed=tuple(words for words, problem in said if problem is not None),
        bad_rows=sum(tally.bad for tally in tallies),
        unread=sum(tally.unread for tally in tallies),
        problems=tuple(problem for _, problem in said if problem is not None),
    )


async def _sync_one(work: Workplace, connection: Connection, tally: _Tally, progress: Progress) -> None:
    name = connection.account.name

    def tell(words: str) -> None:
        work.syncing = f"{name}: {words}"
        progress(work.syncing)

    try:
        tell("asking who we are")
        work.remember_identity(name, await _patient(connection, connection.provider.whoami, tell))
        await _tickets(work, connection, tally, tell)
        await _views(work, connection, tally, tell)
        await _conversations(work, connection, tally, tell)
    except SupportdeskError as problem:
        noticed(connection, problem)
        tally.problem = problem
        work.changed()
    else:
        connection.online, connection.trouble = True, ""


async def _patient(connection: Connection, ask: Callable[[], Flow[T]], tell: Progress) -> T:
    """Ask, and while the service wants us to wait for a bearable time, wait and ask again."""
    while True:
        try:
            return await connection.wire.run(ask())
        except Limited as limit:
            wait_s = limit.wait_s or 0.0
            if not 0.0 < wait_s <= LONGEST_PATIENCE_S:
                raise
        tell(f"the service asks us to wait {wait_s:.0f} s")
        await asyncio.sleep(wait_s)


async def _tickets(work: Workplace, connection: Connection, tally: _Tally, tell: Progress) -> None:
    name, started, provider = connection.account.name, work.now(), connection.provider
    full_at = work.cache.meta(f"full:{name}")
    full = connection.synced_at is None or not full_at or started - datetime.fromisoformat(full_at) > FULL_EVERY
    since = started - timedelta(days=work.sync_days)
    if not full and connection.synced_at is not None:
        since = connection.synced_at - OVERLAP
    if full:
        await _pages(work, connection, lambda cursor: provider.tickets(None, cursor), tally, tell)
    since += timedelta(seconds=connection.wire.server_time_offset_s)
    known = "" if full else work.cache.meta(f"etag:{name}")
    etag = await _pages(work, connection, lambda cursor: provider.changes(since, cursor, known), tally, tell)
    connection.synced_at = started
    work.cache.set_meta(f"etag:{name}", etag)
    work.cache.set_meta(f"synced:{name}", started.isoformat())
    if full:
        await _vanished(work, connection, tally, tell)
        work.cache.set_meta(f"full:{name}", started.isoformat())


async def _pages(
    work: Workplace, connection: Connection, ask: Callable[[str], Flow[Page]], tally: _Tally, tell: Progress
) -> str:
    """Keep the tickets of every page; returns the first page's ETag, which stands for the list."""
    etags, pages = [], 0
    async for page in _each_page(connection, ask, tell):
        pages += 1
        etags.append(page.etag)
        tally.tickets |= {ticket.ref for ticket in page.tickets}
        tally.bad += page.bad
        work.cache.put_tickets(page.tickets)
        tell(f"{len(tally.tickets)} tickets")
        work.changed()
        if pages == MOST_PAGES and page.cursor:
            tally.notes.append(f"There are more: it stopped after {MOST_PAGES} pages.")
    return next(iter(etags), "")


async def _vanished(work: Workplace, connection: Connection, tally: _Tally, tell: Progress) -> None:
    """Ask for open tickets that no list names any more: they moved, or are gone."""
    open_ones = [ref for ref in work.cache.refs("open") if ref.desk == connection.account.name]
    for ref in [ref for ref in open_ones if ref not in tally.tickets][:MOST_VANISHED]:
        await _read(work, connection, ref, tally, tell)


async def _each_page(connection: Connection, ask: Callable[[str], Flow[Page]], tell: Progress) -> AsyncIterator[Page]:
    """The pages of a list; a cursor that comes again, or the hundredth page, is the end."""
    asked: set[str] = set()
    cursor = ""
    while cursor not in asked and len(asked) < MOST_PAGES:
        asked.add(cursor)
        page = await _patient(connection, partial(ask, cursor), tell)
        yield page
        cursor = page.cursor
        if not cursor:
            return


async def _views(work: Workplace, connection: Connection, tally: _Tally, tell: Progress) -> None:
    """The service's first few views; one that it will not show now is left as it was."""
    name, provider = connection.account.name, connection.provider
    try:
        views = await _patient(connection, provider.views, tell)
        work.cache.keep_views(name, [view.id for view in views[:MOST_VIEWS]])
        for view in views[:MOST_VIEWS]:
            page = await _patient(connection, partial(provider.tickets, view, ""), tell)
            work.cache.put_tickets(page.tickets)
            work.cache.put_view(view, [ticket.ref for ticket in page.tickets])
    except (Refused, Lost, Limited) as problem:
        tally.notes.append(f"Its views could not all be read: {problem.message}")


async def _conversations(work: Workplace, connection: Connection, tally: _Tally, tell: Progress) -> None:
    """Fetch the conversations that are missing or older than their ticket, a few at once, newest change first."""
    waiting = deque(work.cache.stale(connection.account.name, MOST_CONVERSATIONS))
    total = len(waiting)

    async def reader() -> None:
        while waiting:
            try:
                await _read(work, connection, waiting.popleft(), tally, tell)
            except SupportdeskError:
                waiting.clear()
                raise
            tell(f"{total - len(waiting)} of {total} conversations")
            if len(waiting) % SLICE == 0:
                work.changed()

    await together(reader() for _ in range(READS_AT_ONCE))
    await judge(work)


async def _read(work: Workplace, connection: Connection, ref: TicketRef, tally: _Tally, tell: Progress) -> None:
    """Fetch one conversation; one that cannot be read is counted, and a ticket that is nowhere any more is forgotten.

    Several in a row that cannot be read are the service's trouble: Lost.
    """
    try:
        store(work, await _patient(connection, partial(connection.provider.conversation, ref), tell))
        tally.in_a_row = 0
    except Missing:
        if ref not in tally.tickets:
            work.cache.forget_ticket(ref)
    except Refused:
        return  # it is shown in lists and not to be read: nothing to say each time
    except Lost:
        tally.unread += 1
        tally.in_a_row += 1
        if tally.in_a_row >= MOST_LOST:
            raise


def store(work: Workplace, found: Conversation) -> None:
    """Keep a conversation and what the rules and colleagues' notes make of it."""
    work.cache.put_conversation(found)
    _assess(work, found)


async def judge(work: Workplace) -> None:
    """Read again what older rules have read."""
    refs = work.cache.unscored(work.rules.version, MOST_CONVERSATIONS)
    for number, ref in enumerate(refs, start=1):
        ticket, comments = work.cache.ticket(ref), work.cache.comments(ref)
        if ticket is not None and comments is not None:
            _assess(work, Conversation(ticket=ticket, comments=comments))
        if number % FEW == 0:
            await asyncio.sleep(0)  # keys are answered meanwhile
        if number % TOLD_EVERY == 0:
            work.syncing = f"reading answers again: {number:,} of {len(refs):,}"
            work.changed()
    if len(refs) >= TOLD_EVERY:
        work.syncing = ""
    for desk in work.connections:
        await follow(work, desk)


async def follow(work: Workplace, desk: str) -> None:
    """Bring every flag of a desk in line with its verdicts."""
    stamp, refs = work.lessons.stamp(desk), work.lessons.outdated(desk)
    for start in range(0, len(refs), FEW):
        work.follow(refs[start : start + FEW])
        await asyncio.sleep(0)
    work.lessons.settle(desk, stamp)


def _assess(work: Workplace, found: Conversation) -> None:
    ref, rules = found.ticket.ref, work.rules
    findings = considered(rules, found)
    with work.cache.batch():
        work.cache.put_findings(ref, findings, rules.version, least=rules.scale.weak)
        work.cache.answers.put_told(ref, _told(found, findings))
        if work.lessons.stamp(ref.desk):
            work.lessons.reflag([ref])
    work.advice.put(ref)
    if work.escalation(ref) or work.verdicts(ref):
        work.project({ref})


def _told(found: Conversation, findings: Iterable[Finding]) -> list[Told]:
    bodies = {comment.id: comment.body for comment in found.comments}
    return [
        Told(
            ref=found.ticket.ref,
            comment_id=one.comment_id,
            customer="",
            p=one.p,
            words=telling_words(bodies[one.comment_id], one),
            sketch=Sketch.of(bodies[one.comment_id]),
        )
        for one in findings
        if one.kind is Kind.WORKAROUND
    ]


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
    connection.trouble, connection.barred = problem.message, barred(problem)
    if connection.barred or (isinstance(problem, ServiceError) and problem.resend is not False):
        connection.online = False
