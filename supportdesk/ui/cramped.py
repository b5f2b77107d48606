"""What stands in a terminal that is too small to be worked in: words, and nothing that a blind key could do."""

from textual.app import ComposeResult

from supportdesk.ui.inert import Inert
from supportdesk.ui.once import Dialog
from supportdesk.ui.screens import COLUMNS, LINES, cramped


class Cramped(Dialog[None]):
    """It closes by itself when there is room again; what lay below is as it was."""

    def compose(self) -> ComposeResult:
        """The words."""
        yield Inert(id="cramped")

    def on_mount(self) -> None:
        """Say what is needed."""
        self._look()

    def on_resize(self) -> None:
        """Say it anew, or go."""
        self._look()

    def on_screen_resume(self) -> None:
        """What lay above may have closed in a larger terminal."""
        self._look()

    def _look(self) -> None:
        width, height = self.app.size
        if not cramped(self.app.size):
            self.dismiss(None)
            return
        here = f"{COLUMNS}×{LINES} is needed, here is {width}×{height}."
        self.query_one("#cramped", Inert).say(f"{here} Make the terminal larger; what you wrote is kept.")
