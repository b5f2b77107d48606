"""A customer's file onto our disk: never over another, never larger than agreed, and no credential off our origin."""

import asyncio
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from supportdesk.errors import Distrusted, Lost, NotWritten, Refused, StoreError
from supportdesk.providers import Account
from supportdesk.text import clean, safe_name
from supportdesk.transport.client import open_client

LARGEST = 64 * 1024 * 1024
TOTAL_S = 120.0
CONNECT_S = 10.0
REDIRECTS = 3
_MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A file that was saved, and the host whose bytes it holds."""

    path: Path
    size: int
    host: str


async def download(
    account: Account,
    signature: Mapping[str, str],
    url: str,
    name: str,
    folder: Path,
    *,
    largest: int = LARGEST,
    total_s: float = TOTAL_S,
) -> Saved:
    """Save what an address gives in a folder of ours, 0600; credentials go to the account's own origin alone.

    Distrusted for an address or redirect that is not https, Refused when it is too large or the service says no,
    StoreError when it cannot be written; nothing half-written stays.
    """
    client = await asyncio.to_thread(partial(open_client, account, CONNECT_S, anywhere=True))
    path, number = _fresh(folder, safe_name(name))
    whole = False
    try:
        with os.fdopen(number, "wb") as file:
            async with asyncio.timeout(total_s):
                host = await _fetched(client, account, signature, url, file, largest)
        whole = True
    except TimeoutError:
        raise Lost(f"{account.name}: the file did not arrive within {total_s:g} s.", "Try again.") from None
    except OSError as problem:
        raise StoreError(
            f"{path} cannot be written: {problem.strerror}.", "Make room, or look at its folder."
        ) from None
    finally:
        if not whole:
            path.unlink(missing_ok=True)
        await client.aclose()
    return Saved(path=path, size=path.stat().st_size, host=host)


def _fresh(folder: Path, name: str) -> tuple[Path, int]:
    """A new file in a folder that is ours alone; what is there already, a link included, is left alone."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise StoreError(f"{folder} is not a folder of yours alone.", f"Run: chmod 700 {folder}")
        for number in range(1000):
            path = folder / (name if not number else f"{number}-{name}")
            try:
                return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            except FileExistsError:
                continue
    except OSError as problem:
        raise StoreError(f"{folder} cannot be written: {problem.strerror}.", "Look at the folder.") from None
    raise StoreError(f"{folder} holds {name} a thousand times.", "Clear the folder.")


async def _fetched(
    client: Any, account: Account, signature: Mapping[str, str], url: str, file: Any, largest: int
) -> str:
    httpx = _httpx()
    try:
        home, target = httpx.URL(account.url), httpx.URL(url)
        for _ in range(REDIRECTS + 1):
            own = (target.scheme, target.raw_host, target.port) == (home.scheme, home.raw_host, home.port)
            if not own and target.scheme != "https":
                raise Distrusted(f"{account.name}: the file is not behind https; nothing was fetched.")
            if target.userinfo:
                raise Distrusted(f"{account.name}: the file's address holds a name; nothing was fetched.")
            headers = {**(signature if own else {}), "accept-encoding": "identity"}
            async with client.stream("GET", target, headers=headers) as answer:
                if answer.status_code not in _MOVED:
                    await _stored(answer, account, file, largest)
                    return clean(target.host, multiline=False)
                target = target.join(answer.headers.get("location", ""))
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, ssl.SSLError) as problem:
        failed = type(problem).__name__
    else:
        failed = f"more than {REDIRECTS} redirects"
    raise NotWritten(f"{account.name}: the file could not be fetched ({failed}).", "Try again, or in the browser.")


def _httpx() -> Any:
    import httpx

    return httpx


async def _stored(answer: Any, account: Account, file: Any, largest: int) -> None:
    if answer.status_code != 200:
        raise Refused(f"{account.name}: the service does not give the file ({answer.status_code}).", "Sync again.")
    size = 0
    async for chunk in answer.aiter_raw():
        size += len(chunk)
        if size > largest:
            raise Refused(f"{account.name}: the file is larger than {largest:,} bytes.", "Fetch it in the browser.")
        file.write(chunk)
