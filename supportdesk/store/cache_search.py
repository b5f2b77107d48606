"""The full text of the tickets: filed a few at a time in the background, and searched newest change first."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from supportdesk.model import TicketRef
from supportdesk.store.cache_talks import LONG
from supportdesk.store.cache_words import query, vocabulary

LONGEST_TEXT = 200_000  # characters of one conversation that are filed
AT_ONCE = 8  # tickets filed in one transaction
MERGED = 16  # pages of the index that are merged after them
WORDS = 50  # that are to be completed, of which is looked at once who says them: 50 µs each
SWEPT = 400  # rows of an index of before that are let go of at once
_NUMBER_BITS = 26  # of a row's number that are its ticket's; the rest is the minute of its last change
_MINUTE = 60_000_000  # microseconds
_OLD = "words_content", "words_docsize", "words_data"
_HEADS = 10  # the last of the rows without which the old index is not even let go of
_NEXT = (
    "SELECT unfiled.n, filed.place, length(comments) > ?1, desk, id, subject, updated, CASE WHEN length(comments) <= ?1"
    " THEN substr((SELECT group_concat(json_extract(value, '$.body'), char(10)) FROM json_each(comments)), 1, ?2) END"
    " FROM unfiled LEFT JOIN tickets USING (n) LEFT JOIN conversations USING (n) LEFT JOIN filed USING (n)"
    " ORDER BY unfiled.n DESC LIMIT ?3"
)
_TERMS = "SELECT term FROM terms WHERE term > ? ORDER BY term LIMIT ? OFFSET ?"
_UNSAID = (
    "DELETE FROM terms WHERE term IN (SELECT value FROM json_each(?))"
    " AND NOT EXISTS (SELECT 1 FROM texts WHERE texts MATCH '\"' || term || '\"')"
)


class Found(NamedTuple):
    """A ticket whose words match, and the row of the full text that they stand in."""

    ref: TicketRef
    place: int


class Texts:
    """One part of a `Cache`, which lends its ways to read and to write."""

    def __init__(
        self,
        run: Callable[..., Any],
        read: Callable[..., list[Any]],
        batch: Callable[[], AbstractContextManager[None]],
        beginning: Callable[[int, int], str],
    ) -> None:
        self._run, self._read, self._batch, self._beginning = run, read, batch, beginning
        self._old: bool | None = None

    def unfiled(self) -> int:
        """How many tickets changed since they were filed."""
        return int(self._read("SELECT count(*) FROM unfiled")[0][0])

    def file_some(self) -> bool:
        """File a few of them; whether there is more to do."""
        with self._batch():
            found = self._read(_NEXT, (LONG, LONGEST_TEXT, AT_ONCE))
            for n, place, long, *ticket, body in found:
                self._file(n, place, ticket, self._beginning(n, LONGEST_TEXT) if long else body or "")
            self._run(
                "DELETE FROM unfiled WHERE n IN (SELECT value FROM json_each(?))",
                (json.dumps([it[0] for it in found]),),
            )
        if found:
            self._run("INSERT INTO texts (texts, rank) VALUES ('merge', ?)", (MERGED,))
            return True
        return self._sweep()

    def file_all(self) -> None:
        """File whatever is left."""
        while self.file_some():
            pass

    def _file(self, n: int, place: int | None, ticket: Sequence[Any], body: str) -> None:
        desk, id_, subject, updated = ticket
        if place is not None:
            self._run("DELETE FROM texts WHERE rowid = ?", (place,))
        if desk is None:  # gone meanwhile
            self._run("DELETE FROM filed WHERE n = ?", (n,))
            return
        place = max(0, updated // _MINUTE) << _NUMBER_BITS | n
        words = f"{TicketRef(desk, id_)} {subject}"
        self._run("INSERT INTO texts (rowid, subject, body) VALUES (?, ?, ?)", (place, words, body))
        self._run("INSERT OR REPLACE INTO filed VALUES (?, ?)", (n, place))
        terms = json.dumps(sorted(vocabulary(f"{words} {body}")))
        self._run("INSERT OR IGNORE INTO terms SELECT value FROM json_each(?)", (terms,))

    def unsay(self, start: int) -> Iterator[int]:
        """Forget what no ticket says any more of the words from one on, some at a step; how far it is, 0 at the end."""
        after, skipped, at = "", start, start
        while terms := [term for (term,) in self._read(_TERMS, (after, WORDS, skipped))]:
            gone: int = self._run(_UNSAID, (json.dumps(terms),)).rowcount
            after, skipped, at = terms[-1], 0, at + len(terms) - gone
            yield at
        yield 0

    def _sweep(self) -> bool:
        """Let go of the index that a version before has left, which takes seconds at once."""
        if self._old is None:
            self._old = bool(self._read("SELECT 1 FROM sqlite_master WHERE name = 'words'"))
        if not self._old:
            return False
        for table in _OLD:
            rows = f"SELECT id FROM {table} WHERE id > ? LIMIT ?"  # noqa: S608  # names of this file
            heads = _HEADS if table == "words_data" else -1
            if self._run(f"DELETE FROM {table} WHERE id IN ({rows})", (heads, SWEPT)).rowcount:  # noqa: S608  # as above
                return True
        self._run("DROP TABLE words")
        self._old = False
        return False

    def search(self, text: str, limit: int) -> list[Found]:
        """Tickets in which every word begins a word of the subject or of a comment, newest change first.

        A word of one or two letters stands for itself. What was not filed yet is not found.
        """
        wanted = query(text, self._endings)
        if not wanted:
            return []
        sql = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid DESC LIMIT ?"
        places = [place for (place,) in self._read(sql, (wanted, limit))]
        known = (
            "SELECT desk, id, place FROM filed JOIN tickets USING (n) WHERE n IN (SELECT value FROM json_each(?))"
            " ORDER BY updated DESC, n DESC"
        )
        numbers = json.dumps([place & ((1 << _NUMBER_BITS) - 1) for place in places])
        return [Found(ref=TicketRef(desk, id_), place=place) for desk, id_, place in self._read(known, (numbers,))]

    def _endings(self, beginning: str, most: int) -> list[str]:
        sql = "SELECT term FROM terms WHERE term >= ? AND term < ? LIMIT ?"
        return [term for (term,) in self._read(sql, (beginning, f"{beginning}\U0010ffff", most))]

    def text(self, found: Found, most: int) -> str:
        """The beginning of what was filed of a conversation, in so many characters."""
        rows = self._read("SELECT substr(body, 1, ?) FROM texts WHERE rowid = ?", (most, found.place))
        return str(rows[0][0]) if rows else ""
