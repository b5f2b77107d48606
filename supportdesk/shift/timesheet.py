"""The timesheet: who went on and off shift, and the time that makes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # of two machines whose clocks do not agree


@dataclass(frozen=True, slots=True, kw_only=True)
class Punch:
    """Somebody went on shift, or off it: an append-only fact."""

    at: datetime
    agent: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Somebody's time on shift; one that still runs has no end."""

    agent: str
    start: datetime
    end: datetime | None = None

    def within(self, since: datetime, until: datetime) -> timedelta:
        """How much of it lies between two instants."""
        end = until if self.end is None else min(self.end, until)
        return max(end - max(self.start, since), timedelta())


def believed(punches: Iterable[Punch], now: datetime) -> list[Punch]:
    """Those that can have been: of a clock that was days fast, or of a file with a year 9999, nothing follows."""
    return [it for it in punches if EARLIEST <= it.at <= now + AHEAD]


def shifts(punches: Iterable[Punch], agent: str) -> tuple[Shift, ...]:
    """Somebody's shifts, oldest first; on while on, or off while off, as two machines may say, changes nothing."""
    found: list[Shift] = []
    start: datetime | None = None
    for punch in sorted((it for it in punches if it.agent == agent), key=lambda it: it.at):
        if punch.on:
            start = start or punch.at
        elif start:
            found.append(Shift(agent=agent, start=start, end=punch.at))
            start = None
    return (*found, Shift(agent=agent, start=start)) if start else tuple(found)


def punch(punches: Iterable[Punch], agent: str, *, on: bool, now: datetime) -> Punch:
    """The next punch of somebody, to the second: now, or just after their last one where the clock was set back."""
    later = (it.at + timedelta(seconds=1) for it in punches if it.agent == agent)
    return Punch(at=max((now.replace(microsecond=0), *later)), agent=agent, on=on)
