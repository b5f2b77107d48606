"""The commands that write: reply, note, set, escalate and outbox."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from supportdesk.cli.output import emit, error_json, out, outgoing_json, person_json, say
from supportdesk.cli.reading import reference
from supportdesk.cli.steps import next_step
from supportdesk.desk import Desk, Proposal
from supportdesk.desk.escalation import closed_to
from supportdesk.errors import HeldError, RoleError, SupportdeskError, UsageError
from supportdesk.model import Escalation, IssueRef, Outgoing, State, Status, Update
from supportdesk.outbox import ENDED, STOPPED
from supportdesk.text import LONGEST

ALIKE = 0.5
EXITS = {State.HELD: 5, State.REJECTED: 6}


async def reply(desk: Desk, arguments: SimpleNamespace) -> int:
    """A public reply; every recipient is listed."""
    ref = reference(arguments.ref, desk)
    body = arguments.text
    reached = desk.recipients(ref)
    cautions = desk.cautions(ref, body)
    entry = desk.reply(ref, body)
    for caution in cautions:
        say(arguments, caution)
    extra = {
        "recipients": [{**person_json(person), "outside": person in reached.outsiders} for person in reached.people],
        "cautions": list(cautions),
    }
    return await _sent(desk, arguments, entry, **extra)


async def note(desk: Desk, arguments: SimpleNamespace) -> int:
    """An internal note."""
    return await _sent(desk, arguments, desk.note(reference(arguments.ref, desk), arguments.text))


async def fields(desk: Desk, arguments: SimpleNamespace) -> int:
    """Status, assignee, priority and tags."""
    nobody = arguments.assignee == "nobody"
    update = Update(
        status=Status(arguments.status) if arguments.status else None,
        assignee="" if nobody else arguments.assignee,
        priority=arguments.priority,
        add_tags=tuple(arguments.add_tag),
        remove_tags=tuple(arguments.remove_tag),
    )
    return await _sent(desk, arguments, desk.update(reference(arguments.ref, desk), update))


def words(arguments: SimpleNamespace) -> str:
    """The words of a reply or note, whole; UsageError when they cannot be had."""
    if arguments.text is not None:
        return str(arguments.text)
    if arguments.stdin is None and arguments.file is None:
        raise UsageError("No text was given.", "Use --text T, --file F, or - for standard input.")
    name = "standard input" if arguments.stdin else arguments.file
    try:
        if arguments.stdin:
            return sys.stdin.read(LONGEST + 1)
        with Path(arguments.file).open(encoding="utf-8") as stream:
            return stream.read(LONGEST + 1)
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{name} cannot be read: {problem}.", "Name a UTF-8 text file.") from None


async def _sent(desk: Desk, arguments: SimpleNamespace, queued: Outgoing, **extra: Any) -> int:
    """Try to send at once, then say how far it got; the first entry of a change that takes several speaks for it."""
    entry = await _tried(desk, arguments, queued.op)
    if arguments.json:
        emit(**outgoing_json(entry), **extra)
        if entry.state is State.SENT and entry.why:  # what the service did otherwise than it was asked to
            say(arguments, entry.why)
    else:
        why = entry.why.removeprefix(f"{entry.ref}: ")
        out(f"{entry.state} {entry.ref}{f': {why}' if why else ''}")
    return EXITS.get(entry.state, 0)


async def _tried(desk: Desk, arguments: SimpleNamespace, op: str) -> Outgoing:
    """The entry after an attempt to send it; what it waits for is said, and nothing that fails now loses it."""
    if arguments.later:
        return desk.entry(op)
    problem, before = "", {entry.op: entry.state for entry in desk.outbox()}
    try:
        await desk.drain(hurry=True)
    except SupportdeskError as failed:
        problem = f"{failed.message} {failed.hint}".strip()
    for other in desk.outbox():
        if other.op != op and other.state in EXITS and before.get(other.op) is not other.state:
            say(arguments, f"Something queued earlier on {other.ref} is {other.state} now: {other.why}")
    entry = desk.entry(op)
    if entry.state is State.QUEUED:
        say(arguments, f"Not sent yet: {problem or _waits(desk, entry)} `supportdesk outbox drain` tries again.")
    elif entry.state in (State.SENDING, State.UNCERTAIN):
        why = f"{problem or entry.why}".rstrip(".")
        say(arguments, f"It may have arrived: {why}. `supportdesk outbox drain` looks for it first.")
    elif entry.state is State.HELD:
        op = entry.op[:8]
        say(
            arguments,
            f"Read it with `supportdesk show {entry.ref} --fresh`, then `supportdesk outbox retry|edit|drop {op}`.",
        )
    return entry


def _waits(desk: Desk, entry: Outgoing) -> str:
    first = desk.waits_for(entry)
    if first is not None:
        return f"{first.op[:8]} on {entry.ref} goes first and is {first.state}. {first.why}".rstrip()
    return entry.why or desk.status().sender or "it is on disk."


async def escalate(desk: Desk, arguments: SimpleNamespace) -> int:
    """Turn a ticket into an issue, or add its evidence to one."""
    ref = reference(arguments.ref, desk)
    proposal = await desk.propose(ref, tracker=arguments.to, quotes=True if arguments.quotes else None)
    for remark in _remarks(proposal):
        say(arguments, remark)
    if arguments.dry_run:
        return _dry_run(arguments, proposal)
    try:
        if arguments.link:
            entry = await desk.link(
                proposal, arguments.link, public_ok=arguments.yes_public, public_link=arguments.public_link
            )
        else:
            entry = desk.escalate(
                proposal,
                again=arguments.again,
                public_ok=arguments.yes_public,
                public_link=arguments.public_link,
            )
    except HeldError as problem:
        if not arguments.json:
            raise
        emit(**_escalate_json(proposal, State.HELD.value, None), error=error_json(problem))
        return problem.exit_code
    entry = await _tried(desk, arguments, entry.op)
    filed = next((each for each in reversed(desk.work.ledger.escalations(ref)) if each.op == entry.op), None)
    for late in [each for each in desk.outbox() if filed and each.created_at == filed.at and each.ref == ref]:
        if late.state is not State.SENT:
            say(arguments, f"What {ref} is told of it is {late.state}: {_waits(desk, late)}")
    if arguments.json:
        emit(**_escalate_json(proposal, entry.state.value, filed), why=entry.why)
    else:
        out(f"{entry.state} {filed.issue} {filed.url}" if filed else f"{entry.state} {entry.why}".rstrip())
    return EXITS.get(entry.state, 0)


def _remarks(proposal: Proposal) -> list[str]:
    """What a person should know of the issue, whether or not it is filed."""
    remarks = [f"look at this: {doubt}" for doubt in proposal.doubts]
    if proposal.redactions:
        remarks.append("left out: " + ", ".join(f"{count} {kind}" for kind, count in proposal.redactions.items()))
    return remarks + [f"reads like {each.ref}: {each.title}" for each in proposal.duplicates if each.score >= ALIKE]


def _dry_run(arguments: SimpleNamespace, proposal: Proposal) -> int:
    closed = closed_to(proposal.place, arguments.yes_public) if proposal.place else ""
    known = f"{proposal.ref} already has {proposal.existing.issue} (--link or --again)." if proposal.existing else ""
    for stop in filter(None, (*proposal.blocks, closed, known)):
        say(arguments, f"this would be held: {stop}")
    if arguments.json:
        emit(**_escalate_json(proposal, "dry-run", None))
    else:
        sys.stdout.write(f"{proposal.draft.title}\n\n{proposal.draft.body}\n")
    return 0


def _escalate_json(proposal: Proposal, state: str, filed: Escalation | None) -> dict[str, Any]:
    issue: IssueRef | None = filed.issue if filed else None
    return {
        "op": proposal.op,
        "state": state,
        "issue": {
            "ref": str(issue) if issue else None,
            "url": filed.url if filed else None,
            "title": proposal.draft.title,
            "body": proposal.draft.body,
            "labels": list(proposal.draft.labels),
        },
        "duplicates": [
            {"ref": str(each.ref), "title": each.title, "url": each.url, "score": round(each.score, 2)}
            for each in proposal.duplicates
        ],
        "redactions": proposal.redactions,
        "doubts": list(proposal.doubts),
        "blocks": list(proposal.blocks),
        "existing": str(proposal.existing.issue) if proposal.existing else None,
        "public": proposal.place.public if proposal.place else None,
        "tickets": proposal.tickets,
        "customers": proposal.customers,
    }


async def outbox(desk: Desk, arguments: SimpleNamespace) -> int:
    """What is on its way; drain sends it, drop, retry and edit take one entry."""
    if arguments.action in ("drop", "retry", "edit", "make-private"):
        return await _one(desk, arguments)
    if arguments.op:
        raise UsageError(f"`outbox {arguments.action}` takes no OP.", "See `supportdesk outbox`.")
    if arguments.action == "drain":
        return await _drain(desk, arguments)
    return _listed(desk, arguments, [entry for entry in desk.outbox() if arguments.desk in ("", entry.desk)])


async def _drain(desk: Desk, arguments: SimpleNamespace) -> int:
    """Send what can be sent; what was rejected on the way is listed with what is left."""
    refused = {entry.op for entry in desk.outbox() if entry.state is State.REJECTED}
    said = {entry.op: entry.why for entry in desk.outbox() if entry.state in ENDED}
    left = await desk.drain(arguments.wait, hurry=True, desk=arguments.desk)
    rejected = [entry for entry in desk.outbox() if entry.state is State.REJECTED and entry.op not in refused]
    for entry in desk.outbox():  # what the service did otherwise, and what a later look found there, perhaps twice
        if entry.state is State.SENT and (entry.exposed or said.get(entry.op, entry.why) != entry.why):
            say(arguments, f"{entry.op[:8]} on {entry.ref}: {entry.why}")
    if left and (sender := desk.status().sender):
        say(arguments, sender)
    entries = [entry for entry in (*left, *rejected) if arguments.desk in ("", entry.desk)]
    return _listed(desk, arguments, entries)


async def _one(desk: Desk, arguments: SimpleNamespace) -> int:
    if not arguments.op:
        raise UsageError(f"outbox {arguments.action} needs an OP.", "See `supportdesk outbox`.")
    if arguments.read_only:
        raise RoleError("This console is read-only.", "Nothing was changed.")
    op = desk.entry(arguments.op).op
    if arguments.action == "drop":
        desk.drop(op)
    elif arguments.action == "edit":
        say(arguments, desk.edit(op))
    elif arguments.action == "make-private":
        say(arguments, await desk.make_private(op))
    else:
        desk.retry(op)
        await desk.drain(hurry=True)
    return _listed(desk, arguments, [desk.entry(op)])


def _listed(desk: Desk, arguments: SimpleNamespace, entries: list[Outgoing]) -> int:
    if arguments.json:
        emit(outgoing=[outgoing_json(entry) for entry in entries])
    else:
        for entry in entries:
            behind = desk.waits_for(entry)
            why = entry.why or (f"behind {behind.op[:8]}, which is {behind.state}" if behind else "")
            what = type(entry.change).__name__
            out(f"{entry.op[:8]}  {entry.state:9} {entry.ref!s:16} {what:9} {why}".rstrip())
            if entry.state in (*STOPPED, State.UNCERTAIN) or entry.exposed:
                say(arguments, f"{entry.op[:8]}: {next_step(entry)}")
        if not entries:
            say(arguments, "The outbox is empty.")
    if arguments.action in ("drain", "retry"):
        return max((EXITS.get(entry.state, 0) for entry in entries), default=0)
    return 0
