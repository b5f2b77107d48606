"""Bindings are the only registry of keys, and the engineer's own are applied to it."""

import asyncio
from collections import defaultdict

import pytest
from drive import console, drive, shown, toasts
from standin_story import story
from textual.pilot import Pilot

from supportdesk.config import check_keys
from supportdesk.errors import ConfigError
from supportdesk.ui.bindings import every_binding

KNOWN = {binding.id: binding.key for binding in every_binding() if binding.id}
FORBIDDEN = {"ctrl+i", "ctrl+m", "ctrl+j", "ctrl+h", "ctrl+space", "ctrl+left_square_bracket", "ctrl+k"}
IN_LISTS = {"d", "D", "delete", "backspace", "ctrl+k"}


def keys_of(binding_keys: str) -> list[str]:
    return [key.strip() for key in binding_keys.split(",")]


def test_every_binding_has_an_id_a_description_and_a_tooltip() -> None:
    assert len(KNOWN) > 60
    assert [b.id for b in every_binding() if not (b.description and b.tooltip and b.id)] == []


def test_no_key_is_bound_that_a_terminal_cannot_tell_apart() -> None:
    bound = {key for keys in KNOWN.values() for key in keys_of(keys)}
    assert bound & FORBIDDEN == set()
    assert not [key for key in bound if key.startswith("alt+")]


def test_the_deleting_keys_of_other_programs_do_nothing_in_lists() -> None:
    for id_, keys in KNOWN.items():
        if id_.partition(".")[0] in ("queue", "outbox", "app"):
            assert not IN_LISTS & set(keys_of(keys)), id_


def test_no_two_actions_of_a_screen_share_a_key() -> None:
    taken: dict[tuple[str, str], list[str]] = defaultdict(list)
    for id_, keys in KNOWN.items():
        for key in keys_of(keys):
            taken[id_.partition(".")[0], key].append(id_)
    assert [ids for ids in taken.values() if len(ids) > 1] == []


def test_the_configuration_may_name_every_one_of_them() -> None:
    check_keys({"queue.escalate": ("X",), "compose.review": ("ctrl+o",)}, KNOWN)
    with pytest.raises(ConfigError, match=r"queue\.escalat"):
        check_keys({"queue.escalat": ("X",)}, KNOWN)
    with pytest.raises(ConfigError, match="both"):
        check_keys({"queue.escalate": ("r",)}, KNOWN)


def test_a_key_of_our_own_takes_the_place_of_the_default() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        assert len(pilot.app.screen_stack) == 1
        await pilot.press("X")
        assert "PUBLIC" in shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours
        await pilot.press("escape", "question_mark")
        assert "X " in shown(pilot.app)  # type: ignore[arg-type]

    drive(desk, steps, keys={"queue.reply": ("X",)})


def test_a_key_that_is_off_says_why_and_is_dim_in_the_help() -> None:
    desk = story()
    desk.off["reply"] = "As a light agent you may not reply in public; i writes an internal note."
    desk.off["note"] = "This console is read-only."

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        assert len(pilot.app.screen_stack) == 1
        assert await toasts(pilot) == [desk.off["reply"]]
        await pilot.press("question_mark")
        assert "off: As a light agent" in shown(pilot.app)  # type: ignore[arg-type]

    drive(desk, steps, size=(120, 50))


@pytest.mark.parametrize("answer", ["y", "n"])
def test_who_may_not_reply_is_offered_a_note_before_a_word_is_written(answer: str) -> None:
    desk = story()
    desk.off["reply"] = "As a light agent you may not reply in public."

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        assert "Write an internal note?" in shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours
        await pilot.press(answer)
        await pilot.pause(0.1)
        assert ("INTERNAL note" in shown(pilot.app)) is (answer == "y")  # type: ignore[arg-type]
        assert "PUBLIC reply" not in shown(pilot.app)  # type: ignore[arg-type]

    drive(desk, steps)


def test_help_and_palette_show_what_is_live() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        assert "make the bug issue" in shown(pilot.app)  # type: ignore[arg-type]
        await pilot.press("question_mark")
        assert len(pilot.app.screen_stack) == 1
        await pilot.press("ctrl+p")
        await pilot.pause(0.3)
        await pilot.press(*"internal")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert "INTERNAL note" in shown(pilot.app)  # type: ignore[arg-type]

    drive(story(), steps)


def test_a_theme_that_is_not_there_leaves_the_default() -> None:
    app = console(story(), theme="no-such-theme")
    assert app.theme in app.available_themes
    asyncio.run(asyncio.sleep(0))
