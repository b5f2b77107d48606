"""Reading what was said: from the service's feed where it has one, else by the block or the ticket; what is on screen
comes first.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from itertools import islice

from supportdesk import late
from supportdesk.desk.bookmark import bookmark, keep
from supportdesk.desk.pace import EXPORTS
from supportdesk.desk.slices import Steps, in_slices
from supportdesk.desk.visit import Visit, together
from supportdesk.errors import Distrusted, Limited, Lost, Missing, Refused, SupportdeskError
from supportdesk.model import Comment, Conversation, Person, Role, Ticket, TicketRef
from supportdesk.providers.bulk import Entry, Feed, Sparing

MOST_FIRST = 8  # of what is on screen, read between two pages of a list
SMALL_BLOCK = 10  # what is on screen does not wait for a hundred others
AT_ONCE = 100
SOME = 400  # conversations after which is asked again what somebody looks at
MOST_LOOKED_AT = 100
BLOCKS_AT_ONCE = 2
MORE = "More conversations are read with the next syncs."


async def read_words(visit: Visit) -> None:
    """Fetch the conversations that are missing or older than their ticket, as far as there is time and room."""
    if visit.work.attention.paused:
        return
    fed = visit.listed = True
    visit.told()
    if feeds(visit) and visit.work.cache.stale(visit.name, 1):
        fed = await _read_feed(visit)
    tried: set[TicketRef] = set()
    while waiting := [ref for ref in (_next(visit, tried) if fed else _on_screen(visit)) if ref not in tried]:
        tried.update(waiting)
        if visit.connection.reader.elsewhere:
            waiting.reverse()  # another process begins at the other end
        waiting.sort(key=visit.gaps.holds)  # what failed before keeps nothing else waiting
        if not await _read_all(visit, deque(waiting)):
            return


def feeds(visit: Visit) -> bool:
    """Whether what is said on all tickets comes from one list."""
    return visit.connection.capabilities.feeds and isinstance(visit.connection.provider, Feed)


async def read_first(visit: Visit) -> None:
    """Fetch a few conversations that somebody looks at, between two pages of a list."""
    waiting = [ref for ref in _on_screen(visit) if not visit.gaps.holds(ref)][: 1 if feeds(visit) else MOST_FIRST]
    await _read_all(visit, deque(waiting))


def _on_screen(visit: Visit) -> list[TicketRef]:
    """What somebody looks at and is not on disk as it is now."""
    looked_at = (ref for ref in visit.work.attention.first() if ref.desk == visit.name)
    return [ref for ref in islice(looked_at, MOST_LOOKED_AT) if _is_stale(visit, ref) and not _barred(visit, ref)]


def _barred(visit: Visit, ref: TicketRef) -> bool:
    return visit.gaps.bars(ref, visit.work.now())


def _is_stale(visit: Visit, ref: TicketRef) -> bool:
    ticket = visit.work.cache.ticket(ref)
    return ticket is not None and visit.work.cache.conversation_stamp(ref) != ticket.updated_at


def _next(visit: Visit, tried: AbstractSet[TicketRef]) -> list[TicketRef]:
    """What to read next: what is on screen and around it, then what is open, then the rest; newest change first."""
    ordered = [*_on_screen(visit), *_untried(visit, tried, live=True)]
    if not set(ordered) - tried:
        ordered = _untried(visit, tried, live=False)
    return list(dict.fromkeys(ordered))


def _untried(visit: Visit, tried: AbstractSet[TicketRef], *, live: bool) -> list[TicketRef]:
    """Some that are missing, those left out that were tried in vain: few, so that a short look mostly finds them."""
    most = SOME
    while True:
        found = visit.work.cache.stale(visit.name, most, live=live)
        untried = [ref for ref in found if ref not in tried and not _barred(visit, ref)]
        if untried or len(found) < most:
            return untried
        most *= 2


async def _read_feed(visit: Visit) -> bool:
    """Take in what was said everywhere since the last time; whether that is all of it, or all that can be had so."""
    provider, more = visit.connection.provider, True
    began, asked = bookmark(visit).fed, set[str]()
    while more and isinstance(provider, Feed):
        mark = bookmark(visit)
        if mark.fed in asked:
            visit.notes.append("The service's list of comments repeats itself: conversations are read one by one.")
            keep(visit, replace(mark, fed=began))
            return True
        asked.add(mark.fed)
        since = mark.fed_from or mark.since or visit.work.now()
        try:
            if not await visit.turn(EXPORTS if visit.connection.capabilities.exports else "requests"):
                return False
            batch = await visit.ask(partial(provider.feed, since, mark.fed))
            if not await _take_in(visit, provider, batch.said):
                return False
        except (Limited, Lost, Distrusted) as problem:
            visit.held_up = True
            visit.troubles.append(problem.message)
            return False
        except Refused:
            return True  # too early, or not for us: then each by itself
        keep(visit, replace(bookmark(visit), fed=batch.cursor))
        more = batch.more
    await _settle(visit)
    return True


async def _take_in(visit: Visit, provider: Feed, said: Iterable[Entry | None]) -> bool:
    """Keep what was said; whether there was time and room for it."""
    work = visit.work
    by_ticket: dict[TicketRef, list[Comment | None]] = {}
    tickets: list[Ticket] = []
    known = {person.id: person for person in work.cache.agents(visit.name)}
    strangers: set[str] = set()

    def sort(entry: Entry | None) -> None:
        if entry is not None:
            by_ticket.setdefault(entry[0], []).append(entry[1])

    def meet(ref: TicketRef) -> None:
        ticket = work.cache.ticket(ref)
        if ticket is not None:
            tickets.append(ticket)
            near = known.keys() | {person.id for person in _people(ticket)}
            authors = {it.author.id for it in by_ticket[ref] if it and it.author.role is not Role.SYSTEM}
            strangers.update(authors - near)

    await in_slices(work, said, sort)
    await in_slices(work, by_ticket, meet)
    introduced = await _introduced(visit, provider, sorted(strangers))
    if introduced is None:
        return False
    known |= {person.id: person for person in introduced}
    await in_slices(work, tickets, lambda ticket: _merge(visit, provider, ticket, by_ticket[ticket.ref], known))
    visit.told()
    work.progressed()
    return True


async def _introduced(visit: Visit, provider: Feed, ids: Sequence[str]) -> list[Person] | None:
    """Authors who are neither on the ticket nor known as colleagues; None when there is no time or room to ask."""
    found: list[Person] = []
    for start in range(0, len(ids), AT_ONCE):
        if not await visit.turn():
            return None
        found += await visit.ask(partial(provider.people, ids[start : start + AT_ONCE]))
    return found


def _merge(
    visit: Visit, provider: Feed, ticket: Ticket, said: Sequence[Comment | None], known: dict[str, Person]
) -> Steps | None:
    """Add entries to what is known of a conversation; one that lost words or became private is read by itself.

    So is one of which something is known in other words: which of them are the newer ones the feed does not tell.
    """
    cache, ref = visit.work.cache, ticket.ref
    before = cache.comments(ref)
    whole_already = cache.conversation_stamp(ref) == ticket.updated_at
    if whole_already and (before is None or _known(said, before)):
        return None  # its words were let go of, or it was read by itself or by a page before
    if None in said or whole_already or _reworded(said, before or ()):
        cache.put_part(ref, ())
        return None
    people = known | {person.id: person for person in _people(ticket) if person.id}
    entries = {it.id: it for it in before or ()}
    entries |= {it.id: _signed(it, people) for it in said if it is not None}
    comments = tuple(sorted(entries.values(), key=lambda it: it.created_at))
    whole = Conversation(ticket=ticket, comments=comments)
    if provider.whole(whole):
        return late.assessing.storing(visit.work, whole)
    cache.put_part(ref, comments)
    return None


def _known(said: Sequence[Comment | None], comments: Sequence[Comment]) -> bool:
    """Whether all of this is here, word for word."""
    here = {it.id: (it.public, it.body) for it in comments}
    return all(it is not None and here.get(it.id) == (it.public, it.body) for it in said)


def _reworded(said: Sequence[Comment | None], comments: Sequence[Comment]) -> bool:
    """Whether some of this is here with other words, or for other eyes."""
    here = {it.id: (it.public, it.body) for it in comments}
    return any(it is not None and here.get(it.id, (it.public, it.body)) != (it.public, it.body) for it in said)


def _people(ticket: Ticket) -> Iterator[Person]:
    yield from ticket.cc
    if ticket.assignee is not None:
        yield ticket.assignee
    yield ticket.requester


def _signed(comment: Comment, people: dict[str, Person]) -> Comment:
    """An entry with its author as the desk knows them."""
    person = people.get(comment.author.id)
    if person is None or comment.author.role is Role.SYSTEM:
        return comment
    return replace(comment, author=person)


async def _settle(visit: Visit) -> None:
    """Conversations that are whole as they are need no request: nothing was said when their ticket changed.

    Only where the feed came to its end: what was changed or taken away leaves as many entries as there were.
    """
    provider, cache = visit.connection.provider, visit.work.cache

    def settle(ref: TicketRef) -> Steps:
        ticket, comments = cache.ticket(ref), cache.comments(ref)
        if ticket is not None and comments and isinstance(provider, Feed):
            found = Conversation(ticket=ticket, comments=comments)
            if provider.whole(found):
                yield from late.assessing.storing(visit.work, found)

    await in_slices(visit.work, cache.waiting(visit.name, late.assessing.MOST_CONVERSATIONS), settle)


async def _read_all(visit: Visit, waiting: deque[TicketRef]) -> bool:
    """Fetch these conversations, as many at once as the service bears; whether there was time and room for all."""
    total, pace = len(waiting), visit.connection.pace
    while waiting and not visit.stopped:
        if waiting[0] != visit.work.attention.opened and not await visit.turn():
            if MORE not in visit.notes and not visit.work.attention.paused:
                visit.notes.append(MORE)
            return False
        try:
            await together(_read_block(visit, some) for some in _blocks(visit, waiting, total))
        except Limited as limit:
            visit.held_up = True
            visit.troubles.append(limit.message)
            return False
        pace.went_well()
        visit.told()
        visit.work.progressed()
    return not visit.stopped


def _blocks(visit: Visit, waiting: deque[TicketRef], total: int) -> list[list[TicketRef]]:
    """What is asked for now; while the background is paused that is the open ticket alone."""
    if visit.work.attention.paused:
        return [[waiting.popleft()]]
    return [some for _ in range(_lanes(visit)) if (some := _block(visit, waiting, first=len(waiting) == total))]


def _lanes(visit: Visit) -> int:
    """How many requests go at once: fewer where each brings a hundred conversations, whose answers come together."""
    provider, lanes = visit.connection.provider, visit.connection.pace.room()
    return min(lanes, BLOCKS_AT_ONCE) if isinstance(provider, Sparing) and provider.words_at_once > 1 else lanes


def _block(visit: Visit, waiting: deque[TicketRef], *, first: bool) -> list[TicketRef]:
    provider = visit.connection.provider
    size = provider.words_at_once if isinstance(provider, Sparing) else 1
    size = min(size, SMALL_BLOCK) if first and visit.work.attention.first() else size
    return [waiting.popleft() for _ in range(min(size, len(waiting)))]


async def _read_block(visit: Visit, refs: Sequence[TicketRef]) -> None:
    """Fetch some conversations in one go; where that fails because of one of them, each by itself."""
    provider, cache = visit.connection.provider, visit.work.cache
    found = [ticket for ref in refs if (ticket := cache.ticket(ref)) is not None]
    left = [it for it in found if cache.conversation_stamp(it.ref) != it.updated_at]  # others may have read some
    refs = [ticket.ref for ticket in left]
    if not isinstance(provider, Sparing) or not left:
        await _each_alone(visit, refs)
        return
    known = [Conversation(ticket=ticket, comments=cache.comments(ticket.ref) or ()) for ticket in left]
    there: set[TicketRef] = set()

    def take(found: Conversation) -> Steps:
        yield from late.assessing.storing(visit.work, found)
        there.add(found.ticket.ref)

    try:
        await in_slices(visit.work, await visit.ask(partial(provider.words, known)), take)
    except (Lost, Distrusted, Refused) as problem:
        if len(refs) > 1:
            await _each_alone(visit, refs)
        else:
            _failed(visit, refs[0], problem)
        return
    visit.in_a_row = 0
    for ref in set(refs) - there:
        _gone(visit, ref)


async def _each_alone(visit: Visit, refs: Sequence[TicketRef]) -> None:
    for ref in refs:
        if not visit.stopped:
            await read_alone(visit, ref)


async def read_alone(visit: Visit, ref: TicketRef) -> None:
    """Fetch one ticket with its conversation."""
    try:
        await late.assessing.store(visit.work, await visit.ask(partial(visit.connection.provider.conversation, ref)))
        visit.in_a_row = 0
    except (Lost, Refused, Distrusted) as problem:
        _failed(visit, ref, problem)


def _failed(visit: Visit, ref: TicketRef, problem: SupportdeskError) -> None:
    """A ticket that is nowhere is forgotten, one that cannot be read now is left for later, others go on."""
    ticket = visit.work.cache.ticket(ref)
    if isinstance(problem, Missing) and ref not in visit.tickets:
        _gone(visit, ref)
    elif ticket is not None:
        refused = isinstance(problem, Refused)
        if not refused:
            visit.in_a_row += 1
            visit.lost = visit.lost if visit.gaps.holds(ref) else problem
        visit.gaps.failed(ticket, visit.work.now(), problem.message, refused=refused)


def _gone(visit: Visit, ref: TicketRef) -> None:
    if ref not in visit.tickets:
        visit.work.cache.forget_ticket(ref)
