"""Zendesk by the hundred and, for admins, by the thousand: exports from a cursor, and comments of all tickets at once.

    GET /api/v2/incremental/tickets/cursor.json   start_time | cursor, per_page=1000 or fewer
                                                  include=users,organizations,comment_count
                                                  → tickets[] after_cursor end_of_stream + side-loads; deleted ones too
    GET /api/v2/incremental/ticket_events.json    start_time include=comment_events
                                                  → ticket_events[]{ticket_id created_at child_events[]} end_time
                                                  end_of_stream
    GET /api/v2/users/show_many.json              ids=1,2,… → users[]

Both exports are for admins, lag a minute behind, and share ten requests a minute with everybody on the account.
https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from supportdesk.errors import Refused, TooLarge
from supportdesk.model import Comment, Conversation, Person, Ticket, TicketRef
from supportdesk.providers import Account, Flow, Json, Page
from supportdesk.providers.bulk import Batch, Entry
from supportdesk.providers.zendesk_pages import PAGE_ROWS, stamp_of
from supportdesk.providers.zendesk_parse import (
    Directory,
    comment_of,
    directory_of,
    identifier,
    object_of,
    rows_of,
)
from supportdesk.providers.zendesk_rows import TicketList, deleted, id_of, listed, tickets_of
from supportdesk.providers.zendesk_site import SIDE_LOADS, Site, reading

EXPORT_ROWS, FEWEST_ROWS = 1000, 10
_HIDDEN = ("Redact", "Privacy")  # events that change words which were told before
_NOBODY = Directory()


class Bulk(Site):
    """The reading of many tickets in one request."""

    words_at_once = 1

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._rows_at_once = EXPORT_ROWS
        self._too_large = ""  # from when on events are more than we can read at once

    def older(self, before: datetime, cursor: str) -> Flow[Page]:
        """A page of the unsolved tickets that have not changed since then, newest change first."""
        words = f"type:ticket status<solved updated<{stamp_of(before)}"
        return (yield from self._search(words, cursor, moving=True))

    def words(self, known: Sequence[Conversation]) -> Flow[Iterable[Conversation]]:
        """What was said on tickets just listed, a request a ticket."""
        found = []
        for each in known:
            ticket = each.ticket
            comments, bad = yield from self._comments(ticket.ref, _companies(ticket))
            found.append(
                Conversation(ticket=replace(ticket, comment_count=len(comments) + bad), comments=tuple(comments))
            )
        return tuple(found)

    def show_many(self, refs: Sequence[TicketRef]) -> Flow[Page]:
        """Up to 100 tickets by id, without search's delay; those that are gone are left out, ValueError for more."""
        if len(refs) > PAGE_ROWS:
            raise ValueError(f"{len(refs)} tickets in one call; Zendesk takes {PAGE_ROWS}")
        if not refs:
            return Page(tickets=())
        what = f"{self.account.name}: {len(refs)} tickets"
        query = (("ids", ",".join(identifier(ref.id) for ref in refs)), SIDE_LOADS)
        body = yield from self._get("/api/v2/tickets/show_many.json", query, what, TicketList)
        with reading(what):
            tickets, bad = tickets_of(rows_of(body, "tickets"), directory_of(body), self.account)
        return Page(tickets=tickets, bad=bad)

    def export(self, since: datetime, cursor: str) -> Flow[Batch]:
        """Up to 1,000 tickets changed after the cursor, oldest change first; Forbidden for everybody but admins."""
        what = f"{self.account.name}: the export of tickets"
        body = yield from self._exported(("cursor", cursor) if cursor else ("start_time", _seconds(since)), what)
        with reading(what):
            rows = rows_of(body, "tickets")
            after = body.get("after_cursor")
            more = body.get("end_of_stream") is False and (after != cursor or bool(rows))
            if more and (after == cursor or not isinstance(after, str)):
                raise ValueError("it goes on, but does not say where")
            gone = list(self._gone(filter(deleted, rows)))
            people = directory_of(body)
        tickets = self._tickets([row for row in rows if not deleted(row)], people)
        return Batch(tickets=tickets, gone=gone, cursor=after if isinstance(after, str) else cursor, more=more)

    def _exported(self, start: tuple[str, str], what: str) -> Flow[Json]:
        """As many tickets as we can read at once: with hundreds of custom fields each they are fewer."""
        while True:
            query = (start, ("per_page", str(self._rows_at_once)), ("include", "users,organizations,comment_count"))
            try:
                return (yield from self._get("/api/v2/incremental/tickets/cursor.json", query, what, TicketList))
            except TooLarge:
                if self._rows_at_once <= FEWEST_ROWS:
                    raise
                self._rows_at_once = max(self._rows_at_once // 4, FEWEST_ROWS)

    def _tickets(self, rows: list[Json], people: Directory) -> Iterator[Ticket | None]:
        for row in rows:
            try:
                yield listed(row, people, self.account)
            except ValueError:
                yield None

    def _gone(self, rows: Iterable[Json]) -> Iterator[TicketRef]:
        for row in rows:
            with suppress(ValueError):
                yield TicketRef(self.account.name, id_of(row))

    def feed(self, since: datetime, cursor: str) -> Flow[Batch]:
        """Up to 1,000 events after the cursor, of which the comments are kept; Forbidden for everybody but admins.

        Refused as well where they are more than we can read at once: it cannot be asked for fewer.
        """
        what = f"{self.account.name}: the export of comments"
        start = cursor if cursor.isdecimal() else _seconds(since)
        query = (("start_time", start), ("include", "comment_events"))
        try:
            if start == self._too_large:
                raise TooLarge(f"{what}: it was too large before.")
            body = yield from self._get("/api/v2/incremental/ticket_events.json", query, what)
        except TooLarge as problem:
            self._too_large = start
            raise Refused(problem.message, "Conversations are read one by one.") from problem
        with reading(what):
            rows = rows_of(body, "ticket_events")
            end = body.get("end_time")
        after = str(end) if isinstance(end, int) and not isinstance(end, bool) and end >= int(start) else start
        more = body.get("end_of_stream") is False and after != start
        return Batch(said=self._said(rows), cursor=after, more=more)

    def _said(self, rows: list[Json]) -> Iterator[Entry | None]:
        for row in rows:
            try:
                event = object_of(row)
                ref = TicketRef(self.account.name, identifier(event.get("ticket_id")))
                yield from ((ref, comment) for comment in _comments_in(event))
            except ValueError:
                yield None

    def people(self, ids: Sequence[str]) -> Flow[tuple[Person, ...]]:
        """Who these users are, up to 100."""
        what = f"{self.account.name}: {len(ids)} people"
        query = (("ids", ",".join(identifier(one) for one in ids)),)
        body = yield from self._get("/api/v2/users/show_many.json", query, what)
        with reading(what):
            found = directory_of(body)
        return tuple(found.person(number) for number in found.users)

    def whole(self, known: Conversation) -> bool:
        """Whether the ticket, as the export told of it, has just as many comments."""
        return known.ticket.comment_count == len(known.comments)


def _comments_in(event: dict[str, Json]) -> Iterator[Comment | None]:
    """The comments of one update; None where it made words private or took some away."""
    children = event.get("child_events")
    for child in children if isinstance(children, list) else ():
        kind = child.get("event_type") or child.get("type") if isinstance(child, dict) else None
        if kind == "Comment":
            yield comment_of({"created_at": event.get("created_at"), **child}, _NOBODY)
        elif isinstance(kind, str) and any(word in kind for word in _HIDDEN):
            yield None


def _companies(ticket: Ticket) -> Directory:
    people = (ticket.requester, *ticket.cc)
    return Directory(organizations={it.organization.id: it.organization.name for it in people if it.organization})


def _seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))
