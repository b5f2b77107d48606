"""Where the reading of a desk stands, kept in the cache with the pages: a kill costs one, of a command a few."""

import json
from dataclasses import dataclass
from datetime import datetime

from supportdesk.desk.visit import Visit
from supportdesk.store import records

CHANGED, OLDER = "changed", "older"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """Where the reading of a desk stands.

    `began` is None between two readings; `since` is what changes are asked from, and stays while nothing changes, so
    that the service can answer that nothing did. `fed` and `fed_from` are the same for what was said.

    `exports`: `cursor` is an export's; None where a version before this one kept it. `aside` is that one while the
    tickets are read that are too old for it.

    `there` is when the reading began by the service's clock: ours may be set right meanwhile. `moved`: something has
    changed since the views were read. `names`: there were tickets before this full reading, so what it names is kept
    beside this in so many `named` pages. `unsettled`: what it did not name is yet to be asked for. `bad`: so
    many of its rows could not be read until here.
    """

    began: datetime | None = None
    full: bool = False
    step: str = CHANGED
    cursor: str = ""
    aside: str = ""
    exports: bool | None = None
    since: datetime | None = None
    etag: str = ""
    full_at: datetime | None = None
    views_at: datetime | None = None
    fed: str = ""
    fed_from: datetime | None = None
    there: datetime | None = None
    moved: bool = False
    names: bool = False
    unsettled: bool = False
    named: int = 0
    looked_at: datetime | None = None
    bad: int = 0


def bookmark(visit: Visit) -> Bookmark:
    """Where the desk's reading stands; at the beginning when that cannot be read."""
    try:
        return records.decode(Bookmark, json.loads(visit.work.cache.meta(f"reading:{visit.name}") or "{}"))
    except ValueError:
        return Bookmark()


def keep(visit: Visit, mark: Bookmark) -> None:
    """Remember where it stands."""
    visit.work.cache.set_meta(f"reading:{visit.name}", json.dumps(records.encode(mark)))
