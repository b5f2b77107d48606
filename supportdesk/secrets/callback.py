"""The loopback address that a browser comes back to: it takes one answer to our question and nothing else."""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

HOST = "127.0.0.1"
PORTS = (17639, 17640)  # registered with the service, so they are fixed: one, and one to spare
PATH = "/callback"
_IDLE_S = 10.0
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>supportdesk</title>'
    '<body style="font:1.1rem system-ui;margin:4rem auto;max-width:32rem"><p>{words}</p></body></html>'
)
_DONE = "Thank you. supportdesk goes on in the terminal; you can close this."
_STRANGE = "This is not the sign-in that supportdesk waits for."


def address(port: int) -> str:
    """The redirect address on a port."""
    return f"http://{HOST}:{port}{PATH}"


class Callback(ThreadingHTTPServer):
    """Listens on a port of this machine; `answer` holds the query of the one answer that `fits`, once `taken`."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), _Visit)
        self.port = int(self.server_address[1])
        self.fits: Callable[[str], bool] = lambda query: False
        self.answer = ""
        self.taken = Event()
        self._once = Lock()

    def take(self, query: str) -> bool:
        """Take an answer if it is ours and the first."""
        if not self.fits(query):
            return False
        with self._once:
            if self.taken.is_set():
                return False
            self.answer = query
            self.taken.set()
        return True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that hangs up."""


class _Visit(BaseHTTPRequestHandler):
    server: Callback
    timeout = _IDLE_S
    server_version, sys_version = "supportdesk", ""

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing down: the line would hold the code."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        at_home = hmac.compare_digest(self.headers.get("Host", "").encode(), f"{HOST}:{self.server.port}".encode())
        if path != PATH or not at_home:
            self._say(404, _STRANGE)
        elif self.server.take(query):
            self._say(200, _DONE)
        else:
            self._say(400, _STRANGE)

    def _say(self, status: int, words: str) -> None:
        page = _PAGE.format(words=words).encode()
        self.send_response(status)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(page))),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
            ("Connection", "close"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)


@contextmanager
def listening(ports: tuple[int, ...] = PORTS) -> Iterator[Callback | None]:
    """A callback on the first port that is free, None when none is; the port is free again afterwards."""
    server = next((found for port in ports if (found := _opened(port)) is not None), None)
    if server is None:
        yield None
        return
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _opened(port: int) -> Callback | None:
    try:
        return Callback(port)
    except OSError:
        return None
