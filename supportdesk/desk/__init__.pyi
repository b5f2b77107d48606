"""What `supportdesk.desk` holds, as the checker sees it."""
# ruff: noqa: I001  # a name a line

from supportdesk.desk.desk import (
    Desk as Desk,
)
from supportdesk.desk.opening import (
    open_demo as open_demo,
    open_desk as open_desk,
)
from supportdesk.desk.readings import (
    DeskRecord as DeskRecord,
    Duplicate as Duplicate,
    Family as Family,
    MacroReport as MacroReport,
    Problem as Problem,
    Problems as Problems,
    Proposal as Proposal,
    Reading as Reading,
    Recipients as Recipients,
    Repeat as Repeat,
    Sample as Sample,
    SyncReport as SyncReport,
)
from supportdesk.desk.shapes import (
    COLLEAGUE as COLLEAGUE,
    DeskLine as DeskLine,
    DeskStatus as DeskStatus,
    Queue as Queue,
    ViewCount as ViewCount,
)

PLACES: dict[str, str]
