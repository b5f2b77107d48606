"""What is written to an RT ticket, and how it is found again when no answer came.

RT has no idempotency and a marker in a reply would be mailed to the customer, so a lost reply is recognised by being
a transaction of ours, of its type, with its words, after the ticket was read. RT refuses any `If-Match` on words
and answers 200 to a PUT whatever became of it: words are guarded by reading the ticket first, fields by `If-Match`
and by reading them back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from supportdesk.errors import Lost, ServiceError
from supportdesk.model import Change, Escalate, Link, Note, Reply, Status, Ticket, TicketRef, Update
from supportdesk.providers import Account, Conflict, Done, Flow, Json, NotSent, Outcome, Rejected, Request
from supportdesk.providers.answers import moment_of, segment, text_of
from supportdesk.providers.differences import differences
from supportdesk.providers.rt_parse import (
    NOBODY,
    STATUS_WRITTEN,
    SYSTEM,
    WORDS,
    bodies_of,
    display_url,
    fields_of,
    filters,
    items_of,
    person_of,
    priority_number,
    record_of,
    said,
    same_words,
    stamp_of,
    ticket_of,
    worded,
)
from supportdesk.providers.rt_rest import API, Record, checked, history, myself, read, reading, record, texts

Words = Reply | Note
CLOCKS_APART = timedelta(minutes=1)
"""How far `since` is stretched for clocks that disagree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a write needs to know; `user` gives the user id in the token, which is known once a request was signed."""

    account: Account
    tags_field: str
    user: Callable[[], str]


def deliver(desk: Desk, change: Change, seen: Ticket) -> Flow[Outcome]:
    """Write words or fields, if nobody else touched the ticket since it was read.

    Words and fields take two requests; should the second fail, the words stay sent and the notes say what is missing.
    """
    if isinstance(change, Escalate | Link):
        return Rejected(why=f"{seen.ref}: an issue is filed on a tracker, not written on its ticket.")
    update = change if isinstance(change, Update) else change.update
    why = _impossible(change, update)
    if why:
        return Rejected(why=f"{seen.ref}: {why}")
    try:
        now = yield from record(seen.ref)
        with reading(str(seen.ref)):
            touched = yield from _touched(desk, now.row, seen)
    except Lost as problem:  # only read so far
        return NotSent(why=problem.message, wait_s=problem.wait_s)
    if touched:
        with reading(str(seen.ref)):
            what = differences(seen, ticket_of(desk.account, desk.tags_field, now.row))
        also = f" ({what})" if what else ""
        return Conflict(why=f"{seen.ref} changed since it was read: {touched}{also}. Nothing was written.")
    try:
        if isinstance(change, Update):
            return (yield from _apply(desk, seen.ref, now, change))
        return (yield from _say(desk, seen.ref, now, change))
    except ValueError as problem:
        raise Lost(f"{seen.ref}: RT's answer cannot be read ({problem}).") from problem


def _impossible(change: Reply | Note | Update, update: Update) -> str:
    if not isinstance(change, Update) and not change.body.strip():
        return "there are no words in it; RT would send an empty message."
    if update.status is not None and update.status not in STATUS_WRITTEN:
        return f"RT has no status {update.status}; set it to {Status.SOLVED}."
    if update.priority is not None and priority_number(update.priority) is None:
        return f"priority {update.priority!r} is none of low, normal, high, urgent, and no number from 0 to 100."
    return ""


def _touched(desk: Desk, row: Mapping[str, Json], seen: Ticket) -> Flow[str]:
    """What others did since the ticket was read, in words; empty when it was nobody, we ourselves, or RT for us."""
    unseen = yield from _unseen_words(seen)
    same = stamp_of(row) == seen.stamp
    if not same:
        unseen += yield from _newer(seen)
    if same and not unseen:
        return ""
    me, _ = yield from myself(desk.account, desk.user())
    for transaction in unseen:
        author = person_of(transaction.get("Creator"))
        if author.id not in (me.id, SYSTEM):
            done = {"Correspond": "replied", "Comment": "commented"}.get(str(transaction.get("Type")), "changed it")
            return f"{author.name} {done} at {text_of(transaction.get('Created'))}"
    last = row.get("LastUpdatedBy")
    return "" if not isinstance(last, dict) or last.get("id") in (me.id, SYSTEM) else f"{last.get('id')} changed it"


def _unseen_words(seen: Ticket) -> Flow[list[Mapping[str, Json]]]:
    """Messages beyond those that were read, where their number is known: also those within the stamp's own second."""
    if seen.comment_count is None:
        return []
    found = worded((yield from history(seen.ref, *(("Type", "=", kind) for kind in WORDS))))
    return [row for _, row in sorted(found, key=lambda pair: int(pair[0]))[seen.comment_count :]]


