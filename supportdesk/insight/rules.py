"""The cues as data, compiled once: which phrases speak for or against a workaround, how strongly, and what they say."""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, Self

from supportdesk.model import Band, Grade, Kind

UNLIMITED = 10**9
UNMEASURED = 0.1  # how sure a hint is of whose kind too few were read
Toml = Any  # a table of cues.toml is unknown until it has been looked at


class Side(StrEnum):
    """What a cue is looked for in.

    `against` too is the answer's words, and hides what it covers from the others; `topic` is the subject and how the
    question begins; `after` is what the customer said next; `link` is the addresses in an answer; `ours` is another
    answer of ours in which cues of the group `of` stand.
    """

    AGAINST = "against"
    ANSWER = "answer"
    QUESTION = "question"
    TOPIC = "topic"
    AFTER = "after"
    LINK = "link"
    OURS = "ours"


Span = tuple[int, int]
BEHIND = 200  # characters that a match may begin before its literal
LONGEST_LEAD = 20
MOST_PLACES = 100


@dataclass(frozen=True, slots=True)
class Pattern:
    """An expression over `segment.own_words` that can match only where one of its literals occurs.

    With a `lead` it matches only where a literal begins and the lead ends: a way to say that it is an instruction.
    """

    literals: tuple[str, ...]
    expression: re.Pattern[str]
    lead: re.Pattern[str] | None = None

    def occurs(self, words: str) -> bool:
        """Whether it matches anywhere."""
        return next(self.places(words, self.starts(words)), None) is not None

    def starts(self, words: str) -> list[int]:
        """Return where its literals occur."""
        return sorted({one.start() for literal in self.literals for one in re.finditer(re.escape(literal), words)})

    def places(self, words: str, starts: Sequence[int]) -> Iterator[Span]:
        """Yield where it matches; its literals begin at `starts`, in order."""
        if self.lead is None:
            if starts:
                first = max(0, starts[0] - BEHIND)
                yield from (found.span() for found in self.expression.finditer(words, first))
            return
        for start in starts:
            found = self.expression.match(words, start)
            if found and (not start or self.lead.search(words[max(0, start - LONGEST_LEAD) : start])):
                yield found.span()


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

    cues: tuple[Cue, ...]
    places: Mapping[str, frozenset[tuple[int, int]]]
    finder: re.Pattern[str]

    @classmethod
    def of(cls, cues: Iterable[Cue]) -> Self:
        """File cues, keeping their order."""
        cues = tuple(cues)
        filed: dict[str, set[tuple[int, int]]] = {}
        for at, cue in enumerate(cues):
            for which, pattern in enumerate(cue.patterns):
                for literal in pattern.literals:
                    filed.setdefault(literal, set()).add((at, which))
        places = {one: frozenset().union(*(filed[two] for two in filed if one.startswith(two))) for one in filed}
        return cls(cues, places, re.compile(rf"(?:\b|(?=[?]))(?=({_tree(filed)}))"))

    def open(self, words: str) -> list[tuple[Cue, list[Try]]]:
        """Return the cues that may be in `words`, in the file's order, with the patterns worth trying and where."""
        starts: dict[tuple[int, int], list[int]] = {}
        for hit in self.finder.finditer(words):
            for place in self.places[hit[1]]:
                starts.setdefault(place, []).append(hit.start())
        chosen: dict[int, list[Try]] = {}
        for place in sorted(starts):
            at, which = place
            chosen.setdefault(at, []).append((self.cues[at].patterns[which], starts[place]))
        return [(self.cues[at], tries) for at, tries in chosen.items()]

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
    """What cues mean together: all of these groups or cues are there, none of those, and the answer is short enough.

    `within` is how many characters apart its parts may stand in the answer.
    """

    name: str
    weight: float
    says: str
    every: tuple[str, ...]
    none: tuple[str, ...]
    shorter_than: int
    within: int

    def holds(self, seen: frozenset[str] | set[str], length: int) -> bool:
        """Whether groups and names in `seen`, in an answer of `length` characters, make this combination."""
        return length < self.shorter_than and all(one in seen for one in self.every) and seen.isdisjoint(self.none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A low-key finding of another kind, made where its combination holds."""

    kind: Kind
    p: float
    when: Combination


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What makes an answer one of many steps: so many instructions, or more than so many characters."""

    patterns: tuple[Pattern, ...]
    least: int
    longest: int

    def many(self, words: str, length: int) -> bool:
        """Whether an answer of `length` characters is."""
        found = {start for pattern in self.patterns for start, _ in pattern.places(words, pattern.starts(words))}
        return length > self.longest or len(found) >= self.least


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
            ("answers", (Side.AGAINST, Side.ANSWER)),
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
        compiled = [_cue(name, table, words, learned) for name, table in cues["cue"].items()]
        return cls(
            version=hashlib.sha256(json.dumps([cues, scale], sort_keys=True).encode()).hexdigest()[:12],
            scale=Scale(**scale),
            books={side: Book.of(cue for cue in compiled if cue.side is side) for side in Side},
            combinations=tuple(_combination(name, table, learned) for name, table in cues["combination"].items()),
            hints=tuple(_hint(name, table, cues.get("kind", {})) for name, table in cues.get("hint", {}).items()),
            grades=tuple(
                (Grade(grade), _patterns(grade, patterns, words)) for grade, patterns in cues.get("grade", {}).items()
            ),
            steps=_steps(cues["steps"], words),
        )


def _cue(name: str, table: Mapping[str, Toml], words: Mapping[str, str], learned: Mapping[str, float]) -> Cue:
    patterns = _patterns(name, table.get("patterns", ()), words)
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
        shorter_than=table.get("shorter_than", UNLIMITED),
        within=table.get("within", UNLIMITED),
    )


