"""A proposed issue as lines: where it goes, the exact text, and what the gate found; pure."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from supportdesk.desk import Proposal
from supportdesk.ui import glyphs
from supportdesk.ui.cells import Line, Piece, fit, line, paragraphs
from supportdesk.ui.words import counted


def heading(proposal: Proposal, width: int) -> Sequence[Line]:
    """Where it goes and who can read it there; public is loud."""
    place = proposal.place
    name = place.name if place is not None else proposal.draft.tracker
    left = [Piece(" New issue in ", "strong"), Piece(name, "accent strong"), Piece("  "), *_visibility(proposal)]
    right = f"for {proposal.ref}"
    gap = width - sum(cell_len(piece.text) for piece in left) - cell_len(right) - 1
    return (Line((*left, Piece(" " * max(1, gap)), Piece(right, "dim"))),)


def _visibility(proposal: Proposal) -> list[Piece]:
    if proposal.place is None:
        return [Piece("not reachable: its visibility is asked again right before sending", "flag")]
    if proposal.place.public is False:
        return [Piece("private", "good")]
    if proposal.place.public is None:
        return [Piece("PUBLIC?", "danger strong"), Piece(" it would not say, so it counts as public", "danger")]
    return [Piece(" PUBLIC ", "public-word"), Piece(" everybody can read it", "danger")]


def body_lines(proposal: Proposal, width: int) -> list[Line]:
    """The text byte for byte, wrapped to the pane."""
    return list(paragraphs(proposal.draft.body, min(width, 110) - 2, indent=" "))


def gate_lines(proposal: Proposal, width: int, *, again: bool) -> list[Line]:
    """What the gate did, what it doubts, what it forbids, and which issues are like this one."""
    found = [*_existing(proposal, width, again=again), line((" Gate", "strong"))]
    for block in proposal.blocks:
        found += _item(f"{glyphs.REJECTED} {block}", width, "danger")
    for doubt in proposal.doubts:
        found += _item(f"{glyphs.URGENT} {doubt}", width, "flag")
    found += [said for words in _done(proposal) for said in _item(f"{glyphs.DONE} {words}", width, "good")]
    found += [Line(), line((" Who is hit", "strong"))]
    tickets, customers = counted(proposal.tickets, "ticket"), counted(proposal.customers, "customer")
    found += _item(f"{tickets} of {customers}", width, "")
    found += [Line(), *_similar(proposal, width)]
    return found


def _existing(proposal: Proposal, width: int, *, again: bool) -> Iterator[Line]:
    if proposal.existing is None:
        return
    yield line((" Filed already", "strong"))
    yield from _item(f"{proposal.existing.issue} {proposal.existing.title}", width, "flag")
    words = "y files another one." if again else "l links to it, n files another one."
    yield from _item(words, width, "dim")
    yield Line()


def _done(proposal: Proposal) -> Iterator[str]:
    for kind, number in sorted(proposal.redactions.items()):
        yield f"{counted(number, kind)} taken out"
    if not proposal.redactions:
        yield "nothing had to be taken out"
    yield "mentions, references and markup made inert"
    yield "the customer's words are quoted, in a fence" if proposal.quotes else "none of the customer's words"
    if proposal.place is not None and proposal.place.public is False:
        yield "visibility checked: private"


def _similar(proposal: Proposal, width: int) -> Iterator[Line]:
    yield line((" Issues like it", "strong"))
    if not proposal.duplicates:
        yield from _item("no open issue reads like this one", width, "dim")
    for other in proposal.duplicates:
        name = f"{other.ref}"
        title = fit(other.title, max(4, width - cell_len(name) - 9))
        yield line(("  ", ""), (name, "accent"), (f" {other.score:>4.0%} ", "dim"), title)


def _item(words: str, width: int, style: str) -> list[Line]:
    lines = list(paragraphs(words, width - 5, style=style, indent="  "))
    return lines[:1] + [Line((Piece("  "), *rest.pieces), rest.fill) for rest in lines[1:]]
