"""What the rules and the desk's verdicts make of conversations, a few at a time while keys are answered."""

import asyncio
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import takewhile
from time import monotonic
from typing import NamedTuple

from supportdesk.desk.notes import filed_by_colleagues
from supportdesk.desk.slices import Steps, in_slices
from supportdesk.desk.versions import newest
from supportdesk.desk.workplace import Workplace
from supportdesk.insight.repeats import Sketch
from supportdesk.insight.rules import Rules
from supportdesk.insight.similar import telling_words
from supportdesk.insight.workaround import considering
from supportdesk.model import Comment, Conversation, Finding, Kind, Ticket, TicketRef
from supportdesk.store.cache import Cache
from supportdesk.store.cache_answers import Told
from supportdesk.store.cache_talks import LONG

FEW = 10  # flags that follow while a key waits
TOLD = 200  # flags after which it is told how far it is; a multiple of those
SOME = 250  # conversations read again before it is told
MOST_CONVERSATIONS = 10_000
SETTLED = timedelta(seconds=5)  # after a change: services tell it by the second, and an answer is a while on its way
CLOCKS_APART = timedelta(minutes=1)


async def store(work: Workplace, found: Conversation, *, awaited: bool = False) -> None:
    """Keep a conversation and what the rules and colleagues' notes make of it; keys are answered meanwhile.

    It stands aside while the engineer types, unless it is `awaited`.
    """
    await in_slices(work, [found], partial(storing, work), awaited=awaited)


def storing(work: Workplace, found: Conversation) -> Steps:
    """The same in steps; the last one keeps what was made of it and, unless that is long, the conversation."""
    made = yield from _making(work.rules, found.ticket, lambda: found.comments)
    if sum(len(comment.body) for comment in found.comments) > LONG:
        yield partial(_put_aside, work.cache, found)
    else:
        work.cache.put_conversation(found)
    _keep(work, found.ticket.ref, made)
    if _is_fresh(work, found.ticket):
        work.cache.doubt(found.ticket.ref)


def _is_fresh(work: Workplace, ticket: Ticket) -> bool:
    """Whether it changed so lately that more may be said within that second, which no list would tell of."""
    connection = work.connections.get(ticket.ref.desk)
    if connection is None:
        return False
    there = work.now() + timedelta(seconds=connection.wire.server_time_offset_s)
    return -CLOCKS_APART <= there - ticket.updated_at < SETTLED


def _put_aside(cache: Cache, found: Conversation) -> None:
    ours = cache.again()
    try:
        ours.put_conversation(found)
    finally:
        ours.close()


async def judge(work: Workplace, until: float | None = None) -> None:
    """Read again what older rules have read, some at a time and, with `until`, till then; not while that is paused.

    What newer ones have read stays: they are those of a console that was started after this one.
    """
    done, left, ours = 0, 0, newest(work)
    said = ""
    before: list[TicketRef] = []

    def goes_on(_: object = None) -> bool:
        return ours and not work.attention.paused and (until is None or monotonic() < until)

    while goes_on() and (refs := work.cache.unscored(work.rules.version, SOME)) and refs != before:
        if len(refs) == SOME and not left:
            left = await asyncio.to_thread(_left, work.cache, work.rules.version)
        if left:
            said = _so_far(work, said, f"reading answers again: {done:,} of {left:,}")
        await in_slices(work, takewhile(goes_on, refs), partial(_again, work))
        done, before = done + len(refs), refs
    if work.syncing == said:
        work.syncing = ""
    for desk in () if work.attention.paused else work.connections:
        await follow(work, desk)


def _left(cache: Cache, version: str) -> int:
    ours = cache.again()
    try:
        return ours.talks.left(version)
    finally:
        ours.close()


def _again(work: Workplace, ref: TicketRef) -> Steps:
    """Score a conversation anew; where another one came meanwhile, that one is read, or is to be.

    A long one is never in memory as a whole.
    """
    ticket, mark = work.cache.ticket(ref), work.cache.talks.mark(ref)
    if ticket is None or mark is None:
        return
    if mark.long:
        with closing(work.cache.again()) as ours:  # it sees what stood there at first, whatever is written meanwhile
            made = yield from _making(work.rules, ticket, partial(ours.talks.comments, ref))
    else:
        said = tuple(work.cache.talks.comments(ref))
        made = yield from _making(work.rules, ticket, lambda: said)
    if work.cache.talks.mark(ref) == mark:
        _keep(work, ref, made)


async def follow(work: Workplace, desk: str) -> None:
    """Bring every flag of a desk in line with its verdicts."""
    stamp, refs = work.lessons.stamp(desk), work.lessons.outdated(desk)
    said = ""
    for start in range(0, len(refs), FEW):
        if start and start % TOLD == 0:
            said = _so_far(work, said, f"flags follow what was said of them: {start:,} of {len(refs):,}")
        await work.attention.give_way()
        work.follow(refs[start : start + FEW])
        await asyncio.sleep(0)
    if work.syncing == said:
        work.syncing = ""
    work.lessons.settle(desk, stamp)


def _so_far(work: Workplace, said: str, words: str) -> str:
    """Show how far it is where nothing else is said, what a visit says comes first; returns what was last shown."""
    if work.syncing not in ("", said):
        return said
    work.syncing = words
    work.progressed()
    return words


def _keep(work: Workplace, ref: TicketRef, made: "_Made") -> None:
    """Keep what these rules found; where others came meanwhile, it is read again by those."""
    with work.cache.batch():
        work.cache.put_findings(ref, made.findings, made.rules.version, least=made.rules.scale.weak)
        work.cache.answers.put_told(ref, made.told)
        if work.lessons.stamp(ref.desk):
            work.lessons.reflag([ref])
    work.advice.put(ref)
    if work.escalation(ref, made.links) or work.verdicts(ref):
        work.project({ref})


class _Made(NamedTuple):
    """What rules make of a conversation, what its flagged answers tell, and the notes that link it to an issue."""

    rules: Rules
    findings: tuple[Finding, ...]
    told: list[Told]
    links: list[Comment]


def _making(rules: Rules, ticket: Ticket, comments: Callable[[], Iterable[Comment]]) -> Generator[None, None, _Made]:
    """Go through a conversation's entries and, where an answer is flagged, once more; it stops after each."""
    links: list[Comment] = []
    findings = yield from considering(rules, ticket.subject, _noting(ticket.ref, comments(), links))
    told: list[Told] = []
    if flagged := {one.comment_id: one for one in findings if one.kind is Kind.WORKAROUND}:
        for comment in comments():
            if one := flagged.get(comment.id):
                words, sketch = telling_words(comment.body, one), Sketch.of(comment.body)
                told.append(
                    Told(ref=ticket.ref, comment_id=one.comment_id, customer="", p=one.p, words=words, sketch=sketch)
                )
            yield
    return _Made(rules, findings, told, links)


def _noting(ref: TicketRef, comments: Iterable[Comment], links: list[Comment]) -> Iterator[Comment]:
    """The same entries; those in which a console left a link to an issue are put aside."""
    for comment in comments:
        if filed_by_colleagues(ref, [comment]):
            links.append(comment)
        yield comment
