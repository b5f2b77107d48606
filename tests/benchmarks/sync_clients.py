"""One client that reads all tickets of the local services, as a process of its own: `sync_clients.py CLIENT PORT`.

It prints its processor seconds, those of importing its library as well, and its MiB. Ours has the tickets on disk and
searchable when it ends, or only decoded where `-read` is behind its name; the others hold objects in memory. `httpx-`
has the bytes alone, `json-` them decoded.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from pty_terminal import memory_mib

COUNT = 10_000
REPO = "acme/app"
ACCOUNTS = {
    "zendesk": 'provider = "zendesk"',
    "github": f'provider = "github"\nrepo = "{REPO}"',
}


def ours(provider: str, port: int, *, keep: bool) -> int:
    """The lists of one desk, decoded, and in the cache with their full-text index where they are to be kept."""
    from supportdesk.config import load
    from supportdesk.desk import open_desk
    from supportdesk.secrets import Secrets, take_tokens

    with TemporaryDirectory() as folder:
        at = Path(folder) / "config.toml"
        at.write_text(f'[desks.acme]\n{ACCOUNTS[provider]}\nurl = "http://127.0.0.1:{port}"\n', encoding="utf-8")
        environ = {"SUPPORTDESK_HOME": folder, "SUPPORTDESK_TOKEN_ACME": "a-token-of-nobody"}
        config = load(at, environ)
        desk = open_desk(config, Secrets(take_tokens(environ, config.accounts), {}), undo_s=0.0)
        found = asyncio.run(_read(desk.work, provider, keep=keep))
        return len(desk.work.cache.refs("all")) if keep else found


async def _read(work: Any, provider: str, *, keep: bool) -> int:
    from supportdesk.store.pauses import for_good

    found = 0
    connection = work.connection("acme")
    wire, since, cursor = connection.wire, datetime(2026, 1, 1, tzinfo=UTC), ""
    await connection.ready()
    for_good()  # as every sync does
    while True:
        if provider == "zendesk":
            batch = await wire.run(connection.provider.export(since, cursor))
            tickets, cursor = list(batch.tickets), batch.cursor if batch.more else ""
        else:
            page = await wire.run(connection.provider.tickets(None, cursor))
            tickets, cursor = list(page.tickets), page.cursor
        found += len(tickets)
        if keep:
            work.cache.put_tickets([ticket for ticket in tickets if ticket is not None])
        if not cursor:
            break
    await wire.close()
    return found


LISTS = {
    "zendesk": [f"/api/v2/incremental/tickets/cursor.json?cursor={at}" for at in range(0, COUNT, 1000)],
    "github": [f"/repos/{REPO}/issues?page={at}" for at in range(1, COUNT // 100 + 1)],
}


def fetched(provider: str, port: int) -> int:
    """The bytes of the same pages through httpx as it is, and nothing made of them."""
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
    found = client.get_repo(REPO).get_issues(state="open")
    return sum(1 for issue in found if issue.title and issue.user.login)


CLIENTS: dict[str, Callable[[int], int]] = {
    "supportdesk-zendesk": lambda port: ours("zendesk", port, keep=True),
    "supportdesk-github": lambda port: ours("github", port, keep=True),
    "supportdesk-zendesk-read": lambda port: ours("zendesk", port, keep=False),
    "supportdesk-github-read": lambda port: ours("github", port, keep=False),
    "json-zendesk": lambda port: floor("zendesk", port),
    "json-github": lambda port: floor("github", port),
    "httpx-zendesk": lambda port: fetched("zendesk", port),
    "httpx-github": lambda port: fetched("github", port),
    "zenpy": zenpy,
    "pygithub": pygithub,
}


def main(name: str, port: int) -> None:
    """Read everything once."""
    os.environ.pop("http_proxy", None)
    start = process_time()
    found = CLIENTS[name](port)
    took = process_time() - start
    if found != COUNT:
        raise SystemExit(f"{name} has read {found} of {COUNT} tickets")
    sys.stdout.write(f"{took:.3f} {memory_mib(os.getpid(), 'VmHWM'):.0f}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
