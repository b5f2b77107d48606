"""The outbox's entries by their ops, and each move of one, made from where the process that sends has left it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from supportdesk import outbox
from supportdesk.desk import drafting
from supportdesk.desk.refusals import require_writing
from supportdesk.desk.sending import describe
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import NotFoundError, UsageError
from supportdesk.model import Note, Outgoing, Reply, TicketRef, Update


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


def edit(work: Workplace, op: str) -> tuple[str, TicketRef]:
    """Take words that have not been sent back into their draft; the sentence to show, and whose they are."""
    require_writing(work)
    with work.ledger.transaction():  # begins with what other processes wrote: it may be sent since
        entry = editable(work, op)
        also = outbox.beside(entry, work.ledger.all_outgoing())
        moved(work, entry.op, outbox.dropped)
        _back_to_draft(work, entry)
    return f"The words are in the draft of {entry.ref} again.{fields_of([entry, *also])}", entry.ref


def take_back(work: Workplace, taken: Iterable[Outgoing], now: datetime) -> None:
    """Take all of an act back within its undo window, words to their draft; UsageError when some of it has left."""
    require_writing(work)
    with work.ledger.transaction():
        for entry in taken:
            moved(work, entry.op, partial(outbox.taken_back, now=now))
            _back_to_draft(work, entry)


def _back_to_draft(work: Workplace, entry: Outgoing) -> None:
    if isinstance(entry.change, Reply | Note):
        public = isinstance(entry.change, Reply)
        words = "\n\n".join(filter(None, (entry.change.body, drafting.kept(work, entry.ref, public))))
        drafting.save(work, entry.ref, words, public=public, was=None)


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
