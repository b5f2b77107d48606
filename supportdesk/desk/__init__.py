"""The desk: the one object that the console and the commands talk to, and the values it shows."""

from supportdesk.desk.desk import Desk
from supportdesk.desk.opening import open_demo, open_desk
from supportdesk.desk.shapes import (
    DeskLine,
    DeskStatus,
    Duplicate,
    Family,
    Proposal,
    Queue,
    Reading,
    Recipients,
    SyncReport,
    ViewCount,
)

__all__ = [
    "Desk",
    "DeskLine",
    "DeskStatus",
    "Duplicate",
    "Family",
    "Proposal",
    "Queue",
    "Reading",
    "Recipients",
    "SyncReport",
    "ViewCount",
    "open_demo",
    "open_desk",
]
