"""Tickets on their way into the cache: a page of them at once, in as few statements as that takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from supportdesk import model
from supportdesk.model import TicketRef
from supportdesk.store import cache_rows as rows_of

_KNOWN = (
    "SELECT id, n, updated, ticket FROM tickets JOIN whole USING (n)"
    " WHERE desk = ? AND id IN (SELECT value FROM json_each(?))"
)
_LAST = "SELECT seq FROM sqlite_sequence WHERE name = 'tickets'"

Read = Callable[[str, Sequence[Any]], list[Any]]
Many = Callable[[str, Sequence[Sequence[Any]]], None]


def put(tickets: Iterable[model.Ticket], read: Read, many: Many) -> int:
    """Keep tickets, leaving out any older than what is known or the same; how many were new or different.

    One named twice is kept in the order of its names. The caller has begun the transaction.
    """
    changed, left = 0, list(tickets)
    while left:
        once: dict[TicketRef, model.Ticket] = {}
        again = [ticket for ticket in left if once.setdefault(ticket.ref, ticket) is not ticket]
        changed += _put(once, read, many)
        left = again
    return changed


def _put(once: dict[TicketRef, model.Ticket], read: Read, many: Many) -> int:
    known = _known(once, read)
    new: list[tuple[model.Ticket, str]] = []
    other: list[tuple[int, model.Ticket, str]] = []
    for ref, ticket in once.items():
        text = rows_of.to_json(ticket)
        if ref not in known:
            new.append((ticket, text))
            continue
        n, updated, before = known[ref]
        if updated <= rows_of.instant(ticket.updated_at) and before != text:
            other.append((n, ticket, text))  # a service's view may be minutes behind what another call has told
    if other:
        many(rows_of.UPDATE, [rows_of.columns(ticket) for _, ticket, _ in other])
        many("UPDATE whole SET ticket = ? WHERE n = ?", [(text, n) for n, _, text in other])
    if new:
        found = read(_LAST, ())
        first = found[0][0] + 1 if found else 1
        many(rows_of.INSERT, [(*rows_of.columns(ticket), n) for n, (ticket, _) in enumerate(new, first)])
        many("INSERT INTO whole VALUES (?, ?)", [(n, text) for n, (_, text) in enumerate(new, first)])
        many("INSERT OR IGNORE INTO unfiled VALUES (?)", [(n,) for n in range(first, first + len(new))])
    return len(new) + len(other)


def _known(refs: Iterable[TicketRef], read: Read) -> dict[TicketRef, tuple[int, int, str]]:
    by_desk: dict[str, list[str]] = {}
    for ref in refs:
        by_desk.setdefault(ref.desk, []).append(ref.id)
    return {
        TicketRef(desk, id_): (n, updated, text)
        for desk, ids in by_desk.items()
        for id_, n, updated, text in read(_KNOWN, (desk, json.dumps(ids)))
    }
