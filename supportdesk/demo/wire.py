"""The way to the embedded servers: a flow's requests answered from memory, in whatever weather was asked for."""

import asyncio
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from supportdesk.errors import Lost, NotWritten, ServiceError
from supportdesk.providers import Flow, Json, Request, Response
from supportdesk.providers.answers import decode

T = TypeVar("T")
Clock = Callable[[], datetime]

NEVER_LEFT = "unreachable"
BEFORE_WRITES = frozenset({"conflict", "database conflict", "closed"})
AFTER_COMMIT = frozenset({"lost answer", "lost 503", "truncated", "bad row"})
LATE = "late"
WITHOUT_TOUCHING = {
    "400": (400, "Bad request"),
    "401": (401, "Couldn't authenticate you"),
    "403": (403, "You do not have access to this page"),
    "404": (404, "Not found"),
    "410": (410, "Gone"),
    "413": (413, "Too large"),
    "422": (422, "Record validation errors"),
    "429": (429, "Too many requests"),
    "500": (500, "Internal server error"),
    "503": (503, "Down for a moment"),
    "secondary limit": (403, "You have exceeded a secondary rate limit"),
    "redirect": (301, "Moved permanently"),
    "html": (200, "<!doctype html><title>Maintenance</title><p>We'll be right back."),
}
FAILURES = BEFORE_WRITES | AFTER_COMMIT | WITHOUT_TOUCHING.keys() | {LATE, NEVER_LEFT}
_ONLY_WRITES = BEFORE_WRITES | {"lost answer", "lost 503", "truncated", LATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as the bytes a service would send."""

    status: int
    headers: Mapping[str, str]
    raw: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure that waits for its request: `on` is looked for in `METHOD path`."""

    what: str
    on: str
    wait_s: float

    def meets(self, request: Request) -> bool:
        """Whether it happens to this request."""
        if self.what in _ONLY_WRITES and not request.writes:
            return False
        return self.on in f"{request.method} {request.path}"


class Server(ABC):
    """A service in memory: its clock, what it was asked so far, and the failures it was told to have.

    `requests` are all that arrived, oldest first; `offline` turns everything into NotWritten; `url` is where the
    links to further pages lead.
    """

    def __init__(self, now: Clock, url: str) -> None:
        self.now = now
        self.url = url
        self.offline = False
        self.requests: list[Request] = []
        self._failures: list[Failure] = []
        self._late: list[tuple[datetime, Request]] = []

    def fail_next(self, what: str, *, on: str = "", times: int = 1, wait_s: float = 7) -> None:
        """Fail the next request that fits; ValueError for a failure this server does not know.

        `lost answer`, `lost 503`, `truncated` and `bad row` commit first; `late` commits `wait_s` after it was lost;
        `conflict`, `database conflict` and `closed` happen to the ticket just before the next write; `unreachable`
        and the numbered ones change nothing. `wait_s` is also what Retry-After says.
        """
        if what not in FAILURES:
            raise ValueError(f"{what!r} is not one of {', '.join(sorted(FAILURES))}")
        self._failures += [Failure(what=what, on=on, wait_s=wait_s)] * times

    def answer(self, asked: Request) -> Answer:
        """What the service sends back; ServiceError where no answer would arrive."""
        request = _below(asked)
        if self.offline:
            raise NotWritten("The service cannot be reached: offline.", "It is tried again by itself.")
        self._land_late()
        failure = next((one for one in self._failures if one.meets(request)), None)
        if failure is None:
            return self._commit(request)
        self._failures.remove(failure)
        return self._fail(request, failure)

    @abstractmethod
    def serve(self, request: Request) -> Answer:
        """Answer in the service's own words."""

    @abstractmethod
    def refusal(self, status: int, said: str) -> Json:
        """The JSON by which this service refuses."""

    @abstractmethod
    def disturb(self, what: str, request: Request) -> Answer | None:
        """Let something happen to the ticket before the write is looked at; an answer ends the request."""

    def reply(self, status: int, body: Json, headers: Mapping[str, str] | None = None) -> Answer:
        """An answer in JSON with the server's date."""
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        own = self._headers("application/json; charset=utf-8")
        return Answer(status=status, headers={**own, **(headers or {})}, raw=raw)

    def refuse(self, status: int, said: str, headers: Mapping[str, str] | None = None) -> Answer:
        """An answer that says no."""
        return self.reply(status, self.refusal(status, said), headers)

    def _headers(self, kind: str) -> dict[str, str]:
        return {"Content-Type": kind, "Date": format_datetime(self.now().astimezone(UTC), usegmt=True)}

    def _commit(self, request: Request) -> Answer:
        self.requests.append(request)
        return self.serve(request)

    def _land_late(self) -> None:
        due = [request for at, request in self._late if at <= self.now()]
        self._late = [(at, request) for at, request in self._late if at > self.now()]
        for request in due:
            self.serve(request)

    def _fail(self, request: Request, failure: Failure) -> Answer:
        if failure.what == NEVER_LEFT:
            raise NotWritten("The service cannot be reached.", "It is tried again by itself.")
        if failure.what in WITHOUT_TOUCHING:
            self.requests.append(request)
            return self._untouched(failure)
        if failure.what == LATE:
            self.requests.append(request)
            self._late.append((self.now() + timedelta(seconds=failure.wait_s), request))
            raise _no_answer()
        if failure.what in BEFORE_WRITES:
            return self.disturb(failure.what, request) or self._commit(request)
        return self._spoil(failure, self._commit(request))

    def _untouched(self, failure: Failure) -> Answer:
        status, said = WITHOUT_TOUCHING[failure.what]
        if failure.what == "html":
            return Answer(status=status, headers=self._headers("text/html; charset=utf-8"), raw=said.encode())
        headers = {"Retry-After": f"{failure.wait_s:.0f}"} if status in (429, 503) else {}
        if failure.what == "redirect":
            headers["Location"] = "https://elsewhere.example/"
        return self.refuse(status, said, headers)

    def _spoil(self, failure: Failure, answer: Answer) -> Answer:
        if failure.what == "lost answer":
            raise _no_answer()
        if failure.what == "lost 503":
            return self.refuse(503, "Down for a moment")
        if failure.what == "truncated":
            return Answer(status=answer.status, headers=answer.headers, raw=answer.raw[: len(answer.raw) // 2])
        return Answer(status=answer.status, headers=answer.headers, raw=_with_a_bad_row(answer.raw))


def _below(request: Request) -> Request:
    """The request with its path below the server and its query taken apart, however it was written."""
    parts = urlsplit(request.path)
    return replace(request, path=parts.path, query=(*parse_qsl(parts.query), *request.query))


def _no_answer() -> Lost:
    return Lost("The connection broke after the request was written.", "It is looked for before it is sent again.")


def _with_a_bad_row(raw: bytes) -> bytes:
    return re.sub(rb"\[\{", b'[{"id":{"not":"an id"},"subject":17},{', raw, count=1)


class Embedded:
    """A wire whose other end is a server in memory; every answer goes through bytes, as over a network."""

    def __init__(self, server: Server, delay_s: float = 0.0) -> None:
        self.server = server
        self.delay_s = delay_s
        self.server_time_offset_s = 0.0

    async def run(self, flow: Flow[T]) -> T:
        """Drive a flow to its value; ServiceError when the way to the service fails."""
        try:
            request = next(flow)
            while True:
                await asyncio.sleep(self.delay_s)
                request = self._step(flow, request)
        except StopIteration as ended:
            value: T = ended.value
            return value

    async def close(self, wait_s: float = 0.0) -> None:
        """Let go of nothing: there is no connection."""

    def _step(self, flow: Flow[T], request: Request) -> Request:
        try:
            response = self._ask(request)
        except ServiceError as problem:
            return flow.throw(problem)
        return flow.send(response)

    def _ask(self, request: Request) -> Response:
        answer = self.server.answer(request)
        return decode(answer.status, answer.headers, answer.raw)
