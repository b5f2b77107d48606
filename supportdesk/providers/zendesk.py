"""Zendesk Support as flows: an agent's API; what is read by the hundred, and an admin's exports: zendesk_bulk.py.

Every call, with the parameters and the fields that are read (paths are below the account's URL):

    GET /api/v2/users/me.json                 user{id name email role role_type only_private_comments}
    GET /api/v2/users/search.json             query=WORDS → users[]{id name email role}
    GET /api/v2/views.json                    active=true + cursor → views[]{id title active}
    GET /api/v2/views/{id}/tickets.json       include=users,organizations + cursor → tickets[] + side-loads
    GET /api/v2/search.json                   query=… sort_by=updated_at sort_order=desc per_page=100 page=1…10
                                              include=tickets(users,organizations)
                                              → results[] next_page + side-loads
    GET /api/v2/tickets/show_many.json        ids=1,2,… include=users,organizations → tickets[] + side-loads
    GET /api/v2/tickets/{id}.json             include=users,organizations → ticket + side-loads
    GET /api/v2/tickets/{id}/comments.json    include=users + cursor → comments[] users[]
    GET /api/v2/tickets/{id}/audits.json      sort=-created_at + cursor → audits[]
    PUT /api/v2/tickets/{id}/comments/{id}/make_private.json   no body → no body
    PUT /api/v2/tickets/{id}.json             {"ticket": {safe_update updated_stamp metadata{sd_op} comment{body public}
                                              status assignee_id priority tags}} → ticket + audit; 409, 422

    cursor      page[size]=100, then page[after]=meta.after_cursor; read: meta.has_more, links.next (only its origin)
    queries     `type:ticket status<solved` · `type:ticket updated>=2026-10-01T08:55:00Z`, each followed past row 1,000
                (those of older tickets: past each page) by ` updated<=2026-09-30T10:00:00Z`; see search_query
    ticket      id subject status priority requester_id assignee_id organization_id email_cc_ids collaborator_ids
                follower_ids tags custom_fields[]{id value} comment_count created_at updated_at
    side-loads  users[]{id name email role organization_id} organizations[]{id name}
    comment     id author_id public plain_body body created_at via.channel
                attachments[]{id file_name size content_type content_url malware_scan_result}
    audit       id metadata.custom.sd_op events[]{type public via.channel}
    409         error: UpdateConflict | DatabaseConflict
    422         details{field: [{description error}]}

https://developer.zendesk.com/api-reference/ticketing/introduction/
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from supportdesk.errors import Distrusted, Lost, Refused, ServiceError, Unauthorized
from supportdesk.insight.macros import Macro
from supportdesk.model import Change, Conversation, Escalate, Link, Ticket, TicketRef, View
from supportdesk.providers import (
    Conflict,
    Done,
    Flow,
    Identity,
    Json,
    NotSent,
    Outcome,
    Page,
    Rejected,
    Request,
    Response,
)
from supportdesk.providers.answers import segment
from supportdesk.providers.credentials import legacy
from supportdesk.providers.differences import differences
from supportdesk.providers.zendesk_bulk import Bulk
from supportdesk.providers.zendesk_macros import MACROS_QUERY, macro_of
from supportdesk.providers.zendesk_pages import (
    after_cursor,
    cursor_query,
    stamp_of,
)
from supportdesk.providers.zendesk_parse import (
    Directory,
    directory_of,
    identifier,
    identity_of,
    line_of,
    object_of,
    readable,
    rows_of,
    ticket_of,
    view_of,
)
from supportdesk.providers.zendesk_rows import TicketList, tickets_of
from supportdesk.providers.zendesk_site import SIDE_LOADS, reading
from supportdesk.providers.zendesk_write import (
    Write,
    audited,
    comment_id_of,
    complaints,
    fields_of,
    is_closed,
    landed,
    mark_of,
    payload,
)

INDEX_LAG = timedelta(minutes=5)  # how late a change may turn up in search

_ME = "/api/v2/users/me.json"


class Zendesk(Bulk):
    """One Zendesk account as a Provider; what it reads by the hundred is in zendesk_bulk.py."""

    def authorize(self, token: str) -> dict[str, str]:
        """OAuth's bearer, or Basic with an API token where the account names its user and no client."""
        if not legacy(self.account):
            return {"Authorization": f"Bearer {token}"}
        pair = f"{self.account.user}/token:{token}".encode()
        return {"Authorization": f"Basic {b64encode(pair).decode('ascii')}"}

    def whoami(self) -> Flow[Identity]:
        """Who the token belongs to; Unauthorized for the anonymous user, who gets a 200 with a null id."""
        user = yield from self._me()
        with reading(f"{self.account.name}: who the token belongs to"):
            return identity_of(user, self.account)

    def views(self) -> Flow[tuple[View, ...]]:
        """The active views that the agent may see; unreadable ones are left out."""
        what = f"{self.account.name}: the views"
        rows, _ = yield from self._rows("/api/v2/views.json", (("active", "true"),), "views", what)
        active = [row for row in rows if not (isinstance(row, dict) and row.get("active") is False)]
        found, _ = readable(active, lambda row: view_of(row, self.account))
        return tuple(found)

    def macros(self) -> Flow[tuple[Macro, ...]]:
        """The active macros that write words, with Zendesk's count of their uses; unreadable ones are left out."""
        rows, _ = yield from self._rows(
            "/api/v2/macros.json", MACROS_QUERY, "macros", f"{self.account.name}: the macros"
        )
        found, _ = readable(rows, lambda row: macro_of(row, self.account))
        return tuple(macro for macro in found if macro.body)

    def tickets(self, view: View | None, cursor: str) -> Flow[Page]:
        """A page of a view in the view's own order, or of all unsolved tickets, newest change first.

        The latter is a search, not `search/export`: that one orders by creation, side-loads nothing and its cursor dies
        after an hour. Where the answer points to another origin the page is kept and its cursor raises Distrusted.
        """
        if view is None:
            return (yield from self._search("type:ticket status<solved", cursor))
        what = f"{self.account.name}: the view {view.name}"
        path = f"/api/v2/views/{segment(view.id)}/tickets.json"
        body = yield from self._get(path, (SIDE_LOADS, *cursor_query(self.account, cursor)), what, TicketList)
        with reading(what):
            rows = rows_of(body, "tickets")
            tickets, bad = tickets_of(rows, directory_of(body), self.account)
        following = after_cursor(self.account, body, rows)
        return Page(tickets=tickets, cursor="" if following == cursor else following, bad=bad)

    def changes(self, since: datetime, cursor: str, etag: str) -> Flow[Page]:
        """A page of the tickets changed since five minutes before `since`, newest first; search has no ETags.

        Search learns of changes late, so the overlap is read again: the same ticket comes more than once.
        """
        return (yield from self._search(f"type:ticket updated>={stamp_of(since - INDEX_LAG)}", cursor))

    def ticket(self, ref: TicketRef) -> Flow[Ticket]:
        """One ticket as it is now; Missing when there is none."""
        ticket, _ = yield from self._ticket(ref)
        return ticket

    def conversation(self, ref: TicketRef) -> Flow[Conversation]:
        """The ticket with everything said on it; `comment_count` is above their number where some were unreadable."""
        ticket, people = yield from self._ticket(ref)
        comments, bad = yield from self._comments(ref, people)
        return Conversation(ticket=replace(ticket, comment_count=len(comments) + bad), comments=comments)

    def deliver(self, change: Change, op: str, seen: Ticket) -> Flow[Outcome]:
        """Write words and fields in one request that Zendesk refuses when the ticket changed after it was read.

        The op travels as metadata and comes back in the audit; Lost when the answer shows no readable audit of ours.
        https://developer.zendesk.com/documentation/ticketing/managing-tickets/creating-and-updating-tickets/
        """
        if isinstance(change, (Escalate, Link)):
            return Rejected(why=f"{seen.ref}: an issue is filed on a tracker, not on a Zendesk ticket.")
        if not seen.stamp:
            return Rejected(
                why=f"{seen.ref} was never read from Zendesk, so a change on it could go unseen: sync first."
            )
        try:
            assignee = yield from self._assignee(fields_of(change).assignee)
        except Lost as lost:
            return NotSent(why=lost.message, wait_s=lost.wait_s)
        body = payload(change, op, seen, assignee)
        response = yield Request(method="PUT", path=f"/api/v2/tickets/{segment(seen.ref.id)}.json", body=body)
        if response.status == 409:
            return (yield from self._collision(response, change, op, seen))
        if response.status == 422:
            return _invalid(response, seen)
        self._checked(response, str(seen.ref))
        return landed(response.body, change, op, seen, self.account)

    def find_op(
        self, change: Change, op: str, seen: Ticket, since: datetime, claimed: frozenset[str]
    ) -> Flow[Done | None]:
        """The audit that carries the op, or None; the mark alone decides, so neither time nor other ops matter."""
        if isinstance(change, (Escalate, Link)):
            return None
        path = f"/api/v2/tickets/{segment(seen.ref.id)}/audits.json"
        rows, _ = yield from self._rows(path, (("sort", "-created_at"),), "audits", str(seen.ref), _marked(op))
        for row in filter(_marked(op), rows):
            try:
                return audited(row, change, op, seen, self.account)
            except ValueError:
                continue  # our mark without our words is not our change
        return None

    def make_private(self, ref: TicketRef, op: str) -> Flow[None]:
        """Make the comment of an op internal, which Zendesk never undoes, and read back that it is.

        https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/#make-comment-private
        """
        path = f"/api/v2/tickets/{segment(ref.id)}"
        audits, _ = yield from self._rows(
            f"{path}/audits.json", (("sort", "-created_at"),), "audits", str(ref), _marked(op)
        )
        with reading(str(ref)):
            comment = next(comment_id_of(row) for row in [*filter(_marked(op), audits), {}])
        response = yield Request(method="PUT", path=f"{path}/comments/{segment(comment)}/make_private.json")
        self._checked(response, str(ref))
        conversation = yield from self.conversation(ref)
        if any(said.public for said in conversation.comments if said.id == comment):
            raise Distrusted(f"{ref}: Zendesk still shows the note to the customer.", "Open the ticket in Zendesk.")

    def _collision(self, response: Response, change: Write, op: str, seen: Ticket) -> Flow[Outcome]:
        found = yield from self.find_op(change, op, seen, seen.updated_at, frozenset())
        if found is not None:
            return found
        if isinstance(response.body, dict) and response.body.get("error") == "DatabaseConflict":
            return NotSent(why=f"{seen.ref}: two writes met in Zendesk's database and ours was not made.")
        now, people = yield from self._ticket(seen.ref)
        if now.stamp == seen.stamp:
            return NotSent(why=f"{seen.ref}: Zendesk reported a collision, but the ticket has not changed.")
        try:
            comments, _ = yield from self._comments(seen.ref, people)
        except ServiceError:
            comments = ()  # what else changed is said all the same
        what = differences(seen, now, comments) or f"something on it, at {stamp_of(now.updated_at)}"
        return Conflict(
            why=f"{seen.ref} changed after you read it: {what}. "
            "Nothing was written; read it again, then send, edit or drop this."
        )

    def _assignee(self, wanted: str | None) -> Flow[str | None]:
        """A user's id for `me`, an id, an e-mail address or a full name; Refused unless exactly one agent fits."""
        if not wanted or wanted.isdecimal():
            return wanted
        what = f"{self.account.name}: looking for {wanted}"
        if wanted == "me":
            user = yield from self._me()
            with reading(what):
                return identifier(user.get("id"))
        body = yield from self._get("/api/v2/users/search.json", (("query", wanted),), what)
        with reading(what):
            found, _ = readable(rows_of(body, "users"), lambda user: _agent_called(wanted, user))
        agents = set(found)
        if len(agents) != 1:
            many = f"{len(agents)} agents are" if agents else "no agent is"
            raise Refused(f"{self.account.name}: {many} called {wanted}.", "Use the agent's e-mail address.")
        return agents.pop()

    def _me(self) -> Flow[dict[str, Json]]:
        what = f"{self.account.name}: who the token belongs to"
        body = yield from self._get(_ME, (), what)
        with reading(what):
            user = object_of(object_of(body).get("user"))
        if user.get("id") is None:
            said = f"{self.account.name}: Zendesk does not know this token; it answered as the anonymous user."
            raise Unauthorized(said, self._sign_in(), status=200)
        return user

    def _ticket(self, ref: TicketRef) -> Flow[tuple[Ticket, Directory]]:
        body = yield from self._get(f"/api/v2/tickets/{segment(ref.id)}.json", (SIDE_LOADS,), str(ref))
        with reading(str(ref)):
            people = directory_of(body)
            ticket = ticket_of(object_of(object_of(body).get("ticket")), people, self.account)
        if ticket.ref.id != ref.id:
            raise Distrusted(f"{ref}: Zendesk answered with ticket {ticket.ref.id}.", "Sync and look again.")
        return ticket, people


def _marked(op: str) -> Callable[[Json], bool]:
    return lambda row: isinstance(row, dict) and mark_of(row) == op


def _agent_called(wanted: str, user: dict[str, Json]) -> str:
    names = {line_of(user.get("email")).casefold(), line_of(user.get("name")).casefold()}
    if user.get("role") not in ("agent", "admin") or wanted.strip().casefold() not in names:
        raise ValueError("somebody else")
    return identifier(user.get("id"))


def _invalid(response: Response, seen: Ticket) -> Rejected:
    if is_closed(response.body):
        why = f"{seen.ref} was closed meanwhile and takes no more changes: a follow-up ticket is needed."
        return Rejected(why=why)
    said = complaints(response.body)
    return Rejected(why=f"{seen.ref}: Zendesk found the change invalid (422). {said or 'It did not say why.'}")
