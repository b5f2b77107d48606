"""Tickets on their way into the cache: a page of them at once, in as few statements as that takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from supportdesk import model
from supportdesk.model import TicketRef
from supportdesk.store import cache_rows as rows_of

_KNOWN = (
    "SELECT id, n, updated, fetched, ticket FROM tickets JOIN whole USING (n)"
    " WHERE desk = ? AND id IN (SELECT value FROM json_each(?))"
)
_LAST = "SELECT seq FROM sqlite_sequence WHERE name = 'tickets'"
_SAID = "SELECT n, comments FROM conversations WHERE n IN (SELECT value FROM json_each(?))"
_UNFILED = "INSERT OR IGNORE INTO unfiled VALUES (?)"

Read = Callable[[str, Sequence[Any]], list[Any]]
Many = Callable[[str, Sequence[Sequence[Any]]], None]
Openings = Mapping[TicketRef, "model.Comment"]  # a name of `model` that stays unread


def put(tickets: Iterable[model.Ticket], openings: Openings, read: Read, many: Many) -> int:
    """Keep tickets, leaving out any older than what is known or the same; how many were new or different.

    What a ticket was opened with is kept as well, in the place of what was known of it, unless everything said on the
    ticket as it is now is here. One named twice is kept in the order of its names. The caller began the transaction.
    """
    changed, left = 0, list(tickets)
    while left:
        once: dict[TicketRef, model.Ticket] = {}
        again = [ticket for ticket in left if once.setdefault(ticket.ref, ticket) is not ticket]
        changed += _put(once, openings, read, many)
        left = again
    return changed


def _put(once: dict[TicketRef, model.Ticket], openings: Openings, read: Read, many: Many) -> int:
    known = _known(once, read)
    new: list[tuple[model.Ticket, str]] = []
    other: list[tuple[int, model.Ticket, str]] = []
    opened: dict[int, model.Comment] = {}
    doubted: list[tuple[int]] = []
    for ref, ticket in once.items():
        text = rows_of.to_json(ticket)
        if ref not in known:
            new.append((ticket, text))
            continue
        n, updated, fetched, before = known[ref]
        now = rows_of.instant(ticket.updated_at)
        if updated > now:
            continue  # a service's view may be minutes behind what another call has told
        if before != text:
            other.append((n, ticket, text))
            if fetched == updated == now and _counts_differ(ticket, before):
                doubted.append((n,))  # something was said within the second of the last change that was read
        if fetched != now and (opening := openings.get(ref)):
            opened[n] = opening
    if other:
        many(rows_of.UPDATE, [rows_of.columns(ticket) for _, ticket, _ in other])
        many("UPDATE whole SET ticket = ? WHERE n = ?", [(text, n) for n, _, text in other])
    if doubted:
        many("UPDATE tickets SET fetched = updated - 1 WHERE n = ?", doubted)
    if opened:
        put_words(_reopened(opened, read), many)
    if new:
        _put_new(new, openings, read, many)
    return len(new) + len(other)


def _counts_differ(ticket: model.Ticket, before: str) -> bool:
    counts = {ticket.comment_count, json.loads(before).get("comment_count")} - {None}
    return len(counts) > 1


def _put_new(new: Sequence[tuple[model.Ticket, str]], openings: Openings, read: Read, many: Many) -> None:
    found = read(_LAST, ())
    numbered = list(enumerate(new, found[0][0] + 1 if found else 1))
    many(rows_of.INSERT, [(*rows_of.columns(ticket), n) for n, (ticket, _) in numbered])
    many("INSERT INTO whole VALUES (?, ?)", [(n, text) for n, (_, text) in numbered])
    opened = [(n, openings.get(ticket.ref)) for n, (ticket, _) in numbered] if openings else []
    said = [(n, rows_of.many_to_json((opening,))) for n, opening in opened if opening]
    if said:
        many("INSERT INTO conversations VALUES (?, ?)", said)
    many(_UNFILED, [(n,) for n, _ in numbered])


def put_words(said: Sequence[tuple[int | None, str]], many: Many) -> None:
    """Keep what was said on tickets, each by its number and as JSON, to be filed into the full text."""
    many("INSERT OR REPLACE INTO conversations VALUES (?, ?)", said)
    many(_UNFILED, [(n,) for n, _ in said])


def _reopened(opened: Mapping[int, model.Comment], read: Read) -> list[tuple[int, str]]:
    """Rows of conversations with a new first entry in the place of the same of before."""
    before = dict(read(_SAID, (json.dumps(list(opened)),)))
    said = []
    for n, opening in opened.items():
        rest = rows_of.many_from_json(model.Comment, before.get(n, "[]"))
        said.append((n, rows_of.many_to_json((opening, *(it for it in rest if it.id != opening.id)))))
    return said


def _known(refs: Iterable[TicketRef], read: Read) -> dict[TicketRef, tuple[int, int, int | None, str]]:
    by_desk: dict[str, list[str]] = {}
    for ref in refs:
        by_desk.setdefault(ref.desk, []).append(ref.id)
    return {
        TicketRef(desk, id_): (n, updated, fetched, text)
        for desk, ids in by_desk.items()
        for id_, n, updated, fetched, text in read(_KNOWN, (desk, json.dumps(ids)))
    }
