"""The ways to sign in: through the browser, with what it shows pasted, with a device's code, or with a token."""

import asyncio
import getpass
import sys
import webbrowser
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from types import SimpleNamespace
from typing import TypeVar

from supportdesk.cli.output import err
from supportdesk.desk.signing import open_site
from supportdesk.errors import Limited, Lost, NotWritten, ServiceError, SignInError, UsageError
from supportdesk.providers import Account, Flow
from supportdesk.providers.oauth import Denied, Door, Grant, ask_device, door, trade
from supportdesk.secrets import keyring_name
from supportdesk.secrets.callback import PORTS, address, listening
from supportdesk.secrets.oauth import Question, code_of, device, exchange, ours, question

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]
LONGEST_TOKEN = 8192
BROWSER_S = 300.0
SLOWER_S, SLOWEST_S = 5.0, 60.0
LEAVING_S = 0.3  # for an answer that is on its way when ctrl+c is pressed
_REMOTE = ("SSH_CONNECTION", "SSH_TTY")
_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def granted(account: Account, arguments: SimpleNamespace, environ: Mapping[str, str]) -> Grant:
    """Sign in to a desk in the way that was asked for or fits; SignInError or UsageError when that is not possible."""
    place = door(account)
    if arguments.device:
        place = _client(account, place.device if place else "", place)
    elif arguments.paste:
        place = _client(account, place.authorize if place else "", place)
    elif arguments.token or not sys.stdin.isatty() or place is None or not (place.authorize and account.client_id):
        token = _token(arguments, account)
        keyring_name()
        return Grant(access=token)
    keyring_name()  # a sign-in that could not be kept would be for nothing
    if arguments.device:
        return asyncio.run(by_device(account, place))
    return pasted(account, place) if arguments.paste or not _has_browser(environ) else in_browser(account, place)


def _client(account: Account, path: str, place: Door | None) -> Door:
    """Where to sign in; UsageError where a service has no such way, or no client is configured."""
    if place is None or not path:
        raise UsageError(f"{account.provider} has no such sign-in.", f"Run `supportdesk login {account.name}`.")
    if not account.client_id:
        raise UsageError(f"Desk {account.name} has no client_id.", "Set it in the configuration, or give --client-id.")
    return place


def _has_browser(environ: Mapping[str, str]) -> bool:
    """Whether a browser opened here is one that the person sees."""
    if any(environ.get(name) for name in _REMOTE):
        return False
    return sys.platform == "darwin" or any(environ.get(name) for name in _DISPLAY)


def in_browser(
    account: Account,
    place: Door,
    *,
    browse: Callable[[str], object] = webbrowser.open,
    ports: tuple[int, ...] = PORTS,
    wait_s: float = BROWSER_S,
) -> Grant:
    """Open the browser and wait for it to come back to this machine; without a free port what it shows is pasted."""
    with listening(ports) as callback:
        if callback is None:
            err(f"The ports {' and '.join(map(str, ports))} are taken.")
            return pasted(account, place)
        asked = question(place, account.client_id, address(callback.port))
        callback.fits = partial(ours, asked)
        err(f"Sign in to {account.name} in the browser. If none opens, open this address on this machine:")
        _show(asked.page)
        browse(asked.page)
        if not callback.taken.wait(wait_s):
            raise SignInError(
                f"Nobody came back from the browser within {wait_s / 60:.0f} minutes.",
                f"Run `supportdesk login {account.name} --paste` to paste what it shows.",
            )
        answer = callback.answer
    return _exchanged(account, place, asked, answer)


def pasted(account: Account, place: Door, *, prompt: Callable[[str], str] = getpass.getpass) -> Grant:
    """Show the address to open anywhere, and ask for the one at which the browser ends, or for its code."""
    asked = question(place, account.client_id, address(PORTS[0]))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("There is no terminal to paste the answer at.", "Give --token and pipe a token in.")
    err(f"Open this address in a browser anywhere and sign in to {account.name}:")
    _show(asked.page)
    err("The browser then ends at an address that it cannot show. That address is the answer.")
    answer = prompt("Paste it here, or only its code (it is not shown): ")
    return _exchanged(account, place, asked, answer)


