"""One client that reads all tickets of the local services, as a process of its own.

`sync_clients.py CLIENT PORT FOLDER` prints its MiB; whoever started it takes its processor time, from the interpreter's
start to its end. Ours does what `supportdesk sync` does until every ticket of a new desk is on disk, in the folder,
listed, with the words it was opened with where lists tell of them; or it has them only decoded where `-read` is behind
its name. The peers hold their objects in memory; PyGithub reads of each what ours keeps, zenpy its subject. `httpx-`
has the bytes alone, `json-` them decoded.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pty_terminal import memory_mib

COUNT = 10_000
REPO = "acme/app"
TOKEN = "nobodys-" + "aB3xK9" * 5  # as long as a service's are
ACCOUNTS = {
    "zendesk": 'provider = "zendesk"',
    "github": f'provider = "github"\nrepo = "{REPO}"',
}


def ours(provider: str, port: int, folder: str, *, keep: bool) -> int:
    """The lists of one desk, on disk where they are to be kept."""
    import asyncio
    import gc

    gc.disable()  # as `supportdesk` begins
    from supportdesk.config import load
    from supportdesk.desk import open_desk
    from supportdesk.desk.attention import COMMAND_SLICE_S
    from supportdesk.secrets import Secrets, take_tokens

    at = Path(folder) / "config.toml"
    at.write_text(f'[desks.acme]\n{ACCOUNTS[provider]}\nurl = "http://127.0.0.1:{port}"\n', encoding="utf-8")
    environ = {"SUPPORTDESK_HOME": folder, "SUPPORTDESK_TOKEN_ACME": TOKEN}
    config = load(at, environ)
    work = open_desk(config, Secrets(take_tokens(environ, config.accounts), {}), undo_s=0.0).work
    work.attention.slice_s = COMMAND_SLICE_S
    gc.freeze()
    gc.enable()
    found = asyncio.run(_synced(work) if keep else _decoded(work))
    work.close()
    gc.freeze()  # as it ends
    return found


async def _synced(work: Any) -> int:
    """What a first sync does before it turns to the rest of the words, by its own functions."""
    from supportdesk.desk.identity import remember
    from supportdesk.desk.lists import read_lists
    from supportdesk.desk.visit import Visit
    from supportdesk.store.pauses import for_good

    for_good()
    visit = Visit(work=work, connection=work.connection("acme"), tell=len)
    visit.connection.pace.share = 1.0  # nobody else asks this service
    remember(work, visit.name, await visit.ask(visit.connection.provider.whoami))
    await read_lists(visit)
    await visit.connection.close(0.0)
    return int(work.cache.count("all"))


async def _decoded(work: Any) -> int:
    """The tickets, and nothing done with them."""
    from datetime import UTC, datetime

    found, cursor, since = 0, "", datetime(2026, 1, 1, tzinfo=UTC)
    connection = work.connection("acme")
    provider, more = connection.provider, True
    while more:
        if connection.account.provider == "zendesk":
            page = await connection.wire.run(provider.export(since, cursor))
            more = page.more
        else:
            page = await connection.wire.run(provider.changes(since, cursor, ""))
            more = bool(page.cursor)
        found, cursor = found + len(list(page.tickets)), page.cursor
    await connection.close(0.0)
    return found


LISTS = {
    "zendesk": [f"/api/v2/incremental/tickets/cursor.json?cursor={at}" for at in range(0, COUNT, 1000)],
    "github": [f"/repos/{REPO}/issues?page={at}" for at in range(1, COUNT // 100 + 1)],
}


def fetched(provider: str, port: int) -> int:
    """The bytes of the same pages through httpx as it is, and nothing made of them."""
    import asyncio

    import httpx

    async def read() -> int:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=False, trust_env=False) as client:
            return sum([len((await client.get(path)).content) > 0 for path in LISTS[provider]])

    return asyncio.run(read()) * COUNT // len(LISTS[provider])


def floor(provider: str, port: int) -> int:
    """The bytes of the same pages, and `json.loads` of them."""
    import json
    from http.client import HTTPConnection

    here, found = HTTPConnection("127.0.0.1", port), 0
    for path in LISTS[provider]:
        here.request("GET", path)
        page = json.loads(here.getresponse().read())
        found += len(page["tickets"] if provider == "zendesk" else page)
    return found


def zenpy(port: int) -> int:
    """zenpy's incremental export; it speaks https only, so its session is led to the local port."""
    from requests import Session
    from requests.adapters import HTTPAdapter
    from zenpy import Zenpy

    class Local(HTTPAdapter):
        """Plain http to the local port, whatever host was meant."""

        def send(self, request: Any, *rest: object, **more: object) -> object:
            meant = request.url
            request.url = meant.replace("https://acme.zendesk.com", f"http://127.0.0.1:{port}")
            answer = super().send(request, *rest, **more)
            request.url = meant  # zenpy tells by it what the answer is about
            return answer

    session = Session()
    session.mount("https://", Local())
    client = Zenpy(subdomain="acme", email="a@us.example", token="nobody", session=session)
    tickets = client.tickets.incremental(start_time=1_700_000_000, paginate_by_time=False)
    return sum(1 for ticket in tickets if ticket.subject)


def pygithub(port: int) -> int:
    """PyGithub's issues of a repository, a hundred a page."""
    from github import Auth, Github

    client = Github(base_url=f"http://127.0.0.1:{port}", auth=Auth.Token("nobody"), per_page=100, lazy=True)
    issues = client.get_repo(REPO).get_issues(state="open", sort="updated")
    return len([_line(issue) for issue in issues])


def _line(issue: Any) -> tuple[object, ...]:
    """What ours keeps of an issue."""
    people = issue.user.login, issue.user.type, [somebody.login for somebody in issue.assignees]
    times = issue.created_at, issue.updated_at
    fields = [label.name for label in issue.labels], issue.milestone, issue.state, issue.state_reason
    return issue.number, issue.title, people, fields, issue.comments, times, issue.html_url, issue.body


CLIENTS: dict[str, Callable[[int, str], int]] = {
    "supportdesk-zendesk": lambda port, folder: ours("zendesk", port, folder, keep=True),
    "supportdesk-github": lambda port, folder: ours("github", port, folder, keep=True),
    "supportdesk-zendesk-read": lambda port, folder: ours("zendesk", port, folder, keep=False),
    "supportdesk-github-read": lambda port, folder: ours("github", port, folder, keep=False),
    "json-zendesk": lambda port, _: floor("zendesk", port),
    "json-github": lambda port, _: floor("github", port),
    "httpx-zendesk": lambda port, _: fetched("zendesk", port),
    "httpx-github": lambda port, _: fetched("github", port),
    "zenpy": lambda port, _: zenpy(port),
    "pygithub": lambda port, _: pygithub(port),
}


def main(name: str, port: int, folder: str) -> None:
    """Read everything once."""
    os.environ.pop("http_proxy", None)
    found = CLIENTS[name](port, folder)
    if found != COUNT:
        raise SystemExit(f"{name} has read {found} of {COUNT} tickets")
    sys.stdout.write(f"{memory_mib(os.getpid(), 'VmHWM'):.0f}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
