"""Writing: what is queued goes out in order, on disk before the wire, and what may have landed is looked for first."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID, uuid5

from supportdesk import outbox
from supportdesk.desk.notes import filed_note
from supportdesk.desk.sync import noticed, refresh
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import ServiceError, SupportdeskError
from supportdesk.model import (
    Change,
    Escalate,
    Escalation,
    IssueRef,
    Link,
    Note,
    Outgoing,
    Reply,
    State,
    Status,
    Update,
)
from supportdesk.outbox import Attempt, Effect
from supportdesk.providers import Conflict, Done, NotSent, Outcome, Rejected, Unknown
from supportdesk.providers.answers import outcome_of

SLACK = timedelta(minutes=5)


async def drain(work: Workplace, wait_s: float, *, hurry: bool) -> None:
    """Send what is due, desks side by side and one write at a time for each, until nothing more can move in time."""
    work.catch_up()
    if work.read_only or not work.may_send():
        return
    work.recover()
    deadline = monotonic() + wait_s
    tried: set[tuple[str, State]] = set()
    while True:
        ready = _ready(work, tried, hurry=hurry)
        if ready:
            desks = {entry.desk for entry in ready}
            await asyncio.gather(*(_one_by_one(work, [e for e in ready if e.desk == desk], tried) for desk in desks))
            continue
        pause = _pause(work)
        if pause is None or monotonic() + pause > deadline:
            return
        await asyncio.sleep(pause)


def _ready(work: Workplace, tried: set[tuple[str, State]], *, hurry: bool) -> list[Outgoing]:
    now, entries = work.now(), work.outgoing()
    ready = {entry.op: entry for entry in outbox.due(entries, now, hurry=False)}
    if hurry:
        fresh = [entry for entry in outbox.due(entries, now, hurry=True) if (entry.op, entry.state) not in tried]
        ready |= {entry.op: entry for entry in fresh}
    return list(ready.values())


def _pause(work: Workplace) -> float | None:
    """Seconds until the service's word, an undo window or the settle time lets something move; not our back-off."""
    waiting = [entry for entry in work.outgoing() if not (entry.own_backoff and entry.not_before)]
    return outbox.due_in(waiting, work.now(), hurry=False)


async def _one_by_one(work: Workplace, entries: Sequence[Outgoing], tried: set[tuple[str, State]]) -> None:
    for entry in entries:
        tried.add((entry.op, entry.state))
        connection = work.connection(entry.desk)
        if entry.state is State.UNCERTAIN:
            await _look(work, connection, entry)
        else:
            await _send(work, connection, entry)
        work.changed()


async def _send(work: Workplace, connection: Connection, entry: Outgoing) -> None:
    try:
        if (stop := await _obstacle(connection, entry)) is not None:
            work.put(outbox.held(entry, stop))
            return
    except SupportdeskError as problem:
        _failed(work, connection, entry, problem)
        return
    entry = outbox.begin(entry, work.now())
    work.put(entry)
    try:
        outcome = await _deliver(connection, entry)
    except ServiceError as problem:
        noticed(connection, problem)
        outcome = outcome_of(problem)
    except SupportdeskError as problem:
        noticed(connection, problem)
        outcome = NotSent(why=f"{problem.message} {problem.hint}".strip())
    else:
        connection.online, connection.trouble = True, ""
    await _settle(work, entry, outcome)


def _failed(work: Workplace, connection: Connection, entry: Outgoing, problem: SupportdeskError) -> None:
    """Nothing was written: wait, whatever it was that failed."""
    noticed(connection, problem)
    wait_s = problem.wait_s if isinstance(problem, ServiceError) else None
    attempt = Attempt(effect=Effect.NOT_SENT, why=problem.message, wait_s=wait_s)
    work.put(outbox.delivered(replace(entry, attempts=entry.attempts + 1), attempt, work.now()))


