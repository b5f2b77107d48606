"""Reading: what changed on each desk goes to disk, then its conversations, then what the rules make of them."""

from collections.abc import Sequence
from time import monotonic

from supportdesk.desk import identity
from supportdesk.desk.assessing import judge, store
from supportdesk.desk.banner import barred
from supportdesk.desk.bookmark import bookmark
from supportdesk.desk.compacting import compact
from supportdesk.desk.keeping import retire
from supportdesk.desk.lists import read_lists
from supportdesk.desk.readings import SyncReport
from supportdesk.desk.versions import newest
from supportdesk.desk.visit import Progress, Visit, counted, gaps_of, together
from supportdesk.desk.words import read_words
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import Distrusted, Limited, Lost, Missing, Refused, ServiceError, SupportdeskError
from supportdesk.model import TicketRef
from supportdesk.store.pauses import for_good


async def sync(
    work: Workplace, desks: Sequence[str], progress: Progress, for_s: float | None = None, *, again: bool = False
) -> SyncReport:
    """Fetch what changed on these desks, side by side; one desk's weather is a sentence and never stops another's.

    One that is being read already is left out: each goes at its own pace, and none waits for the slowest.
    With `for_s`, what is read in the background is left after as many seconds and taken up by the next sync.
    Such a poll leaves out what another console on this machine reads.
    `again`: what could not be read lately is tried as well, and the services' views are read.
    """
    for_good()
    work.catch_up()
    work.attention.polled_at = work.now()
    until = None if for_s is None else monotonic() + for_s
    alone = not any(connection.visit for connection in work.connections.values())
    polled, latest = for_s is not None and not again, newest(work)
    found = [one for name in desks if not (one := work.connection(name)).visit and (_ours(work, one) or not polled)]
    if polled and not found:
        return _report([])
    visits = [_visit(work, connection, progress, until) for connection in found]
    for visit in visits if again else ():
        visit.again = True
        visit.gaps.ask_again()
    try:
        await together((*(_sync_one(visit) for visit in visits), *([judge(work, until)] if alone else ())))
        if alone:
            await judge(work, until)
            await retire(work)
            await compact(work)
    finally:
        for visit in visits:
            _ended(visit)
            if not latest:
                visit.connection.reader.leave()  # to a console that has newer ones
        work.changed()
    return _report(visits)


def _ours(work: Workplace, connection: Connection) -> bool:
    """Whether this console asks the desk's service; else what another one reads is shown."""
    elsewhere = connection.reader.elsewhere
    ours = connection.reader.take(work.folder, connection.account.name)
    if ours and elsewhere:
        work.recall()
    return ours


def look(work: Workplace) -> None:
    """Take in what another console has read, if it has."""
    stamp = work.cache.sieves.stamp()[0]
    theirs = [one for one in work.connections.values() if one.reader.elsewhere and one.reader.seen != stamp]
    if not theirs:
        return
    work.recall()
    for connection in theirs:
        connection.reader.seen, connection.read, connection.gaps = stamp, None, None
    work.progressed()


def _visit(work: Workplace, connection: Connection, progress: Progress, until: float | None) -> Visit:
    def tell(words: str) -> None:
        work.syncing = f"{connection.account.name}: {words}"
        progress(work.syncing)

    connection.visit = visit = Visit(work=work, connection=connection, tell=tell, until=until)
    return visit


def _ended(visit: Visit) -> None:
    """Let the desk be visited again, unless it is already."""
    connection, work = visit.connection, visit.work
    if connection.visit is not visit:
        return
    connection.visit = connection.read = None
    if work.attention.idle(work.now()):
        connection.reader.leave()  # to a console that is looked at
    if work.syncing.startswith(f"{visit.name}: "):
        work.syncing = ""


def _report(visits: Sequence[Visit]) -> SyncReport:
    said = [(f"{visit.name}: {visit.said().removeprefix(f'{visit.name}: ')}", visit.problem) for visit in visits]
    return SyncReport(
        lines=tuple(words for words, problem in said if problem is None),
        failed=tuple(words for words, problem in said if problem is not None),
        bad_rows=sum(visit.bad for visit in visits),
        unread=sum(visit.gaps.unread for visit in visits),
        unfinished=any(visit.unfinished for visit in visits),
        problems=tuple(problem for _, problem in said if problem is not None),
    )


async def _sync_one(visit: Visit) -> None:
    connection, full_at = visit.connection, bookmark(visit).full_at
    try:
        await _identify(visit)
        if await read_lists(visit):
            await read_words(visit)
        else:
            visit.unfinished = True
    except SupportdeskError as problem:
        noticed(connection, problem)
        visit.problem = problem
        visit.work.changed()
    else:
        connection.online, connection.trouble = True, ""
        visit.problem = visit.lost if visit.stopped else None
        _sum_up(visit, whole=bookmark(visit).full_at != full_at)
    finally:
        _ended(visit)


def _sum_up(visit: Visit, *, whole: bool) -> None:
    """Put down what could not be read; a row of a list that could not be stays unread until all were read again."""
    gaps = visit.gaps
    gaps.tidy()
    gaps.rows = visit.bad if whole else max(gaps.rows, visit.bad)
    gaps.unread = visit.work.cache.unheard(visit.name) if visit.held_up or visit.stopped else len(gaps)
    gaps.said = tuple(visit.troubles)
    gaps.keep()


async def _identify(visit: Visit) -> None:
    """Ask who we are at the first sync of a run, after trouble, and before everything is read again."""
    connection = visit.connection
    if connection.asked and connection.online:
        return
    visit.tell("asking who we are")
    visit.work.changed()
    identity.remember(visit.work, visit.name, await visit.ask(connection.provider.whoami))
    connection.asked = True


async def refresh(work: Workplace, ref: TicketRef) -> int:
    """Ask the service for one ticket and its conversation; ServiceError when it cannot be had.

    Returns how many entries of other people's came that were not on this machine.
    """
    connection = work.connection(ref.desk)
    known = {one.id for one in work.cache.comments(ref) or ()}
    try:
        found = await connection.wire.run(counted(connection.provider.conversation(ref), connection.pace))
        await store(work, found, awaited=True)
    except Missing as problem:
        work.cache.forget_ticket(ref)
        work.changed()
        kept = "It was taken out of the queue; what you wrote on it is kept."
        raise Missing(f"{problem.message} {kept}", problem.hint, status=problem.status) from problem
    except SupportdeskError as problem:
        _missed(work, ref, problem)
        raise
    connection.online, connection.trouble = True, ""
    gaps_of(work, connection).tidy()
    work.changed()
    us = work.me().get(ref.desk, set())
    return sum(one.id not in known and one.author.id not in us for one in work.cache.comments(ref) or ())


def _missed(work: Workplace, ref: TicketRef, problem: SupportdeskError) -> None:
    """Of one ticket that cannot be read it does not follow that the service is away."""
    connection, ticket = work.connection(ref.desk), work.cache.ticket(ref)
    if ticket is None or not isinstance(problem, Lost | Distrusted | Refused):
        noticed(connection, problem)
        return
    gaps = gaps_of(work, connection)
    gaps.failed(ticket, work.now(), problem.message, refused=isinstance(problem, Refused))
    gaps.unread = max(gaps.unread, len(gaps))
    work.changed()


def noticed(connection: Connection, problem: SupportdeskError) -> None:
    """Keep what went wrong with a desk for the status line."""
    connection.trouble, connection.barred = problem.message, barred(problem)
    if isinstance(problem, Limited | Refused):
        connection.online = True  # it answers
    elif connection.barred or (isinstance(problem, ServiceError) and problem.resend is not False):
        connection.online = False
