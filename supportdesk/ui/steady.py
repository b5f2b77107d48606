"""The queue as the engineer left it: what changes is redrawn in place, what is new waits until it is asked for."""

from collections.abc import Sequence
from typing import overload

from supportdesk.desk import Queue
from supportdesk.model import Row, TicketRef
from supportdesk.store.cache_refs import Refs


class Steady(Sequence[Row]):
    """Rows in the order in which they were first shown; `newer` counts the tickets that would stand above."""

    def __init__(self, live: Queue, order: Refs | None = None) -> None:
        self.live = live
        self.order = live.refs if order is None else order

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return self.live[self._place(index)]

    def _place(self, index: int) -> int:
        """Where in the live rows stands what stands there here."""
        if self.live.refs is self.order:
            return index
        place = self.live.refs.places.get(self.order.numbers[index])
        if place is None:
            raise IndexError(index)
        return place

    def seen(self, index: int) -> None:
        """What stands there was just read."""
        self.live.seen(self._place(index))

    def index_of(self, ref: TicketRef) -> int | None:
        """Where a ticket stands here."""
        return self.order.index_of(ref)

    @property
    def newer(self) -> int:
        """How many tickets are not here yet, or stand above the first one now."""
        order, live = self.order.numbers, self.live.refs.numbers
        if not order or live == order:
            return 0
        return max(self.live.refs.places.get(order[0], 0), len(live) - len(order))

    def after(self, live: Queue) -> "Steady":
        """The same order over newer rows: who left is gone, who came in below the last one follows it."""
        now = live.refs.numbers
        if now == self.order.numbers:
            return Steady(live)
        places = live.refs.places
        kept = [number for number in self.order.numbers if number in places]
        if not kept:
            return Steady(live)
        here = set(kept)
        below = [number for number in now[places[kept[-1]] + 1 :] if number not in here]
        return Steady(live, self.order.having([*kept, *below]))
