"""The only msgspec: JSON straight into the few fields that are wanted of it, and nouns into JSON.

Reading ten thousand tickets is mostly this. The json module makes an object of all that an answer holds, nine tenths of
which no row needs, and it calls back into Python for every noun that it writes: four and eight times as much.
"""

from collections.abc import Callable
from functools import cache
from typing import Any


class Misfit(ValueError):
    """The text is not JSON of that kind; whether it is JSON at all is for another reader to say."""


def read(kind: Any, raw: bytes) -> Any:
    """JSON as a kind made of dataclasses, TypedDicts and lists, its strings as they came; Misfit when it does not fit.

    What the kind does not name is passed over, unread.
    """
    try:
        return _reader(kind)(raw)
    except (ValueError, RecursionError) as problem:  # msgspec's own are ValueErrors
        raise Misfit(str(problem)) from None


def write(noun: object) -> str:
    """A noun, or a list of them, as JSON: dataclasses by field, enumerations by value, moments in ISO 8601."""
    return _writer()(noun).decode()


@cache
def _reader(kind: Any) -> Callable[[bytes], Any]:
    from msgspec.json import Decoder

    return Decoder(kind).decode


@cache
def _writer() -> Callable[[object], bytes]:
    from msgspec.json import Encoder

    return Encoder().encode
