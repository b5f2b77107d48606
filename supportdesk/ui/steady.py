"""The queue as the engineer left it: what changes is redrawn in place, what is new waits until it is asked for."""

from collections.abc import Sequence
from typing import overload

from supportdesk.desk import Queue
from supportdesk.model import Row, TicketRef


class Steady(Sequence[Row]):
    """Rows in the order in which they were first shown; `newer` counts the tickets that would stand above."""

    def __init__(self, live: Queue, order: Sequence[TicketRef] | None = None) -> None:
        self.live = live
        self.order = live.refs if order is None else list(order)
        self._first = live  # where no order of our own is kept, the queue's is
        self._place = None if order is None else {ref: index for index, ref in enumerate(self.order)}

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = self.live.index_of(self.order[index])
        if place is None:
            raise IndexError(index)
        return self.live[place]

    def index_of(self, ref: TicketRef) -> int | None:
        """Where a ticket stands here."""
        return self._place.get(ref) if self._place is not None else self._first.index_of(ref)

    @property
    def newer(self) -> int:
        """How many tickets are not here yet, or stand above the first one now."""
        if not self.order or self.live.refs == self.order:
            return 0
        first = self.live.index_of(self.order[0])
        return max(first or 0, len(self.live.refs) - len(self.order))

    def after(self, live: Queue) -> "Steady":
        """The same order over newer rows: who left is gone, who came in below the last one follows it."""
        if live.refs == self.order:
            self.live = live
            return self
        kept = [ref for ref in self.order if live.index_of(ref) is not None]
        if not kept:
            return Steady(live)
        lowest = live.index_of(kept[-1])
        below = live.refs[lowest + 1 :] if lowest is not None else []
        return Steady(live, [*kept, *(ref for ref in below if self.index_of(ref) is None)])
