"""Which answers tell customers to do the same thing in other words: what their telling sentences have in common."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from math import log, sqrt

from supportdesk.insight.segment import own_words
from supportdesk.model import Finding

SHARED_WORDS = 6
ALIKE = 0.32  # of pairs of real answers above it that were read, about 87 % gave the same advice; above 0.25, 70 %
FEWEST_ANSWERS = 200  # a small desk's counts say little about how rare a word is
_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*|\n")
_LITTLE = """the and for that this with you your our are was has have had not but from will would can could should
    please thanks thank sorry about then when what which there their they them its into out all any been also just here
    now get let know hello dear regards best team hope"""
_COMMON = frozenset(_LITTLE.split())


def telling_words(body: str, finding: Finding) -> frozenset[str]:
    """The words of the sentences that the finding rests on, without endings that only bend them."""
    spans = [
        (each.start, each.end) for each in finding.evidence if each.weight > 0 and each.comment_id == finding.comment_id
    ]
    told = [
        sentence[0]
        for sentence in _SENTENCE.finditer(own_words(body))
        if any(start < sentence.end() and end > sentence.start() for start, end in spans)
    ]
    found = (word for word in _WORD.findall(" ".join(told)) if word not in _COMMON)
    return frozenset(word.removesuffix("s") for word in found)


def families(answers: Mapping[str, frozenset[str]]) -> list[tuple[str, ...]]:
    """All answers, those that give the same advice together, each family and its members in the order given.

    Every member of a family is like one of it, and not just like somebody who is: likeness passed on from answer to
    answer makes one family of hundreds that have nothing in common. Who is like most is asked first.
    """
    told, keys = Index(answers.values()), list(answers)
    alike = [told.alike(at) for at in range(len(keys))]
    placed: set[int] = set()
    found: list[list[int]] = []
    for at in sorted(range(len(keys)), key=lambda each: -len(alike[each])):
        if at not in placed:
            family = alike[at] - placed
            placed |= family
            found.append(sorted(family))
    return [tuple(keys[one] for one in family) for family in sorted(found)]


class Index:
    """The telling words of many answers, filed by word."""

    def __init__(self, answers: Iterable[frozenset[str]]) -> None:
        """File them; `alike` asks by their place."""
        self._words = list(answers)
        self._saying: dict[str, list[int]] = {}
        for at, words in enumerate(self._words):
            for word in words:
                self._saying.setdefault(word, []).append(at)
        known = max(len(self._words), FEWEST_ANSWERS)
        self._rarity = {word: log(1 + known / len(saying)) for word, saying in self._saying.items()}
        self._weight = [sum(map(self._rarity.__getitem__, sorted(words))) for words in self._words]

    def alike(self, at: int) -> set[int]:
        """Who tells the same as an answer, itself among them."""
        if len(self._words[at]) < SHARED_WORDS:
            return {at}
        shared = Counter(other for word in self._words[at] for other in self._saying[word])
        often = (other for other, count in shared.items() if count >= SHARED_WORDS)
        return {other for other in often if other == at or self._likeness(at, other) >= ALIKE}

    def _likeness(self, one: int, other: int) -> float:
        """How much of what two answers tell is in both, 0 to 1, rare words counting for more."""
        shared = sum(map(self._rarity.__getitem__, sorted(self._words[one] & self._words[other])))
        return shared / sqrt(self._weight[one] * self._weight[other])
