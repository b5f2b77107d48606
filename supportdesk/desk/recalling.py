"""The outbox's entries by their ops, and each move of one, made from where the process that sends has left it."""

from collections.abc import Callable, Iterable

from supportdesk import outbox
from supportdesk.desk.sending import describe
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import NotFoundError, UsageError
from supportdesk.model import Note, Outgoing, Reply, Update


def entry_of(work: Workplace, op: str) -> Outgoing:
    """An entry by its op, or the beginning of it; NotFoundError when there is none, or more than one."""
    found = [entry for entry in work.outgoing() if entry.op.startswith(op)] if op else []
    if len(found) != 1:
        how = "Several entries start" if found else "Nothing in the outbox starts"
        raise NotFoundError(f"{how} with {op!r}.", "See `supportdesk outbox`.")
    return found[0]


def editable(work: Workplace, op: str) -> Outgoing:
    """An entry whose words can go back into a draft; UsageError where it has none, or they may have arrived."""
    entry = entry_of(work, op)
    what = f"The {describe(entry.change)} on {entry.ref}"
    if not isinstance(entry.change, Reply | Note):
        raise UsageError(f"{what} has no words to edit.", "Drop it, and do it anew.")
    if outbox.may_have_arrived(entry):
        raise UsageError(f"{what} may have arrived already.", "Retry or drain it: it is looked for first.")
    return entry


def fields_of(taken: Iterable[Outgoing]) -> str:
    """What goes with words that are taken back and has no place in their draft, as a sentence; empty for none."""
    changes = [entry.change for entry in taken]
    if not any(isinstance(change, Reply | Note) for change in changes):
        return ""
    fields = [change if isinstance(change, Update) else getattr(change, "update", None) for change in changes]
    said = ", ".join(describe(update) for update in fields if update)
    return f" What was to go with it is dropped too ({said}): set it again when you send it." if said else ""


def moved(work: Workplace, op: str, step: Callable[[Outgoing], Outgoing]) -> Outgoing:
    """Move an entry on, on disk when this returns; UsageError where it cannot go there any more."""
    with work.ledger.transaction():
        entry = entry_of(work, op)
        try:
            entry = step(entry)
        except ValueError as problem:
            raise UsageError(f"The {describe(entry.change)} on {entry.ref}: {problem}.", "See the outbox.") from None
        entries = work.ledger.all_outgoing
        for each in (*outbox.along(entry, entries), *outbox.freed(entry, entries)):
            work.ledger.put_outgoing(each)
    return entry
