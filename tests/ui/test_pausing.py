"""The background is paused and resumed by a key or from the palette, and says so with how far it came."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from crowds import Place, open_place
from drive import drive, seen, shown, toasts
from standin import NOW
from standin_story import busy
from textual.pilot import Pilot

from supportdesk.ui.app import SupportDesk
from supportdesk.ui.topline import status_line

TICKETS = 40
WIDE = (160, 40)


@pytest.mark.parametrize(
    ("width", "words"), [(200, "paused (acme: 40 conversations to go), Z goes on"), (80, "paused, Z goes on")]
)
def test_the_status_line_says_how_far_it_came_and_what_lets_it_go_on(width: int, words: str) -> None:
    status = replace(busy().status(), paused="acme: 40 conversations to go")
    assert words in status_line(status, width, NOW, demo=False, resume="Z").text
    assert "paused" not in status_line(replace(status, paused=None), width, NOW, demo=False, resume="Z").text


def test_the_key_that_is_shown_is_the_one_that_acts() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("f9")
        await seen(pilot, "paused, F9 goes on")
        assert "Paused" in " ".join(await toasts(pilot))
        await pilot.press("f9")
        await pilot.pause(0.05)
        assert "paused" not in shown(pilot.app)  # type: ignore[arg-type]  # it is ours

    drive(busy(), steps, size=WIDE, keys={"app.pause": ["f9"]})


def test_the_palette_pauses_too() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("colon")
        await pilot.press(*"pause")
        await seen(pilot, "Stop reading, scoring and filing")
        await pilot.press("enter")
        await seen(pilot, "paused, Z goes on")

    drive(busy(), steps, size=WIDE)


def test_the_key_is_named_too_while_letters_are_typed() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("Z", "R", "slash", "e")
        await pilot.pause(0.05)
        pilot.app.screen.redraw()  # type: ignore[attr-defined]  # it is ours; a sync does so at any time
        await seen(pilot, "paused, Z goes on")
        assert "conversations wait until Z is pressed" in " ".join(await toasts(pilot))

    drive(busy(), steps, size=WIDE)


def test_without_a_desk_there_is_nothing_to_pause() -> None:
    desk = busy()
    desk.accounts = {}

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("Z")
        assert await toasts(pilot) == ["No desk is configured yet: nothing goes on in the background."]
        assert not desk.attention.paused

    drive(desk, steps)


def read(place: Place) -> int:
    """How many conversations are here."""
    cache = place.desk.work.cache
    return sum(cache.conversation_stamp(ref) is not None for ref in cache.refs("all"))


def test_a_first_reading_is_paused_and_goes_on_from_where_it_was_while_a_ticket_is_opened_and_asked_for(
    tmp_path: Path,
) -> None:
    place = open_place(tmp_path, "zendesk agent", TICKETS)

    async def story() -> None:
        app = SupportDesk(place.desk, now=lambda: place.at[0], folder=tmp_path)
        async with app.run_test(size=WIDE) as pilot, asyncio.timeout(30):
            while not read(place):
                await asyncio.sleep(0)
            await pilot.press("Z")
            await seen(pilot, "Z goes on")
            await app.workers.wait_for_complete()
            before = read(place)
            assert before < TICKETS
            await pilot.press("G", "enter")
            while read(place) == before:  # what is opened is fetched
                await pilot.pause(0.01)
            await pilot.press("R")
            await app.workers.wait_for_complete()
            assert read(place) == before + 1, "R asks what is new; the rest waits"
            said = (await toasts(pilot))[-1]
            assert said == "acme: 1 ticket read. The background is paused: conversations wait until Z is pressed."
            await pilot.press("Z")
            while read(place) < TICKETS:
                await pilot.pause(0.01)

    asyncio.run(story())
    place.desk.work.close()
