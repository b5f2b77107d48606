"""Writes the cells of a screen that are others now, in as few bytes as a terminal needs."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import compress, groupby
from operator import ne
from typing import NamedTuple

from supportdesk.ui.cells import unsure

Cell = tuple[str, str, int]  # style, what is drawn there, and how many cells to the right of where that begins
Row = list[Cell | None]  # None: nobody knows
_COLOUR = re.compile(
    r"(?P<ink>38;(?:2;\d+;\d+;\d+|5;\d+)|3[0-79]|9[0-7])|(?P<behind>48;(?:2;\d+;\d+;\d+|5;\d+)|4[0-79]|10[0-7])|\d+"
)
_UNSEEN = {"1", "2", "3"}  # bold, dim and italic blanks are blanks
_NEAR = 4  # cells that are sent again rather than jumped over


class Shift(NamedTuple):
    """Rows `top` up to `bottom` whose words stand `by` rows higher than before; lower, where it is below nought."""

    top: int
    bottom: int
    by: int


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
        groups: list[list[Stretch]] = []
        for style, start, end in _changed(before, after):
            drawn = [cell[1] for cell in after[start:end] if cell and not cell[2]]
            words = "".join(drawn)
            if unsure(words):
                words = "".join(self._hold(text) if unsure(text) else text for text in drawn)
            stretch = Stretch(style, at, start, end, words)
            if groups and _together(groups[-1], stretch):
                groups[-1].append(stretch)
            else:
                groups.append([stretch])
        for group in groups:
            while group and group[-1].words.isspace():
                room = group.pop()
                self._groups.append([room._replace(style=ground(room.style))])
        self._groups += filter(None, groups)

    def done(self) -> str:
        """Everything, in no style at the end."""
        parts, pen, row, column = [self._moves], "", -1, -1
        for stretch in (stretch for group in sorted(self._groups) for stretch in group):
            ahead = stretch.start - column
            jump = f"\x1b[{ahead}C" if ahead else ""
            place = jump if row == stretch.row and ahead >= 0 else f"\x1b[{stretch.row + 1};{stretch.start + 1}H"
            ink = pen if stretch.words.isspace() and ground(pen) == stretch.style else stretch.style
            parts += [turn(pen, ink), place, stretch.words]
            pen, row, column = ink, stretch.row, stretch.end
        return "".join([*parts, turn(pen, "")])


def _together(group: Sequence[Stretch], stretch: Stretch) -> bool:
    """Whether words are said with those before them: at once behind them, or behind one blank of another style.

    A sign before words is not.
    """
    last = group[-1]
    sign = len(last.words) == 1 and stretch.words[0] == " "
    apart = last.words[-1] == " " and (len(group) == 1 or len(last.words) > 1)
    return stretch.start == last.end and not sign and not apart


def _changed(before: Row, after: Row) -> Iterator[tuple[str, int, int]]:
    """The stretches to send, each of one style and of whole phrases: nothing that is said is ever sent in parts."""
    if not any(before):
        yield from _runs(after)
        return
    end = 0
    for at in compress(range(len(after)), map(ne, before, after)):
        if at < end or after[at] is None:
            continue
        styles = _styles(after, at)
        start, stop = _phrase(after, at, styles)
        start, end = max(start, end), stop
        while (near := _near(before, after, end, styles)) is not None:
            end = _phrase(after, near, styles)[1]
        yield styles[0], start, end


def _runs(row: Row) -> Iterator[tuple[str, int, int]]:
    """All of a row: where nothing is known to stand there is nothing to compare."""
    end = 0
    for style, cells in groupby(_inks(row)):
        start, end = end, end + len(list(cells))
        if style is not None:
            yield style, start, end


def _inks(row: Row) -> Iterator[str | None]:
    """What each cell is drawn in: blanks as the words before them, on the same ground."""
    ink = behind = None
    for cell in row:
        if cell is None:
            ink = behind = None
        elif cell[0] != ink and not (cell[1] == " " and cell[0] == behind):
            ink, behind = cell[0], ground(cell[0])
        yield ink


def _styles(row: Row, at: int) -> tuple[str, str]:
    """What a cell is drawn in, and the blanks beside it; a blank in the style of the next words on its ground."""
    own = row[at]
    if own is None or own[1] != " " or ground(own[0]) != own[0]:
        return (own[0], ground(own[0])) if own else ("", "")
    for beside in (*row[at + 1 : at + _NEAR], *row[max(0, at - 1) : at]):
        if beside and beside[1] != " ":
            return beside[0] if ground(beside[0]) == own[0] else own[0], own[0]
    return own[0], own[0]


def _near(before: Row, after: Row, end: int, styles: tuple[str, str]) -> int | None:
    """The next changed cell, where it is of this style and so near that a jump there takes more."""
    for at in range(end, min(end + _NEAR, len(after))):
        cell = after[at]
        if cell is None or not _fits(cell, styles):
            return None
        if before[at] != cell:
            return at
    return None


def _phrase(row: Row, at: int, styles: tuple[str, str]) -> tuple[int, int]:
    """From where words of one style begin to where they end: at another style, or at two blanks."""
    start, end = _whole(row, at)
    while start and _goes_on(row, start - 1, start, styles):
        start = _whole(row, start - 1)[0]
    while end < len(row) and _goes_on(row, end, end - 1, styles):
        end = _whole(row, end)[1]
    return start, end


def _goes_on(row: Row, there: int, here: int, styles: tuple[str, str]) -> bool:
    cell = row[there]
    return cell is not None and _fits(cell, styles) and not cell[1] == (row[here] or cell)[1] == " "


def _fits(cell: Cell, styles: tuple[str, str]) -> bool:
    return cell[0] == styles[0] or (cell[1] == " " and cell[0] == styles[1])


def _whole(row: Row, at: int) -> tuple[int, int]:
    """The first cell of what is drawn there, and the one behind its last."""
    cell = row[at]
    first, end = at - (cell[2] if cell else 0), at + 1
    while end < len(row) and (cell := row[end]) and cell[2]:
        end += 1
    return first, end


@lru_cache(maxsize=4096)
def ground(style: str) -> str:
    """What is seen of a style where nothing is written: most of them all but the colour of the letters."""
    marks, _, behind = _style(style)
    return style if marks - _UNSEEN else behind


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
