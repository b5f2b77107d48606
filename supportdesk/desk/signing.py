"""How a desk's requests are signed: with the token it has, renewed ahead of its end by one process at a time.

A renewal uses the refresh token up, so the steps are: take the lock that all processes share, read the keyring again
(another process may have renewed meanwhile), renew, keep the new pair, and only then use it. Where the process ends
between the last two the pair is lost: the next one is told so once, and a person signs in again.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from math import inf
from time import monotonic

from supportdesk.errors import Limited, NotWritten, ServiceError, SignInError
from supportdesk.providers import Account, Wire
from supportdesk.providers.oauth import Denied, Door, Grant, door, trade
from supportdesk.secrets import Secrets
from supportdesk.secrets.oauth import renewal
from supportdesk.store.locks import Lock
from supportdesk.transport import CLOSE_S, Transport

LOCK_S = 20.0
CALM_S = 60.0
_POLL_S = 0.05
Headers = dict[str, str]


class Signing:
    """One desk's signature; `authorize` makes headers of a token, `site` opens the way to where it is renewed.

    `now` is the service's time as far as we know it.
    """

    def __init__(
        self,
        account: Account,
        secrets: Secrets,
        authorize: Callable[[str], Headers],
        *,
        lock: Lock,
        site: Callable[[Door], Wire],
        now: Callable[[], datetime],
        lock_s: float = LOCK_S,
    ) -> None:
        self._account = account
        self._secrets = secrets
        self._authorize = authorize
        self._lock = lock
        self._site = site
        self._now = now
        self._lock_s = lock_s
        self._renewing: asyncio.Task[Grant] | None = None
        self._spending = False
        self._renewed_at = -inf
        self._unkept: tuple[str, Grant] | None = None
        self._over: tuple[str, SignInError] | None = None

    async def headers(self) -> Headers:
        """Headers that sign a request; SignInError when there is no token, NotWritten when it cannot be renewed now."""
        grant = await self._secrets.grant(self._account)
        if self._renews(grant) and (grant.due(self._now()) or self._is_over(grant)):
            grant = await self._renewed(grant)
        return self._authorize(grant.access)

    async def again(self, refused: Mapping[str, str]) -> Headers | None:
        """Other headers after a request was refused with these, None where there are none.

        What the keyring has by now comes first: somebody may have signed in again. Then the pair is renewed, but not
        where that was done a moment ago: a service that refuses what it has just given is not asked for more.
        """
        grant = await self._secrets.grant(self._account)
        if self._authorize(grant.access) == refused:
            may_renew = self._renews(grant) and monotonic() - self._renewed_at > CALM_S
            grant = await (self._renewed(grant) if may_renew else self._secrets.read_again(self._account))
        headers = self._authorize(grant.access)
        return headers if headers != refused else None

    async def finish(self, wait_s: float) -> None:
        """Let a renewal that was sent come to its end, for a bounded time: what it brings must be kept."""
        if self._renewing is not None and self._spending:
            await asyncio.wait({self._renewing}, timeout=wait_s)
        self._lock.close()

    def _renews(self, grant: Grant) -> bool:
        return bool(grant.refresh) and self._secrets.renewable(self._account)

    def _is_over(self, grant: Grant) -> bool:
        return self._over is not None and self._over[0] == grant.refresh

    async def _renewed(self, old: Grant) -> Grant:
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew(old))
            self._renewing.add_done_callback(self._done)
        return await asyncio.shield(self._renewing)

    def _done(self, task: asyncio.Task[Grant]) -> None:
        self._renewing = None
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report what an absent caller never collected

    async def _renew(self, old: Grant) -> Grant:
        await self._take_turn()
        try:
            kept = await self._secrets.read_again(self._account)
            if self._over is not None and self._is_over(kept):
                raise self._over[1]
            if self._unkept is not None and self._unkept[0] == kept.refresh:
                return await self._keep(*self._unkept)
            if kept.access != old.access and not kept.due(self._now()):
                return kept
            return await self._spend(kept)
        finally:
            self._lock.release()

    async def _take_turn(self) -> None:
        until = monotonic() + self._lock_s
        while not self._lock.acquire(0.0):
            if monotonic() > until:
                raise NotWritten(f"{self._account.name}: another supportdesk is still renewing the sign-in.")
            await asyncio.sleep(_POLL_S)

    async def _spend(self, old: Grant) -> Grant:
        """Trade the refresh token for a new pair and keep it."""
        self._spending = True
        try:
            return await self._keep(old.refresh, await self._traded(old))
        finally:
            self._spending = False

    async def _traded(self, old: Grant) -> Grant:
        place = door(self._account)
        if place is None:
            raise SignInError(f"{self._account.name}: {self._account.provider} renews no token.", "Sign in again.")
        site = self._site(place)
        try:
            fresh = await site.run(trade(place, renewal(self._account.client_id, old.refresh), self._now()))
        except Limited:
            raise
        except ServiceError as problem:  # whatever it did, the request that was to be signed never left
            raise NotWritten(f"{self._account.name}: the sign-in could not be renewed: {problem.message}") from None
        finally:
            await site.close()
        if isinstance(fresh, Denied):
            ended = fresh.problem(self._account)
            self._over = None if fresh.passes else (old.refresh, ended)
            raise ended
        return (
            fresh
            if fresh.refresh
            else Grant(access=fresh.access, refresh=old.refresh, renew_at=fresh.renew_at, ours=True)
        )

    async def _keep(self, spent: str, fresh: Grant) -> Grant:
        """Put the new pair into the keyring; one that would not take it is asked again next time."""
        self._unkept = (spent, fresh)
        await self._secrets.replace(self._account, fresh)
        self._unkept, self._renewed_at = None, monotonic()
        return fresh


class SignedTransport(Transport):
    """The way to a service whose requests are signed; closing it lets a renewal under way finish first."""

    def __init__(self, account: Account, signing: Signing) -> None:
        super().__init__(account, signing.headers, again=signing.again)
        self._signing = signing

    async def ready(self) -> None:
        """Have a signature at hand; raises what keeps us from one."""
        await self._signing.headers()

    async def close(self, wait_s: float = CLOSE_S) -> None:
        """Let a renewal and what is being written finish, both for up to `wait_s`."""
        await asyncio.gather(self._signing.finish(wait_s), super().close(wait_s))


def open_site(account: Account, place: Door) -> Transport:
    """The way to where an account signs in; nothing signs what is asked there."""

    async def nothing() -> Headers:
        return {}

    return Transport(replace(account, url=place.url), nothing)
