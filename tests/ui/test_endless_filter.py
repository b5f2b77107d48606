"""The filter of a list so long that its rows take a second to be read: keys do not wait for them."""

import asyncio

import pytest
from drive import drive, shown
from standin_story import story
from textual.pilot import Pilot

from supportdesk.ui.queue import QueueScreen


def screen(pilot: Pilot[None]) -> QueueScreen:
    assert isinstance(pilot.app.screen, QueueScreen)
    return pilot.app.screen


def text(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours


def test_a_list_without_end_is_filtered_when_its_rows_are_in_memory_and_keys_are_answered_until_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("supportdesk.ui.queue.ENDLESS", 3)
    desk = story()
    may = asyncio.Event()
    at_once = desk.filtering.prepare

    async def prepare(view: str) -> bool:
        await may.wait()
        return await at_once(view)

    monkeypatch.setattr(desk.filtering, "prepare", prepare)

    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        await pilot.press("slash", "s", "i", "g")
        everything = len(main.queue.rows)
        assert main.letters == "sig"
        assert "looking" in text(pilot)
        may.set()
        await pilot.pause()
        assert [row.subject for row in main.queue.rows] == ["Cannot sign in after the SSO change"]
        assert "looking" not in text(pilot)
        await pilot.press("n", "escape")
        assert len(main.queue.rows) == everything > 3

    drive(desk, steps)


def test_enter_before_those_rows_are_in_memory_goes_to_what_the_letters_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supportdesk.ui.queue.ENDLESS", 3)
    desk = story()

    async def never(view: str) -> bool:
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr(desk.filtering, "prepare", never)

    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        await pilot.press("G", "slash", "s", "i", "g", "enter", "space")
        marked = [desk.read(ref) for ref in main.marked]
        assert [reading and reading.ticket.subject for reading in marked] == ["Cannot sign in after the SSO change"]

    drive(desk, steps)
