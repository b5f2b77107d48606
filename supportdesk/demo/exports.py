"""The embedded helpdesk's exports, for admins: tickets from a cursor, and what happened on all of them since a time."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import datetime, timedelta

from supportdesk.demo.records import Records
from supportdesk.demo.updates import Refusal
from supportdesk.providers import Json

LONGEST = 1000
LAG = timedelta(minutes=1)


def tickets(records: Records, now: datetime, start: str, cursor: str, size: int) -> tuple[list[Json], Json]:
    """A page of tickets, longest unchanged first, and what the answer says beside them."""
    after = _place(cursor) if cursor else (_moment(start, now), 0)
    rows = sorted((_key(row), row["id"], row) for row in records.tickets.values())
    there = [(at, id_, row) for at, id_, row in rows if (at, id_) > after and at <= (now - LAG).timestamp()]
    page = there[:size]
    last = page[-1][:2] if page else after
    mark = urlsafe_b64encode(f"{last[0]}||{last[1]}".encode()).decode()
    return [row for _, _, row in page], {"after_cursor": mark, "end_of_stream": len(page) == len(there)}


def events(records: Records, now: datetime, start: str) -> Json:
    """A page of what happened, oldest first."""
    since = _moment(start, now)
    told = ((_at(audit["created_at"]), audit["id"], audit) for audits in records.audits.values() for audit in audits)
    there = sorted(found for found in told if since <= found[0] <= (now - LAG).timestamp())
    page = there[:LONGEST]
    return {
        "ticket_events": [_event(audit) for _, _, audit in page],
        "count": len(page),
        "end_time": int(page[-1][0]) if page else int(since),
        "end_of_stream": len(page) == len(there),
    }


def _event(audit: Json) -> Json:
    children = [{**child, "event_type": child["type"], "created_at": audit["created_at"]} for child in audit["events"]]
    return {
        "id": audit["id"],
        "ticket_id": audit["ticket_id"],
        "timestamp": int(_at(audit["created_at"])),
        "created_at": audit["created_at"],
        "updater_id": audit["author_id"],
        "event_type": "Audit",
        "child_events": children,
    }


def _key(row: Json) -> float:
    return _at(row["updated_at"])


def _at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _moment(start: str, now: datetime) -> float:
    if not start.isdecimal() or int(start) > (now - LAG).timestamp():
        raise Refusal(422, "InvalidValue", "Too recent start_time. Use a start_time older than 60 seconds")
    return float(start)


def _place(cursor: str) -> tuple[float, int]:
    try:
        at, _, number = urlsafe_b64decode(cursor.encode()).decode().partition("||")
        return float(at), int(number)
    except (NotBase64, ValueError) as problem:
        raise Refusal(400, "InvalidPaginationParameter", "cursor is not valid") from problem
