"""Words of JSON cut behind all that anybody reads of them: a ticket of 10 MB costs its own end, not the whole list."""

import re

from supportdesk.text import LONGEST

LARGE = 4 * 1024 * 1024  # bytes of an answer that may have words too long for us
KEPT = 12 * LONGEST + 4096  # bytes of a word: more than `clean` keeps, were each character a pair of escapes
PLAIN = 4 * LONGEST + 4096  # of one without escapes
PIECE = 1024 * 1024
SPARE = 16  # bytes: what a piece ends with may be half of an escape or of a character; pieces are no shorter
_WHOLE = re.compile(rb'(?:[^"]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)  # words to their ends, and what is between
_WORD = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)', re.DOTALL)
_REST = re.compile(rb'(?:[^"\\]++|\\.)*+("?)', re.DOTALL)
_IN_ESCAPE = re.compile(rb"u[0-9a-fA-F]{0,3}\Z")
_LAST_WIDE = re.compile(rb"[\xc0-\xff][\x80-\xbf]{0,3}\Z")


class Shortening:
    """JSON that comes in pieces, its long words cut: they still are so long that `clean` says that they were."""

    def __init__(self) -> None:
        self._inside = 0  # bytes kept of the word that goes on in the next piece, nought between words
        self._half = b""  # the backslash of an escape that goes on there

    def take(self, piece: bytes) -> bytes:
        """What is kept of the next piece, which is no longer than PIECE: words that end in it are not too long."""
        piece = self._half + piece
        self._half = b""
        parts: list[bytes] = []
        rest = _REST.match(piece) if self._inside else None
        at = self._keep(rest, parts) if rest else 0
        whole = _WHOLE.match(piece, at)
        opened = whole.end() if whole else at
        parts.append(piece[at:opened])
        word = _WORD.match(piece, opened)
        if word:
            self._keep(word, parts)
        return b"".join(parts)

    def _keep(self, word: re.Match[bytes], parts: list[bytes]) -> int:
        """Keep what there is room for of a word or its rest; where it ends."""
        closed = word[1]
        said = word.string[word.start() : word.end() - len(closed)]
        escaped = b"\\" in said or self._inside > PLAIN - SPARE
        room = (KEPT if escaped else PLAIN) - self._inside
        fits = len(said) <= (room if closed else room - SPARE)
        parts += [said if fits else _cut(said[:room]), closed]
        if closed:
            self._inside = 0
            return word.end()
        self._inside = self._inside + len(said) if fits else KEPT
        self._half = word.string[word.end() :]
        return len(word.string)


def _cut(kept: bytes) -> bytes:
    """The beginning of a word without what its end has cut through: an escape, or a character."""
    digits = _IN_ESCAPE.search(kept, max(0, len(kept) - 4))
    stem = kept[: digits.start()] if digits and kept[digits.start() - 1 : digits.start()] == b"\\" else kept
    if (len(stem) - len(stem.rstrip(b"\\"))) % 2:
        kept = stem[:-1]
    found = _LAST_WIDE.search(kept, max(0, len(kept) - 4))
    return kept[: found.start()] if found else kept
