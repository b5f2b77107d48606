"""A42: how long a shift really is, through the two days a year on which a day has not 24 hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hard_hours import local_times, wall
from hypothesis import given, settings
from hypothesis import strategies as st

from supportdesk.shift.clock import instant, length

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
LORD_HOWE, APIA = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")
HOUR = timedelta(hours=1)
steady = settings(deadline=None, derandomize=True, max_examples=300)


def shown(at: datetime, zone: ZoneInfo) -> datetime:
    """What the zone's clocks show at an instant."""
    return at.astimezone(zone).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("day", "hours"), [(wall("2026-10-24 00:00"), 9), (wall("2027-03-27 00:00"), 7), (wall("2026-11-22 00:00"), 8)]
)
def test_a_night_is_as_long_as_it_really_is(day: datetime, hours: int) -> None:
    begin, end = day.replace(hour=22), day.replace(hour=6) + timedelta(days=1)
    assert length(begin, end, BERLIN) == hours * HOUR
    assert end.replace(tzinfo=BERLIN) - begin.replace(tzinfo=BERLIN) == 8 * HOUR  # what subtracting would have said


def test_a_time_shown_twice_is_two_instants() -> None:
    twice = wall("2026-11-01 01:30")
    assert instant(twice, NEW_YORK) == wall("2026-11-01 05:30Z")
    assert instant(twice.replace(fold=1), NEW_YORK) == wall("2026-11-01 06:30Z")


@pytest.mark.parametrize("fold", [0, 1])
def test_a_time_that_is_left_out_moves_forward(fold: int) -> None:
    at = instant(wall("2027-03-14 02:30").replace(fold=fold), NEW_YORK)
    assert shown(at, NEW_YORK) == wall("2027-03-14 03:30")


def test_lord_howe_steps_by_half_an_hour() -> None:
    assert length(wall("2026-10-04 00:00"), wall("2026-10-05 00:00"), LORD_HOWE) == 23.5 * HOUR
    assert length(wall("2027-04-04 00:00"), wall("2027-04-05 00:00"), LORD_HOWE) == 24.5 * HOUR
    assert shown(instant(wall("2026-10-04 02:10"), LORD_HOWE), LORD_HOWE) == wall("2026-10-04 02:40")


def test_a_day_that_never_was_takes_no_time() -> None:
    assert length(wall("2011-12-29 12:00"), wall("2011-12-31 12:00"), APIA) == 24 * HOUR
    assert shown(instant(wall("2011-12-30 12:00"), APIA), APIA) == wall("2011-12-31 12:00")


@steady
@given(local_times)
def test_an_instant_is_found_again_by_what_its_clocks_show(local: tuple[datetime, ZoneInfo]) -> None:
    at, zone = local[0].replace(tzinfo=UTC), local[1]
    assert instant(shown(at, zone), zone) == at


@steady
@given(local_times, st.sampled_from([0, 1]))
def test_no_time_moves_back(local: tuple[datetime, ZoneInfo], fold: int) -> None:
    said, zone = local[0].replace(fold=fold), local[1]
    found = shown(instant(said, zone), zone)
    assert found >= said
    assert instant(found, zone) == instant(said, zone)


@steady
@given(local_times, st.timedeltas(-timedelta(9), timedelta(9)), st.timedeltas(-timedelta(9), timedelta(9)))
def test_lengths_add_up(local: tuple[datetime, ZoneInfo], one: timedelta, other: timedelta) -> None:
    begin, zone = local
    middle, end = begin + one, begin + other
    assert length(begin, middle, zone) + length(middle, end, zone) == length(begin, end, zone)
