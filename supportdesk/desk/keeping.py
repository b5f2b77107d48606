"""How long words stay on this machine: those of tickets long done, or of desks that are gone, are let go of."""

from datetime import datetime, timedelta
from itertools import islice, takewhile

from supportdesk.desk.slices import in_slices
from supportdesk.desk.workplace import Workplace
from supportdesk.store.cache_rows import instant
from supportdesk.store.cache_upkeep import forget_frame

EVERY = timedelta(hours=1)  # to look at every ticket that was solved takes a while, and nothing is older than days
UNSAID = 400  # steps an hour in which it is looked for words that no ticket says any more: a second in all
_LOOKED, _SAID, _REACHED = "looked for old words", "looked for unsaid words", "looked for unsaid words up to"


async def retire(work: Workplace) -> None:
    """Let go of the words of tickets solved or closed longer ago than `[store] keep`; keys are answered meanwhile.

    Nothing of the ledger goes: what is unsent, verdicts and links stay. While the background is paused what is old
    waits; what is of a desk that is gone does not. A word that nobody says any more is completed no longer.
    """
    await in_slices(work, work.cache.upkeep.orphans(), lambda n: _forget(work, n))
    await _unsay(work)
    if work.attention.paused or not work.keep_s or not _due(work, _LOOKED):
        return
    before = instant(work.now() - timedelta(seconds=work.keep_s))
    old = takewhile(lambda _: not work.attention.paused, work.cache.upkeep.old(before))
    await in_slices(work, old, lambda n: _let_go(work, n, before))
    if not work.attention.paused:
        work.cache.set_meta(_LOOKED, work.now().isoformat())


async def _unsay(work: Workplace) -> None:
    """Look at some of the words that are kept to be completed; the first time there is nothing to be found yet."""
    if work.attention.paused or not _due(work, _SAID):
        return
    if work.cache.meta(_SAID):
        steps = islice(work.cache.texts.unsay(int(work.cache.meta(_REACHED) or 0)), UNSAID)
        words = takewhile(lambda _: not work.attention.paused, steps)
        await in_slices(work, words, lambda at: work.cache.set_meta(_REACHED, str(at)))
    work.cache.set_meta(_SAID, work.now().isoformat())


def _forget(work: Workplace, n: int) -> None:
    work.cache.upkeep.forget(n)
    forget_frame(work.folder)


def _let_go(work: Workplace, n: int | None, before: int) -> None:
    if n is not None:
        work.cache.upkeep.let_go(n, before)
        forget_frame(work.folder)


def _due(work: Workplace, what: str) -> bool:
    """Whether it is an hour since everything was looked at; a clock that was set back does not put it off."""
    at = work.cache.meta(what)
    return not at or not timedelta() <= work.now() - datetime.fromisoformat(at) < EVERY
