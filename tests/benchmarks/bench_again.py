"""Keys while every conversation is read again by new weights: a console whose desk was scored by older rules, in a pty.

The service cannot be reached, so that nothing else is going on; the same keys on the desk as it is are the floor.
"""

import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copytree, rmtree
from time import monotonic
from typing import NamedTuple

from bench_busy import told
from figures import Run, percentile
from pty_terminal import Terminal
from subjects import console as subject_of
from subjects import desk_environ

from supportdesk.config import load_cues
from supportdesk.insight.rules import Rules

SIZES = {10_000: (90, 70), 100_000: (160, 120)}  # tickets, and MiB that the console may and should take
KEYS, EVERY_S = 120, 0.25
BEGUN_S = 30.0
OLDER = "0"  # a version of rules that never was
CONSOLE = Path(__file__).with_name("bench_busy.py")
FLOOR = "the same keys on the same desk at rest, in the same run"


class Session(NamedTuple):
    """Milliseconds to each key's frame, the highest resident set in MiB, conversations read again in a second."""

    took: list[float]
    memory: float
    read: float


def measure(run: Run, folder: Path) -> None:
    """Keys at rest and while all is read again, at two sizes."""
    run.theme("keys while everything is read again by new weights", FLOOR)
    for size, bounds in SIZES.items():
        home = Path(subject_of(folder, size).environ["SUPPORTDESK_HOME"])
        with _scored(home, folder / "again", Rules.load(load_cues()).version) as now:
            rest = _session(now, busy=False)
        with _scored(home, folder / "again", OLDER) as older:
            again = _session(older, busy=True)
        name, floor = f"{size // 1000}k are read again", percentile(rest.took, 0.95)
        took, remark = percentile(again.took, 0.95), f"at rest {floor:.1f}; {again.read:.0f} read in a second meanwhile"
        run.budget(f"key down p95 while {name}", "ms", took, bounds=(25, 12), remark=remark)
        run.budget(f"memory while {name}", "MiB", again.memory, bounds=bounds, remark=f"at rest {rest.memory:.0f}")


@contextmanager
def _scored(home: Path, copy: Path, version: str) -> Iterator[Path]:
    """The same desk as if these rules had read it."""
    rmtree(copy, ignore_errors=True)
    copytree(home, copy)
    with closing(sqlite3.connect(copy / "cache.sqlite3")) as cache, cache:
        cache.execute("UPDATE tickets SET rules = ? WHERE fetched IS NOT NULL", (version,))
    yield copy
    rmtree(copy)


def _left(home: Path) -> int:
    with closing(sqlite3.connect(home / "cache.sqlite3")) as cache:
        (left,) = cache.execute("SELECT count(*) FROM tickets WHERE rules = ?", (OLDER,)).fetchone()
    return int(left)


def _session(home: Path, *, busy: bool) -> Session:
    pressed: list[float] = []
    before = _left(home)
    with Terminal([sys.executable, str(CONSOLE), "console", str(home)], desk_environ(home)) as terminal:
        terminal.until(b"again:" if busy else b"offline", BEGUN_S)
        began = monotonic()
        for _ in range(KEYS):
            pressed.append(monotonic())
            os.write(terminal.fd, b"j")
            until = monotonic() + EVERY_S
            while monotonic() < until:
                terminal.read(until - monotonic())
        memory, lasted = terminal.memory_mib(), monotonic() - began
        os.write(terminal.fd, b"\x11")
        while terminal.alive:
            terminal.read(0.2)
    found = [json.loads(line) for line in (home / "seen").read_text(encoding="utf-8").splitlines()]
    (home / "seen").unlink()
    took = told(found, pressed, busy=busy)
    return Session(took, memory, (before - _left(home)) / lasted)
