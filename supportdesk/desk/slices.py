"""Work on many things in slices of a few milliseconds: keys come first, and what a slice puts down is one write."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TypeVar

from supportdesk.desk.workplace import Workplace

T = TypeVar("T")
Steps = Iterator[Callable[[], object] | None]  # a step that takes long is told instead of taken, for another thread


async def in_slices(
    work: Workplace, things: Iterable[T], take: Callable[[T], Steps | None], *, awaited: bool = False
) -> None:
    """Take each thing in turn; what one slice put into the cache is kept together, and its log is put away aside.

    A thing that is too much for one slice is taken in the steps that `take` returns. While the engineer types it
    stands aside, except for what is `awaited`.
    """
    attention, left, ended = work.attention, _steps(things, take), False
    attention.sharing += 1
    try:
        while not ended:
            may_s = attention.slice_s if awaited else await attention.give_way()
            began, aside = monotonic(), None
            with work.cache.batch():
                ended = True
                for aside in left:
                    typed = attention.typed_at > began and not awaited
                    if aside is not None or typed or monotonic() >= began + may_s:
                        ended = False
                        break
            if aside is not None:
                await asyncio.to_thread(aside)
            elif work.cache.log_is_long():
                await asyncio.to_thread(work.cache.put_log_away)
            else:
                await asyncio.sleep(0)
    finally:
        attention.sharing -= 1


def _steps(things: Iterable[T], take: Callable[[T], Steps | None]) -> Steps:
    for thing in things:
        steps = take(thing)
        if steps is not None:
            yield from steps
        yield None
