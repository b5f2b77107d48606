"""What the desk shows at a glance, the queue and the status line: values that are drawn without asking further."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import overload

from supportdesk.model import Row, TicketRef
from supportdesk.store.cache_refs import Refs

COLLEAGUE = "a colleague"
WINDOW = 64  # rows: more than most screens show, and each is read anew for every letter of a filter


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewCount:
    """A view with how many tickets it holds; `desk` is empty for our own views, which span all desks.

    `more`: the service has others in it, and gave us its first ones.
    """

    id: str
    name: str
    desk: str
    count: int
    more: bool = False


class Queue(Sequence[Row]):
    """The tickets of a view, newest change first: their numbers at once, the rows in windows as they are looked at."""

    def __init__(self, refs: Refs, rows: Callable[[Sequence[TicketRef]], list[Row]]) -> None:
        self.refs = refs
        self._rows = rows
        self._windows: dict[int, list[Row]] = {}

    def __len__(self) -> int:
        return len(self.refs)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        window, offset = divmod(index, WINDOW)
        if window not in self._windows:
            self._windows[window] = self._rows(self.refs[window * WINDOW : (window + 1) * WINDOW])
        return self._windows[window][offset]

    def __iter__(self) -> Iterator[Row]:
        return (self[index] for index in range(len(self)))

    def seen(self, index: int) -> None:
        """What stands there was just read."""
        window, offset = divmod(index, WINDOW)
        if window in self._windows:
            self._windows[window][offset] = replace(self._windows[window][offset], unread=False)

    def index_of(self, ref: TicketRef) -> int | None:
        """Where a ticket stands, None when it is not in the queue."""
        return self.refs.index_of(ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLine:
    """One desk in the status line; `online` is None until it was asked.

    `read` is how many of its tickets are here while its first reading has yet to come to an end, `unheard` after it how
    many conversations are still to be read, where that is worth telling.
    """

    name: str
    provider: str
    person: str
    role: str
    online: bool | None
    synced_at: datetime | None
    trouble: str = ""
    read: int = 0
    unheard: int = 0
    unread: int = 0  # conversations and rows of lists that could not be read
    lacks: str = ""  # what else could not, in two words


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskStatus:
    """The status line's facts; `sender` says who sends when it is not us, `banner` what somebody has to see to."""

    desks: tuple[DeskLine, ...]
    queued: int
    held: int
    uncertain: int
    rejected: int
    flags: int
    read_only: bool
    syncing: str = ""
    sender: str = ""
    notices: tuple[str, ...] = ()
    banner: str = ""
    filing: str = ""  # how much can be searched, while that is not nearly all
    share: str = ""  # what reading in the background takes of the service's limit
    paused: str | None = None  # how far the background was when it was paused, None while it goes on
