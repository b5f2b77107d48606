"""Writing results: text for people or JSON for scripts on standard output, messages on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from types import SimpleNamespace
from typing import Any

from supportdesk import late, model
from supportdesk.cli.steps import next_step
from supportdesk.errors import StoreError, SupportdeskError
from supportdesk.model import State

Json = dict[str, Any]


class Unwritable(StoreError):
    """Nothing can be printed any more, not even what went wrong."""


def out(text: str) -> None:
    """A line of result; Unwritable where it cannot be written."""
    with _written():
        sys.stdout.write(f"{text}\n")


def finish() -> None:
    """Everything that was printed is out; Unwritable where it cannot be."""
    with _written():
        sys.stdout.flush()


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered has nowhere to go
        raise Unwritable(
            f"The result cannot be written: {problem.strerror}.",
            "Make room there, or send it elsewhere, and try again.",
        ) from None


def err(text: str) -> None:
    """A message for the person."""
    sys.stderr.write(f"supportdesk: {text}\n")


def say(arguments: SimpleNamespace, text: str) -> None:
    """A message for the person, unless they want none."""
    if not arguments.quiet:
        err(text)


def progress(arguments: SimpleNamespace) -> Callable[[str], None]:
    """Says how far it is on standard error, at most once a second."""
    said_at = 0.0

    def tell(words: str) -> None:
        nonlocal said_at
        if not (arguments.quiet or arguments.json) and monotonic() - said_at >= 1.0:
            said_at = monotonic()
            err(words)

    return tell


def emit(**fields: Any) -> None:
    """One JSON object with its schema."""
    out(json.dumps({"schema": 1, **fields}, ensure_ascii=False))


def error_json(problem: SupportdeskError) -> Json:
    """An error for scripts."""
    return {"code": problem.code, "message": problem.message, "hint": problem.hint}


def when(at: datetime | None) -> str | None:
    """ISO 8601 in UTC with a Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def person_json(person: model.Person) -> Json:
    """A person on either side."""
    organization = person.organization.name if person.organization else ""
    return {"name": person.name, "email": person.email, "organization": organization}


def ticket_json(
    ticket: model.Ticket,
    *,
    finding: model.Finding | None,
    verdict: model.Verdict | None,
    escalation: model.Escalation | None,
    queued: int,
) -> Json:
    """A ticket in contract.md's shape."""
    return {
        "ref": str(ticket.ref),
        "desk": ticket.ref.desk,
        "id": ticket.ref.id,
        "url": ticket.url,
        "subject": ticket.subject,
        "status": ticket.status.value,
        "priority": ticket.priority,
        "requester": person_json(ticket.requester),
        "assignee": person_json(ticket.assignee) if ticket.assignee else None,
        "tags": list(ticket.tags),
        "created_at": when(ticket.created_at),
        "updated_at": when(ticket.updated_at),
        "comments": ticket.comment_count,
        "finding": late.scan.finding_json(finding) if finding else None,
        "verdict": verdict_json(verdict) if verdict else None,
        "escalation": escalation_json(escalation) if escalation else None,
        "queued": queued,
    }


def reading_json(reading: late.readings.Reading) -> Json:
    """A ticket that was read whole."""
    verdicts = list(reading.verdicts.values())
    shown = ticket_json(
        reading.ticket,
        finding=reading.finding,
        verdict=verdicts[-1] if verdicts else None,
        escalation=reading.escalation,
        queued=waiting(reading.outgoing),
    )
    if reading.loaded:
        shown["comments"] = len(reading.comments)
    return shown


def waiting(entries: Iterable[model.Outgoing]) -> int:
    """How many of these are on their way by themselves."""
    return sum(entry.state in (State.QUEUED, State.SENDING, State.UNCERTAIN) for entry in entries)


def comment_json(comment: model.Comment) -> Json:
    """One entry of a conversation."""
    return {
        "id": comment.id,
        "author": {"name": comment.author.name, "role": comment.author.role.value},
        "role": comment.author.role.value,
        "public": comment.public,
        "created_at": when(comment.created_at),
        "body": comment.body,
        "attachments": [
            {"id": each.id, "name": each.name, "size": each.size, "content_type": each.content_type}
            for each in comment.attachments
        ],
    }


def verdict_json(verdict: model.Verdict) -> Json:
    """What was said of a finding; `ref` is another ticket where it was said of the same answer there."""
    return {
        "ref": str(verdict.ref),
        "decision": verdict.decision.value,
        "kind": verdict.kind.value,
        "comment_id": verdict.comment_id,
        "agent": verdict.agent,
        "at": when(verdict.at),
        "why": verdict.why,
    }


def escalation_json(escalation: model.Escalation) -> Json:
    """The link to an issue."""
    return {"issue": str(escalation.issue), "url": escalation.url, "at": when(escalation.at)}


def outgoing_json(entry: model.Outgoing) -> Json:
    """Something on its way."""
    return {
        "op": entry.op,
        "change": type(entry.change).__name__.casefold(),
        "ref": str(entry.ref),
        "desk": entry.desk,
        "state": entry.state.value,
        "attempts": entry.attempts,
        "not_before": when(entry.not_before),
        "created_at": when(entry.created_at),
        "why": entry.why,
        "next": next_step(entry),
        "remote": entry.remote,
    }


def age(at: datetime, now: datetime) -> str:
    """How long ago, in two or three characters: 4m, 3h, 2d."""
    seconds = max((now - at).total_seconds(), 0)
    if seconds < 3600:
        return f"{seconds // 60:.0f}m"
    if seconds < 86400:
        return f"{seconds // 3600:.0f}h"
    return f"{seconds // 86400:.0f}d"
