"""The commands that read: sync, views, list and show."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from types import SimpleNamespace

from supportdesk.cli.output import (
    age,
    comment_json,
    emit,
    err,
    out,
    progress,
    reading_json,
    say,
    ticket_json,
    waiting,
    when,
)
from supportdesk.desk import Desk, Reading
from supportdesk.errors import Limited, NotFoundError, UsageError
from supportdesk.insight.scan import finding_json
from supportdesk.model import Band, Finding, Kind, Outgoing, TicketRef

LEFT = "Left: what was read is kept, and the next `supportdesk sync` goes on from there."
READ_ON = "`supportdesk sync` reads on."
UNCLOSED = "unclosed"
MARKS = {Band.LIKELY: "!!", Band.POSSIBLE: "! ", Band.WEAK: "  ", None: "  "}


def reference(text: str, desk: Desk) -> TicketRef:
    """A ticket's reference; UsageError when it is none, NotFoundError when its desk is unknown."""
    ref = parsed(text)
    desk.work.connection(ref.desk)
    return ref


def parsed(text: str) -> TicketRef:
    """What `DESK#ID` names; UsageError when it is no such thing."""
    try:
        return TicketRef.parse(text)
    except ValueError as problem:
        raise UsageError(f"{problem}.", "Write DESK#ID.") from None


async def sync(desk: Desk, arguments: SimpleNamespace) -> int:
    """Fetch what changed, then send what is queued."""
    if not desk.accounts:
        raise UsageError("No desk is configured.", "Run `supportdesk login DESK`.")
    try:
        report = await desk.sync(progress(arguments), desk=arguments.desk)
    except asyncio.CancelledError:  # ctrl+c
        say(arguments, LEFT)
        raise
    left = await desk.drain(hurry=True, desk=arguments.desk)
    if arguments.json:
        emit(
            desks=[{"desk": line.partition(":")[0], "ok": True, "message": line} for line in report.lines]
            + [{"desk": line.partition(":")[0], "ok": False, "message": line} for line in report.failed],
            bad_rows=report.bad_rows,
            unread=report.unread,
            left=len(left),
        )
    else:
        for line in report.lines:
            out(line)
        for line in report.failed:
            err(line)
        if left:
            out(f"{len(left)} still in the outbox.")
    if report.failed and not report.lines and not all(isinstance(it, Limited) for it in report.problems):
        return max(problem.exit_code for problem in report.problems)
    return 8 if report.failed or report.bad_rows or report.unread or report.unfinished else 0


def views(desk: Desk, arguments: SimpleNamespace) -> int:
    """The views and their counts."""
    found = [view for view in desk.views() if arguments.desk in ("", view.desk)]
    if arguments.json:
        emit(views=[{"id": view.id, "name": view.name, "desk": view.desk, "count": view.count} for view in found])
        return 0
    for view in found:
        out(f"{view.count:6}  {view.id:24} {view.name}")
    return 0


def tickets(desk: Desk, arguments: SimpleNamespace) -> int:
    """The tickets of a view; without one, all that are not closed."""
    view = UNCLOSED if arguments.view in ("", UNCLOSED) else desk.view_named(arguments.view)
    refs = list(desk.queue(view, arguments.query).refs)
    if arguments.flagged:
        flagged = set(desk.queue("flagged").refs)
        refs = [ref for ref in refs if ref in flagged]
    return _listed(desk, arguments, refs, view=arguments.view or UNCLOSED)


def search(desk: Desk, arguments: SimpleNamespace) -> int:
    """The tickets in which every word begins a word of the subject or of a comment."""
    code = _listed(desk, arguments, desk.search(arguments.text), query=arguments.text)
    if unheard := sum(desk.work.cache.unheard(name) for name in desk.work.connections if arguments.desk in ("", name)):
        say(arguments, f"Conversations that were not read yet, nor looked through: {unheard:,}. {READ_ON}")
    return code


