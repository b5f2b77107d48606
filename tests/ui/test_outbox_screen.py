"""The outbox shows why something waits and what can be done about it."""

from drive import drive, shown
from standin_story import EXPORT, busy, story
from textual.pilot import Pilot

from supportdesk.model import State


def text(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours


def test_a_held_reply_tells_its_reason_its_words_and_the_next_step() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j")
        for words in (
            "3 entries on the way",
            "Ngozi Okafor answered at 14:06",
            "e takes the words back",
            "It will be fixed",
        ):
            assert words in text(pilot)

    drive(busy(), steps)


def test_edit_takes_the_words_back_into_the_draft_and_opens_the_ticket() -> None:
    desk = busy()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j", "e")
        await pilot.pause(0.1)
        assert "draft reply, r goes on with it" in text(pilot)

    drive(desk, steps)
    assert desk.draft(EXPORT, public=True).startswith("It will be fixed")


def test_dropping_asks_first() -> None:
    desk = busy()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j", "x", "enter")
        assert desk.entries[1].state is State.HELD
        await pilot.press("x", "y")

    drive(desk, steps)
    assert desk.entries[1].state is State.DROPPED


def test_trying_again_reads_the_ticket_as_it_is_now_first() -> None:
    desk = busy()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j", "R")
        await pilot.pause(0.1)

    drive(desk, steps)
    assert ("refresh", EXPORT) in desk.done
    assert desk.entries[1].state is State.QUEUED


def test_an_empty_outbox_says_what_it_is_for() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O")
        assert "Nothing is on its way." in text(pilot)
        await pilot.press("enter")

    drive(story(), steps)
