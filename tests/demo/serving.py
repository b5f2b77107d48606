"""The demo's servers over a real socket, for tests that need the real transport."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from supportdesk.demo import Server
from supportdesk.errors import ServiceError
from supportdesk.providers import Request


@contextmanager
def serve(server: Server, port: int = 0, prefix: str = "", token: str = "") -> Iterator[str]:
    """Serve on 127.0.0.1 and yield the base URL; a lost answer is a connection closed without one.

    With `token`, requests that do not carry it in their Authorization are answered 401.
    """
    turn = Lock()

    class Talk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            parts = urlsplit(self.path)
            request = Request(
                method=self.command,
                path=parts.path.removeprefix(prefix),
                query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
                body=json.loads(raw) if raw else None,
                headers=tuple(self.headers.items()),
            )
            try:
                with turn:
                    known = not token or token in self.headers.get("Authorization", "")
                    answer = server.answer(request) if known else server.refuse(401, "Couldn't authenticate you")
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

        do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

    class Door(ThreadingHTTPServer):
        daemon_threads = True

    door = Door(("127.0.0.1", port), Talk)
    thread = Thread(target=door.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.server_address[1]}{prefix}"
    finally:
        door.shutdown()
        door.server_close()
        thread.join(5)
