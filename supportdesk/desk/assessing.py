"""What the rules and the desk's verdicts make of conversations, a few at a time while keys are answered."""

import asyncio
from collections.abc import Generator, Iterable, Sequence
from datetime import timedelta
from functools import partial
from itertools import takewhile
from time import monotonic

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
    rules = work.rules
    findings = yield from considering(rules, found)
    told = yield from _telling(found, findings)
    if sum(len(comment.body) for comment in found.comments) > LONG:
        yield partial(_put_aside, work.cache, found)
    else:
        work.cache.put_conversation(found)
    _keep(work, found, findings, told, rules)
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
        if left and work.syncing in ("", said):  # what a visit says comes first
            work.syncing = said = f"reading answers again: {done:,} of {left:,}"
            work.progressed()
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
    """Score a conversation anew; where another one came meanwhile, that one is read, or is to be."""
    ticket, mark, rules = work.cache.ticket(ref), work.cache.talks.mark(ref), work.rules
    if ticket is None or mark is None:
        return
    said: list[Comment] = []
    if mark.long:
        yield partial(_read_aside, work.cache, ref, said)
    else:
        said += work.cache.talks.comments(ref)
    found = Conversation(ticket=ticket, comments=tuple(said))
    findings = yield from considering(rules, found)
    told = yield from _telling(found, findings)
    if work.cache.talks.mark(ref) == mark:
        _keep(work, found, findings, told, rules)


def _read_aside(cache: Cache, ref: TicketRef, said: list[Comment]) -> None:
    ours = cache.again()
    try:
        said += ours.talks.comments(ref)
    finally:
        ours.close()


async def follow(work: Workplace, desk: str) -> None:
    """Bring every flag of a desk in line with its verdicts."""
    stamp, refs = work.lessons.stamp(desk), work.lessons.outdated(desk)
    for start in range(0, len(refs), FEW):
        await work.attention.give_way()
        work.follow(refs[start : start + FEW])
        await asyncio.sleep(0)
    work.lessons.settle(desk, stamp)


def _keep(
    work: Workplace, found: Conversation, findings: Sequence[Finding], told: Sequence[Told], rules: Rules
) -> None:
    """Keep what these rules found; where others came meanwhile, it is read again by those."""
    ref = found.ticket.ref
    with work.cache.batch():
        work.cache.put_findings(ref, findings, rules.version, least=rules.scale.weak)
        work.cache.answers.put_told(ref, told)
        if work.lessons.stamp(ref.desk):
            work.lessons.reflag([ref])
    work.advice.put(ref)
    if work.escalation(ref, found.comments) or work.verdicts(ref):
        work.project({ref})


def _telling(found: Conversation, findings: Iterable[Finding]) -> Generator[None, None, list[Told]]:
    """What flagged answers tell; it stops after each."""
    bodies = {comment.id: comment.body for comment in found.comments}
    told: list[Told] = []
    for one in findings:
        if one.kind is Kind.WORKAROUND:
            words, sketch = telling_words(bodies[one.comment_id], one), Sketch.of(bodies[one.comment_id])
            ref, id_ = found.ticket.ref, one.comment_id
            told.append(Told(ref=ref, comment_id=id_, customer="", p=one.p, words=words, sketch=sketch))
            yield
    return told
