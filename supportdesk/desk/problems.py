"""The problems behind the flags: tickets whose answers tell customers to do the same thing, worst first."""

from collections.abc import Callable, Iterable, Iterator, Set

from supportdesk.desk.readings import Family, Problem, Problems
from supportdesk.desk.slices import in_slices
from supportdesk.desk.workplace import Workplace
from supportdesk.model import Escalation, Finding, Kind, Ticket, TicketRef

Part = tuple[TicketRef, ...]
TOLD = 100  # tickets after which it is told how far it is


async def problems(work: Workplace, tell: Callable[[str], object], desk: str = "") -> Problems:
    """Every problem behind the flags of a desk or all, the one that hits most distinct customers first.

    A ticket counts for one problem, or stands beside them: nobody else was given its answer, or all who were count for
    another. Who writes ten times, or last,
    moves nothing: a customer counts once, and time plays no part in the order. Keys are answered meanwhile.
    """
    refs = _of(desk, work.cache.refs("flagged"))
    found: dict[TicketRef, Family] = {}

    def look(ref: TicketRef) -> None:
        found[ref] = work.advice.family(ref, next(iter(_flags(work, ref)), None))
        if len(found) % TOLD == 0:
            tell(f"{len(found):,} of {len(refs):,} flagged tickets compared")

    await in_slices(work, refs, look)
    parts = _parted(found, set(_of(desk, work.cache.refs("suspected"))))
    several: list[Problem] = []
    await in_slices(work, (part for part in parts if len(part) > 1), lambda part: _told(work, part, several))
    several.sort(key=lambda one: (-one.customers, -len(one.refs)))
    return Problems(problems=tuple(several), beside=sum(1 for part in parts if len(part) == 1))


def _of(desk: str, refs: Iterable[TicketRef]) -> list[TicketRef]:
    return [ref for ref in refs if desk in ("", ref.desk)]


def _parted(found: dict[TicketRef, Family], suspected: Set[TicketRef]) -> list[Part]:
    """Each flagged ticket in one part, with all that are like one of them: who is like most customers' comes first.

    What is flagged too weakly to be shown counts where somebody else was given the same; what was dismissed does not.
    """
    placed: set[TicketRef] = set()
    parts: list[Part] = []
    for ref in sorted(found, key=lambda ref: (-found[ref].customers, -found[ref].tickets)):
        if ref not in placed:
            parts.append(tuple(other for other in found[ref].refs if other in suspected and other not in placed))
            placed.update(parts[-1])
    return parts


def _told(work: Workplace, part: Part, into: list[Problem]) -> Iterator[None]:
    """What these tickets have in common, a ticket a step; nothing of those that were taken away meanwhile."""
    tickets: list[Ticket] = []
    flags: list[Finding] = []
    issue = None
    for ref in part:
        if (ticket := work.cache.ticket(ref)) is not None and (found := _flags(work, ref)):
            tickets.append(ticket)
            flags.append(found[0])
            issue = issue or work.escalation(ref)
        yield
    if len(tickets) > 1:
        into.append(_problem(work, tickets, flags[0], issue))


def _problem(work: Workplace, tickets: list[Ticket], finding: Finding, issue: Escalation | None) -> Problem:
    first, refs = tickets[0], tuple(ticket.ref for ticket in tickets)
    bodies = {comment.id: comment.body for comment in work.cache.comments(first.ref) or ()}
    return Problem(
        refs=refs,
        subject=first.subject,
        customers=work.cache.customers(refs),
        since=min(ticket.created_at for ticket in tickets),
        until=max(ticket.updated_at for ticket in tickets),
        advice=bodies.get(finding.comment_id, ""),
        finding=finding,
        escalation=issue,
    )


def _flags(work: Workplace, ref: TicketRef) -> list[Finding]:
    """The workarounds of a ticket, strongest first."""
    return [one for one in work.lessons.findings(ref) if one.kind is Kind.WORKAROUND]
