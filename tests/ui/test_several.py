"""Several tickets marked, asked about once, changed together and taken back together."""

from typing import Any

from drive import drive, shown, toasts
from standin_story import story
from textual.pilot import Pilot

from supportdesk.model import Status, TicketRef, Update
from supportdesk.ui.ask import Ask
from supportdesk.ui.queue import QueueScreen
from supportdesk.ui.several import Several, left_out, sorted_out


def board(pilot: Pilot[None]) -> QueueScreen:
    screen = pilot.app.screen
    assert isinstance(screen, QueueScreen)
    return screen


def test_marked_tickets_are_changed_after_one_question_that_counts_them() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("space", "space", "e")
        await pilot.pause()
        assert isinstance(pilot.app.screen, Ask)
        assert pilot.app.screen.question == "Change 2 tickets: status solved?"
        assert not [done for done in desk.done if done[0] == "update_all"]
        await pilot.press("y")
        await pilot.pause()
        assert not board(pilot).marked

    drive(desk, steps)
    said = [done for done in desk.done if done[0] == "update_all"]
    assert len(said) == 1
    assert len(said[0][1]) == 2
    assert said[0][2] == Update(status=Status.SOLVED)


def test_no_is_no_and_keeps_the_marks() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("space", "space", "e", "n")
        await pilot.pause()
        assert len(board(pilot).marked) == 2
        await pilot.press("escape")
        await pilot.pause()
        assert not board(pilot).marked

    drive(desk, steps)
    assert not [done for done in desk.done if done[0] == "update_all"]


def test_marks_stay_with_their_tickets_through_the_filter() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        first = board(pilot).ref
        await pilot.press("space", "slash")
        await pilot.pause()
        await pilot.press(*"zzz")
        await pilot.pause()
        assert not board(pilot).queue.rows
        assert board(pilot).marked == [first]
        await pilot.press("enter", "escape", "escape")
        await pilot.pause(0.1)
        assert not board(pilot).marked
        assert board(pilot).queue.rows
        await pilot.press("g", "space")
        await pilot.pause()
        assert board(pilot).marked == [first]
        assert "1 marked" in shown(pilot.app)  # type: ignore[arg-type]  # our app
        await pilot.press("*")
        assert len(board(pilot).marked) == len(board(pilot).queue.rows)
        await pilot.press("*")
        assert not board(pilot).marked

    drive(story(), steps)


def test_words_never_go_to_several_tickets() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        for key in ("r", "i"):
            await pilot.press("space", key)
            said: list[Any] = await toasts(pilot)
            assert any("one ticket at a time" in words for words in said)
            assert isinstance(pilot.app.screen, QueueScreen)

    drive(story(), steps)


def test_what_may_not_be_changed_is_named_with_the_reason() -> None:
    one, two, three = (TicketRef("acme", str(number)) for number in (1, 2, 3))
    closed = {two: f"{two} is closed for good.", three: f"{three} is closed for good."}
    found = sorted_out([one, two, three], closed.get)
    assert found.refs == (one,)
    assert found.told("") == "acme#1. Left out: acme#2, acme#3 (it is closed for good)."
    assert left_out([]) == []


def test_many_are_counted_not_listed() -> None:
    many = Several(refs=tuple(TicketRef("acme", str(number)) for number in range(1, 1_201)), marked=True)
    assert many.question(Update(priority="low")) == "Change 1,200 tickets: priority low?"
    assert many.told("").endswith("acme#5 and 1,195 more.")
