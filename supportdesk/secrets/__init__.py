"""Where a desk's token comes from and where it is kept: the environment, a command, the keyring, or this session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from functools import cached_property
from typing import TypeVar

from supportdesk import late
from supportdesk.errors import SignInError
from supportdesk.providers import Account
from supportdesk.providers.credentials import TOKEN_PREFIX, token_variable
from supportdesk.secrets.command import COMMAND_S, printed
from supportdesk.secrets.ring import KEYRING_S, Call, delete_token, kept, keyring_name, store_token

__all__ = [
    "Secrets",
    "delete_token",
    "grant_for",
    "kept_grant",
    "keyring_name",
    "store_token",
    "take_tokens",
]

T = TypeVar("T")
_TICK_S = 0.02


class Secrets:
    """The tokens of one run: taken from the environment, given in this session, or fetched once and kept in memory.

    `keyring_s` limits each question to the keyring, in seconds.
    """

    def __init__(self, taken: Mapping[str, str], environ: Mapping[str, str], *, keyring_s: float = KEYRING_S) -> None:
        self._taken = dict(taken)
        self._given: set[str] = set()
        self._environ = environ
        self._keyring_s = keyring_s
        self._asked: dict[str, asyncio.Task[late.oauth.Grant]] = {}

    @cached_property
    def _grants(self) -> dict[str, late.oauth.Grant]:
        return {desk: late.oauth.Grant(access=token) for desk, token in self._taken.items()}

    def __repr__(self) -> str:
        return f"Secrets(desks={sorted(self._grants)})"

    async def grant(self, account: Account) -> late.oauth.Grant:
        """What signs a desk's requests, without blocking the loop; those who ask at the same time share one question.

        SignInError when it cannot be had.
        """
        if account.name in self._grants:
            return self._grants[account.name]
        if account.name not in self._asked:
            task = self._asked[account.name] = asyncio.create_task(self._fetched(account))
            task.add_done_callback(lambda done: self._answered(account.name, done))
        return await asyncio.shield(self._asked[account.name])

    def _answered(self, desk: str, task: asyncio.Task[late.oauth.Grant]) -> None:
        del self._asked[desk]
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report what an absent caller never collected

    async def _fetched(self, account: Account) -> late.oauth.Grant:
        found = await beside(lambda: grant_for(account, self._environ, keyring_s=self._keyring_s))
        return self._grants.setdefault(account.name, found)

    async def read_again(self, account: Account) -> late.oauth.Grant:
        """What the keyring or the command has by now, which another process may have changed."""
        if account.name not in {*self._taken, *self._given}:
            found = await beside(lambda: grant_for(account, self._environ, keyring_s=self._keyring_s))
            self._grants[account.name] = found
        return await self.grant(account)

    async def replace(self, account: Account, grant: late.oauth.Grant) -> None:
        """Put a renewed pair into the keyring, and only then use it; SignInError when it was not kept."""
        await beside(lambda: store_token(account.name, grant.text, limit_s=self._keyring_s))
        self._grants[account.name] = grant

    def keep(self, desk: str, grant: late.oauth.Grant) -> None:
        """Use a token for this session only."""
        self._grants[desk] = grant
        self._given.add(desk)

    def held(self) -> tuple[str, ...]:
        """Every token in memory, for the gate that keeps them from leaving in a text."""
        return tuple(token for grant in self._grants.values() for token in (grant.access, grant.refresh) if token)

    def renewable(self, account: Account) -> bool:
        """Whether what signs a desk's requests came from the keyring, so that its successor can be put there."""
        return self.source(account) == "keyring" and account.name not in self._given

    def source(self, account: Account) -> str:
        """Where a desk's token comes from: "environment", "token_command" or "keyring"."""
        if account.name in self._taken:
            return "environment"
        return "token_command" if account.token_command else "keyring"


async def beside(call: Callable[[], T]) -> T:
    """A blocking call's value, awaited: it runs in a daemon thread, which is left behind when nobody waits any more."""
    made = Call(call)
    while made.is_alive():
        await asyncio.sleep(_TICK_S)
    if isinstance(made.outcome, Exception):
        raise made.outcome
    value: T = made.outcome
    return value


def take_tokens(environ: MutableMapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The desks' tokens from the environment; every `SUPPORTDESK_TOKEN_*` is removed from it, for any child to miss."""
    taken = {name: environ.get(token_variable(name), "").strip() for name in names}
    for variable in [name for name in environ if name.startswith(TOKEN_PREFIX)]:
        del environ[variable]
    return {name: token for name, token in taken.items() if token}


def grant_for(
    account: Account, environ: Mapping[str, str], *, command_s: float = COMMAND_S, keyring_s: float = KEYRING_S
) -> late.oauth.Grant:
    """What signs a desk's requests, from its environment variable, its `token_command` or the keyring; blocks.

    SignInError when none has it.
    """
    if token := environ.get(token_variable(account.name), "").strip():
        return late.oauth.Grant(access=token)
    if account.token_command:
        return late.oauth.Grant(access=printed(account, environ, command_s))
    if (found := kept_grant(account.name, limit_s=keyring_s)) is not None:
        return found
    raise SignInError(
        f"{account.name}: there is no token in the keyring.",
        f"Run `supportdesk login {account.name}`, or set token_command or ${token_variable(account.name)}.",
    )


def kept_grant(desk: str, *, limit_s: float = KEYRING_S) -> late.oauth.Grant | None:
    """What the keyring keeps for a desk, None when that is nothing; SignInError when it is damaged."""
    text = kept(desk, limit_s=limit_s)
    try:
        return late.oauth.grant_of(text) if text else None
    except ValueError:
        pass  # the error would quote what was kept
    raise SignInError(f"{desk}: what the keyring keeps is damaged.", f"Run `supportdesk login {desk}`.")
