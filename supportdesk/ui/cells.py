"""Text measured in terminal cells: fitting, padding and wrapping that never cut through an emoji or an accent."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes

ELLIPSIS = "…"
_WORD = re.compile(r"\S+\s*|\s+")
_REGIONAL = range(0x1F1E6, 0x1F200)


class Piece(NamedTuple):
    """A run of text with the names of its styles, separated by spaces (`line--` component classes)."""

    text: str
    style: str = ""


class Line(NamedTuple):
    """One line of a screen; `fill` styles it from edge to edge."""

    pieces: tuple[Piece, ...] = ()
    fill: str = ""

    @property
    def text(self) -> str:
        """What it says, without the styles."""
        return "".join(piece.text for piece in self.pieces)


class Mark(NamedTuple):
    """A stretch of a text, by offsets into it, that wants a style of its own."""

    start: int
    end: int
    style: str


def line(*pieces: Piece | str | tuple[str, str], fill: str = "") -> Line:
    """A line from texts and (text, style) pairs."""
    return Line(tuple(Piece(p) if isinstance(p, str) else Piece(*p) for p in pieces), fill)


def graphemes(text: str) -> list[tuple[int, int, int]]:
    """(start, end, cells) of everything that is drawn as one; the halves of a flag stay together."""
    spans: list[tuple[int, int, int]] = []
    lone = False
    for start, end, width in split_graphemes(text)[0]:
        regional = ord(text[start]) in _REGIONAL
        if regional and lone:
            spans[-1] = (spans[-1][0], end, 2)
        else:
            spans.append((start, end, width))
        lone = regional and not lone
    return spans


def fit(text: str, width: int) -> str:
    """The text in at most `width` cells, with an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    end, used = 0, 0
    for _start, stop, cells in graphemes(text):
        if used + cells > width - 1:
            break
        end, used = stop, used + cells
    return text[:end].rstrip() + ELLIPSIS


def pad(text: str, width: int) -> str:
    """The text in exactly `width` cells, to the left."""
    text = fit(text, width)
    return text + " " * (width - cell_len(text))


def pad_left(text: str, width: int) -> str:
    """The text in exactly `width` cells, to the right."""
    text = fit(text, width)
    return " " * (width - cell_len(text)) + text


def wrap(text: str, width: int) -> list[tuple[int, int]]:
    """Offsets (start, end) of the lines that a text without line ends breaks into."""
    width = max(1, width)
    if cell_len(text) <= width:
        return [(0, len(text))]
    return list(_broken(text, width))


def _broken(text: str, width: int) -> Iterator[tuple[int, int]]:
    start = end = used = 0
    for word in _WORD.finditer(text):
        cells = cell_len(word[0].rstrip())
        if used and used + cells > width:
            yield start, end
            start = end = word.start()
            used = 0
        if cells > width:
            *whole, (start, end) = _chopped(text, word.start(), word.end(), width)
            yield from whole
            used = cell_len(text[start:end])
            continue
        end = word.end()
        used += cell_len(word[0])
    if end > start:
        yield start, end


def _chopped(text: str, start: int, end: int, width: int) -> list[tuple[int, int]]:
    cuts = [start]
    used = 0
    for first, _last, cells in graphemes(text[start:end]):
        if used + cells > width:
            cuts.append(start + first)
            used = 0
        used += cells
    cuts.append(end)
    return list(pairwise(cuts))


def paragraphs(
    text: str, width: int, *, style: str = "", marks: Sequence[Mark] = (), indent: str = "", fill: str = ""
) -> Iterator[Line]:
    """The lines of a text wrapped to a width, with the marked stretches in their styles."""
    offset = 0
    room = width - cell_len(indent)
    for paragraph in text.split("\n"):
        for start, end in wrap(paragraph, room):
            pieces = _marked(text, offset + start, offset + end, style, marks)
            yield Line((Piece(indent), *pieces) if indent else tuple(pieces), fill)
        offset += len(paragraph) + 1


def _marked(text: str, start: int, end: int, style: str, marks: Sequence[Mark]) -> list[Piece]:
    shown = text[start:end].rstrip()
    end = start + len(shown)
    inside = [mark for mark in marks if mark.start < end and mark.end > start]
    if not inside:
        return [Piece(shown, style)]
    cuts = sorted({start, end, *_edges(inside, start, end)})
    pairs = pairwise(cuts)
    return [Piece(text[a:b], _styles(style, (m.style for m in inside if m.start <= a < m.end))) for a, b in pairs]


def _edges(marks: Iterable[Mark], start: int, end: int) -> Iterator[int]:
    for mark in marks:
        yield max(start, mark.start)
        yield min(end, mark.end)


def _styles(*names: str | Iterable[str]) -> str:
    flat = [n for name in names for n in ([name] if isinstance(name, str) else name)]
    return " ".join(dict.fromkeys(n for n in flat if n))
