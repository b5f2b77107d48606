"""What an entry repeats word for word of an earlier one by the other side: a quote that nothing marks."""

import re
from unicodedata import normalize

from supportdesk.model import Role

Span = tuple[int, int]
LEAST = 40  # characters: shorter sentences are alike by chance
_LONG = re.compile(rf"[^.!?\n]{{{LEAST},}}")
_AROUND = " \"'“”„«»*_-–•>()[]:,;"


class Voices:
    """Which side of a conversation said each long sentence first, of the entries so far."""

    def __init__(self) -> None:
        self._first: dict[int, Role] = {}  # by the sentence's hash: of ten megabytes it is all that is kept

    def own(self, role: Role, words: str) -> tuple[str, tuple[Span, ...]]:
        """Take the next entry's `segment.own_words`; return them without what another said first, and where it stood.

        What is left out becomes line ends, so that every position stays.
        """
        pasted = {found.span() for found in _LONG.finditer(words) if self._is_others(role, found[0])}
        if pasted:
            words = _LONG.sub(lambda found: "\n" * len(found[0]) if found.span() in pasted else found[0], words)
        return words, tuple(sorted(pasted))

    def _is_others(self, role: Role, sentence: str) -> bool:
        """Whether another said it before; whoever says it first is kept. What names its writer may stand before it."""
        key = _folded(sentence)
        after = key.partition(": ")[2]
        known = len(after) >= LEAST and hash(after) in self._first
        return len(key) >= LEAST and self._first.setdefault(hash(after if known else key), role) is not role


def _folded(sentence: str) -> str:
    folded = " ".join(sentence.split()).strip(_AROUND)
    return folded if folded.isascii() else normalize("NFC", folded).casefold()
