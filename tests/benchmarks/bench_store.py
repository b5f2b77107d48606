"""Store: load, get, find, search and durable update against plain TinyDB (JSONStorage) on the same documents."""

import json
import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from shutil import rmtree
from typing import Any

from bigdesk import DESK, FIRST, NOW, documents, fill, sentences
from figures import Run, median, milliseconds, say
from tinydb import TinyDB, where

from supportdesk.model import TicketRef
from supportdesk.store.cache import Cache
from supportdesk.store.ledger import Ledger

SIZES = (1_000, 10_000, 100_000)
SCREENFUL = 40
OFTEN = 200
FLOOR = (
    "sqlite finds a row in some 20 microseconds and this disk syncs an append in what `fsync` below takes; "
    "plain TinyDB reads or writes the whole file each time, without a sync"
)
Costs = dict[str, dict[int, float]]


def measure(run: Run, folder: Path) -> None:
    """Ours, then plain TinyDB, at every size; TinyDB's costs are of one try where a try takes seconds."""
    run.theme("store", FLOOR)
    say(f"   fsync of a line on this disk, median: {fsync(folder):.2f} ms")
    ours: Costs = {}
    plain: Costs = {}
    for size in SIZES:
        _keep(ours, size, _cache(fill(folder / f"desk-{size}", size), size))
        _keep(ours, size, _apart(_ledger, folder / f"ledger-{size}", size))
        say(f"   {size:,} tickets: ours done, plain TinyDB begun")
        _keep(plain, size, _apart(_tinydb, folder / f"tinydb-{size}.json", size))
    for what in ours:
        run.curve(what, "supportdesk", "ms", ours[what])
        if what in plain:
            run.curve(what, "plain TinyDB", "ms", plain[what])


def _apart(costs: Callable[[Path, int], dict[str, float]], path: Path, size: int) -> dict[str, float]:
    """Measured in a process of its own, which takes its gigabytes along when it ends."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(costs, path, size).result()


def _keep(costs: Costs, size: int, found: dict[str, float]) -> None:
    for what, took in found.items():
        costs.setdefault(what, {})[size] = took


def fsync(folder: Path) -> float:
    """Milliseconds that this disk takes to sync an appended line, the median."""
    return median([append(folder) for _ in range(OFTEN)])


def append(folder: Path) -> float:
    """Milliseconds of one appended line, synced: the floor of whatever is on disk when it returns."""
    with (folder / "fsync").open("ab", buffering=0) as file:

        def written() -> None:
            file.write(b"x" * 300 + b"\n")
            os.fdatasync(file.fileno())

        return milliseconds(written)


def _each(work: Callable[[int], object], size: int, times: int) -> float:
    chance = random.Random(size)
    return median([milliseconds(lambda: work(chance.randrange(size))) for _ in range(times)])


def _cache(home: Path, size: int) -> dict[str, float]:
    """The console's cache: every cost is of an opened one, except to load, which ends with a screenful of rows."""

    def loaded() -> None:
        cache = Cache.open(home / "cache.sqlite3")
        cache.rows(cache.refs("open")[:SCREENFUL])
        cache.close()

    def get(at: int) -> None:
        ref = TicketRef(DESK, str(FIRST + at))
        cache.ticket(ref)
        cache.comments(ref)

    found = {"load and show": median([milliseconds(loaded) for _ in range(5)])}
    cache = Cache.open(home / "cache.sqlite3")
    words = [word.strip(".").lower() for sentence in sentences()[:50] for word in sentence.split()]
    cache.refs("all")
    found["get with comments"] = _each(get, size, OFTEN)
    found["find by a word of the row"] = _each(lambda at: cache.refs("all", f"company {at % 311}"), size, 20)
    found["full-text search"] = _each(lambda at: cache.search(words[at % len(words)]), size, OFTEN)
    cache.close()
    return found


@contextmanager
def _fresh(folder: Path) -> Iterator[Path]:
    rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    yield folder
    rmtree(folder)


def _ledger(folder: Path, size: int) -> dict[str, float]:
    """The same documents in a TinyDB table over our journal; a change is on disk, synced, when it returns."""
    with _fresh(folder) as home:
        ledger = Ledger.open(home, now=lambda: NOW)
        ledger.table("documents").insert_multiple(documents(size))
        ledger.close()
        found = {"load everything": milliseconds(lambda: Ledger.open(home, now=lambda: NOW).close())}
        ledger = Ledger.open(home, now=lambda: NOW)
        table = ledger.table("documents")
        found["get"] = _each(lambda at: table.get(doc_id=at + 1), size, OFTEN)
        found["find by a field"] = _each(lambda at: table.search(where("key") == FIRST + at), size, 3)
        found["durable update"] = _each(lambda at: table.update({"priority": f"p{at}"}, doc_ids=[at + 1]), size, OFTEN)
        ledger.close()
    return found


def _tinydb(path: Path, size: int) -> dict[str, float]:
    if not path.exists():  # as TinyDB writes it, in a tenth of its time
        table = {str(at): document for at, document in enumerate(documents(size), start=1)}
        path.write_text(json.dumps({"_default": table}), encoding="utf-8")
    times = {1_000: 10, 10_000: 3}.get(size, 1)
    database: Any = TinyDB(path)
    found = {"load everything": _each(lambda _: len(database), size, times)}
    found["get"] = _each(lambda at: database.get(doc_id=at + 1), size, times)
    found["find by a field"] = _each(lambda at: database.search(where("key") == FIRST + at), size, times)
    found["durable update"] = _each(lambda at: database.update({"priority": f"p{at}"}, doc_ids=[at + 1]), size, times)
    database.close()
    return found
