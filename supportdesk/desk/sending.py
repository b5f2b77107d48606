"""Writing: what is queued goes out in order, on disk before the wire, and what may have landed is looked for first."""

import asyncio
from collections.abc import Container, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from supportdesk import outbox
from supportdesk.desk import wording
from supportdesk.desk.escalation import closed_to
from supportdesk.desk.following import follow_ups
from supportdesk.desk.ours import as_we_left_it
from supportdesk.desk.sync import noticed, refresh
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import Limited, NotWritten, ServiceError, SignInError, SupportdeskError, Unauthorized
from supportdesk.model import Change, Escalate, Link, Note, Outgoing, Reply, State, Update
from supportdesk.outbox import Attempt, Effect
from supportdesk.providers import Conflict, Done, NotSent, Outcome, Rejected, Unknown
from supportdesk.providers.answers import outcome_of

SLACK = timedelta(minutes=5)
BRIEF_S = 0.4
WHOLE_DESK = (NotWritten, Limited, Unauthorized, SignInError)  # what fails one request fails the next one there too

Tried = set[tuple[str, State]]


async def drain(work: Workplace, wait_s: float, *, hurry: bool, desk: str = "") -> None:
    """Send what is due, of one desk or all, until nothing more can move within `wait_s`.

    Desks go side by side, each one write at a time; none waits for another. Cancelled, it finishes what is under way.
    """
    work.catch_up()
    if work.read_only or not work.may_send():
        return
    work.recover()
    deadline = monotonic() + wait_s
    tried: Tried = set()
    busy: dict[str, asyncio.Task[None]] = {}
    try:
        while True:
            idle = [entry for entry in _steady(work, busy) if desk in ("", entry.desk)]
            for name, entries in _ready(idle, work.now(), tried, hurry=hurry).items():
                busy[name] = asyncio.create_task(_one_by_one(work, entries, tried))
            pause_s = outbox.word_in([entry for entry in idle if entry.desk not in busy], work.now())
            if busy:
                await asyncio.wait(busy.values(), timeout=pause_s, return_when=asyncio.FIRST_COMPLETED)
                for name in [name for name, task in busy.items() if task.done()]:
                    busy.pop(name).result()
            elif pause_s is None or monotonic() + pause_s > deadline:
                return
            else:
                await asyncio.sleep(pause_s)
    finally:
        await asyncio.gather(*busy.values(), return_exceptions=True)


async def finished(work: Workplace, task: asyncio.Task[None] | None, wait_s: float) -> int:
    """Let a drain finish what it is sending; returns how much is left. What only reads or asks for a token is left."""
    until = monotonic() + wait_s
    while task is not None and not task.done():
        await asyncio.wait({task}, timeout=BRIEF_S)
        left = sum(entry.state is State.SENDING for entry in work.outgoing())
        if not left or monotonic() >= until:
            return left
    return 0


def sendable(work: Workplace) -> list[Outgoing]:
    """What may be sent or looked for at all, oldest first: its desks are configured, the one it goes to for writing."""
    if work.read_only:
        return []
    open_ = [it for it in work.outgoing() if it.state in outbox.LIVE or it.sweep_at is not None]
    return [it for it in open_ if work.writable(it.desk) and it.ref.desk in work.connections]


def _steady(work: Workplace, busy: Container[str]) -> list[Outgoing]:
    """What may be sent on desks where nothing is under way, with its times by our clock as it goes now, on disk too."""
    for entry in sendable(work):
        timed = entry.state in outbox.WAITING or entry.sweep_at is not None
        if timed and entry.desk not in busy and work.steadied(entry) != entry:
            work.step(entry, lambda entry: entry)
    return [entry for entry in sendable(work) if entry.desk not in busy]


def _ready(entries: Sequence[Outgoing], now: datetime, tried: Tried, *, hurry: bool) -> dict[str, list[Outgoing]]:
    """What can be worked on now, by desk; in a hurry that is everything once, and again only what is due by itself."""
    ready = {entry.op: entry for entry in outbox.due(entries, now, hurry=False)}
    if hurry:
        fresh = (entry for entry in outbox.due(entries, now, hurry=True) if (entry.op, entry.state) not in tried)
        ready |= {entry.op: entry for entry in fresh}
    desks: dict[str, list[Outgoing]] = {}
    for entry in ready.values():
        desks.setdefault(entry.desk, []).append(entry)
    return desks


async def _one_by_one(work: Workplace, entries: Sequence[Outgoing], tried: Tried) -> None:
    for number, entry in enumerate(entries):
        tried.add((entry.op, entry.state))
        connection = work.connection(entry.desk)
        if entry.state is State.UNCERTAIN:
            problem = await _look(work, connection, entry)
        else:
            problem = await _send(work, connection, entry)
        work.changed()
        if isinstance(problem, WHOLE_DESK):
            _park(work, entry.op, entries[number + 1 :], tried)
            return


