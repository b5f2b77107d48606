"""The verdicts that hold for a ticket: the engineer's own, those on the same answer elsewhere, and colleagues' tags.

Nothing of it is stored: a verdict that is taken back takes its group along.
"""

from collections.abc import Callable, Iterable

from supportdesk.desk.families import Advice
from supportdesk.desk.shapes import COLLEAGUE
from supportdesk.insight.learning import spread
from supportdesk.model import Decision, Finding, Ticket, TicketRef, Update, Verdict
from supportdesk.providers import Account
from supportdesk.store.ledger import Ledger

CONFIRMED, DISMISSED = "workaround", "not-workaround"


class Spreading:
    """What was said of an answer, wherever it was said."""

    def __init__(self, advice: Advice, ledger: Callable[[], Ledger]) -> None:
        self._advice, self._ledger = advice, ledger

    def verdicts(self, ref: TicketRef) -> dict[str, Verdict]:
        """The verdict on each answer of a ticket: its own, else the latest on an answer of its group."""
        ledger = self._ledger()
        held = {one.comment_id: one for one in ledger.verdicts(ref)}
        if not ledger.verdicts():
            return held
        for comment_id in self._advice.answers(ref):
            if comment_id not in held and (said := self._of_group(ref, comment_id)) is not None:
                held[comment_id] = said
        return held

    def _of_group(self, ref: TicketRef, comment_id: str) -> Verdict | None:
        alike = dict.fromkeys(self._advice.alike(ref, comment_id), "one")
        given = [
            said
            for other in dict.fromkeys(other for other, _ in alike)
            for said in self._ledger().verdicts(other)
            if (other, said.comment_id) in alike
        ]
        return spread(sorted(given, key=lambda it: it.at), alike).get((ref, comment_id))

    def touched(self, verdicts: Iterable[Verdict]) -> set[TicketRef]:
        """The tickets that these verdicts speak of."""
        found = {one.ref for one in verdicts}
        return found.union(*({ref for ref, _ in self._advice.alike(one.ref, one.comment_id)} for one in verdicts))


def verdict_tags(account: Account, decision: Decision | None) -> Update:
    """The tags that tell colleagues of a verdict; None takes both away."""
    confirmed, dismissed = account.tag_prefix + CONFIRMED, account.tag_prefix + DISMISSED
    if decision is None:
        return Update(remove_tags=(confirmed, dismissed))
    add, remove = (confirmed, dismissed) if decision is Decision.CONFIRMED else (dismissed, confirmed)
    return Update(add_tags=(add,), remove_tags=(remove,))


def by_colleagues(account: Account, ticket: Ticket, finding: Finding | None) -> Verdict | None:
    """What the tags of a ticket say of its strongest finding, on a desk that shares verdicts.

    It tells neither which answer was meant nor who meant it, so the desk shows it and learns nothing from it.
    """
    if account.share != "tags" or finding is None:
        return None
    confirmed, dismissed = (account.tag_prefix + tag in ticket.tags for tag in (CONFIRMED, DISMISSED))
    if confirmed == dismissed:
        return None
    decision = Decision.CONFIRMED if confirmed else Decision.DISMISSED
    return Verdict(
        ref=ticket.ref, comment_id=finding.comment_id, decision=decision, agent=COLLEAGUE, at=ticket.updated_at
    )