def _show(page: str) -> None:
    """An address alone on its line, to be copied whole."""
    sys.stderr.write(f"\n{page}\n\n")
    sys.stderr.flush()


def _exchanged(account: Account, place: Door, asked: Question, answer: str) -> Grant:
    code = code_of(asked, answer)
    if isinstance(code, Denied):
        raise code.problem(account)
    found = asyncio.run(_run(account, place, trade(place, exchange(asked, code), datetime.now(UTC))))
    return _grant(account, found)


async def by_device(account: Account, place: Door, sleep: Sleep = asyncio.sleep) -> Grant:
    """Show a code, and ask at the service's pace whether it was entered; what fails on the way is asked again."""
    asked = await _run(account, place, ask_device(place, account.client_id))
    if isinstance(asked, Denied):
        raise asked.problem(account)
    err(f"Open {asked.url} in a browser anywhere and enter {asked.user_code}")
    body, pace, left_s = device(account.client_id, asked.code), Pace(asked.every_s), asked.for_s
    pause_s = pace.every_s
    while left_s > 0:
        await sleep(pause_s)
        began = monotonic()
        found = await _polled(account, place, body)
        left_s -= pause_s + monotonic() - began
        if isinstance(found, Grant):
            return found
        was_off = pace.missed > 0
        pause_s = min(pace.after(found), max(left_s, pace.every_s))
        if isinstance(found, ServiceError) and left_s > 0:
            good = f"The code is good for {_span(left_s)} more"
            err(f"{found.message} {good}; asked again in {_span(pause_s)}, ctrl+c leaves.")
        elif was_off:
            err(f"{account.name} answers again.")
    raise Denied(error="expired_token").problem(account)


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


class Pace:
    """How long to wait before a device asks again: as the service says, and longer after each failure in a row."""

    def __init__(self, every_s: float) -> None:
        self.every_s, self.missed = every_s, 0

    def after(self, found: Denied | ServiceError) -> float:
        """The wait in seconds after an answer, or after none."""
        if isinstance(found, Denied):
            self.missed = 0
            self.every_s += SLOWER_S if found.error == "slow_down" else 0.0
            return self.every_s
        self.missed += 1
        return max(min(self.every_s * 2.0**self.missed, SLOWEST_S), self.every_s, found.wait_s or 0.0)


async def _polled(account: Account, place: Door, body: dict[str, str]) -> Grant | Denied | ServiceError:
    """What a device was answered: a grant, that it shall wait, or what kept the answer from us this time."""
    try:
        found = await _run(account, place, trade(place, body, datetime.now(UTC)))
    except (NotWritten, Lost, Limited) as problem:
        return problem
    if isinstance(found, Denied) and found.passes:
        return Lost(found.problem(account).message)
    return found if isinstance(found, Denied) and found.waits else _grant(account, found)


def _grant(account: Account, found: Grant | Denied) -> Grant:
    if isinstance(found, Denied):
        raise found.problem(account)
    return found


async def _run(account: Account, place: Door, flow: Flow[T]) -> T:
    site = open_site(account, place)
    try:
        return await site.run(flow)
    finally:
        await site.close(LEAVING_S)


def _token(arguments: SimpleNamespace, account: Account) -> str:
    if sys.stdin.isatty():
        token = getpass.getpass(f"Token for {account.name} ({account.url}): ").strip()
    elif arguments.token:
        token = sys.stdin.readline(LONGEST_TOKEN).strip()
    else:
        raise UsageError(
            "There is no terminal to ask for the token at.",
            f"Give --token and pipe it in: `pass show zendesk | supportdesk login {account.name} --token`.",
        )
    if not token:
        raise SignInError("No token was given.", f"Run `supportdesk login {account.name}` again and paste it.")
    return token
