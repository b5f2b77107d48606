"""Keys typed at once behind one that leaves a text act on what it leaves: none is lost, doubled or out of order."""

import asyncio

import pytest
from drive import console, drive, seen
from standin_story import EXPORT, story
from textual.command import CommandPalette
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from supportdesk.ui.ask import AskText
from supportdesk.ui.board import FilterLine
from supportdesk.ui.compose import ComposeScreen
from supportdesk.ui.picker import Picker
from supportdesk.ui.queue import QueueScreen


def give(pilot: Pilot[None], *typed: str | Paste) -> None:
    """Hand keys over as a terminal does that had several to give."""
    for one in typed:
        key = Key(_character_to_key(one), one) if isinstance(one, str) and len(one) == 1 else None
        pilot.app.post_message(one if isinstance(one, Paste) else key or Key(one, None))


async def at_once(pilot: Pilot[None], *typed: str | Paste) -> None:
    """Press keys in one instant; the last of them is a letter that is seen in a text."""
    give(pilot, *typed)
    for _ in range(200):
        await pilot.pause(0.05)
        focused = pilot.app.focused
        written = focused.value if isinstance(focused, Input) else focused.text if isinstance(focused, TextArea) else ""
        if written.endswith(str(typed[-1])):
            return
    raise AssertionError(f"{typed[-1]!r} never came to {pilot.app.focused}")


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


@pytest.mark.parametrize("leaving", ["enter", "down"])
def test_keys_behind_the_key_that_keeps_a_filter_act_on_what_is_left(leaving: str) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        queue = pilot.app.screen
        assert isinstance(queue, QueueScreen)
        await at_once(pilot, "/", "a", "r", leaving, "j", "j", "k", "t", "n", "o")
        assert queue.query_one(FilterLine).value == queue.letters == "ar"
        assert isinstance(pilot.app.screen, AskText)
        assert queue.queue.index == 1

    drive(story(), steps)


@pytest.mark.parametrize(("opening", "typed"), [("t", "tag"), ("a", "me"), ("s", "pend")])
def test_keys_behind_an_enter_that_answers_a_prompt_act_below_it(opening: str, typed: str) -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        queue = pilot.app.screen
        assert isinstance(queue, QueueScreen)
        first = queue.queue.selected
        await at_once(pilot, opening, *typed, "enter", "j", "t", "n", "o")
        assert queue.queue.selected != first
        assert isinstance(pilot.app.screen, AskText)
        assert pilot.app.screen.query_one(Input).value == "no"

    drive(desk, steps)
    assert len(desk.entries) == 1


def test_a_ticket_that_was_searched_for_is_answered_by_the_keys_behind_enter() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await at_once(pilot, "ctrl+f", *"export", "enter", "i", *"a bug, y")
        queue = pilot.app.screen_stack[0]
        assert isinstance(queue, QueueScreen)
        assert queue.reading
        assert isinstance(pilot.app.focused, TextArea)
        assert pilot.app.focused.text == "a bug, y"

    drive(story(), steps)


def test_a_key_without_a_use_here_presses_nothing_on_the_screen_that_comes_next() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await at_once(pilot, "?", "enter", "escape", "s", *"pen")
        assert isinstance(pilot.app.screen, Picker)

    drive(desk, steps)
    assert not desk.entries


def test_what_is_typed_behind_an_enter_that_changes_nothing_stays_in_the_field_in_order() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await at_once(pilot, "s", *"no such", "enter", *" sta", "left", "left", "enter", *"x", "end", *"tus")
        assert isinstance(pilot.app.screen, Picker)
        assert pilot.app.screen.query_one(Input).value == "no such sxtatus"

    drive(story(), steps)


def test_a_paste_behind_enter_waits_for_its_turn_and_presses_nothing() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        queue = pilot.app.screen
        assert isinstance(queue, QueueScreen)
        await at_once(pilot, "t", "a", Paste("b j"), "enter", "j", "t", Paste("jj q"), "n", "o")
        assert pilot.app.screen.query_one(Input).value == "jj qno"
        assert queue.queue.index == 1

    drive(story(), steps)


def test_what_is_typed_behind_the_key_that_opens_a_review_is_no_part_of_the_text() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await at_once(pilot, "i", *"a note", "ctrl+s", "e", *"s")
        assert isinstance(pilot.app.focused, TextArea)
        assert pilot.app.focused.text == "a notes"

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


def test_lines_typed_in_a_text_keep_their_order() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await at_once(
            pilot, "i", *"one", "enter", *"two", "up", "home", *"x", "down", "end", "enter", "enter", *"three"
        )
        assert isinstance(pilot.app.focused, TextArea)
        assert pilot.app.focused.text == "xone\ntwo\n\nthree"

    drive(story(), steps)


@pytest.mark.parametrize("opened_s", [0.0, 0.5])
def test_what_is_typed_behind_a_command_lands_where_the_command_leads(opened_s: float) -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        give(pilot, "colon")
        await pilot.pause(opened_s)
        await at_once(pilot, *"internal note", "enter", *"hello")
        assert isinstance(pilot.app.screen, ComposeScreen)
        assert isinstance(pilot.app.focused, TextArea)
        assert pilot.app.focused.text == "hello"

    drive(desk, steps)
    assert ("propose", EXPORT) not in desk.done


def test_enter_alone_in_the_palette_changes_nothing() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        give(pilot, "colon")
        await pilot.pause(0.5)
        give(pilot, "enter")
        await seen(pilot, "Keys that act here")

    drive(story(), steps)


def test_a_command_that_does_not_exist_runs_no_other() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        give(pilot, "colon")
        await pilot.pause(0.5)
        give(pilot, *"zzzz", "enter", "escape")
        await at_once(pilot, "t", *"no")
        assert isinstance(pilot.app.screen, AskText)

    drive(desk, steps)
    assert not desk.entries


def test_words_and_the_key_that_leaves_typed_at_once_leave_the_words_on_disk() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        give(pilot, "i", *"hello", "ctrl+q")
        await pilot.pause(0.2)

    drive(desk, steps)
    assert "hello" in desk.drafts.values()


@pytest.mark.parametrize("kind", ["i", "r"])
def test_letters_typed_behind_the_key_that_opens_a_review_send_nothing_that_nobody_has_seen(kind: str) -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await at_once(pilot, kind, *"half a thought", "ctrl+s", *"yes")
        assert pilot.app.focused.text.endswith("half a thoughts")  # type: ignore[union-attr]  # the field has it

    drive(desk, steps)
    assert not desk.entries


def test_enter_pressed_before_the_console_had_the_terminal_opens_what_is_chosen() -> None:
    """Until then a terminal hands it over as a newline."""
    app = console(story())

    async def run() -> None:
        app.call_later(app.post_message, Key("ctrl+j", "\n"))
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.pause(0.05)
            assert isinstance(app.screen, QueueScreen)
            assert app.screen.reading

    asyncio.run(run())
