"""Exports of tickets, read piece by piece: JSON Lines, Zendesk's JSON, arrays; a bad entry costs only itself.

Bytes come in, tickets go out, and what cannot be read comes out as `Wrong` in its place. No more than the entry at
hand is kept in memory.
"""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from supportdesk.insight.scan import ScanTicket, decoded, read_row
from supportdesk.insight.zendesk_export import People, is_zendesk, read_zendesk

Json = Any  # decoded JSON is unknown until it has been looked at
LONGEST_ENTRY = 64 * 1024 * 1024
_LISTS = ("tickets", "results", "users")
_DECODER = json.JSONDecoder()
_GOES_ON = (*".eE+-0123456789", "")  # after a number it may not be whole yet; after anything else none of these comes
_SPACE = re.compile(r"[ \t\r\n]*")


class Shape(StrEnum):
    """How an export is laid out."""

    LINES = "one ticket a line"
    DOCUMENT = "a JSON document"
    MAIL = "an mbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """An entry that cannot be read: where it stands, and why in a sentence."""

    where: str
    why: str


Entry = ScanTicket | Wrong

_MAIL = re.compile(rb"\s{0,20}From [^\r\n]{1,200}\d\d:\d\d")
_PAGE = re.compile(
    rb"\{\s{0,200}\"(?:tickets|results|users|count|next_page|previous_page|end_time|end_of_stream"
    rb"|after_url|after_cursor|before_url|before_cursor)\""
)


def shape_of(head: bytes) -> Shape:
    """Tell how an export is laid out by its first kilobytes, which hold its first line if that is not long."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _MAIL.match(head):
        return Shape.MAIL
    first, _, rest = head.partition(b"\n")
    if head.startswith(b"["):
        return Shape.LINES if _is_bad_line(first.rstrip(), rest.lstrip()) else Shape.DOCUMENT
    if _PAGE.match(head):
        return Shape.DOCUMENT
    spread_out = first.rstrip().endswith((b"{", b"[", b",")) and not _is_json(rest.lstrip().partition(b"\n")[0])
    return Shape.DOCUMENT if rest and spread_out and not _is_json(first) else Shape.LINES


def _is_bad_line(first: bytes, rest: bytes) -> bool:
    """Whether a first line that begins as an array is an entry that is wrong, and entries follow it line by line."""
    if first.startswith(b"[["):
        return True
    if not rest.startswith(b"{") or not _is_json(rest.partition(b"\n")[0]):
        return False
    return b"{" not in first if _is_json(first) else first != b"[" and not first.endswith(b",")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def tickets_of_lines(lines: Iterable[bytes]) -> Iterator[Entry]:
    """Read one ticket, or one page of tickets, a line; empty lines count and say nothing."""
    people = People()
    for number, line in enumerate(lines, 1):
        where = f"line {number}"
        try:
            if len(line) > LONGEST_ENTRY:
                raise ValueError(f"This line is longer than {LONGEST_ENTRY:,} bytes.")
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            if text:
                yield from _read(decoded(text), people, where)
        except UnicodeDecodeError:
            yield Wrong(where=where, why="This line is not UTF-8.")
        except ValueError as problem:
            yield Wrong(where=where, why=str(problem))


def tickets_of_document(chunks: Iterable[bytes]) -> Iterator[Entry]:
    """Read JSON that is not laid out in lines: pages of Zendesk's API, arrays of tickets, tickets one after the other.

    What is no JSON ends it: where the next entry would begin cannot be told.
    """
    values, people, number = _Values(chunks), People(), 0
    try:
        while opening := values.peek():
            for row in values.array() if opening == "[" else _members(values, people):
                number += 1
                yield from _safely(row, people, f"entry {number}")
    except ValueError as problem:
        yield Wrong(where=f"after entry {number}", why=str(problem))


def _members(values: "_Values", people: People) -> Iterator[Json]:
    """The tickets in an object: those in its lists as they come, then the object itself if it is one."""
    rest: dict[str, Json] = {}
    for key in values.members():
        if key not in _LISTS or values.peek() != "[":
            rest[key] = values.value()
            continue
        for one in values.array():
            if key == "users":
                people.learn(one)
            else:
                yield one
    if not rest.keys().isdisjoint(("id", "ticket", "comments")):
        yield rest


