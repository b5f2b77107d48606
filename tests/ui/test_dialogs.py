"""A dialog closes once: the second of two quick clicks closes nothing below it."""

import pytest
from drive import drive
from standin_story import story
from textual.command import CommandPalette
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from supportdesk.ui.ask import Ask, AskText
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


async def at_once(pilot: Pilot[None], *keys: str) -> None:
    """Press keys as a terminal hands them over that had several to give; the last of them is seen in a text."""
    for name in keys:
        pilot.app.post_message(Key(name, name if len(name) == 1 else None))
    for _ in range(200):
        await pilot.pause(0.05)
        if isinstance(pilot.app.focused, Input) and pilot.app.focused.value.endswith(keys[-1]):
            return
    raise AssertionError(f"{keys[-1]!r} never came to {pilot.app.focused}")


@pytest.mark.parametrize(("opening", "opened"), [("colon", CommandPalette), ("t", AskText), ("a", Picker)])
def test_a_key_typed_behind_an_escape_acts_on_what_the_escape_leaves(opening: str, opened: type[object]) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        queue = pilot.app.screen
        assert isinstance(queue, QueueScreen)
        first = queue.queue.selected
        await pilot.press(opening)
        await pilot.pause(0.1)
        assert isinstance(pilot.app.screen, opened)
        await at_once(pilot, "x", "escape", "t", "b", "u", "g", "escape", "j", "t", "n", "o")
        assert isinstance(pilot.app.screen, AskText)
        assert pilot.app.screen.query_one(Input).value == "no"
        assert queue.queue.selected != first

    drive(story(), steps)


def test_keys_behind_an_escape_that_a_field_keeps_for_itself_act_all_the_same() -> None:
    class Keeps(Input):
        async def _on_key(self, event: Key) -> None:
            event.stop()
            await super()._on_key(event)

    async def steps(pilot: Pilot[None]) -> None:
        dialog = AskText("Which?")
        await pilot.app.push_screen(dialog)
        field = Keeps()
        await dialog.mount(field)
        field.focus()
        await pilot.pause()
        await at_once(pilot, "escape", "m", "e")
        assert field.value == "me"

    drive(story(), steps)
