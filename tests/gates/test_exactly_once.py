"""Exactly once: whatever a service, the network, the clock or the machine does to a write, it takes effect once.

14 faults × 5 operations × 3 providers × seeds, on the shipped store, transport and sending code over real sockets;
waiting is virtual. Where a service has no such operation it must be refused before anything is sent.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from once_door import FAULTS, Fate
from once_loop import VirtualLoop
from once_world import OPERATIONS, PROVIDERS, Case, World

from supportdesk.errors import Lost, NotWritten
from supportdesk.providers import Flow, T

SHM = Path("/dev/shm")  # thousands of ledgers are synced here: that it is durable is another gate's
PAIRS = list(product(PROVIDERS, OPERATIONS))


def play(provider: str, cases: Iterable[tuple[str, str, int]], **world: Any) -> list[tuple[tuple[str, str, int], Case]]:
    async def all_of_them(folder: Path) -> list[tuple[tuple[str, str, int], Case]]:
        here = World(folder, provider, **world)
        await here.open()
        try:
            return [(case, await here.play(case[0], Fate.drawn(case[1], case[2]))) for case in cases]
        finally:
            await here.close()

    with (
        TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as name,
        asyncio.Runner(loop_factory=VirtualLoop) as runner,
    ):
        return runner.run(all_of_them(Path(name)))


def prove(provider: str, operation: str, seeds: int, faults: Sequence[str] = FAULTS, **world: Any) -> None:
    """Every fault with every seed for one operation on one provider; prints what they came to."""
    cases = [(operation, fault, seed) for fault in faults for seed in range(seeds)]
    played = play(provider, cases, **world)
    ends = Counter(
        "refused unsent" if c.refused else "once" if all(c.effects) else "stopped and said" for _, c in played
    )
    sys.stdout.write(f"exactly once: {provider} {operation}: {len(played)} cases, {dict(ends)}\n")
    wrong = [f"{case}: {came_to}" for case, came_to in played if not came_to.right]
    assert not wrong, f"{len(wrong)} of {len(played)} wrong, the first: {wrong[:5]}"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_write_takes_effect_once_whatever_happens_to_it(provider: str) -> None:
    first = PROVIDERS.index(provider)
    cases = [(OPERATIONS[n % len(OPERATIONS)], FAULTS[n], n) for n in range(first, len(FAULTS), len(PROVIDERS))]
    played = play(provider, cases)
    assert not [f"{case}: {came_to}" for case, came_to in played if not came_to.right]


@pytest.mark.gates
@pytest.mark.parametrize(("provider", "operation"), PAIRS)
def test_exactly_once_quick(provider: str, operation: str) -> None:
    prove(provider, operation, 10)


@pytest.mark.full
@pytest.mark.parametrize(("provider", "operation"), PAIRS)
def test_exactly_once_full(provider: str, operation: str) -> None:
    prove(provider, operation, 100)


class Naive:
    """A wire that takes silence for a no: what is not answered is sent again."""

    def __init__(self, inside: Any) -> None:
        self._inside = inside

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inside, name)

    async def run(self, flow: Flow[T]) -> T:
        try:
            done: T = await self._inside.run(flow)
        except Lost as lost:
            raise NotWritten(lost.message) from lost
        return done


@pytest.mark.parametrize(("provider", "operation"), [("github", "issue"), ("github", "reply"), ("rt", "reply")])
def test_a_build_that_sends_again_what_was_not_answered_does_not_pass(provider: str, operation: str) -> None:
    with pytest.raises(AssertionError, match="wrong"):
        prove(provider, operation, 3, ("timeout after",), wire=Naive)


def test_a_build_that_does_not_wait_for_slow_lists_does_not_pass() -> None:
    with pytest.raises(AssertionError, match="wrong"):
        prove("github", "issue", 8, ("timeout after",), settle_s=0.0)


def test_a_build_that_trusts_a_clock_that_people_set_does_not_pass() -> None:
    with pytest.raises(AssertionError, match="wrong"):
        prove("github", "issue", 8, ("clock",), steady=False)
