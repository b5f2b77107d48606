"""The outbox's entries by their ops, and each move of one, made from where the process that sends has left it."""

from collections.abc import Callable

from supportdesk import outbox
from supportdesk.desk.sending import describe
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import NotFoundError, UsageError
from supportdesk.model import Outgoing


def entry_of(work: Workplace, op: str) -> Outgoing:
    """An entry by its op, or the beginning of it; NotFoundError when there is none, or more than one."""
    found = [entry for entry in work.outgoing() if entry.op.startswith(op)] if op else []
    if len(found) != 1:
        how = "Several entries start" if found else "Nothing in the outbox starts"
        raise NotFoundError(f"{how} with {op!r}.", "See `supportdesk outbox`.")
    return found[0]


def moved(work: Workplace, op: str, step: Callable[[Outgoing], Outgoing]) -> Outgoing:
    """Move an entry on, on disk when this returns; UsageError where it cannot go there any more."""
    with work.ledger.transaction():
        entry = entry_of(work, op)
        try:
            entry = step(entry)
        except ValueError as problem:
            raise UsageError(f"The {describe(entry.change)} on {entry.ref}: {problem}.", "See the outbox.") from None
        for each in outbox.along(entry, work.ledger.all_outgoing):
            work.ledger.put_outgoing(each)
    return entry
