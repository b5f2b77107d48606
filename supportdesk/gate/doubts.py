"""What looks internal and cannot be told for sure: the engineer decides."""

import re
from collections.abc import Iterator

from supportdesk.gate.rules import PLACEHOLDER, mixed
from supportdesk.gate.words import GENERIC, any_of, words

MOST = 12
_INSIDE = any_of(r"internal local corp lan intra intranet home\.arpa localdomain")
_HOST = re.compile(rf"(?<![\w.-])(?:[A-Za-z0-9][\w-]{{0,62}}\.){{1,6}}(?:{_INSIDE})(?![\w-])")
_CODE = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{1,15}(?:-[A-Z0-9]{1,12}){1,4}(?![\w-])")
_PUBLIC_CODES = words(
    """UTF ISO SHA AES RSA MD TLS SSL HTTP HTTPS RFC CVE CWE KB ORA SQL ERR ERROR E UTC GMT USB IEEE RS X IP COVID CP
    WINDOWS WIN HTML CSS ECMA EN DIN ANSI ASCII BASE TCP UDP PDF MP H GPT CTRL ALT CMD SHIFT READ WRITE NON PRE POST RE
    CO A B C F PC API CLI OAUTH ECDHE DHE D3D11 DIRECT3D"""
)
_LONG = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{24,}+")
_SIGN_OFF = re.compile(
    r"(?i)[ \t]{0,8}(?:(?:(?:many|kind|best|warm) ){0,2}(?:thanks|thank you|regards|wishes)|best|cheers|sincerely"
    r"|yours \w{4,9}|(?:mit |viele |beste |freundliche[nr]? ){0,3}gr(?:ü|ue)(?:ß|ss)en?|mfg|lg|cordialement|saludos)\b"
    r"[ ,.!–-]{0,4}(?P<rest>.{0,60})"
)
_NAME = re.compile(r"\W{0,3}([A-ZÀ-ÖØ-Þ][\w'’-]{1,30}(?:[ ][A-ZÀ-ÖØ-Þ][\w'’-]{1,30}){1,3})\W{0,3}")
_HEX = re.compile(r"[0-9a-fA-F-]+")


def looks_internal(text: str) -> tuple[str, ...]:
    """Sentences about host names, codes, long random strings and signatures that were left in a redacted text."""
    return tuple(dict.fromkeys(_all(PLACEHOLDER.sub(" ", text))))[:MOST]


def _all(text: str) -> Iterator[str]:
    for found in _HOST.finditer(text):
        yield f"“{found[0]}” looks like an internal host: keep or hide it?"
    for found in _CODE.finditer(text):
        if any(character.isdigit() for character in found[0]) and found[0].partition("-")[0] not in _PUBLIC_CODES:
            yield f"“{found[0]}” looks internal: keep or hide it?"
    for found in _LONG.finditer(text):
        if _random(found[0]):
            yield f"“{found[0][:12]}…” is long and random, as a token would be: keep or hide it?"
    yield from _signatures(text)


def _random(word: str) -> bool:
    if _HEX.fullmatch(word) or word.count("/") > 2 or word.count("-") > 4 or word.count("_") > 2:
        return False  # commits, checksums, UUIDs and paths
    kinds = (any(map(str.isdigit, word)), any(map(str.islower, word)), any(map(str.isupper, word)))
    return all(kinds) and mixed(word) and len(set(word)) > 11


def _signatures(text: str) -> Iterator[str]:
    lines = [line for line in text.split("\n") if line.strip()]
    for index, line in enumerate(lines):
        found = _SIGN_OFF.fullmatch(line) if len(line) < 120 else None
        if found is None:
            continue
        following = lines[index + 1][:120] if index + 1 < len(lines) else ""
        for candidate in (found["rest"], following):
            name = _NAME.fullmatch(candidate)
            if name and not GENERIC & {word.lower() for word in name[1].split()}:
                yield f"“{name[1]}” may be a person's name: keep or hide it?"
