"""The demo's servers over a real socket, for tests that need the real transport."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from supportdesk.demo import Answer, Server
from supportdesk.errors import ServiceError
from supportdesk.providers import Request


class Door(ThreadingHTTPServer):
    """A socket in front of one of the demo's servers; one request at a time gets in."""

    daemon_threads = True

    def __init__(self, server: Server, port: int, prefix: str, token: str) -> None:
        super().__init__(("127.0.0.1", port), Visit)
        self.inside = server
        self.prefix = prefix
        self.token = token
        self.turn = Lock()

    def ask(self, request: Request) -> Answer:
        signed = {name.lower(): value for name, value in request.headers}.get("authorization", "")
        with self.turn:
            if self.token not in signed:
                return self.inside.refuse(401, "Couldn't authenticate you")
            return self.inside.answer(request)


class Visit(BaseHTTPRequestHandler):
    """One connection; a lost answer closes it without a byte."""

    protocol_version = "HTTP/1.1"
    server: Door

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def answer(self) -> None:
        try:
            answer = self.server.ask(self._request())
        except ServiceError:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.raw)))
        self.end_headers()
        self.wfile.write(answer.raw)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - the names http.server calls

    def _request(self) -> Request:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path.removeprefix(self.server.prefix),
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            body=json.loads(raw) if raw else None,
            headers=tuple(self.headers.items()),
        )


@contextmanager
def serve(server: Server, port: int = 0, prefix: str = "", token: str = "") -> Iterator[str]:
    """Serve on 127.0.0.1 and yield the base URL.

    With `token`, a request that does not carry it in its Authorization is answered 401.
    """
    door = Door(server, port, prefix, token)
    thread = Thread(target=door.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    at_home, server.url = server.url, f"http://127.0.0.1:{door.server_address[1]}{prefix}"
    try:
        yield server.url
    finally:
        server.url = at_home
        door.shutdown()
        door.server_close()
        thread.join(5)
