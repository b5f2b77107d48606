"""What is pasted is text: Textual 8.2 would press the escapes in it as keys, and stop listening at bytes that are none.

Most terminals take escapes out of a paste themselves; tmux and screen do not, and the clipboard is a stranger's.
"""

import os
import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from selectors import EVENT_READ, DefaultSelector
from typing import TypeVar

T = TypeVar("T")

BEGIN, END = "\x1b[200~", "\x1b[201~"
_ACTS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_CHUNK = 64 * 1024
_LOOK_S = 0.1


class Pasted:
    """Takes everything but text and line ends out of what stands between the marks of a paste."""

    def __init__(self) -> None:
        self._inside = False
        self._tail = ""  # of what went out: a mark may come in two pieces
        self._held = ""  # of what did not: it may become the closing mark

    def take(self, typed: str) -> str:
        """What may be passed on of what arrived."""
        passed = ""
        left, self._held = self._held + typed, ""
        while left:
            part, left = self._within(left) if self._inside else self._outside(left)
            passed += part
        return passed

    def _outside(self, left: str) -> tuple[str, str]:
        both = self._tail + left
        begin = both.find(BEGIN)
        if begin < 0:
            self._tail = both[-len(BEGIN) + 1 :]
            return left, ""
        self._inside, cut = True, begin + len(BEGIN) - len(self._tail)
        self._tail = ""
        return left[:cut], left[cut:]

    def _within(self, left: str) -> tuple[str, str]:
        text, end, rest = left.partition(END)
        if end:
            self._inside = False
            return f"{_ACTS.sub('', text)}{END}", rest
        last = text.rfind("\x1b")
        if last >= 0 and END.startswith(text[last:]):
            text, self._held = text[:last], text[last:]
        return _ACTS.sub("", text), ""


def silent() -> None:
    """Nobody wants to know."""


def listen(
    number: int, stopped: Callable[[], bool], feed: Callable[[str], Iterable[T]], heard: Callable[[], None] = silent
) -> Iterable[T]:
    """Whatever a terminal says until it is time to stop, as the parser reads it; no text means a moment passed.

    That there is something is `heard` before it is read: reading waits for whatever else is going on.
    """
    decode = getincrementaldecoder("utf-8")("replace").decode
    pasted = Pasted()
    with DefaultSelector() as selector:
        selector.register(number, EVENT_READ)
        while not stopped():
            if selector.select(_LOOK_S):
                heard()
                raw = os.read(number, _CHUNK)
                if not raw:
                    return
                yield from feed(pasted.take(decode(raw)))
            yield from feed("")
