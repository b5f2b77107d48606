"""Pictures of the list's newer stories: several tickets marked and asked about, and the search."""

from typing import Any

from drive import console
from standin_story import busy, story
from textual.pilot import Pilot

from supportdesk.ui.app import DEFAULT_THEME

LIGHT = "harbor-light"


def picture(snap_compare: Any, desk: Any, *keys: str, size: tuple[int, int], theme: str = DEFAULT_THEME) -> bool:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.pause(0.2)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.1)
        for field in pilot.app.screen.query("Input"):
            field.cursor_blink = False  # type: ignore[attr-defined]  # they are text fields
        await pilot.pause(0.3)

    return bool(snap_compare(console(desk, theme=theme), terminal_size=size, run_before=before))


def test_three_tickets_are_marked_and_asked_about(snap_compare: Any) -> None:
    assert picture(snap_compare, busy(), "space", "space", "j", "space", "e", size=(80, 24))


def test_what_was_said_is_found_in_its_context(snap_compare: Any) -> None:
    assert picture(snap_compare, story(), "ctrl+f", *"exp", size=(120, 40), theme=LIGHT)
