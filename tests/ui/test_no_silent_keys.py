"""A key that can do nothing where it is pressed says so."""

import pytest
from drive import drive, toasts
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


@pytest.mark.parametrize("key", ["enter", "space", "asterisk", "v", "b", "r", "e", "w", "o", "y", "f", "T", "C"])
def test_an_empty_queue(key: str) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        assert isinstance(pilot.app.screen, QueueScreen)
        assert await toasts(pilot)

    drive(StandIn(), steps)
