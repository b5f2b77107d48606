"""How the journal's bytes are laid out, and what can still be read of them when they are damaged.

A frame is one line, `CRC32 LENGTH JSON\\n`, and one transaction: it is all there or it is not there. The JSON is
ASCII without line ends, so a line end always is where the next frame can start again after damage.
"""

import re
import zlib
from dataclasses import dataclass

_HEAD = re.compile(rb"([0-9a-f]{8}) ([1-9][0-9]{0,9}) ")
_START = re.compile(rb"[0-9a-f]{0,8}|[0-9a-f]{8} |[0-9a-f]{8} [1-9][0-9]{0,9} ?")


@dataclass(frozen=True, slots=True)
class Frames:
    """What a stretch of the file holds; `end` is where the next frame belongs, `damage` counts unreadable bytes."""

    payloads: tuple[bytes, ...]
    end: int
    damage: int


def frame(payload: bytes) -> bytes:
    """One transaction as it stands in the file."""
    return b"%08x %d %s\n" % (zlib.crc32(payload), len(payload), payload)


def read(data: bytes) -> Frames:
    """Read every frame; what a writer was stopped in the middle of (a torn tail) is neither read nor damage."""
    payloads: list[bytes] = []
    position = damage = 0
    while position < len(data):
        payload, after = _frame_at(data, position)
        if payload is None and _torn(data, position):
            break
        if payload is not None:
            payloads.append(payload)
            damage += data[after - 1 : after] != b"\n"
        else:
            damage += after - position
        position = after
    return Frames(tuple(payloads), position, damage)


def _frame_at(data: bytes, position: int) -> tuple[bytes | None, int]:
    head = _HEAD.match(data, position)
    if head is not None:
        end = head.end() + int(head[2])
        payload = data[head.end() : end]
        if end < len(data) and zlib.crc32(payload) == int(head[1], 16):
            return payload, end + 1
    line_end = data.find(b"\n", position)
    return None, len(data) if line_end < 0 else line_end + 1


def _torn(data: bytes, position: int) -> bool:
    if data.find(b"\n", position) >= 0:
        return False
    head = _HEAD.match(data, position)
    if head is None:
        return _START.fullmatch(data, position) is not None
    return head.end() + int(head[2]) >= len(data)
