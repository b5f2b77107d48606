"""Zendesk's search words over tickets in memory: `status<solved assignee:me updated>2026-01-02 free words`."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt

from supportdesk.providers import Json

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
_TERM = re.compile(r'(-?)([a-z_]+)(<=|>=|:|<|>)("[^"]*"|\S+)|"([^"]*)"|(\S+)')
_COMPARE: dict[str, Callable[[Json, Json], bool]] = {":": eq, "<": lt, ">": gt, "<=": le, ">=": ge}
_FIELDS = {"updated": "updated_at", "created": "created_at"}


class Unsearchable(ValueError):
    """A query that Zendesk would refuse; the message says why."""


class Query:
    """A parsed query; `people` maps a user id to what the words `requester:` and `assignee:` may say of them."""

    def __init__(self, text: str, me: int, people: Callable[[int], Iterable[str]]) -> None:
        self.me = me
        self.people = people
        self.order = ("", "")
        self.terms: list[tuple[bool, str, str, str]] = []
        self.words: list[str] = []
        for negated, name, operator, value, phrase, word in _TERM.findall(text):
            self._take(bool(negated), name, operator, value.strip('"'), phrase or word)

    def _take(self, negated: bool, name: str, operator: str, value: str, word: str) -> None:
        if name == "order_by":
            self.order = (value, self.order[1])
        elif name == "sort":
            self.order = (self.order[0], value)
        elif name:
            self.terms.append((negated, name, operator, value))
        elif word:
            self.words.append(word.lower())

    def finds(self, ticket: Json, texts: Callable[[], str]) -> bool:
        """Whether a ticket fits; `texts` gives everything said on it, asked for only when words are looked for."""
        for negated, name, operator, value in self.terms:
            if self._fits(ticket, name, operator, value) == negated:
                return False
        if not self.words:
            return True
        everything = texts().lower()
        return all(word in everything for word in self.words)

    def _fits(self, ticket: Json, name: str, operator: str, value: str) -> bool:
        if name == "type":
            return value == "ticket"
        if name == "status":
            return _ranked(STATUSES, ticket["status"], operator, value)
        if name == "priority":
            return _ranked(PRIORITIES, ticket["priority"], operator, value)
        if name in _FIELDS:
            return _dated(ticket[_FIELDS[name]], operator, value)
        if name in ("assignee", "requester"):
            return self._is(ticket[f"{name}_id"], value)
        if name == "tags":
            return value in ticket["tags"]
        if name in ("subject", "description"):
            return value.lower() in ticket[name].lower()
        raise Unsearchable(f"Invalid search: the field {name!r} is not known")

    def _is(self, id_: int | None, value: str) -> bool:
        if value == "none":
            return id_ is None
        if value == "me":
            return id_ == self.me
        return id_ is not None and value.lower() in {str(id_), *(name.lower() for name in self.people(id_))}


def _ranked(ladder: tuple[str, ...], found: str | None, operator: str, value: str) -> bool:
    if value not in ladder and value != "none":
        raise Unsearchable(f"Invalid search: {value!r} is not a value of that field")
    if found is None or value == "none":
        return operator == ":" and found is None and value == "none"
    return _COMPARE[operator](ladder.index(found), ladder.index(value))


def _dated(found: str, operator: str, value: str) -> bool:
    try:
        wanted = datetime.fromisoformat(value)
    except ValueError as problem:
        raise Unsearchable(f"Invalid search: {value!r} is not a date") from problem
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)
    at = datetime.fromisoformat(found)
    if len(value) == len("2026-01-02") and operator == ":":
        return at.date() == wanted.date()
    return _COMPARE[operator](at, wanted)
