"""Pictures of the console, each telling one story; the clock is frozen."""

from pathlib import Path
from typing import Any

import pytest
from drive import console
from standin import StandIn
from standin_story import busy, customer, half_read, proposal, story
from textual.pilot import Pilot
from textual.widgets import TextArea

from supportdesk.ui.compose import ComposeScreen


@pytest.fixture
def picture(snap_compare: Any) -> Any:
    def compare(desk: StandIn, *keys: str, size: tuple[int, int] = (100, 30), **more: Any) -> bool:
        async def before(pilot: Pilot[None]) -> None:
            await pilot.pause(0.2)
            for key in keys:
                await pilot.press(*([key] if len(key) == 1 or key in NAMED else key))
                _steady(pilot)
                await pilot.pause(0.1)
            for _ in range(100):  # a draft is saved half a second after the last key, later on a busy machine
                screen = pilot.app.screen
                if not isinstance(screen, ComposeScreen) or screen.keeping.saved:
                    break
                await pilot.pause(0.05)
            _steady(pilot)  # a screen that comes from a worker may have come since
            await pilot.pause(0.3)

        app = console(desk, folder=Path("/nonexistent"), **more)
        return bool(snap_compare(app, terminal_size=size, run_before=before))

    return compare


def _steady(pilot: Pilot[None]) -> None:
    for field in pilot.app.screen.query(TextArea):
        field.cursor_blink = False


NAMED = {"enter", "ctrl+s", "question_mark"}


def test_an_afternoon_on_a_wide_screen(picture: Any) -> None:
    assert picture(story(), size=(160, 44))


def test_the_queue_in_a_corner_of_the_screen_while_it_is_read(picture: Any) -> None:
    assert picture(half_read(), size=(60, 18))


def test_the_queue_at_the_usual_size(picture: Any) -> None:
    assert picture(busy(), size=(80, 24))


def test_a_flagged_answer_explains_itself(picture: Any) -> None:
    assert picture(busy(), "enter", size=(100, 44))


def test_a_public_reply_is_loud_about_an_outsider(picture: Any) -> None:
    desk = story()
    desk.outsiders = (customer("Sam Gray", "Elsewhere"),)
    assert picture(desk, "r", "We will fix it this week.")


def test_an_internal_note_is_calm(picture: Any) -> None:
    assert picture(story(), "i", "The paging change did it.", size=(130, 36))


def test_the_exact_words_before_they_are_sent(picture: Any) -> None:
    assert picture(story(), "r", "We will fix it this week.", "ctrl+s", "s")


def test_the_issue_before_it_is_filed(picture: Any) -> None:
    desk = story()
    desk.proposal = proposal(desk, doubts=("“acme-eu-2” looks like an internal name.",))
    assert picture(desk, "b", size=(120, 40))


def test_a_held_reply_in_the_outbox(picture: Any) -> None:
    assert picture(busy(), "O", "j", "j")


def test_the_keys_that_are_live(picture: Any) -> None:
    assert picture(story(), "question_mark", size=(120, 50))


def test_the_first_run(picture: Any) -> None:
    assert picture(StandIn(accounts={}, desks=()))


def test_the_queue_by_day_while_ten_thousand_tickets_are_read(picture: Any) -> None:
    assert picture(half_read(), size=(130, 40), theme="harbor-light")
