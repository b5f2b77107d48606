"""Servers on loopback that answer byte for byte what a test tells them to."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

Play = Callable[["Asked", socket.socket], object]


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """Accepts connections and lets `play` answer each request; `asked` keeps them all."""

    play: Play
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(peer)
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        try:
            peer = self.tls.wrap_socket(peer, server_side=True) if self.tls else peer
        except OSError:
            return peer.close()
        with peer, peer.makefile("rb") as stream:
            try:
                while line := stream.readline():
                    method, target, _ = line.decode().split(" ", 2)
                    headers = {}
                    while (line := stream.readline()) not in (b"\r\n", b""):
                        name, _, value = line.decode().partition(":")
                        headers[name.strip().lower()] = value.strip()
                    asked = Asked(method, target, headers, stream.read(int(headers.get("content-length", "0"))))
                    self.asked.append(asked)
                    self.play(asked, peer)
            except (OSError, ValueError):
                return None

    def close(self) -> None:
        self._socket.close()
        for peer in self._open:
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


@pytest.fixture
def serve() -> Iterator[Callable[[Play], Server]]:
    """Start a server that plays a script; all are stopped at the end."""
    started: list[Server] = []

    def start(play: Play, tls: ssl.SSLContext | None = None) -> Server:
        started.append(Server(play, tls=tls))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
