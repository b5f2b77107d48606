"""The README's picture: the real demo on a frozen clock, with the first flag explained."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standin import NOW
from textual.pilot import Pilot

from supportdesk.config import load_themes
from supportdesk.desk import Desk, open_demo
from supportdesk.ui.app import SupportDesk
from supportdesk.ui.theme import themes

LIMIT = 200


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_demo(tmp_path, now=lambda: NOW)
    yield opened
    asyncio.run(opened.close())


async def synced(pilot: Pilot[None], desk: Desk) -> None:
    for _ in range(LIMIT):
        await pilot.pause(0.05)
        status = desk.status()
        if status.flags and not status.syncing and all(line.synced_at for line in status.desks):
            break


def test_the_readme_shows_the_demo_with_its_first_flag_explained(desk: Desk, snap_compare: Any) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await synced(pilot, desk)
        await pilot.pause(0.3)
        await pilot.press("w")
        await pilot.pause(0.5)

    app = SupportDesk(desk, themes=themes(load_themes()[0]), demo=True, now=lambda: NOW)
    assert snap_compare(app, terminal_size=(140, 40), run_before=before)
