"""Takes out of a text what must not leave, leaving numbered placeholders, and says what it was unsure of."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from supportdesk.gate.disguises import disguised
from supportdesk.gate.doubts import looks_internal
from supportdesk.gate.known import SHORTEST_SECRET, Known, encoded_pieces, needles, normalise
from supportdesk.gate.rules import EMAIL, PLACEHOLDER, PREFIXED, RULES, SECRETS, Rule

__all__ = ["Known", "Redacted", "Redactor", "counts_in", "redact"]

OWN_TOKEN = "One of our own tokens is in the text: it must be revoked, and nothing is sent while it is there."  # noqa: S105
STILL_SECRET = "Something still looks like a secret after redaction: take it out."  # noqa: S105
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_TOKENS = re.compile("|".join(PREFIXED))
_SPACE = re.compile(r"\s+")
_SHORTEST_ENCODED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A text that may leave, how many distinct values of each kind were taken out, what is doubtful, what blocks it."""

    text: str
    counts: dict[str, int]
    doubts: tuple[str, ...]
    blocks: tuple[str, ...]


def redact(text: str, known: Sequence[Known] = ()) -> Redacted:
    """Normalise a text, hide the known values in any form, run the rules, and look again at what is left."""
    redactor = Redactor(known, taken=text)
    done = redactor.take(text)
    return Redacted(text=done, counts=counts_in(done), doubts=redactor.doubts, blocks=redactor.blocks)


def counts_in(text: str) -> dict[str, int]:
    """How many distinct placeholders of each kind stand in a text."""
    counts: dict[str, int] = {}
    for kind, _ in sorted({(found[1], found[2]) for found in PLACEHOLDER.finditer(text)}):
        counts[kind] = counts.get(kind, 0) + 1
    return counts


