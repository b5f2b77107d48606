"""What the engineer looks at, which is read first, what is written, and when a key was last pressed."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from supportdesk import late
from supportdesk.model import TicketRef

BUSY_EVERY, IDLE_EVERY = timedelta(minutes=1), timedelta(minutes=5)
IDLE_AFTER = timedelta(minutes=10)
WINDOWS = 6  # of the queue, those looked at last


@dataclass(slots=True)
class Attention:
    """The ticket that is open, the rows around what is on screen, the last key, and the drafts that are open.

    `wordings` are the issues' wordings as they were last shown or written here.
    """

    opened: TicketRef | None = None
    windows: deque[tuple[TicketRef, ...]] = field(default_factory=lambda: deque(maxlen=WINDOWS))
    pressed_at: datetime | None = None
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
        idle = self.pressed_at is not None and now - self.pressed_at >= IDLE_AFTER
        return IDLE_EVERY if idle else BUSY_EVERY

    def due(self, now: datetime, *, pressed: bool = False) -> bool:
        """Whether it is time to ask again; a clock that was set back never silences a desk."""
        if pressed or self.pressed_at is None:
            self.pressed_at = now
        return self.polled_at is None or not timedelta() <= now - self.polled_at < self.every(now)
