"""Fills a queue of a real RT with support threads: python tests/real/fill_rt.py DIR URL [COUNT [FILE]].

DIR and URL are an instance as Server.of_folder wants it. FILE holds one thread a line as `supportdesk scan` reads them,
gzip or plain; without it $DESK_THREADS. Customers become users with invented addresses, who write their own messages;
alice and bob answer in turn, internal words become comments. Every tenth ticket is resolved at the end, every seventh
stalled. Prints how many of each it made.
"""

import gzip
import json
import os
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
from rt_server import Server

THREADS = Path(os.environ.get("DESK_THREADS", "/work/shared/data/thunderbird-support.jsonl.gz"))
PASSWORD = "customer-pass"
AGENTS = ("alice", "bob")


def threads(file: Path, count: int) -> Iterator[dict[str, Any]]:
    """The first threads of a file."""
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as lines:
        yield from (json.loads(line) for line in islice(lines, count))


def address(author: str) -> str:
    """The invented address of a pseudonym."""
    return f"{author}@customers.example"


class Filler:
    """Writes threads through REST, each message as the one who said it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.http = httpx.Client(base_url=f"{server.url}/REST/2.0", timeout=120)
        self.messages = 0

    def ask(self, who: str, method: str, path: str, body: Any) -> httpx.Response:
        """One call as an agent by token, or as a customer by password; tried again while SQLite is locked."""
        token = self.server.tokens.get(who)
        signed: dict[str, Any] = {"auth": (who, PASSWORD)}
        if token is not None:
            signed = {"headers": {"Authorization": f"token {token}"}}
        for _ in range(5):
            answer = self.http.request(method, path, json=body, **signed)
            if answer.status_code < 500:
                break
            time.sleep(0.2)
        return answer

    def customers(self, found: list[dict[str, Any]]) -> int:
        """Make a user of everybody who is not on the support side and is none yet; returns how many they are."""
        entries = (entry for thread in found for entry in thread["comments"] if entry["role"] != "agent")
        names = sorted({thread["requester"] for thread in found} | {entry["author"] for entry in entries})
        for name in names:
            mail = address(name)
            user = {"Name": mail, "EmailAddress": mail, "RealName": name.title(), "Password": PASSWORD}
            answer = self.ask("root", "POST", "/user", user | {"Privileged": 0})
            if "in use" not in answer.text:
                answer.raise_for_status()
        return len(names)

    def write(self, number: int, thread: dict[str, Any]) -> None:
        """One thread as a ticket."""
        first, *rest = thread["comments"]
        requester = address(thread["requester"])
        others = {address(entry["author"]) for entry in rest if entry["role"] != "agent"} - {requester}
        ticket = {"Queue": "Support", "Subject": thread["subject"], "Requestor": requester, "Cc": sorted(others)}
        made = self.ask(requester, "POST", "/ticket", ticket | {"Content": first["body"], "ContentType": "text/plain"})
        path = f"/ticket/{made.raise_for_status().json()['id']}"
        tags: dict[str, Any] = {"CustomFields": {"Tags": thread.get("tags") or []}}
        for entry in rest:
            if entry["body"].strip():
                self.say(path, entry, tags if entry["role"] == "agent" else {})
        status = "resolved" if number % 10 == 9 else "stalled" if number % 7 == 6 else ""
        if status:
            self.ask(AGENTS[number % 2], "PUT", path, {"Status": status}).raise_for_status()

    def say(self, path: str, entry: dict[str, Any], more: dict[str, Any]) -> None:
        """One message, by an agent or by its customer; an agent's sets the tags, which a customer's may not."""
        staff = entry["role"] == "agent"
        who = AGENTS[sum(entry["author"].encode()) % 2] if staff else address(entry["author"])
        where = "correspond" if entry.get("public", True) or not staff else "comment"
        words = {"Content": entry["body"], "ContentType": "text/plain"}
        self.ask(who, "POST", f"{path}/{where}", words | more).raise_for_status()
        self.messages += 1


def fill(server: Server, count: int, file: Path = THREADS) -> str:
    """Fill the queue; returns a sentence about what was made."""
    began = time.monotonic()
    filler = Filler(server)
    found = list(threads(file, count))
    people = filler.customers(found)
    for number, thread in enumerate(found):  # one after another: SQLite makes writers wait for each other anyway
        filler.write(number, thread)
    filler.http.close()
    took_s = time.monotonic() - began
    return f"{len(found)} tickets, {filler.messages} more messages, {people} customers in {took_s:.0f} s"


if __name__ == "__main__":
    folder, url, *more = sys.argv[1:]
    source = Path(more[1]) if len(more) > 1 else THREADS
    print(fill(Server.of_folder(Path(folder), url), int(more[0]) if more else 200, source))  # noqa: T201
