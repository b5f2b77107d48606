"""When two answers are the same answer, and two askers the same customer."""

from __future__ import annotations

import re

from supportdesk import model

FEWEST_WORDS = 8
_WORD = re.compile(r"[^\W_]+")
_GREETING = re.compile(
    r"\A\s{0,20}(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|lieber?"
    r"|sehr geehrte[rs]?|moin|servus|bonjour|hola|ciao)\b[^\n,!:]{0,60}[,!:\n]",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"\n[ \t]{0,20}(?:--\s|(?:kind|best|warm|many)\s(?:regards|wishes|thanks)\b|regards\b|best,|cheers\b|thanks,"
    r"|sincerely\b|(?:viele|beste|freundliche|liebe|herzliche)n?\sgr(?:ü|ue)(?:ß|ss)en?\b"
    r"|mit\s(?:freundlichen|besten)\b)",
    re.IGNORECASE,
)
_FREE_MAIL = re.compile(  # where an address says nothing about the company
    r"(?:aol|fastmail|gmail|gmx|googlemail|hey|hotmail|icloud|live|mac|mail|mailbox|me|msn|outlook|posteo|proton"
    r"|protonmail|qq|web|yahoo|yandex|zoho|126|163)\.(?:at|ch|com|co\.uk|de|es|fr|it|me|net|org|ru)"
    r"|free\.fr|orange\.fr|pm\.me|t-online\.de"
)


def answer_key(body: str) -> int | None:
    """One number for all wordings that differ in greeting, sign-off, case and punctuation only (signed, 64 bits).

    None for an answer of fewer than eight words: "Thank you!" says nothing about what was answered.
    """
    words = _WORD.findall(_SIGN_OFF.split(_GREETING.sub("", body), maxsplit=1)[0].casefold())
    if len(words) < FEWEST_WORDS:
        return None
    from hashlib import blake2b  # 3 ms that the first frame need not wait for

    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest(), signed=True)


def customer_of(person: model.Person) -> str:
    """What distinct customers are counted by: the organization, else a mail domain of their own, else the person."""
    if person.organization is not None:
        return "organization " + person.organization.name.casefold()
    email = person.email.casefold()
    domain = email.rpartition("@")[2]
    if domain and _FREE_MAIL.fullmatch(domain) is None:
        return "domain " + domain
    return "person " + (email or person.id or person.name.casefold())
