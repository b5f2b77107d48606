"""A comment's body taken apart: its writer's own words, quotes, code and logs, signature, link previews.

Every offset is into the body as it was given. `own_words` is as long as the body, so that what a rule finds in it can
be underlined in the body without counting again.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


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
    """Return segments that cover the body without a gap, in its order; a line belongs to one part."""
    lines = body.splitlines(keepends=True)
    segments: list[Segment] = []
    at = 0
    for line, part in zip(lines, _parts([line.rstrip() for line in lines], body), strict=True):
        end = at + len(line)
        if segments and segments[-1].part is part:
            segments[-1] = Segment(part=part, start=segments[-1].start, end=end)
        else:
            segments.append(Segment(part=part, start=at, end=end))
        at = end
    return tuple(segments)


HIDDEN = "¤"
_INERT = re.compile(r"`[^`\n]{1,300}`|\b(?:https?://|www\.)[^\s<>\"]{1,2000}")
_FOLDED = str.maketrans({"\u2019": "'", "\u2018": "'", "\xa0": " ", "\u202f": " ", "\u2011": "-", "\t": " ", "\r": " "})
_SOFT_END = re.compile(r"\n(?=[^\W\d_])(?<=[^\n]{45}\n)(?<![.:?!]\n)")
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

    The address that heads a link preview counts; the previewed words do not.
    """
    if "://" not in body:
        return ()
    pieces = [piece for piece in split(body) if piece.part in (Part.OWN, Part.PREVIEW)]
    return tuple(
        found.span() for found in _ISSUE.finditer(body) if any(p.start <= found.start() < p.end for p in pieces)
    )


_SPECIAL = re.compile(r"[>`{};~<]|\[(?:code|quote)|://|\n    |\d\d:\d\d|\n ?at |\.[a-z]")
_SPECIAL_WORDS = (
    "wrote",
    "schrieb",
    " message",
    "please type",
    "from:",
    "von:",
    "de:",
    "traceback",
    'file "',
    "caused by",
)


def _parts(lines: list[str], body: str) -> list[Part]:
    parts = [Part.OWN] * len(lines)
    lowered = body.lower()
    if any(word in lowered for word in _SPECIAL_WORDS) or _SPECIAL.search(lowered):
        _mark_blocks(lines, parts)
        _mark_quotes(lines, parts)
        _mark_history(lines, parts)
        _mark_code(lines, parts)
        _mark_previews(lines, parts)
    _mark_signature(lines, parts)
    return parts


_BLOCKS = (
    ("[quote", "[/quote]", Part.QUOTE),
    ("{quote", "{quote}", Part.QUOTE),
    ("<blockquote", "</blockquote>", Part.QUOTE),
    ("[code", "[/code]", Part.CODE),
    ("{code", "{code}", Part.CODE),
    ("{noformat", "{noformat}", Part.CODE),
    ("<pre", "</pre>", Part.CODE),
    ("```", "```", Part.CODE),
    ("~~~", "~~~", Part.CODE),
)


def _mark_blocks(lines: list[str], parts: list[Part]) -> None:
    """A block that is never closed ends with its opening line, but for a fence, which Markdown lets run to the end."""
    at = 0
    while at < len(lines):
        block = _opening(lines[at])
        if block is None:
            at += 1
            continue
        last = _closing(lines, at, block)
        parts[at : last + 1] = [block[2]] * (last + 1 - at)
        at = last + 1


def _opening(line: str) -> tuple[str, str, Part] | None:
    head = line.lstrip()[:12].lower()
    return next((block for block in _BLOCKS if head.startswith(block[0])), None)


def _closing(lines: list[str], first: int, block: tuple[str, str, Part]) -> int:
    opener, closer, _ = block
    if closer in lines[first].lower().lstrip()[len(opener) :]:
        return first
    for at in range(first + 1, len(lines)):
        if closer in lines[at].lower():
            return at
    return len(lines) - 1 if opener == closer and opener[0] in "`~" else first


_SAYS = re.compile(r".{1,80}(?:\bsaid|\bwrote|\bwrites|\bschrieb|\ba écrit)\s{0,2}:?")


