"""The app: it owns the desk's timers and workers, the keys that act everywhere, and how the console starts and ends."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual import work
from textual.app import App
from textual.binding import BindingType
from textual.command import Provider
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Event, Key, Paste, Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.signal import Signal
from textual.theme import Theme
from textual.timer import Timer

from supportdesk import late
from supportdesk.desk import Desk
from supportdesk.errors import SupportdeskError
from supportdesk.model import TicketRef
from supportdesk.text import clean
from supportdesk.ui import pause
from supportdesk.ui.inert import last_filters
from supportdesk.ui.keys import key, rows, text_key, typing
from supportdesk.ui.leaving import keep_frame, keep_words
from supportdesk.ui.news import Watch
from supportdesk.ui.place import Place
from supportdesk.ui.queue import QueueScreen
from supportdesk.ui.screens import DeskScreen, cramped
from supportdesk.ui.starting import collect, dress, fitting, wear
from supportdesk.ui.sweep import Sweep
from supportdesk.ui.terminal import SteadyDriver
from supportdesk.ui.theme import shades
from supportdesk.ui.toasts import Corner, Toast
from supportdesk.ui.turns import Turns
from supportdesk.ui.words import left_behind

READ_FOR_S = 45.0  # of each minute; what is left is read with the next sync
GLANCE_EVERY_S = 2.0
SETTLE_DOWN_S = 0.1
SHORTEST_WAIT_S = 0.05
ERROR_S, GRAVE_S, BRIEF_S, ALERT_S = 12.0, 10.0, 2.0, 60.0
DEFAULT_THEME = "harbor-dark"


def clock() -> datetime:
    """The time now, in UTC; screens turn it into the engineer's own."""
    return datetime.now(UTC).astimezone()


def commands() -> type[Provider]:
    """What the palette finds."""
    return late.palette.Commands


