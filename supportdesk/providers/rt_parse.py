"""RT's JSON read into our nouns: tickets, people, conversations, and the words RT uses for them.

Statuses: new, open → the same; stalled → pending (RT has one word for waiting, so hold is written as stalled too and
reads back as pending); resolved → solved; rejected, deleted → closed. A status of a lifecycle of your own reads as
open, because a ticket shown too long does less harm than one that is hidden.
Priorities: low 20, normal 50, high 80, urgent 100. A number reads as the nearest word, 0 and below as none. RT's own
labels (Low 0, Medium 50, High 100) are only how its web pages print the number.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from supportdesk.errors import Distrusted
from supportdesk.model import Attachment, Comment, Organization, Person, Role, Status, Ticket, TicketRef
from supportdesk.providers import Account, Json
from supportdesk.providers.answers import moment_of, text_of
from supportdesk.providers.rt_html import text_of_html
from supportdesk.text import clean

WORDS = {"Create": True, "Correspond": True, "Comment": False}  # transaction type → does the customer see it
STATUS_READ = {
    "new": Status.NEW,
    "open": Status.OPEN,
    "stalled": Status.PENDING,
    "resolved": Status.SOLVED,
    "rejected": Status.CLOSED,
    "deleted": Status.CLOSED,
}
STATUS_WRITTEN = {
    Status.NEW: "new",
    Status.OPEN: "open",
    Status.PENDING: "stalled",
    Status.HOLD: "stalled",
    Status.SOLVED: "resolved",
}
PRIORITY_WRITTEN = {"": 0, "low": 20, "normal": 50, "high": 80, "urgent": 100}
NOBODY = "Nobody"
SYSTEM = "RT_System"
NO_REQUESTOR = Person(name="no requestor")
_ID = re.compile(r"[0-9]{1,18}")
_TRAIL = re.compile(r" at /\S+ line \d+\.?\s*$")


def quoted(value: str) -> str:
    """A TicketSQL string that holds `value` and nothing else."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def moment_sql(moment: datetime) -> str:
    """A moment for TicketSQL, a day early: RT reads it in the time zone of the token's user."""
    return quoted((moment - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S"))


def filters(*limits: tuple[str, str, str]) -> str:
    """RT's JSON search over attachments, transactions and users: (field, operator, value); the same field means or."""
    return json.dumps([{"field": field, "operator": operator, "value": value} for field, operator, value in limits])


def items_of(body: Json) -> list[Json]:
    """The rows of a list; Distrusted when it is no list."""
    if isinstance(body, dict) and isinstance(body.get("items"), list):
        return list(body["items"])
    raise Distrusted("The service answered something else than a list.", "Check the desk's url.")


def said(body: Json) -> str:
    """What RT said in its own words, without the place in its source that it likes to add."""
    if isinstance(body, dict):
        body = body.get("message", "")
    parts = body if isinstance(body, list) else [body]
    words = "; ".join(_TRAIL.sub("", part).strip() for part in parts if isinstance(part, str) and part.strip())
    return clean(words, multiline=False)[:300]


def display_url(account: Account, ticket_id: str, transaction: str = "") -> str:
    """Where people see a ticket, or one transaction on it."""
    anchor = f"#txn-{transaction}" if transaction else ""
    return f"{account.url.rstrip('/')}/Ticket/Display.html?id={ticket_id}{anchor}"


def linked_ticket(account: Account, url: str) -> str:
    """The id of the ticket that an address shows, when it is one of this very RT; otherwise empty."""
    start = display_url(account, "")
    rest = url.removeprefix(start)
    return rest if url.startswith(start) and rest.isascii() and rest.isdigit() else ""


def ticket_of(account: Account, tags_field: str, row: Json) -> Ticket:
    """One row of a search, or one ticket object, as a Ticket; ValueError when it is neither."""
    record = record_of(row)
    identity = identifier(record.get("id"))
    people = people_of(record.get("Requestor"))
    fields = fields_of(record)
    return Ticket(
        ref=TicketRef(account.name, identity),
        subject=clean(text_of(record.get("Subject", "")), multiline=False),
        status=STATUS_READ.get(text_of(record.get("Status")).lower(), Status.OPEN),
        requester=people[0] if people else NO_REQUESTOR,
        created_at=moment_of(record.get("Created")),
        updated_at=moment_of(record.get("LastUpdated")),
        stamp=stamp_of(record),
        url=display_url(account, identity),
        priority=priority_word(record.get("Priority", "")),
        assignee=_owner(record.get("Owner")),
        tags=fields.get(tags_field, ()),
        cc=(*people[1:], *people_of(record.get("Cc"))),
        fields=tuple((name, ", ".join(values)) for name, values in sorted(fields.items()) if name != tags_field),
    )


def record_of(row: Json) -> Mapping[str, Json]:
    """A record's fields by name; ValueError for anything else."""
    if not isinstance(row, dict):
        raise ValueError(f"expected a record, got {type(row).__name__}")
    return row


def identifier(value: Json) -> str:
    """An id, number or digits, as text; ValueError for anything else."""
    text = text_of(value)
    if _ID.fullmatch(text) is None:
        raise ValueError(f"{text[:40]!r} is not an id")
    return text


def stamp_of(record: Mapping[str, Json]) -> str:
    """The version of a ticket: RT moves LastUpdated with every transaction, and lists and objects both carry it."""
    return text_of(record.get("LastUpdated"))


def queue_of(row: Json) -> str:
    """The queue's name, where the row was asked for it."""
    queue = record_of(row).get("Queue")
    return text_of(queue.get("Name", "")) if isinstance(queue, dict) else ""


def people_of(value: Json, role: Role = Role.CUSTOMER) -> list[Person]:
    """The members of a role of a ticket: users, and groups by name."""
    return [person_of(member, role) for member in _list(value)]


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def person_of(value: Json, role: Role = Role.CUSTOMER) -> Person:
    """A user as RT embeds it; its name is its identity, and often its address."""
    record = record_of(value)
    login = text_of(record.get("Name") or record.get("id"))
    company = clean(text_of(record.get("Organization") or ""), multiline=False)
    return Person(
        name=clean(text_of(record.get("RealName") or login), multiline=False),
        email=text_of(record.get("EmailAddress") or (login if "@" in login else "")),
        id=login,
        role=role,
        organization=Organization(name=company) if company else None,
    )


def _owner(value: Json) -> Person | None:
    person = person_of(value, Role.AGENT)
    return None if person.id == NOBODY else person


def fields_of(record: Mapping[str, Json]) -> dict[str, tuple[str, ...]]:
    """The custom fields that hold text, by name."""
    found: dict[str, tuple[str, ...]] = {}
    for field in map(record_of, _list(record.get("CustomFields"))):
        values = _list(field.get("values"))
        found[text_of(field.get("name"))] = tuple(value for value in values if isinstance(value, str))
    return {name: values for name, values in found.items() if values}


def priority_word(value: Json) -> str:
    """A priority as one of our words, or as RT said it when it is no number."""
    text = text_of(value)
    if not text.removeprefix("-").isdigit():
        return text.lower()
    number = int(text)
    return (
        ""
        if number <= 0
        else "low"
        if number < 35
        else "normal"
        if number < 65
        else "high"
        if number < 90
        else "urgent"
    )


def priority_number(word: str) -> int | None:
    """The number RT keeps for one of our words, or for a number from 0 to 100; None when it is neither."""
    known = PRIORITY_WRITTEN.get(word.strip().lower())
    if known is not None:
        return known
    return int(word) if word.isascii() and word.isdigit() and int(word) <= 100 else None


def comments_of(
    account: Account, ticket: Ticket, history: Iterable[Json], texts: Iterable[Json], files: Iterable[Json]
) -> tuple[tuple[Comment, ...], int]:
    """What was said on a ticket, oldest first, and how many transactions could not be read.

    Transactions that carry words are joined with their parts; a part that cannot be read is a ValueError: nobody
    could say whose words it cuts short.
    """
    bodies = bodies_of(texts)
    attached = _files(account, files)
    comments: list[Comment] = []
    bad = 0
    for entry in history:
        try:
            comments += [_comment(ticket, identity, row, bodies, attached) for identity, row in worded([entry])]
        except ValueError:
            bad += 1
    return tuple(sorted(comments, key=lambda comment: (comment.created_at, int(comment.id)))), bad


def _comment(
    ticket: Ticket,
    identity: str,
    row: Mapping[str, Json],
    bodies: Mapping[str, str],
    attached: Mapping[str, list[Attachment]],
) -> Comment:
    public = WORDS[text_of(row.get("Type"))]
    return Comment(
        id=identity,
        author=_author(ticket, row.get("Creator"), public=public),
        public=public,
        created_at=moment_of(row.get("Created")),
        body=bodies.get(identity, ""),
        attachments=tuple(attached.get(identity, ())),
    )


def worded(history: Iterable[Json]) -> list[tuple[str, Mapping[str, Json]]]:
    """The transactions in which somebody wrote something, with their ids; mail copies and field changes are not."""
    rows = [record_of(row) for row in history]
    return [(identifier(row.get("id")), row) for row in rows if text_of(row.get("Type")) in WORDS]


def bodies_of(texts: Iterable[Json]) -> dict[str, str]:
    """The text of each transaction: its plain parts, else its HTML parts made readable."""
    plain: dict[str, list[str]] = {}
    html: dict[str, list[str]] = {}
    for part in map(record_of, texts):
        content, kind = part.get("Content"), part.get("ContentType")
        if part.get("Filename") or not isinstance(content, str) or not content.strip():
            continue
        identity = text_of(part.get("TransactionId"))
        if kind == "text/html":
            html.setdefault(identity, []).append(text_of_html(content))
        elif kind == "text/plain":
            plain.setdefault(identity, []).append(clean(content).rstrip())
    return {identity: "\n\n".join(parts) for identity, parts in (html | plain).items()}


def _files(account: Account, files: Iterable[Json]) -> dict[str, list[Attachment]]:
    found: dict[str, list[Attachment]] = {}
    for part in map(record_of, files):
        kind = text_of(part.get("ContentType") or "")
        name = clean(text_of(part.get("Filename") or ""), multiline=False)
        if kind.startswith("multipart/") or (kind.startswith("text/") and not name):
            continue
        transaction, identity = text_of(part.get("TransactionId")), text_of(part.get("id"))
        length = text_of(part.get("ContentLength") or "0")
        attachment = Attachment(
            id=identity,
            name=name or "untitled",
            size=int(length) if _ID.fullmatch(length) else 0,
            content_type=kind,
            url=f"{account.url.rstrip('/')}/Ticket/Attachment/{transaction}/{identity}/",
        )
        found.setdefault(transaction, []).append(attachment)
    return found


def _author(ticket: Ticket, creator: Json, *, public: bool) -> Person:
    person = person_of(creator, Role.AGENT)
    if person.id == SYSTEM:
        return Person(name=person.name, id=person.id, role=Role.SYSTEM)
    if not public or (ticket.assignee is not None and ticket.assignee.id == person.id):
        return person
    for customer in (ticket.requester, *ticket.cc):
        if customer.id == person.id:
            return customer
    return person


def same_words(one: str, other: str) -> bool:
    """Whether two texts are the same but for what mail and forms do to the ends of lines and of the text."""
    return _worn(one) == _worn(other)


def _worn(text: str) -> str:
    return "\n".join(line.rstrip() for line in clean(text).strip().split("\n"))
