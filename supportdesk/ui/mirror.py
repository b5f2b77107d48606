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
from itertools import compress, groupby
from operator import ne
from typing import NamedTuple

from rich.cells import cell_len

from supportdesk.ui.cells import unsure

Cell = tuple[str, str, int]  # style, what is drawn there, and how many cells to the right of where that begins
Row = list[Cell | None]  # None: nobody knows
_PLACE = re.compile(r"\x1b\[(\d+);(\d+)H")
_RUN = re.compile(r"\n|\x1b\[(?P<style>[0-9;]*)m(?P<styled>[^\x1b\n]*)\x1b\[0?m|(?P<plain>[^\x1b\n]+)")
_COLOUR = re.compile(
    r"(?P<ink>38;(?:2;\d+;\d+;\d+|5;\d+)|3[0-79]|9[0-7])|(?P<behind>48;(?:2;\d+;\d+;\d+|5;\d+)|4[0-79]|10[0-7])|\d+"
)
_NEAR = 4  # cells that are sent again rather than jumped over
_FEWEST = 4  # rows that are worth moving
_KNOWN_BY = 40  # cells of a row
_WORTH = 0.8  # of the cells that are others otherwise: what stands beside those rows moves along, and back


class Span(NamedTuple):
    """A stretch of a row as a frame has it, both counted from nought."""

    row: int
    column: int
    cells: Sequence[Cell]

    @property
    def extent(self) -> tuple[int, int]:
        """Where it begins and ends."""
        return self.column, self.column + len(self.cells)


class Shift(NamedTuple):
    """Rows `top` up to `bottom` whose words stand `by` rows higher than before; lower, where it is below nought."""

    top: int
    bottom: int
    by: int


class Patch(NamedTuple):
    """Rows `top` up to `bottom`, of each the cells `left` up to `right`."""

    top: int
    bottom: int
    left: int
    right: int


class Mirror:
    """The screen as it was sent; `hold` writes a run of uncertain width so that it ends where it should.

    What is drawn on the patch `left` is not sent, and not known to stand there afterwards.
    """

    left: Patch | None = None

    def __init__(self, hold: Callable[[str], str]) -> None:
        self._hold = hold
        self._size = (0, 0)
        self._rows: list[Row] = []

    def forget(self) -> None:
        """Something else has written, or the size is another: nothing is known."""
        self._size, self._rows = (0, 0), []

    def frame(self, data: str, size: tuple[int, int]) -> str | None:
        """What to send for a frame on a screen of so many columns and lines; None when it is no frame."""
        read = _read(data)
        if read is None:
            return None
        spans, cursor = read
        if size != self._size:
            self._size, self._rows = size, [[None] * size[0] for _ in range(size[1])]
        if not all(span.row < size[1] and span.extent[1] <= size[0] for span in spans):
            return None
        if sum(len(span.cells) for span in spans) == size[0] * size[1]:
            self._rows = [[None] * size[0] for _ in self._rows]  # whoever paints the whole screen wants all of it
        wanted = {span.row: self._rows[span.row].copy() for span in spans}
        for span in spans:
            _put(wanted[span.row], span)
        if self.left is not None:
            _leave(wanted, self.left)
        return self._sent(wanted, _shift(self._rows, wanted, spans)) + cursor

    def _sent(self, wanted: dict[int, Row], shift: Shift | None) -> str:
        before, pen = self._rows, Pen(self._hold)
        if shift is not None:
            whole = {at: wanted.get(at, before[at]) for at in (*wanted, *range(shift.top, shift.bottom))}
            moved = _moved(before, shift)
            if _apart(moved, whole) < _WORTH * _apart(before, wanted):
                pen.move(shift)
                before, wanted = moved, whole
        for at, row in wanted.items():
            if before[at] != row:
                pen.draw(at, before[at], row)
            self._rows[at] = row
        return pen.done()


class Stretch(NamedTuple):
    """Words of one style, from a cell up to another."""

    style: str
    row: int
    start: int
    end: int
    words: str


