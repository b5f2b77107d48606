"""Writes the issue that a ticket becomes: what an engineer of the product needs, and nothing that must not leave."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from supportdesk.gate.defang import CUT, fence, inert_body, inert_text, inert_title
from supportdesk.gate.environment import environment
from supportdesk.gate.known import Known
from supportdesk.gate.redact import Redactor, counts_in
from supportdesk.model import Comment, Finding, Role, Ticket

LONGEST_BODY = 60_000
QUOTED = 600
_FIRST_QUOTE = 400
_READ = 40_000
_MARKER = re.compile(r"<!-- sd-op:[0-9A-Za-z-]{1,64} -->")
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?!\s|\Z)){1,2000}+[.!?\n]{0,3}|[.!?\n]")
_SIGN_OFF = re.compile(
    r"(?i)\s{0,9}(?:(?:(?:kind|best|warm|many) )?(?:regards|wishes|thanks)|cheers|sincerely|thank you"
    r"|hope (?:this|that) helps|mit freundlichen)\b"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]{1,500}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFacts:
    """What an issue is written from; `public` means that strangers may read the tracker, `marker` is its last line."""

    ticket: Ticket
    comments: tuple[Comment, ...]
    finding: Finding | None
    public: bool
    quotes: bool
    tickets: int
    customers: int
    marker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """An issue as it may be sent: `counts` of what was hidden by kind, `doubts` for a person, `blocks` that stop it."""

    title: str
    body: str
    counts: dict[str, int]
    doubts: tuple[str, ...]
    blocks: tuple[str, ...]


def compose(facts: IssueFacts, known: Sequence[Known]) -> Composed:
    """Write the issue for a ticket; internal notes never feed it."""
    redactor = Redactor(_for(facts.public, known))
    said = tuple(comment for comment in facts.comments if comment.public)
    title = inert_title(redactor.take(facts.ticket.subject).strip() or "Bug reported by a customer")
    sections = (
        ("What the customer sees", _seen(redactor, facts, said)),
        ("What we told them to do", _workaround(redactor, facts.finding, said)),
        ("In the customer's words", _follow_up(redactor, facts, said)),
        ("Who is hit", _extent(facts)),
        ("Versions and environment", _environment(facts, said, known)),
        ("Ticket", _origin(facts)),
    )
    body = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in sections if text)
    return _composed(title, body, facts.marker, redactor)


def check(title: str, body: str, known: Sequence[Known], *, public: bool = True) -> Composed:
    """Put an edited issue through the gate again; fences stay fences, and its marker stays the last line."""
    redactor = Redactor(_for(public, known), taken=f"{title}\n{body}")
    markers = _MARKER.findall(body)
    words = redactor.take(_MARKER.sub("", body)).strip()
    return _composed(inert_title(redactor.take(title)), inert_body(words), markers[-1] if markers else "", redactor)


def unmarked(body: str) -> str:
    """A text without any marker, whose ever it is."""
    return _MARKER.sub("", body).rstrip()


def _composed(title: str, body: str, marker: str, redactor: Redactor) -> Composed:
    if len(body) > LONGEST_BODY:
        body = inert_body(body[:LONGEST_BODY].rstrip()) + f"\n\n{CUT.strip()}"
    whole = f"{body}\n\n{marker}" if marker else body
    counts = counts_in(f"{title}\n{whole}")
    return Composed(title=title, body=whole, counts=counts, doubts=redactor.doubts, blocks=redactor.blocks)


def _for(public: bool, known: Sequence[Known]) -> list[Known]:
    """The tenant's own host is hidden only from the public: a private tracker is told the ticket's address."""
    return [one for one in known if public or one.kind != "host"]


def _customers(said: Sequence[Comment]) -> list[Comment]:
    return [comment for comment in said if comment.author.role is Role.CUSTOMER and comment.body.strip()]


def _seen(redactor: Redactor, facts: IssueFacts, said: Sequence[Comment]) -> str:
    subject = inert_text(redactor.take(" ".join(facts.ticket.subject.split())))
    theirs = _customers(said)
    if not (facts.quotes and theirs):
        return f"The ticket is called “{subject}”."
    return fence(redactor.take(theirs[0].body[:_READ]), _FIRST_QUOTE if len(theirs) > 1 else QUOTED)


def _follow_up(redactor: Redactor, facts: IssueFacts, said: Sequence[Comment]) -> str:
    theirs = _customers(said)
    if not facts.quotes or len(theirs) < 2:
        return ""
    return fence(redactor.take(theirs[-1].body[:_READ]), QUOTED - _FIRST_QUOTE)


def _workaround(redactor: Redactor, finding: Finding | None, said: Sequence[Comment]) -> str:
    answer = next((one for one in said if finding and one.id == finding.comment_id), None)
    if finding is None or answer is None:
        return ""
    words = inert_text(redactor.take(_advice(answer, finding)).strip())
    return "\n".join(f"> {line}".rstrip() for line in words.split("\n")) if words else ""


def _advice(answer: Comment, finding: Finding) -> str:
    """The answer from the first sentence that convinced to its sign-off, or as much as fits."""
    mine = [one for one in finding.evidence if one.comment_id == answer.id and one.weight > 0 and one.end > one.start]
    starts = min((one.start for one in mine), default=0)
    kept = ""
    for sentence in _SENTENCE.finditer(answer.body[:_READ]):
        if sentence.end() <= starts:
            continue
        if _SIGN_OFF.match(sentence[0]) or len(kept) + len(sentence[0]) > QUOTED:
            break
        kept += sentence[0]
    return kept or answer.body[starts : starts + QUOTED]


def _extent(facts: IssueFacts) -> str:
    tickets = "1 ticket" if facts.tickets == 1 else f"{facts.tickets:,} tickets"
    customers = "1 customer" if facts.customers == 1 else f"{facts.customers:,} customers"
    return f"{tickets} · {customers}"


def _environment(facts: IssueFacts, said: Sequence[Comment], known: Sequence[Known]) -> str:
    """From the whole public thread, redacted with a numbering of its own, since only harmless words are kept."""
    thread = "\n".join([facts.ticket.subject, *(comment.body for comment in said)])[:_READ]
    found = environment(Redactor(_for(facts.public, known)).take(thread))
    return " · ".join(f"`{words.replace('`', '')}`" for words in found)


def _origin(facts: IssueFacts) -> str:
    if facts.public:
        return "Reported through our helpdesk."
    address = facts.ticket.url if _ADDRESS.fullmatch(facts.ticket.url) else ""
    return f"`{facts.ticket.ref}` {address}".rstrip()
