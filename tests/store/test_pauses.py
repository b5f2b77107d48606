"""The garbage collector is kept off what stays, once, and from what is read."""

import gc
from collections.abc import Iterator

import pytest

from supportdesk.store.pauses import for_good, without_pauses


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    """As in a process that has frozen nothing yet, whatever other tests did in this one."""
    before = gc.get_threshold()
    gc.unfreeze()
    gc.set_threshold(700)
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_is_there_is_frozen_once() -> None:
    for_good()
    frozen = gc.get_freeze_count()
    assert frozen
    kept = [[] for _ in range(1_000)]
    for_good()
    assert gc.get_freeze_count() <= frozen
    assert len(kept) == 1_000


def test_what_is_made_later_is_collected_as_ever() -> None:
    for_good()
    loop: list[object] = []
    loop.append(loop)
    del loop
    assert gc.collect() >= 1


def test_the_collector_is_on_again_after_an_error() -> None:
    seen: list[bool] = []

    def fail() -> None:
        with without_pauses():
            seen.append(gc.isenabled())
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (seen, gc.isenabled()) == ([False], True)
