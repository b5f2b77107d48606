"""The words of a text and of a query, as the full text takes them: small letters, without accents."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from supportdesk.store.cache_views import MOST_WORDS

LONGEST_WORD = 40  # of those that are kept to be completed
MOST_ENDINGS = 40  # of a word that is completed; one with more is rare in each
INDEXED = 3  # letters of a beginning that the full text has an index of
_WORD = re.compile(r"[^\W_]+")


def query(text: str, endings: Callable[[str, int], Sequence[str]]) -> str:
    """A full-text query that finds every word, from its third letter on by its beginning; empty when nothing can match.

    Beginnings of four letters and more are looked up as the words that `endings` knows: each of them is read from the
    newest on, where a beginning is read in whole. The engineer's text never reaches the query syntax.
    """
    parts = [_part(word, endings) for word in words(text)]
    return " AND ".join(parts) if all(parts) else ""


def _part(word: str, endings: Callable[[str, int], Sequence[str]]) -> str:
    if short(word):
        return f'"{word}"'
    if len(word) <= INDEXED or len(word) > LONGEST_WORD or not word.isascii():
        return f'"{word}"*'
    found = endings(word.lower(), MOST_ENDINGS + 1)
    if len(found) > MOST_ENDINGS:
        return f'"{word}"*'
    return f"({' OR '.join(f'{chr(34)}{one}{chr(34)}' for one in found)})" if found else ""


def words(text: str) -> list[str]:
    """The words of what is searched for."""
    return _WORD.findall(text)[:MOST_WORDS]


def vocabulary(text: str) -> set[str]:
    """The words of a text, plain, that can be completed."""
    return {word for word in _WORD.findall(plain(text)) if INDEXED < len(word) <= LONGEST_WORD}


def short(word: str) -> bool:
    """Whether so many words begin like this one that it stands for itself only; two signs of Chinese tell much."""
    return len(word) < INDEXED and word.isascii()


def plain(text: str) -> str:
    """A text in small letters and without accents, of the same length."""
    return text.lower() if text.isascii() else text.translate(_PLAIN)


class _Plain(dict[int, str]):
    def __missing__(self, code: int) -> str:
        first, *marks = list(unicodedata.normalize("NFD", chr(code)))
        bare = first.lower() if all(unicodedata.combining(mark) for mark in marks) else chr(code)
        self[code] = bare if len(bare) == 1 else chr(code)
        return self[code]


_PLAIN = _Plain()
