"""An issue's wording on disk, as the engineer left it: a draft of the escalation, one for each ticket.

A table of the ledger, whose nouns a start need not wait for.
"""

from dataclasses import dataclass
from datetime import datetime

from supportdesk.model import TicketRef
from supportdesk.store.ledger import Ledger

WORDINGS = "wordings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A title and a text, without the marker, that no gate has read; `public` where strangers were to read it.

    `op` is the issue that was queued with it: it goes when that one is filed.
    """

    ref: TicketRef
    title: str
    body: str
    at: datetime
    public: bool = False
    op: str = ""


def put_wording(ledger: Ledger, wording: Wording) -> None:
    """Keep a ticket's wording in the place of an earlier one; on disk when this returns."""
    ledger.put_keyed(WORDINGS, _key(wording.ref), wording)


def wording(ledger: Ledger, ref: TicketRef) -> Wording | None:
    """The wording of a ticket's issue."""
    return ledger.keyed(WORDINGS, _key(ref), Wording)


def wordings(ledger: Ledger) -> list[Wording]:
    """Every wording, in the order they were begun."""
    return ledger.facts(WORDINGS, Wording)


def begun(ledger: Ledger) -> set[TicketRef]:
    """The tickets with words that are kept and not sent: a draft, or a wording."""
    return {draft.ref for draft in ledger.drafts()} | {it.ref for it in wordings(ledger)}


def delete_wording(ledger: Ledger, ref: TicketRef) -> None:
    """Drop a wording; nothing happens where there is none."""
    ledger.delete_keyed(WORDINGS, _key(ref))


def _key(ref: TicketRef) -> tuple[str, ...]:
    return ref.desk, ref.id
