"""How the console is left and what it leaves: words on disk, a word on what is queued, the queue as it stands."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.segment import Segment
from textual.app import App
from textual.strip import Strip
from textual.widgets._toast import ToastRack

from supportdesk import model
from supportdesk.desk import Desk
from supportdesk.desk.desk import GOODBYE_S
from supportdesk.errors import SupportdeskError
from supportdesk.model import State
from supportdesk.ui import lastframe
from supportdesk.ui.screens import DeskScreen
from supportdesk.ui.terminal import steady
from supportdesk.ui.words import counted, seconds

LOOK_S = 0.05
ENDED_BY = 128  # and the signal's number: what a shell makes of a process that one has ended


async def until_left(app: App[None], desk: Desk, *, demo: bool) -> int:
    """Run the console, then close the desk; returns the exit code.

    SIGHUP and SIGTERM leave it as its own key does, once every word typed is on disk.
    """
    for number in (signal.SIGHUP, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, partial(_leave, app, number))
    try:
        await app.run_async()
    finally:
        _say(farewell(desk.outbox(), demo=demo))
        left = await desk.close()
    if left:
        _say("Something was still being sent. It is looked for at the next start, and not sent twice.\n")
    return app.return_code or 0


def keep_words(app: App[None]) -> None:
    """Put every word typed on disk, where there is somebody typing."""
    for screen in app.screen_stack:
        if isinstance(screen, DeskScreen):
            screen.keep()


def _leave(app: App[None], number: signal.Signals, looks: int = 40) -> None:
    """Leave as soon as the first screen stands: one that is half built would end in a crash."""
    if looks and not getattr(app, "ready", True):
        asyncio.get_running_loop().call_later(LOOK_S, _leave, app, number, looks - 1)
        return
    keep_words(app)
    app.exit(return_code=ENDED_BY + number)


def _say(words: str) -> None:
    with suppress(OSError):  # the terminal may be gone
        sys.stderr.write(words)
        sys.stderr.flush()


def keep_frame(screen: DeskScreen[Any], home: Path, config: Path, now: datetime, theme: str) -> None:
    """Keep a screen as it stands, its first row saying of when it is; none in other colours than the next start has.

    `theme` is the one that a start is in: another was chosen for this session alone.
    """
    place = ""
    if screen.app.theme == theme:
        with suppress(SupportdeskError):  # whatever is wrong with the disk is said by the next start
            place = screen.settle()
    if not place:
        lastframe.forget(home)
        return
    for corner in screen.query(ToastRack):
        corner.display = False
        screen._compositor.reflow(screen, screen.size)  # what it said is over by then
    width, height = screen.size
    strips = screen._compositor.render_strips()  # Textual's own screenshots take them from there too
    if not strips:
        return
    words = f" supportdesk  as you left it, {now:%a %d %b %H:%M}"
    ground = next((segment.style for segment in reversed([*strips[0]]) if segment.style), None)
    first = Strip([Segment(words[:width].ljust(width), ground)])
    rows = [steady(strip.discard_meta().render(screen.app.console)) for strip in (first, *strips[1:])]
    lastframe.keep(home, config, (width, height), [place, *rows], os.environ)


def farewell(outbox: Sequence[model.Outgoing], *, demo: bool) -> str:
    """What is waited for on the way out, and what stays queued; a demo takes everything with it."""
    sending = [entry for entry in outbox if entry.state is State.SENDING]
    queued = [entry for entry in outbox if entry.state is State.QUEUED]
    words = ""
    if sending:
        words += f"Waiting for {counted(len(sending), 'entry')} being sent, {seconds(GOODBYE_S)} at most.\n"
    if queued and not demo:
        words += f"{counted(len(queued), 'entry')} queued on disk: "
        words += "sent at the next start, or by `supportdesk outbox drain`.\n"
    return words
