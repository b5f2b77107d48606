"""What Zendesk's JSON says, in our nouns: a row that cannot be read raises ValueError, is counted and never guessed."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from supportdesk.model import (
    Attachment,
    Comment,
    Organization,
    Person,
    Role,
    Status,
    Ticket,
    TicketRef,
    View,
)
from supportdesk.providers import Account, Capabilities, Identity, Json
from supportdesk.providers.answers import moment_of, text_of
from supportdesk.text import LONGEST, clean

T = TypeVar("T")

_ID = re.compile(r"-?[0-9]{1,20}")
NO_ID = 10**20
_ROLES = {"admin": Role.AGENT, "agent": Role.AGENT, "end-user": Role.CUSTOMER}
_LIGHT = {1: "light agent", 2: "chat agent", 3: "contributor"}  # role_type; on tickets they only write internal notes
_MACHINES = ("system", "rule")
_SYSTEM = "-1"


@dataclass(frozen=True, slots=True)
class Directory:
    """The people and organizations that came along with an answer."""

    users: Mapping[str, Json] = field(default_factory=dict)
    organizations: Mapping[str, str] = field(default_factory=dict)
    _met: dict[tuple[str, str], Person] = field(default_factory=dict, repr=False, compare=False)

    def person(self, number: str, company: Json = None) -> Person:
        """Somebody by id, for a company or their own; when Zendesk sent no more than the id, the name says so."""
        asks_for = "" if company is None else identifier(company)
        known = self._met.get((number, asks_for))
        if known is not None:
            return known
        user = self.users.get(number)
        if user is None:
            return Person(name=f"user {number}", id=number, organization=self.organization(company))
        found = self._met[number, asks_for] = self._told(number, user, company)
        return found

    def _told(self, number: str, user: dict[str, Json], company: Json) -> Person:
        email = line_of(user.get("email"))
        return Person(
            name=line_of(user.get("name")) or email or f"user {number}",
            email=email,
            id=number,
            role=_ROLES.get(line_of(user.get("role")), Role.CUSTOMER),
            organization=self.organization(user.get("organization_id") if company is None else company),
        )

    def organization(self, number: Json) -> Organization | None:
        """A company by id; one that did not come along is still told apart by its id."""
        if number is None:
            return None
        known = identifier(number)
        return Organization(name=self.organizations.get(known) or f"organization {known}", id=known)

    def joined(self, other: "Directory") -> "Directory":
        """Both directories in one; the other's entries win."""
        return Directory({**self.users, **other.users}, {**self.organizations, **other.organizations})


def object_of(value: Json) -> dict[str, Json]:
    """A JSON object; ValueError for anything else."""
    if isinstance(value, dict):
        return value
    raise ValueError(f"expected an object, got {type(value).__name__}")


def rows_of(body: Json, key: str) -> list[Json]:
    """The list under a key; ValueError when there is none."""
    rows = object_of(body).get(key)
    if isinstance(rows, list):
        return rows
    raise ValueError(f"expected a list of {key}, got {type(rows).__name__}")


def readable(rows: Iterable[Json], read: Callable[[dict[str, Json]], T]) -> tuple[list[T], int]:
    """What could be read of some rows, and how many could not."""
    found, bad = [], 0
    for row in rows:
        try:
            found.append(read(object_of(row)))
        except ValueError:
            bad += 1
    return found, bad


def identifier(value: Json) -> str:
    """A Zendesk id, number or digits, as text; ValueError for null and anything else."""
    if type(value) is int and -NO_ID < value < NO_ID:
        return str(value)
    text = text_of(value)
    if _ID.fullmatch(text) is None:
        raise ValueError(f"{text[:40]!r} is not an id")
    return text


def line_of(value: Json) -> str:
    """One line of text, empty for null; ValueError for anything else."""
    if value is None:
        return ""
    if type(value) is str and value.isascii() and value.isprintable() and len(value) <= LONGEST:
        return value
    if not isinstance(value, str):
        raise ValueError(f"expected text, got {type(value).__name__}")
    return clean(value, multiline=False)


def directory_of(body: Json) -> Directory:
    """The side-loaded `users` and `organizations` of an answer; unreadable ones are left out."""
    answer = object_of(body)
    users, _ = readable(_some(answer.get("users")), lambda row: (identifier(row.get("id")), _checked(row)))
    companies, _ = readable(
        _some(answer.get("organizations")), lambda row: (identifier(row.get("id")), line_of(row.get("name")))
    )
    return Directory(dict(users), dict(companies))


