"""Reads exported tickets, one a line, and says what the rules find in them, in the shapes of contract.md."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from supportdesk.insight.markup import looks_like_html, text_of
from supportdesk.insight.rules import Rules
from supportdesk.insight.workaround import READ, Said, Scored, findings, score_all
from supportdesk.model import Evidence, Finding, Organization, Person, Role
from supportdesk.text import LONGEST, clean

Json = Any  # decoded JSON is unknown until it has been looked at
Id = str | int
NOBODY = Person(name="")
_ROLES = {"customer": Role.CUSTOMER, "agent": Role.AGENT, "other": Role.SYSTEM, "system": Role.SYSTEM}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTicket:
    """An exported ticket as it is scored; `id` is as the export has it, number or text."""

    id: Id
    subject: str
    comments: tuple[Said, ...]
    requester: Person = NOBODY


def read_line(line: str) -> ScanTicket:
    """Read one line of an export; ValueError says in a sentence what is wrong with it."""
    return read_row(decoded(line))


def decoded(line: str) -> Json:
    """Return the JSON of one line; ValueError says in a sentence what is wrong with it."""
    try:
        return json.loads(line)
    except ValueError as error:
        raise ValueError(f"This line is not JSON: {error}.") from None
    except RecursionError:
        raise ValueError("This line is JSON nested too deep to be read.") from None


def read_row(row: Json) -> ScanTicket:
    """Read a ticket in contract.md's shape; ValueError says in a sentence what is wrong with it.

    Bodies stay as they came, so that offsets fit the export; what is shown of them is cleaned when it is shown. A body
    of HTML is scored as the text that a reader sees: there, offsets are into that text.
    """
    if not isinstance(row, dict):
        raise ValueError("This line is JSON but not a ticket: an object with id, subject and comments is.")
    comments = row.get("comments")
    if not isinstance(comments, list):
        raise ValueError("This ticket has no list of comments.")
    return ScanTicket(
        id=id_of(row.get("id"), "ticket"),
        subject=clean(text_at(row, "subject"), multiline=False),
        comments=tuple(_said(comment) for comment in comments),
        requester=_requester(row, comments),
    )


def id_of(value: Json, what: str) -> Id:
    """Return an id, number or text; ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise ValueError(f"This {what} has no id that is a number or text.")
    return clean(value, multiline=False) if isinstance(value, str) else value


def text_at(row: dict[str, Json], name: str) -> str:
    """Return the text under a name, empty for null or nothing; ValueError for anything else."""
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"This ticket's {name} is not text.")
    return value


def readable(body: str) -> str:
    """Return a body as it is scored: HTML as its text, and no more than the longest that is kept of any text."""
    body = body[:LONGEST]
    return text_of(body) if looks_like_html(body) else body


def _said(comment: Json) -> Said:
    if not isinstance(comment, dict):
        raise ValueError("This ticket has a comment that is not an object.")
    role = comment.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        raise ValueError(f"This ticket has a comment by {str(role)[:40]!r}: the roles are customer, agent and other.")
    if comment.get("public") not in (True, False, None):
        raise ValueError("This ticket has a comment whose public is neither true nor false.")
    return Said(id=str(id_of(comment.get("id"), "comment")), role=_ROLES[role], body=readable(text_at(comment, "body")))


def _requester(row: dict[str, Json], comments: list[Json]) -> Person:
    """Who asked, as far as the export tells; the author of the first comment by a customer where it does not."""
    asked = row.get("requester") or next((one.get("author") for one in comments if one.get("role") == "customer"), None)
    return person_of(asked)


def person_of(value: Json) -> Person:
    """Return somebody as exports have people: a name, an address or an object; nameless when it is none of these."""
    if isinstance(value, (str, int)):
        text = clean(str(value), multiline=False)
        return Person(name=text, email=text if "@" in text else "")
    if not isinstance(value, dict):
        return NOBODY
    name, email, company = (
        clean(value[key], multiline=False) if isinstance(value.get(key), str) else ""
        for key in ("name", "email", "organization")
    )
    organization = Organization(name=company) if company else None
    return Person(name=name or email or str(value.get("id", ""))[:64], email=email, organization=organization)


def scan_ticket(rules: Rules, ticket: ScanTicket, *, every_answer: bool) -> dict[str, Json]:
    """Return `{"id", "findings"}`, with `every_answer` also the `answers` by the support side."""
    return row_json(rules, ticket, score_all(rules, ticket.subject, ticket.comments), every_answer=every_answer)


def row_json(rules: Rules, ticket: ScanTicket, scores: Sequence[Scored], *, every_answer: bool) -> dict[str, Json]:
    """Return the row of a ticket whose answers were scored already."""
    row: dict[str, Json] = {"id": ticket.id, "findings": [finding_json(one) for one in findings(rules, scores)]}
    if every_answer:
        row["answers"] = [_answer_json(one) for one in scores]
    return row


def finding_json(finding: Finding) -> dict[str, Json]:
    """Return a finding in contract.md's shape; `context` adds what stands in another comment or the subject."""
    return {
        "kind": finding.kind.value,
        "p": round(finding.p, 6),
        "band": finding.band.value,
        "grade": finding.grade.value if finding.grade else None,
        "comment_id": finding.comment_id,
        **_spans(finding.comment_id, finding.evidence),
    }


def _answer_json(scored: Scored) -> dict[str, Json]:
    row = {
        "comment_id": scored.comment_id,
        "p": round(scored.p, 6),
        "band": scored.band.value,
        **_spans(scored.comment_id, scored.evidence),
    }
    beyond = f"all after the first {READ:,} characters of its own" if scored.unread else ""
    skipped = scored.skipped or beyond
    return row | ({"skipped": skipped} if skipped else {})


def _spans(comment_id: str, evidence: Iterable[Evidence]) -> dict[str, Json]:
    here: list[Json] = []
    elsewhere: list[Json] = []
    for one in evidence:
        row = {
            "cue": one.cue,
            "text": clean(one.text),
            "start": one.start,
            "end": one.end,
            "weight": one.weight,
            "says": one.says,
        }
        if one.comment_id == comment_id:
            here.append(row)
        else:
            elsewhere.append(row | {"comment_id": one.comment_id or None})
    return {"evidence": here, "context": elsewhere}
