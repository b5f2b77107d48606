"""Conversations as they are read: which are to be scored again, and those of megabytes entry by entry."""

from __future__ import annotations

import json
import sqlite3
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from supportdesk import model
from supportdesk.model import TicketRef
from supportdesk.store.cache_rows import many_from_json
from supportdesk.store.records import decode

LONG = 256 * 1024  # bytes; what is longer takes more than a key may wait for
_PIECE = 64 * 1024
_WITH = "EXISTS (SELECT 1 FROM conversations WHERE conversations.n = tickets.n)"  # else let go of: `retire`
_BY = (
    f"SELECT n FROM tickets WHERE fetched IS NOT NULL AND rules = ? AND {_WITH}"  # noqa: S608  # of this file
    " ORDER BY updated DESC, n DESC LIMIT ?"
)
_VERSIONS = "SELECT rules FROM tickets WHERE fetched IS NOT NULL AND rules > ? ORDER BY rules LIMIT 1"
_LEFT = f"SELECT count(*) FROM tickets WHERE fetched IS NOT NULL AND rules <> ? AND {_WITH}"  # noqa: S608  # as above
_WHOLE = (
    "SELECT n, CASE WHEN n <> ? AND length(comments) <= ? THEN comments END FROM tickets JOIN conversations USING (n)"
    " WHERE desk = ? AND id = ?"
)


class Mark(NamedTuple):
    """A conversation's text or, of one that is more than may be read at once, its length and when it was fetched."""

    long: bool
    of: tuple[Any, ...]


class Talks:
    """One part of a `Cache`, which lends its ways to read."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        read: Callable[..., list[Any]],
        named: AbstractContextManager[None],
    ) -> None:
        self._connection, self._read, self._named = connection, read, named
        self._said: tuple[object, tuple[model.Comment, ...]] = (None, ())  # what is on screen is read for every redraw
        self._long = -1  # the ticket whose text is not to be measured again, for which all of it is read

    def unscored(self, rules: str, limit: int) -> list[int]:
        """Numbers of tickets whose comments these rules have not seen: those never scored first.

        Of each version of other rules the newest change comes first; an index has them so, whatever their number.
        """
        found: list[int] = []
        version = ""
        while True:
            if version != rules:
                found += [n for (n,) in self._read(_BY, (version, limit - len(found)))]
            following = self._read(_VERSIONS, (version,))
            if len(found) == limit or not following:
                return found
            ((version,),) = following

    def left(self, rules: str) -> int:
        """How many they have not seen; of a hundred thousand that takes a tenth of a second."""
        return int(self._read(_LEFT, (rules,))[0][0])

    def mark(self, ref: TicketRef) -> Mark | None:
        """What changes with a conversation, None where there is none."""
        sql = "SELECT n, rules, fetched, updated FROM conversations JOIN tickets USING (n) WHERE desk = ? AND id = ?"
        for n, *stamps in self._read(sql, _key(ref)):
            if (size := self._size(n)) > LONG:
                return Mark(long=True, of=(size, *stamps))
            return Mark(long=False, of=self._read("SELECT comments FROM conversations WHERE n = ?", (n,))[0])
        return None

    def comments(self, ref: TicketRef) -> Iterator[model.Comment]:
        """What was said, entry by entry: no more of it than one is ever in memory."""
        numbers = self._read("SELECT n FROM conversations JOIN tickets USING (n) WHERE desk = ? AND id = ?", _key(ref))
        return (decode(model.Comment, entry) for (n,) in numbers for entry in entries(self._pieces(n)))

    def whole(self, ref: TicketRef) -> tuple[model.Comment, ...] | None:
        """What was said, oldest first, decoded once while it stays the same; None when it was never fetched.

        Of a long text only the hashes are kept, by which it is known again.
        """
        for n, text in self._read(_WHOLE, (self._long, LONG, *_key(ref))):
            self._long = n if text is None else self._long
            key = text or tuple(map(hash, self._pieces(n)))
            if key != self._said[0]:
                self._said = key, many_from_json(model.Comment, text) if text else tuple(self.comments(ref))
            return self._said[1]
        return None

    def beginning(self, n: int, most: int) -> str:
        """The first characters of what was said on a ticket, its entries in lines."""
        said, length = list[str](), 0
        for entry in entries(self._pieces(n)):
            said.append(entry["body"])
            length += len(said[-1]) + 1
            if length >= most:
                break
        return "\n".join(said)[:most]

    def _size(self, n: int) -> int:
        with self._named, self._connection.blobopen("conversations", "comments", n, readonly=True) as text:
            return len(text)

    def _pieces(self, n: int) -> Iterator[str]:
        reader = getincrementaldecoder("utf-8")()
        with self._named, self._connection.blobopen("conversations", "comments", n, readonly=True) as text:
            while piece := text.read(_PIECE):
                yield reader.decode(piece)


def entries(pieces: Iterable[str]) -> Iterator[Any]:
    """The objects of a JSON list that comes in pieces, each as soon as it is whole."""
    decoder, left = json.JSONDecoder(), ""
    for piece in pieces:
        left += piece
        while (start := left.find("{")) >= 0:
            try:
                found, end = decoder.raw_decode(left, start)
            except ValueError:  # there is more of it to come
                break
            left = left[end:]
            yield found


def _key(ref: TicketRef) -> Sequence[str]:
    return ref.desk, ref.id
