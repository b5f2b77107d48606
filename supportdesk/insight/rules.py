"""The cues as data, compiled once: which phrases speak for or against a workaround, how strongly, and what they say."""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, Self

from supportdesk.insight.patterns import Pattern, Span, compiled, ready
from supportdesk.model import Band, Grade, Kind

UNLIMITED = 10**9
JUST_ASKED = "just-asked"
TWICE = "-twice"
UNMEASURED = 0.1  # how sure a hint is of whose kind too few were read
Toml = Any  # a table of cues.toml is unknown until it has been looked at


class Side(StrEnum):
    """What a cue is looked for in.

    `against` too is the answer's words, and hides what it covers from the others; `remark` is them before anything is
    hidden, for hints alone; `topic` is the subject and how the question begins; `after` is what the customer said next;
    `link` is the addresses in an answer; `ours` is another answer of ours in which cues of the group `of` stand.
    """

    REMARK = "remark"
    AGAINST = "against"
    ANSWER = "answer"
    QUESTION = "question"
    TOPIC = "topic"
    AFTER = "after"
    LINK = "link"
    OURS = "ours"


MOST_PLACES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One reason: combinations ask for its `group`; `weight` is in log-odds, below 0 against; `says` is for people."""

    name: str
    side: Side
    group: str
    weight: float
    says: str
    patterns: tuple[Pattern, ...] = ()
    of: str = ""


Try = tuple[Pattern, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Book:
    """The cues of one side, filed by literal: a text is searched only for what its literals let through."""

    tries: tuple[tuple[Cue, Pattern], ...]
    places: Mapping[str, tuple[int, ...]]
    spelled: str
    cues: tuple[Cue, ...]

    @classmethod
    def of(cls, cues: Iterable[Cue]) -> Self:
        """File cues, keeping their order."""
        cues = tuple(cues)
        tries = tuple((cue, pattern) for cue in cues for pattern in cue.patterns)
        filed: dict[str, set[int]] = {}
        for at, (_, pattern) in enumerate(tries):
            for literal in pattern.literals:
                filed.setdefault(literal, set()).add(at)
        within = {one: set().union(*(filed.get(one[:end], ()) for end in range(len(one) + 1))) for one in filed}
        places = {literal: tuple(sorted(found)) for literal, found in within.items()}
        return cls(tries, places, rf"(?:\b|(?=[?]))(?=({_tree(filed)}))", cues)

    @property
    def finder(self) -> re.Pattern[str]:
        """What finds the literals."""
        return ready(self.spelled)

    def open(self, words: str) -> list[tuple[Cue, list[Try]]]:
        """Return the cues that may be in `words`, in the file's order, with the patterns worth trying and where."""
        starts: dict[int, list[int]] = {}
        for hit in self.finder.finditer(words):
            start = hit.start()
            for at in self.places[hit[1]]:
                if at in starts:
                    starts[at].append(start)
                else:
                    starts[at] = [start]
        chosen: list[tuple[Cue, list[Try]]] = []
        for at in sorted(starts):
            cue, pattern = self.tries[at]
            if not chosen or chosen[-1][0] is not cue:
                chosen.append((cue, []))
            chosen[-1][1].append((pattern, starts[at]))
        return chosen

    def find(self, words: str) -> list[tuple[Cue, Span]]:
        """Return each cue that occurs, with the first place where it does.

        What a cue of the side `against` covers is hidden from the cues after it.
        """
        found: list[tuple[Cue, Span]] = []
        for cue, tries in self.open(words):
            if cue.side is Side.AGAINST:
                spans = every_place(tries, words)
                for start, end in spans:
                    words = words[:start] + "\n" * (end - start) + words[end:]
                found += [(cue, span) for span in spans[:1]]
            elif span := first_place(tries, words):
                found.append((cue, span))
        return found


def _tree(literals: Iterable[str]) -> str:
    """An expression for any of the literals, the longest first, that decides letter by letter."""
    by_letter: dict[str, list[str]] = {}
    for literal in literals:
        if literal:
            by_letter.setdefault(literal[0], []).append(literal[1:])
    branches = [re.escape(letter) + (_tree(rests) if any(rests) else "") for letter, rests in sorted(by_letter.items())]
    if not branches:
        return "(?!)"
    return f"(?:{'|'.join(branches)})" + ("?" if "" in literals else "")


def first_place(tries: Iterable[Try], words: str) -> Span | None:
    """Return where the first pattern that matches does: a cue's patterns stand in the order of what they tell."""
    return next((span for pattern, starts in tries for span in pattern.places(words, starts)), None)


