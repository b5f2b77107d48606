"""How much memory an answer's JSON will take once it is read, told by looks at its bytes that cost next to nothing."""

import json
import re

MOST_VALUES = 400_000  # a hundred tickets with four hundred custom fields each have 250,000
MOST_MEMORY = 34 * 1024 * 1024  # for the text and its words, which Python keeps as wide as their widest character
SMALL = 1024 * 1024  # bytes that cannot hold enough to hurt
_FOUR = re.compile(rb"[\xf0-\xf4]|\\u[dD][89abAB]")
_TWO = re.compile(rb"[\xc4-\xef]|\\u")
_OUTER = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}")
_LEADS, _REST = bytes(range(0xF0, 0xF5)), bytes(range(0x80, 0xC0))
_ESCAPED = 12  # bytes of a pair of escapes
_WORD = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # to the end where it is not closed: each byte is read once
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_ABSURD = b"0" * 40


def modest(raw: bytes) -> bool:
    """Whether JSON has no more values and no longer words than we have memory for.

    Nearly every answer is told by what it could hold at most; only one near the bounds is looked at word by word.
    """
    if raw.count(b'"') > 4 * MOST_VALUES:  # a key and a word for each value
        return False
    values, plain = _values(raw), raw.isascii() and b"\\u" not in raw
    memory, width = (len(raw), 1) if plain else (_memory_of_text(raw), _width(raw))
    if values <= MOST_VALUES and memory + width * len(raw) <= MOST_MEMORY:
        return True
    for word in _WORD.finditer(raw):
        values -= _values(word[0])
        memory += _memory_of(word[0])
        if memory > MOST_MEMORY:
            return False
    return values <= MOST_VALUES


def _width(raw: bytes) -> int:
    """Bytes that a character of any of its words can take, at most."""
    return 4 if len(raw.translate(None, _LEADS)) < len(raw) or b"\\ud" in raw or b"\\uD" in raw else 2


def _memory_of(word: bytes) -> int:
    """Bytes that a word takes once it is read: its widest character decides for all of them."""
    if _FOUR.search(word):
        return 4 * len(word.translate(None, _REST))
    return 2 * len(word.translate(None, _REST)) if _TWO.search(word) else len(word)


def _memory_of_text(raw: bytes) -> int:
    pairs = len(raw) - len(raw.translate(None, _LEADS))
    width = 2 if _TWO.search(raw) else 1
    return width * (len(raw.translate(None, _REST)) + _ESCAPED * pairs)


def narrow(raw: bytes) -> bytes | str:
    """Large JSON with the characters escaped that would make all of its text four bytes wide."""
    if len(raw) <= SMALL or raw.isascii() or _OUTER.search(raw) is None:
        return raw
    return _OUTER.sub(lambda found: json.dumps(found[0].decode())[1:-1].encode(), raw).decode()


def absurd(raw: bytes) -> bool:
    """Whether a number may be longer than any id or amount is."""
    return _ABSURD in raw.translate(_DIGITS, b"\0")  # JSON may come in sixteen bits a character


def _values(raw: bytes) -> int:
    return len(raw) - len(raw.translate(None, b",[{"))  # faster than to count where there are many
