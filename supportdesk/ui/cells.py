"""Text measured in terminal cells: fitting, padding and wrapping that never cut through an emoji or an accent."""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes

ELLIPSIS = "…"
_WORD = re.compile(r"\S+\s*|\s+")
_SPACES = re.compile(" +")
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKINS = range(0x1F3FB, 0x1F400)
SHORT = 64  # characters of a text whose width is worth remembering
_WIDENS = "\ufe0f"
# All else has the same width everywhere: Latin, Greek, Cyrillic, punctuation, arrows, boxes, kana, Han and Hangul.
_UNSURE = re.compile(
    r"[\u0300-\u036f\u0483-\u1dff\u2000-\u200f\u2028-\u202f\u205f-\u206f\u20d0-\u20ff\u2300-\u24ff\u2600-\u2fff"
    r"\u302a-\u302f\u3099\u309a\ua4d0-\uabff\ud7b0-\ufeff\uff61-\U0010ffff]"
)


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


def unsure(text: str) -> bool:
    """Whether terminals differ about the width of something in it: joined emoji, signs, marks, shaped scripts."""
    return not text.isascii() and _UNSURE.search(text) is not None


def most(text: str) -> int:
    """The most cells that a terminal may draw a text in: one that joins nothing and gives vowel signs their own."""
    if not unsure(text):
        return cell_len(text)
    if len(text) > SHORT:
        return sum(_alone(character) * times for character, times in Counter(text).items())
    return _short(text)


@lru_cache(maxsize=4096)
def _short(text: str) -> int:
    return sum(map(_alone, text))


@lru_cache(maxsize=4096)
def _alone(character: str) -> int:
    if character == _WIDENS or unicodedata.category(character) == "Mc":
        return 1
    return 2 if ord(character) in _REGIONAL or ord(character) in _SKINS else cell_len(character)


def fit(text: str, width: int) -> str:
    """The text in at most `width` cells of any terminal, with an ellipsis where it was cut."""
    if most(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    end, used = 0, 0
    for start, stop, _cells in graphemes(text):
        cells = most(text[start:stop])
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
    """Offsets (start, end) of the lines that a text without line ends breaks into; they fit on any terminal."""
    width = max(1, width)
    if _even(text):
        return [(0, len(text))] if len(text) <= width else list(_broken_evenly(text, width))
    if len(text) <= SHORT and most(text) <= width:
        return [(0, len(text))]
    return list(_broken(text, width))


def _even(text: str) -> bool:
    """Whether every character takes a cell, and only a blank is one."""
    return text.isascii() or ("\xa0" not in text and not unsure(text) and cell_len(text) == len(text))


def _broken_evenly(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Line by line and not word by word: logs come in megabytes."""
    start = 0
    while len(text) - start > width:
        at = start + width
        behind = _SPACES.match(text, at)
        end = behind.end() if behind else text.rfind(" ", start, at) + 1 or at
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


def _broken(text: str, width: int) -> Iterator[tuple[int, int]]:
    start = end = used = 0
    for word in _WORD.finditer(text):
        cells = most(word[0].rstrip())
        if used and used + cells > width:
            yield start, end
            start = end = word.start()
            used = 0
        if cells > width:
            *whole, (start, end) = _chopped(text, word.start(), word.end(), width)
            yield from whole
            used = most(text[start:end])
            continue
        end = word.end()
        used += most(word[0])
    if end > start:
        yield start, end


def _chopped(text: str, start: int, end: int, width: int) -> list[tuple[int, int]]:
    if text[start:end].isascii():  # a cell each: base64 and logs come in words of 200,000
        return list(pairwise((*range(start, end, width), end)))
    parts = _clusters(text[start:end])
    widths = {part: most(part) for part in set(parts)}
    used = list(accumulate(map(widths.__getitem__, parts), initial=0))
    ends = list(accumulate(map(len, parts), initial=start))
    cuts = [0]
    while (here := cuts[-1]) < len(parts):
        cuts.append(max(here + 1, bisect_right(used, used[here] + width, lo=here + 1) - 1))
    return [(ends[one], ends[other]) for one, other in pairwise(cuts)]


def _clusters(text: str) -> list[str]:
    """What `graphemes` splits a text into; megabytes of joined emoji are no time to go through it by the character."""
    bare = "".join(sorted(character for character in {*text} if not cell_len(character)))
    return _joined_by(bare).findall(text)


@lru_cache(maxsize=64)
def _joined_by(bare: str) -> re.Pattern[str]:
    """What is drawn as one, where these characters have no width of their own: they belong to the one before them."""
    behind = rf"(?:\u200d[\s\S]?+|[{re.escape(bare)}\ufe0f])*+"
    half = f"[{chr(_REGIONAL.start)}-{chr(_REGIONAL.stop - 1)}]{behind}"
    return re.compile(rf"{half}(?:{half})?+|[\s\S]{behind}")


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
