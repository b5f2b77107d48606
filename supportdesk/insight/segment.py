"""A comment's body taken apart: its writer's own words, quotes, code and logs, signature, link previews.

Every offset is into the body as it was given. `own_words` is as long as the body, so that what a rule finds in it can
be underlined in the body without counting again.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, groupby
from unicodedata import is_normalized, normalize

from supportdesk.insight import quotes
from supportdesk.text import LONGEST


class Part(StrEnum):
    """What a stretch of a body is."""

    OWN = "own"
    QUOTE = "quote"
    CODE = "code"
    PREVIEW = "preview"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Characters `start` to `end` of a body, all of one part."""

    part: Part
    start: int
    end: int


def split(body: str) -> tuple[Segment, ...]:
    """Return segments that cover the body without a gap, in its order.

    A line belongs to one part, but for a quote that begins or ends inside it.
    """
    lines = body.splitlines(keepends=True)
    starts = list(accumulate(map(len, lines[:-1]), initial=0)) if lines else []
    parts, spans = _parts(lines, starts, body)
    stretches = _cut(starts, parts, spans) if spans else zip(starts, parts, strict=True)
    firsts = [next(same) for _, same in groupby(stretches, key=lambda one: one[1])]
    ends = [*(start for start, _ in firsts[1:]), len(body)]
    return tuple(
        Segment(part=part, start=start, end=end) for (start, part), end in zip(firsts, ends, strict=bool(firsts))
    )


def _cut(starts: Sequence[int], parts: Sequence[Part], spans: Sequence[quotes.Span]) -> list[tuple[int, Part]]:
    """Where each stretch begins and what it is, when quotes begin and end inside lines."""
    edges = sorted({*starts, *(edge for span in spans for edge in span)})
    firsts = [start for start, _ in spans]
    found: list[tuple[int, Part]] = []
    for start in edges:
        at = bisect_right(firsts, start) - 1
        quoted = at >= 0 and start < spans[at][1]
        found.append((start, Part.QUOTE if quoted else parts[bisect_right(starts, start) - 1]))
    return found


HIDDEN = "¤"
_INERT = re.compile(r"`[^`\n]{1,300}`|\b(?:https?://|www\.)[^\s<>\"]{1,2000}")
_FOLDED = str.maketrans({"\u2019": "'", "\u2018": "'", "\xa0": " ", "\u202f": " ", "\u2011": "-", "\t": " ", "\r": " "})
_SOFT_END = re.compile(r"\n(?=[^\W\d_])(?<=[^\n]{45}\n)(?<![.:?!]\n)")
_STRETCH = re.compile(r"[^\n]+")
_DOT_INSIDE = re.compile(r"\.(?=\w)(?<=\w\.)")


def own_words(body: str) -> str:
    """Return the writer's own words as rules read them: of the body's length, in lower case.

    What is not the writer's own becomes line ends, web addresses and inline code become `¤`, a line end inside a
    sentence becomes a space, and a dot inside a word or number becomes `·`.
    """
    pieces = split(body)
    kept = body
    if any(piece.part is not Part.OWN for piece in pieces):
        kept = "".join(_kept(body, piece) for piece in pieces)
    if "`" in kept or "://" in kept or "www." in kept:
        kept = _INERT.sub(lambda found: HIDDEN * len(found[0]), kept)
    if not kept.isascii() or "\t" in kept or "\r" in kept:
        kept = kept.translate(_FOLDED)
    return _DOT_INSIDE.sub("·", _SOFT_END.sub(" ", _lower(kept)))


def beginning(words: str, most: int) -> int:
    """Return where the first `most` characters of own words end; what was left out does not count."""
    if len(words) <= most:
        return len(words)
    for stretch in _STRETCH.finditer(words):
        most -= stretch.end() - stretch.start()
        if most <= 0:
            return stretch.end() + most
    return len(words)


def first_words(body: str, most: int) -> str:
    """Return the first `most` characters of the writer's own words, and what was left out between them."""
    words = own_words(body[:LONGEST])
    return words[: beginning(words, most)]


def _kept(body: str, piece: Segment) -> str:
    return body[piece.start : piece.end] if piece.part is Part.OWN else "\n" * (piece.end - piece.start)


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(one if len(one := character.lower()) == 1 else character for character in text)


