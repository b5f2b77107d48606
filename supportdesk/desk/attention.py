"""What the engineer looks at, which is read first, what is written, when a key was last pressed, and what it stops."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from supportdesk import late
from supportdesk.model import TicketRef

BUSY_EVERY, IDLE_EVERY = timedelta(minutes=1), timedelta(minutes=5)
IDLE_AFTER = timedelta(minutes=10)
WINDOWS = 6  # of the queue, those looked at last
QUIET_S = 0.12  # after a key: it takes several turns of the loop until it is drawn, and another may follow it
STARVED_S = 0.1  # of keys without end, after which the background takes a short turn
UNSEEN_S = 5.0  # in which no progress is drawn, at most
RARITY, CALM = 30, 5  # times as long as it took to draw progress none is drawn again, and nobody has to have typed
SLICE_S, SHORT_S = 0.008, 0.002
COMMAND_PAGES = 4
COMMAND_SLICE_S = 0.05  # of a command: nobody types there, and a console beside it waits no longer to write


@dataclass(slots=True)
class Attention:
    """The ticket that is open, the rows around what is on screen, the last key, and the drafts that are open.

    `wordings` are the issues' wordings as they were last shown or written here. `typed_at` is by the monotonic clock,
    and may be set from any thread. `halted` is how far the background was when the engineer paused it, in words.
    """

    opened: TicketRef | None = None
    windows: deque[tuple[TicketRef, ...]] = field(default_factory=lambda: deque(maxlen=WINDOWS))
    pressed_at: datetime | None = None
    typed_at: float = float("-inf")
    halted: str | None = None
    awaited: bool = False  # whether something changed that is drawn at once
    _drawn_until: float = float("-inf")
    _drawing_s: float = 0.0
    sharing: int = 0  # how many works in slices are under way
    slice_s: float = SLICE_S  # for which the loop may be held
    polled_at: datetime | None = None
    writing: dict[tuple[TicketRef, bool], late.drafting.Writing] = field(default_factory=dict)
    wordings: dict[TicketRef, late.wordings.Wording] = field(default_factory=dict)

    def show(self, refs: Sequence[TicketRef]) -> None:
        """These rows are drawn."""
        window = tuple(refs)
        if window in self.windows:
            self.windows.remove(window)
        self.windows.append(window)

    def first(self) -> tuple[TicketRef, ...]:
        """What to read before everything else, the open ticket first."""
        opened = (self.opened,) if self.opened else ()
        return tuple(dict.fromkeys((*opened, *(ref for window in reversed(self.windows) for ref in window))))

    def every(self, now: datetime) -> timedelta:
        """How often the services are asked: less while nobody looks."""
        return IDLE_EVERY if self.idle(now) else BUSY_EVERY

    def idle(self, now: datetime) -> bool:
        """Whether nobody has been at the keys for a while."""
        return self.pressed_at is not None and now - self.pressed_at >= IDLE_AFTER

    def due(self, now: datetime, *, pressed: bool = False) -> bool:
        """Whether it is time to ask again; a clock that was set back never silences a desk."""
        if pressed or self.pressed_at is None:
            self.pressed_at = now
        return self.polled_at is None or not timedelta() <= now - self.polled_at < self.every(now)

    @property
    def paused(self) -> bool:
        """Whether nothing is read, scored or filed that nobody asked for; what is new is asked for all the same."""
        return self.halted is not None

    def pause(self, so_far: str) -> None:
        """Leave all that where it is."""
        self.halted = so_far

    def resume(self) -> None:
        """Go on from there, at once."""
        self.halted = self.polled_at = None

    def typed(self) -> None:
        """A key came: whatever nobody waits for stands aside."""
        self.typed_at = monotonic()

    @property
    def pages_at_once(self) -> int:
        """How many pages of a list are put down together: each at once where somebody looks, several in a command."""
        return 1 if self.slice_s <= SLICE_S else COMMAND_PAGES

    @property
    def typing(self) -> bool:
        """Whether a key came just now."""
        return monotonic() < self.typed_at + QUIET_S

    def aside_s(self, since: float, most_s: float) -> float:
        """Seconds for which the background stands aside; none while nobody types, or when it did for `most_s`."""
        return max(0.0, min(self.typed_at + QUIET_S, since + most_s) - monotonic())

    async def give_way(self, most_s: float = STARVED_S) -> float:
        """Wait until nobody types, but not for ever; returns how many seconds the loop may then be held."""
        since = monotonic()
        while wait_s := self.aside_s(since, most_s):
            await asyncio.sleep(wait_s)
        return SHORT_S if self.typing else self.slice_s / max(1, self.sharing)

    def drawn_in(self, since: float) -> float:
        """Seconds until what changed, the first of it at `since`, is drawn; at once where somebody waits for it."""
        quiet_at = self.typed_at + max(QUIET_S, CALM * self._drawing_s)
        at = min(max(quiet_at, self._drawn_until), since + UNSEEN_S)
        wait_s = 0.0 if self.awaited else max(at - monotonic(), 0.0)
        if not wait_s:
            self.awaited = False
        return wait_s

    def draw(self, changes: Callable[[], object]) -> None:
        """Draw what changed: of the background's progress the seldomer, the longer that takes."""
        began = monotonic()
        changes()
        self._drawing_s = monotonic() - began
        self._drawn_until = monotonic() + RARITY * self._drawing_s
