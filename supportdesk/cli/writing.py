"""The commands that write: reply, note, set, verdict, escalate and outbox."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from supportdesk.cli.output import emit, err, error_json, out, outgoing_json, person_json, verdict_json
from supportdesk.cli.reading import reference
from supportdesk.desk import Desk, Proposal
from supportdesk.errors import HeldError, UsageError
from supportdesk.model import Decision, Escalation, IssueRef, Outgoing, State, Status, Update

LONGEST_TEXT = 200_000
EXITS = {State.HELD: 5, State.REJECTED: 6}


async def reply(desk: Desk, arguments: Namespace) -> int:
    """A public reply; every recipient is listed."""
    ref = reference(arguments.ref, desk)
    body = _text(arguments)
    reached = desk.recipients(ref)
    cautions = desk.cautions(ref, body)
    entry = desk.reply(ref, body)
    for caution in cautions:
        _say(arguments, caution)
    extra = {
        "recipients": [{**person_json(person), "outside": person in reached.outsiders} for person in reached.people],
        "cautions": list(cautions),
    }
    return await _sent(desk, arguments, entry, **extra)


async def note(desk: Desk, arguments: Namespace) -> int:
    """An internal note."""
    return await _sent(desk, arguments, desk.note(reference(arguments.ref, desk), _text(arguments)))


async def fields(desk: Desk, arguments: Namespace) -> int:
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


def _text(arguments: Namespace) -> str:
    if arguments.text is not None:
        return str(arguments.text)
    if arguments.stdin == "-":
        return sys.stdin.read(LONGEST_TEXT)
    if arguments.file is None:
        raise UsageError("No text was given.", "Use --text T, --file F, or - for standard input.")
    try:
        return Path(arguments.file).read_text(encoding="utf-8")[:LONGEST_TEXT]
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{arguments.file} cannot be read: {problem}.", "Name a UTF-8 text file.") from None


async def _sent(desk: Desk, arguments: Namespace, entry: Outgoing, **extra: Any) -> int:
    """Try to send at once, then say how far it got; the first entry of a change that takes several speaks for it."""
    if not arguments.later:
        await desk.drain(hurry=True)
    entry = desk.entry(entry.op)
    if arguments.json:
        emit(**outgoing_json(entry), **extra)
    else:
        out(f"{entry.state} {entry.ref}{f': {entry.why}' if entry.why else ''}")
    if entry.state is State.QUEUED and not arguments.later and entry.why:
        _say(arguments, f"Not sent yet: {entry.why} It is on disk; `supportdesk outbox drain` tries again.")
    return EXITS.get(entry.state, 0)


def _say(arguments: Namespace, words: str) -> None:
    if not arguments.quiet:
        err(words)


def verdict(desk: Desk, arguments: Namespace) -> int:
    """Confirm or dismiss a finding."""
    ref = reference(arguments.ref, desk)
    decision = Decision.CONFIRMED if arguments.decision == "confirm" else Decision.DISMISSED
    said = desk.verdict(ref, decision, comment_id=arguments.comment, why=arguments.why)
    if arguments.json:
        emit(ref=str(ref), verdict=verdict_json(said))
    else:
        out(f"{said.decision} {ref}")
    return 0


async def escalate(desk: Desk, arguments: Namespace) -> int:
    """Turn a ticket into an issue, or add its evidence to one."""
    ref = reference(arguments.ref, desk)
    proposal = await desk.propose(ref, tracker=arguments.to, quotes=True if arguments.quotes else None)
    for doubt in proposal.doubts:
        _say(arguments, f"look at this: {doubt}")
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
    if not arguments.later:
        await desk.drain(hurry=True)
    entry = desk.entry(entry.op)
    filed = next((each for each in reversed(desk.work.ledger.escalations(ref)) if each.op == entry.op), None)
    if arguments.json:
        emit(**_escalate_json(proposal, entry.state.value, filed), why=entry.why)
    else:
        out(f"{entry.state} {filed.issue} {filed.url}" if filed else f"{entry.state} {entry.why}".rstrip())
    return EXITS.get(entry.state, 0)


def _dry_run(arguments: Namespace, proposal: Proposal) -> int:
    for block in proposal.blocks:
        _say(arguments, f"this would be held: {block}")
    if proposal.place is not None and proposal.place.public:
        _say(arguments, f"{proposal.place.name} is public: filing there needs --yes-public {proposal.place.name}")
    if proposal.existing:
        _say(arguments, f"{proposal.ref} already has {proposal.existing.issue}: filing needs --link or --again")
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


async def outbox(desk: Desk, arguments: Namespace) -> int:
    """What is on its way; drain sends it, drop, retry and edit take one entry."""
    if arguments.action in ("drop", "retry", "edit") and not arguments.op:
        raise UsageError(f"outbox {arguments.action} needs an OP.", "See `supportdesk outbox`.")
    if arguments.action == "drain":
        return _listed(arguments, list(await desk.drain(arguments.wait, hurry=True)))
    if arguments.action == "drop":
        return _listed(arguments, [desk.drop(arguments.op)])
    if arguments.action == "retry":
        entry = desk.retry(arguments.op)
        await desk.drain(hurry=True)
        return _listed(arguments, [desk.entry(entry.op)])
    if arguments.action == "edit":
        entry = desk.entry(arguments.op)
        ref = desk.edit(entry.op)
        _say(arguments, f"Its words are in the draft of {ref} again.")
        return _listed(arguments, [desk.entry(entry.op)])
    return _listed(arguments, list(desk.outbox()))


def _listed(arguments: Namespace, entries: list[Outgoing]) -> int:
    if arguments.json:
        emit(outgoing=[outgoing_json(entry) for entry in entries])
    else:
        for entry in entries:
            out(
                f"{entry.op[:8]}  {entry.state:9} {entry.ref!s:16} {type(entry.change).__name__:9} {entry.why}".rstrip()
            )
        if not entries:
            _say(arguments, "The outbox is empty.")
    if arguments.action in ("drain", "retry"):
        return max((EXITS.get(entry.state, 0) for entry in entries), default=0)
    return 0
