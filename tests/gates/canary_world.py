"""A service that hurts where it can, a second origin that only listens, and programs that tell what they inherit."""

import base64
import json
import os
import socket
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

USER = {"id": 1, "name": "Alice", "email": "alice@wren.example", "role": "agent", "role_type": 0}


def encodings(token: str) -> dict[str, bytes]:
    """A token as it may be written down, eight ways."""
    raw = token.encode()
    return {
        "plain": raw,
        "base64": base64.b64encode(raw).rstrip(b"=")[:-1],  # its last letters depend on what follows
        "url-safe base64": base64.urlsafe_b64encode(raw).rstrip(b"=")[:-1],
        "url": quote(token, safe="").encode(),
        "hex": raw.hex().encode(),
        "JSON": json.dumps(token)[1:-1].encode(),
        "UTF-16": token.encode("utf-16-le"),
        "backwards": raw[::-1],
    }


def basic(user: str, token: str) -> bytes:
    """A token inside Basic credentials, as Zendesk's API tokens travel."""
    return base64.b64encode(f"{user}/token:{token}".encode()).rstrip(b"=")[:-1]


class Service(ThreadingHTTPServer):
    """Answers every request as the fault says; `heard` is every byte that came."""

    daemon_threads = True

    def __init__(self, fault: str = "", elsewhere: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.fault, self.elsewhere = fault, elsewhere
        self.heard: list[str] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class Visit(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Service

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.heard.append(f"{self.command} {self.path} {self.headers}")
        status, headers, body = self._told()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = answer  # noqa: N815 - the names http.server calls

    def _told(self) -> tuple[int, dict[str, str], bytes]:
        kind = {"Content-Type": "application/json"}
        signed = self.headers.get("Authorization", "")
        away = self.server.elsewhere
        if "users/me" in self.path and self.server.fault not in ("401", "redirect", "http redirect"):
            return 200, kind, json.dumps({"user": USER}).encode()
        if self.server.fault == "500":
            return 500, kind, json.dumps({"error": f"crashed with {signed}"}).encode()
        if self.server.fault == "401":
            told = {"error": f"bad credentials: {signed}", "description": f"you sent {dict(self.headers)}"}
            return 401, {**kind, "WWW-Authenticate": f"Basic realm={signed}"}, json.dumps(told).encode()
        if self.server.fault in ("redirect", "http redirect"):
            return 302, {**kind, "Location": f"{away}/steal?next={quote(self.path)}"}, b"{}"
        page = {"next_page": f"{away}/steal", "links": {"next": f"{away}/steal"}, "meta": {"has_more": True}}
        page |= {"after_cursor": "x", "end_of_stream": False, "views": [], "tickets": [], "results": [], "count": 0}
        if self.server.fault == "foreign page":
            return 200, {**kind, "Link": f'<{away}/steal>; rel="next"'}, json.dumps(page).encode()
        if self.server.fault == "not json":
            return 200, {"Content-Type": "text/html"}, f"<html>{signed}</html>".encode()
        return 200, kind, json.dumps({**page, "next_page": None, "links": {}, "meta": {"has_more": False}}).encode()


def tls_refuser() -> tuple[socket.socket, str]:
    """A port that speaks no TLS, and its https address."""
    door = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        while True:
            try:
                peer, _ = door.accept()
            except OSError:
                return
            with peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    threading.Thread(target=talk, daemon=True).start()
    return door, f"https://127.0.0.1:{door.getsockname()[1]}"


def tattler(path: Path, printing: str = "") -> Path:
    """A program that writes down how it was called and what it inherited, and prints a line."""
    notes = path.with_suffix(".notes")
    path.write_text(
        f"#!/bin/sh\ncat /proc/$$/environ /proc/$$/cmdline >>{notes}\n"
        f"tr '\\0' ' ' </proc/$PPID/cmdline >>{notes}\n" + (f"cat {printing}\n" if printing else "")
    )
    path.chmod(0o700)
    return notes


def everything_below(folder: Path) -> Mapping[str, bytes]:
    """Every file of a folder by its name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and not p.is_symlink()}


def of_process(number: int) -> bytes:
    """The command line of a process, as anybody on the machine may read it."""
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return b""


def environ_for(home: Path, tokens: Mapping[str, str]) -> dict[str, str]:
    """What the engineer's shell would hand to the command."""
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return {
        **kept,
        **tokens,
        "SUPPORTDESK_CONFIG": str(home / "config.toml"),
        "SUPPORTDESK_HOME": str(home / "state"),
        "LC_ALL": "C.UTF-8",
    }
