"""Tickets as rows of the cache and back: columns for what is listed and asked for, JSON for the whole of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from supportdesk import model, typed
from supportdesk.model import Band, Decision, Row, Status, TicketRef
from supportdesk.store.answers import customer_of
from supportdesk.store.records import decode

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
INSERT = (
    "INSERT INTO tickets (subject, status, priority, requester, organization, customer, assignee, assignee_id,"
    " assignee_email, created, updated, haystack, desk, id, n) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
UPDATE = (
    "UPDATE tickets SET subject = ?, status = ?, priority = ?, requester = ?, organization = ?, customer = ?,"
    " assignee = ?, assignee_id = ?, assignee_email = ?, created = ?, updated = ?, haystack = ?"
    " WHERE desk = ? AND id = ?"
)
ROW = (
    "SELECT subject, status, priority, requester, organization, assignee, created, updated, band, p, decision, issue,"
    " queued, held, draft, read IS NULL OR read < updated"
    " FROM tickets LEFT JOIN marks USING (desk, id) WHERE desk = ? AND id = ?"
)


def instant(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(instant: int) -> datetime:
    """The moment, in UTC."""
    return _EPOCH + instant * _MICROSECOND


def columns(ticket: model.Ticket) -> tuple[Any, ...]:
    """The values that `UPDATE` takes for a ticket; `INSERT` takes its number as well."""
    ref, requester, assignee = ticket.ref, ticket.requester, ticket.assignee
    organization = requester.organization.name if requester.organization else ""
    name, number, email = (assignee.name, assignee.id, assignee.email) if assignee else ("", "", "")
    people = (requester.name, requester.email, name, email)
    return (
        ticket.subject,
        ticket.status.value,
        ticket.priority,
        requester.name,
        organization,
        customer_of(requester),
        name,
        number,
        email.casefold(),
        instant(ticket.created_at),
        instant(ticket.updated_at),
        "\n".join((f"{ref.desk}#{ref.id}", ticket.subject, *ticket.tags, organization, *people)).casefold(),
        ref.desk,
        ref.id,
    )


def row(ref: TicketRef, values: Sequence[Any]) -> Row:
    """One line of the queue from what `ROW` selected."""
    subject, status, priority, requester, organization, assignee, created, updated, *marks = values
    band, p, decision, issue, queued, held, draft, unread = marks
    return Row(
        ref=ref,
        subject=subject,
        status=Status(status),
        priority=priority,
        requester=requester,
        organization=organization,
        assignee=assignee,
        created_at=moment(created),
        updated_at=moment(updated),
        band=None if band is None else Band(band),
        p=p,
        decision=None if decision is None else Decision(decision),
        issue=issue or "",
        queued=queued or 0,
        held=held or 0,
        draft=bool(draft),
        unread=bool(unread),
    )


def to_json(noun: model.Ticket | model.Person) -> str:
    """A noun as text."""
    return typed.write(noun)


def many_to_json(nouns: Sequence[model.Comment] | Sequence[model.Finding]) -> str:
    """Several nouns as text."""
    return typed.write(list(nouns))


def from_json(kind: type[T], text: str) -> T:
    """What `to_json` wrote."""
    return decode(kind, json.loads(text))


def many_from_json(kind: type[T], text: str) -> tuple[T, ...]:
    """What `many_to_json` wrote."""
    return tuple(decode(kind, record) for record in json.loads(text))
