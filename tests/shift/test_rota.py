"""Whose week it is: turns that follow each other without a gap, over New Year and whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hard_hours import local_times
from hypothesis import given, settings
from hypothesis import strategies as st

from supportdesk.shift.clock import instant
from supportdesk.shift.rota import FIRST_MONDAY, Rota

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
THREE = ("alice", "bob", "carol")


def rota(weekday: int = 0, at: time = time(9), zone: tzinfo = BERLIN, people: tuple[str, ...] = THREE) -> Rota:
    return Rota(people=people, weekday=weekday, at=at, zone=zone)


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)  # type: ignore[misc, arg-type]  # year, month, day, hour


def test_the_count_begins_with_a_monday() -> None:
    assert date(1970, 1, 5) == FIRST_MONDAY
    assert FIRST_MONDAY.weekday() == 0


def test_the_first_person_has_the_first_week() -> None:
    week = rota(zone=UTC).week(datetime(1970, 1, 5, 9, tzinfo=UTC))
    assert (week.person, week.next, week.start) == ("alice", "bob", datetime(1970, 1, 5, 9, tzinfo=UTC))


def test_a_week_changes_hands_at_the_handover() -> None:
    before, after = (rota().week(berlin(2026, 11, 23, 9) + step) for step in (-timedelta.resolution, timedelta()))
    assert before.end == after.start == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert before.next == after.person
    assert before.person != after.person


@pytest.mark.parametrize(
    ("now", "hours"), [((2026, 10, 21), 169), ((2026, 11, 22), 168), ((2027, 3, 24), 167)], ids=str
)
def test_a_week_in_which_the_clocks_change_is_as_long_as_it_is(now: tuple[int, ...], hours: int) -> None:
    assert rota().week(berlin(*now, 12)).length == hours * HOUR


def test_nobody_has_two_weeks_in_a_row_at_new_year() -> None:
    for people in (THREE, THREE[:2]):
        turns = [rota(people=people).week(berlin(2026, 12, 1, 12) + timedelta(weeks=n)).person for n in range(10)]
        assert all(one != other for one, other in pairwise(turns))


def test_who_is_alone_hands_over_to_themselves() -> None:
    week = rota(people=("alice",)).week(berlin(2026, 11, 22, 12))
    assert (week.person, week.next) == ("alice", "alice")


def test_a_handover_that_the_clocks_leave_out_is_an_hour_later() -> None:
    assert rota(weekday=6, at=time(2, 30)).week(berlin(2027, 3, 28, 12)).start == berlin(2027, 3, 28, 3, 30)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(local_times, st.integers(0, 6), st.integers(0, 1439))
def test_every_instant_is_in_one_week_and_the_next_begins_where_it_ends(
    local: tuple[datetime, ZoneInfo], weekday: int, minute: int
) -> None:
    turns = rota(weekday, time(minute // 60, minute % 60), local[1])
    now = instant(*local)
    week = turns.week(now)
    assert week.start <= now < week.end
    following = turns.week(week.end)
    assert (following.start, following.person) == (week.end, week.next)
    assert turns.week(week.start) == week