def _park(work: Workplace, op: str, others: Sequence[Outgoing], tried: Tried) -> None:
    failed = work.ledger.outgoing(op)
    for other in others:
        tried.add((other.op, other.state))
        if failed is not None:
            work.step(other, lambda entry: outbox.parked(entry, failed))


async def _send(work: Workplace, connection: Connection, entry: Outgoing) -> SupportdeskError | None:
    """Send one entry, if nobody took it back meanwhile; returns what went wrong on the way."""
    try:
        if stop := await _obstacle(connection, entry):
            if not await _arrived_before(work, connection, entry):
                stopped = Attempt(effect=Effect.CONFLICT, why=stop)
                work.step(entry, lambda entry: outbox.delivered(entry, stopped, work.now()))
            return None
        seen = await as_we_left_it(work, entry)
        await connection.ready()
    except SupportdeskError as problem:
        noticed(connection, problem)
        attempt = _failed(problem, written=False)
        work.step(entry, lambda it: outbox.delivered(replace(it, attempts=it.attempts + 1), attempt, work.now()))
        return problem
    there = _service_time(connection, work.now())
    begun = work.step(entry, lambda entry: outbox.begin(replace(entry, seen=seen), work.now(), there))
    return await _write(work, connection, begun) if begun else None


async def _write(work: Workplace, connection: Connection, entry: Outgoing) -> SupportdeskError | None:
    try:
        outcome = await _deliver(connection, entry)
    except SupportdeskError as problem:
        noticed(connection, problem)
        await _not_landed(work, connection, entry, _failed(problem, written=True))
        return problem
    connection.online, connection.trouble = True, ""
    if isinstance(outcome, Done):
        await landed(work, outbox.delivered(work.steadied(entry), _attempt(outcome), work.now()), outcome)
    else:
        await _not_landed(work, connection, entry, _attempt(outcome))
    return None


async def _not_landed(work: Workplace, connection: Connection, entry: Outgoing, attempt: Attempt) -> None:
    """Write down what an attempt came to, unless it is refused because an earlier one had landed."""
    if attempt.effect in outbox.REFUSED and await _arrived_before(work, connection, entry):
        return
    stopped = _link_kept(work, outbox.delivered(work.steadied(entry), attempt, work.now()))
    with work.ledger.transaction():  # what goes with it may have been dropped by another process
        for each in outbox.along(stopped, work.ledger.all_outgoing):
            work.ledger.put_outgoing(work.steadied(each))
    work.show_marks({entry.ref})


async def _arrived_before(work: Workplace, connection: Connection, entry: Outgoing) -> bool:
    """Whether an earlier attempt without an answer had landed, which is then written down.

    Where that cannot be asked now, the sweep asks it.
    """
    found = None
    if entry.unknowns:
        with suppress(SupportdeskError):
            found = await find(work, connection, entry)
    if found is not None:
        await landed(work, found_after_all(work, entry, found), found)
    return found is not None


def _link_kept(work: Workplace, entry: Outgoing) -> Outgoing:
    """A note of an issue that was rejected also says where the link is now: with us alone."""
    if entry.state is not State.REJECTED or not isinstance(entry.change, Note):
        return entry
    linked = [it.issue for it in work.ledger.escalations(entry.ref) if it.op in entry.change.body]
    said = f" The link to {linked[0]} is kept on this machine only: colleagues do not see it." if linked else ""
    return replace(entry, why=f"{entry.why}{said}")


def _failed(problem: SupportdeskError, *, written: bool) -> Attempt:
    """What a failure on the way came to; where nothing was written yet, what is not refused is certainly not done."""
    if not isinstance(problem, ServiceError):
        return Attempt(effect=Effect.NOT_SENT, why=f"{problem.message} {problem.hint}".strip())
    attempt = replace(_attempt(outcome_of(problem)), wait_s=problem.wait_s)
    if isinstance(problem, Unauthorized):
        attempt = replace(attempt, why=f"{problem.message} {problem.hint}".strip())
    if attempt.effect is Effect.UNKNOWN and not written:
        return replace(attempt, effect=Effect.NOT_SENT)
    return attempt


async def _obstacle(connection: Connection, entry: Outgoing) -> str:
    """Why an issue may not be filed where it would go, asked immediately before the write; empty when it may."""
    if not isinstance(entry.change, Escalate | Link):
        return ""
    return closed_to(await connection.wire.run(connection.tracker.place()), entry.change.public_ok)