def _some(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _checked(user: dict[str, Json]) -> dict[str, Json]:
    for key in ("name", "email", "role"):
        line_of(user.get(key))
    if user.get("organization_id") is not None:
        identifier(user["organization_id"])
    return user


def ticket_of(row: dict[str, Json], people: Directory, account: Account) -> Ticket:
    """One ticket; `stamp` is `updated_at` letter for letter, and `url` the page for people."""
    number = identifier(row.get("id"))
    requester = people.person(identifier(row.get("requester_id")), row.get("organization_id"))
    assignee = row.get("assignee_id")
    count = row.get("comment_count")
    return Ticket(
        ref=TicketRef(account.name, number),
        subject=line_of(row.get("subject")),
        status=Status(line_of(row.get("status"))),
        requester=requester,
        created_at=moment_of(row.get("created_at")),
        updated_at=moment_of(row.get("updated_at")),
        stamp=text_of(row.get("updated_at")),
        url=page_of(account, number),
        priority=line_of(row.get("priority")),
        assignee=None if assignee is None else ours(people.person(identifier(assignee))),
        tags=_tags(row),
        cc=tuple(people.person(one) for one in _copied(row) if one != requester.id),
        fields=_fields(row.get("custom_fields")),
        comment_count=count if isinstance(count, int) and not isinstance(count, bool) else None,
    )


def ours(person: Person) -> Person:
    """Somebody who works on tickets, as one of us."""
    return person if person.role is Role.AGENT else replace(person, role=Role.AGENT)


def page_of(account: Account, number: str) -> str:
    """The address of a ticket for people; never the API's."""
    return f"{account.url.rstrip('/')}/agent/tickets/{number}"


def _tags(row: dict[str, Json]) -> tuple[str, ...]:
    return tuple(line_of(tag) for tag in _list(row.get("tags")))


def _list(value: Json) -> list[Json]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise ValueError(f"expected a list, got {type(value).__name__}")


def _copied(row: dict[str, Json]) -> tuple[str, ...]:
    """Who gets a public reply besides the requester: CCs, and on older accounts collaborators; never mere followers."""
    followers = {identifier(one) for one in _list(row.get("follower_ids"))}
    older = [identifier(one) for one in _list(row.get("collaborator_ids"))]
    copied = [identifier(one) for one in _list(row.get("email_cc_ids"))]
    return tuple(dict.fromkeys([*copied, *(one for one in older if one not in followers)]))


def _fields(value: Json) -> tuple[tuple[str, str], ...]:
    found = []
    for row in _list(value):
        text = row.get("value") if isinstance(row, dict) else None
        if not isinstance(text, str) or not text:
            continue
        try:
            found.append((identifier(row.get("id")), text))
        except ValueError:
            continue
    return tuple(found)


def comment_of(row: dict[str, Json], people: Directory) -> Comment:
    """One entry of a conversation; ValueError when `public` is anything but true or false."""
    public = row.get("public")
    if not isinstance(public, bool):
        raise ValueError("whether the customer sees this entry is not said")
    body = row.get("plain_body") or row.get("body") or ""
    if not isinstance(body, str):
        raise ValueError(f"expected text, got {type(body).__name__}")
    files, _ = readable(_list(row.get("attachments")), _attachment_of)
    return Comment(
        id=identifier(row.get("id")),
        author=_author_of(row, people, public=public),
        public=public,
        created_at=moment_of(row.get("created_at")),
        body=body,
        attachments=tuple(files),
    )


def _author_of(row: dict[str, Json], people: Directory, *, public: bool) -> Person:
    number = identifier(row.get("author_id"))
    author = people.person(number)
    via = row.get("via")
    if number == _SYSTEM or (isinstance(via, dict) and via.get("channel") in _MACHINES):
        return replace(author, name="Zendesk" if number == _SYSTEM else author.name, role=Role.SYSTEM)
    if number not in people.users and not public:
        return replace(author, role=Role.AGENT)  # a customer cannot write what customers do not see
    return author


def _attachment_of(row: dict[str, Json]) -> Attachment:
    size = row.get("size")
    name = line_of(row.get("file_name")) or "unnamed"
    infected = row.get("malware_scan_result") == "malware_found"
    return Attachment(
        id=identifier(row.get("id")),
        name=f"[malware found] {name}" if infected else name,
        size=size if type(size) is int and size > 0 else 0,
        content_type=line_of(row.get("content_type")),
        url=line_of(row.get("content_url")),
        infected=infected,
    )


def view_of(row: dict[str, Json], account: Account) -> View:
    """One saved view."""
    number = identifier(row.get("id"))
    return View(id=number, name=line_of(row.get("title")) or f"view {number}", desk=account.name)


def identity_of(user: dict[str, Json], account: Account) -> Identity:
    """Who `users/me` says we are, and what that role may do on tickets.

    https://developer.zendesk.com/api-reference/ticketing/users/users/
    """
    number = identifier(user.get("id"))
    role = line_of(user.get("role"))
    kind = user.get("role_type")
    if role == "agent" and isinstance(kind, int):
        role = _LIGHT.get(kind, role)
    person = Directory({number: _checked(user)}).person(number)
    return Identity(person=person, role=role, capabilities=_capabilities(user, role, account))


def _capabilities(user: dict[str, Json], role: str, account: Account) -> Capabilities:
    nothing = Capabilities(
        public_reply=False, internal_note=False, update=False, hold=False, tags=False, bundles=True, settles=False
    )
    if role not in ("admin", "agent", *_LIGHT.values()):
        why = f"{account.name}: this account is {role or 'nobody'} on Zendesk, not an agent: it can only look."
        return replace(nothing, why_not=why)
    if account.read_only:
        return replace(nothing, why_not=f"{account.name} is set to read_only in the configuration.")
    if role in _LIGHT.values():
        why = f"{account.name}: a {role} can only write internal notes; the assignee can reply and change the ticket."
        return replace(nothing, internal_note=True, why_not=why)
    if user.get("only_private_comments") is True:
        why = f"{account.name}: your role may only write internal notes; ask the assignee to reply."
        return Capabilities(public_reply=False, bundles=True, settles=False, why_not=why)
    admin = role == "admin"
    return Capabilities(bundles=True, settles=False, exports=admin, feeds=admin)
