"""Runs the console on a stand-in desk and hands a pilot to the test; toasts and tooltips are on, as for people."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from standin import NOW, StandIn
from textual import _wait
from textual.pilot import Pilot

from supportdesk.config import load_themes
from supportdesk.ui.app import SupportDesk
from supportdesk.ui.theme import themes

# The pilot looks every 20 ms whether the app has come to rest, four times a key; with 4 ms the tests take half as long.
_wait.SLEEP_GRANULARITY, _wait.SLEEP_IDLE = 1 / 250, 1 / 5000

Steps = Callable[[Pilot[None]], Awaitable[None]]


def console(desk: StandIn, folder: Path = Path("/nonexistent"), **more: Any) -> SupportDesk:
    """The app with a frozen clock and our themes."""
    tables, _problems = load_themes()
    return SupportDesk(desk, themes=themes(tables), now=lambda: NOW, folder=folder, **more)


def drive(desk: StandIn, steps: Steps, *, size: tuple[int, int] = (100, 30), **more: Any) -> SupportDesk:
    """Run the steps against the console, and return the app for a last look."""
    app = console(desk, **more)

    async def run() -> None:
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            await pilot.pause(0.05)
            await steps(pilot)

    asyncio.run(run())
    return app


def shown(app: SupportDesk) -> str:
    """What is on the screen, as text."""
    height = app.size.height
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips[:height])


async def seen(pilot: Pilot[None], words: str) -> None:
    """Wait until words are on the screen, wherever its lines break."""
    screen = ""
    for _ in range(500):
        await pilot.pause(0.02)
        screen = shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours
        if words in " ".join(screen.replace("▌", " ").split()):
            return
    raise AssertionError(f"{words!r} never came; the screen is\n{screen}")


async def toasts(pilot: Pilot[None]) -> list[str]:
    """The toasts in sight."""
    await pilot.pause()
    return [notification.message for notification in pilot.app._notifications]
