"""Large and odd sizes end nothing (A46): long conversations, long lines, a paste that asks, any size of terminal."""

import asyncio
import time
from itertools import pairwise
from random import Random

import pytest
from drive import drive, shown
from standin import StandIn
from standin_story import customer, said, story, ticket
from textual import events
from textual.pilot import Pilot

from supportdesk.text import LONGEST, clean
from supportdesk.ui.ask import Ask
from supportdesk.ui.compose import Words

TABLE = "\n".join(f"| {n} | a row | of a table |" for n in range(2_000))
LINES = "\n".join(f"line {n}" for n in range(20_000))
ONE_LINE = "x" * 200_000
LONG_S = 2.0


def large(*bodies: str) -> StandIn:
    desk = story()
    person = customer("Kim", "Corp")
    desk.add(ticket(4999, "large", person, hours=0), *(said(f"l{n}", person, 0, b) for n, b in enumerate(bodies)))
    return desk


@pytest.mark.parametrize("body", [TABLE, clean(LINES), ONE_LINE], ids=["A46-table", "A46-lines", "A46-line"])
def test_a_vast_entry_is_cut_and_shown_whole_on_request(body: str) -> None:
    """The limits protect, with ample slack: opened it takes some 0.05 s, shown whole some 0.5 s."""

    async def steps(pilot: Pilot[None]) -> None:
        opened_s = await stopped_for(pilot, "enter")
        assert "large" in shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours
        whole_s = await stopped_for(pilot, "G", "v")
        assert pilot.app.is_running
        assert opened_s < LONG_S, f"the screen stood still for {opened_s:.1f} s"
        assert whole_s < 3 * LONG_S, f"the screen stood still for {whole_s:.1f} s"

    drive(large(body), steps, size=(120, 40))


async def stopped_for(pilot: Pilot[None], *keys: str) -> float:
    """The longest time in which nothing else could be done while these keys were worked on."""
    seen = [time.monotonic()]

    async def tick() -> None:
        while True:
            await asyncio.sleep(0.005)
            seen.append(time.monotonic())

    ticking = asyncio.create_task(tick())
    await pilot.press(*keys)
    await pilot.pause(0.05)
    ticking.cancel()
    return max(after - before for before, after in pairwise(seen))


def test_a46_a_paste_of_a_megabyte_asks_before_it_is_inserted() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        await pilot.pause(0.05)
        field = pilot.app.screen.query_one(Words)
        field.post_message(events.Paste("\x1b]52;c;x\x07 log line\n" * 85_000))
        await pilot.pause(0.2)
        assert isinstance(pilot.app.screen, Ask)
        await pilot.press("n")
        await pilot.pause(0.05)
        assert field.text == ""
        field.post_message(events.Paste("\x1b]52;c;x\x07 short"))
        await pilot.pause(0.05)
        assert field.text == "\ufffd short"

    drive(story(), steps)
    assert len(clean("y" * 1_700_000)) <= LONGEST


def resizing(times: int) -> None:
    dice = Random(46)

    async def steps(pilot: Pilot[None]) -> None:
        for number in range(times):
            columns, lines = (1, 1) if number % 50 == 7 else (dice.randint(1, 220), dice.randint(1, 70))
            await pilot.resize_terminal(columns, lines)
            if number % 10 == 3:
                await pilot.press(dice.choice(["j", "enter", "escape", "question_mark", "J", "w"]))
        await pilot.resize_terminal(100, 30)
        await pilot.pause(0.1)
        assert pilot.app.is_running

    drive(large(TABLE[:4_000], "नमस्ते 👨‍👩‍👧‍👦 한글 " * 50), steps)


def test_a46_terminals_of_every_size_end_nothing() -> None:
    resizing(25)


@pytest.mark.gates
def test_a46_three_hundred_sizes_end_nothing() -> None:
    resizing(300)