async def _obstacle(connection: Connection, entry: Outgoing) -> str | None:
    """Why an issue may not be filed where it would go, asked immediately before the write."""
    if not isinstance(entry.change, Escalate | Link):
        return None
    place = await connection.wire.run(connection.tracker.place())
    if not place.issues_on:
        return f"{place.name} has issues switched off. Choose another tracker."
    if place.public is False or entry.change.public_ok == place.name:
        return None
    seen = "is public" if place.public else "does not say whether it is public"
    return f"{place.name} {seen}, and you have not agreed to publish there (--yes-public {place.name})."


async def _deliver(connection: Connection, entry: Outgoing) -> Outcome:
    change = entry.change
    if isinstance(change, Escalate):
        return await connection.wire.run(connection.tracker.file_issue(change.draft, entry.op))
    if isinstance(change, Link):
        return await connection.wire.run(connection.tracker.comment_issue(change.issue, change.body, entry.op))
    return await connection.wire.run(connection.provider.deliver(change, entry.op, entry.seen))


async def _look(work: Workplace, connection: Connection, entry: Outgoing) -> None:
    try:
        found = await _find(work, connection, entry)
    except SupportdeskError as problem:
        noticed(connection, problem)
        work.put(replace(entry, not_before=work.now() + timedelta(seconds=outbox.LOOK_EVERY_S), own_backoff=True))
        return
    connection.online, connection.trouble = True, ""
    moved = outbox.looked(entry, found.remote if found else None, work.now(), work.settle_of(entry.desk))
    if found is None:
        work.put(moved)
    else:
        await _landed(work, moved, found)


async def _find(work: Workplace, connection: Connection, entry: Outgoing) -> Done | None:
    since = _since(connection, entry, work.now())
    change = entry.change
    if isinstance(change, Escalate):
        return await connection.wire.run(connection.tracker.find_issue(entry.op, since))
    if isinstance(change, Link):
        return await connection.wire.run(connection.tracker.find_issue_comment(change.issue, entry.op, since))
    claimed = frozenset(other.remote for other in work.outgoing() if other.ref == entry.ref and other.remote)
    return await connection.wire.run(connection.provider.find_op(change, entry.op, entry.seen, since, claimed))


def _since(connection: Connection, entry: Outgoing, now: datetime) -> datetime:
    offset = timedelta(seconds=connection.wire.server_time_offset_s)
    return min(entry.created_at, entry.asked_at or now) - SLACK + offset


async def _settle(work: Workplace, entry: Outgoing, outcome: Outcome) -> None:
    if isinstance(outcome, Done):
        landed = Attempt(effect=Effect.LANDED, remote=outcome.remote, why=" ".join(outcome.notes))
        await _landed(work, outbox.delivered(entry, landed, work.now()), outcome)
        return
    work.put(outbox.delivered(entry, _attempt(outcome), work.now()))


def _attempt(outcome: NotSent | Conflict | Unknown | Rejected) -> Attempt:
    match outcome:
        case NotSent():
            return Attempt(effect=Effect.NOT_SENT, why=outcome.why, wait_s=outcome.wait_s)
        case Conflict():
            return Attempt(effect=Effect.CONFLICT, why=outcome.why)
        case Unknown():
            return Attempt(effect=Effect.UNKNOWN, why=outcome.why)
        case Rejected():
            return Attempt(effect=Effect.REJECTED, why=outcome.why)


async def _landed(work: Workplace, entry: Outgoing, done: Done) -> None:
    """Write down that it landed together with everything that follows from it, in one append."""
    with work.ledger.transaction():
        work.ledger.put_outgoing(entry)
        work.record(_event(entry.change), entry.ref, entry.remote)
        if isinstance(entry.change, Escalate | Link):
            _link_back(work, entry, done)
    work.project({entry.ref})
    if not isinstance(entry.change, Escalate | Link):
        await _read_again(work, entry)


