"""The search over everything that was said on all desks: live from the third letter, the newest first."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from supportdesk.desk.searching import Filed, Hit
from supportdesk.model import TicketRef
from supportdesk.ui.cells import Line, Piece, fit, line, pad, pad_left, paragraphs
from supportdesk.ui.inert import Bar
from supportdesk.ui.keys import text_key
from supportdesk.ui.lines import LineList
from supportdesk.ui.screens import DeskScreen
from supportdesk.ui.words import age, counted

ID_CELLS = 10
NARROW = 60  # columns below which a line has no room for both subject and context
_SOME = 50  # more are not looked for


class SearchLine(Input):
    """What is looked for, while it is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        text_key("enter", "screen.open", "open", "Open the chosen ticket", id="search.open", show=True),
        text_key("down,ctrl+n", "screen.move(1)", "down", "The next ticket", id="search.down", show=True),
        text_key("up", "screen.move(-1)", "up", "The ticket before", id="search.up", show=True),
        text_key("pagedown", "screen.move(10)", "page down", "Ten tickets down", id="search.page_down"),
        text_key("pageup", "screen.move(-10)", "page up", "Ten tickets up", id="search.page_up"),
        text_key("escape", "screen.leave", "back", "Back to where you were", id="search.leave", show=True),
    ]


class SearchScreen(DeskScreen[tuple[TicketRef | None, str]]):
    """Gives the ticket to open, None for none, and what was typed."""

    AUTO_FOCUS = "#search"
    WHILE_TYPING = frozenset(("open", "move", "leave"))

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.text = text
        self.filed = Filed(tickets=0, left=0)

    def compose(self) -> ComposeResult:
        """What is typed, what was found, the keys."""
        yield Bar(id="search-title")
        yield SearchLine(
            self.text, placeholder="words of a conversation", select_on_focus=True, max_length=200, id="search"
        )
        yield LineList(self._line, _ref, empty=self._nothing, lit=True, id="found")
        yield Bar(id="keys")

    @property
    def _list(self) -> LineList[Hit]:
        return self.query_one("#found", LineList)

    def redraw(self) -> None:
        """Look again: more may be filed."""
        self.filed = self.desk.texts.filed()
        self._list.fill(self.desk.texts.search(self.text))
        self._draw_title()

    def _draw_title(self) -> None:
        found = len(self._list.rows)
        words = f"the newest {_SOME}" if found == _SOME else counted(found, "ticket") if self.text else ""
        self.query_one("#search-title", Bar).draw(
            line((" Search  ", "strong"), (words, "dim"), (_lacking(self.filed), "flag"))
        )

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        if event.value == self.text:
            return
        self.text = event.value
        self._list.forget()
        self.redraw()

    def _line(self, hit: Hit, width: int) -> Line:
        names = self.desk.accounts
        return hit_line(hit, width, self.console.now(), desks=max(map(len, names)) if len(names) > 1 else 0)

    def _nothing(self, width: int) -> Sequence[Line]:
        return [Line(), *paragraphs(nothing(self.text, self.filed), min(width, 80) - 2, style="dim", indent=" ")]

    @on(LineList.Opened, "#found")
    def action_open(self) -> None:
        """Open the chosen ticket."""
        chosen = self._list.row
        if chosen is not None:
            self.dismiss((chosen.row.ref, self.text))

    def action_move(self, rows: int) -> None:
        """Choose another ticket."""
        self._list.move(rows)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss((None, self.text))


def nothing(text: str, filed: Filed) -> str:
    """Why the list is empty, and the next step."""
    if not text.strip():
        return (
            "Type words that were said: in subjects, by customers, in answers and notes. Accents and case do not count."
        )
    if not any(len(word) > 2 for word in text.split()):
        return "It is looked for from the third letter on."
    lacking = [f"{filed.percent} % of {counted(filed.tickets, 'ticket')} can be searched."] if filed.left else []
    lacking += [f"Still to be read: {counted(filed.unheard, 'conversation')}."] if filed.unheard else []
    if lacking:
        then = "The background is paused." if filed.paused else "What comes appears here by itself."
        return " ".join(("Nothing found so far.", *lacking, then))
    return "Nothing was said with all of these words. Fewer letters or fewer words find more; esc goes back."


def _lacking(filed: Filed) -> str:
    """What is not looked through yet, the nearer step first; empty where that is nothing."""
    if filed.left:
        return f"   filing what was said: {filed.percent} %"
    return f"   {counted(filed.unheard, 'conversation')} to go" if filed.unheard else ""


def hit_line(hit: Hit, width: int, now: datetime, *, desks: int = 0) -> Line:
    """Age, id, subject, and what was said around the first match; narrow, the one of the two that matches.

    `desks` is the length of the longest desk name where there are several.
    """
    row = hit.row
    name, cells = (str(row.ref), desks + 6) if desks else (f"#{row.ref.id}", ID_CELLS)
    cells = max(cells, ID_CELLS)
    start = (
        Piece(" "),
        Piece(pad_left(age(row.updated_at, now), 4), "dim"),
        Piece("  "),
        Piece(pad(name, cells), "dim"),
    )
    room = max(0, width - 8 - cells)
    subject, marks = row.subject or "(no subject)", hit.subject_marks
    if width < NARROW:
        told = (hit.context, hit.marks) if hit.context and not marks else (subject, marks)
        return Line((*start, *marked(*told, room, "")))
    beside = room * 2 // 5
    context = hit.context or row.organization or row.requester
    return Line((*start, *marked(subject, marks, beside, ""), Piece("  "), *_said(context, hit, room - beside - 2)))


def _said(context: str, hit: Hit, width: int) -> Iterator[Piece]:
    yield from marked(context, hit.marks if hit.context else (), width, "dim")


def marked(text: str, marks: Sequence[tuple[int, int]], width: int, style: str) -> Iterator[Piece]:
    """A text in exactly `width` cells with what matches underlined."""
    shown = fit(text, width)
    whole = len(shown) if shown == text else max(0, len(shown) - 1)
    at = 0
    for start, end in marks:
        if start >= whole:
            break
        yield Piece(shown[at:start], style)
        yield Piece(shown[start : min(end, whole)], "match")
        at = min(end, whole)
    yield Piece(shown[at:], style)
    yield Piece(" " * max(0, width - cell_len(shown)))


def _ref(hit: Hit) -> TicketRef:
    return hit.row.ref
