"""A token of ours in disguise: written in pieces, as escapes, as digits of its bytes, or encoded twice."""

import html
import re
from base64 import b32encode
from collections.abc import Iterator, Sequence

from supportdesk.gate.known import encoded_pieces

SHORTEST = 12  # letters and digits: a shorter row of them may stand across two words by chance
_ESCAPE = re.compile(r"\\u\{?0{0,4}([0-9a-fA-F]{2,4})\}?|\\x([0-9a-fA-F]{2})|[=%]([0-9a-fA-F]{2})")
_TAG = re.compile(r"<[^<>]{0,200}>")
_SPACE = re.compile(r"\s+")
_BETWEEN = re.compile(r"[^0-9a-z]+")


def disguised(text: str, tokens: Sequence[str]) -> bool:
    """Whether one of the tokens stands in a text, whatever stands between its letters and digits."""
    forms = {form for token in tokens for form in _forms(token)}
    return bool(forms) and any(form in reading for reading in _readings(text) for form in forms)


def _forms(token: str) -> Iterator[str]:
    """A token's letters and digits, those of its bytes in hexadecimal, and in base32 in any alignment."""
    raw = token.encode(errors="replace")
    yield from (form for form in (_bare(token), raw.hex()) if len(form) >= SHORTEST)
    for skip in range(5):
        letters = b32encode(bytes(skip) + raw).decode().casefold()
        yield letters[-(-skip * 8 // 5) : (skip + len(raw)) * 8 // 5]


def _readings(text: str) -> Iterator[str]:
    for plain in dict.fromkeys((text, _unescaped(text))):
        yield _bare(plain)
        yield _bare(_TAG.sub("", plain))
        joined = _SPACE.sub("", plain)
        for _, _, piece in encoded_pieces(joined):
            yield _bare(piece)
            yield from (_bare(inner) for _, _, inner in encoded_pieces(_SPACE.sub("", piece)))


def _unescaped(text: str) -> str:
    return html.unescape(_ESCAPE.sub(lambda found: chr(int(found[1] or found[2] or found[3], 16)), text))


def _bare(text: str) -> str:
    return _BETWEEN.sub("", text.casefold())