class SupportDesk(App[None], inherit_bindings=False):
    """The console over an opened desk."""

    TITLE = "supportdesk"
    CSS_PATH = "desk.tcss"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (120, "-wide")]  # noqa: RUF012  # declared so by Textual
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {commands}
    NOTIFICATION_TIMEOUT = 6
    BINDINGS: ClassVar[list[BindingType]] = [
        key("?", "help", "keys", "All keys that act on this screen", id="app.help", show=True),
        key(":,ctrl+p", "command_palette", "palette", "Find a command by its name", id="app.palette"),
        key("ctrl+r", "read_only", "read-only", "Refuse every write until it is pressed again", id="app.read_only"),
        key("Z", "pause", "pause", pause.TOOLTIP, id="app.pause"),
        key("ctrl+q", "quit", "quit", "Leave at once; what is queued is on disk", id="app.quit"),
        text_key("ctrl+c", "hint", "how to leave", "Say which key leaves", id="app.hint"),
    ]

    def __init__(
        self,
        desk: Desk,
        *,
        keys: Mapping[str, Sequence[str]] | None = None,
        themes: Iterable[Theme] = (),
        theme: str = DEFAULT_THEME,
        demo: bool = False,
        folder: Path = Path(),
        config_file: str = "",
        now: Callable[[], datetime] = clock,
        problems: Sequence[str] = (),
        place: Place | None = None,
    ) -> None:
        super().__init__()
        self.desk, self.demo, self.now = desk, demo, now
        self.folder, self.config_file = folder, config_file
        self.desk_changed: Signal[None] = Signal(self, "desk-changed")
        self._keys = {id_: ",".join(wanted) for id_, wanted in (keys or {}).items()}
        self._problems = problems
        self._place = place  # where the console was left, while the screen of then is on the terminal
        self._news = Watch()
        self._forget: Callable[[], None] | None = None
        self._soon: Timer | None = None
        self._due: Timer | None = None
        self._sending = self._pressed = False
        self._syncing = 0  # polls under way: one desk may take long, the others are asked all the same
        self.pressed_at = 0.0  # when the newest key was typed, which may be long before it acts; monotonic
        self.listing = False  # while the palette, in which letters are typed, asks what can be done below it
        self.ready = False  # until the first screenful is laid out and filled
        self._turns = Turns(self)
        self._corner, self._sweep = Corner(), Sweep()
        for each in themes:
            self.register_theme(each)
        if theme in self.available_themes:
            wear(self, theme)
        self._first_theme = self.theme

    def get_css_variables(self) -> dict[str, str]:
        """The theme's variables and our shades of them."""
        variables = super().get_css_variables()
        return {**variables, **shades(variables, dark=self.current_theme.dark)}

    def get_default_screen(self) -> Screen[None]:
        """The queue, or how to sign in while there is no desk."""
        if self.desk.accounts:
            screen = QueueScreen(self._place)
            screen.worn = screen.add_class(*fitting(self), update=False).classes
            return screen
        from supportdesk.ui.signin import SignInScreen

        return SignInScreen(self.config_file)

    def get_driver_class(self) -> type[Driver]:
        """Ours where the terminal is spoken to directly."""
        found = super().get_driver_class()
        return SteadyDriver if found is LinuxDriver else found

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Everything passes through our filter last."""
        return [*super().get_line_filters(), *last_filters(getattr(sys.__stderr__, "encoding", None) or "utf-8")]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While letters are typed only leaving and the palette act."""
        return self.listing or not typing(self.focused) or action in ("quit", "command_palette", "hint")

    def on_mount(self) -> None:
        """Keys, then the first frame, then everything that takes time."""
        self.set_keymap(self._keys)
        self._forget = self.desk.listen(self._changed)
        if isinstance(self._driver, SteadyDriver):
            self._driver.heard = self.desk.attention.typed
        self.call_after_refresh(self._reveal)

    def _reveal(self) -> None:
        self.ready = True
        self._sweep.begin()
        if isinstance(self.screen, DeskScreen):
            self.screen.unveil()
            dress(self)
            self.screen.furnish()
        self._turns.begin(self.say, seen=self._place is None or getattr(self.screen, "as_left", False))
        self._fit(self.size)
        self.call_after_refresh(self._start if self.desk.accounts else collect)

    def on_resize(self, event: Resize) -> None:
        """A terminal may become too small."""
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """In a terminal that is too small, say so instead of letting keys be pressed blindly."""
        if self.ready and cramped(size) and not isinstance(self.screen, late.cramped.Cramped):
            self.push_screen(late.cramped.Cramped())

    async def on_event(self, event: Event) -> None:
        """What is typed before there is a screen to act on, or behind a key that has yet to act, waits for its turn."""
        if not isinstance(event, Key | Paste):
            await super().on_event(event)
            return
        self._pressed, self.pressed_at = True, event.time
        self.desk.attention.typed()
        if self.ready and isinstance(self.screen, DeskScreen):
            self.screen.lift()
        await self._turns.take(event, super().on_event)

    @work(group="start")
    async def _start(self) -> None:
        """What the first screenful could wait for, in pieces between which keys are answered."""
        rules = asyncio.create_task(asyncio.to_thread(self.desk.prepare))
        for _ in late.arrive():
            await asyncio.sleep(0)
        with suppress(SupportdeskError):  # the sync says what is wrong with them
            await rules
        if not self.is_running:
            return  # it was left meanwhile
        for screen in (it for it in self.screen_stack if isinstance(it, DeskScreen)):  # one may cover the first by now
            screen.complete()
        try:
            self.desk.wake()
        except SupportdeskError as problem:
            self.tell(problem)
        collect()  # the ledger stays as well
        self._news.look(self.desk.outbox())
        for words in (*self._problems, *self.desk.status().notices, self.desk.status().sender):
            self.say(words, grave=True)
        self.set_interval(GLANCE_EVERY_S, self._glance)
        self.sync()
        self.wake()

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave; a real desk's queue is kept as it stands for the next start."""
        first = self.screen_stack[0]
        if self.ready and not self.demo and not self.is_headless and isinstance(first, DeskScreen):
            keep_frame(first, self.folder, Path(self.config_file), self.now(), self._first_theme)
        super().exit(result, return_code, message)

    def _glance(self) -> None:
        """See what a command has queued; ask the services when it is time. Trouble with the disk is said elsewhere."""
        pressed, self._pressed = self._pressed, False
        with suppress(SupportdeskError):
            self.desk.glance()
        if self.desk.sync_due(pressed=pressed):
            self.sync()
        self.file()
        self._sweep.take_turn(at_rest=not pressed and not self._syncing, typing=self.desk.attention.typing)

    def on_unmount(self) -> None:
        """Stop listening."""
        self._sweep.end()
        if self._forget is not None:
            self._forget()

    def _changed(self) -> None:
        """The desk changed: tell the screens once, however often it says so in a moment."""
        if self._soon is None and self.is_running:
            self._soon = self.set_timer(SETTLE_DOWN_S, partial(self._publish, monotonic()))

    def _publish(self, since: float) -> None:
        if wait_s := self.desk.attention.drawn_in(since):
            self._soon = self.set_timer(wait_s, partial(self._publish, since))
            return
        self._soon = None
        for said in self._news.look(self.desk.outbox()):
            time = ALERT_S if said.alert else GRAVE_S if said.grave else self.NOTIFICATION_TIMEOUT
            self._toast(Toast(said.words, time, grave=said.grave))
        self.desk.attention.draw(partial(self.desk_changed.publish, None))
        self.wake()

    def wake(self) -> None:
        """Send what is due, and come back when the next is."""
        if self._due is not None:
            self._due.stop()
            self._due = None
        wait = self.desk.due_in()
        if wait is not None and not self._sending:
            self._due = self.set_timer(max(wait, SHORTEST_WAIT_S), self.drain)

    @work(group="drain")
    async def drain(self) -> None:
        """Send what is due; never cancelled, the desk finishes what it began."""
        if self._sending:
            return
        self._sending = True
        try:
            await self.desk.drain()
        except SupportdeskError as problem:
            self.tell(problem)
        finally:
            self._sending = False
        self.wake()

    @work(group="sync")
    async def sync(self, *, aloud: bool = False) -> None:
        """Fetch what changed; what could not be read stands in the status line, and is said when it was asked for."""
        self._syncing += 1
        try:
            report = await self.desk.sync(for_s=READ_FOR_S, again=aloud)
            if aloud:
                said = " ".join((*report.failed, *report.lines)) or "It is being read just now."
                aside = pause.held_back(self.desk, self)
                self.say(f"{said} {aside}".rstrip(), grave=bool(report.failed))
        except SupportdeskError as problem:
            self.tell(problem)
        finally:
            self._syncing -= 1
        self._changed()

    @work(group="texts")
    async def file(self) -> None:
        """File what was said for the search."""
        try:
            await self.desk.texts.file()
        except SupportdeskError as problem:
            self.tell(problem)

    def fetch(self, ref: TicketRef | None) -> None:
        """Ask the services now."""
        self.sync(aloud=True)
        if ref is not None:
            self._fetch_one(ref)

    @work(group="conversation")
    async def _fetch_one(self, ref: TicketRef) -> None:
        try:
            await self.desk.refresh(ref)
        except SupportdeskError as problem:
            self.tell(problem)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A toast that is shown as it is, whatever it says."""
        super().notify(clean(message), title=clean(title), severity=severity, timeout=timeout, markup=False)

    def say(self, words: str, *, grave: bool = False, brief: bool = False, topic: str = "") -> None:
        """A sentence for the engineer; it takes the place of one on the same topic."""
        if words:
            time = GRAVE_S if grave else BRIEF_S if brief else self.NOTIFICATION_TIMEOUT
            self._toast(Toast(words, time, grave=grave, topic=topic))

    def undoable(self, words: str) -> None:
        """Say what was done for as long as it can be taken back, and send it then."""
        self._toast(Toast(words, self.desk.undo_s or self.NOTIFICATION_TIMEOUT, topic="undo"))
        self.wake()

    def _toast(self, toast: Toast) -> None:
        fresh, anew = self._corner.add(toast, monotonic())
        if anew:
            self.call_later(self.clear_notifications)  # behind those that are on their way
        for each in fresh:
            severity: SeverityLevel = "error" if each.error else "warning" if each.grave else "information"
            self.notify(each.words, severity=severity, timeout=each.time, markup=False)

    def tell(self, problem: SupportdeskError) -> None:
        """An error with what to do about it."""
        self._toast(Toast(f"{problem.message} {problem.hint}".strip(), ERROR_S, error=True))

    def action_command_palette(self) -> None:
        """Find a command by its name."""
        if not isinstance(self.screen, late.once.Palette):
            self.push_screen(late.once.Palette(id="--command-palette"))

    async def action_help(self) -> None:
        """All keys of this screen."""
        from supportdesk.ui.help import HelpScreen

        screen = self.screen
        if isinstance(screen, HelpScreen):
            screen.dismiss(None)
            return
        found = screen.key_rows() if isinstance(screen, DeskScreen) else rows(screen.active_bindings)
        await self.push_screen(HelpScreen(found))

    def action_read_only(self) -> None:
        """Refuse every write, or allow them again."""
        self.desk.read_only = not self.desk.read_only
        self.say("Read-only: nothing can be written now." if self.desk.read_only else "Writing is allowed again.")

    def action_pause(self) -> None:
        """Leave what the background reads, scores and files where it is, or go on with it."""
        self.say(pause.turn(self.desk), topic="pause")
        self.desk_changed.publish(None)
        self._glance()

    def action_hint(self) -> None:
        """Nobody leaves by a key that copies elsewhere."""
        self.say("ctrl+q leaves; what is queued is on disk.")

    async def action_leave(self) -> None:
        """Ask, and say what stays behind."""
        from supportdesk.ui.ask import Ask

        words = left_behind(self.desk.status())
        await self.push_screen(
            Ask("Leave supportdesk?", words, yes="leave", no="stay"), lambda yes: self.exit() if yes else None
        )

    def _handle_exception(self, error: Exception) -> None:
        """Textual would print local variables, tokens among them: keep a report without any instead."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            keep_words(self)
            self.panic(Text(late.crash.report(error, self.folder, datetime.now(UTC))))
