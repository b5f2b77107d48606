"""Renewing a sign-in: before its end or after a 401, one at a time, kept before it is used, and never in a loop."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import keyring
import pytest
from authority import CLIENT, Authority
from keyring import errors
from keyring.backend import KeyringBackend
from serving import serve

from supportdesk.config import Config
from supportdesk.demo import Helpdesk
from supportdesk.desk import Desk, open_desk
from supportdesk.desk.signing import Signing, open_site
from supportdesk.errors import NotWritten, SignInError, SupportdeskError
from supportdesk.model import State
from supportdesk.providers import Account, Request
from supportdesk.providers.oauth import Grant
from supportdesk.secrets import Secrets, kept_grant, store_token
from supportdesk.store.files import Files
from supportdesk.store.locks import Lock

T = TypeVar("T")


class InMemory(KeyringBackend):
    """A keyring that works, writes down in which order it was asked, and can be told to refuse."""

    priority = 1  # type: ignore[assignment]  # keyring's own way to say it

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.refuses: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.refuses:
            raise self.refuses
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@dataclass
class Signed:
    """A desk whose sign-in came from the authority."""

    authority: Authority
    backend: InMemory
    home: Path
    url: str

    def sign_in(self, **more: Any) -> Grant:
        access, refresh = self.authority.pair()
        grant = Grant(access=access, refresh=refresh, ours=True, **more)
        store_token("acme", grant.text)
        return grant

    def opened(self, **taken: str) -> Desk:
        account = Account(name="acme", provider="zendesk", url=self.url, client_id=CLIENT)
        config = Config(path=self.home / "config.toml", home=self.home, accounts={"acme": account})
        return open_desk(config, Secrets(taken, {}), undo_s=0.0)

    def run(self, work: Callable[[Desk], Coroutine[Any, Any, T]], **taken: str) -> T:
        """Open the desk, do something with it and close it, all in one loop."""

        async def whole() -> T:
            desk = self.opened(**taken)
            try:
                return await work(desk)
            finally:
                await desk.close()

        return asyncio.run(whole())

    def asked(self, path: str) -> int:
        return sum(request.path == path for request in self.authority.requests)


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[Signed]:
    before, backend = keyring.get_keyring(), InMemory()
    keyring.set_keyring(backend)
    authority = Authority(Helpdesk(lambda: datetime.now(UTC)))
    with serve(authority) as url:  # type: ignore[arg-type]  # it answers as a server does
        yield Signed(authority=authority, backend=backend, home=tmp_path, url=url)
    keyring.set_keyring(before)


async def whoami(desk: Desk) -> str:
    connection = desk.work.connection("acme")
    identity = await connection.wire.run(connection.provider.whoami())
    return identity.person.name


async def ten(desk: Desk) -> set[str]:
    return set(await asyncio.gather(*(whoami(desk) for _ in range(10))))


async def failing(desk: Desk, times: int = 3) -> list[str]:
    """What is said when the same thing is tried again and again."""
    said = []
    for _ in range(times):
        try:
            said.append(await whoami(desk))
        except SupportdeskError as problem:
            said.append(f"{problem.message} {problem.hint}")
    return said


def test_ten_requests_at_once_renew_an_ended_token_once(signed: Signed) -> None:
    old = signed.sign_in()
    signed.authority.expire()
    assert len(signed.run(ten)) == 1
    assert (signed.authority.renewals, signed.authority.reused) == (1, 0)
    kept = kept_grant("acme")
    assert kept is not None
    assert (kept.access in signed.authority.access, kept.refresh != old.refresh) == (True, True)


def test_a_token_is_renewed_before_it_ends_and_not_sooner(signed: Signed) -> None:
    signed.sign_in(renew_at=datetime.now(UTC) + timedelta(minutes=1))
    signed.run(whoami)
    assert signed.authority.renewals == 0
    signed.sign_in(renew_at=datetime.now(UTC) - timedelta(seconds=1))

    async def twice(desk: Desk) -> None:
        await whoami(desk)
        assert signed.asked("/api/v2/users/me.json") == 2  # no request was wasted on the old one
        await whoami(desk)

    signed.run(twice)
    assert signed.authority.renewals == 1  # the new one lives half an hour by the service's clock


def test_the_new_pair_is_kept_before_it_is_used(signed: Signed) -> None:
    signed.sign_in()
    signed.authority.expire()
    seen: list[bool] = []

    def looked(request: Request) -> None:
        signature = {name.lower(): value for name, value in request.headers}.get("authorization", "")
        if signature.removeprefix("Bearer ") in signed.authority.access:
            kept = kept_grant("acme")
            seen.append(kept is not None and f"Bearer {kept.access}" == signature)

    signed.authority.before_answering = looked
    signed.run(whoami)
    assert seen == [True]


def test_a_pair_that_the_keyring_will_not_take_waits_for_it_and_is_not_asked_for_again(signed: Signed) -> None:
    signed.sign_in()
    signed.authority.expire()
    signed.backend.refuses = errors.KeyringLocked("x")

    async def locked_then_open(desk: Desk) -> None:
        assert {"locked; nothing in it was changed" in said for said in await failing(desk, 2)} == {True}
        signed.backend.refuses = None
        assert await whoami(desk)

    signed.run(locked_then_open)
    assert (signed.authority.renewals, signed.authority.reused) == (1, 0)


def test_a_sign_in_that_has_ended_is_one_sentence_and_never_a_loop(signed: Signed) -> None:
    signed.sign_in()
    signed.authority.expire()
    signed.authority.refresh.clear()

    async def ended(desk: Desk) -> None:
        said = await failing(desk)
        assert len(set(said)) == 1
        assert "the sign-in has ended" in said[0]
        assert "supportdesk login acme" in said[0]
        assert "canary" not in said[0]
        assert (signed.asked("/oauth/tokens"), signed.asked("/api/v2/users/me.json")) == (1, 1)
        signed.sign_in()  # in another terminal: the console goes on by itself
        assert "ended" not in (await failing(desk, 1))[0]

    signed.run(ended)


def test_a_process_that_ended_between_answer_and_keyring_leaves_one_sign_in_to_do(signed: Signed) -> None:
    old = signed.sign_in()
    signed.authority.expire()
    signed.authority.renew(old.refresh)  # the pair went to a process that is no more
    assert len(set(signed.run(failing))) == 1
    assert signed.asked("/oauth/tokens") == 1
    assert kept_grant("acme") == old


def test_an_ended_sign_in_keeps_what_is_queued(signed: Signed) -> None:
    signed.sign_in()

    async def queued(desk: Desk) -> None:
        await desk.sync()
        signed.authority.expire()
        signed.authority.refresh.clear()
        desk.reply(desk.queue().refs[0], "Hello")
        await desk.drain()
        entry = desk.outbox()[0]
        assert entry.state is State.QUEUED
        assert "supportdesk login acme" in entry.why
        signed.sign_in()
        await desk.drain(hurry=True)
        assert desk.outbox()[0].state is State.SENT

    signed.run(queued)
    assert sum(request.method == "PUT" for request in signed.authority.inside.requests) == 1


def test_a_renewal_without_an_answer_leaves_a_write_unwritten(signed: Signed) -> None:
    signed.sign_in()

    def broken(request: Request) -> None:
        if request.path == "/oauth/tokens":
            raise NotWritten("cut")

    async def cut_off(desk: Desk) -> None:
        await desk.sync()
        signed.authority.expire()
        signed.authority.before_answering = broken
        desk.reply(desk.queue().refs[0], "Hello")
        await desk.drain()
        entry = desk.outbox()[0]
        assert (entry.state, entry.unknowns) == (State.QUEUED, 0)
        assert "could not be renewed" in entry.why

    signed.run(cut_off)


def test_another_process_that_renewed_meanwhile_is_believed(signed: Signed) -> None:
    signed.sign_in()

    async def meanwhile(desk: Desk) -> None:
        await whoami(desk)
        signed.authority.expire()
        signed.sign_in()
        await whoami(desk)

    signed.run(meanwhile)
    assert signed.authority.renewals == 0


def test_whoever_holds_the_lock_too_long_is_not_waited_for(signed: Signed) -> None:
    grant = signed.sign_in(renew_at=datetime.now(UTC))
    account = Account(name="acme", provider="zendesk", url=signed.url, client_id=CLIENT)
    other, lock = (Lock(signed.home / "x.lock", Files(), os.getpid()) for _ in range(2))
    assert other.acquire(0.0)
    signing = Signing(
        account,
        Secrets({}, {}),
        lambda token: {"authorization": token},
        lock=lock,
        site=_nowhere,
        now=lambda: datetime.now(UTC),
        lock_s=0.05,
    )
    with pytest.raises(NotWritten, match="another supportdesk is still renewing"):
        asyncio.run(signing.headers())
    other.close()
    lock.close()
    assert kept_grant("acme") == grant


def test_a_service_that_refuses_what_it_has_just_given_is_not_asked_for_more(signed: Signed) -> None:
    signed.sign_in()
    signed.authority.before_answering = lambda request: (
        signed.authority.expire() if request.path == "/api/v2/users/me.json" else None
    )
    assert all("401" in said for said in signed.run(failing))
    assert signed.authority.renewals == 1
    assert signed.asked("/api/v2/users/me.json") == 4  # three attempts, one of them made twice


class Naive(Signing):
    """A build that renews what it remembers, and asks neither the lock nor the keyring."""

    async def _renew(self, old: Grant) -> Grant:
        return await self._spend(old)


@pytest.mark.parametrize(("build", "counts"), [(Signing, (1, 0)), (Naive, (1, 1))])
def test_a36_two_that_renew_together_use_the_refresh_token_once(
    signed: Signed, build: type[Signing], counts: tuple[int, int]
) -> None:
    signed.sign_in(renew_at=datetime.now(UTC))
    account = Account(name="acme", provider="zendesk", url=signed.url, client_id=CLIENT)

    async def both() -> list[object]:
        locks = [Lock(signed.home / "x.lock", Files(), os.getpid()) for _ in range(2)]
        signings = [
            build(
                account,
                Secrets({}, {}),
                lambda token: {"authorization": token},
                lock=lock,
                site=partial(open_site, account),
                now=lambda: datetime.now(UTC),
            )
            for lock in locks
        ]
        found = await asyncio.gather(*(each.headers() for each in signings), return_exceptions=True)
        await asyncio.gather(*(each.finish(5.0) for each in signings))
        return list(found)

    found = asyncio.run(both())
    assert (signed.authority.renewals, signed.authority.reused) == counts
    if build is Signing:
        assert found[0] == found[1]
    else:
        assert any(isinstance(each, SignInError) for each in found)  # one of them was signed out


def test_a_service_that_cannot_renew_now_is_asked_again(signed: Signed) -> None:
    signed.sign_in()
    signed.authority.expire()
    signed.authority.excuse = "temporarily_unavailable"

    async def later(desk: Desk) -> None:
        assert "temporarily_unavailable" in (await failing(desk, 1))[0]
        signed.authority.excuse = ""
        assert await whoami(desk)

    signed.run(later)


def _nowhere(place: object) -> Any:
    raise AssertionError("nobody may be asked")


def test_a_token_that_was_given_is_not_renewed(signed: Signed) -> None:
    assert "401" in signed.run(failing, acme="canary-given")[0]
    assert signed.asked("/oauth/tokens") == 0
    assert signed.backend.kept == {}


def test_leaving_waits_for_a_renewal_that_was_sent_so_that_its_pair_is_kept(signed: Signed) -> None:
    old = signed.sign_in()
    signed.authority.expire()

    async def leave(desk: Desk) -> None:
        asked = asyncio.create_task(whoami(desk))
        while not signed.asked("/oauth/tokens"):
            await asyncio.sleep(0.001)
        asked.cancel()

    signed.run(leave)
    kept = kept_grant("acme")
    assert kept is not None
    assert kept.refresh != old.refresh
    assert kept.access in signed.authority.access
