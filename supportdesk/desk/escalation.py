"""One key: a ticket becomes an issue that is de-duplicated, redacted and ready to be sent byte for byte."""

import asyncio
import os
import pickle
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from supportdesk import outbox
from supportdesk.desk import wording
from supportdesk.desk.readings import Duplicate, Proposal
from supportdesk.desk.refusals import queueing, require_writing
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import HeldError, Refused, RoleError, SupportdeskError, UsageError
from supportdesk.gate.compose import Composed, IssueFacts, unmarked
from supportdesk.gate.redact import Known
from supportdesk.model import (
    Comment,
    Escalate,
    Escalation,
    Finding,
    Issue,
    IssueDraft,
    IssueRef,
    Link,
    Outgoing,
    Person,
    Ticket,
    TicketRef,
)
from supportdesk.providers import Place
from supportdesk.providers.answers import marker

GATE_LIMIT_S = 5.0
GATEKEEPER = Path(__file__).with_name("gatekeeper.py")  # by its path: as a module it would load the whole desk first
MOST_SIMILAR = 5
_WORD = re.compile(r"[^\W\d_]{3,}")


async def propose(
    work: Workplace, ref: TicketRef, finding: Finding | None, tracker: str, quotes: bool | None
) -> Proposal:
    """Draft the issue for a ticket and put it through the gate; the tracker is asked what it can say in time."""
    ticket, comments = _whole(work, ref)
    target = _tracker_of(work, ref, tracker)
    family = work.advice.family(ref, finding)
    siblings = [it for other in family.refs if other != ref and (it := work.escalation(other)) is not None]
    place = await _place(target)
    private = place is not None and place.public is False
    op = work.new_op()
    quoting = private if quotes is None else quotes
    facts = IssueFacts(
        ticket=ticket,
        comments=comments,
        finding=finding,
        public=not private,
        quotes=quoting,
        tickets=family.tickets,
        customers=family.customers,
        marker=marker(op),
    )
    composed = await _through_the_gate(("compose", facts), await _known(work, target, ticket, comments))
    kept = wording.offered(work, ref)
    draft = IssueDraft(
        tracker=target.account.name,
        title=composed.title,
        body=composed.body,
        labels=_labels(target),
        ticket_url="" if not private else ticket.url,
    )
    return Proposal(
        ref=ref,
        op=op,
        draft=draft,
        place=place,
        tickets=family.tickets,
        customers=family.customers,
        redactions=dict(composed.counts),
        doubts=(*([wording.WAITS] if kept else []), *(_filed_already(it) for it in siblings), *composed.doubts),
        blocks=composed.blocks,
        duplicates=(*_same_bug(siblings), *await _duplicates(target, draft)),
        existing=work.escalation(ref),
        quotes=quoting,
        kept=kept,
    )


async def revise(work: Workplace, proposal: Proposal, title: str, body: str) -> Proposal:
    """Put the engineer's own wording through the gate again; the marker line stays the last."""
    wording.shown(work, proposal.ref, title, body)
    marked = f"{unmarked(body)}\n\n{marker(proposal.op)}"
    ticket, comments = _whole(work, proposal.ref)
    target = work.connection(proposal.draft.tracker)
    composed = await _through_the_gate(("check", title, marked), await _known(work, target, ticket, comments))
    return replace(
        proposal,
        draft=replace(proposal.draft, title=composed.title, body=composed.body),
        redactions=dict(composed.counts),
        doubts=(*wording.doubts(proposal), *composed.doubts),
        blocks=composed.blocks,
        own=True,
    )


def _whole(work: Workplace, ref: TicketRef) -> tuple[Ticket, tuple[Comment, ...]]:
    """A ticket and its conversation; UsageError where that is not on disk: the gate would not know all its people."""
    ticket, comments = work.ticket(ref), work.cache.comments(ref)
    if comments is None or work.cache.conversation_stamp(ref) is None:
        raise UsageError(f"{ref} is not on disk as a whole.", f"Run `supportdesk show {ref} --fresh` first.")
    return ticket, comments


