"""Putting what the engineer does on its way, to one ticket or to many: on disk when it returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from supportdesk.desk import drafting, following, refusals
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import RoleError
from supportdesk.model import Change, Note, Outgoing, Reply, TicketRef, Update


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one change of many tickets came to: an entry for each, and why some were left out."""

    queued: tuple[Outgoing, ...]
    refused: Mapping[TicketRef, str]


def enqueue(work: Workplace, action: str, ref: TicketRef, change: Change) -> list[Outgoing]:
    """Queue a change of one ticket, in the parts its service takes; RoleError where it may not be done."""
    needed = {action} if not getattr(change, "update", None) else {action, "update"}
    work.ticket(ref)
    for each in sorted(needed):
        if (reason := refusals.disabled_reason(work, each, ref)) is not None:
            raise RoleError(reason, refusals.instead(work, action, ref))
    with refusals.queueing(work):
        return _put(work, ref, change, work.now(), work.undo_until())


def enqueue_all(work: Workplace, refs: Sequence[TicketRef], update: Update) -> Batch:
    """Queue the same change of several tickets in one durable append; who may not be changed is left out."""
    said = {ref: refusals.disabled_reason(work, "update", ref) for ref in refs}
    now, until = work.now(), work.undo_until()
    with refusals.queueing(work):
        queued = [entry for ref in refs if said[ref] is None for entry in _put(work, ref, update, now, until)]
    return Batch(queued=tuple(queued), refused={ref: why for ref, why in said.items() if why is not None})


def _put(work: Workplace, ref: TicketRef, change: Change, now: datetime, until: datetime | None) -> list[Outgoing]:
    entries = []
    for part in following.parts(change, bundles=work.connection(ref.desk).capabilities.bundles):
        entry = Outgoing(
            op=work.new_op(),
            change=part,
            ref=ref,
            desk=ref.desk,
            seen=work.ticket(ref),
            created_at=now,
            seq=work.ledger.next_seq(),
            not_before=until,
        )
        work.ledger.put_outgoing(work.steadied(entry))
        entries.append(entry)
    if isinstance(change, Reply | Note):
        public = isinstance(change, Reply)
        page = drafting.page(work, ref, public)
        if refusals.words(drafting.kept(work, ref, public, page)).strip() == change.body.strip():
            work.ledger.delete_draft(ref, public, page)
    return entries
