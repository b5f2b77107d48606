"""An RT in memory with as many tickets as wanted: just the searches that a sync makes, answered as RT 5.0.3 does."""

import json
import re
from datetime import UTC, datetime, timedelta

from supportdesk.demo.wire import Answer, Clock, Server
from supportdesk.providers import Json, Request

URL = "https://rt.example"
_SINCE = re.compile(r"LastUpdated ([<>]) '([^']+)'")
ALICE = {"id": "29", "Name": "alice", "RealName": "Alice Agent", "EmailAddress": "alice@rt.example"}


class Crowd(Server):
    """Tickets with their transactions and parts; every transaction has one text and no file."""

    def __init__(self, now: Clock, tickets: int, comments: int) -> None:
        super().__init__(now, URL)
        self.tickets: dict[int, Json] = {}
        self.transactions: list[Json] = []
        self.parts: list[Json] = []
        for number in range(1, tickets + 1):
            self._open(number, comments, now() - timedelta(minutes=10 * number))

    def _open(self, number: int, comments: int, at: datetime) -> None:
        customer = {"Name": f"c{number}@a.example", "RealName": f"Customer {number}"}
        self.tickets[number] = {
            "id": str(number),
            "type": "ticket",
            "Subject": f"Question {number}",
            "Status": "open",
            "Priority": "0",
            "Created": _stamp(at),
            "LastUpdated": _stamp(at),
            "Owner": {"Name": "Nobody"},
            "Requestor": [customer],
            "Cc": [],
            "CustomFields": [],
            "Queue": {"Name": "Support"},
        }
        for place in range(comments):
            self.say(number, "Create" if not place else "Correspond", f"Words {place} on {number}.", at)

    def say(self, number: int, kind: str, words: str, at: datetime) -> None:
        """A message on a ticket."""
        id_ = str(len(self.transactions) + 1)
        said = {"id": id_, "ObjectId": str(number), "Type": kind, "Created": _stamp(at), "Creator": ALICE, "Field": ""}
        self.transactions.append(said)
        part = {"id": id_, "TransactionId": id_, "ContentType": "text/plain", "Filename": "", "Content": words}
        self.parts.append(part)
        self.tickets[number]["LastUpdated"] = max(self.tickets[number]["LastUpdated"], _stamp(at))

    def serve(self, request: Request) -> Answer:
        """Answer in RT's words."""
        path = request.path.removeprefix("/REST/2.0")
        asked = dict(reversed(request.query))  # of several columns to sort by the first
        if path == "/tickets":
            return self._page(asked, self._found(asked["query"], asked.get("orderby", "")))
        if path == "/transactions":
            wanted = _within(asked["query"])
            return self._page(asked, [it for it in self.transactions if int(it["ObjectId"]) in wanted])
        if path == "/attachments":
            wanted = set() if '"NOT STARTSWITH"' in asked["query"] else _within(asked["query"])
            return self._page(asked, [it for it in self.parts if int(it["TransactionId"]) in wanted])
        if found := re.fullmatch(r"/ticket/(\d+)(/\w+)?", path):
            return self._ticket(int(found[1]), found[2] or "", asked)
        known: dict[str, Json] = {
            "/rt": {"Version": "5.0.3"},
            "/user/29": ALICE | {"Privileged": "1"},
            "/queue/Support": {"Name": "Support", "TicketCustomFields": [{"name": "Tags"}]},
        }
        return self.reply(200, known[path]) if path in known else self._page(asked, [])

    def _ticket(self, number: int, part: str, asked: dict[str, str]) -> Answer:
        if number not in self.tickets:
            return self.refuse(404, "Ticket not found")
        said = [it for it in self.transactions if it["ObjectId"] == str(number)]
        if part == "/attachments":
            ids = set() if '"NOT STARTSWITH"' in asked["query"] else {it["id"] for it in said}
            return self._page(asked, [it for it in self.parts if it["TransactionId"] in ids])
        return self._page(asked, said) if part == "/history" else self.reply(200, self.tickets[number])

    def _found(self, sql: str, column: str) -> list[Json]:
        rows = sorted(self.tickets.values(), key=lambda row: (row["LastUpdated"], row["id"]), reverse=True)
        if column == "id":
            rows.sort(key=lambda row: int(row["id"]))
        if "__Active__" in sql:
            rows = [row for row in rows if row["Status"] == "open"]
        for last in re.findall(r"id > (\d+)", sql):
            rows = [row for row in rows if int(row["id"]) > int(last)]
        ids = set(re.findall(r"id = (\d+)", sql))
        for way, moment in _SINCE.findall(sql):
            at = moment.replace(" ", "T") + "Z"
            rows = [row for row in rows if (row["LastUpdated"] > at) == (way == ">")]
        return [row for row in rows if not ids or row["id"] in ids]

    def _page(self, asked: dict[str, str], rows: list[Json]) -> Answer:
        size, number = int(asked.get("per_page", "20")), int(asked.get("page", "1"))
        items = rows[(number - 1) * size : number * size]
        return self.reply(200, {"items": items, "count": len(items), "total": None, "pages": None, "page": number})

    def refusal(self, status: int, said: str) -> Json:
        """RT's no."""
        return {"message": said}

    def disturb(self, what: str, request: Request) -> Answer | None:
        """Nothing happens in between."""
        return None


def _within(query: str) -> set[int]:
    limits = json.loads(query)
    return {int(one) for limit in limits if limit["operator"] == "IN" for one in limit["value"] if str(one).isdigit()}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
