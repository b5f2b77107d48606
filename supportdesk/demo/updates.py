"""What a Zendesk ticket update asks for: checked like Zendesk checks it, before anything changes."""

from dataclasses import dataclass, field
from datetime import datetime

from supportdesk.demo.query import PRIORITIES, STATUSES
from supportdesk.demo.records import Records
from supportdesk.demo.story import Entry
from supportdesk.providers import Json

_LIGHT = 1


class Refusal(Exception):
    """Zendesk's no: a status and its two words."""

    def __init__(self, status: int, error: str, description: str, details: Json = None) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "description": description} | ({"details": details} if details else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One update: words, new values for fields, metadata, and whether its stamp is an old one."""

    body: str | None
    public: bool
    stale: bool
    changes: dict[str, Json] = field(default_factory=dict)
    custom: Json = None

    def entry(self, at: datetime) -> Entry | None:
        """The words as an entry of the conversation, or None."""
        return None if self.body is None else Entry(author="", at=at, body=self.body, public=self.public)


def read_update(body: Json, ticket: Json, records: Records, *, light: bool) -> Wanted:
    """Read `{"ticket": {…}}`; Refusal as Zendesk would refuse it.

    A light agent's comment is internal whatever it asked for, and its fields are refused.
    https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#update-ticket
    """
    wanted = body.get("ticket") if isinstance(body, dict) else None
    if not isinstance(wanted, dict):
        raise Refusal(400, "BadRequest", "ticket is missing")
    if ticket["status"] == "closed":
        raise _invalid("status", "Status: closed prevents ticket update")
    said, public = _words(wanted.get("comment"))
    changes = _changes(wanted, records)
    if light and changes:
        raise Refusal(403, "Forbidden", "You do not have access to this page. Light agents may only comment.")
    _follow_up(ticket, changes)
    return Wanted(
        body=said,
        public=public and not light,
        stale=_stale(wanted, ticket),
        changes=changes,
        custom=wanted.get("metadata"),
    )


def read_tags(method: str, body: Json, ticket: Json, *, light: bool) -> tuple[list[str], bool]:
    """The tags as they shall be, and whether the stamp is an old one; PUT adds, DELETE removes, POST sets."""
    if light:
        raise Refusal(403, "Forbidden", "You do not have access to this page. Light agents may only comment.")
    if ticket["status"] == "closed":
        raise _invalid("status", "Status: closed prevents ticket update")
    if not isinstance(body, dict) or not isinstance(body.get("tags"), list):
        raise Refusal(400, "BadRequest", "tags is missing")
    given, present = set(_tags(body["tags"])), set(ticket["tags"])
    result = {"PUT": present | given, "DELETE": present - given, "POST": given}[method]
    return sorted(result), _stale(body, ticket)


def _words(comment: Json) -> tuple[str | None, bool]:
    if comment is None:
        return None, False
    if not isinstance(comment, dict):
        raise _invalid("comment", "Comment: is invalid")
    text = comment.get("body") or comment.get("html_body")
    if not isinstance(text, str) or not text.strip():
        raise _invalid("comment", "Comment: cannot be blank")
    return text, bool(comment.get("public", True))


def _changes(wanted: dict[str, Json], records: Records) -> dict[str, Json]:
    changes: dict[str, Json] = {}
    if "status" in wanted:
        changes["status"] = _one_of("status", wanted["status"], STATUSES)
    if wanted.get("priority") is not None:
        changes["priority"] = _one_of("priority", wanted["priority"], PRIORITIES)
    elif "priority" in wanted:
        changes["priority"] = None
    if "tags" in wanted:
        changes["tags"] = sorted(set(_tags(wanted["tags"])))
    if "assignee_id" in wanted or "assignee_email" in wanted:
        changes["assignee_id"] = _assignee(wanted, records)
    return changes


def _follow_up(ticket: Json, changes: dict[str, Json]) -> None:
    """A new ticket that somebody takes is open."""
    if changes.get("assignee_id") and ticket["status"] == "new":
        changes.setdefault("status", "open")


def _assignee(wanted: dict[str, Json], records: Records) -> int | None:
    id_ = wanted.get("assignee_id")
    if "assignee_email" in wanted:
        emails = {user["email"]: number for number, user in records.users.items()}
        id_ = emails.get(wanted["assignee_email"], -1)
    if id_ is None:
        return None
    user = records.users.get(id_) if isinstance(id_, int) else None
    if user is None or user["role"] == "end-user" or user["role_type"] == _LIGHT:
        raise _invalid("assignee", "Assignee: is invalid")
    return int(user["id"])


def _one_of(name: str, value: Json, known: tuple[str, ...]) -> str:
    if value not in known:
        raise _invalid(name, f"{name.capitalize()}: {value} is not a valid value")
    return str(value)


def _tags(value: Json) -> list[str]:
    if not isinstance(value, list):
        raise _invalid("tags", "Tags: must be a list")
    return [part for text in value for part in str(text).lower().split()]


def _stale(wanted: dict[str, Json], ticket: Json) -> bool:
    if not wanted.get("safe_update") or str(wanted.get("safe_update")).lower() == "false":
        return False
    given = wanted.get("updated_stamp")
    if not isinstance(given, str):
        raise _invalid("updated_stamp", "Updated stamp: is required with safe_update")
    return given != str(ticket["updated_at"])


def _invalid(name: str, description: str) -> Refusal:
    return Refusal(422, "RecordInvalid", "Record validation errors", {name: [{"description": description}]})
