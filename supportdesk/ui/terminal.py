"""The terminal as we write to it: what terminals measure differently is held in its cells, so that nothing shifts."""

import re
import sys
from collections.abc import Callable, Iterable
from functools import cached_property
from threading import Thread

from rich.cells import cell_len
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.geometry import Region
from textual.message import Message

from supportdesk.ui import lastframe
from supportdesk.ui.cells import unsure
from supportdesk.ui.mirror import Mirror, Patch
from supportdesk.ui.pasting import listen, silent

_ESCAPE = re.compile(r"(\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.))", re.DOTALL)
_ESC_ALONE = re.compile(r"(\x1b)(?![\[\]OPX^_]|\Z)")  # it begins no sequence that a terminal sends
LAST_WORDS_S = 1.0
SWITCH_S = 0.001  # after which the loop and other threads make room for the one that reads keys; by itself it is 5 ms
_OTHER_SCREEN = "\x1b[?1049h"
_MODES = re.compile(r"(?:\x1b\[[?><=][0-9;]*\$?[A-Za-z]|\x1b\][^\x07\x1b]*\x07)*\Z")
_KEEP, _BACK, _EDGE, _NO_EDGE = "\x1b7", "\x1b8", "\x1b[?7h", "\x1b[?7l"


class SteadyDriver(LinuxDriver):
    """Textual's driver; joined emoji, combining marks and shaped scripts end in the column that was reckoned with."""

    _covered = False  # whether the screen as it was left is on the terminal still
    _follows = False  # whether it was when we began
    heard: Callable[[], None] = staticmethod(silent)  # told in the thread that reads the keys that there is one

    def start_application_mode(self) -> None:
        """Take the terminal, from the frame of the last session where one is shown."""
        sys.setswitchinterval(SWITCH_S)
        before = lastframe.take_over()
        self._covered = self._follows = before is not None
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual leaves it untyped
        if before is not None:
            self.attrs_before = before

    def _get_terminal_size(self) -> tuple[int, int]:
        """The size that the app has drawn for: of a terminal that does not know its own, there must be one opinion.

        Textual asks Rich (80x25) and then shutil (80x24), and would lay its screen out for both in turn, for ever.
        """
        width, height = self._app.console.size
        return width, height

    def write(self, data: str) -> None:
        """Write a frame, none before the app is ready to be seen: the one of the last session stays till then.

        Some terminals would clear the other screen if they were sent there a second time.
        """
        if self._covered and data == _OTHER_SCREEN:
            self._covered = False
            return
        if not getattr(self._app, "ready", True) and not _MODES.match(data):
            return
        if self._writer_thread is None or self._writer_thread.is_alive():  # it ends with a terminal that is gone
            super().write(self._sparing(data))

    @cached_property
    def _mirror(self) -> Mirror:
        return Mirror(hold)

    def leave(self, part: Region) -> None:
        """Draw over a part of the last session's screen, where that is shown, only from `lift` on."""
        if self._follows:
            self._mirror.left = Patch(part.y, part.bottom, part.x, part.right)

    def lift(self) -> bool:
        """Draw everywhere again; whether a part was left till now, which is to be drawn then."""
        left, self._mirror.left = self._mirror.left, None
        return left is not None

    def loosen(self, part: Region) -> None:
        """Let what stands on a part move along with the rows beside it, till `fasten`: it is drawn again soon."""
        self._mirror.loose = Patch(part.y, part.bottom, part.x, part.right)

    def fasten(self) -> bool:
        """Let nothing move along; whether something has, and the next frame brings it back."""
        return self._mirror.fasten()

    def _sparing(self, data: str) -> str:
        """Of a frame what is not on the terminal yet; anything else as it is."""
        width, height = self._get_terminal_size()
        size = self._app.size
        frame = self._mirror.frame(data, (width, height)) if (size.width, size.height) == (width, height) else None
        if frame is not None:
            return frame
        if _OTHER_SCREEN in data or not _MODES.match(data):
            self._mirror.forget()
        return steady(data)

    def close(self) -> None:
        """Let go of the terminal: where it is gone or stopped, its last words are not waited for long."""
        closing = Thread(target=super().close, daemon=True)
        closing.start()
        closing.join(LAST_WORDS_S)

    def _tell(self) -> None:
        self.heard()  # which may be another one than when the thread began

    def run_input_thread(self) -> None:
        """Listen to the terminal; what is pasted presses no keys."""
        parser = XTermParser(self._debug)

        def feed(text: str) -> Iterable[Message]:
            if not text:
                return parser.tick()
            return parser.feed(text) if getattr(self._app, "ready", True) else ahead(parser, text)

        for event in listen(self.fileno, self.exit_event.is_set, feed, self._tell):
            self.process_message(event)


def ahead(parser: XTermParser, text: str) -> Iterable[Message]:
    """What was typed before anybody listened: there esc and the key behind it come at once, and were two keys.

    Later that is alt and a key, which is nothing here: whoever meets an alt by mistake leaves nothing by it.
    """
    for number, part in enumerate(_ESC_ALONE.split(text)):
        if number % 2:
            yield Key("escape", part)
        elif part:
            yield from parser.feed(part)


def steady(data: str) -> str:
    """The same output with every run of uncertain width put into cells of its own.

    The cells are cleared, the run is drawn over them without wrapping at the edge, and the cursor is put behind them
    from where the run began (DECSC, DECRC, DECAWM), however many cells the terminal found it to take.
    """
    if not unsure(data):
        return data
    parts = _ESCAPE.split(data)
    parts[::2] = [hold(text) if unsure(text) else text for text in parts[::2]]
    return "".join(parts)


def hold(text: str) -> str:
    """A run of uncertain width in the cells that were reckoned with."""
    width = cell_len(text)
    words = text.rstrip(" ")  # a longer run would push the room behind it over its neighbour
    return f"{_NO_EDGE}{_KEEP}{' ' * width}{_BACK}{words}{_BACK}{_EDGE}\x1b[{width}C" if width else text