def _newer(seen: Ticket) -> Flow[list[Mapping[str, Json]]]:
    limit = ("Created", ">", seen.updated_at.strftime("%Y-%m-%d %H:%M:%S"))
    found = [record_of(row) for row in (yield from history(seen.ref, limit))]
    return [row for row in found if moment_of(row.get("Created")) > seen.updated_at]


def _say(desk: Desk, ref: TicketRef, now: Record, change: Words) -> Flow[Outcome]:
    where, kind = ("correspond", "Correspond") if isinstance(change, Reply) else ("comment", "Comment")
    # RT takes a body of "0" for none and would mail the JSON itself; a line end makes it text
    body = {"Content": change.body.rstrip() + "\n", "ContentType": "text/plain"}
    response = yield Request(method="POST", path=f"{API}/ticket/{segment(ref.id)}/{where}", body=body)
    if response.status == 400:
        words = said(response.body)
        hint = " That is its word for a missing right, or for a ticket that is gone." if "enied" in words else ""
        return Rejected(
            why=f"{ref}: RT did not take the {type(change).__name__.lower()}: {words or 'no reason given'}.{hint}"
        )
    transaction = created(checked(response, str(ref)).headers, "transaction")
    if response.status != 201 or not transaction:
        raise Lost(f"{ref}: RT answered {response.status} without naming what it wrote.", status=response.status)
    notes = [*_unheard(ref, now.row, change), *(yield from _exposure(ref, transaction, kind))]
    notes += yield from _afterwards(desk, ref, change.update)
    return Done(remote=remote_of(transaction), url=display_url(desk.account, ref.id, transaction), notes=tuple(notes))


def created(headers: Mapping[str, str], kind: str) -> str:
    """The id in the Location of something just made; empty when there is none."""
    found = headers.get("location", "").partition(f"/{kind}/")[2]
    return found if found.isascii() and found.isdigit() else ""


def remote_of(transaction: str) -> str:
    """How a landed transaction is remembered; never the same as a ticket's id."""
    return f"transaction/{transaction}"


def _unheard(ref: TicketRef, row: Mapping[str, Json], change: Words) -> list[str]:
    heard = any(row.get(role) for role in ("Requestor", "Cc"))
    return [] if heard or isinstance(change, Note) else [f"{ref} has no requestor and no Cc: RT mailed it to nobody."]


def _exposure(ref: TicketRef, transaction: str, kind: str) -> Flow[list[str]]:
    """Read back on which side of the house the words landed; an answer that cannot be had changes nothing."""
    try:
        response = yield from read(str(ref), f"/transaction/{transaction}")
    except ServiceError:
        return []
    found = response.body.get("Type") if isinstance(response.body, dict) else None
    if found in (kind, None):
        return []
    return [f"ALERT: {ref}: RT kept it as {found} instead of {kind}. Look at the ticket in RT who can read it now."]


def _afterwards(desk: Desk, ref: TicketRef, update: Update) -> Flow[list[str]]:
    """Apply what goes with words that are sent already; whatever happens now, they are not sent again."""
    if not update:
        return []
    try:
        now = yield from record(ref)
        outcome = yield from _apply(desk, ref, now, update)
    except ServiceError as problem:
        return [f"The words were sent, but not all that goes with them: {problem.message}"]
    if isinstance(outcome, Done):
        return list(outcome.notes)
    return [f"The words were sent, but not all that goes with them: {outcome.why}"]