def every_place(tries: Iterable[Try], words: str) -> list[Span]:
    """Return the matches of all the patterns in order, at most a hundred for each."""
    return sorted(span for pattern, starts in tries for span in islice(pattern.places(words, starts), MOST_PLACES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """What cues mean together: all of these groups or cues are there, none of those, and the answer is of such length.

    `within` is how many characters apart its parts may stand in the answer. Two parts stand for no cue: `JUST_ASKED`
    is there when the customer spoke last before the answer, a group with `TWICE` when two of its cues are.
    """

    name: str
    weight: float
    says: str
    every: tuple[str, ...]
    none: tuple[str, ...]
    longer_than: int
    shorter_than: int
    within: int

    def holds(self, seen: frozenset[str] | set[str], length: int) -> bool:
        """Whether groups and names in `seen`, in an answer of `length` characters, make this combination."""
        fits = self.longer_than <= length < self.shorter_than
        return fits and all(one in seen for one in self.every) and seen.isdisjoint(self.none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A low-key finding of another kind, made where its combination holds."""

    kind: Kind
    p: float
    when: Combination


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What makes an answer one of many steps: so many instructions, or more than so many characters."""

    book: Book
    least: int
    longest: int

    def many(self, words: str, length: int) -> bool:
        """Whether an answer of `length` characters is."""
        if length > self.longest:
            return True
        tries = [each for _, tries in self.book.open(words) for each in tries]
        return len({start for start, _ in every_place(tries, words)}) >= self.least


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How a sum of weights becomes a probability: fitted at `set_rate`, then shifted to the desk's own `base_rate`."""

    bias: float
    slope: float
    offset: float
    set_rate: float
    base_rate: float
    likely: float
    possible: float
    weak: float

    def probability(self, logit: float) -> float:
        """Return the probability at the base rate."""
        shifted = self.slope * logit + self.offset + _log_odds(self.base_rate) - _log_odds(self.set_rate)
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, shifted))))

    def band(self, p: float) -> Band:
        """Return how sure `p` is; what is below every threshold is weak too."""
        if p >= self.likely:
            return Band.LIKELY
        return Band.POSSIBLE if p >= self.possible else Band.WEAK


def _log_odds(p: float) -> float:
    return math.log(p / (1 - p))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything that the finder knows; `version` changes with any of it.

    `answers` reads our words, `customers` theirs: each is a book of two sides, so that a text is gone through once.
    """

    version: str
    scale: Scale
    books: Mapping[Side, Book]
    combinations: tuple[Combination, ...]
    hints: tuple[Hint, ...]
    grades: tuple[tuple[Grade, tuple[Pattern, ...]], ...]
    steps: Steps
    answers: Book = field(init=False)
    customers: Book = field(init=False)

    def __post_init__(self) -> None:
        for name, sides in (
            ("answers", (Side.REMARK, Side.AGAINST, Side.ANSWER)),
            ("customers", (Side.QUESTION, Side.TOPIC, Side.AFTER)),
        ):
            object.__setattr__(self, name, Book.of(cue for side in sides for cue in self.books[side].cues))

    @classmethod
    def load(cls, cues: Mapping[str, Toml], *, base_rate: float | None = None) -> Self:
        """Compile the tables of cues.toml; ValueError names the cue that is wrong.

        `base_rate` is the share of answers on this desk that are workarounds; the file's is used when it is None.
        """
        scale = dict(cues["scale"])
        if base_rate is not None:
            scale["base_rate"] = base_rate
        words = cues.get("words", {})
        learned = cues.get("learned", {})
        known = [_cue(name, table, words, learned) for name, table in cues["cue"].items()]
        return cls(
            version=hashlib.sha256(json.dumps([cues, scale], sort_keys=True).encode()).hexdigest()[:12],
            scale=Scale(**scale),
            books={side: Book.of(cue for cue in known if cue.side is side) for side in Side},
            combinations=tuple(_combination(name, table, learned) for name, table in cues["combination"].items()),
            hints=tuple(_hint(name, table, cues.get("kind", {})) for name, table in cues.get("hint", {}).items()),
            grades=tuple(
                (Grade(grade), compiled(grade, patterns, words)) for grade, patterns in cues.get("grade", {}).items()
            ),
            steps=_steps(cues["steps"], words),
        )


def _cue(name: str, table: Mapping[str, Toml], words: Mapping[str, str], learned: Mapping[str, float]) -> Cue:
    patterns = compiled(name, table.get("patterns", ()), words)
    for literal in (one for pattern in patterns for one in pattern.literals):
        if not literal[0].isalnum() and literal != "?":
            raise ValueError(f"cue {name}: the literal {literal!r} does not begin as a word does")
    return Cue(
        name=name,
        side=Side(table["side"]),
        group=table.get("group", ""),
        weight=float(learned.get(name, table.get("weight", 0.0))),
        says=table["says"],
        patterns=patterns,
        of=table.get("of", ""),
    )


def _combination(name: str, table: Mapping[str, Toml], learned: Mapping[str, float]) -> Combination:
    return Combination(
        name=name,
        weight=float(learned.get(name, table.get("weight", 0.0))),
        says=table["says"],
        every=tuple(table["every"]),
        none=tuple(table.get("none", ())),
        longer_than=table.get("longer_than", 0),
        shorter_than=table.get("shorter_than", UNLIMITED),
        within=table.get("within", UNLIMITED),
    )


def _hint(name: str, table: Mapping[str, Toml], measured: Mapping[str, Toml]) -> Hint:
    """A hint is as sure as hints of its kind were right when they were read."""
    right, read = measured.get(table["kind"], (0, 0))
    return Hint(kind=Kind(table["kind"]), p=right / read if right else UNMEASURED, when=_combination(name, table, {}))


def _steps(table: Mapping[str, Toml], words: Mapping[str, str]) -> Steps:
    step = _cue("steps", {"side": Side.ANSWER, "says": "is a step", **table}, words, {})
    return Steps(book=Book.of((step,)), least=table["least"], longest=table["longest"])
