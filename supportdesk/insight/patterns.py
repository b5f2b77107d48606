"""An expression and the literals that let it through: tried only where one of them stands, and never for long."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

Toml = Any  # a table of cues.toml is unknown until it has been looked at
Span = tuple[int, int]
BEHIND = 200  # characters that a match may begin before its literal
LONGEST_LEAD = 20


@cache
def ready(spelled: str) -> re.Pattern[str]:
    """An expression, compiled once and only if it is tried: most of hundreds never are."""
    return re.compile(spelled)


@dataclass(frozen=True, slots=True)
class Pattern:
    """An expression over `segment.own_words` that can match only where one of its literals occurs.

    A `headed` one begins with a literal wherever it matches. With a `lead` it matches only where a literal begins and
    the lead ends: a way to say that it is an instruction.
    """

    literals: tuple[str, ...]
    spelled: str
    lead: re.Pattern[str] | None = None
    headed: bool = False

    @property
    def expression(self) -> re.Pattern[str]:
        """What is matched; it is compiled when a literal has let something through."""
        return ready(self.spelled)

    def occurs(self, words: str) -> bool:
        """Whether it matches anywhere."""
        starts = {one.start() for literal in self.literals for one in re.finditer(re.escape(literal), words)}
        return next(self.places(words, sorted(starts)), None) is not None

    def places(self, words: str, starts: Sequence[int]) -> Iterator[Span]:
        """Yield where it matches; its literals begin at `starts`, in order."""
        if not self.headed:
            first = max(0, starts[0] - BEHIND) if starts else len(words)
            yield from (found.span() for found in self.expression.finditer(words, first))
            return
        done = 0
        for start in starts:
            found = self.expression.match(words, start) if start >= done else None
            if found and self._led(words, start):
                yield found.span()
                done = found.end()

    def _led(self, words: str, start: int) -> bool:
        before = words[max(0, start - LONGEST_LEAD) : start]
        return not start or self.lead is None or self.lead.search(before) is not None


def compiled(name: str, written: Iterable[Toml], words: Mapping[str, str]) -> tuple[Pattern, ...]:
    """Return the patterns of a cue: each is written as a phrase that stands for itself, or `[literal, …, expression]`.

    `words` are the fragments that expressions name; ValueError says which is wrong and why.
    """
    return tuple(_pattern(name, one, words) for one in written)


_PLAIN = re.compile(r"[a-z0-9' -]+")
_GAP = re.compile(r"<(\d{1,3})>")
_NAMED = re.compile(r"<([a-z-]+)>")
_LED = "<lead>"


def _pattern(name: str, written: Toml, words: Mapping[str, str]) -> Pattern:
    if isinstance(written, str):
        if not _PLAIN.fullmatch(written):
            raise ValueError(f"cue {name}: {written!r} is an expression and needs a literal before it")
        return Pattern((written,), rf"\b{re.escape(written)}\b")
    *literals, expression = written
    literals = [word for literal in literals for word in _alternatives(literal, words)]
    lead = re.compile(f"{words['lead']}\\Z") if expression.startswith(_LED) else None
    expression = expression.removeprefix(_LED)
    spelled = _GAP.sub(r"[^.?!\\n]{0,\1}?", _NAMED.sub(lambda found: f"(?:{words[found[1]]})", expression))
    if not literals or not all(literals):
        raise ValueError(f"cue {name}: {expression!r} has no literal before it")
    if why := unbounded(spelled):
        raise ValueError(f"cue {name}: {expression!r} {why}")
    return Pattern(tuple(literals), spelled, lead, lead is not None or headed(spelled, literals))


_HEAD = re.compile(r"\\b\(\?:([^()\[\]]{1,2000})\)(?![?{])|\\b([a-z].*)")
_INNER = re.compile(r"\([^()]*\)")
_TEXT = re.compile(r"[a-z0-9' -]*")


def headed(expression: str, literals: Sequence[str]) -> bool:
    """Whether every match begins with one of the literals, as far as the expression's first group or word tells."""
    outer, inner = "", _CLASS.sub("c", _ESCAPED.sub("e", expression))
    while outer != inner:
        outer, inner = inner, _INNER.sub("", inner)
    found = _HEAD.match(expression)
    if found is None or "|" in outer:
        return False
    heads = [_plain(one) for one in (found[1].split("|") if found[1] else [found[2]])]
    return all(any(head.startswith(literal) for literal in literals) for head in heads)


def _plain(expression: str) -> str:
    """The text that an expression surely begins with."""
    text = _TEXT.match(expression)
    end = text.end() if text else 0
    return expression[: end - 1] if expression[end : end + 1] in ("?", "{") else expression[:end]


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
