"""Work on many things in slices of a few milliseconds: keys are answered between them, and each is one write."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TypeVar

from supportdesk.desk.workplace import Workplace

T = TypeVar("T")
SLICE_S = 0.008


async def in_slices(work: Workplace, things: Iterable[T], take: Callable[[T], Iterator[None] | None]) -> None:
    """Take each thing in turn; what one slice put into the cache is kept together, and its log is put away aside.

    A thing that is too much for one slice is taken in the steps that `take` returns.
    """
    left, ended = _steps(things, take), False
    while not ended:
        until = monotonic() + SLICE_S
        with work.cache.batch():
            ended = True
            for _ in left:
                if monotonic() >= until:
                    ended = False
                    break
        if work.cache.log_is_long():
            await asyncio.to_thread(work.cache.put_log_away)
        else:
            await asyncio.sleep(0)


def _steps(things: Iterable[T], take: Callable[[T], Iterator[None] | None]) -> Iterator[None]:
    for thing in things:
        steps = take(thing)
        if steps is not None:
            yield from steps
        yield
