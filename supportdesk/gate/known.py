"""What is known about a ticket and must not leave with it: people, addresses, organisations, hosts, our own tokens."""

import re
import unicodedata
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from supportdesk.gate.words import (
    ALSO_WORDS,
    FREE_MAIL,
    GENERIC,
    LEGAL_FORMS,
    OPEN_HOSTS,
    PARTICLES,
    SYSTEMS,
    TENANTS,
)
from supportdesk.text import limit_marks

SHORTEST_SECRET = 8  # a shorter one is a word of the language too often
KnownKind = Literal["person", "email", "phone", "organization", "field", "host", "secret"]

_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufffd"
    "\U000e0000-\U000e0fff]+|(?<=[!-\u024f])[\u200c\u200d\ufe00-\ufe0f]+(?=[!-\u024f])"
)
_SOFT_BREAK = re.compile(r"(?<=\S)=\n(?=\S)")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{12,}+={0,2}")
_PIECE = re.compile(r"[^\s\"'<>&?=;,()\[\]]++")
_STANDARD = str.maketrans("-_", "+/")

_LEGAL = re.compile(rf"(?i)[ ,]{{1,3}}(?:{LEGAL_FORMS})\.?\Z")
_PLAIN_FIELD = re.compile(
    rf"[a-zäöüß]{{1,40}}|\d{{1,4}}|[vV]?\d{{1,4}}(?:\.\d{{1,6}}){{1,3}}|(?:{SYSTEMS})[ \d.]{{0,12}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A value that is hidden wherever it stands; a `secret` also blocks."""

    kind: KnownKind
    value: str


@dataclass(frozen=True, slots=True)
class Needle:
    """A pattern for one form of a known value; every form of one value has the same key."""

    kind: KnownKind
    key: str
    pattern: re.Pattern[str]
    whole: bool


def normalise(text: str) -> str:
    """Compose and unfold compatibility forms, drop what hides between letters, undo quoted-printable line ends.

    What stood between marks may be gone, so that they stand in a row: they are held to eight once more.
    """
    text = unicodedata.normalize("NFKC", _HIDDEN.sub("", text))
    return _SOFT_BREAK.sub("", limit_marks(text))


def needles(known: Sequence[Known]) -> Iterator[Needle]:
    """Every form in which the values are looked for: whole values first, the longest first, then their parts."""
    ordered = sorted(known, key=lambda one: (one.kind == "email", -len(one.value)))
    for wanted in (True, False):
        for one in ordered:
            value = normalise(one.value).strip()
            for whole, pattern in _forms(one.kind, value):
                if whole is wanted:
                    yield Needle(one.kind, value.casefold(), pattern, whole)


def _forms(kind: KnownKind, value: str) -> Iterator[tuple[bool, re.Pattern[str]]]:
    if len(value) < 2:
        return
    match kind:
        case "secret":
            if len(value) >= SHORTEST_SECRET:
                yield True, re.compile(re.escape(value), re.IGNORECASE)
        case "email":
            yield from _email_forms(value)
        case "phone":
            yield from _phone_forms("".join(character for character in value if character.isdigit()))
        case "host":
            yield from _host_forms(value)
        case "organization":
            yield from _organization_forms(value)
        case "person":
            yield from _person_forms(value)
        case "field":
            if len(value) > 3 and not _PLAIN_FIELD.fullmatch(value):
                yield True, _word(value)


def _phone_forms(digits: str) -> Iterator[tuple[bool, re.Pattern[str]]]:
    if len(digits) < 6:
        return
    gap = "[ )(./-]{0,3}"
    abroad = r"(?:[+(]{1,2}\d{1,3}[ )(./-]{1,3}\d?)?"
    yield True, re.compile(rf"(?<!\d){abroad}{gap.join(digits[-9:])}(?!\d)")
    yield True, re.compile(rf"(?<!\d)\+?{gap.join(digits)}(?!\d)")


def _email_forms(value: str) -> Iterator[tuple[bool, re.Pattern[str]]]:
    local, _, domain = value.partition("@")
    yield True, re.compile(re.escape(value), re.IGNORECASE)
    if len(local) > 4 and local.lower() not in GENERIC | ALSO_WORDS:
        yield False, _word(local)
    if "." in domain and domain.lower() not in FREE_MAIL:
        yield False, _word(domain)


def _host_forms(value: str) -> Iterator[tuple[bool, re.Pattern[str]]]:
    host = value.partition("/")[0].partition(":")[0].lower()
    if host in OPEN_HOSTS or not host:
        return
    yield True, _word(host)
    for suffix in TENANTS:
        tenant = host.removesuffix(suffix)
        if tenant != host and len(tenant) > 2:
            yield False, _word(tenant)


def _organization_forms(value: str) -> Iterator[tuple[bool, re.Pattern[str]]]:
    yield True, _word(value)
    core = _LEGAL.sub("", _LEGAL.sub("", value))
    if core != value and len(core) > 3:
        yield False, _word(core)


def _person_forms(value: str) -> Iterator[tuple[bool, re.Pattern[str]]]:
    if value.endswith("[bot]") or value.lower() in GENERIC:
        return
    if "@" in value:
        yield from _email_forms(value)
        return
    yield True, _word(value)
    if " " not in value and value == value.lower():
        return  # a login: its parts are words of the language
    for part in re.split(r"[\s\-._,]+", value):
        letters = sum(character.isalpha() for character in part)
        if letters >= 3 and part.lower() not in GENERIC | PARTICLES:
            yield False, _word(part)


def _word(value: str) -> re.Pattern[str]:
    """A value between word edges, with any apostrophe, hyphen or spacing, with and without its accents."""
    forms = {value, "".join(one for one in unicodedata.normalize("NFD", value) if not unicodedata.combining(one))}
    if value.lower() in ALSO_WORDS:
        forms = {form.capitalize() for form in forms} | {form.upper() for form in forms}
    body = "|".join(_loosely(form) for form in sorted(forms))
    flags = re.NOFLAG if value.lower() in ALSO_WORDS or len(value) < 3 else re.IGNORECASE
    if any(character >= "\u2e80" for character in value):
        return re.compile(body, flags)
    return re.compile(rf"(?<![^\W_])(?:{body})(?![^\W_]|['’]t\b)", flags)


def _loosely(form: str) -> str:
    out: list[str] = []
    for character in form:
        if character.isspace():
            out.append(r"[\s+_]{1,3}")
        elif character in "'’‘`´":
            out.append("['’‘`´]?")
        elif character in "-‐‑–":
            out.append("[-‐‑– ]")
        else:
            out.append(re.escape(character))
    return "".join(out)


def encoded_pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Base64 and percent-encoded stretches of a text with what they say, in any alignment: start, end, plain text."""
    for found in _RUN.finditer(text):
        for plain in _decoded(found[0]):
            yield found.start(), found.end(), plain
    if "%" in text:
        for found in _PIECE.finditer(text):
            if "%" in found[0]:
                yield found.start(), found.end(), unquote(unquote(found[0]))
                if "+" in found[0]:  # as forms write a space
                    yield found.start(), found.end(), unquote(unquote(found[0].replace("+", " ")))


def _decoded(run: str) -> Iterator[str]:
    letters = run.rstrip("=").translate(_STANDARD)
    for skip in range(4):
        part = letters[skip:]
        part = part[:-1] if len(part) % 4 == 1 else part
        plain = b64decode(part + "=" * (-len(part) % 4))
        yield plain.decode("utf-8", "ignore")
        if b"\0" in plain:
            yield from (plain[odd:].decode("utf-16-le", "ignore") for odd in (0, 1))