def escalate(work: Workplace, proposal: Proposal, change: Escalate | Link, *, again: bool) -> Outgoing:
    """Queue the issue, or the ticket's evidence on one that exists; HeldError naming what stands in the way."""
    require_writing(work, proposal.draft.tracker)
    if not proposal.public:  # it was written for those who may see everything: consent to the world is for another text
        change = replace(change, public_ok="")
    with queueing(work):
        closed = proposal.place and closed_to(proposal.place, change.public_ok)  # else the drain asks
        stops = [*proposal.blocks, *([closed] if closed else []), *([] if again else _already(work, proposal))]
        if stops:
            raise HeldError(" ".join(stops), "Nothing was sent.")
        entry = _entry(work, proposal, change)
        work.ledger.put_outgoing(work.steadied(entry))
        wording.queued(work, proposal)
    work.project({entry.ref})
    work.changed()
    return entry


def _already(work: Workplace, proposal: Proposal) -> list[str]:
    if made := work.escalation(proposal.ref):
        return [
            f"{proposal.ref} already has an issue of ours, {made.issue}: link to it (--link) or file again (--again)."
        ]
    on_its_way = [
        entry
        for entry in work.outgoing()
        if entry.ref == proposal.ref and entry.state in outbox.LIVE and isinstance(entry.change, Escalate | Link)
    ]
    return [f"An issue for {proposal.ref} is {on_its_way[0].state} already: see the outbox."] if on_its_way else []


async def linking(work: Workplace, proposal: Proposal, name: str, *, public_ok: str, public_link: bool) -> Link:
    """The evidence of a proposal as a comment on the issue that a name names."""
    found = await issue_named(work, proposal, name)
    return Link(
        issue=found.ref,
        url=found.url,
        title=found.title,
        body=proposal.draft.body,
        public_ok=public_ok,
        public_link=public_link,
    )


async def issue_named(work: Workplace, proposal: Proposal, name: str) -> Issue:
    """The issue that `acme#12`, `#12`, `12` or an address ending in it names on the proposal's tracker."""
    target = work.connection(proposal.draft.tracker)
    address, tracker = name.strip().rstrip("/"), target.account.name
    desk, _, number = address.rpartition("/")[2].rpartition("#")
    if not number or desk not in ("", tracker):
        raise UsageError(f"{name!r} names no issue of {tracker}.", f"Write it as {tracker}#845.")
    found = await target.wire.run(target.tracker.issue(IssueRef(tracker, number)))
    if "://" in address and urlsplit(address)[1:3] != urlsplit(found.url.rstrip("/"))[1:3]:
        raise UsageError(f"{address} is not an issue of {tracker}: {number} is {found.url} there.", "Check --to.")
    return found


def closed_to(place: Place, public_ok: str) -> str:
    """Why nothing may be filed there, as a sentence: it takes no issues, or the world reads it; empty when it may."""
    if not place.issues_on:
        return f"{place.name} has issues switched off. Choose another tracker."
    if place.public is False or public_ok == place.name:
        return ""
    seen = "is public" if place.public else "does not say whether it is public"
    return f"{place.name} {seen}, and you have not agreed to publish there (--yes-public {place.name})."


def _entry(work: Workplace, proposal: Proposal, change: Escalate | Link) -> Outgoing:
    if known := work.ledger.outgoing(proposal.op):
        raise HeldError(f"This issue is {known.state} already.", "See the outbox, or draft it anew.")
    return Outgoing(
        op=proposal.op,
        change=change,
        ref=proposal.ref,
        desk=proposal.draft.tracker,
        seen=work.ticket(proposal.ref),
        created_at=work.now(),
        seq=work.ledger.next_seq(),
        not_before=work.undo_until(),
    )


