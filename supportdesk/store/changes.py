"""What a frame of the journal says: a list of changes, or, in the first frame, the file's header."""

import json
import re
from collections.abc import Sequence
from typing import Any

Document = dict[str, Any]
Tables = dict[str, dict[str, Document]]
Changes = list[tuple[str, str, Document | None]]
_NUMBER = re.compile(r"[0-9]{1,20}")  # a record's number in its table


def header_of(payloads: Sequence[bytes]) -> Document | None:
    """The header with its `schema` and `base`, None where the first frame is none; without a number it is schema 0."""
    header = _loads(payloads[0]) if payloads else None
    if not isinstance(header, dict):
        return None
    numbers = {"schema": header.get("schema", 0), "base": header.get("base", 0)}
    return numbers if all(type(number) is int and number >= 0 for number in numbers.values()) else None


def origin_of(payloads: Sequence[bytes]) -> tuple[int, int, int] | None:
    """Of a compacted file: the device and number of the file it was made of, and the length up to which it was.

    None where the first frame tells no such thing.
    """
    header = _loads(payloads[0]) if payloads else None
    origin = header.get("of") if isinstance(header, dict) else None
    if not isinstance(origin, list) or len(origin) != 3 or not all(type(number) is int for number in origin):
        return None
    return origin[0], origin[1], origin[2]


def changes_of(payload: bytes) -> Changes | None:
    """The changes of one transaction; None when they are none."""
    changes = _loads(payload)
    if not isinstance(changes, list) or not all(map(_is_change, changes)):
        return None
    return changes


def dumps(value: object) -> bytes:
    """A payload; ValueError or TypeError for what JSON cannot say."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def _is_change(change: Any) -> bool:
    return (
        isinstance(change, list)
        and len(change) == 3
        and isinstance(change[0], str)
        and isinstance(change[1], str)
        and _NUMBER.fullmatch(change[1]) is not None
        and isinstance(change[2], dict | None)
    )


def _loads(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None
