"""A view's rows held in memory while a filter is typed: a letter looks through them without going to disk."""

import sqlite3
from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any

from supportdesk.store import cache_views as views_of
from supportdesk.store.cache_refs import Refs
from supportdesk.store.cache_views import Me

Stamp = tuple[int, int]
Rows = tuple[list[int], list[str]]  # number and haystack, side by side
MOST_STEPS = 8  # letters that are taken back for nothing


class Sieve:
    """The tickets of one view in its order, each with what the filter looks in."""

    def __init__(self, rows: Sequence[tuple[int, str]]) -> None:
        whole = [number for number, _ in rows], [haystack for _, haystack in rows]
        self._steps: list[tuple[list[str], Rows]] = [([], whole)]  # what was typed so far, and what each of it left

    def __len__(self) -> int:
        return len(self._steps[0][1][0])

    def numbers(self, text: str) -> list[int]:
        """Those that match a filter; letters added look through the hits before, letters taken back through none."""
        wanted = views_of.words(text)
        while not _narrows(self._steps[-1][0], wanted):
            self._steps.pop()
        before, rows = self._steps[-1]
        if wanted != before:
            for word in wanted:
                rows = rows if word in before else _left(rows, word)
            self._steps.append((wanted, rows))
            del self._steps[1:-MOST_STEPS]
        return rows[0]


class Sieves:
    """Makes sieves, and tells whether what one was made of is as it was."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        read: Callable[[str, Sequence[Any]], list[Any]],
        listing: Callable[[Sequence[int]], Refs],
    ) -> None:
        self._connection, self._read, self.listing = connection, read, listing
        self.glances = 0  # tickets that were only marked as read: no filter looks for that

    def stamp(self) -> Stamp:
        """What changes with every change of the cache, ours or another connection's."""
        ((theirs,),) = self._read("PRAGMA data_version", ())
        return int(theirs), self._connection.total_changes - self.glances

    def sieve(self, view: str, me: Me) -> Sieve:
        """A view as it is now; NotFoundError when there is no such view."""
        return Sieve(self._read(*views_of.haystacks(view, me)))


def _narrows(before: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether the filter before is asked for still, perhaps with more letters: a longer `!word` leaves out less."""
    if len(before) > len(wanted):
        return False
    pairs = zip(before, wanted, strict=False)
    return all(now == then or (not then.startswith("!") and now.startswith(then)) for then, now in pairs)


def _left(rows: Rows, word: str) -> Rows:
    numbers, haystacks = rows
    if word.startswith("!"):
        unwanted = word[1:]
        found = [unwanted not in haystack for haystack in haystacks]
    else:
        found = [word in haystack for haystack in haystacks]
    if all(found):
        return rows
    return list(compress(numbers, found)), list(compress(haystacks, found))
