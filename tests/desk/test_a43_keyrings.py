"""A43: the desk with a keyring that is missing, locked, mute, or keeps nothing: it starts, says so, and lets go."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring import errors
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from serving import serve

from supportdesk.config import Config
from supportdesk.demo import Helpdesk
from supportdesk.desk import Desk, open_desk
from supportdesk.errors import SignInError
from supportdesk.model import State
from supportdesk.providers import Account
from supportdesk.providers.oauth import Grant
from supportdesk.secrets import Secrets

Use = Callable[[KeyringBackend], None]


class Mute(KeyringBackend):
    """A keyring that waits for a prompt which nobody sees."""

    priority = 1  # type: ignore[assignment]  # keyring's own way to say it

    def __init__(self) -> None:
        super().__init__()
        self.prompt = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.prompt.wait(600)
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.prompt.wait(600)


class Locked(Mute):
    """A keyring that nobody unlocked."""

    def get_password(self, service: str, username: str) -> str | None:
        raise errors.KeyringLocked("x")


class Uninstalled(Mute):
    """What stands for a backend that a package was to bring."""

    def get_password(self, service: str, username: str) -> str | None:
        raise ModuleNotFoundError("secretstorage")


@pytest.fixture
def use() -> Iterator[Use]:
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
def url() -> Iterator[str]:
    with serve(Helpdesk(lambda: datetime.now(UTC)), token="canary") as found:
        yield found


def opened(folder: Path, url: str, secrets: Secrets) -> Desk:
    account = Account(name="acme", provider="zendesk", url=url)
    return open_desk(Config(path=folder / "config.toml", home=folder, accounts={"acme": account}), secrets, undo_s=0.0)


def synced(folder: Path, url: str) -> None:
    async def once() -> None:
        desk = opened(folder, url, Secrets({"acme": "canary"}, {}))
        await desk.sync()
        await desk.close()

    asyncio.run(once())


@pytest.mark.parametrize(
    ("backend", "says"),
    [
        (fail.Keyring(), "there is no keyring on this machine or in this session"),
        (Locked(), "the keyring is locked; nothing in it was changed"),
        (Mute(), "the keyring did not answer within 0.1 s"),
        (null.Keyring(), "there is no token in the keyring"),
        (Uninstalled(), "the keyring's backend is not installed"),
    ],
)
def test_a43_the_desk_opens_and_says_which(
    use: Use, backend: KeyringBackend, says: str, tmp_path: Path, url: str
) -> None:
    use(backend)

    async def start() -> None:
        desk = opened(tmp_path, url, Secrets({}, {}, keyring_s=0.1))
        desk.wake()
        report = await desk.sync()
        assert says in report.failed[0]
        assert says in desk.status().desks[0].trouble
        await desk.close()

    asyncio.run(start())


def test_a43_leaving_does_not_wait_for_a_keyring_that_hangs(use: Use, tmp_path: Path, url: str) -> None:
    synced(tmp_path, url)
    backend = Mute()
    use(backend)

    async def leave() -> float:
        desk = opened(tmp_path, url, Secrets({}, {}, keyring_s=60))
        desk.wake()
        desk.reply(desk.queue().refs[0], "Hello")
        work = [asyncio.create_task(desk.drain()), asyncio.create_task(desk.sync())]
        await asyncio.sleep(0.05)
        began = time.monotonic()
        left = await desk.close()
        took_s = time.monotonic() - began
        assert (left, [task.done() for task in work]) == (0, [False, False])
        return took_s

    assert asyncio.run(leave()) < 1
    desk = opened(tmp_path, url, Secrets({}, {}))
    desk.wake()
    assert [entry.state for entry in desk.outbox()] == [State.QUEUED]  # not uncertain: nothing had been written
    asyncio.run(desk.close())
    backend.prompt.set()


def test_a43_a_locked_keyring_is_not_written_over_by_a_renewal(use: Use) -> None:
    backend = Locked()
    use(backend)
    account = Account(name="acme", provider="zendesk", url="https://acme.example")
    with pytest.raises(SignInError, match="locked"):
        asyncio.run(Secrets({}, {}).read_again(account))


def test_a43_a_keyring_that_keeps_nothing_is_found_out_when_a_pair_is_put_there(use: Use) -> None:
    use(null.Keyring())
    account = Account(name="acme", provider="zendesk", url="https://acme.example")
    with pytest.raises(SignInError, match="took the token and kept nothing"):
        asyncio.run(Secrets({}, {}).replace(account, Grant(access="a", refresh="r", ours=True)))
