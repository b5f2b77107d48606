"""What stands on the terminal, cell by cell, so that a frame sends only what is different from it.

Textual sends whole rows of a list that scrolls. Here the rows that moved are moved by the terminal itself (DECSTBM with
IL or DL, which every terminal since the VT102 has), and of the others the changed cells are sent. Whatever is not
known to stand there is sent as it came: after a resize, behind anything else than a frame, and the whole screen
whenever Textual paints the whole screen.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import ne
from typing import NamedTuple

from rich.cells import cell_len

from supportdesk.ui.cells import unsure
from supportdesk.ui.pen import Cell, Pen, Row, Shift, ground

_PLACE = re.compile(r"\x1b\[(\d+);(\d+)H")
_RUN = re.compile(r"\n|\x1b\[(?P<style>[0-9;]*)m(?P<styled>[^\x1b\n]*)\x1b\[0?m|(?P<plain>[^\x1b\n]+)")
_ROOM = "\0"  # for a blank beside another: nobody sees the colour of its letters
_FEWEST = 4  # rows that are worth moving
_KNOWN_BY = 40  # cells of a row
_WORTH = 0.9  # of the cells that are others otherwise: what stands beside those rows moves along, and back


class Span(NamedTuple):
    """A stretch of a row as a frame has it, both counted from nought."""

    row: int
    column: int
    cells: Sequence[Cell]

    @property
    def extent(self) -> tuple[int, int]:
        """Where it begins and ends."""
        return self.column, self.column + len(self.cells)


class Patch(NamedTuple):
    """Rows `top` up to `bottom`, of each the cells `left` up to `right`."""

    top: int
    bottom: int
    left: int
    right: int


class Mirror:
    """The screen as it was sent; `hold` writes a run of uncertain width so that it ends where it should.

    What is drawn on the patch `left` is not sent, and not known to stand there afterwards. What stands on the patch
    `loose` is drawn again in a moment: till `fasten` it may move along with the rows beside it.
    """

    left: Patch | None = None
    loose: Patch | None = None

    def __init__(self, hold: Callable[[str], str]) -> None:
        self._hold = hold
        self._size = (0, 0)
        self._rows: list[Row] = []
        self._meant: list[Row] = []  # as they were drawn: the same rows, but for those that have drifted
        self._adrift = False  # something had drifted when all was forgotten

    def forget(self) -> None:
        """Something else has written, or the size is another: nothing is known."""
        self._adrift |= self._drifted
        self._know_nothing((0, 0))

    @property
    def _drifted(self) -> bool:
        return any(stands is not drawn for stands, drawn in zip(self._rows, self._meant, strict=True))

    def _know_nothing(self, size: tuple[int, int]) -> None:
        self._size, self._rows = size, [[None] * size[0] for _ in range(size[1])]
        self._meant = self._rows.copy()

    def frame(self, data: str, size: tuple[int, int]) -> str | None:
        """What to send for a frame on a screen of so many columns and lines; None when it is no frame."""
        read = _read(data)
        if read is None:
            return None
        spans, cursor = read
        if size != self._size:
            self._know_nothing(size)
        if not all(span.row < size[1] and span.extent[1] <= size[0] for span in spans):
            return None
        if sum(len(span.cells) for span in spans) == size[0] * size[1]:
            self._know_nothing(size)  # whoever paints the whole screen wants all of it
        drawn = {span.row: self._meant[span.row].copy() for span in spans}
        for span in spans:
            _put(drawn[span.row], span)
        if self.left is not None:
            _leave(drawn, self.left)
        for at, row in drawn.items():
            self._meant[at] = row
        return self._sent(spans) + cursor

    def fasten(self) -> bool:
        """Let nothing move along; whether something stands elsewhere than it was drawn, till the next frame."""
        self.loose = None
        adrift, self._adrift = self._adrift or self._drifted, False
        return adrift

    def _sent(self, spans: Sequence[Span]) -> str:
        before, pen, drifts = self._rows, Pen(self._hold), self._drifting(spans)
        others = [at for at, row in enumerate(self._meant) if row is not before[at]]
        wanted = {at: drifts(at, before[at]) for at in others}
        shift = _shift(before, wanted, spans)
        if shift is not None:
            moved = _moved(before, shift)
            whole = {at: drifts(at, moved[at]) for at in (*others, *range(shift.top, shift.bottom))}
            others_then = sum(_apart(moved, whole))
            if any(others_now * _WORTH > others_then for others_now in accumulate(_apart(before, wanted))):
                pen.move(shift)
                before, wanted = moved, whole
        for at, row in wanted.items():
            if before[at] != row:
                pen.draw(at, before[at], row)
            self._rows[at] = row
        return pen.done()

    def _drifting(self, spans: Sequence[Span]) -> Callable[[int, Row], Row]:
        """What is wanted of a row where another stands: what was drawn, or beside the list what stands there."""
        patch = self.loose
        if patch is None:
            return lambda at, _: self._meant[at]
        told = {span.row for span in spans if span.column < patch.right and span.extent[1] > patch.left}
        rows = {*range(patch.top, patch.bottom)} - told
        return lambda at, stands: _along(self._meant[at], stands, patch) if at in rows else self._meant[at]


def _read(data: str) -> tuple[list[Span], str] | None:
    """The stretches of a frame, and the place of the cursor at its end; None for anything else."""
    before, *parts = _PLACE.split(data)
    spans: list[Span] = []
    for row, column, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        cells = _cells(text)
        if cells is None:
            return None
        spans.append(Span(int(row) - 1, int(column) - 1, cells))
    if before or not spans:
        return None
    last = spans[-1]
    cursor = "" if last.cells else f"\x1b[{last.row + 1};{last.column + 1}H"
    return [span for span in spans if span.cells], cursor


@lru_cache(maxsize=512)
def _cells(text: str) -> tuple[Cell, ...] | None:
    """What is drawn from a place on; a row that was moved comes again as it was."""
    found: list[Cell] = []
    at = 0
    for run in _RUN.finditer(text):
        drawn = _drawn(run["style"] or "", run["styled"] or run["plain"] or "")
        if run.start() != at or drawn is None:
            return None
        found += drawn
        at = run.end()
    return tuple(found) if at == len(text) else None


def _drawn(style: str, text: str) -> list[Cell] | None:
    plain = _plain(style)
    room = text.replace("  ", _ROOM * 2).replace(f"{_ROOM} ", _ROOM * 2)
    if text.isascii():
        return list(map(plain.__getitem__, room))
    runs = [text] if unsure(text) else room
    found: list[Cell] = []
    for run in runs:
        if run.isascii() and len(run) == 1:
            found.append(plain[run])
            continue
        width = cell_len(run)
        if not width:
            return None
        found += [(style, run, on) for on in range(width)]
    return found


@lru_cache(maxsize=256)
def _plain(style: str) -> Mapping[str, Cell]:
    """The cells of a style, made once for each character: what is the same object is soon known to be the same."""
    return {character: (style, character, 0) for character in map(chr, range(128))} | {_ROOM: (ground(style), " ", 0)}


def _put(row: Row, span: Span) -> None:
    """Lay a stretch over a row; what it cuts through is not known any more."""
    start, end = span.extent
    for at in range(end, len(row)):
        cell = row[at]
        if cell is None or not cell[2]:
            break
        row[at] = None
    cut = row[start]
    for at in range(start - (cut[2] if cut else 0), start):
        row[at] = None
    row[start:end] = span.cells


def _leave(wanted: dict[int, Row], patch: Patch) -> None:
    for at, row in wanted.items():
        if patch.top <= at < patch.bottom:
            row[patch.left : patch.right] = [None] * (patch.right - patch.left)


def _along(row: Row, stands: Row, patch: Patch) -> Row:
    """A row with what stands on the patch; blanks, where rows came in. What lies over its edge was never beside it."""
    there, drawn = stands[patch.left : patch.right], row[patch.left : patch.right]
    if there == drawn or any(_is_cut(cells, at) for cells in (row, stands) for at in (patch.left, patch.right)):
        return row
    if None in there:
        blank = next((cell for cell in drawn if cell and cell[1] == " "), None)
        there = [blank] * len(there) if blank else drawn
    return [*row[: patch.left], *there, *row[patch.right :]]


def _is_cut(row: Row, at: int) -> bool:
    return at < len(row) and (cell := row[at]) is not None and cell[2] > 0


def _shift(rows: Sequence[Row], wanted: dict[int, Row], spans: Sequence[Span]) -> Shift | None:
    """How far the rows of a pane have moved, where they have and everything on them is known."""
    top, bottom, (left, right) = _tallest(spans)
    if bottom - top < _FEWEST:
        return None
    after = [wanted[at] for at in range(top, bottom)]
    before = rows[top:bottom]
    found = Counter(_candidates(before, after, left, min(right, left + _KNOWN_BY))).most_common(1)
    if not found or not found[0][0] or not all(all(row) for row in (*after, *before)):
        return None
    return Shift(top, bottom, found[0][0])


def _tallest(spans: Sequence[Span]) -> tuple[int, int, tuple[int, int]]:
    """The most rows in a row of which the same stretch was sent: a pane."""
    best, start = (0, 0, (0, 0)), 0
    for end in range(1, len(spans) + 1):
        before = spans[end - 1]
        if end < len(spans) and spans[end].extent == before.extent and spans[end].row == before.row + 1:
            continue
        if end - start > best[1] - best[0]:
            best = (spans[start].row, before.row + 1, before.extent)
        start = end
    return best


def _candidates(before: Sequence[Row], after: Sequence[Row], left: int, right: int) -> Iterator[int]:
    """How far some of the rows have come, as far as their beginnings tell: what stands beside may not come along."""
    for quarter in (1, 2, 3):
        at = len(after) * quarter // 4
        here = after[at][left:right]
        yield from (was - at for was, row in enumerate(before) if row[left:right] == here)


def _moved(rows: Sequence[Row], shift: Shift) -> list[Row]:
    """The rows as they stand when the terminal has moved them."""
    gone: list[Row] = [[None] * len(rows[0]) for _ in range(abs(shift.by))]
    kept = rows[shift.top : shift.bottom]
    there = [*kept[shift.by :], *gone] if shift.by > 0 else [*gone, *kept[: shift.by]]
    return [*rows[: shift.top], *there, *rows[shift.bottom :]]


def _apart(before: Sequence[Row], after: Mapping[int, Row]) -> Iterator[int]:
    """How many cells of each row are others."""
    return (sum(map(ne, before[at], row)) for at, row in after.items() if before[at] != row)
