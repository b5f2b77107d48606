"""The full text of all desks for the console: filed between keys, searched while it is typed, with what matched."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Event
from time import monotonic
from typing import overload

from supportdesk.desk.workplace import Workplace
from supportdesk.model import Row
from supportdesk.store.cache_search import Found
from supportdesk.store.cache_words import plain, short, words

NEWEST = 50
LETTERS = 3  # from which a word is looked for while it is typed
LOOKED_AT = 20_000  # characters of a conversation in which a match is shown
BEFORE, AFTER = 24, 240  # characters shown around the first match
REST_S = 0.005  # in which others may write
STARVED_S = 0.5  # of keys without end, after which a few are filed all the same
TOLD_EVERY_S = 5.0
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A ticket that was found, with its words around the first match; the marks are offsets of matching words."""

    row: Row
    context: str
    marks: tuple[Span, ...]
    subject_marks: tuple[Span, ...]


class Hits(Sequence[Hit]):
    """What was found, newest change first; each is read when it is looked at."""

    def __init__(self, work: Workplace, found: Sequence[Found], wanted: Sequence[str]) -> None:
        self._work, self._wanted = work, wanted
        self._rows = {row.ref: row for row in work.cache.rows([one.ref for one in found])}
        self._found = [one for one in found if one.ref in self._rows]
        self._known: dict[int, Hit] = {}

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> list[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | list[Hit]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if index not in self._known:
            self._known[index] = self._hit(self._found[index])
        return self._known[index]

    def __iter__(self) -> Iterator[Hit]:
        return (self[at] for at in range(len(self)))

    def _hit(self, found: Found) -> Hit:
        row = self._rows[found.ref]
        context, marks = excerpt(self._work.cache.texts.text(found, LOOKED_AT), self._wanted)
        return Hit(row=row, context=context, marks=marks, subject_marks=tuple(matches(row.subject, self._wanted)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """How much of the tickets is in the full text: `left` of them are not, as they are now.

    Of those that are, `unheard` are there without their conversations, which were not read yet. Nothing of either is
    done while the background is paused.
    """

    tickets: int
    left: int
    unheard: int = 0
    paused: bool = False

    @property
    def percent(self) -> int:
        """How far it is, 100 only when it is there."""
        return 100 if not self.left else min(99, 100 * (self.tickets - self.left) // max(1, self.tickets))


class Searching:
    """What one types is looked for in what is filed; what is not filed yet is filed meanwhile."""

    def __init__(self, work: Workplace) -> None:
        self._work = work
        self._filing: asyncio.Task[None] | None = None
        self._left = Event()

    def search(self, text: str) -> Sequence[Hit]:
        """The newest tickets in which every word begins a word; none before one has its third letter."""
        wanted = words(text)
        if not any(len(word) >= LETTERS or not word.isascii() for word in wanted):
            return ()
        return Hits(self._work, self._work.cache.texts.search(text, NEWEST), wanted)

    def filed(self) -> Filed:
        """How far the filing is."""
        work, cache = self._work, self._work.cache
        unheard = sum(map(cache.unheard, work.connections))
        return Filed(
            tickets=cache.count("all"), left=cache.texts.unfiled(), unheard=unheard, paused=work.attention.paused
        )

    async def file(self) -> None:
        """File what has come in, in a thread of its own; left at any point, it goes on from there the next time."""
        if self._filing is not None or self._work.attention.paused or not self._work.cache.texts.unfiled():
            return
        self._filing = asyncio.create_task(asyncio.to_thread(_file, self._work, self._left))
        told = False
        while not (await asyncio.wait({self._filing}, timeout=TOLD_EVERY_S))[0]:
            told = True
            self._work.progressed()
        filing, self._filing = self._filing, None
        if told:
            self._work.changed()
        await filing

    async def leave(self) -> None:
        """Stop filing, before the cache is closed."""
        self._left.set()
        if self._filing is not None and not self._filing.done():
            await asyncio.wait({self._filing})


def _file(work: Workplace, left: Event) -> None:
    ours, attention = work.cache.again(), work.attention
    try:
        while not left.is_set() and not attention.paused and ours.texts.file_some():
            left.wait(REST_S)
            since = monotonic()
            while (wait_s := attention.aside_s(since, STARVED_S)) and not left.is_set():
                left.wait(wait_s)
    finally:
        ours.close()


def excerpt(text: str, wanted: Sequence[str]) -> tuple[str, tuple[Span, ...]]:
    """A text from shortly before the first match on, on one line, with where it matches; nothing where it does not."""
    first = next(matches(text, wanted), None)
    if first is None:
        return "", ()
    start = max(0, first[0] - BEFORE)
    if start:
        start = next((at + 1 for at in range(start, first[0]) if text[at].isspace()), first[0])
    shown = ("…" if start else "") + re.sub(r"\s", " ", text[start : first[0] + AFTER])
    return shown, tuple(matches(shown, wanted))


def matches(text: str, wanted: Sequence[str]) -> Iterator[Span]:
    """Where the wanted words begin words of a text, whatever the case and the accents."""
    if wanted:
        yield from (found.span() for found in _pattern(tuple(wanted)).finditer(plain(text)))


@lru_cache(maxsize=8)
def _pattern(wanted: tuple[str, ...]) -> re.Pattern[str]:
    ways = sorted((_way(plain(word)) for word in wanted), key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(ways)})")


def _way(word: str) -> str:
    return rf"{re.escape(word)}(?![^\W_])" if short(word) else re.escape(word)
