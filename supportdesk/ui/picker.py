"""A small list to choose one thing from: type to narrow it, enter takes the first that is left."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from supportdesk.ui.cells import Line, Piece, fit, line, pad, paragraphs
from supportdesk.ui.inert import Bar, Inert
from supportdesk.ui.keys import text_key
from supportdesk.ui.lines import LineList
from supportdesk.ui.once import Dialog

WIDEST = 28  # cells of a label that its hint leaves room for
SHORT, ROWS, SHORT_ROWS = 18, 12, 6  # lines around the choices, and where they are fewer


class Choice(NamedTuple):
    """Something to choose: what is returned, what is shown, and a word about it."""

    value: str
    label: str
    hint: str = ""


class Picker(Dialog[str | None], inherit_bindings=False):
    """Choose one of a few; the text typed narrows them."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        text_key("down,ctrl+n", "down", "next", "The next choice", id="picker.down"),
        text_key("up", "up", "previous", "The choice before", id="picker.up"),
        text_key("escape", "leave", "back", "Choose nothing", id="picker.leave", show=True),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], *, free: bool = False) -> None:
        super().__init__()
        self.heading = title
        self.choices = choices
        self.free = free
        self._labels = min(WIDEST, max((cell_len(choice.label) for choice in choices), default=0))

    def compose(self) -> ComposeResult:
        """A title, the letters typed, the choices."""
        with Vertical(classes="dialog"):
            yield Inert(self.heading, classes="dialog-title")
            yield Input(placeholder="type to narrow", select_on_focus=False, max_length=200)
            yield LineList(self._line, _value, empty=self._none_left, lit=True, id="choices")
            yield Bar(id="taking")

    def on_mount(self) -> None:
        """Show everything first."""
        self._narrow("")

    def on_resize(self) -> None:
        """As many choices as there is room for."""
        self._narrow(self.query_one(Input).value)

    @property
    def _list(self) -> LineList[Choice]:
        return self.query_one("#choices", LineList)

    def _left(self, text: str) -> list[Choice]:
        words = text.casefold().split()
        return [c for c in self.choices if all(w in f"{c.label} {c.hint}".casefold() for w in words)]

    def _narrow(self, text: str) -> None:
        self._list.forget()
        self._list.fill(self._left(text))
        around = SHORT_ROWS if self.size.height < SHORT else ROWS  # a toast among them
        self._list.styles.height = max(1, min(10, len(self._left(text)), self.size.height - around))
        takes = bool(self._list.rows) or (self.free and bool(text.strip()))
        enter = (("enter", "key"), (" take it   ", "dim")) if takes else ()
        self.query_one("#taking", Bar).draw(line(*enter, ("esc", "key"), (" back", "dim")))

    def _line(self, choice: Choice, width: int) -> Line:
        label = pad(choice.label, min(self._labels, width - 2))
        return Line((Piece(" "), Piece(label), Piece("  "), Piece(fit(choice.hint, width - self._labels - 3), "dim")))

    def _none_left(self, width: int) -> Sequence[Line]:
        typed = self.query_one(Input).value.strip()
        free = f"Nothing like it is listed: enter takes “{typed}” as it is."
        words = free if self.free and typed else "Nothing fits. Backspace widens it again."
        return list(paragraphs(words, width - 2, style="dim", indent=" "))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow with every letter."""
        self._narrow(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what is chosen among those that the text leaves."""
        left = self._left(event.value)
        chosen = self._list.row
        if chosen is not None and chosen in left:
            self.dismiss(chosen.value)
        elif left:
            self.dismiss(left[0].value)
        elif self.free and event.value.strip():
            self.dismiss(event.value.strip())

    def on_line_list_opened(self, message: LineList.Opened) -> None:
        """Take what was clicked twice."""
        row = self._list.row
        self.dismiss(row.value if row else None)

    def action_down(self) -> None:
        """Choose the next one."""
        self._list.move(1)

    def action_up(self) -> None:
        """Choose the one before."""
        self._list.move(-1)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


def _value(choice: Choice) -> str:
    return choice.value
