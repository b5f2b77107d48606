"""Groups answers that were given again and again, word for word or nearly, and says what kind of answer each is."""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Self
from zlib import crc32

from supportdesk.insight.segment import HIDDEN, first_words

READ = 8_000  # characters of an answer's own words that are looked at, the same as the finder looks at
FEWEST_WORDS = 8  # "Thank you!" says nothing about what was answered
POINTER_WORDS = 14  # an answer with an address and no more words than this points to a page
POLITE_WORDS = 25
OPENING = 200  # characters in which a request makes the answer one
SKETCH = 24  # the smallest of an answer's shingles that are kept
INDEXED = 4  # the smallest of those, by which answers that may be alike are found
CROWD = 6  # answers kept for a shingle; what more of them share is a turn of phrase
ALIKE = 0.5  # share of shingles in common from which two answers are one
SAME = 0.85  # from here an answer need not be kept to find others by


class Label(StrEnum):
    """What kind of answer a group repeats: `common` is a class of question, `workaround` a class of problem."""

    WORKAROUND = "workaround"
    COMMON = "common"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Answers that are one answer: `id` is the first one's key, `customers` are distinct, `p_sum` adds up their p."""

    id: str
    members: tuple[str, ...]
    customers: tuple[str, ...]
    p_sum: float
    label: Label

    @property
    def p(self) -> float:
        """The mean probability that it is a workaround."""
        return self.p_sum / len(self.members)


@dataclass(frozen=True, slots=True)
class Sketch:
    """All of an answer that grouping needs: its smallest shingles, none for one too short, and if it says nothing."""

    numbers: tuple[int, ...]
    empty: bool

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the sketch of an answer."""
        own = first_words(text, READ)
        words = words_of(own)
        if len(words) < FEWEST_WORDS:
            return cls((), empty=True)
        return cls(tuple(sorted(shingles(words))[:SKETCH]), says_nothing(own, len(words)))


_WORD = re.compile(r"[^\W\d_]{1,40}")
_END = re.compile(r"[.!?](?!\S)")
_REQUEST = re.compile(
    r"\b(?:please|could you|can you|would you|need (?:you )?to) (?:also |please |first |try to )?(?:post|provide|send"
    r"|attach|share|upload|paste|tell|give|confirm|describe|explain|do the following|be more specific"
    r"|let (?:me|us) know)\b"
    r"|\bmore (?:information|details?|info)\b|\b(?:post|attach|send|provide) (?:a |the |some |your )?screen ?shots?\b"
)
_POLITE = re.compile(
    r"\b(?:you(?:'re| are) (?:\w{1,9} )?welcome|glad (?:to|it|that|you)|happy to (?:help|hear)|pleased to"
    r"|thank(?:s| you) for|as '?(?:solved|resolved)"
    r"|(?:closing|locking|closed|locked) (?:this|it|as|the)|(?:dup|dupe|duplicate) of|moved to"
    r"|have a (?:nice|great|good))\b"
)


class Groups:
    """Near-duplicate answers, found as they come; the same answers in the same order give the same groups."""

    def __init__(self, *, workaround: float) -> None:
        """Start empty; a group whose mean probability reaches `workaround` is one."""
        self._workaround = workaround
        self._keys: list[str] = []
        self._place: dict[str, int] = {}
        self._parent = array("l")
        self._p = array("d")
        self._customers: list[str] = []
        self._empty: dict[int, bool] = {}
        self._together: dict[int, list[int]] = {}
        self._exact: dict[int, int] = {}
        self._sketches: dict[int, array[int]] = {}
        self._found_by: dict[int, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: str, text: str, p: float, customer: str) -> None:
        """Put an answer with its probability; a key that is known gets the new probability and stays where it is."""
        if (known := self._place.get(key)) is not None:
            self._p[known], self._customers[known] = p, customer
            return
        at = self._new(key, p, customer)
        own = first_words(text, READ)
        words = words_of(own)
        if len(words) >= FEWEST_WORDS and self._joins(at, array("q", sorted(shingles(words))[:SKETCH])):
            self._empty[at] = says_nothing(own, len(words))

    def put(self, key: str, sketch: "Sketch", p: float, customer: str) -> None:
        """Put an answer of which only the sketch was kept, as `add` does with its text."""
        if (known := self._place.get(key)) is not None:
            self._p[known], self._customers[known] = p, customer
            return
        at = self._new(key, p, customer)
        if sketch.numbers and self._joins(at, array("q", sketch.numbers)):
            self._empty[at] = sketch.empty

    def group_of(self, key: str) -> Group:
        """Return the group of an answer, alone or not; KeyError when it was never added."""
        root = self._root(self._place[key])
        return self._group(root, self._together.get(root, [root]))

    def groups(self, fewest: int = 2) -> Iterator[Group]:
        """Yield the groups of at least `fewest` answers, in the order of their first."""
        for root in sorted(self._together):
            if len(self._together[root]) >= fewest:
                yield self._group(root, self._together[root])

    def repeated(self) -> dict[str, str]:
        """Return the group's id for the key of each answer that was given more than once."""
        return {self._keys[at]: self._keys[root] for root in sorted(self._together) for at in self._together[root]}

    def _new(self, key: str, p: float, customer: str) -> int:
        at = len(self._keys)
        self._place[key] = at
        self._keys.append(key)
        self._parent.append(at)
        self._p.append(p)
        self._customers.append(customer)
        return at

    def _joins(self, at: int, sketch: "array[int]") -> bool:
        """Whether there were answers like this one; it is in their group then."""
        if (same := self._exact.setdefault(hash(tuple(sketch)), at)) != at:
            self._unite(at, same)
            return True
        near = {other for number in sketch[:INDEXED] for other in self._found_by.get(number, ())}
        alike = {other: resemblance(sketch, self._sketches[other]) for other in near}
        found = [other for other in sorted(near) if alike[other] >= ALIKE]
        for other in found:
            self._unite(at, other)
        if max(alike.values(), default=0.0) < SAME:
            self._keep(at, sketch)
        return bool(found)

    def _keep(self, at: int, sketch: "array[int]") -> None:
        """Let later answers be found by this one, but for shingles that too many share."""
        for number in sketch[:INDEXED]:
            there = self._found_by.get(number, ())
            if len(there) < CROWD:
                self._found_by[number] = (*there, at)
                self._sketches[at] = sketch

    def _root(self, at: int) -> int:
        while self._parent[at] != at:
            self._parent[at] = self._parent[self._parent[at]]
            at = self._parent[at]
        return at

    def _unite(self, one: int, other: int) -> None:
        """The earlier answer stays the group's first, so that its id changes only when groups grow together."""
        first, second = sorted((self._root(one), self._root(other)))
        if first == second:
            return
        self._parent[second] = first
        few, many = sorted((self._together.pop(root, [root]) for root in (first, second)), key=len)
        many.extend(few)
        self._together[first] = many

    def _group(self, root: int, members: list[int]) -> Group:
        members = sorted(members)
        p_sum = sum(self._p[at] for at in members)
        votes = [self._empty[at] for at in members if at in self._empty]
        empty = 2 * sum(votes) > len(votes)
        quiet = Label.BOILERPLATE if empty else Label.COMMON
        return Group(
            id=self._keys[root],
            members=tuple(self._keys[at] for at in members),
            customers=tuple(dict.fromkeys(self._customers[at] for at in members)),
            p_sum=p_sum,
            label=Label.WORKAROUND if p_sum >= self._workaround * len(members) else quiet,
        )


