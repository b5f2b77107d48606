"""What a scan found, for people: how much was read, and the problems behind the answers that were flagged."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from textwrap import shorten, wrap
from zlib import crc32

from supportdesk.insight.repeats import Group, Groups, Sketch
from supportdesk.insight.rules import Scale
from supportdesk.insight.scan import ScanTicket
from supportdesk.insight.similar import families, telling_words
from supportdesk.insight.workaround import READ, Scored
from supportdesk.model import Band, Evidence, Finding, Kind
from supportdesk.store.answers import customer_of
from supportdesk.text import clean

TOP = 10
NAMED = 6
LEAST = 2  # tickets from which a problem is told from a single flag
ENOUGH_WEAK = 3
WIDTH = 100  # cells of a line
HANGING = 11  # cells before what speaks for and against
MOST_KEPT = 20_000  # answers that problems are told from: some 60 MB, and all there are of 200,000 that were read


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Answers that give the same advice: in which tickets, to how many customers, and the clearest of them."""

    tickets: tuple[str, ...]
    customers: int
    weight: float
    example: Finding
    ticket: str
    subject: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that is likelier a workaround than most: all that grouping needs of it."""

    key: str
    sketch: Sketch
    p: float
    customer: str


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flagged answer, its telling words, and what its ticket is about."""

    finding: Finding
    words: frozenset[str]
    subject: str


@dataclass(slots=True)
class Sums:
    """What was met, counted."""

    tickets: int = 0
    answers: int = 0
    bad: int = 0
    cut: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    bands: Counter[Band] = field(default_factory=Counter)
    hints: Counter[Kind] = field(default_factory=Counter)

    def more(self, other: "Sums") -> None:
        """Count what was met elsewhere."""
        self.tickets += other.tickets
        self.answers += other.answers
        self.bad += other.bad
        self.cut += other.cut
        self.skipped += other.skipped
        self.bands += other.bands
        self.hints += other.hints


@dataclass(slots=True)
class Part(Sums):
    """What some of the tickets come to, wherever they were scored; what is kept is what a summary is made of."""

    likelier: list[Given] = field(default_factory=list)
    flagged: dict[str, Flagged] = field(default_factory=dict)

    def add(self, ticket: ScanTicket, found: Sequence[Finding], scores: Sequence[Scored], base_rate: float) -> None:
        """Count a ticket, and keep what problems are made of."""
        self.tickets += 1
        self.answers += len(scores)
        self.skipped.update(one.skipped for one in scores if one.skipped)
        self.cut += sum(one.unread > 0 for one in scores)
        self.bands.update(one.band for one in found if one.kind is Kind.WORKAROUND)
        self.hints.update(one.kind for one in found if one.kind is not Kind.WORKAROUND)
        likelier = [one for one in scores if one.p > base_rate]
        if not likelier:
            return
        bodies = {one.id: one.body for one in ticket.comments}
        customer = customer_of(ticket.requester) if ticket.requester.name else f"ticket {ticket.id}"
        for one in likelier:
            given = Given(_key(ticket, one.comment_id), Sketch.of(bodies[one.comment_id]), one.p, customer)
            self.likelier.append(given)
        for finding in found:
            if finding.kind is Kind.WORKAROUND:
                words = telling_words(bodies[finding.comment_id], finding)
                self.flagged[_key(ticket, finding.comment_id)] = Flagged(finding, words, ticket.subject[:WIDTH])


