"""A long list of tickets by the numbers the cache gave them: who they are is looked up for those in sight."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import overload

from supportdesk.model import TicketRef

AT_ONCE = 200  # a key waits for no more


class Refs(Sequence[TicketRef]):
    """Tickets in order; `look` tells who some numbers are, `number` is a ticket's, None when it has none."""

    def __init__(
        self,
        numbers: Sequence[int],
        look: Callable[[Sequence[int]], list[TicketRef]],
        number: Callable[[TicketRef], int | None],
    ) -> None:
        self.numbers = list(numbers)
        self._look, self._number = look, number

    def having(self, numbers: Sequence[int]) -> "Refs":
        """Other tickets of the same cache."""
        return Refs(numbers, self._look, self._number)

    @cached_property
    def places(self) -> dict[int, int]:
        """Where each number stands."""
        return {number: place for place, number in enumerate(self.numbers)}

    def index_of(self, ref: TicketRef) -> int | None:
        """Where a ticket stands, None when it is not among them."""
        number = self._number(ref)
        if number is None:
            return None
        try:
            return self.numbers.index(number)
        except ValueError:
            return None

    def next_in(self, others: "Refs", start: int) -> int | None:
        """The place, from `start` on, of the first that is among others as well."""
        wanted = set(others.numbers)
        return next((at for at in range(start, len(self.numbers)) if self.numbers[at] in wanted), None)

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> TicketRef: ...
    @overload
    def __getitem__(self, index: slice) -> list[TicketRef]: ...
    def __getitem__(self, index: int | slice) -> TicketRef | list[TicketRef]:
        if isinstance(index, slice):
            return self._look(self.numbers[index])
        return self._look([self.numbers[index]])[0]

    def __iter__(self) -> Iterator[TicketRef]:
        for start in range(0, len(self.numbers), AT_ONCE):
            yield from self._look(self.numbers[start : start + AT_ONCE])

    def __contains__(self, ref: object) -> bool:
        return isinstance(ref, TicketRef) and self.index_of(ref) is not None