def says_nothing(own: str, words: int) -> bool:
    """Whether an answer, as `own_words` gives it, only asks back, points to a page or is polite."""
    if words <= POINTER_WORDS and HIDDEN in own:
        return True
    if words <= POLITE_WORDS and _POLITE.search(own):
        return True
    asked = own.count("?")
    return 2 * asked > len(_END.findall(own)) or _REQUEST.search(own, 0, OPENING) is not None


def words_of(own: str) -> list[str]:
    """Return the words of an answer, as `own_words` gives it, without numbers: versions differ, the advice does not."""
    return _WORD.findall(own)


def shingles(words: list[str]) -> set[int]:
    """Return a number for each run of three words, the same in every process of one Python version."""
    numbers = [*map(_number, words)]
    return set(map(hash, zip(numbers, numbers[1:], numbers[2:], strict=False)))


def resemblance(one: "array[int]", other: "array[int]") -> float:
    """Return the share of shingles that two answers have in common, as far as their sketches tell."""
    ours, theirs = set(one), set(other)
    shared = ours & theirs
    if len(shared) < ALIKE * max(len(ours), len(theirs)):
        return 0.0
    smallest = sorted(ours | theirs)[:SKETCH]
    return sum(number in shared for number in smallest) / len(smallest)


@lru_cache(maxsize=200_000)
def _number(word: str) -> int:
    """The same in every process, which `hash` is for numbers and not for words."""
    return crc32(word.encode())