def _safely(row: Json, people: People, where: str) -> Iterator[Entry]:
    try:
        yield from _read(row, people, where)
    except ValueError as problem:
        yield Wrong(where=where, why=str(problem))


def _read(row: Json, people: People, where: str) -> Iterator[Entry]:
    """The tickets of a decoded value: a ticket, or a page with several or with the comments of some."""
    if not isinstance(row, dict):
        yield read_row(row)
        return
    for user in _rows(row, "users"):
        people.learn(user)
    if "id" in row or "ticket" in row:
        yield _ticket(row, people)
        return
    pages = [*_rows(row, "tickets"), *_rows(row, "results")] or (_conversations(row, where) if is_zendesk(row) else [])
    for one in pages or [row]:
        try:
            yield _ticket(one, people)
        except ValueError as problem:
            yield Wrong(where=where, why=str(problem))


def _ticket(row: Json, people: People) -> ScanTicket:
    """A ticket in either shape, or in an envelope beside its comments."""
    if isinstance(row, dict) and isinstance(inside := row.get("ticket"), dict):
        row = {**inside, "comments": inside.get("comments") or row.get("comments")}
    return read_zendesk(row, people) if isinstance(row, dict) and is_zendesk(row) else read_row(row)


def _conversations(page: Mapping[str, Json], where: str) -> list[Json]:
    """A page of comments without their tickets: those of each, or all as one that is called after its place."""
    tickets: dict[str, list[Json]] = {}
    for comment in _rows(page, "comments"):
        number = comment.get("ticket_id") if isinstance(comment, dict) else None
        tickets.setdefault(where if number is None else str(number), []).append(comment)
    return [{"id": number, "comments": comments} for number, comments in tickets.items()]


def _rows(row: Mapping[str, Json], name: str) -> list[Json]:
    value = row.get(name)
    return value if isinstance(value, list) else []


class _Values:
    """JSON read piece by piece; ValueError says in a sentence where it is none."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._decoder = getincrementaldecoder("utf-8-sig")(errors="replace")
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # matches nothing too
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._more(1)

    def value(self) -> Json:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError as problem:
                if self._ended:
                    raise ValueError(f"This is not JSON: {problem}.") from None
            except RecursionError:
                raise ValueError("This is JSON nested too deep to be read.") from None
            else:
                if self._ended or self._text[end : end + 1] not in _GOES_ON:
                    self._at = end
                    return value
            self._more(len(self._text) - self._at)

    def array(self) -> Iterator[Json]:
        """The entries of the array that begins here."""
        self._take("[")
        while self.peek() != "]":
            yield self.value()
            if self.peek() != "]":
                self._take(",")
        self._take("]")

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here; the value of each is to be read before the next is asked for."""
        self._take("{")
        while self.peek() != "}":
            key = self.value()
            if not isinstance(key, str):
                raise ValueError("This is not JSON: a key is not text.")
            self._take(":")
            yield key
            if self.peek() != "}":
                self._take(",")
        self._take("}")

    def _take(self, expected: str) -> None:
        if (found := self.peek()) != expected:
            raise ValueError(f"This is not JSON: {expected!r} was expected, and {found or 'the end'!r} came.")
        self._at += 1

    def _more(self, at_least: int) -> None:
        """Read on, twice as far each time that a value is not whole, so that no value is looked at too often."""
        if len(self._text) - self._at > LONGEST_ENTRY:
            raise ValueError(f"This entry is longer than {LONGEST_ENTRY:,} characters.")
        pieces = [self._text[self._at :]]
        wanted = at_least
        while wanted > 0 and not self._ended:
            chunk = next(self._chunks, b"")
            self._ended = not chunk
            pieces.append(self._decoder.decode(chunk, final=self._ended))
            wanted -= len(pieces[-1])
        self._text, self._at = "".join(pieces), 0
