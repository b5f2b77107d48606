"""A desk over the embedded demo, with a clock that the test moves."""

import asyncio
import atexit
import shutil
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

from supportdesk.demo import DESK, TRACKER, Embedded, Helpdesk, Tracker
from supportdesk.desk import Desk, open_demo
from supportdesk.model import TicketRef

T = TypeVar("T")
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class House:
    """The desk, its two servers and its clock."""

    desk: Desk
    folder: Path
    at: list[datetime] = field(default_factory=lambda: [START])

    def pass_time(self, seconds: float) -> None:
        self.at[0] += timedelta(seconds=seconds)

    @property
    def helpdesk(self) -> Helpdesk:
        return self._server(DESK)

    @property
    def tracker(self) -> Tracker:
        return self._server(TRACKER)

    def _server(self, name: str) -> Any:
        wire = self.desk.work.connections[name].wire
        assert isinstance(wire, Embedded)
        return wire.server

    def flagged(self) -> TicketRef:
        """The strongest flag that is ours to act on: the one whose answer was given most often."""
        refs = self.desk.queue("flagged").refs
        open_ones = [ref for ref in refs if (read := self.desk.read(ref)) and read.escalation is None]
        return max(open_ones, key=lambda ref: self.desk.read(ref).family.tickets)  # type: ignore[union-attr]  # just read


def open_house(folder: Path, *, undo_s: float = 0.0, synced: bool = True, awake: bool = True) -> House:
    at = [START]
    if synced:
        shutil.copytree(_synced(), folder, dirs_exist_ok=True)
    desk = open_demo(folder, undo_s=undo_s, now=lambda: at[0])
    if awake:
        desk.wake()
    return House(desk=desk, folder=folder, at=at)


@cache
def _synced() -> Path:
    """A folder as a first sync leaves it; the demo tells the same story each time, so it fits every demo."""
    folder = Path(mkdtemp(prefix="supportdesk-tests-"))
    atexit.register(shutil.rmtree, folder)
    desk = open_demo(folder, now=lambda: START)
    run(desk.sync())
    run(desk.close())
    return folder


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)
