"""How long words stay on this machine: those of tickets long done, or of desks that are gone, are let go of."""

from datetime import datetime, timedelta
from itertools import takewhile

from supportdesk.desk.slices import in_slices
from supportdesk.desk.workplace import Workplace
from supportdesk.store.cache_rows import instant
from supportdesk.store.cache_upkeep import forget_frame

EVERY = timedelta(hours=1)  # to look at every ticket that was solved takes a while, and nothing is older than days
_LOOKED = "looked for old words"


async def retire(work: Workplace) -> None:
    """Let go of the words of tickets solved or closed longer ago than `[store] keep`; keys are answered meanwhile.

    Nothing of the ledger goes: what is unsent, verdicts and links stay. While the background is paused what is old
    waits; what is of a desk that is gone does not.
    """
    await in_slices(work, work.cache.upkeep.orphans(), lambda n: _forget(work, n))
    if work.attention.paused or not work.keep_s or not _due(work):
        return
    before = instant(work.now() - timedelta(seconds=work.keep_s))
    old = takewhile(lambda _: not work.attention.paused, work.cache.upkeep.old(before))
    await in_slices(work, old, lambda n: _let_go(work, n, before))
    if not work.attention.paused:
        work.cache.set_meta(_LOOKED, work.now().isoformat())


def _forget(work: Workplace, n: int) -> None:
    work.cache.upkeep.forget(n)
    forget_frame(work.folder)


def _let_go(work: Workplace, n: int | None, before: int) -> None:
    if n is not None:
        work.cache.upkeep.let_go(n, before)
        forget_frame(work.folder)


def _due(work: Workplace) -> bool:
    """Whether it is an hour since everything was looked at; a clock that was set back does not put it off."""
    at = work.cache.meta(_LOOKED)
    return not at or not timedelta() <= work.now() - datetime.fromisoformat(at) < EVERY
