"""Scores the tickets of a scan, in this process or on every core; what comes out is in the order of what went in."""

import json
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import chain, islice, takewhile
from multiprocessing import get_context, parent_process
from threading import Thread
from types import FrameType

from supportdesk.cli.scan_report import Part
from supportdesk.config import load_cues
from supportdesk.errors import SupportdeskError
from supportdesk.insight.exports import Entry, Wrong
from supportdesk.insight.rules import Rules
from supportdesk.insight.scan import row_json
from supportdesk.insight.workaround import findings, score_all

BATCH = 400  # entries
MOST_CHARACTERS = 2_000_000  # of a batch, so that what is on its way is bounded for large entries too
ALONE = 3  # batches that are done sooner here than other processes are started
AHEAD = 3  # batches on their way to or from each process: what bounds the memory of a scan
Share = float | None  # of an export, from 0 to 1; None where nobody knows how much will come


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to come out: rows of JSON, of every answer or of the flagged, or what a summary is made of."""

    rows: bool
    every: bool


@dataclass(slots=True)
class Done:
    """A batch that was scored: its rows as they are printed, what was wrong with others, and what it comes to.

    `share` is how much of the export had been read, from 0 to 1, when the batch was full.
    """

    rows: str = ""
    wrong: list[Wrong] = field(default_factory=list)
    part: Part = field(default_factory=Part)
    share: Share = None


def cores() -> int:
    """How many processors this process may run on."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def scored(entries: Iterable[Entry], wanted: Wanted, jobs: int, read: Callable[[], Share]) -> Iterator[Done]:
    """Score entries batch by batch in `jobs` processes; what is short is scored here. `read` tells the share so far."""
    rules = Rules.load(load_cues())
    batches = _batches(entries, read)
    first = list(islice(batches, ALONE + 1)) if jobs > 1 else []
    if len(first) <= ALONE:
        yield from (_at(share, score(rules, wanted, batch)) for share, batch in chain(first, batches))
        return
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (wanted,))
    running: deque[tuple[Share, Future[Done]]] = deque()
    try:
        for share, batch in chain(first, batches):
            running.append((share, _submitted(pool, batch)))
            if len(running) >= jobs * AHEAD:
                yield _ended(*running.popleft())
        while running:
            yield _ended(*running.popleft())
    except BrokenProcessPool:
        raise SupportdeskError(
            "A process that scored was ended from outside; what was printed is whole, the rest is missing.",
            "Where memory ran out, give fewer processes: --jobs 1.",
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _ended(share: Share, future: Future[Done]) -> Done:
    return _at(share, future.result())


def _at(share: Share, done: Done) -> Done:
    done.share = share
    return done


def _submitted(pool: ProcessPoolExecutor, batch: list[Entry]) -> Future[Done]:
    """A process that is started for it does not hear Ctrl-C before it knows what that means."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        return pool.submit(_score, batch)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def score(rules: Rules, wanted: Wanted, batch: Iterable[Entry]) -> Done:
    """Score some entries."""
    done, rows = Done(), []
    for entry in batch:
        if isinstance(entry, Wrong):
            done.wrong.append(entry)
            done.part.bad += 1
            continue
        scores = score_all(rules, entry.subject, entry.comments)
        if wanted.rows:
            done.part.tickets += 1
            rows.append(json.dumps(row_json(rules, entry, scores, every_answer=wanted.every)))
        else:
            done.part.add(entry, findings(rules, scores), scores, rules.scale.base_rate)
    done.rows = "\n".join(rows)
    return done


def _batches(entries: Iterable[Entry], read: Callable[[], Share]) -> Iterator[tuple[Share, list[Entry]]]:
    batch: list[Entry] = []
    characters = 0
    for entry in entries:
        batch.append(entry)
        characters += _characters(entry)
        if len(batch) >= BATCH or characters >= MOST_CHARACTERS:
            yield read(), batch
            batch, characters = [], 0
    if batch:
        yield read(), batch


def _characters(entry: Entry) -> int:
    return 0 if isinstance(entry, Wrong) else sum(len(comment.body) for comment in entry.comments)


class _Here:
    """What a process of a scan was started with."""

    rules: Rules
    wanted: Wanted
    ended = False  # by Ctrl-C


def _begin(wanted: Wanted) -> None:
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as of a job in the background of a script
        signal.signal(signal.SIGINT, _end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))
    Thread(target=_end_with_the_scan, daemon=True).start()
    _Here.rules, _Here.wanted = Rules.load(load_cues()), wanted


def _end(_number: int, _frame: FrameType | None) -> None:
    """Ctrl-C leaves out the rest; who is ended while writing leaves the scan reading what never comes."""
    _Here.ended = True


def _end_with_the_scan() -> None:
    """Whatever ended the scan: a process of it would wait for its next batch for ever."""
    scan = parent_process()
    if scan is not None:
        scan.join()
        os._exit(1)


def _score(batch: list[Entry]) -> Done:
    return score(_Here.rules, _Here.wanted, takewhile(lambda _: not _Here.ended, batch))
