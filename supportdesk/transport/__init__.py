"""The only httpx: drives a provider's flow over the wire, and names failures by whether a write may be repeated.

A request once begun is never cancelled. Cancellation can wedge httpx 0.28's pool for good
(https://github.com/encode/httpcore/issues/1093), and the outcome of a cancelled write cannot be known. Every request
therefore runs in a task that the transport keeps: a caller that goes away leaves it to finish, and one that takes too
long is ended by closing its connection.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from supportdesk import __version__
from supportdesk.errors import (
    ConfigError,
    Distrusted,
    Lost,
    NotWritten,
    Refused,
    ServiceError,
    SignInError,
    SupportdeskError,
    TooLarge,
)
from supportdesk.providers import Account, Flow, Request, Response
from supportdesk.providers.answers import date_of, decode
from supportdesk.providers.credentials import unfit
from supportdesk.text import clean
from supportdesk.transport.addresses import climbs, shown
from supportdesk.transport.body import Body
from supportdesk.transport.client import Httpx, describe, open_client
from supportdesk.transport.download import Saved, download
from supportdesk.transport.echo import unsaid, unsaid_headers

T = TypeVar("T")

TOTAL_S = 30.0
CONNECT_S = 10.0
GRACE = 1.05  # what a request may take beyond its limit before its connection is closed under it
CLOSE_S = 5.0
CLOSING_S = 0.5
LAST_READS_S = 0.3  # nothing is lost with what only reads
_LEAST_S = 0.01
LIMIT_BYTES = 16 * 1024 * 1024
REDIRECTS = 3
_SLOW_TO_READ = 256 * 1024
_SLOW_TO_READ_TYPED = 1024 * 1024  # the fields of a row are read in a fifth of the time
_OUR_TIMES = range(2000, 2200)  # a Date beyond them is a broken clock, and not to be reckoned with
_MOVED = (301, 302, 303, 307, 308)

_log = logging.getLogger(__name__)


class Transport:
    """One account's way to its service; `credential` is asked for the headers that sign each request.

    `again` is asked for other ones when a request was refused with those (401), which is then repeated once.
    `total_s` limits a request from its first byte to the last of its answer, `limit_bytes` the decoded answer.
    ConfigError when the account's url may not carry a token.
    """

    def __init__(
        self,
        account: Account,
        credential: Callable[[], Awaitable[dict[str, str]]],
        *,
        again: Callable[[Mapping[str, str]], Awaitable[dict[str, str] | None]] | None = None,
        total_s: float = TOTAL_S,
        connect_s: float = CONNECT_S,
        limit_bytes: int = LIMIT_BYTES,
    ) -> None:
        if why := unfit(account.url):
            raise ConfigError(f"desk {account.name}: url {why}.")
        self.account = account
        self._credential, self._again = credential, again
        self._total_s, self._connect_s, self._limit_bytes = total_s, connect_s, limit_bytes
        self._client: Httpx = None
        self._building = asyncio.Lock()
        self._under_way: dict[asyncio.Task[Any], Httpx] = {}
        self._writes: set[asyncio.Task[Any]] = set()
        self._retired: set[Httpx] = set()
        self._burials: set[asyncio.Task[None]] = set()
        self._offset_s = 0.0

    @property
    def server_time_offset_s(self) -> float:
        """Seconds that the service's clock was ahead of ours at its last answer; 0 before the first."""
        return self._offset_s

    async def run(self, flow: Flow[T]) -> T:
        """Drive a flow to its value; what fails on the way is thrown into the flow, and raised when it lets it pass."""
        try:
            request = next(flow)
            while True:
                try:
                    response = await self._answer(request)
                except SupportdeskError as problem:
                    request = flow.throw(problem)
                else:
                    request = flow.send(response)
        except StopIteration as end:
            value: T = end.value
            return value
        finally:
            flow.close()

    async def close(self, wait_s: float = CLOSE_S) -> None:
        """Let writes under way finish for up to `wait_s`, then close every connection; a later `run` opens anew."""
        if self._writes:
            await asyncio.wait(self._writes, timeout=wait_s)
        if requests := self._begun():
            await asyncio.wait(requests, timeout=min(wait_s, LAST_READS_S))
        clients = self._retired | ({self._client} if self._client is not None else set())
        self._client, self._building = None, asyncio.Lock()  # the next `run` may be in another loop
        for client in clients:
            await client.aclose()
        if left := self._begun() | self._burials:
            await asyncio.wait(left, timeout=CLOSING_S)

    def _begun(self) -> set[asyncio.Task[Any]]:
        """The tasks that hold a connection; a keyring that is asked for a token keeps nobody from leaving."""
        return {task for task, client in self._under_way.items() if client is not None}

    async def save(self, url: str, name: str, folder: Path) -> Saved:
        """Save a file of the service in a folder; credentials go to the account's own origin alone."""
        return await download(self.account, await self._credential(), url, name, folder)

    def describe(self) -> list[str]:
        """What doctor says of the way to this service, as sentences without secrets."""
        return describe(self.account)

    async def _answer(self, request: Request) -> Response:
        """One request, from address check to decoded answer; once more with another signature where that may help."""
        client = self._client or await self._kept(self._opened(), None)
        url = self._url(request)
        signature = await self._kept(self._credential(), None)
        response = await self._followed(client, request, url, self._signed(request, signature))
        if response.status == 401 and self._again is not None:
            other = await self._kept(self._again(signature), None)
            if other is not None:
                return await self._followed(client, request, url, self._signed(request, other))
        return response

    async def _followed(self, client: Httpx, request: Request, url: Httpx, headers: dict[str, str]) -> Response:
        """One request with the redirects of a read."""
        content = self._content(request)
        deadline = time.monotonic() + self._total_s
        for _ in range(REDIRECTS + 1):
            exchange = self._exchange(client, request, url, headers, content, deadline)
            response = await self._kept(exchange, client, writes=request.writes)
            if response.status not in _MOVED:
                return response
            url = self._moved(request, response, url)
        raise Distrusted(f"{self._name(url)}: more than {REDIRECTS} redirects.", "Check the desk's url.")

    async def _kept(self, work: Awaitable[T], client: Httpx, *, writes: bool = False) -> T:
        """Await work in a task of its own, which outlives a cancelled caller and is never cancelled itself."""
        task = asyncio.ensure_future(work)
        self._under_way[task] = client
        if writes:
            self._writes.add(task)
        task.add_done_callback(self._landed)
        limit_s = self._total_s * GRACE
        if client is not None:
            watch = asyncio.get_running_loop().call_later(limit_s, self._retire, client, task)
            task.add_done_callback(lambda _: watch.cancel())
        done, _ = await asyncio.wait({task}, timeout=limit_s)
        if task in done:
            return task.result()
        if client is None:
            raise NotWritten(f"{self.account.name}: no token within {self._total_s:g} s.", "Run `supportdesk doctor`.")
        raise self._late()

    def _landed(self, task: asyncio.Task[Any]) -> None:
        del self._under_way[task]
        self._writes.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report what an absent caller never collected

    def _retire(self, client: Httpx, late: asyncio.Task[Any] | None) -> None:
        """Give later requests a fresh client, and close this one once its other requests are done."""
        if self._client is client:
            self._client = None
        self._retired.add(client)
        others = {task for task, used in self._under_way.items() if used is client and task is not late}
        burial = asyncio.create_task(self._bury(client, others))
        self._burials.add(burial)
        burial.add_done_callback(self._burials.discard)

    async def _bury(self, client: Httpx, others: set[asyncio.Task[Any]]) -> None:
        if others:
            await asyncio.wait(others, timeout=self._total_s * GRACE)
        await client.aclose()
        self._retired.discard(client)

    async def _opened(self) -> Httpx:
        async with self._building:
            if self._client is None:
                self._client = await asyncio.to_thread(open_client, self.account, self._connect_s)
            return self._client

    def _signed(self, request: Request, signature: dict[str, str]) -> dict[str, str]:
        headers = {"accept": "application/json", "accept-encoding": "gzip", "user-agent": f"supportdesk/{__version__}"}
        if request.body is not None:
            headers["content-type"] = "application/json"
        headers |= {name.lower(): value for name, value in request.headers}
        if not all(value.isascii() and value.isprintable() for value in signature.values()):
            raise SignInError(
                f"{self.account.name}: the token holds characters that no token has.",
                f"Run `supportdesk login {self.account.name}` and paste it again.",
            )
        return headers | {name.lower(): value for name, value in signature.items()}

    def _content(self, request: Request) -> bytes | None:
        if request.body is None:
            return None
        try:
            return json.dumps(request.body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        except ValueError:
            pass
        raise Refused(f"{self.account.name}: the text cannot be written as JSON.", "Remove unusual characters.")

    def _url(self, request: Request) -> Httpx:
        """The request's full address; Distrusted when it leads off the account's origin or climbs out of its path."""
        import httpx

        path, base = request.path, self.account.url.rstrip("/")
        absolute = path.lower().startswith(("https://", "http://"))
        if not absolute and not path.startswith("/"):
            raise self._astray(path)
        if climbs(path.partition("?")[0]):
            raise Distrusted(f"{self.account.name}: an address that climbs out of its place; nothing was sent.")
        try:
            url = httpx.URL(path if absolute else base + path)
            url = url.copy_merge_params(request.query) if request.query else url
        except (httpx.InvalidURL, UnicodeError):
            raise NotWritten(f"{self.account.name}: an address that cannot be asked.") from None
        if not self._at_home(url):
            raise self._astray(url.host)
        return url.copy_with(fragment=None) if url.fragment else url

    def _astray(self, where: str) -> Distrusted:
        return Distrusted(
            f"{self.account.name}: the service's answer leads away from {urlsplit(self.account.url).netloc},"
            f" to {clean(where, multiline=False)[:100]}; nothing was sent there.",
            "Check the desk's url.",
        )

    @cached_property
    def _home(self) -> Httpx:
        import httpx

        return httpx.URL(self.account.url)

    def _at_home(self, url: Httpx) -> bool:
        home = self._home
        same = (url.scheme, url.raw_host, url.port) == (home.scheme, home.raw_host, home.port)
        return same and not url.userinfo

    def _moved(self, request: Request, response: Response, url: Httpx) -> Httpx:
        """Where a redirected read goes next; Refused for a write, Distrusted for another origin."""
        import httpx

        location = response.headers.get("location", "")
        try:
            target = url.join(location)
        except httpx.InvalidURL:
            target = url
        where = f"{target.scheme}://{shown(target)}" if location else "nowhere"
        if request.writes:
            raise Refused(
                f"{self._name(url)}: moved to {where} ({response.status}); nothing was written.",
                "Change the desk's url or repo, then retry.",
                status=response.status,
            )
        if not location or not self._at_home(target):
            raise Distrusted(
                f"{self._name(url)}: redirected to {where}; nothing was sent there.",
                "Check the desk's url.",
                status=response.status,
            )
        return target.copy_with(fragment=None)

    async def _exchange(
        self,
        client: Httpx,
        request: Request,
        url: Httpx,
        headers: Mapping[str, str],
        content: bytes | None,
        deadline: float,
    ) -> Response:
        """Send one request and read its answer whole, within the time and size limits."""
        import httpx

        if client.is_closed:
            raise NotWritten(f"{self.account.name}: the connection was closed before the request was written.")
        began = time.monotonic()
        sent = client.build_request(
            request.method,
            url,
            headers=headers,
            content=content,
            timeout=httpx.Timeout(**self._limits(deadline - began)),
        )
        try:
            answer = await client.send(sent, stream=True)
            try:
                sent.extensions["timeout"]["read"] = max(deadline - time.monotonic(), _LEAST_S)
                raw = await self._read(answer, deadline)
            finally:
                await answer.aclose()
        except (httpx.TransportError, httpx.StreamError, httpx.InvalidURL) as problem:
            failure = self._renamed(problem, client)
        else:
            _log.debug("%s %s -> %d in %.0f ms", request.method, shown(url), answer.status_code, _ms_since(began))
            self._heed_clock(answer.headers.get("date", ""))
            heard = unsaid(raw, headers), unsaid_headers(answer.headers, headers)
            return await self._decoded(request, url, answer.status_code, *heard)
        _log.debug("%s %s -> %s in %.0f ms", request.method, shown(url), type(failure).__name__, _ms_since(began))
        raise failure  # outside the except block: the original holds the request, and with it the token

    def _limits(self, left_s: float) -> dict[str, float]:
        """Seconds for each phase, in httpx's names; the total is watched beside them."""
        left_s = max(left_s, _LEAST_S)
        connect_s = min(self._connect_s, left_s)
        return {"connect": connect_s, "pool": connect_s, "read": left_s, "write": left_s}

    async def _read(self, answer: Httpx, deadline: float) -> bytes:
        """The decoded body; Lost past the deadline or the size limit, or when it was cut off."""
        body = Body(answer.headers.get("content-encoding", ""), self._limit_bytes)
        async for chunk in answer.aiter_raw():
            if time.monotonic() > deadline:
                raise self._late()
            if not await body.take(chunk):
                raise TooLarge(f"{self.account.name}: the answer is larger than {self._limit_bytes:,} bytes.")
        whole = body.whole()
        if whole is None:
            raise Lost(f"{self.account.name}: the answer was cut off or is packed in a way we did not ask for.")
        return whole

    async def _decoded(self, asked: Request, url: Httpx, status: int, raw: bytes, told: Mapping[str, str]) -> Response:
        try:
            if len(raw) > (_SLOW_TO_READ if asked.kind is None else _SLOW_TO_READ_TYPED):
                return await asyncio.to_thread(decode, status, told, raw, asked.kind)
            return decode(status, told, raw, asked.kind)
        except Lost as problem:
            raise type(problem)(
                f"{self._name(url)}: {problem.message}",
                "A sign-in page, a proxy or maintenance may have answered; run `supportdesk doctor`.",
                status=problem.status,
            ) from None

    def _renamed(self, problem: Exception, client: Httpx) -> ServiceError:
        """What an httpx error means for a write, the most specific class first."""
        import httpx

        said = clean(str(problem), multiline=False)[:200].rstrip(".") or type(problem).__name__
        host = urlsplit(self.account.url).netloc
        if isinstance(problem, httpx.PoolTimeout):
            self._retire(client, None)
            return NotWritten(f"{self.account.name}: every connection to {host} was busy; new ones are opened.")
        if isinstance(problem, httpx.LocalProtocolError | httpx.UnsupportedProtocol | httpx.InvalidURL):
            return NotWritten(f"{self.account.name}: the request cannot be written ({type(problem).__name__}).")
        if isinstance(problem, httpx.ProxyError):
            return NotWritten(f"{self.account.name}: the proxy did not let us through: {said}.", "Check HTTPS_PROXY.")
        if isinstance(problem, httpx.ConnectTimeout):
            return NotWritten(f"{self.account.name}: {host} did not answer within {self._connect_s:.0f} s.")
        if isinstance(problem, httpx.ConnectError):
            hint = "Set the desk's ca_file." if "CERTIFICATE" in said else "Check the network and the desk's url."
            return NotWritten(f"{self.account.name}: {host} cannot be reached: {said}.", hint)
        if isinstance(problem, httpx.TimeoutException):
            return self._late()
        return Lost(f"{self.account.name}: the connection to {host} broke before the answer was whole: {said}.")

    def _late(self) -> Lost:
        return Lost(f"{self.account.name}: no whole answer within {self._total_s:g} s.", "It is tried again by itself.")

    def _name(self, url: Httpx) -> str:
        return f"{self.account.name}: {shown(url)}"

    def _heed_clock(self, date: str) -> None:
        said = date_of(date)
        if said is not None and said.year in _OUR_TIMES:
            self._offset_s = said.timestamp() - time.time()


def _ms_since(began: float) -> float:
    return (time.monotonic() - began) * 1000
