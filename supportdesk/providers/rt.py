"""Request Tracker 5 as a desk and as a tracker, over its REST 2.0 interface.

Every call (below the account's URL, which is RT's web root; `…` stands for the fields in rt_rest.py):

    GET  /REST/2.0/rt                          → Version
    GET  /REST/2.0/user/{id}                   → Name RealName EmailAddress Privileged
    GET  /REST/2.0/users                       query=[{EmailAddress = …}] → items[]{Name}
    GET  /REST/2.0/queue/{name}                → TicketCustomFields[]{name} Disabled _hyperlinks[]{ref}
    GET  /REST/2.0/searches                    → items[]{id Name Description}
    GET  /REST/2.0/tickets                     query=TICKETSQL or search=ID, fields=… orderby order per_page page
    GET  /REST/2.0/ticket/{id}                 → the ticket, and its ETag
    GET  /REST/2.0/ticket/{id}/history         query=[{Type|Created …}] fields=Type,Creator,Created
    GET  /REST/2.0/ticket/{id}/attachments     query=[{ContentType|Filename …}] fields=…
    GET  /REST/2.0/transaction/{id}            → Type
    POST /REST/2.0/ticket/{id}/correspond      {Content ContentType} → 201, Location
    POST /REST/2.0/ticket/{id}/comment         the same
    PUT  /REST/2.0/ticket/{id}                 If-Match; {Status Owner Priority CustomFields} → 200 whatever happens
    POST /REST/2.0/ticket                      {Queue Subject Content ContentType CustomFields ReferredToBy} → 201

A ticket's stamp is its LastUpdated: the only version that both lists and objects carry. RT moves it with every
transaction, by whole seconds. What happens later within the second of the last change that was read is not in it; new
messages are then noticed by their number, where the conversation was read, and fields are guarded by `If-Match`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from supportdesk.errors import Distrusted, Missing
from supportdesk.model import (
    Change,
    Conversation,
    Issue,
    IssueDraft,
    IssueRef,
    Ticket,
    TicketRef,
    View,
)
from supportdesk.providers import Account, Capabilities, Done, Flow, Identity, Json, Outcome, Page, Place
from supportdesk.providers import rt_bulk as bulk
from supportdesk.providers import rt_tracker as tracker
from supportdesk.providers import rt_write as write
from supportdesk.providers.answers import text_of
from supportdesk.providers.rt_parse import (
    WORDS,
    comments_of,
    items_of,
    moment_sql,
    queue_of,
    quoted,
    record_of,
    ticket_of,
)
from supportdesk.providers.rt_rest import (
    ROW,
    Query,
    files,
    highest,
    history,
    myself,
    page_of,
    queue,
    read,
    reading,
    record,
    refs_of,
    rows,
    texts,
    user_in_token,
)

DEFAULT_TAGS = "Tags"
_TWO_DAYS = timedelta(days=2)  # `moment_sql` is a day early, and here it has to be late
_BY_NUMBER = (("orderby", "id"), ("order", "ASC"))
_NEWEST = (("orderby", "LastUpdated"), ("orderby", "id"), ("order", "DESC"), ("order", "DESC"))


class RequestTracker:
    """One queue of one RT server, as a Provider and as a Tracker; without a queue in its account, all queues.

    The account's `tags_field` names the custom field that holds tags (default `Tags`); where the queue has no such
    field the desk has no tags. RT has no "who am I", but its tokens name their user: `authorize` keeps that id, and
    nothing else of the token. No flow needs the id for its first request, since it is signing that makes it known.
    """

    words_at_once = bulk.AT_ONCE

    def __init__(self, account: Account) -> None:
        self.account = account
        self._tags_field = account.tags_field or DEFAULT_TAGS
        self._user = ""

    def authorize(self, token: str) -> dict[str, str]:
        """RT's own kind of token; it answers `Bearer` with 401."""
        self._user = user_in_token(token)
        return {"Authorization": f"token {token}"}

    def whoami(self) -> Flow[Identity]:
        """The token's user, and what RT offers them on the newest open ticket of the queue."""
        name = self.account.name
        response = yield from read(f"{name}: {self.account.url}", "/rt")
        if not (isinstance(response.body, dict) and response.body.get("Version")):
            raise Distrusted(f"{name}: this does not answer like Request Tracker.", "Check the desk's url.")
        person, staff = yield from myself(self.account, self._user)
        tags = yield from self._has_tags()
        capabilities = _capabilities((yield from self._offered()), tags, self._tags_field)
        role = "agent" if capabilities.internal_note or capabilities.update else "look-only"
        return Identity(person=person, role=role if staff else "self-service", capabilities=capabilities)

    def _offered(self) -> Flow[frozenset[str]]:
        """What may be done with the newest open ticket; everything where there is none to ask about."""
        what = f"{self.account.name}: the queue"
        query = (("query", self._sql("Status = '__Active__'")), ("fields", "_hyperlinks"), *_NEWEST, ("per_page", "1"))
        newest = items_of((yield from read(what, "/tickets", query)).body)
        with reading(what):
            return refs_of(record_of(newest[0])) if newest else frozenset(_RIGHTS)

    def _has_tags(self) -> Flow[bool]:
        if not self.account.queue:
            return True
        row = yield from queue(self.account)
        fields = row.get("TicketCustomFields")
        return any(
            isinstance(field, dict) and field.get("name") == self._tags_field
            for field in (fields if isinstance(fields, list) else ())
        )

    def views(self) -> Flow[tuple[View, ...]]:
        """RT's saved searches that the user may see; unreadable ones are left out."""
        found = yield from rows(f"{self.account.name}: saved searches", "/searches", (("fields", "Name,Description"),))
        return tuple(view for row in found if (view := self._view_of(row)) is not None)

    def _view_of(self, row: Json) -> View | None:
        try:
            fields = record_of(row)
            name = text_of(fields.get("Description") or fields.get("Name"))
            return View(id=text_of(fields.get("id")), name=name.replace("[_1] ", ""), desk=self.account.name)
        except ValueError:
            return None

    def tickets(self, view: View | None, cursor: str) -> Flow[Page]:
        """A page of a saved search or of the open tickets; rows of other queues than the desk's are left out."""
        if view is None:
            return (yield from self._page((("query", self._sql("Status = '__Active__'")),), cursor))
        return (yield from self._page((("search", view.id),), cursor))

    def changes(self, since: datetime, cursor: str, etag: str) -> Flow[Page]:
        """A page of the tickets changed since then, merged and deleted ones left out; RT's lists have no ETags.

        RT compares in the user's time zone, so a day more is asked for and left out here.
        """
        query = (("query", self._sql(f"LastUpdated > {moment_sql(since)}")),)
        page = yield from self._page(query, cursor)
        newer = tuple(ticket for ticket in page.tickets if ticket.updated_at >= since)
        return replace(page, tickets=newer, cursor=page.cursor if len(newer) == len(page.tickets) else "")

    def older(self, before: datetime, cursor: str) -> Flow[Page]:
        """A page of the open tickets that have not changed since then, lowest number first; asked for a day late.

        A ticket that is solved leaves the list and the rest moves up: each page asks for higher numbers than the last.
        """
        last = int(cursor) if cursor.isascii() and cursor.isdigit() else 0
        sql = f"Status = '__Active__' AND LastUpdated < {moment_sql(before + _TWO_DAYS)} AND id > {last}"
        what = f"{self.account.name}: the queue past ticket {last}"
        found = yield from page_of(what, "/tickets", (("query", self._sql(sql)), *ROW, *_BY_NUMBER), 1)
        page = self._listed(found)
        if not found:
            return page
        kept = tuple(ticket for ticket in page.tickets if ticket.updated_at < before)
        with reading(what):
            return replace(page, tickets=kept, cursor=str(highest(found)))

    def _page(self, query: Query, cursor: str) -> Flow[Page]:
        number = int(cursor) if cursor.isascii() and cursor.isdigit() else 1
        what = f"{self.account.name}: page {number} of the queue"
        found = yield from page_of(what, "/tickets", (*query, *ROW, *_NEWEST), number)
        return replace(self._listed(found), cursor=str(number + 1) if found else "")

    def _listed(self, found: Iterable[Json]) -> Page:
        tickets, bad = [], 0
        for row in found:
            try:
                if self.account.queue in ("", queue_of(row)):
                    tickets.append(ticket_of(self.account, self._tags_field, row))
            except ValueError:
                bad += 1
        return Page(tickets=tuple(tickets), bad=bad)

    def _sql(self, condition: str) -> str:
        return f"Queue = {quoted(self.account.queue)} AND {condition}" if self.account.queue else condition

    def ticket(self, ref: TicketRef) -> Flow[Ticket]:
        """One ticket as it is now; Missing when there is none, or when it was merged into another one."""
        if not (ref.id.isascii() and ref.id.isdigit()):
            raise Missing(f"{ref}: RT's tickets have numbers.", "Check the reference.")
        found = yield from page_of(str(ref), "/tickets", (("query", f"id = {ref.id}"), *ROW), 1)
        row = found[0] if found else (yield from record(ref)).row  # deleted, merged, hidden or not there: it says which
        with reading(str(ref)):
            return ticket_of(self.account, self._tags_field, row)

    def conversation(self, ref: TicketRef) -> Flow[Conversation]:
        """The ticket with what was said on it; copies of mail that RT sent, and changes of fields, are left out.

        `comment_count` is above their number where some were unreadable.
        """
        return (yield from self._said((yield from self.ticket(ref))))

    def _said(self, ticket: Ticket) -> Flow[Conversation]:
        ref = ticket.ref
        transactions = yield from history(ref, *(("Type", "=", kind) for kind in WORDS))
        parts = yield from texts(ref)
        attached = yield from files(ref)
        with reading(str(ref)):
            comments, bad = comments_of(self.account, ticket, transactions, parts, attached)
        return Conversation(ticket=replace(ticket, comment_count=len(comments) + bad), comments=comments)

    def words(self, known: Sequence[Conversation]) -> Flow[Iterable[Conversation]]:
        """What was said on up to 100 tickets just listed, in a few searches; see rt_bulk.py."""
        what = f"{self.account.name}: {len(known)} conversations"
        with reading(what):
            found, rest = yield from bulk.words(self.account, [each.ticket for each in known])
        alone = []
        for ticket in rest:
            try:
                alone.append((yield from self._said(ticket)))
            except Missing:
                continue
        return chain(found, alone)

    def show_many(self, refs: Sequence[TicketRef]) -> Flow[Page]:
        """Up to 100 tickets by their numbers; those that are gone, merged or hidden are left out."""
        numbers = " OR ".join(f"id = {ref.id}" for ref in refs if ref.id.isascii() and ref.id.isdigit())
        if not numbers:
            return Page(tickets=())
        page = yield from self._page((("query", self._sql(f"({numbers})")),), "")
        return replace(page, cursor="")

    def deliver(self, change: Change, op: str, seen: Ticket) -> Flow[Outcome]:
        """Write a Reply, Note or Update; Conflict when somebody else touched the ticket since it was read."""
        return (yield from write.deliver(self._desk(), change, seen))

    def find_op(
        self, change: Change, op: str, seen: Ticket, since: datetime, claimed: frozenset[str]
    ) -> Flow[Done | None]:
        """The landed effect of a write by its words or values, since RT has no place for an op id."""
        with reading(str(seen.ref)):
            return (yield from write.find_op(self._desk(), change, seen, since, claimed))

    def _desk(self) -> write.Desk:
        return write.Desk(account=self.account, tags_field=self._tags_field, user=lambda: self._user)

    def place(self) -> Flow[Place]:
        """The queue as a tracker, which is never public, and whether this account may file in it."""
        return (yield from tracker.place(self.account))

    def file_issue(self, draft: IssueDraft, op: str) -> Flow[Outcome]:
        """Create a ticket in the queue; a ticket of this very RT that the draft names then refers to it."""
        return (yield from tracker.file_issue(self.account, self._tags_field, draft, op))

    def comment_issue(self, issue: IssueRef, body: str, op: str) -> Flow[Outcome]:
        """Add evidence to an issue, as a comment."""
        return (yield from tracker.comment_issue(self.account, issue, body, op))

    def find_issue(self, op: str, since: datetime) -> Flow[Done | None]:
        """The issue that carries the op's marker, among those that this account made since."""
        with reading(f"{self.account.name}: the queue"):
            return (yield from tracker.find_issue(self.account, op, since))

    def find_issue_comment(self, issue: IssueRef, op: str, since: datetime) -> Flow[Done | None]:
        """The comment on an issue that carries the op's marker."""
        with reading(str(issue)):
            return (yield from tracker.find_issue_comment(self.account, issue, op, lambda: self._user))

    def close_twin(self, twin: IssueRef, kept: IssueRef) -> Flow[None]:
        """Reject the second of two equal issues of ours."""
        return (yield from tracker.close_twin(twin))

    def similar_issues(self, draft: IssueDraft) -> Flow[tuple[Issue, ...]]:
        """Open tickets of the queue whose subject shares words with the draft's title; a hint, never a check."""
        with reading(f"{self.account.name}: the queue"):
            return (yield from tracker.similar_issues(self.account, self._tags_field, draft))

    def issue(self, ref: IssueRef) -> Flow[Issue]:
        """One issue as it is now; Missing when there is none."""
        return (yield from tracker.issue(self.account, self._tags_field, ref))


def _capabilities(offered: frozenset[str], tags: bool, tags_field: str) -> Capabilities:
    lacking = [words for ref, words in _RIGHTS.items() if ref not in offered]
    why = f"RT does not let this account {', '.join(lacking)}." if lacking else ""
    if not tags:
        why = f"{why} The queue has no custom field {tags_field!r} for tags.".strip()
    may_update = "lifecycle" in offered
    return Capabilities(
        public_reply="correspond" in offered,
        internal_note="comment" in offered,
        update=may_update,
        tags=tags and may_update,
        why_not=why,
    )


_RIGHTS = {"correspond": "reply", "comment": "write notes", "lifecycle": "change tickets"}
