"""Putting a desk together: from a configuration and its secrets, or from the embedded demo."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from supportdesk import providers
from supportdesk.config import Config
from supportdesk.desk.clocks import Steady, Uptime, clock, new_op, uptime
from supportdesk.desk.desk import Desk
from supportdesk.desk.pace import Pace
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import StoreError
from supportdesk.providers import Account
from supportdesk.secrets import Secrets
from supportdesk.store.cache import Cache
from supportdesk.store.files import Files
from supportdesk.store.locks import Lock, Presence

Clock = Callable[[], datetime]
DEMO_SETTLE_S = 5.0


def open_desk(
    config: Config,
    secrets: Secrets,
    *,
    undo_s: float,
    read_only: bool = False,
    wires: Mapping[str, providers.Wire] | None = None,
    now: Clock = clock,
    uptime: Uptime = uptime,
) -> Desk:
    """A desk over the configured accounts; state lives in `config.home`, tokens are asked for when first needed."""
    given = wires or {}
    connections = {
        name: _connect(account, secrets, given.get(name), config.home, now) for name, account in config.accounts.items()
    }
    for connection in connections.values():
        connection.pace = Pace(config.share)
    presence = Presence(config.home)
    presence.enter()
    try:
        cache = Cache.open(config.home / "cache.sqlite3")
    except StoreError:
        presence.close()
        raise
    work = Workplace(
        folder=config.home,
        connections=connections,
        presence=presence,
        cache=cache,
        now=now,
        new_op=new_op,
        settle_s=config.settle_s,
        undo_s=undo_s,
        sync_days=config.sync_days,
        keep_s=config.keep_s,
        read_only=read_only,
        tokens=_tokens_of(config, secrets),
        steadied=Steady(now, uptime),
    )
    return Desk(work)


def open_demo(folder: Path, *, seed: int = 0, undo_s: float = 8.0, now: Clock = clock) -> Desk:
    """A desk over the embedded helpdesk and tracker; nothing outside `folder` is touched."""
    from supportdesk.demo import open_demo_accounts

    accounts, wires = open_demo_accounts(now, seed)
    connections = {name: Connection(account, partial(wires.__getitem__, name)) for name, account in accounts.items()}
    work = Workplace(
        folder=folder,
        connections=connections,
        cache=Cache.open(folder / "cache.sqlite3"),
        now=now,
        new_op=new_op,
        settle_s=DEMO_SETTLE_S,
        undo_s=undo_s,
        sync_days=30,
    )
    return Desk(work)


def _tokens_of(config: Config, secrets: Secrets) -> Callable[..., Awaitable[Sequence[str]]]:
    async def tokens(*desks: str) -> Sequence[str]:
        """Every token in memory, with those of these desks where they can be had."""
        asked = (secrets.grant(config.accounts[name]) for name in desks)
        await asyncio.gather(*asked, return_exceptions=True)
        return secrets.held()

    return tokens


def _connect(account: Account, secrets: Secrets, given: providers.Wire | None, folder: Path, now: Clock) -> Connection:
    def signed() -> providers.Wire:
        from supportdesk.desk.signing import SignedTransport, Signing, open_site

        signing = Signing(
            account,
            secrets,
            connection.provider.authorize,
            lock=Lock(folder / f"sign-in-{account.name}.lock", Files(), os.getpid()),
            site=partial(open_site, account),
            now=service_time,
        )
        return SignedTransport(account, signing)

    def service_time() -> datetime:
        return now() + timedelta(seconds=connection.wire.server_time_offset_s)

    async def ready() -> None:
        from supportdesk.desk.signing import SignedTransport

        if isinstance(connection.wire, SignedTransport):
            await connection.wire.ready()

    connection = Connection(account, lambda: given or signed(), ready)
    return connection
