"""A Zendesk in memory: tickets, views, search, comments and audits, and truthful answers to writes."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from supportdesk.demo import exports
from supportdesk.demo.query import Query, Unsearchable
from supportdesk.demo.records import Records
from supportdesk.demo.rows import ROLE_TYPES, macro_row
from supportdesk.demo.story import Entry, Story, open_story
from supportdesk.demo.updates import Refusal, read_tags, read_update
from supportdesk.demo.wire import Answer, Clock, Server
from supportdesk.providers import Json, Request

ME = "alice"
COLLEAGUE = "ben"
URL = "https://wrenfield.helpdesk.example"
LONGEST_PAGE = 100
LONGEST_SEARCH = 1000
DEEPEST_OFFSET = 10_000
_COLLISION = (
    "Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try again."
)
_DATABASE_COLLISION = "Database collision, please try again"
_LIMITS = {"X-Rate-Limit": "700", "X-Rate-Limit-Remaining": "699"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A view: its title and the search that it stands for."""

    id: int
    title: str
    query: str


VIEWS = (
    SavedView(id=360_001, title="Your unsolved tickets", query="assignee:me status<solved"),
    SavedView(id=360_002, title="Unassigned tickets", query="assignee:none status<solved"),
    SavedView(id=360_003, title="All unsolved tickets", query="status<solved"),
    SavedView(id=360_004, title="Pending and on hold", query="status>=pending status<=hold"),
    SavedView(id=360_005, title="Escalated to development", query="tags:escalated"),
    SavedView(id=360_006, title="Recently solved", query="status>=solved"),
)


