"""Two questions in the middle of the screen: yes or no, and a line of text; enter and escape never mean yes."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from supportdesk.ui.cells import line
from supportdesk.ui.inert import Bar, Inert
from supportdesk.ui.keys import key, text_key
from supportdesk.ui.once import Dialog


class Ask(Dialog[bool], inherit_bindings=False):
    """A yes or no; only `y` is yes."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        key("y", "yes", "yes", "Do it", id="ask.yes", show=True),
        key("n,escape,q,enter", "no", "no", "Leave everything as it is", id="ask.no", show=True),
    ]

    def __init__(
        self, question: str, words: str = "", *, yes: str = "yes", no: str = "back", grave: bool = False
    ) -> None:
        super().__init__()
        self.question, self.words, self.yes, self.no, self.grave = question, words, yes, no, grave

    def compose(self) -> ComposeResult:
        """The question, a sentence, the two keys."""
        with Vertical(classes="dialog danger" if self.grave else "dialog"):
            yield Inert(self.question, classes="dialog-title")
            yield Inert(self.words, classes="dialog-words")
            yield Bar(line(("y", "key"), (f" {self.yes}   ", ""), ("n", "key"), (f" {self.no}", "")))

    def action_yes(self) -> None:
        """Yes."""
        self.dismiss(True)

    def action_no(self) -> None:
        """No."""
        self.dismiss(False)


class AskText(Dialog[str | None], inherit_bindings=False):
    """A line of text; escape gives None."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        text_key("escape", "leave", "back", "Leave everything as it is", id="line.leave", show=True)
    ]

    def __init__(self, question: str, words: str = "", *, value: str = "") -> None:
        super().__init__()
        self.question, self.words, self.value = question, words, value

    def compose(self) -> ComposeResult:
        """The question, a sentence, the line."""
        with Vertical(classes="dialog"):
            yield Inert(self.question, classes="dialog-title")
            yield Inert(self.words, classes="dialog-words")
            yield Input(self.value, select_on_focus=False, max_length=500)
            yield Bar(line(("enter", "key"), (" done   ", "dim"), ("esc", "key"), (" back", "dim")))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The line as it stands."""
        self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """Nothing."""
        self.dismiss(None)
