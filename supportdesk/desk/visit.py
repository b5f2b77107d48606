"""One desk's turn in a sync: what it has come to so far, how long it may take, and how its service is asked."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from supportdesk.desk.pace import CALLS, Pace
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import Limited, SupportdeskError
from supportdesk.model import TicketRef
from supportdesk.providers import Flow

T = TypeVar("T")
LONGEST_PATIENCE_S = 120.0
Progress = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Visit:
    """A desk that is being read; `until` is when its background work is left for the next sync, None for never."""

    work: Workplace
    connection: Connection
    tell: Progress
    until: float | None = None
    tickets: set[TicketRef] = field(default_factory=set)
    heard: set[TicketRef] = field(default_factory=set)
    changed: int = 0
    bad: int = 0
    unread: int = 0
    in_a_row: int = 0
    notes: list[str] = field(default_factory=list)
    problem: SupportdeskError | None = None

    @property
    def name(self) -> str:
        """The desk's name."""
        return self.connection.account.name

    def said(self) -> str:
        """What came of it, in sentences."""
        if self.problem is not None:
            return f"{self.problem.message} {self.problem.hint}".strip()
        said = [f"{len(self.tickets)} tickets read."]
        said += [f"{self.bad} rows could not be read and were left out."] if self.bad else []
        said += [f"{self.unread} conversations could not be read; the next sync tries again."] if self.unread else []
        return " ".join((*said, *self.notes))

    @property
    def so_far(self) -> str:
        """What was read, as words that others follow; none before anything was."""
        read = ((len(self.tickets), "ticket"), (len(self.heard), "conversation"))
        told = ", ".join(f"{count:,} {what}{'s' if count != 1 else ''}" for count, what in read if count)
        return f"{told} read; " if told else ""

    async def ask(self, flow: Callable[[], Flow[T]]) -> T:
        """Ask, and while the service wants us to wait for a bearable time, wait and ask again."""
        while True:
            try:
                return await self.connection.wire.run(counted(flow(), self.connection.pace))
            except Limited as limit:
                wait_s = limit.wait_s or 0.0
                self.connection.pace.hold(wait_s)
                if not 0.0 < wait_s <= LONGEST_PATIENCE_S:
                    raise
            self.tell(f"the service asks us to wait {wait_s:.0f} s")
            self.work.changed()
            await asyncio.sleep(wait_s)

    async def turn(self, kind: str = CALLS) -> bool:
        """Wait until the background may ask again; False when that is after the end of this visit."""
        while True:
            wait_s = self.connection.pace.wait_s(kind)
            if self.until is not None and monotonic() + wait_s > self.until:
                return False
            if not wait_s:
                return True
            self.tell(f"{self.so_far}goes on in {wait_s:.0f} s, leaving room for others")
            self.work.changed()
            await asyncio.sleep(wait_s)


def counted(flow: Flow[T], pace: Pace) -> Flow[T]:
    """A flow as it is, its requests counted and its answers heeded."""
    try:
        request = next(flow)
        while True:
            pace.spend(request)
            try:
                response = yield request
            except SupportdeskError as problem:
                request = flow.throw(problem)
            else:
                pace.heed(response)
                request = flow.send(response)
    except StopIteration as end:
        value: T = end.value
        return value


async def together(work: Iterable[Awaitable[T]]) -> list[T]:
    """Run all of it side by side and to its end, then raise the first failure there was."""
    done = await asyncio.gather(*work, return_exceptions=True)
    for each in done:
        if isinstance(each, BaseException):
            raise each
    return [each for each in done if not isinstance(each, BaseException)]
