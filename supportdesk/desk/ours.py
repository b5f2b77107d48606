"""Our own writes on a ticket told from other people's, so that what is queued behind one does not conflict with it."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from supportdesk.desk.sync import refresh
from supportdesk.desk.workplace import Workplace
from supportdesk.model import Comment, Escalate, Link, Note, Outgoing, Person, Reply, State, Status, Ticket, Update
from supportdesk.providers import CLOSED_AS, DONE_WITH

NOT_EVERYWHERE = (Status.PENDING, Status.HOLD)  # a service without them leaves the ticket as it is, and says so
READS_AS = {Status.HOLD: (Status.PENDING,), Status.CLOSED: (Status.SOLVED,)}
ROUNDS = 3  # the cache may be one write behind; a service that changes by itself is not chased


async def as_we_left_it(work: Workplace, entry: Outgoing) -> Ticket:
    """The ticket that an entry is sent on: as it was seen, or as our own writes on just that have left it since.

    Where anybody else changed anything it stays as it was seen, and the service answers with a conflict. Asks the
    service where the cache is not newer than what was seen; ServiceError when it cannot be had.
    """
    seen = entry.seen
    if isinstance(entry.change, Escalate | Link):
        return seen
    sent = {
        it.op: it.asked_at
        for it in work.outgoing()
        if it.ref == entry.ref and it.state is State.SENT and it.asked_at and it.desk == entry.desk
    }
    for _ in range(ROUNDS):
        on_it = [sent[it.op] for it in work.outgoing() if it.op in sent and it.seen.stamp == seen.stamp]
        if not on_it:
            return seen
        now = await _newer(work, seen)
        since = [it for it in work.outgoing() if it.op in sent and sent[it.op] >= min(on_it)]
        us = work.me().get(entry.desk, set())
        if not only_ours(seen, now, work.cache.comments(seen.ref) or (), since, us):
            return seen
        if now.stamp == seen.stamp:
            return _in_one_second(seen, now, since)
        seen = now
    return seen


def _in_one_second(seen: Ticket, now: Ticket, sent: Sequence[Outgoing]) -> Ticket:
    """The ticket after what we sent within the second that its stamp names, unless more was said there than by us."""
    if seen.comment_count is None or now.comment_count is None:
        return now
    later = [it for it in sent if it.seen.stamp == seen.stamp and (it.seen.comment_count or 0) >= seen.comment_count]
    ours = sum(isinstance(it.change, Reply | Note) for it in later)
    return now if now.comment_count - seen.comment_count <= ours else seen


async def _newer(work: Workplace, seen: Ticket) -> Ticket:
    known = work.cache.ticket(seen.ref)
    if known is None or known.stamp == seen.stamp:
        await refresh(work, seen.ref)
    return work.ticket(seen.ref)


def only_ours(
    seen: Ticket, now: Ticket, comments: Sequence[Comment], sent: Sequence[Outgoing], us: AbstractSet[str]
) -> bool:
    """Whether what we sent explains everything that became of a ticket since it was seen."""
    if any(comment.created_at > seen.updated_at and not _is_us(comment.author, us) for comment in comments):
        return False
    updates = [_fields(entry) for entry in sent]
    return (
        (now.subject, _key(now.requester)) == (seen.subject, _key(seen.requester))
        and all(_is_us(person, us) for person in now.cc if _key(person) not in map(_key, seen.cc))
        and now.priority in {seen.priority, *(update.priority for update in updates)}
        and now.status in _statuses(seen, now, sent)
        and _fields_explained(seen, now, updates)
        and _assignee_explained(seen, now, updates, us)
        and not (_folded(now.tags) ^ _folded(seen.tags)) - _folded(_touched(updates))
    )


def _fields(entry: Outgoing) -> Update:
    return entry.change if isinstance(entry.change, Update) else getattr(entry.change, "update", Update())


def _statuses(seen: Ticket, now: Ticket, sent: Sequence[Outgoing]) -> set[Status]:
    """What the status may be if nobody else set it: what our last write made of it, or an earlier one of that stamp."""
    reached, found = {seen.status}, set[Status]()
    for entry in sent:
        found |= reached if entry.seen.stamp == now.stamp else set()
        reached = _status_after(seen.status, reached, entry)
    return found | reached


def _status_after(first: Status, before: set[Status], entry: Outgoing) -> set[Status]:
    wanted = _fields(entry).status
    opened = {Status.OPEN} if Status.NEW in before else set()  # a new ticket that is answered opens by itself
    if wanted in NOT_EVERYWHERE:
        return {wanted, *READS_AS.get(wanted, ()), *before, *opened}
    if wanted is not None:
        return {wanted, *READS_AS.get(wanted, ())}
    again = {first} if isinstance(entry.change, Reply) else set()  # some open again what is answered
    return {*before, *opened, *again}


def _fields_explained(seen: Ticket, now: Ticket, updates: Sequence[Update]) -> bool:
    """Whether no field is another, but for why it is closed: a status of ours brings our reason or takes one away."""
    others = [[field for field in ticket.fields if field[0] != CLOSED_AS] for ticket in (seen, now)]
    before, after = (dict(ticket.fields).get(CLOSED_AS) for ticket in (seen, now))
    ours = after in (None, DONE_WITH) and any(update.status for update in updates)
    return others[0] == others[1] and (before == after or ours)


def _assignee_explained(seen: Ticket, now: Ticket, updates: Sequence[Update], us: AbstractSet[str]) -> bool:
    wanted = {update.assignee.casefold() for update in updates if update.assignee is not None}
    if now.assignee is None:
        return seen.assignee is None or "" in wanted
    if seen.assignee is not None and _key(now.assignee) == _key(seen.assignee):
        return True
    if _is_us(now.assignee, us) and (seen.assignee is None or "me" in wanted):
        return True  # services give a ticket of nobody to whoever answers it
    return not wanted.isdisjoint(name.casefold() for name in _names(now.assignee))


def _touched(updates: Sequence[Update]) -> list[str]:
    return [tag for update in updates for tag in (*update.add_tags, *update.remove_tags)]


def _folded(words: Sequence[str]) -> set[str]:
    return {word.casefold() for word in words}


def _names(person: Person) -> tuple[str, ...]:
    return tuple(filter(None, (person.id, person.email, person.name)))


def _key(person: Person) -> str:
    return next(iter(_names(person)), "")


def _is_us(person: Person, us: AbstractSet[str]) -> bool:
    """By the surest of what is known of somebody: a customer may go by an engineer's name, or say our address."""
    return _key(person) in us
