"""What was asked for on a screen that was left meanwhile draws nothing, and ends no console."""

import asyncio
from collections.abc import Callable

import pytest
from drive import drive
from standin_parts import StandInTeaching
from standin_story import story
from textual import events
from textual.pilot import Pilot

from supportdesk.desk import MacroReport
from supportdesk.ui.macros import MacrosScreen


@pytest.mark.parametrize("pauses", range(0, 40, 4))
def test_macros_that_are_read_after_their_screen_was_left_disturb_nothing(pauses: int) -> None:
    answered = asyncio.Event()

    class Slow(StandInTeaching):
        async def macros(self, tell: Callable[[str], object] = str) -> MacroReport:
            await answered.wait()
            tell("acme: 500 conversations of 900 tickets looked through")
            return self.report

    desk = story()
    desk.teaching = Slow()

    async def steps(pilot: Pilot[None]) -> None:
        screen = MacrosScreen()
        await pilot.app.push_screen(screen)
        screen.post_message(events.Key("q", "q"))
        for _ in range(pauses):
            await asyncio.sleep(0)
        answered.set()
        await asyncio.sleep(0.05)

    drive(desk, steps)