class Pen:
    """Writes stretches, those of one style after each other: a place takes fewer bytes than a style.

    What belongs together though its styles differ, as a marked part of a word does, is written together.
    """

    def __init__(self, hold: Callable[[str], str]) -> None:
        self._hold, self._moves = hold, ""
        self._groups: list[list[Stretch]] = []

    def move(self, shift: Shift) -> None:
        """Let the terminal move rows; those that come in are empty."""
        rows = f"{shift.by}M" if shift.by > 0 else f"{-shift.by}L"
        self._moves = f"\x1b[{shift.top + 1};{shift.bottom}r\x1b[{shift.top + 1};1H\x1b[{rows}\x1b[r"

    def draw(self, at: int, before: Row, after: Row) -> None:
        """Send the cells of a row that are others now."""
        last = Stretch("", at, 0, 0, " ")
        for style, start, end in _changed(before, after):
            drawn = [cell[1] for cell in after[start:end] if cell and not cell[2]]
            words = "".join(drawn)
            if unsure(words):
                words = "".join(self._hold(text) if unsure(text) else text for text in drawn)
            stretch = Stretch(style, at, start, end, words)
            if start == last.end and last.words[-1] != " ":
                self._groups[-1].append(stretch)
            else:
                self._groups.append([stretch])
            last = stretch

    def done(self) -> str:
        """Everything, in no style at the end."""
        parts, pen, row, column = [self._moves], "", -1, -1
        for stretch in (stretch for group in sorted(self._groups) for stretch in group):
            ahead = stretch.start - column
            jump = f"\x1b[{ahead}C" if ahead else ""
            place = jump if row == stretch.row and ahead >= 0 else f"\x1b[{stretch.row + 1};{stretch.start + 1}H"
            parts += [turn(pen, stretch.style), place, stretch.words]
            pen, row, column = stretch.style, stretch.row, stretch.end
        return "".join([*parts, turn(pen, "")])


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
    if text.isascii():
        return list(map(_plain(style).__getitem__, text))
    runs = [text] if unsure(text) else text
    found: list[Cell] = []
    for run in runs:
        width = cell_len(run)
        if not width:
            return None
        found += [(style, run, on) for on in range(width)]
    return found


@lru_cache(maxsize=256)
def _plain(style: str) -> Mapping[str, Cell]:
    """The cells of a style, made once for each character: what is the same object is soon known to be the same."""
    return {character: (style, character, 0) for character in map(chr, range(128))}


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


def _apart(before: Sequence[Row], after: Mapping[int, Row]) -> int:
    """How many cells are others."""
    return sum(sum(map(ne, before[at], row)) for at, row in after.items() if before[at] != row)


def _changed(before: Row, after: Row) -> Iterator[tuple[str, int, int]]:
    """The stretches to send, each of one style and of whole phrases: nothing that is said is ever sent in parts."""
    if not any(before):
        yield from _runs(after)
        return
    end = 0
    for at in compress(range(len(after)), map(ne, before, after)):
        cell = after[at]
        if cell is None or at < end:
            continue
        start, end = _phrase(after, at, cell[0])
        while (near := _near(before, after, end, cell[0])) is not None:
            end = _phrase(after, near, cell[0])[1]
        yield cell[0], start, end


def _runs(row: Row) -> Iterator[tuple[str, int, int]]:
    """All of a row: where nothing is known to stand there is nothing to compare."""
    end = 0
    for style, cells in groupby(row, lambda cell: None if cell is None else cell[0]):
        start, end = end, end + len(list(cells))
        if style is not None:
            yield style, start, end


def _near(before: Row, after: Row, end: int, style: str) -> int | None:
    """The next changed cell, where it is of this style and so near that a jump there takes more."""
    for at in range(end, min(end + _NEAR, len(after))):
        cell = after[at]
        if cell is None or cell[0] != style:
            return None
        if before[at] != cell:
            return at
    return None


def _phrase(row: Row, at: int, style: str) -> tuple[int, int]:
    """From where words of one style begin to where they end: at another style, or at two blanks."""
    start, end = _whole(row, at)
    while start and _goes_on(row, start - 1, start, style):
        start = _whole(row, start - 1)[0]
    while end < len(row) and _goes_on(row, end, end - 1, style):
        end = _whole(row, end)[1]
    return start, end


def _goes_on(row: Row, there: int, here: int, style: str) -> bool:
    cell = row[there]
    return cell is not None and cell[0] == style and not cell[1] == (row[here] or cell)[1] == " "


def _whole(row: Row, at: int) -> tuple[int, int]:
    """The first cell of what is drawn there, and the one behind its last."""
    cell = row[at]
    first, end = at - (cell[2] if cell else 0), at + 1
    while end < len(row) and (cell := row[end]) and cell[2]:
        end += 1
    return first, end


@lru_cache(maxsize=4096)
def turn(before: str, after: str) -> str:
    """The shortest way from one style to another."""
    if before == after:
        return ""
    if not after:
        return "\x1b[0m"
    was, ink, ground = _style(before)
    now, its_ink, its_ground = _style(after)
    if not was <= now:
        return f"\x1b[0;{after}m"
    parts = [
        *sorted(now - was),
        its_ink or "39" if ink != its_ink else "",
        its_ground or "49" if ground != its_ground else "",
    ]
    return f"\x1b[{';'.join(part for part in parts if part)}m"


def _style(style: str) -> tuple[set[str], str, str]:
    """What it is besides coloured, the colour of its letters, and the one behind them."""
    marks, ink, ground = set(), "", ""
    for found in _COLOUR.finditer(style):
        part = found[0]
        if found["ink"]:
            ink = "" if part == "39" else part
        elif found["behind"]:
            ground = "" if part == "49" else part
        else:
            marks.add(part)
    return marks, ink, ground
