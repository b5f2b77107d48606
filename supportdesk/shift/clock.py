"""Wall clocks: which instant a local time is, and how long it really is from one to another."""

from datetime import UTC, datetime, timedelta, tzinfo


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which the clocks of a zone show a naive local time.

    Of a time shown twice it is the first, with `fold=1` the second. One that is left out counts on from before the
    gap and so comes out as much later as the gap is long: 02:30 is 03:30 (https://peps.python.org/pep-0495/).
    """
    # Inside a gap fold=1 has the larger offset, which leads back before it; where a time is shown twice, the smaller.
    offsets = (zone.utcoffset(wall), zone.utcoffset(wall.replace(fold=0)))
    ahead = min(offset for offset in offsets if offset is not None)
    return (wall.replace(fold=0) - ahead).replace(tzinfo=UTC)


def length(begin: datetime, end: datetime, zone: tzinfo) -> timedelta:
    """How long it really is between two naive local times of a zone, whatever its clocks are set to meanwhile."""
    return instant(end, zone) - instant(begin, zone)
