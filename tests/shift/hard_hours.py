"""Local times for the property tests: any time in any zone, and as often one near a change of a zone's clocks."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

wall = datetime.fromisoformat

CHANGES = (
    ("Europe/Berlin", "2026-10-25 02:30"),
    ("Europe/Berlin", "2027-03-28 02:30"),
    ("America/New_York", "2026-11-01 01:30"),
    ("America/New_York", "2027-03-14 02:30"),
    ("Australia/Lord_Howe", "2026-10-04 02:15"),
    ("Australia/Lord_Howe", "2027-04-04 01:45"),
    ("Antarctica/Troll", "2027-03-28 02:00"),  # two hours
    ("Europe/Dublin", "2026-10-25 01:30"),  # its winter is the exception
    ("America/Sao_Paulo", "2018-02-17 23:30"),  # back over midnight
    ("America/Sao_Paulo", "2018-11-04 00:30"),  # a day without its first hour
    ("Pacific/Apia", "2011-12-30 12:00"),  # a day that never was
    ("Pacific/Kwajalein", "1993-08-21 12:00"),
    ("Pacific/Kwajalein", "1969-09-30 12:00"),  # a day back
    ("Africa/Monrovia", "1972-01-07 00:20"),  # by 44 minutes and 30 seconds
)

_any = st.tuples(
    st.datetimes(min_value=wall("1890-01-01 00:00"), max_value=wall("2120-01-01 00:00")),
    st.sampled_from(sorted(available_timezones())).map(ZoneInfo),
)
_near = st.builds(
    lambda change, minutes, seconds: (
        wall(change[1]) + timedelta(minutes=minutes, seconds=seconds),
        ZoneInfo(change[0]),
    ),
    st.sampled_from(CHANGES),
    st.one_of(st.integers(-120, 120), st.integers(-1800, 1800)),
    st.integers(0, 59),
)
local_times = _any | _near
