"""The only msgspec: JSON straight into the few fields that are wanted of it, and nouns into JSON.

Reading ten thousand tickets is mostly this. The json module makes an object of all that an answer holds, nine tenths of
which no row needs, and it calls back into Python for every noun that it writes: four and eight times as much.
"""

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Any, TypedDict, TypeGuard, TypeVar, Union, get_args, get_origin, get_type_hints, is_typeddict


class Row:
    """What is wanted of a JSON object: the fields that a subclass annotates, its own name for what may be left out.

    Nothing is ever made of these classes: what is read has the same fields, is made twice as fast as a dataclass, and
    does not keep the garbage collector busy.
    """


R = TypeVar("R", bound=Row)


class Misfit(ValueError):
    """The text is not JSON of that kind; whether it is JSON at all is for another reader to say."""


def read(kind: Any, raw: bytes) -> Any:
    """JSON as a kind made of Rows, TypedDicts and lists, its strings as they came; Misfit when it does not fit.

    What the kind does not name is passed over, unread.
    """
    try:
        return _reader(kind)(raw)
    except (ValueError, RecursionError) as problem:  # msgspec's own are ValueErrors
        raise Misfit(str(problem)) from None


def is_a(thing: object, kind: type[R]) -> TypeGuard[R]:
    """Whether something was read as a row of this class."""
    return type(thing) is _struct(kind)  # type: ignore[arg-type]  # every class is hashable


def write(noun: object) -> str:
    """A noun, or a list of them, as JSON: dataclasses by field, enumerations by value, moments in ISO 8601."""
    return _writer()(noun).decode()


@cache
def _reader(kind: Any) -> Callable[[bytes], Any]:
    from msgspec.json import Decoder

    return Decoder(_with_structs(kind)).decode


@cache
def _writer() -> Callable[[object], bytes]:
    from msgspec.json import Encoder

    return Encoder().encode


@cache
def _struct(kind: type[Row]) -> type:
    from msgspec import defstruct

    hints = {name: _with_structs(hint) for name, hint in get_type_hints(kind).items()}
    fields = [
        (name, hint, getattr(kind, name)) if hasattr(kind, name) else (name, hint) for name, hint in hints.items()
    ]
    return defstruct(kind.__name__, fields, kw_only=True, frozen=True, gc=False)


def _with_structs(hint: Any) -> Any:
    """A type with its Rows made structs."""
    if isinstance(hint, type) and issubclass(hint, Row):
        return _struct(hint)  # type: ignore[arg-type]  # as above
    if is_typeddict(hint):
        keys = {name: _with_structs(inside) for name, inside in get_type_hints(hint).items()}
        return TypedDict(hint.__name__, keys, total=False)  # type: ignore[operator]  # its keys are known at run time
    inside = tuple(map(_with_structs, get_args(hint)))
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return Union[inside]  # noqa: UP007  # of types that are known at run time
    return origin[inside] if inside else hint
