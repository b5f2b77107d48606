"""Reading from disk what the console and the commands show: views, one ticket, and the status line."""

from __future__ import annotations

from collections.abc import Sequence

from supportdesk import late, model, outbox
from supportdesk.desk.banner import banner
from supportdesk.desk.shapes import DeskLine, DeskStatus, ViewCount
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import NotFoundError
from supportdesk.model import Kind, Row, State, TicketRef

UNTOLD = 500  # tickets that are filed for the search, or their words read, so soon that it is not worth telling
LOCAL_VIEWS = {
    "open": "Open",
    "mine": "Mine",
    "unassigned": "Unassigned",
    "flagged": "Flagged",
    "waiting": "Waiting",
    "escalated": "Escalated",
    "solved": "Solved",
    "all": "All",
}


def views(work: Workplace) -> tuple[ViewCount, ...]:
    """Our own views, then the services'."""
    cache, me = work.cache, work.me()
    ours = [
        ViewCount(id=view, name=name, desk="", count=cache.count(view, me=me)) for view, name in LOCAL_VIEWS.items()
    ]
    theirs = [
        ViewCount(
            id=view_id,
            name=view.name,
            desk=view.desk,
            count=cache.count(view_id, me=me),
            more=bool(cache.meta(f"more:{view_id}")),
        )
        for view in cache.service_views()
        if (view_id := f"{view.desk}/{view.id}")
    ]
    return (*ours, *theirs)


def view_named(work: Workplace, name: str) -> str:
    """A view's id from its id or name; NotFoundError naming what there is."""
    known = views(work)
    for view in known:
        if name == view.id or name.casefold() == view.name.casefold():
            return view.id
    raise NotFoundError(f"There is no view called {name!r}.", f"Views: {', '.join(view.id for view in known)}.")


def rows(work: Workplace, refs: Sequence[TicketRef]) -> list[Row]:
    """The lines of the queue for these tickets, which are on screen then, or around it."""
    work.attention.show(refs)
    return work.cache.rows(refs)


def read(work: Workplace, ref: TicketRef) -> late.readings.Reading | None:
    """Everything about one ticket; it counts as read here afterwards."""
    ticket = work.cache.ticket(ref)
    if ticket is None:
        return None
    work.attention.opened = ref
    work.cache.mark_read(ref)
    comments = work.cache.comments(ref)
    findings = work.lessons.findings(ref)
    return late.readings.Reading(
        ticket=ticket,
        comments=comments or (),
        loaded=comments is not None and work.cache.conversation_stamp(ref) is not None,
        findings=findings,
        verdicts=work.verdicts(ref),
        escalation=work.escalation(ref),
        outgoing=tuple(entry for entry in work.outgoing() if entry.ref == ref and entry.state in outbox.OPEN),
        reply_draft=_words(work.ledger.draft(ref, True)),
        note_draft=_words(work.ledger.draft(ref, False)),
        family=work.advice.family(ref, findings[0] if findings else None),
        confidence=late.record.confidence(work.lessons.of(ref.desk), findings[0]) if findings else "",
        reminders=late.record.reminders(work.lessons.of(ref.desk), findings[0]) if findings else (),
        repeats={
            one.comment_id: late.readings.Repeat(
                answers=len(group.members),
                customers=len(group.customers),
                boilerplate=group.label is late.repeats.Label.BOILERPLATE,
            )
            for one in findings
            if one.kind is Kind.WORKAROUND and (group := work.advice.group(ref, one.comment_id)) is not None
        },
    )


def _words(draft: model.Draft | None) -> str:
    return draft.body if draft else ""


def status(work: Workplace) -> DeskStatus:
    """The status line's facts."""
    counts = work.counts()
    return DeskStatus(
        desks=tuple(_line(work, name) for name in work.connections),
        queued=counts[State.QUEUED] + counts[State.SENDING],
        held=counts[State.HELD],
        uncertain=counts[State.UNCERTAIN],
        rejected=counts[State.REJECTED],
        flags=work.cache.count("undecided", me=work.me()),
        read_only=work.read_only,
        syncing=work.syncing,
        sender=work.sender(),
        notices=tuple(work.notices),
        banner=banner(work),
        filing=_filing(work),
        paused=work.attention.halted,
        share=next((words for it in work.connections.values() if it.visit and (words := it.pace.brief())), ""),
    )


def _filing(work: Workplace) -> str:
    left = work.cache.texts.unfiled()
    if left <= UNTOLD:
        return ""
    tickets = work.cache.count("all")
    return f"search index {100 * max(0, tickets - left) // max(1, tickets)}%"


def _read(work: Workplace, connection: Connection) -> tuple[int, int]:
    """Counted once between two readings: while one is under way it says itself how far it is."""
    if connection.read is None and not work.syncing:
        name = connection.account.name
        connection.read = (work.cache.held(name), work.cache.unheard(name))
    read, unheard = connection.read or (0, 0)
    if connection.synced_at is None:
        return read, 0
    return 0, unheard if unheard > UNTOLD else 0


def _line(work: Workplace, name: str) -> DeskLine:
    connection = work.connections[name]
    identity, (read, unheard) = connection.identity, _read(work, connection)
    gaps = _gaps(work, connection)
    return DeskLine(
        name=name,
        provider=connection.account.provider,
        person=identity.person.name if identity else "",
        role=identity.role if identity else "",
        online=connection.online,
        synced_at=connection.synced_at,
        trouble=connection.trouble,
        read=read,
        unheard=unheard,
        unread=gaps.unread + gaps.rows if gaps else 0,
        lacks=_lacks(connection, gaps),
    )


def _gaps(work: Workplace, connection: Connection) -> late.gaps.Gaps | None:
    """What could not be read of a desk; None where that is nothing, as far as is known."""
    name = connection.account.name
    if connection.gaps is None and work.cache.meta(f"gaps:{name}"):
        connection.gaps = late.gaps.Gaps(work.cache, name)
    return connection.gaps


def _lacks(connection: Connection, gaps: late.gaps.Gaps | None) -> str:
    if connection.online and connection.trouble:
        return "held up"
    return "some unread" if gaps and gaps.said else ""
