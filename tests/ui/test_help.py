"""The help tells every key in whole sentences at every width, and every screen wears its name in the same place."""

import pytest
from drive import drive, seen, shown
from rich.cells import cell_len
from standin_story import story
from textual.pilot import Pilot

from supportdesk.ui.app import SupportDesk
from supportdesk.ui.help import help_lines
from supportdesk.ui.keys import KeyRow
from supportdesk.ui.queue import QueueScreen


def rows() -> list[KeyRow]:
    found: list[KeyRow] = []

    async def steps(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app.screen, QueueScreen)
        found.extend(pilot.app.screen.key_rows())

    drive(story(), steps)
    return found


@pytest.fixture(scope="module")
def live() -> list[KeyRow]:
    return rows()


@pytest.mark.parametrize("width", [30, 40, 60, 80, 100, 120, 300])
def test_no_explanation_is_cut_off(live: list[KeyRow], width: int) -> None:
    told = list(help_lines(live, width))
    assert all(cell_len(line.text) <= width for line in told)
    assert not any("…" in line.text.replace("1 … 9", "") for line in told)
    words = {word for line in told for word in line.text.split()}
    for row in live:
        if not row.id.startswith("queue.view_"):
            assert set((row.tooltip if not row.off else row.off).split()) <= words, row.id


def test_the_name_under_which_a_key_is_changed_stands_beside_it_where_there_is_room(live: list[KeyRow]) -> None:
    assert any("queue.escalate" in line.text for line in help_lines(live, 120))
    assert not any("queue.escalate" in line.text for line in help_lines(live, 80))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("question_mark", "Keys that act here"),
        ("L", "What this desk has learned"),
        ("O", "Outbox"),
        ("M", "Macros that are workarounds"),
        ("ctrl+f", "Search"),
    ],
)
def test_every_screen_wears_its_name_on_its_first_line(key: str, name: str) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        await seen(pilot, name)
        assert shown(pilot.app).splitlines()[0].startswith(f" {name}")  # type: ignore[arg-type]  # it is ours

    drive(story(), steps)


def test_words_behind_a_name_are_left_out_where_they_would_be_cut() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        await seen(pilot, "by name")
        await pilot.resize_terminal(60, 20)
        for _ in range(200):
            await pilot.pause(0.02)
            if (first := shown(pilot.app).splitlines()[0].strip()) == "Keys that act here":  # type: ignore[arg-type]
                return
        raise AssertionError(first)

    drive(story(), steps)


@pytest.mark.parametrize(("command", "says"), [("read-only", "nothing can be written now"), ("keys", "Keys that act")])
def test_what_acts_everywhere_is_in_the_palette_and_does_it(command: str, says: str) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("colon", *command, "enter")
        await seen(pilot, says)

    drive(story(), steps)


def test_the_help_is_walked_to_its_end_and_back_and_stays_where_it_is() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        for key, words in (("G", "has an issue"), ("g", "Most used"), ("G", "has an issue")):
            await pilot.press(key)
            await seen(pilot, words)
        desk.changed()
        await pilot.pause(0.3)
        assert "has an issue" in shown(pilot.app)  # type: ignore[arg-type]

    drive(desk, steps, size=(50, 8))


def test_the_palette_names_the_keys_and_fills_a_small_terminal() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("colon", *"next view")
        app = pilot.app
        assert isinstance(app, SupportDesk)
        await seen(pilot, "next view ]")
        assert "[]]" not in shown(app)
        assert "▔" * 80 in shown(app)

    drive(story(), steps, size=(80, 24))
