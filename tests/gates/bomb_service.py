"""A service on loopback that answers like Zendesk until it is told to drop a bomb."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent.parent / "samples" / "zendesk"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DRIP_S = 0.2
Play = Callable[[socket.socket], object]


def _answer(body: bytes, head: bytes = HEAD) -> bytes:
    return head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def _page(**others: Any) -> Any:
    return {**json.loads((SAMPLES / "search.json").read_text()), "next_page": None, **others}


def _bodies(body: bytes, head: bytes = HEAD) -> Play:
    return lambda peer: peer.sendall(_answer(body, head))


def _gzip(size: int, begun: bytes) -> Play:
    _blanks(size, begun)  # packed once, and not while the console is timed
    return lambda peer: peer.sendall(_answer(_blanks(size, begun), HEAD + b"Content-Encoding: gzip\r\n"))


@cache
def _blanks(size: int, begun: bytes) -> bytes:
    return gzip.compress(begun + b" " * size, 9)


def _large(size: int) -> Play:
    def play(peer: socket.socket) -> None:
        peer.sendall(HEAD + f"Content-Length: {size}\r\n\r\n".encode() + b'{"results": [], "x": "')
        for _ in range(size // 65536):
            peer.sendall(b" " * 65536)

    return play


def _drip(first: bytes) -> Play:
    def play(peer: socket.socket) -> None:
        peer.sendall(first)
        while True:
            time.sleep(DRIP_S)
            peer.sendall(b"x")

    return play


def _endless_headers(size: int) -> Play:
    return lambda peer: peer.sendall(HEAD + b"X-Filler: " + b"x" * size + b"\r\n\r\n{}")


def _cut_off(whole: bytes) -> Play:
    def play(peer: socket.socket) -> None:
        peer.sendall(whole)
        peer.shutdown(socket.SHUT_RDWR)

    return play


def _row(**others: Any) -> bytes:
    """A page whose first row is spoilt and whose others are not."""
    page = _page()
    page["results"][0] = {**page["results"][0], **others}
    return json.dumps(page).encode()


def _without(name: str) -> bytes:
    page = _page()
    del page["results"][0][name]
    return json.dumps(page).encode()


def _smileys(words: bytes) -> bytes:
    """As many short words as pass by their number, each as wide in memory as the smiley in it."""
    word = b'"' + words + b'\xf0\x9f\x98\x80",'
    return b'{"results": [' + word * (390_000 * 43 // len(word)) + b'""]}'


MIB = 1024 * 1024
WIDE = b"\xe2\x80\xae\xf0\x9f\x98\x80"
BOMBS: dict[str, Play] = {
    "gzip of 300 MB": _gzip(300_000_000, b'{"results": [], "x": "'),
    "gzip of 300 MB between words": _gzip(300_000_000, b'{"results": [], "x": 1'),
    "100 MB body": _large(100 * MIB),
    "endless drip, body": _drip(HEAD + b"Content-Length: 5000\r\n\r\n"),
    "endless drip, headers": _drip(HEAD + b"X: "),
    "2 MB of headers": _endless_headers(2 * MIB),
    "cut off": lambda peer: (
        peer.sendall(_answer(json.dumps(_page()).encode())[:-40]),
        peer.shutdown(socket.SHUT_RDWR),
    ),
    "html": _bodies(b"<title>Sign in</title>", HEAD.replace(b"application/json", b"text/html")),
    "empty": _bodies(b""),
    "100,000 deep": _bodies(b"[" * 100_000),
    "4 million lists": _bodies(b'{"results": [' + b"[]," * 4_000_000 + b"[]]}"),
    "2 million objects": _bodies(b'{"results": [' + b'{"a":1},' * 1_900_000 + b"{}]}"),
    "4 million numbers": _bodies(b'{"results": [' + b"1.5," * 4_000_000 + b"1]}"),
    "16 MB of words with a smiley each": _bodies(_smileys(b"x" * 34)),
    "16 MB of smileys": _bodies(_smileys(b"\xf0\x9f\x98\x80" * 9)),
    "16 MB of escaped smileys": _bodies(_smileys(b"x" * 22 + b"\\ud83d\\ude00")),
    "NaN": _bodies(json.dumps(_page(count=float("nan"))).encode()),
    "unknown packing": _bodies(b"\x0b\x02\x80{}\x03", HEAD + b"Content-Encoding: br\r\n"),
    "packed six times": _bodies(b"{}", HEAD + b"Content-Encoding: gzip, gzip, gzip, gzip, gzip, gzip\r\n"),
    "pages without end": _bodies(json.dumps(_page(next_page="/api/v2/search.json?page=2")).encode()),
    # from here on it is a row that is bad: its words are cut
    "15 MB in one word": _bodies(_row(description="@").replace(b'"@"', b'"' + WIDE * 2_000_000 + b'"')),
    # and now only it is left out
    "id of 5,000 digits": _bodies(_row(id="@").replace(b'"@"', b"9" * 5000)),
    "keys given twice": _bodies(json.dumps(_page()).encode().replace(b'"subject":', b'"id": null, "subject":', 1)),
    "no updated_at": _bodies(_without("updated_at")),
    "a list for a status": _bodies(_row(status=["open"])),
}
REFUSED = tuple(BOMBS)[: tuple(BOMBS).index("15 MB in one word")]
CUT = ("15 MB in one word",)
DRIPS = ("endless drip, body", "endless drip, headers")


@dataclass
class Service:
    """Answers searches with `bomb` while there is one; `searches` counts them."""

    bomb: Play | None = None
    searches: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(peer)
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        with peer, peer.makefile("rb") as stream:
            try:
                while line := stream.readline():
                    while stream.readline() not in (b"\r\n", b""):
                        continue
                    self._play(line.decode().split(" ")[1], peer)
            except (OSError, ValueError):
                return

    def _play(self, target: str, peer: socket.socket) -> None:
        path = target.partition("?")[0]
        if path == "/api/v2/search.json":
            self.searches.append(time.monotonic())
            (self.bomb or _bodies(json.dumps(_page()).encode()))(peer)
        elif path == "/api/v2/users/me.json":
            peer.sendall(_answer((SAMPLES / "me.json").read_bytes()))
        elif path == "/api/v2/views.json":
            peer.sendall(_answer(b'{"views": []}'))
        else:
            peer.sendall(_answer(b"{}", HEAD.replace(b"200 OK", b"403 Forbidden")))

    def close(self) -> None:
        self._socket.close()
        for peer in self._open:
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
