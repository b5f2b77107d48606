"""Tickets as Zendesk exports them, or as its API gives them: who is support is told by what else the ticket says.

Shapes: https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/ and …/tickets/ticket_comments/ ; the
JSON export of Admin Center is such a ticket a line, with its comments and with people as objects in place of ids.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from supportdesk.insight.scan import ScanTicket, id_of, person_of, readable, text_at
from supportdesk.insight.workaround import Said
from supportdesk.model import Person, Role
from supportdesk.text import clean

Json = Any  # decoded JSON is unknown until it has been looked at
_ROLES = {"end-user": Role.CUSTOMER, "agent": Role.AGENT, "admin": Role.AGENT}
_SYSTEM = "-1"


@dataclass(slots=True)
class People:
    """Roles by id, as far as an export has told them; names for counting customers."""

    roles: dict[str, Role] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)

    def learn(self, user: Json) -> None:
        """Remember a user object; anything else says nothing."""
        if not isinstance(user, dict) or user.get("id") is None:
            return
        number = str(user["id"])
        if (role := _ROLES.get(str(user.get("role")))) is not None:
            self.roles[number] = role
        self.persons[number] = person_of(user)


def is_zendesk(row: Mapping[str, Json]) -> bool:
    """Whether a decoded ticket is Zendesk's and not contract.md's, which names a role with each comment."""
    comments = row.get("comments")
    first = comments[0] if isinstance(comments, list) and comments else None
    if isinstance(first, dict):
        return "role" not in first and ("author_id" in first or isinstance(first.get("author"), dict))
    return "requester_id" in row or (comments is None and "description" in row)


def read_zendesk(row: Mapping[str, Json], people: People) -> ScanTicket:
    """Read one ticket; ValueError says in a sentence what is wrong with it.

    Without its comments a ticket is its description, by the customer. `html_body` counts only where there is no text.
    """
    ticket = dict(row)
    for name in ("requester", "submitter", "assignee"):
        people.learn(ticket.get(name))
    for person in _listed(ticket, "collaborators", "collaborator", "users"):
        people.learn(person)
    comments = [_checked(one) for one in _listed(ticket, "comments")] or _description(ticket)
    cast = _Cast.of(ticket, comments, people)
    return ScanTicket(
        id=id_of(ticket.get("id"), "ticket"),
        subject=clean(text_at(ticket, "subject") or text_at(ticket, "raw_subject"), multiline=False),
        comments=tuple(_said(one, cast) for one in _in_order(comments)),
        requester=_requester(ticket, cast.requester, people),
    )


def _listed(row: Mapping[str, Json], *names: str) -> Iterator[Json]:
    for name in names:
        value = row.get(name)
        if isinstance(value, list):
            yield from value


def _checked(comment: Json) -> dict[str, Json]:
    if not isinstance(comment, dict):
        raise ValueError("This ticket has a comment that is not an object.")
    return comment


def _description(ticket: Mapping[str, Json]) -> list[dict[str, Json]]:
    if not isinstance(ticket.get("description"), str):
        raise ValueError("This ticket has no comments.")
    return [{"id": "description", "author_id": _id(ticket, "requester"), "body": ticket["description"]}]


def _id(row: Mapping[str, Json], name: str) -> str:
    """An id under `name_id`, or inside an object under `name`; empty when there is none."""
    value = row.get(f"{name}_id")
    if value is None and isinstance(row.get(name), dict):
        value = row[name].get("id")
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cast:
    """Who plays which part in one ticket."""

    requester: str
    customers: frozenset[str]
    people: People

    @classmethod
    def of(cls, ticket: Mapping[str, Json], comments: list[dict[str, Json]], people: People) -> "_Cast":
        """Who is copied without merely following is on the customer's side."""
        followers = {str(one) for one in _listed(ticket, "follower_ids")}
        copied = {str(one) for one in _listed(ticket, "email_cc_ids", "collaborator_ids")} - followers
        requester = _id(ticket, "requester") or _id(comments[0], "author")
        return cls(requester=requester, customers=frozenset({requester, *copied} - {""}), people=people)

    def role(self, comment: Mapping[str, Json]) -> Role:
        """What the service says of the author; else the customer's side is who asked and who is copied."""
        author = _id(comment, "author")
        if author == _SYSTEM:
            return Role.SYSTEM
        if author in self.people.roles:
            return self.people.roles[author]
        if isinstance(comment.get("author"), dict) and (told := _ROLES.get(str(comment["author"].get("role")))):
            return told
        internal = comment.get("public") is False
        return Role.CUSTOMER if author in self.customers and not internal else Role.AGENT


def _said(comment: Mapping[str, Json], cast: _Cast) -> Said:
    body = next((text for name in ("body", "plain_body", "html_body") if (text := text_at(dict(comment), name))), "")
    return Said(id=str(id_of(comment.get("id"), "comment")), role=cast.role(comment), body=readable(body))


def _in_order(comments: Iterable[dict[str, Json]]) -> list[dict[str, Json]]:
    """Oldest first, which the export need not keep; as they came when a time is missing."""
    known = list(comments)
    if all(isinstance(one.get("created_at"), str) for one in known):
        known.sort(key=lambda one: str(one["created_at"]))
    return known


def _requester(ticket: Mapping[str, Json], number: str, people: People) -> Person:
    """Customers are counted by organization where the ticket has one."""
    if ticket.get("organization_id") is not None:
        return person_of({"name": number, "organization": f"organization {ticket['organization_id']}"})
    return people.persons.get(number) or person_of(number)
