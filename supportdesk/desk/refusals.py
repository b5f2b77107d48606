"""What cannot be done to a ticket, and why, in the words the engineer reads; and whom a reply reaches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from supportdesk import late, model, outbox
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import RoleError, StoreError, UsageError
from supportdesk.model import Status, TicketRef
from supportdesk.text import LONGEST, clean

FIELDS = {"update", "status", "assign", "take", "priority", "solve"}
WRITES = {"reply", "note", "tags", *FIELDS}
MOVES = {"drop", "edit", "retry", "make private"}  # of what is on its way


def words(body: str) -> str:
    """What is sent of a text."""
    return clean(body).rstrip()


def said(body: str) -> str:
    """What is sent of a text; UsageError when that is nothing, or too much."""
    found = words(body)
    if not found:
        raise UsageError("There is nothing to send: the text is empty.", "Write something first.")
    if len(body) > LONGEST:
        raise UsageError(f"The text is longer than {LONGEST:,} characters.", "Shorten it; nothing was queued.")
    return found


@contextmanager
def queueing(work: Workplace) -> Iterator[None]:
    """A transaction of the ledger whose failure says the one thing that matters: nothing was queued."""
    try:
        with work.ledger.transaction():
            yield
    except StoreError as problem:
        raise StoreError(f"Not queued: {problem.message}", problem.hint) from problem


def require_writing(work: Workplace, desk: str = "") -> None:
    """RoleError where nothing may be written, here or on a desk: another process would send what is set in motion."""
    if why := reading_only(work):
        raise RoleError(why, "Nothing was changed. ctrl+r lets a console write.")
    if desk and not work.writable(desk):
        raise RoleError(f"Desk {desk} is read-only: `read_only` stands in its configuration.", "Nothing was changed.")


def reading_only(work: Workplace) -> str:
    """Why nothing on its way may be moved here, naming who may, as a sentence; empty where it may."""
    if not work.read_only:
        return ""
    pid = None if work.lock.held else work.lock.holder_pid()
    return "This console is read-only." + (f" Another supportdesk (pid {pid}) sends: decide it there." if pid else "")


def disabled_reason(work: Workplace, action: str, ref: TicketRef | None) -> str | None:
    """Why an action is off for a ticket, as a sentence; None when it is on."""
    if action in MOVES:
        return reading_only(work) or None
    if action == "undo":
        now = work.now()
        waiting = any(outbox.undoable(entry, now) for entry in work.outgoing())
        return reading_only(work) or (None if waiting else "Nothing can be taken back any more.")
    if ref is None:
        return "No ticket is selected."
    ticket, connection = work.cache.ticket(ref), work.connections.get(ref.desk)
    if ticket is None or connection is None:
        return f"{ref} is not on disk."
    if action in ("confirm", "dismiss"):
        return _no_flag(work, ref)
    if action in ("escalate", "link"):
        return _no_tracker(work, connection)
    return _no_write(work, connection, ticket, action)


def _no_flag(work: Workplace, ref: TicketRef) -> str | None:
    found = work.lessons.lately(ref)
    if any(one.kind is model.Kind.WORKAROUND for one in found):
        return None
    return f"{ref} has no flag to judge" + ("; hints are not judged." if found else ".")


def _no_tracker(work: Workplace, connection: Connection) -> str | None:
    account = connection.account
    if not account.escalate_to:
        return f"Desk {account.name} does not say where its bugs go: set escalate_to in its configuration."
    target = work.connections.get(account.escalate_to)
    if work.read_only or (target is not None and target.account.read_only):
        return "This console is read-only."
    return None


def _no_write(work: Workplace, connection: Connection, ticket: model.Ticket, action: str) -> str | None:
    able, name = connection.capabilities, connection.account.name
    if work.read_only:
        return "This console is read-only: ctrl+r, or a start without --read-only, lets it write."
    if connection.account.read_only:
        return f"Desk {name} is read-only: `read_only` stands in its configuration."
    if ticket.status is Status.CLOSED:
        return f"{ticket.ref} is closed for good; open a follow-up on the service."
    allowed = {
        "reply": able.public_reply,
        "note": able.internal_note,
        "tags": able.tags and able.update,
    }.get(action, able.update)
    if allowed:
        return None
    what = {"reply": "public replies", "note": "internal notes", "tags": "tags"}.get(action, "changes to tickets")
    return able.why_not or f"This account may not make {what} on {name}."


def instead(work: Workplace, action: str, ref: TicketRef) -> str:
    """What happened to an action that is off, and what can be done in its place."""
    noting = action == "reply" and disabled_reason(work, "note", ref) is None
    return "Nothing was queued." + (" An internal note can be written." if noting else "")


def recipients(ticket: model.Ticket) -> late.readings.Recipients:
    """The requester and everybody in copy; outside is whoever is not of the requester's organisation or mail domain."""
    people = tuple(dict.fromkeys((ticket.requester, *ticket.cc)))
    outside = tuple(person for person in ticket.cc if not _same_side(ticket.requester, person))
    return late.readings.Recipients(people=people, outsiders=outside)


def _same_side(requester: model.Person, person: model.Person) -> bool:
    if person == requester or (person.email and person.email.casefold() == requester.email.casefold()):
        return True
    ours, theirs = _organization(requester.organization), _organization(person.organization)
    if ours and theirs:
        return ours == theirs
    domain, other = requester.email.rpartition("@")[2].casefold(), person.email.rpartition("@")[2].casefold()
    return bool(domain) and domain == other and domain not in SHARED_DOMAINS


def _organization(organization: model.Organization | None) -> str:
    return (organization.id or organization.name) if organization else ""


SHARED_DOMAINS = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com"),
        *("aol.com", "gmx.de", "gmx.net", "web.de", "proton.me", "protonmail.com", "mail.com", "qq.com", "163.com"),
    )
)
