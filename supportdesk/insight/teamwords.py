"""The team's own phrases as cues: added from a conversation, counted like the shipped ones, and shown as theirs."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from supportdesk.insight.language import foreign_language
from supportdesk.insight.patterns import Pattern
from supportdesk.insight.rules import Book, Cue, Rules, Side
from supportdesk.insight.segment import HIDDEN, own_words
from supportdesk.model import Evidence
from supportdesk.text import clean

SHORTEST, LONGEST = 4, 60
LEAST_LETTERS = 3
MOST = 200
WEIGHT = 1.0
HEAVIEST = 3.0
SAYS = "your team's phrase"
PREFIX = "team:"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamWord:
    """A phrase that speaks for a workaround here, or, `removed`, the fact that it no longer does.

    `weight` is in log-odds, below 0 against. Kept as it is, one record for each change.
    """

    phrase: str
    added_by: str
    at: datetime
    weight: float = WEIGHT
    removed: bool = False

    @property
    def words(self) -> str:
        """The phrase as it is looked for, which is also what tells it from others."""
        return own_words(self.phrase)


def standing(records: Iterable[TeamWord]) -> tuple[TeamWord, ...]:
    """Return the phrases that hold after these records, in the order they were first added; the latest record counts.

    What `propose` would never have made is left out.
    """
    latest: dict[str, TeamWord] = {}
    for one in records:
        if not _refusal(one):
            latest[one.words] = one
    return tuple(one for one in latest.values() if not one.removed)[:MOST]


def propose(
    rules: Rules, known: Sequence[TeamWord], phrase: str, *, added_by: str, at: datetime, weight: float = WEIGHT
) -> TeamWord:
    """Return the record that adds a phrase; ValueError says in a sentence why it cannot be one.

    `known` is what stands; `rules` are the shipped ones.
    """
    word = TeamWord(phrase=_tidied(phrase), added_by=added_by, at=at, weight=weight)
    why = _refusal(word) or _of_no_use(rules, known, word)
    if why:
        raise ValueError(why)
    return word


def removal(known: Iterable[TeamWord], phrase: str, *, removed_by: str, at: datetime) -> TeamWord:
    """Return the record that takes a phrase away; ValueError when it does not stand."""
    words = own_words(_tidied(phrase))
    found = next((one for one in known if one.words == words), None)
    if found is None:
        raise ValueError(f"“{_tidied(phrase)[:LONGEST]}” is not one of your team's phrases.")
    return replace(found, added_by=removed_by, at=at, removed=True)


def taught(rules: Rules, words: Sequence[TeamWord]) -> Rules:
    """Return the rules with the team's phrases among the cues of an answer; their `version` tells which."""
    if not words:
        return rules
    cues = [_cue(one) for one in words]
    spelled = "\n".join(f"{cue.name} {cue.weight}" for cue in cues)
    mark = hashlib.sha256(spelled.encode()).hexdigest()[:8]
    books = {**rules.books, Side.ANSWER: Book.of((*rules.books[Side.ANSWER].cues, *cues))}
    return replace(rules, version=f"{rules.version}+{mark}", books=books)


def title(cue: str, says: str) -> str:
    """Return what a cue is called in a sentence: the phrase itself where it is theirs, else what it says."""
    return cue.removeprefix(PREFIX) if cue.startswith(PREFIX) else says


def is_theirs(evidence: Evidence) -> bool:
    """Whether a piece of evidence is a phrase of the team's."""
    return evidence.cue.startswith(PREFIX)


def _cue(word: TeamWord) -> Cue:
    """A literal with room for a few spaces between its words: nothing in it repeats without a limit."""
    parts = word.words.split()
    spelled = r"(?<!\w)" + " {1,3}".join(re.escape(part) for part in parts) + r"(?!\w)"
    literal = re.match(r"\w+", parts[0])
    return Cue(
        name=PREFIX + word.words,
        side=Side.ANSWER,
        group="",
        weight=word.weight,
        says=SAYS,
        patterns=(Pattern((literal[0] if literal else parts[0],), spelled),),
    )


_EDGES = " \t\n.,;:!?…\"'“”‘’«»()[]{}<>*_-–—|/\\#"


def _tidied(phrase: str) -> str:
    return " ".join(clean(phrase[: 10 * LONGEST]).split()).strip(_EDGES)


_EMPTY_WORDS = """a an the this that these those it its i we you they he she me us them my our your their and or but
so if then when while as at by for from in into of on to with about is are was were be been am do does did have has
had can could will would should may might must not no yes ok okay please thanks thank hi hello hey dear all any some
more again also just now here there what which who how why where let know see get got let's i'm it's don't can't
regards best kind sincerely cheers team support customer ticket issue problem question answer help hope looking
forward hear back soon sorry day nice great good morning afternoon"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


def _refusal(word: TeamWord) -> str:
    """Why a record cannot be a phrase on its own account, or an empty string."""
    phrase = word.phrase
    shown = f"“{phrase[:LONGEST]}”"
    if phrase != _tidied(phrase) or not SHORTEST <= len(phrase) <= LONGEST:
        return f"{shown} is not {SHORTEST} to {LONGEST} characters long: select the few words that tell."
    words = word.words
    if HIDDEN in words or "\n" in words or "\ufffd" in words or not words[:1].isalnum():
        return f"{shown} holds an address, code or a quote, which are not read for workarounds."
    if sum(letter.isalpha() for letter in words) < LEAST_LETTERS:
        return f"{shown} has fewer than {LEAST_LETTERS} letters."
    if _says_nothing(words):
        return f"{shown} stands in nearly every answer: add a word that only workarounds have."
    if not 0 < abs(word.weight) <= HEAVIEST:
        return f"{shown} would count {word.weight}: a weight is at most {HEAVIEST:g} and not 0."
    return ""


def _of_no_use(rules: Rules, known: Sequence[TeamWord], word: TeamWord) -> str:
    if language := foreign_language(word.words):
        return f"“{word.phrase}” is {language}: only English answers are read."
    if any(one.words == word.words for one in known):
        return f"“{word.phrase}” is one of your team's phrases already."
    if len(known) >= MOST:
        return f"Your team has {MOST} phrases, which is the most there can be: remove one first."
    cue = next((cue for side in (Side.AGAINST, Side.ANSWER) for cue in _counting(rules, side, word.words)), None)
    return f"“{word.phrase}” counts already: it {cue.says}." if cue else ""


def _counting(rules: Rules, side: Side, words: str) -> list[Cue]:
    """The shipped cues that leave nothing of the phrase but little words."""
    found = rules.books[side].find(words)
    return [cue for cue, (start, end) in found if cue.weight and _says_nothing(f"{words[:start]} {words[end:]}")]


def _says_nothing(words: str) -> bool:
    return all(one in _EMPTY for one in re.findall(r"[\w']+", words))
