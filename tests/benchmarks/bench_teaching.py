"""What it costs that a desk learns, on a desk of N conversations: `python bench_teaching.py EXPORT [N]`.

Rows and bytes kept of answers that are flags, or nearly; seconds until near-duplicates are known after a start; and the
milliseconds of what a key waits for: a verdict, its undoing, a question at random, and reading a flagged ticket.
"""

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench_insight import tickets

from supportdesk.desk import Desk, open_demo
from supportdesk.desk.assessing import store
from supportdesk.insight.scan import ScanTicket
from supportdesk.model import Comment, Conversation, Decision, Person, Role, Status, Ticket, TicketRef

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DESK = "wren"
SAMPLES = 40


def conversation(number: int, ticket: ScanTicket) -> Conversation:
    at = START + timedelta(seconds=number)
    asker = Person(name=f"Customer {number}", email=f"someone@company-{number % 997}.example")
    return Conversation(
        ticket=Ticket(
            ref=TicketRef(DESK, str(number)),
            subject=ticket.subject,
            status=Status.OPEN,
            requester=asker,
            created_at=at,
            updated_at=at,
        ),
        comments=tuple(
            Comment(id=one.id, author=Person(name="x", role=one.role), public=True, created_at=at, body=one.body)
            for one in ticket.comments
            if one.role in (Role.AGENT, Role.CUSTOMER)
        ),
    )


def timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def told(name: str, times: list[float]) -> None:
    times.sort()
    say(f"{name:44} p50 {times[len(times) // 2]:7.1f} ms  p95 {times[int(len(times) * 0.95)]:7.1f} ms")


def main(export: Path, wanted: int) -> None:
    with TemporaryDirectory() as folder:
        desk = open_demo(Path(folder), now=lambda: START)
        desk.wake()
        for number, ticket in enumerate(tickets(export, wanted)):
            store(desk.work, conversation(number, ticket))
        desk.work.lessons.settle(DESK, "")
        measure(desk, Path(folder))
        asyncio.run(desk.close())


def measure(desk: Desk, folder: Path) -> None:
    work = desk.work
    sql = "SELECT count(*), sum(p < {}), sum(length(words) + length(sketch)) FROM told"
    rows, close, size = work.cache.answers._read(sql.format(work.rules.scale.weak), ())[0]
    say(f"{rows:,} answers kept, {close:,} of them no flags; {size:,} bytes of words and sketches")
    (close_bytes,) = work.cache.answers._read(
        "SELECT sum(length(findings)) FROM findings JOIN tickets USING (n) WHERE band IS NULL AND p > 0", ()
    )[0]
    say(f"{close_bytes:,} bytes of findings on tickets without a flag; {(folder / 'cache.sqlite3').stat().st_size:,}")
    flagged = [ref for ref in work.cache.refs("found") if ref.desk == DESK]
    second = open_demo(folder, now=lambda: START)
    say(f"near-duplicates after a start: {timed(lambda: second.work.advice.answers(flagged[0])):.0f} ms")
    told("read a flagged ticket", [timed(lambda ref=ref: desk.read(ref)) for ref in flagged[:SAMPLES]])
    picks = flagged[:: max(1, len(flagged) // SAMPLES)][:SAMPLES]
    told("verdict", [judged(desk, ref) for ref in picks])
    told("question at random, when it is the turn", [timed(lambda: draw(desk)) for _ in range(SAMPLES)])
    say(f"all {len(flagged):,} flags follow: {timed(lambda: asyncio.run(desk.teaching.follow())):.0f} ms in slices")
    told("withdrawn", [timed(lambda ref=ref: desk.withdraw(ref)) for ref in picks])


def judged(desk: Desk, ref: TicketRef) -> float:
    """A verdict as the console gives it: the other flags have followed the one before."""
    took = timed(lambda: desk.verdict(ref, Decision.DISMISSED))
    asyncio.run(desk.teaching.follow())
    return took


def draw(desk: Desk) -> object:
    pool = desk.work.cache.answers.pool(DESK, 2000, desk.work.rules.scale.weak)
    return desk.teaching._sample(*pool[len(pool) // 2])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)