class Tally(Sums):
    """What a scan has met so far, in memory that is bounded: problems are told from one ticket in `one_in`.

    That is every ticket, until more answers may be workarounds than are kept; then it is half as many, each time.
    """

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self._weak = scale.weak
        self._likelier: dict[str, Given] = {}
        self._flagged: dict[str, Flagged] = {}
        self.one_in = 1

    def take(self, part: Part) -> None:
        """Add what some more tickets came to."""
        self.more(part)
        self._likelier |= {one.key: one for one in part.likelier if self._counts(one.key)}
        self._flagged |= {key: one for key, one in part.flagged.items() if self._counts(key)}
        if len(self._likelier) > MOST_KEPT:
            self.one_in *= 2
            self._likelier = {key: one for key, one in self._likelier.items() if self._counts(key)}
            self._flagged = {key: one for key, one in self._flagged.items() if self._counts(key)}

    def _counts(self, key: str) -> bool:
        """Whether an answer's ticket is one of those that problems are told from, the same in every run."""
        return crc32(_ticket(key).encode()) % self.one_in == 0

    def problems(self) -> list[Problem]:
        """Return what the flagged answers come to, most weight and customers first.

        A weak flag alone is nothing to show; the same weak advice on several tickets is.
        """
        groups = Groups(workaround=self._weak)
        for one in self._likelier.values():
            groups.put(one.key, one.sketch, one.p, one.customer)
        clearest: dict[str, str] = {}
        for key, flagged in self._flagged.items():
            group = groups.group_of(key).id
            if group not in clearest or flagged.finding.p > self._flagged[clearest[group]].finding.p:
                clearest[group] = key
        alike = families({key: self._flagged[key].words for key in clearest.values()})
        made = [self._problem(family, [groups.group_of(key) for key in family]) for family in alike]
        shown = (one for one in made if one.example.band is not Band.WEAK or len(one.tickets) >= ENOUGH_WEAK)
        return sorted(shown, key=lambda one: (-one.weight, -one.customers))

    def _problem(self, family: Sequence[str], groups: Sequence[Group]) -> Problem:
        best = max(family, key=lambda key: self._flagged[key].finding.p)
        return Problem(
            tickets=tuple(dict.fromkeys(_ticket(key) for group in groups for key in group.members)),
            customers=len({customer for group in groups for customer in group.customers}),
            weight=sum(group.p_sum for group in groups),
            example=self._flagged[best].finding,
            ticket=_ticket(best),
            subject=self._flagged[best].subject,
        )

    def summary(self) -> str:
        """Return what was found, for people."""
        lines = [f"{self.answers:,} answers by the support side in {self.tickets:,} tickets"]
        lines += [f"  {self.bands[band]:>7,} {band.value:<9} workarounds" for band in Band]
        lines += [f"  {count:>7,} {kind.value:<9} hints" for kind, count in self.hints.most_common()]
        lines += [f"  {count:>7,} not read: {language}" for language, count in self.skipped.most_common()]
        lines += [f"  {self.cut:>7,} read only up to {READ:,} characters"] if self.cut else []
        lines += [f"  {self.bad:>7,} entries could not be read"] if self.bad else []
        if self.tickets and not self.answers:
            lines += ["", "No answer by the support side is in this export: were its comments exported too?"]
        problems = self.problems()
        if problems and self.one_in > 1:
            why = f"more than {MOST_KEPT:,} answers may be workarounds"
            lines += ["", f"Told from one ticket in {self.one_in}, its counts too, since {why}:"]
        return "\n".join([*lines, *self._told(problems)])

    def _told(self, problems: Sequence[Problem]) -> Iterator[str]:
        repeated = [one for one in problems if len(one.tickets) >= LEAST]
        single = [one for one in problems if len(one.tickets) < LEAST]
        for title, shown in (("Top problems", repeated), ("Single answers", single)):
            if shown:
                yield from ("", f"{title}, {min(len(shown), TOP)} of {len(shown):,}")
            for one in shown[:TOP]:
                yield from _lines(one)


def _key(ticket: ScanTicket, comment_id: str) -> str:
    return f"{ticket.id}\n{comment_id}"


def _ticket(key: str) -> str:
    return key.partition("\n")[0]


def _lines(problem: Problem) -> Iterator[str]:
    finding = problem.example
    grade = finding.grade.value if finding.grade else "one step"
    subject = shorten(clean(problem.subject, multiline=False), WIDTH - HANGING, placeholder=" …") or "(no subject)"
    where = f"{problem.ticket}, comment {clean(finding.comment_id, multiline=False)}: {finding.band.value}, {grade}"
    yield from ("", subject)
    if len(problem.tickets) >= LEAST:
        customers = f"{problem.customers:,} customer{'s' if problem.customers != 1 else ''}"
        others = [one for one in problem.tickets if one != problem.ticket]
        more = f" and {len(others) - NAMED:,} more" if len(others) > NAMED else ""
        yield f"  {len(problem.tickets):,} tickets of {customers}, for example {where}"
        yield from _hung("also in:", f"{', '.join(others[:NAMED])}{more}")
    else:
        yield f"  {where}"
    yield from _because(finding)


def _because(finding: Finding) -> Iterator[str]:
    """For and against, the strongest first, one reason for the same words on a side."""
    here = [one for one in finding.evidence if one.comment_id == finding.comment_id]
    sides = (("for", [one for one in here if one.weight > 0]), ("against", [one for one in here if one.weight < 0]))
    for side, those in sides:
        distinct: dict[str, Evidence] = {}
        for one in those:
            distinct.setdefault(one.text, one)
        if those:
            told = (f'{one.says} ("{clean(one.text, multiline=False)}")' for one in list(distinct.values())[:4])
            yield from _hung(f"{side}:", "; ".join(told))


def _hung(name: str, words: str) -> Iterator[str]:
    """Words beside their name, in lines that a terminal need not break."""
    for at, line in enumerate(wrap(words, WIDTH - HANGING, break_on_hyphens=False)):
        yield f"  {'' if at else name:<{HANGING - 2}}{line}"
