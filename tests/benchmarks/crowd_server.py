"""A service with as many tickets as wanted, on a local port: `crowd_server.py KIND TICKETS`; it prints its port.

KIND is one of crowds.KINDS. Rows, words and pages are those that the requests of a sync are counted on.
"""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qsl, urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent / "desk"))

from crowds import COMMENTS, service

from supportdesk.demo import Server
from supportdesk.providers import Request

HOPS = ("content-length", "date", "server")


class Front(ThreadingHTTPServer):
    """The port, with the service behind it; one request at a time gets in."""

    daemon_threads = True

    def __init__(self, inside: Server) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.inside, self.turn = inside, Lock()
        self.here = f"http://127.0.0.1:{self.server_address[1]}"

    def told(self, raw: bytes) -> bytes:
        """What is said, with the service's own addresses led here."""
        return raw.replace(self.inside.url.encode(), self.here.encode())


class Asked(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Front

    def do_GET(self) -> None:
        """One answer."""
        parts = urlsplit(self.path)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        asked = Request(method="GET", path=parts.path, query=query, headers=tuple(self.headers.items()))
        with self.server.turn:
            answer = self.server.inside.answer(asked)
        raw = self.server.told(answer.raw)
        self.send_response(answer.status)
        for name, value in _kept(answer.headers).items():
            self.send_header(name, self.server.told(value.encode()).decode())
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Say nothing of it."""


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in HOPS}


def main(kind: str, tickets: int) -> None:
    """Make the tickets, then serve them."""
    _, inside, _ = service(kind, lambda: datetime.now(UTC), tickets, COMMENTS)
    front = Front(inside)
    sys.stdout.write(f"{front.server_address[1]}\n")
    sys.stdout.flush()
    front.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
