"""What the rules and the desk's verdicts make of conversations, a few at a time while keys are answered."""

import asyncio
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import partial

from supportdesk.desk.slices import in_slices
from supportdesk.desk.workplace import Workplace
from supportdesk.insight.repeats import Sketch
from supportdesk.insight.rules import Rules
from supportdesk.insight.similar import telling_words
from supportdesk.insight.workaround import considering
from supportdesk.model import Conversation, Finding, Kind, TicketRef
from supportdesk.store.cache_answers import Told

FEW = 10  # flags that follow while a key waits
TOLD_EVERY = 250  # conversations read again
MOST_CONVERSATIONS = 10_000


async def store(work: Workplace, found: Conversation) -> None:
    """Keep a conversation and what the rules and colleagues' notes make of it; keys are answered meanwhile."""
    await in_slices(work, [found], partial(storing, work))


def storing(work: Workplace, found: Conversation) -> Iterator[None]:
    """The same in steps; the last one keeps it all."""
    rules = work.rules
    findings = yield from considering(rules, found)
    told = yield from _telling(found, findings)
    work.cache.put_conversation(found)
    _keep(work, found, findings, told, rules)


async def judge(work: Workplace) -> None:
    """Read again what older rules have read."""
    refs = work.cache.unscored(work.rules.version, MOST_CONVERSATIONS)
    done = 0

    def again(ref: TicketRef) -> Iterator[None]:
        nonlocal done
        ticket, comments = work.cache.ticket(ref), work.cache.comments(ref)
        if ticket is not None and comments is not None:
            found, rules = Conversation(ticket=ticket, comments=comments), work.rules
            findings = yield from considering(rules, found)
            told = yield from _telling(found, findings)
            if work.cache.comments(ref) == comments:  # else it was read anew meanwhile, or is to be
                _keep(work, found, findings, told, rules)
        done += 1
        if done % TOLD_EVERY == 0:
            work.syncing = f"reading answers again: {done:,} of {len(refs):,}"
            work.changed()

    await in_slices(work, refs, again)
    if len(refs) >= TOLD_EVERY:
        work.syncing = ""
    for desk in work.connections:
        await follow(work, desk)


async def follow(work: Workplace, desk: str) -> None:
    """Bring every flag of a desk in line with its verdicts."""
    stamp, refs = work.lessons.stamp(desk), work.lessons.outdated(desk)
    for start in range(0, len(refs), FEW):
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
    if work.escalation(ref) or work.verdicts(ref):
        work.project({ref})


def _telling(found: Conversation, findings: Iterable[Finding]) -> Generator[None, None, list[Told]]:
    """What groups are made of, an answer at a step: each may be long."""
    bodies = {comment.id: comment.body for comment in found.comments}
    told: list[Told] = []
    for one in findings:
        if one.kind is Kind.WORKAROUND:
            words, sketch = telling_words(bodies[one.comment_id], one), Sketch.of(bodies[one.comment_id])
            told.append(
                Told(ref=found.ticket.ref, comment_id=one.comment_id, customer="", p=one.p, words=words, sketch=sketch)
            )
            yield
    return told