def _tracker_of(work: Workplace, ref: TicketRef, tracker: str) -> Connection:
    account = work.connection(ref.desk).account
    name = tracker or account.escalate_to
    if not name:
        raise UsageError(
            f"Desk {ref.desk} does not say where its bugs go.", f"Set escalate_to in [desks.{ref.desk}], or use --to."
        )
    target = work.connection(name)
    if target.account.read_only or work.read_only:
        raise RoleError(f"Desk {name} is read-only here.", "Nothing can be filed there.")
    target.require_tracker()
    return target


async def _place(target: Connection) -> Place | None:
    try:
        return await target.wire.run(target.tracker.place())
    except Refused:
        raise  # the tracker is not there, or not for us: waiting helps nobody
    except SupportdeskError as problem:
        target.trouble = problem.message
        return None


def _filed_already(sibling: Escalation) -> str:
    return f"{sibling.ticket} was given the same answer and is {sibling.issue} already: link this ticket to it instead?"


def _same_bug(siblings: Sequence[Escalation]) -> list[Duplicate]:
    issues = {sibling.issue: sibling for sibling in siblings}
    return [Duplicate(ref=ref, title=it.title or str(ref), url=it.url, score=1.0) for ref, it in issues.items()]


async def _duplicates(target: Connection, draft: IssueDraft) -> tuple[Duplicate, ...]:
    try:
        found = await target.wire.run(target.tracker.similar_issues(draft))
    except SupportdeskError:
        return ()  # a hint only; the tracker's trouble was noted when its place was asked
    scored = [
        Duplicate(ref=issue.ref, title=issue.title, url=issue.url, score=_likeness(draft.title, issue.title))
        for issue in found
    ]
    return tuple(sorted(scored, key=lambda duplicate: -duplicate.score)[:MOST_SIMILAR])


def _likeness(one: str, other: str) -> float:
    left, right = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    return len(left & right) / len(left | right) if left | right else 0.0


def _labels(target: Connection) -> tuple[str, ...]:
    return (target.account.tag_prefix + "from-support",)


async def _known(work: Workplace, target: Connection, ticket: Ticket, comments: Sequence[Comment]) -> list[Known]:
    """What this ticket must not give away: its people, organisations, field values, our tenant and our own tokens."""
    people: list[Person] = [ticket.requester, *ticket.cc, *(comment.author for comment in comments)]
    if ticket.assignee:
        people.append(ticket.assignee)
    known = [Known(kind="secret", value=token) for token in await work.tokens(ticket.ref.desk, target.account.name)]
    for person in dict.fromkeys(people):
        known += [Known(kind="person", value=person.name), Known(kind="email", value=person.email)]
        if person.organization:
            known.append(Known(kind="organization", value=person.organization.name))
    known += [Known(kind="field", value=value) for _, value in ticket.fields]
    known.append(Known(kind="host", value=work.connection(ticket.ref.desk).account.url.partition("://")[2]))
    return [each for each in known if len(each.value) > 1]


async def _through_the_gate(task: tuple[object, ...], known: Sequence[Known]) -> Composed:
    """Run the gate in its own process with a time limit: a slow pattern stops the issue and not the console."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # never a module of the folder we happen to be in
            str(GATEKEEPER),
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as problem:  # no memory, or no process more
        return _shut(f"Redaction could not be started ({problem.strerror}).")
    try:
        answer, _ = await asyncio.wait_for(process.communicate(pickle.dumps((task, list(known)))), GATE_LIMIT_S)
        if process.returncode == 0:
            composed: Composed = pickle.loads(answer)  # noqa: S301  # our own process wrote it
            return composed
        why = "Redaction failed."
    except TimeoutError:
        process.kill()
        await process.wait()
        why = "Redaction ran out of time."
    return _shut(why)


def _shut(why: str) -> Composed:
    return Composed(title="", body="", counts={}, doubts=(), blocks=(f"{why} Nothing leaves until it succeeds.",))
