"""The clocks: the one that people set, and the machine's own, which also counts while the machine sleeps.

What waits is on disk with the times of our clock. When that is set, forward or back, nothing may leave early or wait
for a day: the machine's uptime tells by how much it was set, across processes too, until the machine is started anew.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from supportdesk import model, outbox

Uptime = Callable[[], tuple[str, float]]
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def clock() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


def new_op() -> str:
    """A name that nothing else has."""
    from uuid import uuid4  # 3 ms, with what it looks for on the machine

    return str(uuid4())


def uptime() -> tuple[str, float]:
    """The name of this run of the machine, and its age in seconds, sleep included."""
    linux = sys.platform == "linux"
    return _boot(), time.clock_gettime(time.CLOCK_BOOTTIME if linux else time.CLOCK_MONOTONIC)


@cache
def _boot() -> str:
    """No process outlives the run that it was started in: its name is read once."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return new_op()  # where the machine does not name its runs, ours is one


class Steady:
    """Moves the times of an entry along with our clock when that was set since they were written."""

    def __init__(self, now: Callable[[], datetime], uptime: Uptime) -> None:
        self._now, self._uptime = now, uptime

    def __call__(self, entry: model.Outgoing) -> model.Outgoing:
        boot, seconds = self._uptime()
        return outbox.steadied(entry, boot, self._now() - timedelta(seconds=seconds))


def as_it_is(entry: model.Outgoing) -> model.Outgoing:
    """Leave the times alone: the demo's clock is nobody's to set."""
    return entry