def _apply(desk: Desk, ref: TicketRef, now: Record, update: Update) -> Flow[Outcome]:
    owner = yield from _owner_name(desk, update.assignee)
    body = _missing(desk, now.row, update, owner)
    if not body:
        return _applied(desk, ref, update)
    headers = (("If-Match", now.etag),) if now.etag else ()
    response = yield Request(method="PUT", path=f"{API}/ticket/{segment(ref.id)}", body=body, headers=headers)
    if response.status == 412:
        return Conflict(why=f"{ref} was changed while this was being written; RT kept what was there.")
    words = said(checked(response, str(ref)).body)
    after = yield from record(ref)
    left = _missing(desk, after.row, update, owner)
    if not left:
        return _applied(desk, ref, update)
    taken = [_NAMES[field] for field in body if field not in left]
    kept = f" ({' and '.join(taken)} did change)" if taken else ""
    refused = " and ".join(_NAMES[field] for field in left)
    return Rejected(why=f"{ref}: RT did not change {refused}{kept}. It said: {words or 'nothing'}.")


_NAMES = {"Status": "status", "Owner": "assignee", "Priority": "priority", "CustomFields": "tags"}


def _applied(desk: Desk, ref: TicketRef, update: Update) -> Done:
    notes = (
        (f"RT has no status hold: {ref} is stalled, which reads as pending.",) if update.status is Status.HOLD else ()
    )
    return Done(remote=f"ticket/{ref.id}", url=display_url(desk.account, ref.id), notes=notes)


def _missing(desk: Desk, row: Mapping[str, Json], update: Update, owner: str | None) -> dict[str, Json]:
    """The part of an update that the ticket does not show yet, as the body of the PUT that asks for it."""
    wanted: dict[str, Json] = {}
    if update.status is not None and row.get("Status") != STATUS_WRITTEN.get(update.status):
        wanted["Status"] = STATUS_WRITTEN.get(update.status)
    if owner is not None and person_of(row.get("Owner")).id.casefold() != owner.casefold():
        wanted["Owner"] = owner
    if update.priority is not None:
        number = priority_number(update.priority)
        if text_of(row.get("Priority", "")) != str(number):
            wanted["Priority"] = number
    tags = fields_of(row).get(desk.tags_field, ())
    after = tuple(dict.fromkeys(tag for tag in (*tags, *update.add_tags) if tag not in update.remove_tags))
    if set(after) != set(tags):
        wanted["CustomFields"] = {desk.tags_field: list(after)}
    return wanted


def _owner_name(desk: Desk, assignee: str | None) -> Flow[str | None]:
    """RT's name for an assignee: me, a name, or an address, by which RT itself finds nobody."""
    if assignee is None or not assignee:
        return None if assignee is None else NOBODY
    if assignee.lower() == "me":
        person, _ = yield from myself(desk.account, desk.user())
        return person.id
    if "@" not in assignee:
        return assignee
    query = (("query", filters(("EmailAddress", "=", assignee))), ("fields", "Name"))
    response = yield from read(f"{desk.account.name}: {assignee}", "/users", query)
    return next((person_of(row).id for row in items_of(response.body)), assignee)


def find_op(desk: Desk, change: Change, seen: Ticket, since: datetime, claimed: frozenset[str]) -> Flow[Done | None]:
    """The landed effect of a write: our oldest unclaimed transaction with its words, or fields as asked for."""
    if isinstance(change, Update):
        now = yield from record(seen.ref)
        owner = yield from _owner_name(desk, change.assignee)
        return None if _missing(desk, now.row, change, owner) else _applied(desk, seen.ref, change)
    if isinstance(change, Escalate | Link):
        return None
    kind = "Correspond" if isinstance(change, Reply) else "Comment"
    found = worded((yield from history(seen.ref, ("Type", "=", kind))))
    me, _ = yield from myself(desk.account, desk.user())
    earliest = min(since - CLOCKS_APART, seen.updated_at)
    ours = [
        identity
        for identity, row in found
        if row["Type"] == kind
        and person_of(row.get("Creator")).id == me.id
        and moment_of(row.get("Created")) >= earliest
        and remote_of(identity) not in claimed
    ]
    bodies = bodies_of((yield from texts(seen.ref))) if ours else {}
    for identity in sorted(ours, key=int):
        if same_words(bodies.get(identity, ""), change.body):
            url = display_url(desk.account, seen.ref.id, identity)
            return Done(remote=remote_of(identity), url=url, notes=_left_undone(change))
    return None


def _left_undone(change: Words) -> tuple[str, ...]:
    if not change.update:
        return ()
    return ("The words had arrived; whether the fields that go with them changed too was not looked at.",)
