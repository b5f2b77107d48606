"""The status line: who we are, how fresh the screen is, and what waits, in words and signs; pure."""

from datetime import datetime

from rich.cells import cell_len

from supportdesk.desk import DeskLine, DeskStatus
from supportdesk.ui import glyphs
from supportdesk.ui.cells import Line, Piece
from supportdesk.ui.words import age


def status_line(status: DeskStatus, width: int, now: datetime, *, demo: bool, newer: int = 0) -> Line:
    """One line: identity to the left, then what waits, freshness to the right; the least needed gives way first."""
    left = [Piece(" supportdesk ", "head"), Piece("  "), *_identity(status, demo)]
    marks, fresh = _marks(status, newer), _freshness(status, now)
    while len(marks) > 1 and _cells(left, _spaced(marks), fresh) + 3 > width:
        marks.pop()
    right = [*_spaced(marks), *fresh, Piece(" ")]
    if _cells(left, right) + 2 > width:
        left = left[:1]
    if _cells(left, right) + 1 > width:
        return Line(tuple(right))
    return Line((*left, Piece(" " * (width - _cells(left, right))), *right))


def _identity(status: DeskStatus, demo: bool) -> list[Piece]:
    if demo:
        return [Piece("demo", "flag"), Piece(f" {glyphs.DOT} nothing leaves this computer", "dim")]
    if not status.desks:
        return [Piece("no desk yet", "dim")]
    first = status.desks[0]
    names = " + ".join(desk.name for desk in status.desks)
    who = "".join(f" {glyphs.DOT} {part}" for part in (first.person, first.role) if part)
    return [Piece(names, "strong"), Piece(who, "dim")]


def _marks(status: DeskStatus, newer: int) -> list[Piece]:
    found = [
        (status.read_only, "read-only", "flag"),
        (status.rejected, f"{glyphs.REJECTED} {status.rejected} rejected", "danger"),
        (status.held, f"{glyphs.HELD} {status.held} held", "flag"),
        (status.uncertain, f"{glyphs.UNCERTAIN} {status.uncertain} uncertain", "flag"),
        (newer, f"{glyphs.DOWN} {newer} newer, R shows", "accent"),
        (status.flags, f"{glyphs.FLAG} {status.flags}", "flag"),
        (status.queued, f"{glyphs.QUEUED} {status.queued} queued", "accent"),
        (status.sender, status.sender, "dim"),
    ]
    return [Piece(text, style) for there, text, style in found if there]


def _freshness(status: DeskStatus, now: datetime) -> list[Piece]:
    if status.syncing:
        return [Piece(glyphs.ONLINE, "accent"), Piece(f" {status.syncing}", "dim")]
    off = [desk for desk in status.desks if desk.online is False]
    if off:
        names = "" if len(status.desks) == 1 else f" {', '.join(desk.name for desk in off)}"
        return [Piece(f"{glyphs.OFFLINE} offline{names}", "flag"), Piece(f" {_data_age(off, now)}", "dim")]
    if any(desk.online is None for desk in status.desks):
        return [Piece(glyphs.OFFLINE, "dim"), Piece(f" {_data_age(status.desks, now)}", "dim")]
    return [Piece(glyphs.ONLINE, "good"), Piece(f" {_data_age(status.desks, now)}", "dim")] if status.desks else []


def _data_age(desks: tuple[DeskLine, ...] | list[DeskLine], now: datetime) -> str:
    times = [desk.synced_at for desk in desks if desk.synced_at is not None]
    if len(times) < len(desks):
        return "not synced yet"
    oldest = age(min(times), now)
    return "synced just now" if oldest == "now" else f"synced {oldest} ago"


def _spaced(marks: list[Piece]) -> list[Piece]:
    return [piece for mark in marks for piece in (mark, Piece("   "))]


def _cells(*runs: list[Piece]) -> int:
    return sum(cell_len(piece.text) for run in runs for piece in run)