class Helpdesk(Server):
    """The helpdesk; `role` is what the signed-in engineer may do: agent, light or admin.

    `garbled` holds the ids of tickets whose rows come out unreadable in lists.
    """

    def __init__(self, now: Clock, seed: int = 0, role: str = "agent", story: Story | None = None) -> None:
        super().__init__(now, URL)
        opened = now()
        story = open_story(opened, seed) if story is None else story
        self.records = Records(story, URL, opened)
        self._prepared = [macro_row(URL, row, opened) for row in story.macros]
        self.role = role
        self.garbled: set[int] = set()
        self.me = self.records.ids[ME]
        mine = self.records.users[self.me]
        mine["role"], mine["role_type"] = ROLE_TYPES[role]
        mine["only_private_comments"] = mine["restricted_agent"] = role == "light"
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Answer]]] = [
            (method, re.compile(pattern), answer) for method, pattern, answer in self._table()
        ]

    def _table(self) -> Iterator[tuple[str, str, Callable[..., Answer]]]:
        yield "GET", "users/me", self._whoami
        yield "GET", "users/search", self._search_users
        yield "GET", "users/show_many", self._show_users
        yield "GET", "views(?:/active)?", self._views
        yield "GET", r"views/(\d+)/tickets", self._view_tickets
        yield "GET", "macros", self._macros
        yield "GET", "tickets", self._tickets
        yield "GET", "tickets/show_many", self._show_many
        yield "GET", r"tickets/(\d+)", self._ticket
        yield "GET", r"tickets/(\d+)/comments", self._comments
        yield "GET", r"tickets/(\d+)/audits", self._audits
        yield "GET", r"tickets/(\d+)/tags", self._read_tags
        yield "PUT", r"tickets/(\d+)", self._update
        yield "(?:PUT|POST|DELETE)", r"tickets/(\d+)/tags", self._write_tags
        yield "PUT", r"tickets/(\d+)/comments/(\d+)/make_private", self._make_private
        yield "GET", "search", self._search
        yield "GET", "incremental/tickets/cursor", self._export_tickets
        yield "GET", "incremental/ticket_events", self._export_events

    def customer_replies(self, ticket_id: int, body: str) -> None:
        """The requester writes back by mail; a ticket that waited for them is open again."""
        ticket = self.records.tickets[ticket_id]
        changes = {"status": "open"} if ticket["status"] in ("pending", "hold", "solved") else {}
        entry = Entry(author="", at=self.now(), body=body)
        self.records.write(ticket_id, ticket["requester_id"], self.now(), entry, changes)

    def colleague_writes(self, ticket_id: int, body: str, *, public: bool) -> None:
        """Another engineer answers, or notes something, at the same moment."""
        entry = Entry(author="", at=self.now(), body=body, public=public)
        self.records.write(ticket_id, self.records.ids[COLLEAGUE], self.now(), entry)

    def serve(self, request: Request) -> Answer:
        """Answer in Zendesk's words."""
        path = request.path.strip("/").removeprefix("api/v2/").removesuffix(".json")
        for method, pattern, answer in self._routes:
            found = pattern.fullmatch(path)
            if found and re.fullmatch(method, request.method):
                return self._guarded(answer, request, *(int(part) for part in found.groups()))
        return self.refuse(404, "Not found")

    def _guarded(self, answer: Callable[..., Answer], request: Request, *ids: int) -> Answer:
        try:
            return answer(request, *ids)
        except Refusal as no:
            return self.reply(no.status, no.body, _LIMITS)
        except Unsearchable as problem:
            return self.reply(422, {"error": "invalid", "description": str(problem)}, _LIMITS)
        except KeyError:
            return self.reply(404, {"error": "RecordNotFound", "description": "Not found"}, _LIMITS)

    def refusal(self, status: int, said: str) -> Json:
        """Zendesk's two words for no."""
        if status in (401, 403):
            return {"error": said} if status == 401 else {"error": "Forbidden", "description": said}
        return {"error": "RecordInvalid" if status == 422 else said.replace(" ", ""), "description": said}

    def disturb(self, what: str, request: Request) -> Answer | None:
        """A customer's reply, a colleague's closing, or a collision in the database, just before a write."""
        found = re.search(r"tickets/(\d+)", request.path)
        if found is None:
            return None
        ticket_id = int(found[1])
        if what == "database conflict":
            return self.reply(409, {"error": "DatabaseConflict", "description": _DATABASE_COLLISION}, _LIMITS)
        if what == "closed":
            self.records.write(ticket_id, self.records.ids[COLLEAGUE], self.now(), changes={"status": "closed"})
        else:
            self.customer_replies(ticket_id, "One more thing: it has just happened again.")
        return None

    def _whoami(self, request: Request) -> Answer:
        return self.reply(200, {"user": self.records.users[self.me]}, _LIMITS)

    def _search_users(self, request: Request) -> Answer:
        words = _first(request, "query").lower().split()
        names = self.records.names
        rows = [row for id_, row in self.records.users.items() if all(w in " ".join(names(id_)).lower() for w in words)]
        return self._page(request, "users", rows)

    def _views(self, request: Request) -> Answer:
        rows = [
            {"id": view.id, "title": view.title, "active": True, "position": place, "restriction": None}
            for place, view in enumerate(VIEWS)
        ]
        return self._page(request, "views", rows)

    def _macros(self, request: Request) -> Answer:
        counts = set() if "usage_30d" in _included(request) else {"usage_30d"}
        rows = [{key: value for key, value in row.items() if key not in counts} for row in self._prepared]
        return self._page(request, "macros", rows)

    def _view_tickets(self, request: Request, view_id: int) -> Answer:
        return self._ticket_page(request, self._found(_view(view_id).query))

    def _tickets(self, request: Request) -> Answer:
        return self._ticket_page(request, list(self.records.tickets.values()))

    def _show_many(self, request: Request) -> Answer:
        wanted = _ids(request) or set()
        if len(wanted) > LONGEST_PAGE:
            raise Refusal(422, "TooManyValues", "Too many ids: at most 100")
        rows = [row for id_, row in self.records.tickets.items() if id_ in wanted]
        return self._page(request, "tickets", rows, self._beside(request, rows))

    def _ticket(self, request: Request, ticket_id: int) -> Answer:
        row = self.records.tickets[ticket_id]
        return self.reply(200, {"ticket": row | self._counted(request, row)} | self._beside(request, [row]), _LIMITS)

    def _comments(self, request: Request, ticket_id: int) -> Answer:
        rows = list(self.records.comments[ticket_id])
        if _first(request, "sort_order") == "desc" or _first(request, "sort") == "-created_at":
            rows.reverse()
        people = {"users": self._named({row["author_id"] for row in rows})} if "users" in _included(request) else {}
        return self._page(request, "comments", rows, people)

    def _audits(self, request: Request, ticket_id: int) -> Answer:
        rows = list(self.records.audits[ticket_id])
        if _first(request, "sort_order") == "desc" or _first(request, "sort") in ("-created_at", "-id"):
            rows.reverse()
        return self._page(request, "audits", rows)

    def _read_tags(self, request: Request, ticket_id: int) -> Answer:
        return self.reply(200, {"tags": self.records.tickets[ticket_id]["tags"]}, _LIMITS)

    def _update(self, request: Request, ticket_id: int) -> Answer:
        ticket = self.records.tickets[ticket_id]
        update = read_update(request.body, ticket, self.records, light=self.role == "light")
        if update.stale:
            raise Refusal(409, "UpdateConflict", _COLLISION)
        entry = update.entry(self.now())
        audit = self.records.write(ticket_id, self.me, self.now(), entry, update.changes, update.custom)
        return self.reply(200, {"ticket": ticket, "audit": audit}, _LIMITS)

    def _write_tags(self, request: Request, ticket_id: int) -> Answer:
        ticket = self.records.tickets[ticket_id]
        tags, stale = read_tags(request.method, request.body, ticket, light=self.role == "light")
        if stale:
            raise Refusal(409, "UpdateConflict", _COLLISION)
        self.records.write(ticket_id, self.me, self.now(), changes={"tags": tags})
        return self.reply(201 if request.method == "POST" else 200, {"tags": tags}, _LIMITS)

    def _make_private(self, request: Request, ticket_id: int, comment_id: int) -> Answer:
        comment = {row["id"]: row for row in self.records.comments[ticket_id]}[comment_id]
        comment["public"] = False
        return self.reply(200, {}, _LIMITS)

    def _search(self, request: Request) -> Answer:
        query = self._query(request)
        rows = [row | {"result_type": "ticket"} for row in self._matching(query)]
        column = _first(request, "sort_by") or query.order[0] or "updated_at"
        way = _first(request, "sort_order") or query.order[1] or "desc"
        rows.sort(key=lambda row: (str(row[column]), row["id"]), reverse=way == "desc")
        return self._page(request, "results", rows, self._beside(request, rows), deepest=LONGEST_SEARCH)

    def _export_tickets(self, request: Request) -> Answer:
        self._only_admins()
        start, cursor = _first(request, "start_time"), _first(request, "cursor")
        size = min(_number(request, "per_page", exports.LONGEST), exports.LONGEST)
        rows, beside = exports.tickets(self.records, self.now(), start, cursor, size)
        counted = [row | self._counted(request, row) for row in rows]
        return self.reply(200, {"tickets": counted, **beside, **self._beside(request, rows)}, _LIMITS)

    def _export_events(self, request: Request) -> Answer:
        self._only_admins()
        return self.reply(200, exports.events(self.records, self.now(), _first(request, "start_time")), _LIMITS)

    def _only_admins(self) -> None:
        if self.role != "admin":
            raise Refusal(403, "Forbidden", "You do not have access to this page. Only admins may export.")

    def _show_users(self, request: Request) -> Answer:
        return self.reply(200, {"users": self._named(set(_ids(request) or ()))}, _LIMITS)

    def _query(self, request: Request) -> Query:
        return Query(_first(request, "query"), self.me, self.records.names)

    def _matching(self, query: Query) -> list[Json]:
        said = self.records.said
        return [row for id_, row in self.records.tickets.items() if query.finds(row, partial(said, id_))]

    def _found(self, text: str) -> list[Json]:
        return self._matching(Query(text, self.me, self.records.names))

    def _ticket_page(self, request: Request, rows: list[Json]) -> Answer:
        column = _first(request, "sort") or _first(request, "sort_by") or "-updated_at"
        down = column.startswith("-") or _first(request, "sort_order") == "desc"
        name = column.lstrip("-")
        name = name if name in ("created_at", "updated_at", "id") else "updated_at"
        rows = sorted(rows, key=lambda row: (row[name], row["id"]), reverse=down)
        return self._page(request, "tickets", rows, self._beside(request, rows))

    def _beside(self, request: Request, rows: list[Json]) -> dict[str, Json]:
        names = _included(request)
        beside: dict[str, Json] = {}
        if "users" in names:
            roles = ("requester_id", "submitter_id", "assignee_id")
            wanted = {row[role] for row in rows for role in roles} | {
                id_ for row in rows for id_ in row["collaborator_ids"]
            }
            beside["users"] = self._named(wanted)
        if "organizations" in names:
            wanted = {row["organization_id"] for row in rows}
            beside["organizations"] = [row for row in self.records.organizations.values() if row["id"] in wanted]
        return beside

    def _named(self, ids: set[int | None]) -> list[Json]:
        return [row for id_, row in self.records.users.items() if id_ in ids]

    def _counted(self, request: Request, row: Json) -> dict[str, Json]:
        if "comment_count" not in _included(request):
            return {}
        return {"comment_count": len(self.records.comments[row["id"]])}

    def _page(
        self, request: Request, name: str, rows: list[Json], beside: Json = None, deepest: int = DEEPEST_OFFSET
    ) -> Answer:
        size = _size(request)
        by_cursor = any(key.startswith("page[") for key, _ in request.query)
        start = _cursor(_first(request, "page[after]")) if by_cursor else (_number(request, "page", 1) - 1) * size
        if not by_cursor and start + size > deepest and start:
            raise Refusal(422 if name == "results" else 400, "InvalidPaginationDepth", "Too deep: use cursors")
        shown = [
            self._garble(name, row | (self._counted(request, row) if name == "tickets" else {}))
            for row in rows[start : start + size]
        ]
        more = start + size < len(rows)
        body: dict[str, Json] = {name: shown} | (beside or {})
        if by_cursor:
            after = urlsafe_b64encode(f"o:{start + size}".encode()).decode()
            body |= {"meta": {"has_more": more, "after_cursor": after, "before_cursor": None}}
            body |= {
                "links": {"prev": None, "next": f"{self.url}/api/v2/{name}.json?page[after]={after}" if more else None}
            }
        else:
            later = f"{self.url}/api/v2/{name}.json?page={start // size + 2}" if more else None
            body |= {"count": len(rows), "next_page": later, "previous_page": None}
        return self.reply(200, body, _LIMITS)

    def _garble(self, name: str, row: Json) -> Json:
        if name in ("tickets", "results") and row["id"] in self.garbled:
            return {"id": row["id"], "subject": 17, "updated_at": "yesterday"}
        return row


def _view(view_id: int) -> SavedView:
    return {view.id: view for view in VIEWS}[view_id]


def _first(request: Request, name: str) -> str:
    return next((value for key, value in request.query if key == name), "")


def _number(request: Request, name: str, otherwise: int) -> int:
    text = _first(request, name)
    return max(int(text), 1) if text.isdigit() else otherwise


def _size(request: Request) -> int:
    return min(_number(request, "page[size]", _number(request, "per_page", LONGEST_PAGE)), LONGEST_PAGE)


def _cursor(text: str) -> int:
    try:
        return int(urlsafe_b64decode(text.encode()).decode().removeprefix("o:")) if text else 0
    except (NotBase64, ValueError) as problem:
        raise Refusal(400, "InvalidPaginationParameter", "page[after] is not valid") from problem


def _ids(request: Request) -> set[int] | None:
    text = _first(request, "ids")
    return {int(part) for part in text.split(",") if part.isdigit()} if text else None


def _included(request: Request) -> set[str]:
    names = {name for key, value in request.query if key == "include" for name in value.split(",")}
    return {name.removeprefix("tickets(").rstrip(")") for name in names}