def _hint(name: str, table: Mapping[str, Toml], measured: Mapping[str, Toml]) -> Hint:
    """A hint is as sure as hints of its kind were right when they were read."""
    right, read = measured.get(table["kind"], (0, 0))
    return Hint(kind=Kind(table["kind"]), p=right / read if right else UNMEASURED, when=_combination(name, table, {}))


def _steps(table: Mapping[str, Toml], words: Mapping[str, str]) -> Steps:
    patterns = _patterns("steps", table["patterns"], words)
    return Steps(patterns=patterns, least=table["least"], longest=table["longest"])


def _patterns(name: str, written: Iterable[Toml], words: Mapping[str, str]) -> tuple[Pattern, ...]:
    """Each is a phrase that stands for itself, or `[literal, …, expression]`."""
    return tuple(_pattern(name, one, words) for one in written)


_PLAIN = re.compile(r"[a-z0-9' -]+")
_GAP = re.compile(r"<(\d{1,3})>")
_NAMED = re.compile(r"<([a-z-]+)>")
_LED = "<lead>"


def _pattern(name: str, written: Toml, words: Mapping[str, str]) -> Pattern:
    if isinstance(written, str):
        if not _PLAIN.fullmatch(written):
            raise ValueError(f"cue {name}: {written!r} is an expression and needs a literal before it")
        return Pattern((written,), re.compile(rf"\b{re.escape(written)}\b"))
    *literals, expression = written
    literals = [word for literal in literals for word in _alternatives(literal, words)]
    lead = re.compile(f"{words['lead']}\\Z") if expression.startswith(_LED) else None
    expression = expression.removeprefix(_LED)
    spelled = _GAP.sub(r"[^.?!\\n]{0,\1}?", _NAMED.sub(lambda found: f"(?:{words[found[1]]})", expression))
    if not literals or not all(literals):
        raise ValueError(f"cue {name}: {expression!r} has no literal before it")
    if why := unbounded(spelled):
        raise ValueError(f"cue {name}: {expression!r} {why}")
    return Pattern(tuple(literals), re.compile(spelled), lead)


def _alternatives(literal: str, words: Mapping[str, str]) -> list[str]:
    """A literal `<name>` stands for each plain word of that fragment."""
    named = _NAMED.fullmatch(literal)
    return words[named[1]].removeprefix("(?:").removesuffix(")").split("|") if named else [literal]


_ESCAPED = re.compile(r"\\.")
_CLASS = re.compile(r"\[[^\]]{1,80}\]")
_WIDE = 20
_MANY_WIDE = 3


def unbounded(expression: str) -> str:
    """Return why an expression could take long on hostile text, or an empty string."""
    bare = _CLASS.sub("c", _ESCAPED.sub("e", expression))
    if re.search(r"[*+]|\{\d*,\}", bare):
        return "repeats without a limit"
    if re.search(r"\)\{", bare):
        return "repeats a group"
    if sum(int(limit) >= _WIDE for limit in re.findall(r",(\d+)\}", bare)) > _MANY_WIDE:
        return f"has more than {_MANY_WIDE} gaps of {_WIDE} characters or more"
    return ""
