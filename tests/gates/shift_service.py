"""A helpdesk on loopback for a whole shift: it takes its time, and it takes only the newest token."""

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

SAMPLES = Path(__file__).parent.parent / "samples" / "zendesk"
NEVER_COMES = 60.0


def _load(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())


@dataclass
class Helpdesk:
    """Zendesk's answers for as many open tickets as wanted; `delay_s` before each, `token` is what signs."""

    tickets: int = 3
    delay_s: float = 0.0
    token: str = "token-0"  # made up
    asked: int = 0
    refused: int = 0
    conversations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._ticket, self._comments, self._me = _load("ticket"), _load("comments"), _load("me")
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        with peer, peer.makefile("rb") as stream:
            try:
                while line := stream.readline():
                    target, signature = line.decode().split(" ")[1], ""
                    while (header := stream.readline()) not in (b"\r\n", b""):
                        if header.lower().startswith(b"authorization:"):
                            signature = header.decode().partition(":")[2].strip()
                    time.sleep(self.delay_s)
                    peer.sendall(self._answer(unquote(target.partition("?")[0]), signature))
            except (OSError, ValueError):
                return

    def _answer(self, path: str, signature: str) -> bytes:
        self.asked += 1
        if signature != f"Bearer {self.token}":
            self.refused += 1
            return _whole(b'{"error": "invalid_token"}', "401 Unauthorized")
        body = self._body(path)
        return _whole(b"{}", "404 Not Found") if body is None else _whole(json.dumps(body).encode())

    def _body(self, path: str) -> Any:
        parts = path.removeprefix("/api/v2/").removesuffix(".json").split("/")
        match parts:
            case ["users", "me"]:
                return self._me
            case ["views"]:
                return {"views": []}
            case ["search"]:
                rows = [self._row(number) for number in range(1, self.tickets + 1)]
                return {**self._ticket, "results": rows, "next_page": None}
            case ["tickets", number]:
                return {**self._ticket, "ticket": self._row(int(number))}
            case ["tickets", number, "comments"]:
                self.conversations.append(number)
                return {**self._comments, "meta": {"has_more": False}, "links": {}}
        return None

    def _row(self, number: int) -> Any:
        return {**self._ticket["ticket"], "id": number, "subject": f"Ticket {number}", "status": "open"}

    def close(self) -> None:
        self._socket.close()


def _whole(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
