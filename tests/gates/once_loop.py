"""An event loop over real sockets in which waiting costs nothing: when nothing is ready, the next timer is."""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

WIRE_S = 0.001  # what bytes may need from one end of a loopback socket to the other
STUCK_S = 20.0


class Hurried(selectors.DefaultSelector):
    """Asks the sockets, and where they are silent lets the time pass instead of waiting for it."""

    skip: Callable[[float], None]

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        ready = super().select(STUCK_S if timeout is None else WIRE_S)
        if timeout is None:
            assert ready, "nothing is due and nothing will ever arrive"
        elif not ready:
            self.skip(timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps; what it would do in threads it does at once."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        hurried = Hurried()
        hurried.skip = self._skip
        super().__init__(hurried)

    def time(self) -> float:
        return super().time() + self._ahead_s

    def _skip(self, seconds: float) -> None:
        self._ahead_s += seconds

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as problem:  # noqa: BLE001 - whatever it is belongs to who asked
            done.set_exception(problem)
        return done
