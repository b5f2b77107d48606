"""Pictures of the list's newer stories: several tickets marked and asked about, and the search."""

from typing import Any

import pytest
from drive import console
from standin_story import busy, story
from textual.pilot import Pilot

from supportdesk.ui.app import DEFAULT_THEME

SIZES = ((80, 24), (120, 40))
THEMES = (DEFAULT_THEME, "harbor-light")


@pytest.fixture(params=[(size, theme) for size in SIZES for theme in THEMES], ids=lambda it: f"{it[0][0]}-{it[1]}")
def picture(snap_compare: Any, request: pytest.FixtureRequest) -> Any:
    size, theme = request.param

    def compare(desk: Any, *keys: str) -> bool:
        async def before(pilot: Pilot[None]) -> None:
            await pilot.pause(0.2)
            for key in keys:
                await pilot.press(key)
                await pilot.pause(0.1)
            for field in pilot.app.screen.query("Input"):
                field.cursor_blink = False  # type: ignore[attr-defined]  # they are text fields
            await pilot.pause(0.3)

        return bool(snap_compare(console(desk, theme=theme), terminal_size=size, run_before=before))

    return compare


def test_three_tickets_are_marked_and_asked_about(picture: Any) -> None:
    assert picture(busy(), "space", "space", "j", "space", "e")


def test_marks_stand_in_the_gutter(picture: Any) -> None:
    assert picture(busy(), "space", "space", "j", "space")


def test_what_was_said_is_found_in_its_context(picture: Any) -> None:
    assert picture(story(), "ctrl+f", *"exp")
