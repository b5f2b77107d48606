"""The rules as they are here: the shipped cues with the team's phrases, and what each desk's verdicts teach."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from supportdesk.config import load_cues
from supportdesk.insight.learning import Learned, Shipped, adjusted, replay
from supportdesk.insight.rules import Rules
from supportdesk.insight.teamwords import TeamWord, standing, taught
from supportdesk.model import Finding, Kind, TicketRef, Verdict
from supportdesk.store.cache import Cache
from supportdesk.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class _Taught:
    """The rules with the phrases that these records of the ledger leave standing."""

    records: list[TeamWord]
    words: tuple[TeamWord, ...]
    rules: Rules
    shipped: Shipped


class Lessons:
    """What the ledger's verdicts make of the cached findings; rules are loaded and verdicts replayed when asked for."""

    def __init__(self, cache: Cache, ledger: Callable[[], Ledger]) -> None:
        self._cache = cache
        self._ledger = ledger
        self._verdicts: tuple[int, dict[str, list[Verdict]]] = (-1, {})
        self._learned: dict[str, tuple[list[Verdict], Learned]] = {}
        self._taught: _Taught | None = None

    @cached_property
    def _cues(self) -> Mapping[str, Any]:
        return load_cues()

    def prepare(self) -> None:
        """Load the rules: a tenth of a second, and nothing that belongs to one thread."""
        _ = self.plain

    @cached_property
    def plain(self) -> Rules:
        """The rules without the team's phrases."""
        return Rules.load(self._cues)

    @property
    def words(self) -> tuple[TeamWord, ...]:
        """The team's phrases that stand."""
        return self._now().words

    @property
    def rules(self) -> Rules:
        """The cues that answers are read with, the team's phrases among them."""
        return self._now().rules

    @property
    def shipped(self) -> Shipped:
        """What the rules say before any verdict."""
        return self._now().shipped

    def of(self, desk: str) -> Learned:
        """What a desk has learned from its verdicts so far."""
        verdicts, shipped = self._given(desk), self.shipped
        kept = self._learned.get(desk)
        if kept is None or kept[0] != verdicts or kept[1].shipped is not shipped:
            kept = self._learned[desk] = verdicts, replay(verdicts, shipped)
        return kept[1]

    def findings(self, ref: TicketRef) -> tuple[Finding, ...]:
        """What the rules find in a ticket, with the desk's own figures: workarounds before hints, strongest first."""
        found = self._cache.findings(ref)
        return self._shown(found, self.of(ref.desk) if self._given(ref.desk) else None) if found else ()

    def lately(self, ref: TicketRef) -> tuple[Finding, ...]:
        """The same by what the desk had learned when it was last asked: for a mark that is looked at again shortly."""
        kept = self._learned.get(ref.desk)
        return self._shown(self._cache.findings(ref), kept[1]) if kept is not None else self.findings(ref)

    def _shown(self, found: tuple[Finding, ...], learned: Learned | None) -> tuple[Finding, ...]:
        least = self.shipped.scale.weak
        pairs = [(one, adjusted(learned, one) if learned else one) for one in found]
        # what the rules flag stays in sight however far it fades; what nearly is a flag becomes one
        ours = [now for was, now in pairs if was.kind is not Kind.WORKAROUND or max(was.p, now.p) >= least]
        return tuple(sorted(ours, key=lambda one: (one.kind is not Kind.WORKAROUND, -one.p)))

    def outdated(self, desk: str) -> list[TicketRef]:
        """The tickets whose flags in the queue are older than the newest verdict, newest change first."""
        if self._cache.meta(f"flags:{desk}") == self.stamp(desk):
            return []
        return [ref for ref in self._cache.refs("considered") if ref.desk == desk]

    def reflag(self, refs: Iterable[TicketRef]) -> None:
        """Bring the queue's flags of these tickets in line with the verdicts."""
        with self._cache.batch():
            for ref in refs:
                found = self.findings(ref)
                self._cache.put_flag(ref, found or self._cache.findings(ref), least=0.0 if found else math.inf)

    def settle(self, desk: str, stamp: str) -> None:
        """Every flag of a desk is as the verdicts of this stamp have it."""
        self._cache.set_meta(f"flags:{desk}", stamp)

    def stamp(self, desk: str) -> str:
        """What changes with every verdict on a desk; empty while there is none."""
        verdicts = self._given(desk)
        return f"{len(verdicts)} {verdicts[-1].at.isoformat()}" if verdicts else ""

    def _now(self) -> _Taught:
        records = self._ledger().team_words()
        if self._taught is None or self._taught.records != records:
            words = standing(records)
            rules = taught(self.plain, words)
            self._taught = _Taught(records, words, rules, Shipped.of(rules, self._cues.get("record")))
        return self._taught

    def _given(self, desk: str) -> list[Verdict]:
        ledger = self._ledger()
        if self._verdicts[0] != ledger.length:
            by_desk: dict[str, list[Verdict]] = {}
            for verdict in ledger.verdicts():
                by_desk.setdefault(verdict.ref.desk, []).append(verdict)
            self._verdicts = ledger.length, by_desk
        return self._verdicts[1].get(desk, [])
