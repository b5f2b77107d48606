"""The advice given on every flagged ticket, kept in memory to say at once where else it was given."""

from collections.abc import Callable

from supportdesk.desk.readings import Family
from supportdesk.insight.repeats import Group, Groups, Label
from supportdesk.insight.similar import Index
from supportdesk.model import Finding, Kind, TicketRef
from supportdesk.store.cache import Cache
from supportdesk.store.cache_answers import Told

Answer = tuple[TicketRef, str]
Findings = Callable[[TicketRef], tuple[Finding, ...]]


class Advice:
    """What flagged answers tell, and which of them are one answer; read from the cache once, then kept up to date.

    A ticket's advice is its strongest finding's, by what the desk has learned; `weak` is the probability from which
    a group of answers is a class of problem.
    """

    def __init__(self, cache: Cache, findings: Findings, weak: Callable[[], float]) -> None:
        self._cache, self._findings, self._weak = cache, findings, weak
        self._told: dict[TicketRef, list[Told]] | None = None
        self._groups: dict[str, Groups] = {}
        self._index: tuple[Index, dict[TicketRef, int]] | None = None

    def put(self, ref: TicketRef) -> None:
        """Read a ticket's advice again after its findings or its flag changed."""
        if self._told is None:
            return
        self._index = None
        was = {one.comment_id: one.sketch for one in self._told.pop(ref, ())}
        told = self._cache.answers.told(ref)
        if any(was.get(one.comment_id, one.sketch) != one.sketch for one in told):
            self._told, self._groups = (
                None,
                {},
            )  # an edited answer has left its group: all are read again when asked for
            return
        for one in told:
            self._take(self._told, one)

    def family(self, ref: TicketRef, finding: Finding | None) -> Family:
        """The tickets in which the same advice was given, this one first, and their distinct customers."""
        if finding is None or finding.kind is not Kind.WORKAROUND:
            return Family(tickets=1, customers=1, refs=(ref,))
        index, places = self._indexed()
        told = list(places)
        alike = [told[at] for at in sorted(index.alike(places[ref]))] if ref in places else []
        refs = tuple(dict.fromkeys((ref, *alike, *self._cache.same_answer(ref, finding.comment_id))))
        return Family(tickets=len(refs), customers=self._cache.customers(refs), refs=refs)

    def answers(self, ref: TicketRef) -> tuple[str, ...]:
        """The answers of a ticket that are flags, or nearly."""
        return tuple(one.comment_id for one in self._known().get(ref, ()))

    def group(self, ref: TicketRef, comment_id: str) -> Group | None:
        """The near-duplicates of an answer, itself among them; None where it was given once."""
        if comment_id not in self.answers(ref):
            return None
        found = self._groups[ref.desk].group_of(_key(ref, comment_id))
        return found if len(found.members) > 1 else None

    def alike(self, ref: TicketRef, comment_id: str) -> tuple[Answer, ...]:
        """The answers that one verdict serves, this one among them; none where it is alone or says nothing."""
        group = self.group(ref, comment_id)
        if group is None or group.label is Label.BOILERPLATE:
            return ()
        return tuple(_answer(ref.desk, key) for key in group.members)

    def _known(self) -> dict[TicketRef, list[Told]]:
        if self._told is None:
            known: dict[TicketRef, list[Told]] = {}
            for one in self._cache.answers.told():
                self._take(known, one)
            self._told = known
        return self._told

    def _take(self, known: dict[TicketRef, list[Told]], told: Told) -> None:
        known.setdefault(told.ref, []).append(told)
        groups = self._groups.setdefault(told.ref.desk, Groups(workaround=self._weak()))
        groups.put(_key(told.ref, told.comment_id), told.sketch, told.p, told.customer)

    def _indexed(self) -> tuple[Index, dict[TicketRef, int]]:
        """The advice of every ticket that is flagged here, and its place."""
        if self._index is None:
            flagged = {ref: self._strongest(ref, told) for ref, told in self._known().items() if told[0].shown}
            self._index = Index(flagged.values()), {ref: at for at, ref in enumerate(flagged)}
        return self._index

    def _strongest(self, ref: TicketRef, told: list[Told]) -> frozenset[str]:
        if len(told) == 1:
            return told[0].words
        strongest = next((one.comment_id for one in self._findings(ref)), "")
        return next((one.words for one in told if one.comment_id == strongest), frozenset())


def _key(ref: TicketRef, comment_id: str) -> str:
    return f"{ref.id}\0{comment_id}"


def _answer(desk: str, key: str) -> Answer:
    id_, _, comment_id = key.partition("\0")
    return TicketRef(desk, id_), comment_id
