"""Where the console was left, as it is kept beside the screen that stood there; pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from zlib import crc32

from supportdesk.desk import ViewCount
from supportdesk.model import TicketRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A view with its letters, the chosen ticket among its neighbours, and what of it was read; rows count from 0.

    `around` tells apart what stood `tall` rows above and below it; where all panes were in sight it is `wide`.
    """

    view: str = ""  # none where nobody knows what stood on the screen
    letters: str = ""
    desk: str = ""
    id: str = ""
    index: int = 0
    strayed: bool = False
    top: int = 0
    around: int = 0
    tall: int = 0
    wide: bool = False
    pane: str = "queue"
    reading: bool = False
    everything: bool = False
    row: int = 0
    views: tuple[ViewCount, ...] = ()

    @property
    def ref(self) -> TicketRef | None:
        """The chosen ticket."""
        return TicketRef(self.desk, self.id) if self.id else None


LONGEST = 18  # digits of a number
_KINDS = {field.name: type(field.default) for field in fields(Place) if field.name != "views"}
_COUNTED = {"id": str, "name": str, "desk": str, "count": int, "more": bool}


def written(place: Place) -> str:
    """A place as one line."""
    return json.dumps(asdict(place))


def read(line: str) -> Place:
    """A place from its line; one without a view where it is none."""
    try:
        found = json.loads(line, parse_int=_count)
        json.dumps(found, ensure_ascii=False).encode()  # half a character is on no disk, and cannot be asked for
    except (ValueError, RecursionError):
        return Place()
    views = found.pop("views", None) if isinstance(found, dict) else None
    if not isinstance(views, list) or _kinds(found) != _KINDS or any(_kinds(view) != _COUNTED for view in views):
        return Place()
    return Place(**found, views=tuple(ViewCount(**view) for view in views))


def _count(digits: str) -> int:
    """A number that something was counted to; ValueError for what is too large to be drawn, too."""
    if len(digits) > LONGEST:
        raise ValueError(digits[:LONGEST])
    return int(digits)


def _kinds(found: object) -> dict[object, type]:
    return {name: type(value) for name, value in found.items()} if isinstance(found, dict) else {}


def around(order: Sequence[TicketRef], index: int, rows: int) -> int:
    """What tells the tickets that stand so many rows above and below one from others."""
    return crc32(" ".join(map(str, order[max(0, index - rows) : index + rows])).encode())
