"""Time on shift: what follows from going on and off, in whatever order it was written down."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from supportdesk.shift.timesheet import Punch, Shift, believed, punch, shifts

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def on(hours: float, agent: str = "alice") -> Punch:
    return Punch(at=NOON + hours * HOUR, agent=agent, on=True)


def off(hours: float, agent: str = "alice") -> Punch:
    return Punch(at=NOON + hours * HOUR, agent=agent, on=False)


def shift(start: float, end: float | None = None) -> Shift:
    return Shift(agent="alice", start=NOON + start * HOUR, end=None if end is None else NOON + end * HOUR)


def test_a_shift_runs_from_on_to_off() -> None:
    assert shifts([on(0), off(3), on(5)], "alice") == (shift(0, 3), shift(5))


def test_colleagues_are_not_us() -> None:
    assert shifts([on(0), off(1, "bob"), on(2, "bob")], "alice") == (shift(0),)


def test_what_two_machines_said_makes_no_sense_of_its_own() -> None:
    assert shifts([off(-1), on(0), on(1), off(2), off(3)], "alice") == (shift(0, 2),)
    assert shifts([on(4), off(6), on(0), off(2)], "alice") == (shift(0, 2), shift(4, 6))


def test_only_what_lies_within_is_counted() -> None:
    since, until = NOON, NOON + 4 * HOUR
    spans = [shift(-2, 1), shift(2, 3), shift(3.5), shift(-9, -8), shift(8), shift(-1)]
    assert [span.within(since, until) / HOUR for span in spans] == [1, 1, 0.5, 0, 0, 4]


def test_a_clock_that_was_set_back_makes_no_shift_end_before_it_began() -> None:
    assert punch([on(0)], "alice", on=False, now=NOON - HOUR).at == NOON + timedelta(seconds=1)
    assert punch([on(0, "bob")], "alice", on=True, now=NOON - HOUR).at == NOON - HOUR


def test_what_no_right_clock_can_have_said_is_not_believed() -> None:
    edges = [Punch(at=datetime(year, 12, 31, 23, 59, tzinfo=UTC), agent="alice", on=True) for year in (1, 2036, 9999)]
    assert believed([*edges, on(-1), off(20), on(25)], NOON) == [on(-1), off(20)]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(-100_000, 100_000), max_size=12))
def test_punches_in_turn_are_shifts_in_turn_under_any_clock(seconds: list[int]) -> None:
    kept: list[Punch] = []
    for turn, second in enumerate(seconds):
        kept.append(punch(kept, "alice", on=turn % 2 == 0, now=NOON + timedelta(seconds=second)))
    found = shifts(reversed(kept), "alice")
    assert len(found) == (len(kept) + 1) // 2
    assert sum(it.end is None for it in found) == len(kept) % 2
    assert all(it.end is None or it.start < it.end for it in found)
