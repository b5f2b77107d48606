"""The advice given on every flagged ticket, kept in memory to say at once where else it was given."""

from supportdesk.desk.shapes import Family
from supportdesk.insight.similar import same_advice, telling_words
from supportdesk.model import Finding, Kind, TicketRef
from supportdesk.store.cache import Cache


class Advice:
    """The telling words of each ticket's strongest workaround; read from the cache once, then kept up to date."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._words: dict[TicketRef, frozenset[str]] | None = None

    def put(self, ref: TicketRef) -> None:
        """Read a ticket's advice again after its findings changed."""
        if self._words is None:
            return
        words = self._read(ref)
        if words:
            self._words[ref] = words
        else:
            self._words.pop(ref, None)

    def family(self, ref: TicketRef, finding: Finding | None) -> Family:
        """The tickets in which the same advice was given, this one first, and their distinct customers."""
        if finding is None or finding.kind is not Kind.WORKAROUND:
            return Family(tickets=1, customers=1, refs=(ref,))
        known = self._known()
        others = {str(other): words for other, words in known.items() if other != ref}
        alike = [TicketRef.parse(key) for key in same_advice(known.get(ref, frozenset()), others)]
        refs = tuple(dict.fromkeys((ref, *alike, *self._cache.same_answer(ref, finding.comment_id))))
        return Family(tickets=len(refs), customers=self._cache.customers(refs), refs=refs)

    def _known(self) -> dict[TicketRef, frozenset[str]]:
        if self._words is None:
            self._words = {ref: words for ref in self._cache.refs("found") if (words := self._read(ref))}
        return self._words

    def _read(self, ref: TicketRef) -> frozenset[str]:
        finding = next((each for each in self._cache.findings(ref) if each.kind is Kind.WORKAROUND), None)
        if finding is None:
            return frozenset()
        comments = self._cache.comments(ref) or ()
        body = next((comment.body for comment in comments if comment.id == finding.comment_id), "")
        return telling_words(body, finding)