async def _deliver(connection: Connection, entry: Outgoing) -> Outcome:
    change = entry.change
    if isinstance(change, Escalate):
        return await connection.wire.run(connection.tracker.file_issue(change.draft, entry.op))
    if isinstance(change, Link):
        return await connection.wire.run(connection.tracker.comment_issue(change.issue, change.body, entry.op))
    return await connection.wire.run(connection.provider.deliver(change, entry.op, entry.seen))


async def _look(work: Workplace, connection: Connection, entry: Outgoing) -> SupportdeskError | None:
    """Look whether an uncertain entry arrived; what cannot be looked for is for a person to decide."""
    try:
        found = await find(work, connection, entry)
    except SupportdeskError as problem:
        noticed(connection, problem)
        failure = problem
        work.step(entry, lambda entry: _unseen(entry, failure, work.now()))
        return problem
    connection.online, connection.trouble = True, ""
    if found is None:
        settle_s = work.settle_of(entry.desk)
        work.step(entry, lambda entry: outbox.looked(entry, None, work.now(), settle_s, work.settle_s))
    else:
        await landed(work, found_after_all(work, entry, found), found)
    return None


def _unseen(entry: Outgoing, problem: SupportdeskError, now: datetime) -> Outgoing:
    wait_s = problem.wait_s if isinstance(problem, ServiceError) else None
    if isinstance(problem, ServiceError) and problem.resend is False:
        why = f"It may have arrived, and cannot be looked for: {problem.message}"
        return outbox.delivered(entry, Attempt(effect=Effect.CONFLICT, why=why), now)
    return outbox.unseen(entry, wait_s, now)


async def find(work: Workplace, connection: Connection, entry: Outgoing) -> Done | None:
    """What an entry's attempts left on the service, if anything; ServiceError when it cannot be looked for."""
    since = _since(entry, work.now())
    change = entry.change
    if isinstance(change, Escalate):
        return await connection.wire.run(connection.tracker.find_issue(entry.op, since))
    if isinstance(change, Link):
        return await connection.wire.run(connection.tracker.find_issue_comment(change.issue, entry.op, since))
    claimed = frozenset(other.remote for other in work.outgoing() if other.ref == entry.ref and other.remote)
    return await connection.wire.run(connection.provider.find_op(change, entry.op, entry.seen, since, claimed))


def _service_time(connection: Connection, now: datetime) -> datetime | None:
    """What the service's clock shows now; None where no answer of it has told yet."""
    offset_s = connection.wire.server_time_offset_s
    return now + timedelta(seconds=offset_s) if offset_s else None


def _since(entry: Outgoing, now: datetime) -> datetime:
    """A time by the service's clock before which nothing of an entry can have landed.

    Where that clock was not known, ours may have been wrong since: the ticket as it was read carries a time of theirs.
    """
    known = (entry.created_at, entry.asked_at or now, now, entry.seen.updated_at)
    return (entry.asked_there or min(known)) - SLACK


def _attempt(outcome: Outcome) -> Attempt:
    match outcome:
        case Done():
            why = " ".join(outcome.notes)
            return Attempt(effect=Effect.LANDED, remote=outcome.remote, why=why, exposed=outcome.exposed)
        case NotSent():
            return Attempt(effect=Effect.NOT_SENT, why=outcome.why, wait_s=outcome.wait_s)
        case Conflict():
            return Attempt(effect=Effect.CONFLICT, why=outcome.why)
        case Unknown():
            return Attempt(effect=Effect.UNKNOWN, why=outcome.why)
        case Rejected():
            return Attempt(effect=Effect.REJECTED, why=outcome.why)


def found_after_all(work: Workplace, entry: Outgoing, found: Done) -> Outgoing:
    """The entry as sent, with what is to be said of how it landed."""
    sent = outbox.looked(entry, found.remote, work.now(), 0.0)
    return replace(sent, exposed=found.exposed, why=" ".join((sent.why, *found.notes)))


async def landed(work: Workplace, entry: Outgoing, done: Done) -> None:
    """Write down that it landed together with everything that follows from it, in one append."""
    issue = isinstance(entry.change, Escalate | Link)
    with work.ledger.transaction():
        work.ledger.put_outgoing(entry)
        work.record(_event(entry.change), entry.ref, entry.remote)
        if issue:
            escalation, changes = follow_ups(entry, done, work.connection(entry.ref.desk), work.now())
            work.ledger.put_escalation(escalation)
            wording.filed(work, entry)
            for change in changes:
                work.ledger.put_outgoing(work.steadied(replace(change, seq=work.ledger.next_seq())))
    work.project({entry.ref})
    if not issue:
        with suppress(ServiceError):  # it is sent; the desk's trouble is noted, and the next sync reads the ticket
            await refresh(work, entry.ref)


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
