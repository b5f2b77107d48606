"""A server in memory behind a real socket of the same loop, and the fourteen ways in which a write to it goes wrong."""

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from supportdesk.demo import Answer
from supportdesk.providers import Request

PATIENCE_S = 30.0  # the transport's
FAULTS = (
    "timeout before",
    "timeout after",
    "late commit",
    "reset",
    "429 seconds",
    "429 date",
    "429 none",
    "5xx before",
    "5xx after",
    "truncated",
    "html",
    "empty 201",
    "clock",
    "kill",
)
DAY = timedelta(days=1)
_SILENT = ("timeout before", "timeout after", "clock")
_COMMITS = {"timeout before": False, "5xx before": False} | dict.fromkeys(
    ("timeout after", "5xx after", "truncated", "empty 201"), True
)
_HTML = b"<!doctype html><title>Maintenance</title>"


@dataclass
class Fate:
    """What becomes of the next writes, drawn from a seed: how often, whether they commit, and how late."""

    fault: str
    seed: int
    times: int = 1
    reads: int = 0
    commits: bool = False
    late_s: float = 0.0
    lag_s: float = 0.0
    wait_s: int = 0
    status: int = 500
    dies: str = ""
    jump: timedelta = timedelta(0)
    secondary: bool = False

    @classmethod
    def drawn(cls, fault: str, seed: int) -> "Fate":
        dice = Random(f"{fault}/{seed}")
        return cls(
            fault=fault,
            seed=seed,
            times=dice.choice((1, 1, 2, 3)) if fault not in ("kill", "clock") else dice.choice((1, 2)),
            reads=dice.choice((0, 0, 1, 2)),
            commits=_COMMITS.get(fault, dice.random() < 0.5),
            late_s=dice.uniform(1.0, 90.0),
            lag_s=dice.choice((0.0, dice.uniform(0.0, 480.0))),
            wait_s=dice.randrange(7, 200),
            status=dice.choice((500, 502, 503)),
            dies=("before", "under way", "answered")[seed % 3] if fault == "kill" else "",
            jump=(DAY if seed % 2 else -DAY) if fault == "clock" else timedelta(0),
            secondary=dice.random() < 0.5,
        )


@dataclass
class Door:
    """The socket; `inside` answers, `fate` meets the writes whose `METHOD path` holds `on`."""

    now: Callable[[], datetime]
    inside: Any = None
    fate: Fate | None = None
    on: tuple[str, ...] = ()
    jump: Callable[[timedelta], None] = lambda by: None
    killed: Callable[[], None] = lambda: None
    asked: list[tuple[datetime, str]] = field(default_factory=list)
    not_before: datetime | None = None
    early: int = 0
    met: int = 0
    url: str = ""
    _server: Any = None
    _visits: set[asyncio.Task[Any]] = field(default_factory=set)

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._visit, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def behind(self, inside: Any, fate: Fate | None, on: tuple[str, ...]) -> None:
        """Put a fresh server behind the socket."""
        self.inside, self.fate, self.on = inside, fate, on
        inside.url = self.url
        self.asked, self.not_before, self.early, self.met = [], None, 0, 0

    async def close(self, wait_s: float = 0.0) -> None:
        self._server.close()
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._visits = {visit for visit in self._visits if not visit.done()} | {asyncio.current_task()}
        try:
            while (request := await _request(reader)) is not None:
                raw = self._answer(request)
                if raw is None:
                    await reader.read()  # until the other end gives up
                    break
                if raw == b"":
                    _reset(writer)
                    return
                writer.write(raw)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    def _answer(self, request: Request) -> bytes | None:
        """The answer's bytes, none of them for a reset, None for silence."""
        fate, now = self.fate, self.now()
        self.asked.append((now, f"{request.method} {request.path}"))
        touched = any(part in f"{request.method} {request.path}" for part in self.on)
        if request.writes and touched and self.not_before is not None:
            self.early += now < self.not_before
            self.not_before = None
        if fate is not None and request.writes and touched and fate.times:
            fate.times -= 1
            self.met += 1
            return self._spoilt(request, fate)
        if fate is not None and not request.writes and self.met and fate.reads:
            fate.reads -= 1
            return _bytes(self._said(503, b"{}"))
        return _bytes(self.inside.serve(request))

    def _commit(self, request: Request) -> Any:
        return self.inside.serve(request)

    def _later(self, request: Request, seconds: float) -> None:
        server = self.inside
        asyncio.get_running_loop().call_later(seconds, lambda: server.serve(request))

    def _spoilt(self, request: Request, fate: Fate) -> bytes | None:
        self.jump(fate.jump)
        fate.jump = timedelta(0)
        if fate.fault == "kill":
            return self._killed(request, fate)
        if fate.fault.startswith("429"):
            return self._limited(fate)
        if fate.fault == "late commit" or (fate.fault == "clock" and not fate.commits):
            self._later(request, PATIENCE_S + fate.late_s)
            return None
        answer = self._commit(request) if fate.commits else self._said(200, b"")
        return None if fate.fault in _SILENT else self._garbled(fate, answer)

    def _garbled(self, fate: Fate, answer: Answer) -> bytes:
        if fate.fault == "reset":
            return b""
        if fate.fault == "truncated":
            return _bytes(replace(answer, raw=answer.raw[: len(answer.raw) // 2]))
        if fate.fault == "html":
            return _bytes(self._said(200, _HTML, "text/html; charset=utf-8"))
        if fate.fault == "empty 201":
            return _bytes(self._said(201, b""))
        return _bytes(self._said(fate.status, b"" if fate.status == 502 else b'{"message":"Down"}'))

    def _killed(self, request: Request, fate: Fate) -> bytes | None:
        if fate.dies == "answered":
            return _bytes(self._commit(request))
        if fate.commits:
            self._later(request, fate.late_s)
        self.killed()
        return None

    def _limited(self, fate: Fate) -> bytes:
        wait_s = 60 if fate.fault == "429 none" else fate.wait_s
        self.not_before = self.now() + timedelta(seconds=wait_s - 1)  # whole seconds in a date
        if fate.fault == "429 none" and fate.secondary and "github" in type(self.inside).__name__.lower():
            return _bytes(self._said(403, b'{"message":"You have exceeded a secondary rate limit."}'))
        answer = self._said(429, b'{"error":"TooManyRequests","message":"Slow down"}')
        words = {
            "429 seconds": str(wait_s),
            "429 date": format_datetime(self.now() + timedelta(seconds=wait_s), usegmt=True),
        }
        said = words.get(fate.fault)
        return _bytes(replace(answer, headers={**answer.headers, **({"Retry-After": said} if said else {})}))

    def _said(self, status: int, raw: bytes, kind: str = "application/json; charset=utf-8") -> Answer:
        headers = {"Content-Type": kind, "Date": format_datetime(self.now(), usegmt=True)}
        return Answer(status=status, headers=headers, raw=raw)


async def _request(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, target, _ = head[0].split(" ")
    headers = tuple((name, value) for name, _, value in (row.partition(": ") for row in head[1:] if row))
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    raw = await reader.readexactly(length)
    parts = urlsplit(target)
    return Request(
        method=method,
        path=parts.path,
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        body=json.loads(raw) if raw else None,
        headers=headers,
    )


def _bytes(answer: Answer) -> bytes:
    rows = [f"HTTP/1.1 {answer.status} X", *(f"{name}: {value}" for name, value in answer.headers.items())]
    return "\r\n".join((*rows, f"Content-Length: {len(answer.raw)}", "", "")).encode() + answer.raw


def _reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
