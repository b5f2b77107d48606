"""The one list and the one pager, on Textual's line API: only the rows in sight are ever built."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from supportdesk.ui.cells import Line, Piece
from supportdesk.ui.glyphs import CURSOR
from supportdesk.ui.inert import Painter

T = TypeVar("T")
Key = Hashable


class LineView(Painter, ScrollView, can_focus=True, inherit_bindings=False):
    """A scrolling stretch of lines, without keys of its own: screens own the keys."""

    DEFAULT_CSS = """
    LineView { width: 1fr; height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """

    _bare: Strip | None = None  # a row of this frame without any text

    @property
    def cells(self) -> int:
        """The width there is for text, beside the scrollbar."""
        return self.scrollable_content_region.width

    @property
    def text_region(self) -> Region:
        """Where on the screen the text stands, beside the scrollbar."""
        return Region(self.region.x, self.region.y, self.cells, self.region.height)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of one frame; their width is reckoned once, from every widget around this one."""
        self._bare = None
        return super().render_lines(crop)

    @property
    def bare(self) -> Strip:
        """A row without any text, as wide as all rows of this frame."""
        if self._bare is None:
            self._bare = Strip.blank(self.cells, self.ground)
        return self._bare

    def _row(self, y: int) -> int:
        return int(self.scroll_offset.y) + y

    def go(self, row: int) -> None:
        """Scroll so that a row is the first in sight, as far as there are rows; at once."""
        self.scroll_to(y=max(0, row), animate=False, force=True)

    def scroll_by(self, rows: int) -> None:
        """Scroll some rows on, at once."""
        self.go(int(self.scroll_offset.y) + rows)

    def _measure(self, rows: int) -> None:
        size = Size(self.cells, rows)
        if size != self.virtual_size:
            self.virtual_size = size
            self._scroll_update(size)


class Pager(LineView):
    """Text that is laid out once for a width: a conversation, an issue, the help."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lay: Callable[[int], Sequence[Line]] = _nothing
        self._laid_for = -1
        self._there: Callable[[], int] | None = None
        self.lines: Sequence[Line] = ()

    def show(self, lay: Callable[[int], Sequence[Line]], *, keep: bool = False) -> None:
        """Lay out other text; `keep` stays at the same line of it."""
        self._lay = lay
        self._laid_for = -1
        if not keep:
            self._there = None
            self.go(0)
        self._lay_out()

    def show_end(self) -> None:
        """Go to the last line."""
        self.go_to(lambda: len(self.lines))

    def go_to(self, row: Callable[[], int]) -> None:
        """Go to a row that is known once the text is laid out: now, or as soon as there is a width for it."""
        self._there = row
        if self._laid_for > 0:
            self._arrive()

    def _arrive(self) -> None:
        there, self._there = self._there, None
        if there is not None:
            self.go(there())

    def on_resize(self) -> None:
        """Lay out again for the new width."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.cells
        if width <= 0 or width == self._laid_for:
            return
        self._laid_for = width
        self.lines = self._lay(width)
        self._measure(len(self.lines))
        self.refresh()
        self._arrive()

    def render_line(self, y: int) -> Strip:
        """One row of what is in sight."""
        row = self._row(y)
        return self.paint(self.lines[row], self.bare.cell_length) if 0 <= row < len(self.lines) else self.bare


class LineList(LineView, Generic[T]):
    """Rows to choose from; the choice is kept by key, so that it survives whatever happens to the rows."""

    class Moved(Message):
        """Another row is chosen."""

        def __init__(self, lines: "LineList[Any]") -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> "LineList[Any]":
            """The list it happened in."""
            return self.lines

    class Opened(Moved):
        """The chosen row was clicked twice."""

    MARGIN: ClassVar[int] = 2
    leaps = False  # whether it scrolls seldom and far: what stands beside it takes much to put back

    def __init__(
        self,
        draw: Callable[[T, int], Line],
        key: Callable[[T], Key],
        *,
        empty: Callable[[int], Sequence[Line]] | None = None,
        lit: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._lit = lit  # the keys reach it although a text field has the focus
        self._draw, self._key = draw, key
        self._empty = empty or _nothing
        self.rows: Sequence[T] = ()
        self.index = 0
        self.selected: Key | None = None
        self.strayed = False
        self._top: int | None = None  # the row that is to be drawn first, where that is said before there are any
        self.marked: dict[Key, None] = {}  # in the order in which they were marked

    @property
    def row(self) -> T | None:
        """The chosen row, None when there is none or it has left the list."""
        inside = not self.strayed and 0 <= self.index < len(self.rows)
        return self.rows[self.index] if inside else None

    def fill(self, rows: Sequence[T], where: Callable[[Key], int | None] | None = None) -> None:
        """Show other rows, keeping the choice and the line it is drawn on; `where` finds a key's row."""
        before = self.index
        line = before - self.scroll_offset.y
        self.rows = rows
        found = self._find(self.selected, where) if self.selected is not None else None
        self.strayed = self.selected is not None and found is None and bool(rows)
        if found is None:
            self.index = max(0, min(self.index, len(rows) - 1))
        else:
            self.index = found
        if self.selected is None and rows:
            self.selected = self._key(rows[self.index])
        self._measure(len(rows))
        if self._top is not None:
            self._top += self.index - before
        elif found is not None and self.is_mounted:
            self.go(self.index - line)
        self.refresh()

    def stand(self, key: Key | None, index: int, top: int) -> None:
        """Choose a key before there are rows, in a place among them, and which row is to be drawn first."""
        self.selected, self.index, self._top = key, index, top

    def _find(self, key: Key, where: Callable[[Key], int | None] | None) -> int | None:
        if where is not None:
            return where(key)
        return next((i for i, row in enumerate(self.rows) if self._key(row) == key), None)

    def mark(self) -> None:
        """Mark the chosen row, or take its mark away; marks stay with their keys whatever the list shows."""
        if (row := self.row) is None:
            return
        key = self._key(row)
        if key in self.marked:
            del self.marked[key]
        else:
            self.marked[key] = None
        self.refresh()

    def mark_all(self) -> None:
        """Mark every row there is; all of them once more takes their marks away."""
        keys = dict.fromkeys(self._key(row) for row in self.rows)
        if keys.keys() <= self.marked.keys():
            self.marked = {key: None for key in self.marked if key not in keys}
        else:
            self.marked.update(keys)
        self.refresh()

    def unmark(self) -> None:
        """Take all marks away."""
        self.marked.clear()
        self.refresh()

    def choose(self, index: int) -> None:
        """Choose a row by its place, as far as there is one."""
        if not self.rows:
            return
        self.strayed = False
        before, self.index = self.index, max(0, min(index, len(self.rows) - 1))
        self.selected = self._key(self.rows[self.index])
        self._bring_into_sight(walked=abs(self.index - before) == 1)
        self.refresh_line(before)
        self.refresh_line(self.index)
        self.post_message(self.Moved(self))

    def forget(self) -> None:
        """Choose nothing, so that the next rows start at the top."""
        self.selected, self.index, self.strayed = None, 0, False
        self.go(0)

    def move(self, rows: int) -> None:
        """Choose a row further down; from a row that has left, its place counts as between its neighbours."""
        if self.strayed:
            rows = rows - 1 if rows > 0 else rows
        self.choose(self.index + rows)

    def _bring_into_sight(self, *, walked: bool = False) -> None:
        """Scroll until the chosen row is in sight with a margin.

        Who walks sees it scroll line by line: the terminal moves its rows by itself (ui/mirror.py), and what stands
        beside them is put back. Where that takes more (`leaps`), it is done seldom: who walked out of the window stands
        a quarter into the next one. Who leapt beside other panes stands in its middle.
        """
        height, top = self.size.height, int(self.scroll_offset.y)
        margin = min(self.MARGIN, max(0, (height - 1) // 2))
        below = self.index >= top + height - margin
        if not below and self.index >= top + margin:
            return
        if not walked and not self._alone:
            self.go(self.index - height // 2)
            return
        behind = max(margin, height // 4) if self.leaps else height - 1 - margin
        self.go(self.index - (behind if below else height - 1 - behind))

    @property
    def _alone(self) -> bool:
        """Whether nothing stands beside it."""
        return self.region.width >= self.screen.size.width

    def on_resize(self) -> None:
        """Keep the chosen row in sight."""
        self._measure(len(self.rows))
        if self._top is None or not self.rows:
            self._bring_into_sight()
            return
        self.go(self._top)
        self._top = None
        if not 0 <= self.index - int(self.scroll_offset.y) < self.size.height:
            self._bring_into_sight()

    def on_focus(self) -> None:
        """The cursor of the pane that has the keys is the strong one."""
        self.refresh()

    def on_blur(self) -> None:
        """Elsewhere it is a faint one."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click chooses, a second one opens."""
        offset = event.get_content_offset(self)
        if offset is None or not 0 <= self._row(offset.y) < len(self.rows):
            return
        self.choose(self._row(offset.y))
        if event.chain > 1:
            self.post_message(self.Opened(self))

    def render_line(self, y: int) -> Strip:
        """One row of what is in sight."""
        row, width = self._row(y), self.bare.cell_length
        if not self.rows:
            return self._blank(self._empty(width), y)
        if not 0 <= row < len(self.rows):
            return self.bare
        drawn = self._draw(self.rows[row], width)
        if row != self.index or self.strayed:
            return self.paint(drawn, width)
        return self.paint(self._edged(drawn) if self._has_keys else drawn, width, self._cursor())

    def _edged(self, drawn: Line) -> Line:
        """The chosen row is told by a sign too, for those who see no colours."""
        first, *rest = drawn.pieces
        return Line((Piece(CURSOR, "accent"), Piece(first.text[1:], first.style), *rest), drawn.fill)

    def _blank(self, lines: Sequence[Line], y: int) -> Strip:
        return self.paint(lines[y], self.bare.cell_length) if y < len(lines) else self.bare

    @property
    def _has_keys(self) -> bool:
        return self.has_focus or self._lit

    def _cursor(self) -> str:
        return "cursor" if self._has_keys else "cursor-idle"


def _nothing(_width: int) -> Sequence[Line]:
    return ()
