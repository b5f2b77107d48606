"""One desk's turn in a sync: what it has come to so far, how long it may take, and how its service is asked."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

from supportdesk.desk.gaps import Gaps
from supportdesk.desk.pace import CALLS, Pace
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import Limited, SupportdeskError
from supportdesk.model import TicketRef
from supportdesk.providers import Flow

T = TypeVar("T")
LONGEST_PATIENCE_S = 120.0  # with a service that answers with nothing but that we have to wait, or with our share
LOOK_S = 1.0
LONG_S = 90.0  # longer than until the next sync but one
MOST_LOST = 8  # conversations in a row that cannot be read, after which no more are asked for in a visit
Progress = Callable[[str], object]


@dataclass(slots=True, kw_only=True)
class Visit:
    """A desk that is being read; `until` is when its background work is left for the next sync, None for never."""

    work: Workplace
    connection: Connection
    tell: Progress
    until: float | None = None
    tickets: set[TicketRef] = field(default_factory=set)
    changed: int = 0
    bad: int = 0
    in_a_row: int = 0  # conversations that could not be read, one after the other
    lost: SupportdeskError | None = None  # why the last that could lately, cannot
    notes: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)  # what could not be read, beside rows and conversations
    held_up: bool = False  # not for want of time or room: the conversations that are missing could not be had
    problem: SupportdeskError | None = None
    first: bool = field(init=False)  # the desk was never read to its end
    again: bool = False  # somebody asked for everything now
    answered: datetime | None = None  # when the first page of a list came, by the service's clock
    listed: bool = False  # all its tickets are here: from now on conversations are read
    unfinished: bool = False  # there are more tickets than were read
    lists: bool = False  # what is under way is read by lists, whether or not there are exports

    _held: int = 0
    _last: int | None = None  # the last ticket that was counted

    def __post_init__(self) -> None:
        self.first = self.connection.synced_at is None

    @property
    def name(self) -> str:
        """The desk's name."""
        return self.connection.account.name

    @property
    def gaps(self) -> Gaps:
        """What of the desk could not be read."""
        return gaps_of(self.work, self.connection)

    @property
    def stopped(self) -> bool:
        """Whether so many conversations could not be read that no more are asked for: it is not them, then."""
        return self.in_a_row >= MOST_LOST

    def said(self) -> str:
        """What came of it, in sentences."""
        if self.problem is not None:
            rest = "The next sync goes on from there." if isinstance(self.problem, Limited) else self.problem.hint
            found = self.gaps.sentences() if self.stopped else ()
            return " ".join((self.problem.message, rest, *found)).strip()
        said = [f"{_counted(len(self.tickets), 'ticket')} read."]
        return " ".join((*said, *self.gaps.sentences(), *self.notes))

    def told(self, then: str = "") -> None:
        """Say how far the reading is, whichever visit began it, and what comes then."""
        self.tell("; ".join(words for words in (self._progress(), then) if words))

    def _progress(self) -> str:
        cache = self.work.cache
        if self.listed:
            left = cache.unheard(self.name)
            return f"{_counted(left, 'conversation')} to go" if left else "all conversations are read"
        if self.first:
            here = self._here()
            return f"{_counted(here, 'ticket')} so far" if here else ""
        return _counted(len(self.tickets), "ticket") if self.tickets else "looking for changes"

    def _here(self) -> int:
        """How many tickets of the desk are here; only what came since it was asked is counted."""
        cache = self.work.cache
        if self._last is None:
            self._held, self._last = cache.held(self.name), cache.last()
        came, self._last = cache.come(self.name, self._last)
        self._held += came
        return self._held

    def _until(self, wait_s: float) -> str:
        """When a wait ends, on the engineer's clock: seconds would not run down while they are read."""
        return f"{(self.work.now() + timedelta(seconds=wait_s)).astimezone():%H:%M:%S}"

    def ahead(self) -> timedelta:
        """How far the service's clock is ahead of ours, by its last answer."""
        return timedelta(seconds=self.connection.wire.server_time_offset_s)

    def there(self) -> datetime:
        """What time it is by the service's clock."""
        return self.work.now() + self.ahead()

    async def ask(self, flow: Callable[[], Flow[T]]) -> T:
        """Ask, and while the service wants us to wait for a bearable time, wait and ask again.

        Limited where it keeps on wanting that for longer, or beyond the end of this visit.
        """
        pace, waited_s = self.connection.pace, 0.0
        while True:
            limit = self._asked_to_wait()
            if limit is None:
                try:
                    return await self.connection.wire.run(counted(flow(), pace))
                except Limited as problem:
                    limit = problem
                    pace.hold(problem.wait_s or 0.0)
            wait_s = limit.wait_s or 0.0
            waited_s += wait_s
            if wait_s <= 0.0 or waited_s > LONGEST_PATIENCE_S or self._ends_in(wait_s):
                raise limit
            self.told(f"waits until {self._until(wait_s)}, as the service asks")
            self.work.progressed()
            await asyncio.sleep(wait_s)

    def _asked_to_wait(self) -> Limited | None:
        """What there is to say while the service has asked for a wait that is not over; None when it is."""
        wait_s = self.connection.pace.held_s()
        if not wait_s:
            return None
        return Limited(f"{self.name}: the service asked us to wait until {self._until(wait_s)}.", wait_s=wait_s)

    def _ends_in(self, wait_s: float) -> bool:
        return self.until is not None and monotonic() + wait_s > self.until

    async def turn(self, kind: str = CALLS) -> bool:
        """Wait until the background may ask again; False when that is after the end of this visit, or it is paused."""
        while True:
            wait_s = self.connection.pace.wait_s(kind)
            if self.work.attention.paused:
                return False
            if self._ends_in(wait_s) or wait_s > LONGEST_PATIENCE_S:
                self._put_off(wait_s)
                return False
            if not wait_s:
                return True
            self.told(f"goes on at {self._until(wait_s)}, leaving room for others")
            self.work.progressed()
            await self._rest(wait_s)

    def _put_off(self, wait_s: float) -> None:
        """Say so where the next sync will have no room either: what is missing stays so for long."""
        if wait_s > LONG_S and not self.held_up:
            self.held_up = True
            self.troubles.append(f"More is read from {self._until(wait_s)} on: till then room is left for others.")

    async def _rest(self, wait_s: float) -> None:
        """Wait as long, or until it is paused."""
        end = monotonic() + wait_s
        while (left_s := end - monotonic()) > 0 and not self.work.attention.paused:
            await asyncio.sleep(min(left_s, LOOK_S))


def gaps_of(work: Workplace, connection: Connection) -> Gaps:
    """What of a desk could not be read, as it was put down."""
    if connection.gaps is None:
        connection.gaps = Gaps(work.cache, connection.account.name)
    return connection.gaps


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


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
