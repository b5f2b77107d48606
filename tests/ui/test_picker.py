"""A picker says what enter would take, shows its question whole, and cuts its lines in sight."""

import pytest
from drive import drive, seen, shown
from standin_story import story
from textual.pilot import Pilot

from supportdesk.ui.app import SupportDesk
from supportdesk.ui.picker import Choice, Picker

ISSUES = [Choice("app#11", "app#11", "Go: finished visits stay “Waiting to upload” for a day or two"), Choice("b", "b")]


def test_what_is_typed_is_taken_as_it_is_only_where_that_is_said() -> None:
    said: list[str | None] = []

    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SupportDesk)
        await app.push_screen(Picker("Which?", ISSUES), said.append)
        await pilot.press(*"77", "enter")
        await seen(pilot, "Nothing fits. Backspace widens it again.")
        assert "enter take it" not in shown(app)
        await pilot.press("escape")
        await app.push_screen(Picker("Which?", ISSUES, free=True), said.append)
        await pilot.press(*"77")
        await seen(pilot, "Nothing like it is listed: enter takes “77” as it is.")
        await pilot.press("enter")

    drive(story(), steps)
    assert said == [None, "77"]


@pytest.mark.parametrize("size", [(40, 16), (80, 24)])
def test_the_question_is_whole_and_the_lines_are_cut_in_sight(size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SupportDesk)
        await app.push_screen(Picker("Link to which issue? Type its number if it is not here.", ISSUES))
        await seen(pilot, "Go: finished")
        assert "Type its number if it is not here." in " ".join(shown(app).replace("▌", " ").replace("…", " ").split())
        line = next(line for line in shown(app).splitlines() if "app#11" in line)
        assert "app#11  Go: finished" in line
        assert "…" in line

    drive(story(), steps, size=size)
