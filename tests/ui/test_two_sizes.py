"""A terminal that is resized while a screen is laid out for its size before ends up drawn for the size that it has."""

import asyncio
from typing import Any

import pytest
from drive import console
from standin_story import story
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen

from supportdesk.ui.ask import Ask
from supportdesk.ui.once import Palette

OLD, NEW = Size(120, 30), Size(100, 40)
ENOUGH = 20  # layouts


@pytest.mark.parametrize("over", [None, Ask, Palette])
@pytest.mark.parametrize("sizes", [(OLD, NEW), (NEW, OLD), (OLD, NEW, OLD)])
def test_two_sizes_that_wait_at_once_do_not_chase_each_other(
    over: type[Screen[Any]] | None, sizes: tuple[Size, ...]
) -> None:
    app = console(story())

    async def run() -> None:
        async with app.run_test(size=(OLD.width, OLD.height)) as pilot:
            await pilot.pause(0.05)
            if over is not None:
                await app.push_screen(Ask("Which?", "") if over is Ask else Palette())
            await pilot.resize_terminal(NEW.width, NEW.height)
            screen, laid = app.screen, list[Size]()
            lay = screen._screen_resized

            def count(size: Size) -> None:
                laid.append(size)
                if len(laid) < ENOUGH:
                    lay(size)

            screen._screen_resized = count  # type: ignore[method-assign]  # nothing else says how often
            for size in sizes:
                screen.post_message(Resize(size, size))
                screen.call_later(lambda: None)  # of sizes that stand side by side Textual takes the last
            await pilot.pause(0.1)
            assert len(laid) < ENOUGH, "both sizes in turn"
            assert screen.size == app.size == NEW
            assert screen.has_class("-wide") == (NEW.width >= 120)

    asyncio.run(run())
