"""Words not yet sent on their way to disk, where another process may have written to the same draft meanwhile.

A draft is open on one console at a time. Who opens it on a second one writes on a page beside it, which goes below the
draft once: when that console leaves it, or, where it was killed, when the draft is opened next.
"""

from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher

from supportdesk.desk.workplace import Workplace
from supportdesk.errors import StoreError
from supportdesk.model import Draft, TicketRef
from supportdesk.store.locks import Claim

VAST = 1_000_000  # pairs of lines; were they all alike, they would stop the screen for a second
BELOW = "What you wrote stands below the draft that another console has open."


@dataclass(slots=True, kw_only=True)
class Writing:
    """A draft that is open here, by how many screens; `aside` names the page beside it, empty for the draft itself."""

    claim: Claim
    aside: str
    screens: int = 1


def begin(work: Workplace, ref: TicketRef, public: bool) -> str:
    """Open a draft; where another console has it open, which is said, what is written here stands apart from it."""
    writing = work.attention.writing.get((ref, public))
    if writing is not None:
        writing.screens += 1
        return ""
    claim, aside, said = _claim(work, ref, public), "", ""
    if _taken(claim):
        with suppress(StoreError):  # they stay beside it until the disk takes them
            _bring_back(work, ref, public)
    else:
        pid, aside = claim.holder_pid(), work.new_op()
        said = f"Another console{f' (pid {pid})' if pid else ''} has this draft open: what you write here is kept apart"
        said += ", and goes below it when you leave."
        claim = _claim(work, ref, public, aside)
        _taken(claim)
    work.attention.writing[ref, public] = Writing(claim=claim, aside=aside)
    return said


def end(work: Workplace, ref: TicketRef, public: bool) -> str:
    """Close a draft; a page beside it goes below it, which is said."""
    writing = work.attention.writing.get((ref, public))
    if writing is None:
        return ""
    writing.screens -= 1
    if writing.screens:
        return ""
    del work.attention.writing[ref, public]
    moved = False
    with suppress(StoreError):  # it stays beside the draft, and is found when that is opened
        moved = bool(writing.aside) and _go_below(work, ref, public, writing.aside)
    writing.claim.leave()
    return BELOW if moved else ""


def page(work: Workplace, ref: TicketRef, public: bool) -> str:
    """Where this console writes a draft: the page beside it, empty for the draft itself."""
    writing = work.attention.writing.get((ref, public))
    return writing.aside if writing is not None else ""


def kept(work: Workplace, ref: TicketRef, public: bool, aside: str = "") -> str:
    """What is kept of a draft, or of a page beside it; empty for nothing."""
    found = work.ledger.draft(ref, public, aside)
    return found.body if found else ""


def _claim(work: Workplace, ref: TicketRef, public: bool, aside: str = "") -> Claim:
    return Claim(work.folder, f"{ref} {'reply' if public else 'note'} {aside}")


def _taken(claim: Claim) -> bool:
    try:
        return claim.take()
    except StoreError:
        return True  # a folder that takes no lock takes no words either, which is said when there are some


def _bring_back(work: Workplace, ref: TicketRef, public: bool) -> None:
    """Put the pages of consoles that have ended below the draft."""
    work.ledger.refresh()
    for draft in work.ledger.drafts():
        if (draft.ref, draft.public) != (ref, public) or not draft.aside:
            continue
        claim = _claim(work, ref, public, draft.aside)
        if claim.take():
            _go_below(work, ref, public, draft.aside)
            claim.leave()


def _go_below(work: Workplace, ref: TicketRef, public: bool, aside: str) -> bool:
    with work.ledger.transaction():
        words, there = kept(work, ref, public, aside), kept(work, ref, public)
        if not words.strip():
            return False
        body = together(there, "", words)
        work.ledger.put_draft(Draft(ref=ref, public=public, body=body, at=work.now()))
        work.ledger.delete_draft(ref, public, aside)
    return True


def save(work: Workplace, ref: TicketRef, body: str, *, public: bool, was: str | None, aside: str = "") -> str:
    """Keep a draft on disk, none at all forgets it; returns what is kept.

    `was` is what the writer last read or kept there: what others wrote since then is kept below the body. None stands
    for what is there now. `aside` names a page beside the draft.
    """
    work.ledger.refresh()
    if body == kept(work, ref, public, aside) and was in (None, body):
        return body  # nothing is to be written: neither a full disk nor a lock is in the way of who only looked
    with work.ledger.transaction():  # begins with what other processes wrote
        there = kept(work, ref, public, aside)
        body = body if was is None else together(body, was, there)
        if body == there:
            return body
        if body.strip():
            work.ledger.put_draft(Draft(ref=ref, public=public, body=body, at=work.now(), aside=aside))
        else:
            work.ledger.delete_draft(ref, public, aside)
    work.show_marks({ref})
    return body


def together(body: str, was: str, there: str) -> str:
    """A body, and below it what others wrote since it was as the writer knows it, but for what the body has as well."""
    if there == was:
        return body
    before, after = _between(was.splitlines(), there.splitlines())
    vast = len(before) * len(after) > VAST  # what stands in it often is then not looked for: it may come twice
    changes = SequenceMatcher(None, before, after, autojunk=vast).get_opcodes()
    new = [
        "\n".join(after[start:end]).strip("\n") for kind, _, _, start, end in changes if kind in ("insert", "replace")
    ]
    new = [lines for lines in new if lines.strip() and f"\n{lines}\n" not in f"\n{body}\n"]
    return "\n\n".join((*([body] if body.strip() or not new else []), *new))


def _between(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """The lines of both without those that they begin or end with alike."""
    for _ in range(2):
        pairs = enumerate(zip(before, after, strict=False))
        same = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
        before, after = before[same:][::-1], after[same:][::-1]
    return before, after
