"""The garbage collector takes its turns, and is as it was when the console is left."""

import gc
from collections.abc import Iterator
from weakref import ref

import pytest
from drive import drive
from standin import StandIn
from textual.pilot import Pilot

from supportdesk.ui import sweep
from supportdesk.ui.sweep import NEVER, Sweep


class Ring:
    """Something that only the collector frees."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def sweeping() -> Iterator[Sweep]:
    gc.collect()
    found = Sweep()
    found.begin()
    yield found
    found.end()


def turn(sweeping: Sweep, *, at_rest: bool) -> None:
    """Its turn, when something younger was looked through since the last."""
    gc.collect(1)
    sweeping.take_turn(at_rest=at_rest)


def test_rubbish_that_lasted_is_swept_whatever_goes_on(sweeping: Sweep) -> None:
    ring: Ring | None = Ring()
    gone = ref(ring)
    gc.collect(1)
    ring = None
    gc.collect(1)
    assert gone() is not None, "it is old by now"
    turn(sweeping, at_rest=False)
    assert gone() is None


def test_what_was_kept_is_looked_through_again_at_rest(sweeping: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "KEPT_EVERY_S", 0.0)
    ring: Ring | None = Ring()
    gone = ref(ring)
    turn(sweeping, at_rest=True)
    ring = None
    turn(sweeping, at_rest=True)
    assert gone() is not None, "it was kept"
    monkeypatch.setattr(sweep, "WHOLE_EVERY_S", 0.0)
    turn(sweeping, at_rest=False)
    assert gone() is not None
    turn(sweeping, at_rest=True)
    assert gone() is None


def test_nothing_is_looked_through_by_itself_however_much_there_is(sweeping: Sweep) -> None:
    before = gc.get_stats()[2]["collections"]
    rings = [Ring() for _ in range(100_000)]
    assert gc.get_stats()[2]["collections"] == before
    assert len(rings) == 100_000


def test_the_console_leaves_the_collector_as_it_was() -> None:
    before = gc.get_threshold()

    async def steps(pilot: Pilot[None]) -> None:
        assert gc.get_threshold()[2] == NEVER
        assert gc.get_freeze_count()

    drive(StandIn(), steps)
    assert gc.get_threshold() == before
    assert not gc.get_freeze_count()
