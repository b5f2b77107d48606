"""Nouns as plain JSON and back: dataclasses by field, datetimes in UTC, enumerations by value.

What a reader of another version left out takes its default, what it added is ignored, and whatever is of the wrong
type raises ValueError. A value that may be one of several classes (`Change`) carries its class name as `is`.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from supportdesk import model

T = TypeVar("T")
Record = dict[str, Any]
_Reader = Callable[[Any], Any]
_OF_CHANGES = f"{model.__name__}.{model.PLACES['Change']}"
_AS_IT_IS = frozenset((str, int, float, bool, NoneType))


def encode(noun: object) -> Record:
    """A noun as JSON values; ValueError for a datetime without a zone."""
    record = _plain(noun)
    if not isinstance(record, dict):
        raise ValueError(f"{type(noun).__name__} is not a noun")
    return record


def decode(kind: type[T], record: Any) -> T:
    """The noun that `encode` made the record of; ValueError when it is not one."""
    reader: _Reader = _reader(kind)  # type: ignore[arg-type]  # every class is hashable
    noun: T = reader(record)
    return noun


def stamp(moment: datetime) -> str:
    """A moment as text that sorts by time: UTC, ISO 8601 with microseconds and Z."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """What `stamp` wrote, as a datetime; ValueError when it is not one."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is UTC:
        return found
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is before or after all time") from None


def _plain(value: object) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if not is_dataclass(kind):
        raise ValueError(f"{kind.__name__} cannot be kept")
    record = {name: _plain(getattr(value, name)) for name in _names(kind)}
    return {"is": kind.__name__, **record} if _is_tagged(kind) else record


@cache
def _is_tagged(kind: type) -> bool:
    """Whether the class is one of a `Change`; where theirs is another module, none of them is imported for it."""
    return kind.__module__ == _OF_CHANGES and kind in get_args(model.Change)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _reader(kind: Any) -> _Reader:
    if kind in _AS_IT_IS:
        return _scalar(kind)
    if kind is datetime:
        return _read_moment
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind))
    if get_origin(kind) in (Union, UnionType):
        return _union(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enumeration(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind)
    raise TypeError(f"{kind} has no form on disk")


def _scalar(kind: type) -> _Reader:
    accepted = (int, float) if kind is float else (kind,)

    def read(value: Any) -> Any:
        if type(value) not in accepted:  # True is no number
            raise ValueError(f"{value!r:.80} is not {kind.__name__}")
        return kind(value) if kind is float else value

    return read


def _enumeration(kind: type[Enum]) -> _Reader:
    members = {each.value: each for each in kind}  # asking the class costs ten times as much

    def read(value: Any) -> Any:
        found = members.get(value) if isinstance(value, str) else None
        return kind(value) if found is None else found

    return read


def _read_moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError(f"{value!r:.80} is not a moment")
    return moment(value)


def _tuple(kinds: tuple[Any, ...]) -> _Reader:
    endless = kinds[-1] is Ellipsis
    readers = [_reader(kind) for kind in kinds if kind is not Ellipsis]

    def read(value: Any) -> Any:
        if not isinstance(value, list) or not (endless or len(value) == len(readers)):
            raise ValueError(f"{value!r:.80} is not a list of the right length")
        if endless:
            return tuple(readers[0](each) for each in value)
        return tuple(reader(each) for reader, each in zip(readers, value, strict=True))

    return read


def _union(kinds: tuple[Any, ...]) -> _Reader:
    optional = NoneType in kinds
    rest = [kind for kind in kinds if kind is not NoneType]
    reader = _reader(rest[0]) if len(rest) == 1 else _one_of({kind.__name__: _reader(kind) for kind in rest})

    def read(value: Any) -> Any:
        return None if optional and value is None else reader(value)

    return read


def _one_of(readers: dict[str, _Reader]) -> _Reader:
    def read(value: Any) -> Any:
        name = value.get("is") if isinstance(value, dict) else None
        if not isinstance(name, str) or name not in readers:
            raise ValueError(f"{value!r:.80} is none of {', '.join(readers)}")
        return readers[name](value)

    return read


def _dataclass(kind: type) -> _Reader:
    hints = get_type_hints(kind)
    # most fields are of a kind that is taken as it stands: told here, they cost no call
    readers = [
        (it.name, hints[it.name] if hints[it.name] in _AS_IT_IS else None, _reader(hints[it.name]))
        for it in fields(kind)
    ]
    needed = {it.name for it in fields(kind) if it.default is MISSING and it.default_factory is MISSING}

    def read(value: Any) -> Any:
        if not isinstance(value, dict) or not needed <= value.keys():
            raise ValueError(f"{value!r:.80} is not a whole {kind.__name__}")
        found = {}
        for name, exact, reader in readers:
            if name in value:
                one = value[name]
                found[name] = one if type(one) is exact else reader(one)
        return kind(**found)

    return read