class Redactor:
    """Redacts several texts with one numbering; numbers that `taken` uses already are not given out again."""

    def __init__(self, known: Sequence[Known], *, taken: str = "") -> None:
        self._known = tuple(one for one in known if len(one.value.strip()) > 1)
        self._needles = tuple(needles(self._known))
        self._numbers: dict[str, int] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._doubts: dict[str, None] = {}
        self._blocks: dict[str, None] = {}
        for found in PLACEHOLDER.finditer(taken):
            self._numbers[found[1]] = max(self._numbers.get(found[1], 0), int(found[2]))

    @property
    def doubts(self) -> tuple[str, ...]:
        """Sentences about what was left and may be internal."""
        return tuple(self._doubts)

    @property
    def blocks(self) -> tuple[str, ...]:
        """Sentences about why nothing may be sent."""
        return tuple(self._blocks)

    def take(self, text: str) -> str:
        """The text without what must not leave; new placeholders are numbered as they appear."""
        before = dict(self._numbers)
        text = self._renumbered(self._hidden(normalise(text)), before)
        self._look_again(text)
        return text

    def _hidden(self, text: str) -> str:
        text = self._hide_secrets(text)
        text = self._hide_encoded(text)
        text = self._hide_known(text, ("email",), parts=False)
        text = self._hide_keys(text)
        text = self._apply_rules(text)
        text = self._hide_known(text, ("phone", "host", "organization", "person", "field", "email"))
        if _holds_secret(text):  # what one rule hid can bare what another looks for
            text = self._apply_rules(text)
        return text

    def _renumbered(self, text: str, before: dict[str, int]) -> str:
        places = {found[0]: found.start() for found in reversed(list(PLACEHOLDER.finditer(text)))}
        fresh = [
            (key, name)
            for key, name in self._names.items()
            if int(name[:-1].rpartition("-")[2]) > before.get(key[0], 0)
        ]
        numbers = dict(before)
        renamed: dict[str, str] = {}
        for key, name in sorted(fresh, key=lambda one: places.get(one[1], len(text))):
            numbers[key[0]] = numbers.get(key[0], 0) + 1
            renamed[name] = self._names[key] = f"[{key[0]}-{numbers[key[0]]}]"
        return PLACEHOLDER.sub(lambda found: renamed.get(found[0], found[0]), text)

    def _placeholder(self, kind: str, value: str) -> str:
        key = (kind, value.casefold())
        if key not in self._names:
            self._numbers[kind] = self._numbers.get(kind, 0) + 1
            self._names[key] = f"[{kind}-{self._numbers[kind]}]"
        return self._names[key]

    def _hide_secrets(self, text: str) -> str:
        hidden = self._hide_known(text, ("secret",))
        if hidden != text or self._holds_own_token(hidden):
            self._blocks[OWN_TOKEN] = None
        return hidden

    def _holds_own_token(self, text: str) -> bool:
        """Whether a token of ours stands there in pieces, wrapped, escaped or encoded."""
        secrets = [normalise(one.value).strip() for one in self._known if one.kind == "secret"]
        return disguised(text, [value for value in secrets if len(value) >= SHORTEST_SECRET])

    def _hide_known(self, text: str, kinds: tuple[str, ...], *, parts: bool = True) -> str:
        for needle in self._needles:
            if needle.kind in kinds and (parts or needle.whole) and needle.pattern.search(text):
                text = needle.pattern.sub(self._placeholder(needle.kind, needle.key), text)
        return text

    def _hide_encoded(self, text: str) -> str:
        """Hide base64 and percent-encoded stretches that say a known value or an e-mail address."""
        spans: dict[int, tuple[int, str]] = {}
        for start, end, plain in encoded_pieces(text):
            if start not in spans and (name := self._named_in(plain)):
                spans[start] = (end, name)
        for start in sorted(spans, reverse=True):
            end, name = spans[start]
            text = text[:start] + name + text[end:]
        return text

    def _named_in(self, plain: str) -> str:
        folded = normalise(plain).casefold()
        for one in self._known:
            value = normalise(one.value).strip()
            if (
                len(value) >= (SHORTEST_SECRET if one.kind == "secret" else _SHORTEST_ENCODED)
                and value.casefold() in folded
            ):
                if one.kind == "secret":
                    self._blocks[OWN_TOKEN] = None
                return self._placeholder(one.kind, value)
        found = EMAIL.search(plain)
        return self._placeholder("email", found[0]) if found else ""

    def _hide_keys(self, text: str) -> str:
        """Hide private-key blocks; one without an end is hidden to the end of the text."""
        kept: list[str] = []
        at = 0
        while (begin := _KEY_BEGINS.search(text, at)) is not None:
            end = _KEY_ENDS.search(text, begin.end())
            stop = end.end() if end else len(text)
            kept += [text[at : begin.start()], self._placeholder("secret", text[begin.start() : stop])]
            at = stop
        return "".join(kept) + text[at:]

    def _apply_rules(self, text: str) -> str:
        for rule in RULES:
            text = self._apply(rule, text)
        return text

    def _apply(self, rule: Rule, text: str) -> str:
        def hide(found: re.Match[str]) -> str:
            value = found[rule.group]
            if PLACEHOLDER.search(value) or not rule.accept(found):
                return found[0]
            start, end = found.start(rule.group) - found.start(), found.end(rule.group) - found.start()
            return found[0][:start] + self._placeholder(rule.kind, value) + found[0][end:]

        return rule.pattern.sub(hide, text)

    def _look_again(self, text: str) -> None:
        """The second pass: the rules on the result, and once more on what it says when its encodings are undone."""
        if _holds_secret(text):
            self._blocks[STILL_SECRET] = None
        if EMAIL.search(text):
            self._doubts["Something still looks like an e-mail address after redaction."] = None
        plain = html.unescape(unquote(text))
        if plain != text and (_TOKENS.search(plain) or EMAIL.search(plain)):
            self._doubts["An encoded stretch seems to hold an address or a token."] = None
        if _TOKENS.search(_SPACE.sub("", text)) and not _TOKENS.search(text):
            self._doubts["A token seems to be spread over several words or lines."] = None
        for doubt in looks_internal(text):
            self._doubts[doubt] = None


def _holds_secret(text: str) -> bool:
    return any(
        not PLACEHOLDER.search(found[rule.group]) and rule.accept(found)
        for rule in SECRETS
        for found in rule.pattern.finditer(text)
    )
