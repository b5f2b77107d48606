"""The desk: the one object that the console and the commands talk to, and the values it shows."""

from supportdesk.desk.desk import Desk
from supportdesk.desk.opening import open_demo, open_desk
from supportdesk.desk.shapes import (
    COLLEAGUE,
    DeskLine,
    DeskRecord,
    DeskStatus,
    Duplicate,
    Family,
    MacroReport,
    Proposal,
    Queue,
    Reading,
    Recipients,
    Repeat,
    Sample,
    SyncReport,
    ViewCount,
)

__all__ = [
    "COLLEAGUE",
    "Desk",
    "DeskLine",
    "DeskRecord",
    "DeskStatus",
    "Duplicate",
    "Family",
    "MacroReport",
    "Proposal",
    "Queue",
    "Reading",
    "Recipients",
    "Repeat",
    "Sample",
    "SyncReport",
    "ViewCount",
    "open_demo",
    "open_desk",
]
