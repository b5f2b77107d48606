"""In a small terminal a question keeps its answer keys in sight, and whatever does not fit gives way to what does."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from drive import drive, seen, shown
from standin import US, StandIn
from standin_story import story
from textual.pilot import Pilot
from textual.widgets import TextArea

from supportdesk.ui.app import SupportDesk
from supportdesk.ui.ask import Ask, AskText
from supportdesk.ui.phrase import PickPhrase
from supportdesk.ui.picker import Choice, Picker

SIZES = [(40, 10), (60, 15), (80, 18), (80, 24), (300, 100)]
MANY = [Choice(f"issue {n}", f"issue {n}", "what it is about") for n in range(40)]
LONG = "Link to which issue? Type its number if it is not here."


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("dialog", "keys"),
    [
        (Ask("Leave supportdesk?", "1 entry on the way: on disk, and taken up again next time."), ["y yes", "n back"]),
        (
            AskText("Tags of wren#4341", "It has mobile. Add with words, take off with -word."),
            ["enter done", "esc back"],
        ),
        (Picker(LONG, MANY), ["type to narrow", "issue 0", "enter take it", "esc back"]),
        (PickPhrase(["One.", "Two."], 0), ["One.", "enter done", "esc back"]),
    ],
    ids=["ask", "line", "picker", "phrase"],
)
def test_a_question_keeps_its_keys_in_sight_whatever_is_said_below(
    dialog: Ask | AskText | Picker, keys: Sequence[str], size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SupportDesk)
        app.say("Status pending: acme#4312 in 8 s")
        await app.push_screen(type(dialog)(*told(dialog)))
        for words in keys:
            await seen(pilot, words)

    drive(story(), steps, size=size)


def told(dialog: Ask | AskText | Picker) -> tuple[object, ...]:
    """What a dialog was made of: one is shown once."""
    if isinstance(dialog, Picker):
        return dialog.heading, dialog.choices
    if isinstance(dialog, PickPhrase):
        return dialog.sentences, dialog.place
    return dialog.question, dialog.words


@pytest.mark.parametrize("size", [(24, 6), (29, 30), (100, 7), (1, 1)])
def test_a_terminal_that_is_too_small_says_what_is_needed_and_takes_no_keys(size: tuple[int, int]) -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SupportDesk)
        await pilot.press("i", *"a note")
        await pilot.resize_terminal(*size)
        await (pilot.pause(0.3) if size == (1, 1) else seen(pilot, "30×8 is needed"))
        await pilot.press(*"blind", "escape", "y")
        await pilot.resize_terminal(80, 24)
        await seen(pilot, "INTERNAL note")
        await pilot.press("s")
        await seen(pilot, "a notes")
        assert isinstance(app.focused, TextArea)
        assert app.focused.text == "a notes"

    drive(desk, steps, size=(80, 24))


def test_a_start_in_a_small_terminal_goes_on_when_it_grows() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SupportDesk)
        await seen(pilot, "30×8 is needed, here is 20×5.")
        await pilot.resize_terminal(30, 8)
        await seen(pilot, "13 tickets")

    drive(story(), steps, size=(20, 5))


@pytest.mark.parametrize(("keys", "pane"), [(["h"], "queue"), (["enter", "h"], "talk"), (["enter", "h", "h"], "talk")])
def test_where_the_pane_with_the_keys_has_no_room_any_more_the_one_that_is_left_has_them(
    keys: Sequence[str], pane: str
) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.resize_terminal(90, 24)
        await pilot.pause(0.05)
        assert pilot.app.focused is pilot.app.screen.query_one(f"#{pane}")

    drive(story(), steps, size=(140, 30))


def test_in_a_wider_terminal_the_subject_above_a_conversation_is_no_longer_cut() -> None:
    desk = story()
    ref, ticket = next(iter(desk.tickets.items()))
    desk.tickets[ref] = replace(ticket, subject="A subject of many words, the last of which is the one that counts")

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        for size, words in (((60, 24), "which is…"), ((100, 24), "that counts"), ((50, 24), "the last of…")):
            await pilot.resize_terminal(*size)
            await pilot.pause(0.05)
            assert words in shown(pilot.app).splitlines()[1]  # type: ignore[arg-type]  # it is ours

    drive(desk, steps, size=(60, 24))


def test_many_recipients_leave_room_to_write() -> None:
    desk = story()
    desk.outsiders = tuple(replace(US, name=f"Somebody Else {n}", email=f"else{n}@corp.example") for n in range(9))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        await seen(pilot, "PUBLIC reply")
        assert pilot.app.screen.query_one(TextArea).size.height >= 2

    drive(desk, steps, size=(30, 8))


def test_the_first_screen_is_walked_to_its_end_in_a_small_terminal() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SupportDesk)
        await seen(pilot, "Welcome.")
        await seen(pilot, "are all there is to it.")
        await pilot.press("G")
        await seen(pilot, "never into a file.")
        await pilot.press("g", "j", "j", "k")
        await seen(pilot, "Try it without")
        await pilot.press("q")

    app = drive(
        StandIn(accounts={}, desks=()), steps, size=(40, 10), config_file="/home/m/.config/supportdesk/config.toml"
    )
    assert app.return_code == 0, "with no desk there is nothing to ask about"
