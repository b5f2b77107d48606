"""What one TinyDB update sees of a table: copies of the documents it looks at, so that only real changes are kept."""

import json
from collections.abc import Iterator, MutableMapping
from typing import Any

from supportdesk.store.changes import Document


class Overlay(MutableMapping[int, Document]):
    """A table by number over the stored one by text; nothing stored changes, `changes` tells what should."""

    def __init__(self, stored: dict[str, Document]) -> None:
        self._stored = stored
        self._copies: dict[int, Document] = {}
        self._gone: set[int] = set()

    def __getitem__(self, number: int) -> Document:
        if number not in self._copies:
            if number not in self:
                raise KeyError(number)
            self._copies[number] = _copy(self._stored[str(number)])
        return self._copies[number]

    def __setitem__(self, number: int, document: Document) -> None:
        self._copies[number] = document

    def __delitem__(self, number: int) -> None:
        if number not in self:
            raise KeyError(number)
        self._copies.pop(number, None)
        self._gone.add(number)

    def __contains__(self, number: object) -> bool:
        return number in self._copies or (number not in self._gone and str(number) in self._stored)

    def __iter__(self) -> Iterator[int]:
        kept = [number for number in map(int, self._stored) if number not in self._gone]
        added = [number for number in self._copies if str(number) not in self._stored or number in self._gone]
        return iter(kept + added)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Take every document out."""
        self._copies.clear()
        self._gone.update(map(int, self._stored))

    def changes(self) -> list[tuple[str, Document | None]]:
        """The documents that differ from the stored ones, None for those taken out."""
        gone: list[tuple[str, Document | None]] = [
            (str(number), None) for number in sorted(self._gone) if number not in self._copies
        ]
        return gone + [
            (str(number), document)
            for number, document in self._copies.items()
            if str(number) not in self._stored or _differ(document, self._stored[str(number)])
        ]


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_copy(each) for each in value]
    return value


def _differ(one: Document, other: Document) -> bool:
    return json.dumps(one) != json.dumps(other)  # 1, 1.0 and True are equal in Python and not in JSON
