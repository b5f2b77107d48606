"""Zendesk's tickets by the hundred: of each row just what its ticket needs, read straight out of the answer."""

from collections.abc import Iterable
from typing import Any, TypedDict

from supportdesk.model import Person, Status, Ticket, TicketRef
from supportdesk.providers import Account, Json
from supportdesk.providers.answers import moment_of
from supportdesk.providers.zendesk_parse import NO_ID, Directory, identifier, object_of, ours, page_of, ticket_of
from supportdesk.text import clean
from supportdesk.typed import Row, is_a

_STATUSES = {status.value: status for status in Status}


class FieldRow(Row):
    """One custom field; what is no text is not kept."""

    id: int
    value: Any = None


class TicketRow(Row):
    """One row of a list of tickets, its strings as they came."""

    id: int
    status: str
    requester_id: int
    created_at: str
    updated_at: str
    subject: str | None = None
    priority: str | None = None
    assignee_id: int | None = None
    organization_id: int | None = None
    tags: list[str] | None = None
    email_cc_ids: list[int] | None = None
    collaborator_ids: list[int] | None = None
    follower_ids: list[int] | None = None
    custom_fields: list[FieldRow] | None = None
    comment_count: int | None = None


class SideLoad(TypedDict, total=False):
    """A user or an organization; which of them can be read is for `directory_of` to say."""

    id: Any
    name: Any
    email: Any
    role: Any
    organization_id: Any


class TicketList(TypedDict, total=False):
    """An answer that lists tickets, with what came along and where it goes on."""

    tickets: list[TicketRow]
    results: list[TicketRow]
    users: list[SideLoad]
    organizations: list[SideLoad]
    meta: Any
    links: Any
    next_page: Any
    after_cursor: Any
    end_of_stream: Any


def tickets_of(rows: Iterable[Json], people: Directory, account: Account) -> tuple[tuple[Ticket, ...], int]:
    """The tickets of a page, each once (search may repeat rows), and how many rows could not be read."""
    once: dict[TicketRef, Ticket] = {}
    bad = 0
    for row in rows:
        try:
            ticket = listed(row, people, account)
        except ValueError:
            bad += 1
        else:
            once.setdefault(ticket.ref, ticket)
    return tuple(once.values()), bad


def listed(row: Json, people: Directory, account: Account) -> Ticket:
    """One row as a ticket, whichever way it was read; ValueError when it cannot be."""
    if not is_a(row, TicketRow):
        return ticket_of(object_of(row), people, account)
    number, stamp = identifier(row.id), clean(row.updated_at)
    requester = people.person(identifier(row.requester_id), row.organization_id)
    return Ticket(
        ref=TicketRef(account.name, number),
        subject=_line(row.subject),
        status=_STATUSES.get(row.status) or Status(row.status),
        requester=requester,
        created_at=moment_of(clean(row.created_at)),
        updated_at=moment_of(stamp),
        stamp=stamp,
        url=page_of(account, number),
        priority=_line(row.priority),
        assignee=None if row.assignee_id is None else ours(people.person(identifier(row.assignee_id))),
        tags=tuple([clean(tag, multiline=False) for tag in row.tags or ()]),
        cc=_copied(row, requester, people),
        fields=_fields(row),
        comment_count=row.comment_count,
    )


def deleted(row: Json) -> bool:
    """Whether a row only says that its ticket is gone."""
    return (row.status if is_a(row, TicketRow) else isinstance(row, dict) and row.get("status")) == "deleted"


def id_of(row: Json) -> str:
    """The id that a row tells of; ValueError when that is none."""
    return identifier(row.id if is_a(row, TicketRow) else row.get("id"))


def _line(text: str | None) -> str:
    return clean(text, multiline=False) if text else ""


def _copied(row: TicketRow, requester: Person, people: Directory) -> tuple[Person, ...]:
    """As `zendesk_parse` says who is copied; on nearly every ticket it is nobody."""
    followers = {identifier(one) for one in row.follower_ids or ()}
    if not (row.email_cc_ids or row.collaborator_ids):
        return ()
    older = [identifier(one) for one in row.collaborator_ids or ()]
    copied = [identifier(one) for one in row.email_cc_ids or ()]
    everybody = dict.fromkeys([*copied, *(one for one in older if one not in followers)])
    return tuple(people.person(one) for one in everybody if one != requester.id)


def _fields(row: TicketRow) -> tuple[tuple[str, str], ...]:
    return tuple(
        [
            (str(field.id), clean(field.value))
            for field in row.custom_fields or ()
            if type(field.value) is str and field.value and -NO_ID < field.id < NO_ID
        ]
    )