_ISSUE = re.compile(
    r"https?://[^\s<>\"\])]{1,300}(?:/issues/\d{1,9}|show_bug\.cgi\?id=\d{1,9}|/browse/[A-Z][A-Z0-9]{1,9}-\d{1,7}"
    r"|/-/(?:issues|work_items)/\d{1,9}|/bugs?/\d{1,9}|/issue/[A-Za-z]{1,10}-\d{1,7})"
)


def issue_links(body: str) -> tuple[tuple[int, int], ...]:
    """Return where addresses of issues on a tracker stand, outside quotes, code and signatures.

    The address that heads a link preview counts; the previewed words and the addresses in them do not.
    """
    found = [one.span() for one in _ISSUE.finditer(body)] if "://" in body else []
    if not found:
        return ()
    told = [(one.start, _told(body, one)) for one in split(body) if one.part in (Part.OWN, Part.PREVIEW)]
    return tuple((start, end) for start, end in found if any(first <= start < last for first, last in told))


def _told(body: str, piece: Segment) -> int:
    """Where what the writer gives by hand ends: of a preview it is the address at its head."""
    head = body.find("\n", piece.start, piece.end) if piece.part is Part.PREVIEW else -1
    return piece.end if head < 0 else head


_SPECIAL = re.compile(
    r"[>`{};~<\uff1e\"“„]|\[(?:code|quote)|://|\n    |\d\d:\d\d|\n ?at |\.[a-z]|---"
    r"|\b(?:from|von|de|van|da|från|fra|od|lähettäjä|feladó|kimden|от)\*{0,2}\s?:"
)
_SPECIAL_WORDS = (
    "wrote",
    "schr",
    "écrit",
    "escri",
    "escreveu",
    "scritto",
    "skrev",
    "napis",
    "please type",
    "bq.",
    "traceback",
    "caused by",
)


def _parts(whole: Sequence[str], starts: Sequence[int], body: str) -> tuple[list[Part], list[quotes.Span]]:
    """What each line is, and the quotes that begin or end inside one."""
    parts, spans = [Part.OWN] * len(whole), list[quotes.Span]()
    lines, lowered = [line.rstrip() for line in whole], body.lower()
    if not is_normalized("NFC", body):  # a letter and its accent are one, as the words here are spelled
        lines, lowered = [normalize("NFC", line) for line in lines], normalize("NFC", lowered)
    if _SPECIAL.search(lowered) or any(word in lowered for word in _SPECIAL_WORDS):
        _mark_blocks(lines, parts)
        spans = _mark_quotes_inside(body, starts, parts)
        for at in quotes.marked(lines):
            parts[at] = Part.QUOTE
        older = quotes.history(lines)
        parts[older:] = [Part.QUOTE] * (len(lines) - older)
        _mark_code(lines, parts)
        _mark_previews(lines, parts)
    _mark_signature(lines, parts)
    return parts, spans


_BLOCKS = (
    ("[code", "[/code]"),
    ("{code", "{code}"),
    ("{noformat", "{noformat}"),
    ("<pre", "</pre>"),
    ("```", "```"),
    ("~~~", "~~~"),
)
_FENCES = ("```", "~~~")


def _mark_blocks(lines: Sequence[str], parts: list[Part]) -> None:
    """Code that is never closed ends with its opening line, but for a fence, which Markdown lets run to the end."""
    at, missing = 0, set[str]()
    while at < len(lines):
        block = _opening(lines[at])
        if block is not None:
            last = None if block[1] in missing else _closing(lines, at, *block)
            if last is None:  # and what is missing once is not looked for again
                missing.add(block[1])
                last = len(lines) - 1 if block[1] in _FENCES else at
            parts[at : last + 1] = [Part.CODE] * (last + 1 - at)
            at = last
        at += 1


def _opening(line: str) -> tuple[str, str] | None:
    head = line.lstrip()[:12].lower()
    return next((block for block in _BLOCKS if head.startswith(block[0])), None)


def _closing(lines: Sequence[str], first: int, opener: str, closer: str) -> int | None:
    if closer in lines[first].lower().lstrip()[len(opener) :]:
        return first
    return next((at for at in range(first + 1, len(lines)) if closer in lines[at].lower()), None)


