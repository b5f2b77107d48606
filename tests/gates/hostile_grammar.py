"""What the console itself may write to a terminal: learned from a benign run, written down, and held against the rest.

Textual 8.2's Linux driver, our own `ui/terminal.py` and `ui/mirror.py` are the only sources. A place on the screen and
rows that move must lie on it, a colour must be one that Textual writes (24 bit, or the sixteen), and text must be text.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

ALLOWED = (
    r"\x1b\[\?(?:25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048|7)[hl]",  # cursor, mouse, focus, screen, paste
    r"\x1b\[\?(?:2026|2048)\$p",  # which of them are known here
    r"\x1b\[>25u|\x1b\[<u",  # kitty's keys
    r"\x1b\[(?P<row>\d{1,4});(?P<column>\d{1,4})H",
    r"\x1b\[(?P<cells>\d{1,4})C",  # ours: over a run of unsure width, and over cells that are as they were
    r"\x1b\[(?P<top>\d{1,4});(?P<bottom>\d{1,4})r"  # ours: rows move, and the margins go again at once
    r"\x1b\[(?P=top);1H\x1b\[(?P<moved>\d{1,4})[LM]\x1b\[r",
    r"\x1b[78]",
    r"\x1b\[(?P<style>[0-9;]*)m",
    r"\x1b\]22;(?:default|pointer|text|not-allowed|grab|grabbing|ns-resize|ew-resize|wait|help|)\x07",
    r"\x1b\[H|\x1b\[2J(?=\x1b\[\?1049)",
    r"\r\n|\n|\r|\x07",  # the bell: a field is full
)
_ONE = re.compile("|".join(f"(?:{rule})" for rule in ALLOWED))
_SIXTEEN = {*range(10), *range(21, 30), *range(30, 38), 39, *range(40, 48), 49, *range(90, 98), *range(100, 108)}
_JOINERS = "\u200c\u200d"
_BLANKS = "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u034f"
MARKS = 16  # eight, of which each may be written as the two that it is made of


def foreign(written: str, columns: int, lines: int) -> Counter[str]:
    """Whatever a terminal of that size was sent that is neither text nor ours."""
    return Counter(repr(piece) for kind, piece in tokens(written, columns, lines) if kind == "foreign")


def text_of(written: str) -> str:
    """What is left when everything allowed is taken away."""
    return _ONE.sub("", written)


def tokens(written: str, columns: int, lines: int) -> Iterator[tuple[str, str]]:
    """Every sequence as ours or foreign, and every stretch of text as text or foreign."""
    at = 0
    while at < len(written):
        found = _ONE.match(written, at)
        if found is not None:
            yield ("ours" if _fits(found, columns, lines) else "foreign"), found[0]
            at = found.end()
            continue
        if unseen(written[at]):
            yield "foreign", written[at : at + 12]
        at += 1
    for run in re.finditer(f"[\u0300-\u036f]{{{MARKS + 1},}}", written):
        yield "foreign", run[0]


def unseen(character: str) -> bool:
    """Whether a character acts, hides or reorders."""
    if character.isascii():
        return not character.isprintable()
    if character in _JOINERS:
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") or character in _BLANKS


def _fits(found: re.Match[str], columns: int, lines: int) -> bool:
    if found["row"] is not None:
        return 1 <= int(found["row"]) <= lines and 1 <= int(found["column"]) <= columns
    if found["moved"] is not None:
        top, bottom, by = int(found["top"]), int(found["bottom"]), int(found["moved"])
        return 1 <= top <= top + by <= bottom <= lines
    if found["cells"] is not None:
        return 1 <= int(found["cells"]) <= columns
    return found["style"] is None or _is_style(found["style"])


def _is_style(style: str) -> bool:
    parts = [int(part or 0) for part in style.split(";")]
    while parts:
        if parts[0] in (38, 48) and parts[1:2] == [2] and len(parts) >= 5 and all(n < 256 for n in parts[2:5]):
            parts = parts[5:]
        elif parts[0] in _SIXTEEN:
            parts = parts[1:]
        else:
            return False
    return True
