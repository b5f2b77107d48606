"""The timesheet on disk: a table of the ledger, whose nouns a start need not wait for."""

from supportdesk.shift.timesheet import Punch
from supportdesk.store.ledger import Ledger

SHIFTS = "shifts"


def add_punch(ledger: Ledger, punch: Punch) -> None:
    """Keep that somebody went on shift, or off it; on disk when this returns."""
    ledger.add_fact(SHIFTS, punch)


def punches(ledger: Ledger) -> list[Punch]:
    """Who went on shift and off it, in the order it was kept."""
    return ledger.facts(SHIFTS, Punch)
