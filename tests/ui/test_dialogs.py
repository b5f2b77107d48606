"""A dialog closes once: the second of two quick clicks closes nothing below it."""

from drive import drive
from standin_story import story
from textual.command import CommandPalette
from textual.pilot import Pilot

from supportdesk.ui.ask import Ask
from supportdesk.ui.picker import Choice, Picker
from supportdesk.ui.queue import QueueScreen


def test_two_clicks_beside_the_palette_do_not_end_the_console() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("colon")
        await pilot.pause()
        palette = pilot.app.screen
        assert isinstance(palette, CommandPalette)
        palette.dismiss()
        palette.dismiss()
        await pilot.pause()
        assert isinstance(pilot.app.screen, QueueScreen)

    assert drive(story(), steps).return_code is None


def test_a_dialog_that_is_answered_twice_answers_once_and_closes_only_itself() -> None:
    said: list[object] = []

    async def steps(pilot: Pilot[None]) -> None:
        for dialog in (Ask("Sure?"), Picker("Which?", [Choice("a", "a")])):
            await pilot.app.push_screen(dialog, said.append)  # type: ignore[arg-type]  # whatever it answers
            dialog.dismiss(None)
            dialog.dismiss(None)
            await pilot.pause()
            assert isinstance(pilot.app.screen, QueueScreen)

    drive(story(), steps)
    assert said == [None, None]
