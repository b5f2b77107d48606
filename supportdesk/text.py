"""Strangers' text made inert: the one place where it happens.

A ticket's subject can retitle the terminal, fill its paste buffer or reorder what the engineer reads. `clean` turns
every such character or sequence into U+FFFD, so that it is seen and does nothing. What people write in any script,
with emoji and joiners, stays as it is.
"""

import re
import unicodedata

LONGEST = 200_000
_ROOM = 2 * LONGEST  # what is read of a text at all: the time that a stranger's words take is bounded
CUT = "\n[… cut here: the text is longer than 200,000 characters]"
MARKS = 8
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}

_STRING_BODY = "[^\x07\x1b\x18\x1a\x80-\x9f]{0,65536}"
_SEQUENCE = re.compile(
    f"(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f]){_STRING_BODY}(?:\x07|\x1b\\\\|\x9c)"  # OSC, DCS, SOS, PM, APC
    "|(?:\x1b\\[|\x9b)[0-?]{0,64}[ -/]{0,16}[@-~]"  # CSI
    "|\x1b[ -/]{0,8}[0-Z\\\\^-~]"  # two-character and charset sequences
)
_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_HARMFUL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0, DEL, C1 but for the line ends
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_MAY_BE_MARKS = re.compile(f"[^\x00-\u02ff]{{{MARKS + 1}}}")


def clean(text: str, *, multiline: bool = True) -> str:
    """Return text that is safe to store, draw and send: total, idempotent, at most 200,000 characters.

    Line ends become `\\n` (a space where `multiline` is off), tabs become four spaces, more than eight combining
    marks in a row are dropped, and what would act on a terminal or hide from the reader becomes U+FFFD.
    """
    if text.isascii() and text.isprintable() and len(text) <= LONGEST:
        return text  # most of what a sync brings
    cut = len(text) > _ROOM
    text = text[:_ROOM]
    if not (text.isascii() and text.replace("\n", " ").isprintable()):
        text = _NEWLINES.sub("\n", text)
        text = _SEQUENCE.sub("\ufffd", text).replace("\t", "    ")
        text = limit_marks(_HARMFUL.sub("\ufffd", text))
    if cut or len(text) > LONGEST:
        text = text[: LONGEST - len(CUT)] + CUT
    return text if multiline else text.replace("\n", " ")


def limit_marks(text: str) -> str:
    """The text with no more than eight combining marks in a row."""
    if text.isascii() or _MAY_BE_MARKS.search(text) is None:
        return text
    kept: list[str] = []
    run = 0
    for character in text:
        if character > "\u02ff" and unicodedata.category(character) in ("Mn", "Me"):
            run += 1
            if run > MARKS:
                continue
        else:
            run = 0
        kept.append(character)
    return "".join(kept)


def safe_name(name: str) -> str:
    """A file name for something a stranger named: one part, no control or direction characters, no leading dot or dash.

    At most 120 bytes; names that Windows reserves get an underscore, and nothing at all becomes `unnamed`.
    """
    last = re.split(r"[/\\:]", clean(name, multiline=False))[-1]
    kept = re.sub(r"[^\w .()+,@=-]", "_", last).strip(" .-")
    stem, dot, end = kept.rpartition(".")
    stem, end = (stem, end) if dot and len(end) <= 16 else (kept, "")
    if stem.partition(".")[0].strip().upper() in _RESERVED:
        stem = f"_{stem}"
    room = 120 - len(end.encode()) - 1
    short = stem.encode()[:room].decode("utf-8", "ignore").strip(" .-")
    return (f"{short}.{end}" if end else short).strip(" .") or "unnamed"
