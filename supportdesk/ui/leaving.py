"""What leaving the console leaves behind: a word on what is queued, and the queue as it stands for the next start."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.segment import Segment
from textual.screen import Screen
from textual.strip import Strip

from supportdesk.desk.desk import GOODBYE_S
from supportdesk.model import Outgoing, State
from supportdesk.ui import lastframe
from supportdesk.ui.terminal import steady
from supportdesk.ui.words import counted, seconds


def keep_frame(screen: Screen[Any], home: Path, config: Path, now: datetime) -> None:
    """Keep a screen as it stands, its first row saying of when it is."""
    width, height = screen.size
    strips = screen._compositor.render_strips()  # Textual's own screenshots take them from there too
    if not strips:
        return
    words = f" supportdesk  as you left it, {now:%a %H:%M}"
    ground = next((segment.style for segment in reversed([*strips[0]]) if segment.style), None)
    first = Strip([Segment(words[:width].ljust(width), ground)])
    rows = [steady(strip.discard_meta().render(screen.app.console)) for strip in (first, *strips[1:])]
    lastframe.keep(home, config, (width, height), rows, os.environ)


def farewell(outbox: Sequence[Outgoing], *, demo: bool) -> str:
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
