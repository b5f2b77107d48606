"""The lists of the queue: those of the last views, and while a filter is open its view's rows, are in memory."""

import asyncio
from typing import NamedTuple

from supportdesk.desk.workplace import Workplace
from supportdesk.store.cache import Cache
from supportdesk.store.cache_refs import Refs
from supportdesk.store.cache_sieve import Sieve, Stamp
from supportdesk.store.cache_views import Me

MOST_LISTS = 3  # the view, and those from which one came and goes back


class Held(NamedTuple):
    """A view's rows, and what the cache's stamp was before they were read."""

    view: str
    me: Me
    stamp: Stamp
    sieve: Sieve


class Filtering:
    """Answers from memory as long as the cache is as it was, and from the cache otherwise: always the same tickets."""

    def __init__(self, work: Workplace) -> None:
        self._work = work
        self._held: Held | None = None
        self._reading = False
        self._wanted = ""  # the view whose filter is open
        self._lists: dict[str, Refs] = {}
        self._listed_at: tuple[Me, Stamp] | None = None

    def listed(self, view: str, text: str) -> Refs:
        """The tickets of a view that match a filter, newest change first; NotFoundError when there is no such view."""
        cache, me = self._work.cache, self._work.me()
        if self._held is not None and self.ready(view):
            return cache.sieves.listing(self._held.sieve.numbers(text))
        return cache.listed(view, text, me=me) if text else self._whole(view, me)

    def _whole(self, view: str, me: Me) -> Refs:
        """A view's list: of a million tickets it takes a tenth of a second, and is asked for at every redraw."""
        now = (me, self._work.cache.sieves.stamp())
        if now != self._listed_at:
            self._lists, self._listed_at = {}, now
        if view not in self._lists:
            found = self._work.cache.listed(view, me=me)
            self._lists = {**dict([*self._lists.items()][1 - MOST_LISTS :]), view: found}
        return self._lists[view]

    def ready(self, view: str) -> bool:
        """Whether the next letter is answered from memory."""
        held, stamp = self._held, self._work.cache.sieves.stamp()
        return held is not None and (held.view, held.me, held.stamp) == (view, self._work.me(), stamp)

    async def prepare(self, view: str) -> bool:
        """Read a view's rows, in a thread of its own; False at once while that is done for another letter."""
        self._wanted = view
        if self._reading or self.ready(view):
            return not self._reading
        cache, me = self._work.cache, self._work.me()
        stamp = cache.sieves.stamp()
        self._reading = True
        try:
            sieve = await asyncio.to_thread(_sieve, cache, view, me)
        finally:
            self._reading = False
        if self._wanted == view:
            self._held = Held(view=view, me=me, stamp=stamp, sieve=sieve)
        return True

    def leave(self) -> None:
        """Let the rows go: nothing is typed any more."""
        self._held, self._wanted = None, ""


def _sieve(cache: Cache, view: str, me: Me) -> Sieve:
    ours = cache.again()
    try:
        return ours.sieves.sieve(view, me)
    finally:
        ours.close()
