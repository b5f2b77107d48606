"""Which answers tell customers to do the same thing in other words: what their telling sentences have in common."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from math import log

from supportdesk.model import Finding

SHARED_WORDS = 6
SHARED_WEIGHT = 0.25
FEWEST_ANSWERS = 200  # a small desk's counts say little about how rare a word is
_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*|\n")
_COMMON = frozenset(
    (
        *("the", "and", "for", "that", "this", "with", "you", "your", "our", "are", "was", "has", "have", "had", "not"),
        *("but", "from", "will", "would", "can", "could", "should", "please", "thanks", "thank", "sorry", "about"),
        *(
            "then",
            "when",
            "what",
            "which",
            "there",
            "their",
            "they",
            "them",
            "its",
            "into",
            "out",
            "all",
            "any",
            "been",
        ),
        *("also", "just", "here", "now", "get", "let", "know", "hello", "dear", "regards", "best", "team", "hope"),
    )
)


def telling_words(body: str, finding: Finding) -> frozenset[str]:
    """The words of the sentences that the finding rests on, without endings that only bend them."""
    spans = [
        (each.start, each.end) for each in finding.evidence if each.weight > 0 and each.comment_id == finding.comment_id
    ]
    told = [
        sentence[0]
        for sentence in _SENTENCE.finditer(body)
        if any(start < sentence.end() and end > sentence.start() for start, end in spans)
    ]
    found = (word for word in _WORD.findall(" ".join(told).casefold()) if word not in _COMMON)
    return frozenset(word.removesuffix("s") for word in found)


def same_advice(words: frozenset[str], others: Mapping[str, frozenset[str]]) -> list[str]:
    """The keys of the answers that give the same advice."""
    if len(words) < SHARED_WORDS:
        return []
    rarity = _rarity((words, *others.values()))
    return [key for key, other in others.items() if _alike(words, other, rarity)]


def _rarity(answers: Iterable[frozenset[str]]) -> dict[str, float]:
    known = list(answers)
    seen = Counter(word for words in known for word in words)
    return {word: log(1 + max(len(known), FEWEST_ANSWERS) / count) for word, count in seen.items()}


def _alike(words: frozenset[str], other: frozenset[str], rarity: Mapping[str, float]) -> bool:
    shared = words & other
    if len(shared) < SHARED_WORDS:
        return False
    smaller = min(sum(rarity[word] for word in words), sum(rarity[word] for word in other))
    return sum(rarity[word] for word in shared) >= SHARED_WEIGHT * smaller
