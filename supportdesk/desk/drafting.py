"""Words not yet sent on their way to disk, where another process may have written to the same draft meanwhile."""

from difflib import SequenceMatcher

from supportdesk.desk.workplace import Workplace
from supportdesk.model import Draft, TicketRef


def save(work: Workplace, ref: TicketRef, body: str, *, public: bool, was: str | None) -> str:
    """Keep a draft on disk, none at all forgets it; returns what is kept.

    `was` is what the writer last read or kept there: what others wrote since then is kept below the body. None stands
    for what is there now.
    """
    work.ledger.refresh()
    if body == _there(work, ref, public) and was in (None, body):
        return body  # nothing is to be written: neither a full disk nor a lock is in the way of who only looked
    with work.ledger.transaction():  # begins with what other processes wrote
        there = _there(work, ref, public)
        body = body if was is None else together(body, was, there)
        if body == there:
            return body
        if body.strip():
            work.ledger.put_draft(Draft(ref=ref, public=public, body=body, at=work.now()))
        else:
            work.ledger.delete_draft(ref, public)
    work.show_marks({ref})
    return body


def _there(work: Workplace, ref: TicketRef, public: bool) -> str:
    kept = work.ledger.draft(ref, public)
    return kept.body if kept else ""


def together(body: str, was: str, there: str) -> str:
    """A body, and below it what others wrote since it was as the writer knows it, but for what the body has as well."""
    if there == was:
        return body
    before, after = was.splitlines(), there.splitlines()
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    new = ["\n".join(after[start:end]) for kind, _, _, start, end in changes if kind in ("insert", "replace")]
    new = [lines for lines in new if lines.strip() and f"\n{lines}\n" not in f"\n{body}\n"]
    return "\n\n".join((*([body] if body.strip() or not new else []), *new))
