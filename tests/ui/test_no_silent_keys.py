"""A key that can do nothing where it is pressed says so."""

from dataclasses import replace

import pytest
from drive import drive, seen, toasts
from standin import StandIn
from standin_story import story
from textual.pilot import Pilot

from supportdesk.ui.queue import QueueScreen


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("v", "enter opens the conversation; v then shows"),
        ("enter v", "Nothing more of this conversation can be shown here."),
        ("9", "There are 8 views."),
        ("enter space", "Marked: acme#4312. 1 is marked."),
        ("enter space space", "No longer marked: acme#4312. None is marked."),
        ("enter asterisk", "13 are marked."),
        ("enter asterisk asterisk", "None is marked."),
    ],
)
def test_the_queue(keys: str, says: str) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press(*keys.split())
        assert says in (await toasts(pilot))[-1]

    drive(story(), steps)


def test_a_desk_that_cannot_be_read_is_named_once_and_one_without_macros_has_none_that_smell() -> None:
    desk = StandIn()
    desk.desks = (replace(desk.desks[0], synced_at=None, trouble="acme: 127.0.0.1:9 cannot be reached."),)

    async def steps(pilot: Pilot[None]) -> None:
        await seen(pilot, "acme could not be read: 127.0.0.1:9 cannot be reached.")
        await pilot.press("M")
        await seen(pilot, "There are no macros here.")

    drive(desk, steps)


@pytest.mark.parametrize("key", ["enter", "space", "asterisk", "v", "b", "r", "e", "w", "o", "y", "f", "T", "C"])
def test_an_empty_queue(key: str) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        assert isinstance(pilot.app.screen, QueueScreen)
        assert await toasts(pilot)

    drive(StandIn(), steps)
