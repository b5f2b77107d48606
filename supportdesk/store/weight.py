"""How much of the journal is current, and how much superseded: known without writing all of it again."""

from collections.abc import Sequence

from supportdesk.store.changes import Document

WORTH_COMPACTING = 1 << 20


class Weight:
    """About how many bytes of the file are each document's: those of a frame are shared among its documents."""

    def __init__(self) -> None:
        self._sizes: dict[tuple[str, str], int] = {}
        self._live = 0
        self._above = WORTH_COMPACTING

    def add(self, changes: Sequence[tuple[str, str, Document | None]], size: int) -> None:
        """A frame of `size` bytes was read or written."""
        for table, key, document in changes:
            self._live -= self._sizes.pop((table, key), 0)
            if document is not None:
                self._sizes[table, key] = size // len(changes)
                self._live += size // len(changes)

    def worth(self, end: int) -> bool:
        """Whether more of a file of `end` bytes is superseded than is current, and more than a megabyte of it."""
        if end <= self._above:
            return False
        self._above = self._live + max(self._live, WORTH_COMPACTING)
        return end > self._above

    def put_off(self, end: int) -> None:
        """Let a file that is of `end` bytes now be twice as long before it is worth it."""
        self._above = max(2 * end, WORTH_COMPACTING)