def _mark_quotes_inside(body: str, starts: Sequence[int], parts: list[Part]) -> list[quotes.Span]:
    """Mark the lines that are wholly inside quotes, and return these, each once, in order; none begins in code."""
    spans: list[quotes.Span] = []
    for start, end in sorted(quotes.inside(body)):
        if parts[bisect_right(starts, start) - 1] is Part.CODE:
            continue
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    for start, end in spans:
        first, last = bisect_left(starts, start), bisect_right(starts, end) - 1
        last += end == len(body)
        parts[first:last] = [Part.QUOTE] * (last - first)
    return spans


_LOG = re.compile(
    r"\s{0,20}(?:at [\w.$<>/]{3,200}\(.{0,200}\)$|traceback \(most recent call last\)|file \".{1,200}\", line \d"
    r"|\[?\d{4}-\d\d-\d\d[ t]\d\d:\d\d|\[\d\d:\d\d:\d\d|(?:error|warning|fatal|panic)\[\w{1,12}\]|caused by: \w)",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\s{0,20}(?:[-*•·–+]|\w{1,3}[.)]) ")
_INDENTED = re.compile(r" {4,}\S")
_CODE_SIGN = re.compile(r"[(){}=<>$]")
_BRACE = re.compile(r"\s{0,20}[{}][;,)]?")


def _mark_code(lines: list[str], parts: list[Part]) -> None:
    listed = False
    for at, line in enumerate(lines):
        if not line:
            continue
        indented = bool(_INDENTED.match(line))
        if _LOG.match(line) or _ends_as_code(line) or (indented and not listed and not _LISTED.match(line)):
            parts[at] = Part.CODE if parts[at] is Part.OWN else parts[at]
        elif not indented or _LISTED.match(line):
            listed = bool(_LISTED.match(line))


def _ends_as_code(line: str) -> bool:
    if line[-1] in ";{}" and _CODE_SIGN.search(line[-200:-1]):
        return True
    return len(line) < 25 and _BRACE.fullmatch(line) is not None


_ADDRESS = re.compile(
    r"\s{0,3}(?:[-*•] {1,3})?(?:\[?https?://\S{1,500}|(?:www\.)?[\w-]{1,60}\.[a-z]{2,10}(?:/[\w.~/-]{1,200})?)"
)
_DATED = re.compile(
    r"(?:^|\W)(?:opened|closed|merged|created|updated|published|reported)\b.{0,60}(?:\bUTC\b|\b20\d\d\b|\bago\b)",
    re.IGNORECASE,
)
_NEAR = 6


def _mark_previews(lines: list[str], parts: list[Part]) -> None:
    """A lone address is a preview, down to a double gap, if lines behind it name its host or a page's date."""
    for at, line in enumerate(lines):
        if parts[at] is not Part.OWN or not line or not _ADDRESS.fullmatch(line[:600]):
            continue
        if not any(_DATED.search(near[:300]) or _is_host(near, line) for near in lines[at + 1 : at + _NEAR]):
            continue
        for below in range(at, len(lines)):
            if below > at and not any(lines[below : below + 2]):
                break
            parts[below] = Part.PREVIEW


def _is_host(line: str, address: str) -> bool:
    return 3 < len(line) < 80 and " " not in line and "." in line and f"://{line.strip()}/" in address


_CLOSE = re.compile(
    r"\s{0,3}(?:(?:kind|best|warm|many|with (?:best|kind)) )?(?:regards|wishes|cheers|sincerely|thanks|thank you|mfg|vg"
    r"|yours (?:truly|sincerely)|best|sent from my \w{1,20})[ ,.!]{0,3}(?:[\w.-]{1,20} ?){0,3}",
    re.IGNORECASE,
)
_TAIL = 8


def _mark_signature(lines: list[str], parts: list[Part]) -> None:
    for at in range(max(1, len(lines) - 2 * _TAIL), len(lines)):
        short = at >= len(lines) - _TAIL and all(len(line) < 60 for line in lines[at:])
        closes = short and (lines[at] in ("---", "___") or _CLOSE.fullmatch(lines[at]))
        if parts[at] is Part.OWN and (lines[at] == "--" or closes):
            parts[at:] = [Part.SIGNATURE if part is Part.OWN else part for part in parts[at:]]
            return
