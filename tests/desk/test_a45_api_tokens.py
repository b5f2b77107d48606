"""A45: a desk that signs in with an API token is told until when, and what is queued waits when it is switched off."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from authority import CLIENT
from serving import serve

from supportdesk.config import Config
from supportdesk.demo import Helpdesk
from supportdesk.desk import Desk, open_desk
from supportdesk.desk.doctor import examine
from supportdesk.model import State
from supportdesk.providers import Account
from supportdesk.secrets import Secrets

AT = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


@dataclass
class Legacy:
    """A desk that signs in with an API token; the helpdesk takes it until `switched_off`."""

    home: Path
    helpdesk: Any
    url: str = ""
    at: list[datetime] = field(default_factory=lambda: [AT])

    def opened(self, **more: str) -> Desk:
        account = Account(name="acme", provider="zendesk", url=self.url, user="alice@acme.example", **more)
        config = Config(path=self.home / "config.toml", home=self.home, accounts={"acme": account})
        return open_desk(config, Secrets({"acme": "canary"}, {}), undo_s=0.0, now=lambda: self.at[0])


@pytest.fixture
def legacy(tmp_path: Path) -> Iterator[Legacy]:
    helpdesk = Helpdesk(lambda: datetime.now(UTC))
    with serve(helpdesk) as url:
        yield Legacy(tmp_path, helpdesk, url)


def test_a45_the_banner_names_the_day_and_is_hidden_for_one(legacy: Legacy) -> None:
    desk = legacy.opened()
    assert desk.status().banner == (
        "acme signs in with an API token, and Zendesk ends those on 30 April 2027, in 157 days. Set client_id and run "
        "`supportdesk login acme`. esc hides this for today."
    )
    assert desk.hush() is True
    assert (desk.status().banner, desk.hush()) == ("", False)
    asyncio.run(desk.close())
    desk = legacy.opened()
    assert desk.status().banner == ""  # another console of the same day
    legacy.at[0] += timedelta(days=1)
    assert "in 156 days" in desk.status().banner
    legacy.at[0] = datetime(2027, 5, 1, 12, tzinfo=UTC)
    assert "ended those on 30 April 2027." in desk.status().banner
    asyncio.run(desk.close())


def test_with_a_client_id_there_is_no_banner(legacy: Legacy) -> None:
    desk = legacy.opened(client_id=CLIENT)
    assert desk.status().banner == ""
    assert desk.work.connection("acme").provider.authorize("x") == {"Authorization": "Bearer x"}
    asyncio.run(desk.close())


def test_a45_doctor_warns(legacy: Legacy) -> None:
    async def checked() -> None:
        desk = legacy.opened()
        checks = await examine(desk.work, {"acme": "environment"})
        token = next(check for check in checks if check.check == "token")
        assert token.state == "warn"
        assert "30 April 2027" in token.message
        assert "/proc" in token.message
        assert "supportdesk login" in token.next
        await desk.close()

    asyncio.run(checked())


def test_a45_a_token_that_was_switched_off_parks_what_is_queued_and_names_the_way_out(legacy: Legacy) -> None:
    async def off() -> None:
        desk = legacy.opened()
        await desk.sync()
        for ref in desk.queue().refs[:3]:
            desk.reply(ref, "Hello")
        legacy.helpdesk.fail_next("401", times=50)
        await desk.drain()
        entries = desk.outbox()
        assert {entry.state for entry in entries} == {State.QUEUED}
        assert all("Was the API token deactivated?" in entry.why for entry in entries)
        assert all("use OAuth" in entry.why for entry in entries)
        banner = desk.status().banner
        assert "Was the API token deactivated?" in banner
        assert banner.endswith("What is queued stays queued.")
        assert desk.hush() is False  # this one cannot wait
        legacy.helpdesk._failures.clear()
        await desk.drain(hurry=True)
        assert {entry.state for entry in desk.outbox()} == {State.SENT}
        assert "deactivated" not in desk.status().banner
        await desk.close()

    asyncio.run(off())
