"""A real RT for tests: where it is, who may sign in, what it mailed, and a proxy that cuts its answers off."""

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx
import pytest

from supportdesk.model import TicketRef
from supportdesk.providers import Account, Flow, T
from supportdesk.providers.rt import RequestTracker
from supportdesk.transport import Transport

MARIA = "maria@example.com"
_LONGEST_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One instance: its address, its tokens by user name, and the folder in which each mail is a file."""

    url: str
    tokens: dict[str, str] = field(repr=False)
    mail: Path

    @classmethod
    def of_environment(cls) -> "Server":
        """The instance that DESK_RT_URL and DESK_RT_TOKENS name; skips the test when they do not."""
        url, tokens = os.environ.get("DESK_RT_URL", ""), os.environ.get("DESK_RT_TOKENS", "")
        if not url or not tokens:
            pytest.skip("no real RT: set DESK_RT_URL to its address and DESK_RT_TOKENS to its file of tokens")
        return cls.of_folder(Path(tokens).parent, url)

    @classmethod
    def of_folder(cls, folder: Path, url: str) -> "Server":
        """The instance in a folder that holds `tokens` (a name and a token a line) and `mail`."""
        lines = (folder / "tokens").read_text(encoding="utf-8").splitlines()
        return cls(url=url, tokens=dict(line.split() for line in lines), mail=folder / "mail")

    def call(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """One bare call as somebody with a token."""
        headers = {"Authorization": f"token {self.tokens[who]}"}
        address = f"{self.url}/REST/2.0{path}"
        answer = httpx.request(method, address, json=body, headers=headers, timeout=_LONGEST_S)
        answer.raise_for_status()
        return answer.json()

    def new_ticket(self, subject: str, content: str = "It does not work.") -> str:
        """A ticket that maria made in Support; its id."""
        body = {"Queue": "Support", "Subject": subject, "Content": content, "ContentType": "text/plain"}
        return str(self.call(MARIA, "POST", "/ticket", body | {"Requestor": MARIA})["id"])

    def comment(self, who: str, ticket: str, content: str) -> None:
        """An internal comment, as a colleague writes it meanwhile."""
        self.call(who, "POST", f"/ticket/{ticket}/comment", {"Content": content, "ContentType": "text/plain"})

    def mails_with(self, words: str) -> list[str]:
        """The recipients of each mail whose text holds some words."""
        found = []
        for file in sorted(self.mail.iterdir()):
            message = message_from_bytes(file.read_bytes().partition(b"\n")[2], policy=policy.default)
            body = message.get_body(("plain", "html"))
            if body is not None and words in body.get_content():
                found.append(str(message["To"]))
        return found


@dataclass(slots=True, kw_only=True)
class Live:
    """A provider over the real transport, signed in as somebody."""

    server: Server
    who: str = "alice"
    queue: str = "Support"
    name: str = "help"
    url: str = ""

    def run(self, make: Callable[[RequestTracker], Flow[T]]) -> T:
        """Drive the flow that `make` makes of the provider to its value."""
        account = Account(name=self.name, provider="rt", url=self.url or self.server.url, queue=self.queue)
        provider = RequestTracker(account)

        async def signed() -> dict[str, str]:
            return provider.authorize(self.server.tokens[self.who])

        async def driven() -> T:
            transport = Transport(account, signed)
            try:
                return await transport.run(make(provider))
            finally:
                await transport.close()

        return asyncio.run(driven())

    def ref(self, ticket: str) -> TicketRef:
        """A reference on this desk."""
        return TicketRef(self.name, ticket)


@dataclass
class Valve:
    """What a proxy does with writes: lets them through while it is open; shut, it passes or drops them, unanswered."""

    url: str = ""
    shut: bool = False
    forward: bool = True
    then_mute: bool = False
    muted: bool = False


@contextmanager
def proxied(url: str, valve: Valve) -> Iterator[str]:
    """A proxy on loopback whose valve the test turns; `then_mute`: after a cut write nothing gets through any more."""
    target = httpx.URL(url)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            with client:
                if not valve.muted:
                    cut = _relay(client, (target.host, target.port or 80), valve)
                    valve.muted = cut and valve.then_mute

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        valve.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield valve.url
    finally:
        done.set()
        thread.join()
        listener.close()


def cutting_proxy(url: str, *, forward: bool) -> AbstractContextManager[str]:
    """A proxy that lets reads through and answers no write; `forward`: the service still gets it."""
    return proxied(url, Valve(shut=True, forward=forward))


def _relay(client: socket.socket, target: tuple[str, int], valve: Valve) -> bool:
    """Pass one request on, and its answer back unless it is a write and the valve is shut; whether it was cut."""
    client.settimeout(_LONGEST_S)
    request = _whole_request(client)
    cut = valve.shut and request.startswith((b"POST ", b"PUT "))
    if not request or (cut and not valve.forward):
        return cut
    with socket.create_connection(target, timeout=_LONGEST_S) as service:
        service.sendall(request)
        answer = b"".join(iter(lambda: service.recv(65536), b""))
    if not cut:
        client.sendall(answer)
    return cut


def _whole_request(client: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = client.recv(65536)
        if not chunk:
            return b""
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        chunk = client.recv(65536)
        received += chunk
        missing -= len(chunk) if chunk else missing
    return received.replace(b"\r\nConnection: keep-alive", b"\r\nConnection: close", 1)