async def _read_again(work: Workplace, entry: Outgoing) -> None:
    """Read the ticket after our write, so that what is queued behind it does not conflict with ourselves."""
    before = {comment.id for comment in work.cache.comments(entry.ref) or ()}
    try:
        await refresh(work, entry.ref)
    except SupportdeskError:
        return  # it is sent; the desk's trouble is noted, and the next sync reads the ticket
    us = work.me().get(entry.ref.desk, set())
    new = [comment for comment in work.cache.comments(entry.ref) or () if comment.id not in before]
    if any(us.isdisjoint({each.author.id, each.author.email, each.author.name}) for each in new):
        return  # somebody else spoke meanwhile: what is behind shall conflict
    stamp = work.ticket(entry.ref).stamp
    behind = [other for other in work.outgoing() if other.op != entry.op and outbox.lane(other) == outbox.lane(entry)]
    moved = [(other, outbox.rebased(other, stamp, entry)) for other in behind]
    if changed := [after for other, after in moved if after != other]:
        work.put(*changed)


def _event(change: Change) -> str:
    match change:
        case Reply():
            return "replied"
        case Note():
            return "noted"
        case Update():
            return "updated"
        case Escalate():
            return "escalated"
        case Link():
            return "linked"


def describe(change: Change) -> str:
    """A change in a few words, for a list or a sentence."""
    match change:
        case Reply():
            return "public reply"
        case Note():
            return "internal note"
        case Escalate():
            return f"new issue in {change.draft.tracker}"
        case Link():
            return f"link to {change.issue}"
        case Update():
            return _fields(change)


def _fields(update: Update) -> str:
    said = [f"status {update.status}"] if update.status else []
    if update.assignee is not None:
        said.append(f"assignee {update.assignee or 'nobody'}")
    said += [f"priority {update.priority}"] if update.priority else []
    said += [f"+{tag}" for tag in update.add_tags] + [f"-{tag}" for tag in update.remove_tags]
    return ", ".join(said)


def _link_back(work: Workplace, entry: Outgoing, done: Done) -> None:
    """Record the link, and queue the note, the tag and the hold on the ticket under ops that a replay cannot double."""
    change = entry.change
    if isinstance(change, Escalate):
        issue, url, title = IssueRef(entry.desk, done.remote), done.url, change.draft.title
    elif isinstance(change, Link):
        issue, url, title = change.issue, change.url, change.title
    else:
        return
    work.ledger.put_escalation(
        Escalation(ticket=entry.ref, issue=issue, url=url, title=title, op=entry.op, at=work.now())
    )
    desk = work.connection(entry.ref.desk)
    able = desk.capabilities
    update = Update(
        status=Status.HOLD if able.hold and entry.seen.status is not Status.CLOSED else None,
        add_tags=(desk.account.tag_prefix + "escalated",) if able.tags else (),
    )
    words = filed_note(issue, url, title, entry.op, linked=isinstance(change, Link))
    follow: Change = Note(body=words, update=update) if able.internal_note else update
    if not able.update:
        follow = Note(body=words) if able.internal_note else Update()
    steps = parts(follow, bundles=able.bundles)
    if change.public_link and url:
        steps.append(Reply(body=f"This is tracked as {url}."))
    seq = work.ledger.next_seq()
    for number, part in enumerate(steps):
        work.ledger.put_outgoing(
            Outgoing(
                op=str(uuid5(UUID(entry.op), f"follow-{number}")),
                change=part,
                ref=entry.ref,
                desk=entry.ref.desk,
                seen=entry.seen,
                created_at=work.now(),
                seq=seq + number,
            )
        )


def parts(change: Change, *, bundles: bool) -> list[Change]:
    """A change as the requests it takes: words and field changes together where the service can, else one by one."""
    if isinstance(change, Update):
        return [change] if change else []
    if bundles or not isinstance(change, Reply | Note) or not change.update:
        return [change]
    return [replace(change, update=Update()), change.update]
