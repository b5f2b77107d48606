"""The desk: the one object that the console and the commands talk to, and the values it shows."""

from supportdesk.desk.desk import Desk
from supportdesk.desk.opening import open_demo, open_desk
from supportdesk.desk.queueing import Batch
from supportdesk.desk.searching import Filed, Hit
from supportdesk.desk.shapes import (
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
from supportdesk.desk.spreading import COLLEAGUE

__all__ = [
    "COLLEAGUE",
    "Batch",
    "Desk",
    "DeskLine",
    "DeskRecord",
    "DeskStatus",
    "Duplicate",
    "Family",
    "Filed",
    "Hit",
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
