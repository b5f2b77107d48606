"""The cache stopped in the middle: sqlite's log cut at every page and inside it, as a power cut would."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from durability_points import ticket
from store_samples import FINDING, NOON, conversation, minutes

from supportdesk.model import Decision, Status, TicketRef, View
from supportdesk.store import cache_upkeep
from supportdesk.store.cache import Cache
from supportdesk.store.cache_rows import instant

PAGE, HEAD, LOG_HEAD = 4096, 24, 32
REF = TicketRef("acme", "1")


def filled(path: Path) -> Cache:
    cache = Cache.open(path)
    for number in range(30):
        closed = number % 3 == 0
        one = ticket(str(number), after=number, status=Status.CLOSED if closed else Status.OPEN)
        cache.put_conversation(conversation(one, "It stops every night. " * 40, "Please restart it. " * 60))
        cache.put_findings(one.ref, (FINDING,), "1")
    cache.put_view(View(id="1", name="Mine", desk="acme"), [REF])
    return cache


def wipe_rows(cache: Cache) -> None:
    with cache.batch():
        cache_upkeep.wipe(cache._connection, "acme")


def let_go(cache: Cache) -> None:
    before = instant(NOON + minutes(1000))
    with cache.batch():
        for n in cache.upkeep.old(before):
            cache.upkeep.let_go(n or 0, before)


OPERATIONS: dict[str, Callable[[Cache], object]] = {
    "tickets": lambda it: it.put_tickets([ticket(str(number), after=99, subject="new") for number in range(60)]),
    "a conversation": lambda it: it.put_conversation(conversation(ticket("1", after=99), "new words " * 900)),
    "findings": lambda it: it.put_findings(REF, (), "2"),
    "marks": lambda it: it.set_marks(REF, decision=Decision.CONFIRMED, issue="app#1", queued=1, held=0, draft=True),
    "a view": lambda it: it.put_view(View(id="2", name="All", desk="acme"), it.refs("all")),
    "a ticket forgotten": lambda it: it.forget_ticket(REF),
    "old words let go": let_go,
    "a desk's rows wiped": wipe_rows,
}


def content(path: Path) -> dict[str, list[Any]]:
    """Every row of the cache as the next start finds it."""
    Cache.open(path).close()
    with sqlite3.connect(path) as connection:
        named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'words_%' ORDER BY name"
        tables = [name for (name,) in connection.execute(named)]
        rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
    connection.close()
    return {name: sorted(found, key=repr) for name, found in rows.items() if name != "sqlite_sequence"}


def cuts(log: bytes) -> Iterator[int]:
    for page in range((len(log) - LOG_HEAD) // (PAGE + HEAD) + 1):
        yield LOG_HEAD + page * (PAGE + HEAD)
        yield LOG_HEAD + page * (PAGE + HEAD) + HEAD + PAGE // 2


def stopped(folder: Path, act: Callable[[Cache], object]) -> Iterator[tuple[int, dict, dict, dict]]:
    """For every cut: where, and what is there before, after, and with the log cut there."""
    path = folder / "cache.sqlite3"
    filled(path).close()
    main = path.read_bytes()
    before = content(path)
    cache = Cache.open(path)
    act(cache)
    log = path.with_name("cache.sqlite3-wal").read_bytes()
    assert path.read_bytes() == main
    cache.close()
    after = content(path)
    left = folder / "left.sqlite3"
    for cut in sorted({0, 7, LOG_HEAD, *cuts(log), len(log)}):
        for name in (left.name, f"{left.name}-wal", f"{left.name}-shm"):
            left.with_name(name).unlink(missing_ok=True)
        left.write_bytes(main)
        left.with_name(f"{left.name}-wal").write_bytes(log[:cut])
        yield cut, before, after, content(left)
