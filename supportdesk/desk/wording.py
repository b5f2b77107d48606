"""The engineer's own wording of an issue as a draft of the escalation: kept until it is filed or thrown away."""

from collections.abc import Iterator
from dataclasses import replace

from supportdesk import outbox
from supportdesk.desk.readings import Proposal
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import HeldError
from supportdesk.gate.compose import unmarked
from supportdesk.model import Outgoing, State, TicketRef
from supportdesk.store.locks import Claim
from supportdesk.store.wordings import Wording, delete_wording, put_wording, wording

WAITS = "Your own wording of this issue is kept, and is not this one: the review in the console (b) goes on with it."
FOR_THE_WORLD = "This wording was written where the public does not read: read it again before everybody can."


def begin(work: Workplace, ref: TicketRef) -> Claim:
    """Be the one console that writes a ticket's wording, until it is left; HeldError while another one does, or has."""
    claim = Claim(work.folder, f"{ref} issue")
    if not claim.take():
        pid = claim.holder_pid()
        who = f"Another console{f' (pid {pid})' if pid else ''}"
        raise HeldError(f"{who} writes the issue for {ref}.", "Go on there, or leave it there first.")
    work.ledger.refresh()
    if _is_anothers(work, ref):
        claim.leave()
        raise _gone_on_with(ref)
    return claim


def save(work: Workplace, proposal: Proposal, title: str, body: str) -> None:
    """Keep a wording of a proposal on disk, before any gate has read it; none at all forgets it."""
    words = unmarked(body)
    if not (title.strip() or words):
        drop(work, proposal.ref)
        return
    public = proposal.public and (proposal.kept is None or proposal.kept.public)
    written = Wording(ref=proposal.ref, title=title, body=words, at=work.now(), public=public)
    with work.ledger.transaction():
        put_wording(work.ledger, written)
    work.attention.wordings[proposal.ref] = written
    work.show_marks({proposal.ref})


def drop(work: Workplace, ref: TicketRef) -> None:
    """Throw a ticket's wording away; HeldError where another console has gone on with it."""
    with work.ledger.transaction():
        if _is_anothers(work, ref):
            raise _gone_on_with(ref)
        delete_wording(work.ledger, ref)
    work.show_marks({ref})


def offered(work: Workplace, ref: TicketRef) -> Wording | None:
    """The wording that a review goes on with: what is kept, but for what is on its way just so."""
    work.ledger.refresh()
    return _waiting(work, ref)


def shown(work: Workplace, ref: TicketRef, title: str, body: str) -> None:
    """Note what a review shows: where it is what is kept, whoever looks at it may go on with that."""
    kept = wording(work.ledger, ref)
    if kept is not None and (kept.title, kept.body) == (title, unmarked(body)):
        work.attention.wordings[ref] = kept


def doubts(proposal: Proposal) -> Iterator[str]:
    """What is to be said of a proposal in the wording that was kept."""
    if proposal.public and proposal.kept is not None and not proposal.kept.public:
        yield FOR_THE_WORLD


def queued(work: Workplace, proposal: Proposal) -> None:
    """Note on a wording which issue takes it along; inside the transaction that queues that."""
    kept = wording(work.ledger, proposal.ref)
    if proposal.own and kept is not None and not _is_anothers(work, proposal.ref):
        put_wording(work.ledger, replace(kept, op=proposal.op))


def filed(work: Workplace, entry: Outgoing) -> None:
    """Let the wording go that was filed, unless it was gone on with since; inside the transaction that says so."""
    kept = wording(work.ledger, entry.ref)
    if kept is not None and kept.op == entry.op:
        delete_wording(work.ledger, entry.ref)


def _waiting(work: Workplace, ref: TicketRef) -> Wording | None:
    kept = wording(work.ledger, ref)
    queued = work.ledger.outgoing(kept.op) if kept and kept.op else None
    return None if queued is not None and queued.state in (*outbox.LIVE, State.SENT) else kept


def _is_anothers(work: Workplace, ref: TicketRef) -> bool:
    """Whether what is kept was neither shown nor written here: another console has gone on with it since."""
    kept, known = _waiting(work, ref), work.attention.wordings.get(ref)
    return kept is not None and (known is None or replace(kept, op="") != replace(known, op=""))


def _gone_on_with(ref: TicketRef) -> HeldError:
    said = f"Another console has gone on with the wording of the issue for {ref}: that is kept."
    return HeldError(said, "Leave this review and open it again to go on with it.")
