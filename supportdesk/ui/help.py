"""The keys that are live on the screen below, read from the bindings themselves."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from supportdesk.ui import glyphs
from supportdesk.ui.cells import Line, Piece, fit, line, pad
from supportdesk.ui.inert import Bar
from supportdesk.ui.keys import KeyRow, key
from supportdesk.ui.lines import Pager
from supportdesk.ui.screens import DeskScreen

KEY_CELLS, NAME_CELLS = 18, 22
_SIGNS = (
    (glyphs.FLAG, "an answer reads like a workaround for a bug"),
    (glyphs.URGENT, "urgent"),
    (glyphs.QUEUED, "queued"),
    (glyphs.HELD, "held, waits for you"),
    (glyphs.UNCERTAIN, "may have arrived"),
    (glyphs.DRAFT, "a draft"),
    (glyphs.ISSUE, "has an issue"),
    (glyphs.DONE, "solved"),
)


class HelpScreen(DeskScreen[None]):
    """All keys of one screen, the engineer's own included."""

    AUTO_FOCUS = "#help"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,q", "leave", "back", "Back to where you were", id="help.leave", show=True),
        key("j,down", "scroll(1)", "down", "Scroll down", id="help.down", show=True),
        key("k,up", "scroll(-1)", "up", "Scroll up", id="help.up", show=True),
        key("ctrl+d,pagedown", "scroll(10)", "page down", "Scroll half a page down", id="help.page_down"),
        key("ctrl+u,pageup", "scroll(-10)", "page up", "Scroll half a page up", id="help.page_up"),
    ]

    def __init__(self, found: Sequence[KeyRow]) -> None:
        super().__init__()
        self.found = found

    def compose(self) -> ComposeResult:
        """A heading and the keys."""
        with Vertical(id="help-pane"):
            yield Bar(
                line((" Keys that act here", "strong"), ("   change them under [keys] in config.toml, by name", "dim"))
            )
            yield Pager(id="help")
        yield Bar(id="keys")

    def redraw(self) -> None:
        """Lay the keys out."""
        self.query_one("#help", Pager).show(lambda width: list(help_lines(self.found, width)))

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)

    def action_scroll(self, rows: int) -> None:
        """Scroll."""
        self.query_one("#help", Pager).scroll_by(rows)


def help_lines(found: Sequence[KeyRow], width: int) -> Iterator[Line]:
    """What matters first, then the rest, then the signs; the nine view keys share a line."""
    yield Line()
    for heading, rows in (
        ("Most used", [r for r in found if r.shown]),
        ("All others", [r for r in found if not r.shown]),
    ):
        yield line((f" {heading}", "accent"))
        for row in _together(rows):
            yield _row(row, width)
        yield Line()
    yield line((" Signs", "accent"))
    for sign, words in _SIGNS:
        yield line(("  ", ""), (pad(sign, KEY_CELLS), "key"), words)


def _together(found: Sequence[KeyRow]) -> Iterator[KeyRow]:
    views = [row for row in found if row.id.startswith("queue.view_") and row.id[-1].isdigit()]
    for row in found:
        if row not in views:
            yield row
        elif row is views[0]:
            keys = (f"{views[0].keys[0]} … {views[-1].keys[0]}",)
            yield KeyRow(
                id="queue.view_1 … 9",
                keys=keys,
                action=row.action,
                description="view 1 … 9",
                tooltip="Go to a view by its number",
                shown=False,
            )


def _row(row: KeyRow, width: int) -> Line:
    keys = Piece(pad("  ".join(row.keys), KEY_CELLS), "dim" if row.off else "key")
    name = Piece(pad(row.description, NAME_CELLS), "" if not row.off else "dim")
    words = f"off: {row.off}" if row.off else row.tooltip
    rest = max(10, width - KEY_CELLS - NAME_CELLS - 4)
    if rest >= 60:
        words = pad(words, rest - 24)
        return Line((Piece("  "), keys, name, Piece(words, "dim"), Piece(fit(row.id, 22), "rule")))
    return Line((Piece("  "), keys, name, Piece(fit(words, rest), "dim")))
