"""A Request Tracker in memory, as far as the console speaks to one: shaped after the tapes in tests/samples/rt.

It keeps RT's habits: no idempotency and no "who am I"; `LastUpdated` by whole seconds; a PUT is answered 200 with
sentences whatever became of it, and only `If-Match` refuses it; words with an `If-Match` are refused; a 201 names what
it made in its Location; lists have a page more than they need.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote

from supportdesk.demo import Answer
from supportdesk.providers import Request

ME, OTHER, SYSTEM = "alice", "bob", "RT_System"
TOKEN = "1-29-0123456789abcdef0123456789abcdef"
USERS = {"29": ME, ME: ME, OTHER: OTHER}
QUEUES = {"Support": 3, "Engineering": 4}
ACTIVE = ("new", "open", "stalled")
Row = dict[str, Any]


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(name: str) -> Row:
    real = {"alice": "Alice Agent", "bob": "Bob Backline"}.get(name, name)
    mail = name if "@" in name else f"{name}@desk.test"
    return {"id": name, "type": "user", "Name": name, "RealName": real, "EmailAddress": mail}


class FakeRT:
    """Two queues, the tickets in them and every transaction on them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.url = ""
        self.tickets: dict[int, Row] = {}
        self.transactions: list[Row] = []
        self._routes: list[tuple[str, str, Callable[..., Answer]]] = [
            ("GET", "rt", lambda asked: self._said(200, {"Version": "5.0.3+dfsg-3~deb12u6"})),
            ("GET", "user/([^/]+)", self._user),
            ("GET", "users", lambda asked: self._list(asked, [user(name) for name in (ME, OTHER)])),
            ("GET", "queue/([^/]+)", self._queue),
            ("GET", "searches", lambda asked: self._list(asked, [])),
            ("GET", "tickets", self._search),
            ("GET", r"ticket/(\d+)", self._ticket),
            ("PUT", r"ticket/(\d+)", self._change),
            ("POST", "ticket", self._create),
            ("GET", r"ticket/(\d+)/history", self._history),
            ("GET", r"ticket/(\d+)/attachments", self._attachments),
            ("POST", r"ticket/(\d+)/(correspond|comment)", self._say),
            ("GET", r"transaction/(\d+)", self._transaction),
        ]

    def open_ticket(self, queue: str, subject: str, words: str, by: str) -> int:
        """A ticket that somebody wrote."""
        identity = len(self.tickets) + 1
        self.tickets[identity] = {
            "id": identity,
            "Queue": queue,
            "Subject": subject,
            "Status": "new" if by == ME else "open",
            "Priority": "0",
            "Owner": "Nobody",
            "Requestor": [by] if "@" in by else [],
            "Tags": [],
            "Creator": by,
            "Created": stamp(self.now()),
            "Links": [],
        }
        self.happens(identity, "Create", by, words)
        return identity

    def happens(self, ticket: int, kind: str, by: str, words: str = "") -> int:
        """A transaction on a ticket; RT moves LastUpdated with each."""
        identity = 55 + len(self.transactions)
        at = stamp(self.now())
        self.transactions.append(
            {"id": identity, "ticket": ticket, "Type": kind, "Creator": by, "Created": at, "Content": words}
        )
        self.tickets[ticket] |= {"LastUpdated": at, "LastUpdatedBy": by}
        return identity

    def on(self, ticket: int, *kinds: str, by: str = ME) -> list[Row]:
        """What somebody did to a ticket."""
        return [
            row for row in self.transactions if (row["ticket"], row["Creator"]) == (ticket, by) and row["Type"] in kinds
        ]

    def serve(self, request: Request) -> Answer:
        headers = {name.lower(): value for name, value in request.headers}
        if headers.get("authorization") != f"token {TOKEN}":
            return self._said(401, {"message": "Unauthorized"})
        path = request.path.removeprefix("/REST/2.0/")
        for method, pattern, answer in self._routes:
            if method == request.method and (found := re.fullmatch(pattern, path)):
                parts = [
                    int(part) if part.isdigit() and "user" not in pattern else unquote(part) for part in found.groups()
                ]
                if parts and "ticket/" in pattern and parts[0] not in self.tickets:
                    return self._said(404, {"message": "Not Found"})
                return answer(request, *parts)
        return self._said(404, {"message": "Not Found"})

    def _said(self, status: int, body: Any, **more: str) -> Answer:
        kind = 'application/json; charset="utf-8"'
        headers = {"Content-Type": kind, "Date": format_datetime(self.now(), usegmt=True), **more}
        return Answer(status=status, headers=headers, raw=json.dumps(body, indent=3).encode())

    def _list(self, asked: Request, rows: list[Row]) -> Answer:
        query = dict(asked.query)
        page, size = int(query.get("page", "1")), min(int(query.get("per_page", "20")), 100)
        shown = rows[(page - 1) * size : page * size]
        body = {"items": shown, "page": page, "per_page": size, "count": len(shown), "total": None, "pages": None}
        return self._said(200, body)

    def _user(self, asked: Request, name: str) -> Answer:
        if name not in USERS:
            return self._said(404, {"message": "Not Found"})
        return self._said(200, user(USERS[name]) | {"Privileged": 1, "Disabled": "0"})

    def _queue(self, asked: Request, name: str) -> Answer:
        if name not in QUEUES:
            return self._said(404, {"message": "Not Found"})
        links = [{"ref": "self"}, {"ref": "create", "type": "ticket"}]
        fields = [{"id": "2", "type": "customfield", "name": "Tags", "ref": "customfield"}]
        row = {"id": QUEUES[name], "Name": name, "Disabled": "0", "TicketCustomFields": fields, "_hyperlinks": links}
        return self._said(200, row)

    def _row(self, row: Row) -> Row:
        links = [{"ref": ref} for ref in ("history", "correspond", "comment")]
        links.append({"ref": "lifecycle", "from": row["Status"], "to": "resolved"})
        links += [{"ref": "referred-to-by", "id": str(other), "type": "ticket"} for other in row["Links"]]
        return {
            **{key: row[key] for key in ("Subject", "Status", "Priority", "Created", "LastUpdated")},
            "id": row["id"],
            "type": "ticket",
            "Owner": user(row["Owner"])
            if row["Owner"] != "Nobody"
            else {"id": "Nobody", "type": "user", "Name": "Nobody"},
            "Requestor": [user(name) for name in row["Requestor"]],
            "Cc": [],
            "Queue": {"id": str(QUEUES[row["Queue"]]), "type": "queue", "Name": row["Queue"]},
            "LastUpdatedBy": {"id": row["LastUpdatedBy"], "type": "user"},
            "CustomFields": [{"id": "2", "type": "customfield", "name": "Tags", "values": list(row["Tags"])}],
            "_hyperlinks": links,
        }

    def _ticket(self, asked: Request, ticket: int) -> Answer:
        return self._said(200, self._row(self.tickets[ticket]), ETag=self._etag(ticket))

    def _etag(self, ticket: int) -> str:
        return f'"{max(row["id"] for row in self.transactions if row["ticket"] == ticket)}"'

    def _search(self, asked: Request) -> Answer:
        sql = dict(asked.query)["query"]
        found = [row for row in self.tickets.values() if all(_fits(row, part) for part in sql.split(" AND "))]
        down = dict(asked.query).get("order", "ASC") == "DESC"
        found.sort(
            key=lambda row: (row["LastUpdated"] if "LastUpdated" in str(asked.query) else "", row["id"]), reverse=down
        )
        return self._list(asked, [self._row(row) | {"id": str(row["id"])} for row in found])

    def _history(self, asked: Request, ticket: int) -> Answer:
        limits = json.loads(dict(asked.query).get("query", "[]"))
        found = [row for row in self.transactions if row["ticket"] == ticket and _limited(row, limits)]
        rows = [
            {
                "id": str(row["id"]),
                "type": "transaction",
                "Type": row["Type"],
                "Creator": user(row["Creator"]),
                "Created": row["Created"],
            }
            for row in found
        ]
        return self._list(asked, rows)

    def _attachments(self, asked: Request, ticket: int) -> Answer:
        rows = [
            {
                "id": str(row["id"]),
                "type": "attachment",
                "TransactionId": str(row["id"]),
                "ContentType": "text/plain",
                "Filename": "",
                "Content": row["Content"],
                "ContentLength": str(len(row["Content"])),
            }
            for row in self.transactions
            if row["ticket"] == ticket and row["Content"]
        ]
        return self._list(asked, rows)

    def _transaction(self, asked: Request, identity: int) -> Answer:
        row = next(row for row in self.transactions if row["id"] == identity)
        return self._said(
            200, {"id": identity, "Type": row["Type"], "Created": row["Created"], "Creator": user(row["Creator"])}
        )

    def _say(self, asked: Request, ticket: int, how: str) -> Answer:
        if any(name.lower() == "if-match" for name, _ in asked.headers):
            return self._said(412, {"message": "Precondition Failed"})
        if not asked.body.get("ContentType"):
            return self._said(400, {"message": "ContentType is a required field for creating a ticket"})
        kind, words = {"correspond": ("Correspond", "Correspondence added"), "comment": ("Comment", "Comments added")}[
            how
        ]
        identity = self.happens(ticket, kind, ME, asked.body["Content"])
        if kind == "Correspond" and self.tickets[ticket]["Status"] == "new":
            self.tickets[ticket]["Status"] = "open"
            self.happens(ticket, "Status", SYSTEM)
        return self._said(201, [words], Location=f"/REST/2.0/transaction/{identity}")

    def _create(self, asked: Request) -> Answer:
        given = asked.body
        if given.get("Queue") not in QUEUES:
            return self._said(400, {"message": "Could not create ticket. Queue not set"})
        identity = self.open_ticket(given["Queue"], given["Subject"], given["Content"], ME)
        self.tickets[identity]["Tags"] = list(given.get("CustomFields", {}).get("Tags", ()))
        self.tickets[identity]["Links"] = list(given.get("ReferredToBy", ()))
        body = {"id": str(identity), "type": "ticket", "_url": f"{self.url}/REST/2.0/ticket/{identity}"}
        return self._said(201, body, Location=f"/REST/2.0/ticket/{identity}")

    def _change(self, asked: Request, ticket: int) -> Answer:
        match = next((value for name, value in asked.headers if name.lower() == "if-match"), None)
        if match is not None and match != self._etag(ticket):
            return self._said(412, {"message": "Precondition Failed"})
        row, said = self.tickets[ticket], []
        for name, value in asked.body.items():
            field, new = ("Tags", value["Tags"]) if name == "CustomFields" else (name, value)
            new = str(new) if field == "Priority" else new
            if row[field] != new:
                said.append(f"Ticket {ticket}: {field} changed from {row[field]!r} to {new!r}")
                row[field] = new
                self.happens(ticket, {"Status": "Status", "Tags": "CustomField"}.get(field, "Set"), ME)
        return self._said(200, said)


def _fits(row: Row, condition: str) -> bool:
    name, operator, value = condition.strip("() ").split(" ", 2)
    value = value.strip("'")
    if name == "Status":
        return row["Status"] in ACTIVE
    if name == "Creator":
        return bool(row["Creator"] == ME)
    if name == "id":
        return row["id"] == int(value)
    if name in ("Created", "LastUpdated"):
        return bool(row[name].replace("T", " ").rstrip("Z") > value)
    return operator == "LIKE" or bool(row[name] == value)


def _limited(row: Row, limits: list[Row]) -> bool:
    fields = {limit["field"] for limit in limits}
    return all(any(_limit(row, limit) for limit in limits if limit["field"] == field) for field in fields)


def _limit(row: Row, limit: Row) -> bool:
    if limit["field"] == "Created":
        return bool(row["Created"].replace("T", " ").rstrip("Z") > limit["value"])
    return bool(row[limit["field"]] == limit["value"])
