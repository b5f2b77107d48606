"""The status line: who we are, how fresh the screen is, and what waits, in words and signs; pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.cells import cell_len

from supportdesk.desk import DeskLine, DeskStatus
from supportdesk.ui import glyphs
from supportdesk.ui.cells import Line, Piece, fit
from supportdesk.ui.words import age, counted, moment

CLOCKS_DIFFER = timedelta(seconds=30)
LEAST = 20  # cells of what is said of the reading, however narrow it is


def status_line(status: DeskStatus, width: int, now: datetime, *, demo: bool, newer: int = 0, resume: str = "") -> Line:
    """One line: identity to the left, then what waits, freshness to the right; the least needed gives way first.

    `resume` is the key that lets the background go on.
    """
    left = [Piece(" supportdesk ", "head"), Piece("  "), *_identity(status, demo)]
    marks, fresh, more = _marks(status, newer, resume), _freshness(status, now), _more(status)
    if _cells(left, _spaced(marks), fresh, more) + 3 <= width:
        fresh += more
    if _cells(left, _spaced(marks), fresh) + 3 > width:
        left, marks, fresh = _cramped(left, _marks(status, newer, resume, short=True), fresh, width)
    right = [*_spaced(marks), *fresh, Piece(" ")]
    if _cells(left, right) + 1 > width:
        return Line(tuple(right))
    return Line((*left, Piece(" " * (width - _cells(left, right))), *right))


def _cramped(
    left: list[Piece], marks: list[Piece], fresh: list[Piece], width: int
) -> tuple[list[Piece], list[Piece], list[Piece]]:
    """Fewer marks, then a name alone and fewer words on what is being read; at worst those are cut."""
    if _cells(left, _spaced(marks[:1]), fresh) + 3 > width:
        left = left[:1]
        fresh = _shortened(fresh, width - _cells(left, _spaced(marks[:1])) - 2)
    while len(marks) > 1 and _cells(left, _spaced(marks), fresh) + 3 > width:
        marks.pop()
    return left, marks, fresh


def _more(status: DeskStatus) -> list[Piece]:
    """What is told beside the freshness where there is room: what a reading takes, what the next ones will read."""
    unheard = sum(desk.unheard for desk in status.desks)
    rest = f"{counted(unheard, 'conversation')} to go" if unheard else _going_on(status)
    words = status.share if status.syncing else rest
    return [Piece(f" {glyphs.DOT} {words}", "dim")] if words else []


def _going_on(status: DeskStatus) -> str:
    """What becomes of a first reading that rests between two turns."""
    if status.paused is not None:
        return ""
    begun = [desk for desk in status.desks if desk.synced_at is None and desk.read and desk.online is not False]
    return "goes on by itself" if begun else ""


def _shortened(pieces: list[Piece], width: int) -> list[Piece]:
    """Pieces of which the last gives way by whole clauses, the last first; at worst it is cut."""
    *first, last = pieces or [Piece("")]
    room, words = width - _cells(first), last.text
    while cell_len(words) > room and (ends := max(words.rfind("; "), words.rfind(", "))) > 0:
        words = words[:ends]
    return [*first, Piece(fit(words, max(room, LEAST)), last.style)]


def _identity(status: DeskStatus, demo: bool) -> list[Piece]:
    if demo:
        return [Piece("demo", "flag"), Piece(f" {glyphs.DOT} nothing leaves this computer", "dim")]
    if not status.desks:
        return [Piece("no desk yet", "dim")]
    first = status.desks[0]
    names = " + ".join(desk.name for desk in status.desks)
    who = "".join(f" {glyphs.DOT} {part}" for part in (first.person, first.role) if part)
    return [Piece(names, "strong"), Piece(who, "dim")]


def _marks(status: DeskStatus, newer: int, resume: str, *, short: bool = False) -> list[Piece]:
    """Signs with their numbers and, where there is room, a word."""
    found = [
        (int(status.read_only), "", "read-only", "flag"),
        (int(status.paused is not None), "", _paused(status.paused or "", resume, short), "flag"),
        (status.rejected, glyphs.REJECTED, "rejected", "danger"),
        (status.held, glyphs.HELD, "held", "flag"),
        (status.uncertain, glyphs.UNCERTAIN, "uncertain", "flag"),
        (newer, glyphs.DOWN, "newer, R shows", "accent"),
        (status.flags, glyphs.FLAG, "", "flag"),
        (status.queued, glyphs.QUEUED, "queued", "accent"),
        (int(bool(status.filing)), "", status.filing, "dim"),
        (int(bool(status.sender)), "", status.sender, "dim"),
    ]
    return [Piece(_mark(sign, number, word, short), style) for number, sign, word, style in found if number]


def _paused(so_far: str, resume: str, short: bool) -> str:
    at = f" ({so_far})" if so_far and not short else ""
    return f"paused{at}, {resume} goes on"


def _mark(sign: str, number: int, word: str, short: bool) -> str:
    if not sign:
        return word
    return f"{sign} {number:,}" if short or not word else f"{sign} {number:,} {word}"


def _freshness(status: DeskStatus, now: datetime) -> list[Piece]:
    if status.syncing:
        return [Piece(glyphs.ONLINE, "accent"), Piece(f" {status.syncing}", "dim")]
    off = [desk for desk in status.desks if desk.online is False]
    if off:
        names = "" if len(status.desks) == 1 else f" {', '.join(desk.name for desk in off)}"
        return [Piece(f"{glyphs.OFFLINE} offline{names}", "flag"), Piece(f" {_data_age(off, now)}", "dim")]
    if any(desk.online is None for desk in status.desks):
        return [Piece(glyphs.DOT, "dim"), Piece(f" {_data_age(status.desks, now)}", "dim")]
    age_of = [Piece(glyphs.ONLINE, "good"), Piece(f" {_data_age(status.desks, now)}", "dim")]
    return [*age_of, *_lacking(status.desks)] if status.desks else []


def _lacking(desks: Sequence[DeskLine]) -> list[Piece]:
    """That the screen is not all there is: something could not be read, however fresh the rest."""
    unread = sum(desk.unread for desk in desks)
    lacks = next((f"{_named(desks, [desk])}{desk.lacks}" for desk in desks if desk.lacks), "")
    if not unread and not lacks:
        return []
    words = f"{unread:,} unread, R says which" if unread else f"{lacks}, R says why"
    return [Piece(f" {glyphs.DOT} {words}", "flag")]


def _data_age(desks: tuple[DeskLine, ...] | list[DeskLine], now: datetime) -> str:
    times = [desk.synced_at for desk in desks if desk.synced_at is not None]
    if len(times) < len(desks):
        read = sum(desk.read for desk in desks)
        never = [desk for desk in desks if desk.synced_at is None]
        return f"{counted(read, 'ticket')} read so far" if read else f"{_named(desks, never)}not synced yet"
    oldest = age(min(times), now)
    if min(times) - now > CLOCKS_DIFFER:
        return f"synced {moment(min(times), now)}"  # by this machine's clock, which was ahead
    return "synced just now" if oldest == "now" else f"synced {oldest} ago"


def _named(desks: Sequence[DeskLine], some: Sequence[DeskLine]) -> str:
    """The names of those that are meant, with a space; nothing where that is all of them."""
    return "" if len(some) == len(desks) else f"{', '.join(desk.name for desk in some)} "


def _spaced(marks: list[Piece]) -> list[Piece]:
    return [piece for mark in marks for piece in (mark, Piece("   "))]


def _cells(*runs: list[Piece]) -> int:
    return sum(cell_len(piece.text) for run in runs for piece in run)
