"""The keys that are live on the screen below, read from the bindings themselves."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType

from supportdesk.ui import glyphs
from supportdesk.ui.cells import Line, Piece, fit, line, pad, paragraphs
from supportdesk.ui.inert import Bar, Headline
from supportdesk.ui.keys import KeyRow, key
from supportdesk.ui.lines import Pager
from supportdesk.ui.screens import DeskScreen

KEY_CELLS, NAME_CELLS, ID_CELLS = 18, 22, 24
COLUMNS = 76  # a narrower terminal has each explanation below its key
WIDEST = 140  # further apart a key and its name in [keys] are no line to the eye
NAMED = 110  # from here on the name in [keys] has room too
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
        key("g,home", "scroll(-100000)", "top", "To the top", id="help.top"),
        key("G,end", "scroll(100000)", "bottom", "To the end", id="help.bottom"),
    ]

    def __init__(self, found: Sequence[KeyRow]) -> None:
        super().__init__()
        self.found = found

    def compose(self) -> ComposeResult:
        """A heading and the keys."""
        how = "   change them under [keys] in config.toml, by name"
        yield Headline(line((" Keys that act here", "strong"), (how, "dim")), classes="screen-title")
        yield Pager(id="help")
        yield Bar(id="keys")

    def redraw(self) -> None:
        """Lay the keys out."""
        self.query_one("#help", Pager).show(lambda width: list(help_lines(self.found, width)), keep=True)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)

    def action_scroll(self, rows: int) -> None:
        """Scroll."""
        self.query_one("#help", Pager).scroll_by(rows)


def help_lines(found: Sequence[KeyRow], width: int) -> Iterator[Line]:
    """What matters first, then the rest, then the signs; the nine view keys share a line."""
    width = min(width, WIDEST)
    yield Line()
    for heading, rows in (
        ("Most used", [r for r in found if r.shown]),
        ("All others", [r for r in found if not r.shown]),
    ):
        yield line((f" {heading}", "accent"))
        for row in _together(rows):
            yield from _row(row, width)
        yield Line()
    yield line((" Signs", "accent"))
    for sign, words in _SIGNS:
        yield from _beside([Piece("  "), Piece(pad(sign, 4), "key")], words, width, "")


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


def _row(row: KeyRow, width: int) -> Iterator[Line]:
    """The keys, the action and, beside or below them, the whole explanation."""
    words = f"off: {row.off}" if row.off else row.tooltip
    keys, style = "  ".join(row.keys), "dim" if row.off else ""
    if width < COLUMNS:
        yield from _beside([Piece("  "), Piece(keys, style or "key"), Piece("  ")], row.description, width, style)
        yield from paragraphs(words, width - 7, style="dim", indent=" " * 6)
        return
    start = [Piece("  "), Piece(pad(keys, KEY_CELLS), style or "key"), Piece(pad(row.description, NAME_CELLS), style)]
    named = width >= NAMED
    first, *others = _beside(start, words, width - ID_CELLS * named, "dim")
    yield Line((*first.pieces, Piece(fit(row.id, ID_CELLS), "rule"))) if named else first
    yield from others


def _beside(start: Sequence[Piece], words: str, width: int, style: str) -> Iterator[Line]:
    """Words in the room that is left of a line, going on below their own beginning."""
    taken = sum(cell_len(piece.text) for piece in start)
    room = max(10, width - taken - 1)
    first, *others = paragraphs(words, room, style=style)
    yield Line((*start, *first.pieces, Piece(" " * (room + 1 - cell_len(first.text)))))
    yield from (Line((Piece(" " * taken), *other.pieces)) for other in others)
