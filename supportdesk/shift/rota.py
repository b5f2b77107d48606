"""The rota: whose week it is, from one handover to the next.

Weeks are counted from Monday 5 January 1970: the first of `people` has the week that begins in that calendar week, and
so on round for ever. (A week's number in its year would begin again at each New Year, and give somebody two in a row.)
So the list alone says whose turn it is; a change of it moves the turns, also the present one.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from supportdesk.shift.clock import instant, length

FIRST_MONDAY = date(1970, 1, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One turn: whose it is, who is `next`, its first instant in UTC, and its real length, 167 to 169 hours mostly."""

    person: str
    next: str
    start: datetime
    length: timedelta

    @property
    def end(self) -> datetime:
        """The instant of the handover to the next."""
        return self.start + self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """People who take turns, at least one; they hand over each `weekday` (0 is Monday) when its clocks show `at`."""

    people: tuple[str, ...]
    weekday: int
    at: time
    zone: tzinfo

    def week(self, now: datetime) -> Week:
        """The week that an instant is in; one begins at its handover and ends before the next."""
        number = (now.astimezone(self.zone).date() - FIRST_MONDAY).days // 7
        while instant(self._handover(number), self.zone) > now:
            number -= 1
        while instant(self._handover(number + 1), self.zone) <= now:
            number += 1
        begin, end = self._handover(number), self._handover(number + 1)
        return Week(
            person=self.people[number % len(self.people)],
            next=self.people[(number + 1) % len(self.people)],
            start=instant(begin, self.zone),
            length=length(begin, end, self.zone),
        )

    def _handover(self, number: int) -> datetime:
        return datetime.combine(FIRST_MONDAY + timedelta(days=7 * number + self.weekday), self.at)
