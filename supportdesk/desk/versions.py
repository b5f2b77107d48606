"""Which rules are the newest that a cache was read with: older ones, of a console left open, do not read it again."""

import json
from datetime import UTC, datetime, timedelta

from supportdesk.desk.workplace import Workplace

MOST_KNOWN = 20
TOLD_EVERY = timedelta(hours=1)
GONE_AFTER = timedelta(days=1)  # rules not in use for as long are gone: somebody went back to older ones
_KEY = "rules"


def newest(work: Workplace) -> bool:
    """Whether ours came last; team's phrases do not count, all consoles have them from one ledger."""
    ours, now = work.rules.version.partition("+")[0], work.now()
    known = _known(work)
    last = next(reversed(known), "")
    if ours in known and ours != last and now - known[last] < GONE_AFTER:
        return False
    if ours != last or not timedelta() <= now - known[ours] < TOLD_EVERY:
        known.pop(ours, None)
        known[ours] = now
        told = {version: at.isoformat() for version, at in [*known.items()][-MOST_KNOWN:]}
        work.cache.set_meta(_KEY, json.dumps(told))
    return True


def _known(work: Workplace) -> dict[str, datetime]:
    """Versions in the order in which they came, and when each was last in use."""
    try:
        kept = json.loads(work.cache.meta(_KEY) or "{}")
        return {version: datetime.fromisoformat(at).astimezone(UTC) for version, at in kept.items()}
    except (AttributeError, TypeError, ValueError):
        return {}
