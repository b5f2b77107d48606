"""What the cache knows of our own answers beside their words: what flagged ones tell, and which to ask about."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from supportdesk import late
from supportdesk.model import Role, TicketRef

_TOLD = (
    "SELECT desk, id, customer, comment, told.p, words, sketch, empty, band IS NOT NULL"
    " FROM told JOIN tickets USING (n)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer that is a flag, or nearly: its telling words and its sketch; `shown` when its ticket is flagged."""

    ref: TicketRef
    comment_id: str
    customer: str
    p: float
    words: frozenset[str]
    sketch: late.repeats.Sketch
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answers of ours in one conversation, and whom they were for."""

    ref: TicketRef
    customer: str
    bodies: tuple[str, ...]


class Answers:
    """One part of a `Cache`, which lends its ways to read and to write."""

    def __init__(
        self,
        run: Callable[[str, Sequence[Any]], Any],
        many: Callable[[str, Sequence[Sequence[Any]]], None],
        read: Callable[[str, Sequence[Any]], list[Any]],
    ) -> None:
        self._run, self._many, self._read = run, many, read

    def put_told(self, ref: TicketRef, told: Iterable[Told]) -> None:
        """Keep what the flagged answers of a ticket tell, in the place of what was kept before."""
        found = self._read("SELECT n FROM tickets WHERE desk = ? AND id = ?", (ref.desk, ref.id))
        for (n,) in found:
            self._run("DELETE FROM told WHERE n = ?", (n,))
            self._many("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?)", [(n, *_columns(one)) for one in told])

    def told(self, ref: TicketRef | None = None) -> list[Told]:
        """What flagged answers tell, of one ticket or of all, oldest ticket first."""
        if ref is None:
            return [_told(row) for row in self._read(f"{_TOLD} ORDER BY n, comment", ())]
        return [_told(row) for row in self._read(f"{_TOLD} WHERE desk = ? AND id = ?", (ref.desk, ref.id))]

    def pool(self, desk: str, limit: int, least: float) -> list[tuple[TicketRef, str]]:
        """The newest public answers of a desk that the rules do not flag from `least` on, newest ticket first."""
        sql = (
            "SELECT id, comment FROM answers JOIN tickets USING (n) WHERE desk = ? AND NOT EXISTS"
            " (SELECT 1 FROM told WHERE told.n = answers.n AND told.comment = answers.comment AND told.p >= ?)"
            " ORDER BY n DESC, comment LIMIT ?"
        )
        return [(TicketRef(desk, id_), comment) for id_, comment in self._read(sql, (desk, least, limit))]

    def given(self, desk: str, slice_: int) -> Iterator[list[Answered]]:
        """Every answer of ours on a desk, some conversations at a time."""
        sql = (
            "SELECT n, id, customer, comments FROM tickets JOIN conversations USING (n)"
            " WHERE desk = ? AND n > ? ORDER BY n LIMIT ?"
        )
        after = -1
        while rows := self._read(sql, (desk, after, slice_)):
            after = rows[-1][0]
            yield [
                Answered(ref=TicketRef(desk, id_), customer=customer, bodies=_ours(comments))
                for _, id_, customer, comments in rows
            ]


def _columns(told: Told) -> tuple[Any, ...]:
    numbers = array("q", told.sketch.numbers).tobytes()
    return told.comment_id, told.p, " ".join(sorted(told.words)), numbers, told.sketch.empty


def _told(row: Sequence[Any]) -> Told:
    desk, id_, customer, comment, p, words, numbers, empty, shown = row
    return Told(
        ref=TicketRef(desk, id_),
        comment_id=comment,
        customer=customer,
        p=p,
        words=frozenset(words.split()),
        sketch=late.repeats.Sketch(tuple(array("q", numbers)), bool(empty)),
        shown=bool(shown),
    )


def _ours(comments: str) -> tuple[str, ...]:
    """The bodies by the support side; the JSON is looked into as it is, which takes a tenth of decoding it."""
    return tuple(one["body"] for one in json.loads(comments) if one["author"]["role"] == Role.AGENT.value)
