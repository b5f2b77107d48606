"""Finds the macros that are workarounds: what is prepared for every customer hides a bug from all of them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from supportdesk.insight.repeats import READ, shingles, words_of
from supportdesk.insight.rules import Rules
from supportdesk.insight.segment import HIDDEN, first_words
from supportdesk.insight.workaround import Said, findings, score
from supportdesk.model import Finding, Kind, Role
from supportdesk.text import LONGEST

USED = 0.6  # share of a macro's runs of three words that an answer made with it still has
FEWEST_SHINGLES = 4  # what is shorter is in answers by chance
_PLACEHOLDER = re.compile(r"\{\{[^{}]{0,300}\}\}|\{%[^{}]{0,300}%\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """Prepared words of a desk; `{{…}}` in the body stands for what the service fills in.

    `used` is how often it was used in the last 30 days by the service's own count, None where that is not known.
    """

    id: str
    name: str
    body: str
    desk: str = ""
    used: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer that was given, and to which customer."""

    body: str
    customer: str
    desk: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smell:
    """A macro that is itself a workaround: why, in how many answers it was used, and for how many customers."""

    macro: Macro
    finding: Finding
    uses: int
    customers: int


def smelly(rules: Rules, macros: Sequence[Macro], answers: Iterable[Given]) -> tuple[Smell, ...]:
    """Return the macros that the rules flag, most customers first; `answers` are all those by the support side.

    An answer counts for the macro that it keeps most of, placeholders aside, whether or not that macro is flagged.
    Offsets in the finding are into the macro's body.
    """
    uses = Uses(macros)
    for answer in answers:
        uses.add(answer)
    return smells(rules, uses)


def smells(rules: Rules, uses: "Uses") -> tuple[Smell, ...]:
    """Return what `smelly` does of answers that were counted already."""
    found = [
        Smell(macro=macro, finding=finding, uses=uses.count[at], customers=len(uses.customers[at]))
        for at, macro in enumerate(uses.macros)
        if (finding := _finding(rules, macro))
    ]
    return tuple(sorted(found, key=lambda one: (-one.customers, -one.uses, -(one.macro.used or 0), -one.finding.p)))


def _finding(rules: Rules, macro: Macro) -> Finding | None:
    """What the rules make of a macro's text, sent as an answer without its question."""
    text = _PLACEHOLDER.sub(lambda found: HIDDEN * len(found[0]), macro.body)
    scored = score(rules, Said(id=macro.id, role=Role.AGENT, body=text))
    return next((one for one in findings(rules, (scored,)) if one.kind is Kind.WORKAROUND), None)


class Uses:
    """How often each of some macros was used, and for whom, by the answers so far."""

    def __init__(self, macros: Sequence[Macro]) -> None:
        self.macros = macros
        self.count: Counter[int] = Counter()
        self.customers: list[set[str]] = [set() for _ in macros]
        self._runs = [_runs(macro) for macro in macros]
        self._holding: dict[tuple[str, int], list[int]] = {}
        for at, (macro, numbers) in enumerate(zip(macros, self._runs, strict=True)):
            for number in numbers:
                self._holding.setdefault((macro.desk, number), []).append(at)

    def add(self, answer: Given) -> None:
        """Count an answer for the macro of its desk that it was made with, if there is one."""
        made = shingles(words_of(first_words(answer.body, READ)))
        kept = Counter(at for number in made for at in self._holding.get((answer.desk, number), ()))
        used = [at for at, count in kept.items() if count >= USED * len(self._runs[at])]
        if used:
            macro = max(used, key=lambda at: (kept[at], -len(self._runs[at]), -at))
            self.count[macro] += 1
            self.customers[macro].add(answer.customer)


def _runs(macro: Macro) -> set[int]:
    """The macro's runs of three words; none goes across a placeholder, and a macro of a few words has none."""
    numbers = {number for piece in _pieces(macro) for number in shingles(words_of(piece))}
    return numbers if len(numbers) >= FEWEST_SHINGLES else set()


def _pieces(macro: Macro) -> Iterator[str]:
    left = READ
    for piece in _PLACEHOLDER.split(macro.body[:LONGEST]):
        own = first_words(piece, left)
        left -= len(own) - own.count("\n")
        yield own