def _mark_quotes(lines: list[str], parts: list[Part]) -> None:
    for at, line in enumerate(lines):
        if not line.lstrip().startswith(">"):
            continue
        parts[at] = Part.QUOTE
        if at and len(lines[at - 1]) < 200 and _SAYS.fullmatch(lines[at - 1]):
            parts[at - 1] = Part.QUOTE


_WROTE = re.compile(r"\s{0,3}(?:on|am|le)\s.{0,160}(?:\bwrote|\bschrieb.{0,60}|\ba écrit)\s{0,2}:", re.IGNORECASE)
_DIVIDER = re.compile(
    r"\s{0,3}(?:-{3,10} ?(?:original|forwarded) message|##- ?please type your reply above)", re.IGNORECASE
)
_FROM = re.compile(r"\s{0,3}\*{0,2}(?:from|von|de):\*{0,2} \S", re.IGNORECASE)
_SENT = re.compile(r"\s{0,3}\*{0,2}(?:sent|date|to|gesendet|envoyé):\*{0,2} \S", re.IGNORECASE)


def _mark_history(lines: list[str], parts: list[Part]) -> None:
    """An e-mail program quotes what went before without marking each line: all below is somebody else's."""
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else ""
        if below.lstrip().startswith(">"):
            continue
        wrapped = f"{line} {below}" if below.endswith(":") else line
        header = _FROM.match(line) and any(_SENT.match(near) for near in lines[at + 1 : at + 4])
        if _DIVIDER.match(line) or header or (len(wrapped) < 250 and _WROTE.fullmatch(wrapped)):
            parts[at:] = [Part.QUOTE] * (len(lines) - at)
            return


_LOG = re.compile(
    r"\s{0,20}(?:at [\w.$<>/]{3,200}\(.{0,200}\)$|traceback \(most recent call last\)|file \".{1,200}\", line \d"
    r"|\[?\d{4}-\d\d-\d\d[ t]\d\d:\d\d|\[\d\d:\d\d:\d\d|(?:error|warning|fatal|panic)\[\w{1,12}\]|caused by: \w)",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\s{0,20}(?:[-*•·–+]|\w{1,3}[.)]) ")
_INDENTED = re.compile(r" {4,}\S")
_CODE_END = re.compile(r"[^\n]{0,200}[(){}=<>$][^\n]{0,200}[;{}]|\s{0,20}[{}][;,)]?")


def _mark_code(lines: list[str], parts: list[Part]) -> None:
    listed = False
    for at, line in enumerate(lines):
        if not line:
            continue
        indented = bool(_INDENTED.match(line))
        if (
            _LOG.match(line)
            or _CODE_END.fullmatch(line[-200:])
            or (indented and not listed and not _LISTED.match(line))
        ):
            parts[at] = Part.CODE if parts[at] is Part.OWN else parts[at]
        elif not indented or _LISTED.match(line):
            listed = bool(_LISTED.match(line))


_ADDRESS = re.compile(r"\s{0,3}(?:\[?https?://\S{1,500}|(?:www\.)?[\w-]{1,60}\.[a-z]{2,10}(?:/[\w.~/-]{1,200})?)")
_DATED = re.compile(
    r"(?:^|\W)(?:opened|closed|merged|created|updated|published|reported)\b.{0,60}(?:\bUTC\b|\b20\d\d\b|\bago\b)",
    re.IGNORECASE,
)
_NEAR = 6


def _mark_previews(lines: list[str], parts: list[Part]) -> None:
    """A lone address whose next lines say when a page was opened or published is a preview, down to a double gap."""
    for at, line in enumerate(lines):
        if parts[at] is not Part.OWN or not line or not _ADDRESS.fullmatch(line[:600]):
            continue
        if not any(_DATED.search(near[:300]) for near in lines[at + 1 : at + _NEAR]):
            continue
        for below in range(at, len(lines)):
            if below > at and not any(lines[below : below + 2]):
                break
            parts[below] = Part.PREVIEW


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
