"""What all screens share: the desk, the clock, the status line, the keys at the foot, and saying no with a reason."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar, cast

from textual.events import Idle, Resize
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.signal import Signal
from textual.widget import Widget

from supportdesk.desk import Desk
from supportdesk.errors import SupportdeskError
from supportdesk.model import TicketRef
from supportdesk.ui.inert import COMPONENTS, Bar
from supportdesk.ui.keys import KeyRow, always_on, footer, rows, typing
from supportdesk.ui.panes import Ground, pass_over_old
from supportdesk.ui.terminal import SteadyDriver

T = TypeVar("T")
R = TypeVar("R")
COLUMNS, LINES = 30, 8  # with less, a text has no room below its recipients


def cramped(size: Size) -> bool:
    """Whether a terminal has too little room to be worked in."""
    return 0 < size.width < COLUMNS or 0 < size.height < LINES


class Console(Protocol):
    """What a screen needs of the app it runs in."""

    desk: Desk
    demo: bool
    listing: bool
    ready: bool
    pressed_at: float
    folder: Path
    desk_changed: Signal[None]

    def now(self) -> datetime:
        """The time, frozen in tests."""
        ...

    def tell(self, problem: SupportdeskError) -> None:
        """Show an error as a toast."""
        ...

    def say(self, words: str, *, grave: bool = False, brief: bool = False, topic: str = "") -> None:
        """Show a sentence as a toast, in the place of one on the same topic."""
        ...

    def undoable(self, words: str) -> None:
        """Say what was done while it can be taken back, and send it when it cannot any more."""
        ...

    def wake(self) -> None:
        """Send what is due."""
        ...

    def fetch(self, ref: TicketRef | None) -> None:
        """Ask the services what changed, and for one ticket in full."""
        ...


class DeskScreen(Screen[R], Ground, inherit_bindings=False):
    """A screen over the desk; keys act at once and in order, and none of them while a text field has the focus."""

    COMPONENT_CLASSES = COMPONENTS
    WHILE_TYPING: frozenset[str] = frozenset()
    AUTO_FOCUS = ""
    as_left = False  # whether it shows what the last session left on the terminal
    worn: frozenset[str] | None = None  # the classes it came with, where it is the first

    @property
    def console(self) -> Console:
        """The app, as what screens need of it."""
        return cast(Console, self.app)

    @property
    def desk(self) -> Desk:
        """The one object that is asked and told."""
        return self.console.desk

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No command acts while letters are typed, except those that say so."""
        return not typing(self.focused) or action in self.WHILE_TYPING

    def on_mount(self) -> None:
        """Draw, and draw again whenever the desk changes."""
        self.console.desk_changed.subscribe(self, self._desk_changed)
        self.bindings_updated_signal.subscribe(self, self._keys_changed)
        self.redraw()

    def _desk_changed(self, _nothing: None) -> None:
        self.redraw()
        self.draw_keys()

    def _keys_changed(self, _screen: Screen[object]) -> None:
        self.draw_keys()

    def update_node_styles(self, animate: bool = True) -> None:
        """Style what is there anew; not for a first screenful of the classes that it was styled with as it came."""
        if self.console.ready or self.classes != self.worn:
            super().update_node_styles(animate)

    def unveil(self) -> None:
        """The first screenful is whole: draw it now."""
        self._compositor_refresh()

    def furnish(self) -> None:
        """Add what the first screenful is drawn without, before the first key acts."""

    def complete(self) -> None:
        """Draw what the first screenful did without, now that everything is loaded."""

    def leave(self, pane: Widget) -> None:
        """Let what the last session drew where a pane is stay on the terminal, until there is something to draw."""
        if isinstance(driver := self.app._driver, SteadyDriver):
            driver.leave(pane.region)

    def lift(self) -> None:
        """Let nothing of the last session stay."""
        if isinstance(driver := self.app._driver, SteadyDriver) and driver.lift():
            self.refresh()

    def loosen(self, part: Region) -> None:
        """Let a part move along with the rows that the terminal moves beside it: it is drawn again soon."""
        if isinstance(driver := self.app._driver, SteadyDriver):
            driver.loosen(part)

    def fasten(self, pane: Widget) -> None:
        """Let nothing of a pane move along any more, and draw it where it has."""
        if isinstance(driver := self.app._driver, SteadyDriver) and driver.fasten():
            pane.refresh()

    def redraw(self) -> None:
        """Read everything again and draw it."""

    def settle(self) -> str:
        """Stand as the next start will, and say where that is; nothing where no start begins here."""
        return ""

    def reason(self, _id: str) -> str:
        """Why a key is off, by the id of its binding; empty where it is on."""
        return ""

    def keep(self) -> None:
        """Put what is being written on disk, where something is."""

    def key_rows(self) -> list[KeyRow]:
        """The live keys of this screen."""
        return rows(self.active_bindings, self.reason)

    def _compositor_refresh(self) -> None:
        """Draw the cells that changed; none before the first screenful is whole, and not every step to it."""
        if self.console.ready:
            super()._compositor_refresh()

    async def _on_resize(self, event: Resize) -> None:
        """Textual lays out for any size that it is told; there is room for other keys then."""
        pass_over_old(self, event)
        if self.console.ready:
            self.call_after_refresh(self.draw_keys)

    async def _on_idle(self, event: Idle) -> None:
        """Lay the first screenful out as soon as every widget has heard what was said to it, not at the next tick."""
        if self.console.ready or not self.is_current:
            return
        event.prevent_default()
        widgets = self.walk_children()
        while any(widget.message_queue_size for widget in widgets):
            await asyncio.sleep(0)
        if not self.message_queue_size:  # else it comes by again
            self._on_timer_update()

    def draw_keys(self) -> None:
        """Draw the keys at the foot; only what stands there is asked why it is off."""
        for bar in self.query("#keys").results(Bar):
            shown = {name: entry for name, entry in self.active_bindings.items() if entry.binding.show}
            why = self.reason if self.console.ready else always_on  # a first screenful asks the desk for its rows alone
            bar.draw(footer(rows(shown, why), bar.size.width or self.size.width))

    def attempt(self, act: Callable[[], T]) -> T | None:
        """Do something with the desk; what goes wrong is said, and None comes back."""
        try:
            return act()
        except SupportdeskError as problem:
            self.console.tell(problem)
            return None
