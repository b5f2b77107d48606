"""Words on their way from a text field to disk: half a second behind the last key, again while the disk refuses."""

from collections.abc import Callable
from typing import Any

from textual.timer import Timer

from supportdesk.errors import SupportdeskError
from supportdesk.ui.screens import DeskScreen

SAVE_AFTER_S = 0.5
SAVE_AGAIN_S = 2.0


class Keeping:
    """What a screen writes: `write` puts all of it on disk, `drawn` shows how far that is."""

    def __init__(self, screen: DeskScreen[Any], write: Callable[[], None], drawn: Callable[[], None]) -> None:
        self._screen, self._write, self._drawn = screen, write, drawn
        self._timer: Timer | None = None
        self._refused = False
        self._ended = False
        self.saved = True

    @property
    def said(self) -> str:
        """How far it is, for the first line."""
        return "draft saved" if self.saved else "NOT ON DISK, kept here" if self._refused else "saving…"

    def touched(self) -> None:
        """A letter was typed: it is on disk half a second later."""
        self.saved = False
        if self._timer is None:
            self._timer = self._screen.set_timer(SAVE_AFTER_S, self.save)
        self._drawn()

    def save(self) -> None:
        """Put the words on disk now, and show it."""
        self.keep()
        self._drawn()

    def keep(self) -> None:
        """Put the words on disk now; while the disk refuses they stay here, and it is tried again."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = None
        if self._ended:
            return
        try:
            self._write()
            self.saved, self._refused = True, False
        except SupportdeskError as problem:
            self._keep_here(problem)

    def end(self) -> None:
        """The words are sent, or given up: nothing is kept any more."""
        self._ended = True

    def _keep_here(self, problem: SupportdeskError) -> None:
        if not self._refused:  # it is said once, and stands in the first line
            self._screen.console.tell(problem)
        self.saved, self._refused = False, True
        if self._screen.is_attached:
            self._timer = self._screen.set_timer(SAVE_AGAIN_S, self.save)
