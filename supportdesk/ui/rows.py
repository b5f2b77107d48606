"""One row of a list as a line of cells: a ticket in the queue, a view, something in the outbox; pure."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len

from supportdesk import model
from supportdesk.desk import ViewCount
from supportdesk.model import Band, Decision, Row, State, Status
from supportdesk.ui import glyphs
from supportdesk.ui.cells import Line, Piece, fit, pad, pad_left
from supportdesk.ui.words import age, change_words, state_words

ROOMY = 22  # cells in which a view has its name and its count in full
READABLE = 32  # cells a subject keeps before another column is drawn
_URGENT = ("urgent", "critical", "immediate")
_STATE_STYLE = {
    State.HELD: "flag",
    State.UNCERTAIN: "flag",
    State.REJECTED: "danger",
    State.SENT: "good",
    State.DROPPED: "dim",
}


def ticket_line(row: Row, width: int, now: datetime, *, desks: int = 0, marked: bool = False) -> Line:
    """Clock, marks and subject; id, customer, status and assignee as long as the subject keeps room to be read.

    `desks` is the length of the longest desk name where there are several, 0 where there is one; `marked` is drawn in
    the place of the sign of urgency, in its colour.
    """
    pieces = [Piece(" "), _clock(row, now), Piece(" "), _edge(row, marked), _flag(row), _way(row), Piece(" ")]
    room = width - 11
    if width >= 44:
        name, cells = (str(row.ref), desks + 6) if desks else (f"#{row.ref.id}", 6)
        whole = width >= 80 or len(name) <= width // 6  # an id is of no use in part
        pieces.append(Piece(pad(name, max(cells, len(name) if whole else 0)) + " ", "dim"))
        room -= cell_len(pieces[-1].text)
    tail = []
    for cells, text, style in _columns(row, width):
        if room - cells - 2 >= READABLE:
            tail.append(Piece("  " + pad(text, cells), style))
            room -= cells + 2
    subject = Piece(pad(row.subject or "(no subject)", max(0, room)), _weight(row))
    return Line((*pieces, subject, *tail))


def _edge(row: Row, marked: bool) -> Piece:
    urgent = row.priority.lower() in _URGENT
    if marked:
        return Piece(glyphs.MARK, "danger" if urgent else "key")
    return Piece(glyphs.URGENT, "danger") if urgent else Piece(" ")


def _columns(row: Row, width: int) -> list[tuple[int, str, str]]:
    who = row.organization or row.requester
    return [
        (18 if width >= 110 else 16, who, "dim"),
        (7, row.status.value, _status_style(row.status)),
        (12, row.assignee or "nobody", "dim"),
    ]


def _status_style(status: Status) -> str:
    return {Status.NEW: "accent", Status.SOLVED: "good", Status.CLOSED: "good"}.get(status, "dim")


def _clock(row: Row, now: datetime) -> Piece:
    return Piece(pad_left(age(row.updated_at, now), 4), "dim")


def _flag(row: Row) -> Piece:
    if row.decision is Decision.CONFIRMED:
        return Piece(glyphs.FLAG, "good")
    if row.decision is Decision.DISMISSED or row.band not in (Band.LIKELY, Band.POSSIBLE):
        return Piece(" ")
    return Piece(glyphs.FLAG, "flag")


def _way(row: Row) -> Piece:
    if row.held:
        return Piece(glyphs.HELD, "flag")
    if row.queued:
        return Piece(glyphs.QUEUED, "accent")
    if row.draft:
        return Piece(glyphs.DRAFT, "accent")
    if row.issue:
        return Piece(glyphs.ISSUE, "dim")
    if row.status in (Status.SOLVED, Status.CLOSED):
        return Piece(glyphs.DONE, "good")
    return Piece(" ")


def _weight(row: Row) -> str:
    if row.unread:
        return "strong"
    return "dim" if row.status in (Status.SOLVED, Status.CLOSED) else ""


def view_line(view: ViewCount, number: int, width: int, *, current: bool) -> Line:
    """A view's name and count, with the digit that goes there."""
    digit = str(number) if number <= 9 else " "
    count = _short(view.count, width) + "+" * view.more if view.count else ""
    room = max(0, width - 5 - len(count))
    mark = Piece(glyphs.CURSOR, "accent") if current else Piece(" ")
    name = Piece(pad(view.name, room), "strong" if current else "")
    return Line((mark, Piece(digit, "dim"), Piece(" "), name, Piece(" "), Piece(count, "dim"), Piece(" ")))


def _short(number: int, width: int) -> str:
    """A count in full where there is room, else in thousands, so that the names beside it stay whole."""
    if number < 1_000 or width >= ROOMY:
        return f"{number:,}"
    size, sign = (1_000, "k") if number < 999_500 else (1_000_000, "M")
    tenths = number * 10 // size
    return f"{tenths / 10:.1f}{sign}" if tenths < 100 else f"{round(number / size)}{sign}"


def outgoing_line(outgoing: model.Outgoing, width: int, now: datetime) -> Line:
    """State, what, ticket and age; what went wrong is told below the list."""
    style = _STATE_STYLE.get(outgoing.state, "accent")
    state = state_words(outgoing.state).partition(":")[0]
    pieces = [
        Piece(" "),
        Piece(pad_left(age(outgoing.created_at, now), 4), "dim"),
        Piece(f" {glyphs.STATES[outgoing.state]} ", style),
        Piece(pad(state, 11), style),
        Piece(pad(str(outgoing.ref), 13), "dim"),
    ]
    what, words = change_words(outgoing.change), outgoing_text(outgoing)
    room = max(0, width - 32)
    if not words or room < 24:
        return Line((*pieces, Piece(fit(what, room))))
    return Line((*pieces, Piece(pad(what, 16) + "  "), Piece(fit(words, room - 18), "dim")))


def outgoing_text(outgoing: model.Outgoing) -> str:
    """The first words of it."""
    match outgoing.change:
        case model.Reply(body=body) | model.Note(body=body):
            return " ".join(body.split())
        case model.Escalate(draft=draft):
            return draft.title
        case model.Link(url=url):
            return url
        case model.Update():
            return ""