def _listed(desk: Desk, arguments: SimpleNamespace, found: Iterable[TicketRef], **asked: str) -> int:
    refs = [ref for ref in found if arguments.desk in ("", ref.desk)][: arguments.limit]
    if arguments.json:
        emit(**asked, tickets=_rows_json(desk, refs), fetched_at=_fetched_at(desk, arguments.desk))
        return 0
    now = desk.work.now()
    for row in desk.work.cache.rows(refs):
        mark, ago, who = MARKS[row.band], age(row.updated_at, now), row.requester[:24]
        out(f"{row.ref!s:16} {mark} {ago:>4}  {row.status:8} {who:24} {row.subject}")
    if not refs:
        say(arguments, "No ticket matches." if desk.accounts else "No desk is configured: `supportdesk login DESK`.")
    return 0


def _rows_json(desk: Desk, refs: Iterable[TicketRef]) -> list[dict[str, object]]:
    work, rows = desk.work, []
    outgoing = work.outgoing()
    for ref in refs:
        findings, verdicts = work.lessons.findings(ref), list(work.verdicts(ref).values())
        ticket = work.ticket(ref)
        if ticket.comment_count is None:
            ticket = replace(ticket, comment_count=work.cache.comment_count(ref))
        rows.append(
            ticket_json(
                ticket,
                finding=findings[0] if findings else None,
                verdict=verdicts[-1] if verdicts else None,
                escalation=work.escalation(ref),
                queued=waiting(entry for entry in outgoing if entry.ref == ref),
            )
        )
    return rows


def _fetched_at(desk: Desk, name: str) -> str | None:
    times = [line.synced_at for line in desk.status().desks if line.synced_at and name in ("", line.name)]
    return when(min(times)) if times else None


async def show(desk: Desk, arguments: SimpleNamespace) -> int:
    """A ticket with its conversation and findings."""
    ref = reference(arguments.ref, desk)
    if arguments.fresh:
        await desk.refresh(ref)
    reading = desk.read(ref)
    if reading is None:
        raise NotFoundError(f"{ref} is not on disk.", "Run `supportdesk sync`, or use --fresh.")
    if arguments.json:
        emit(
            ticket=reading_json(reading),
            conversation=[comment_json(comment) for comment in reading.comments],
            findings=[finding_json(finding) for finding in reading.findings],
            confidence=reading.confidence,
            reminders=list(reading.reminders),
            loaded=reading.loaded,
        )
        return 0
    _print(reading, desk)
    return 0


def _print(reading: Reading, desk: Desk) -> None:
    ticket, now = reading.ticket, desk.work.now()
    company = f" · {ticket.requester.organization.name}" if ticket.requester.organization else ""
    out(f"{ticket.ref}  {ticket.subject}")
    out(f"{ticket.status} · {ticket.priority or 'no priority'} · {ticket.requester.name}{company} · {ticket.url}")
    if reading.escalation:
        out(f"issue {reading.escalation.issue} {reading.escalation.url}")
    flags = {finding.comment_id: finding for finding in reversed(reading.findings)}
    for comment in reading.comments:
        seen = "public" if comment.public else "INTERNAL"
        out(f"\n── {comment.author.name} · {comment.author.role} · {seen} · {age(comment.created_at, now)}")
        out(comment.body)
        if (finding := flags.get(comment.id)) is not None:
            what = "a workaround for a bug" if finding.kind is Kind.WORKAROUND else finding.kind.value
            out(f"⚑ {finding.band}: {what}")
            for words in _trust(reading, finding):
                out(f"   {words}")
            for evidence in finding.evidence:
                out(f"   {'for' if evidence.weight > 0 else 'against'}: “{evidence.text}” {evidence.says}")
    if not reading.loaded:
        out(f"\nIts conversation is not on disk yet: run `supportdesk show {ticket.ref} --fresh`.")
    for entry in reading.outgoing:
        out(f"\n⇡ {entry.state}: {_words(entry)} {entry.why}".rstrip())


def _trust(reading: Reading, finding: Finding) -> list[str]:
    """How far a finding can be trusted, as far as it is said: of the strongest."""
    if finding is not reading.finding or not reading.confidence:
        return []
    return [reading.confidence, *reading.reminders]


def _words(entry: Outgoing) -> str:
    return str(getattr(entry.change, "body", type(entry.change).__name__))[:200]
