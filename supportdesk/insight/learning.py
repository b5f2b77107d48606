"""What a desk has learned from its verdicts: a pure function of them, so that the same verdicts give the same state.

Verdicts on flags move two numbers (offset, slope) at once and the weights of cues slowly. Verdicts on unflagged answers
that were offered at random say how much is missed, and move the desk's base rate. What was cached keeps the shipped
figures; `adjusted` puts the desk's own over them.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from supportdesk.insight.fitting import Fit, Flags, fit
from supportdesk.insight.rules import Rules, Scale
from supportdesk.insight.teamwords import title
from supportdesk.insight.workaround import Scored
from supportdesk.model import Band, Decision, Evidence, Finding, Kind, TicketRef, Verdict

Toml = Any  # a table of cues.toml is unknown until it has been looked at
Answer = tuple[TicketRef, str]
T = TypeVar("T")

ONE_IN = 20
LEAST_VERDICTS = 8  # before anything is said of a cue
MOSTLY = 2 / 3
CLEARLY_LESS = 0.9  # of its shipped weight
PRIOR_FOUND = 2.0  # the shipped rate counts like having met this many workarounds at that rate
HIGHEST_RATE = 0.5
FARTHEST = 12.0  # log-odds: what is beyond says nothing more
HEAVIEST = 20.0  # a recorded weight beyond it is garbage


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each verdict was given."""

    confirmed: int = 0
    dismissed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.confirmed + self.dismissed


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """What the rules say before any verdict; `measured` is how many flags of a band were right in `where`.

    `recall` is the share of all workarounds that the rules flag, by which a rate among unflagged answers becomes one
    among all.
    """

    version: str
    scale: Scale
    weights: Mapping[str, float]
    says: Mapping[str, str]
    measured: Mapping[Band, Tally] = field(default_factory=dict)
    recall: float = 0.0
    where: str = ""

    @classmethod
    def of(cls, rules: Rules, record: Mapping[str, Toml] | None = None) -> Self:
        """Take the weights of the rules, the team's words among them, and the `[record]` table of cues.toml.

        The table has `<band> = [right, read]`, `recall` and `where`; ValueError says what is wrong with it.
        """
        record = record or {}
        reasons = [(one.name, one.weight, one.says) for book in rules.books.values() for one in book.cues]
        reasons += [(one.name, one.weight, one.says) for one in rules.combinations]
        recall = float(record.get("recall", 0.0))
        if not 0 <= recall < 1:
            raise ValueError(f"record: recall is {recall}, not a share below 1")
        return cls(
            version=rules.version,
            scale=rules.scale,
            weights={name: weight for name, weight, _ in reasons if weight},
            says={name: title(name, says) for name, weight, says in reasons if weight},
            measured={band: _measured(band, record[band.value]) for band in Band if band.value in record},
            recall=recall,
            where=str(record.get("where", "")),
        )

    def logit(self, p: float) -> float:
        """Return the sum of weights that `scale` makes `p` of."""
        shift = log_odds(self.scale.base_rate) - log_odds(self.scale.set_rate)
        return (log_odds(p) - shift - self.scale.offset) / self.scale.slope


def _measured(band: Band, row: Toml) -> Tally:
    if not isinstance(row, list) or len(row) != 2 or not 0 <= row[0] <= row[1] or not row[1]:
        raise ValueError(f"record: {band.value} is {row!r}, not [right, read]")
    return Tally(row[0], row[1] - row[0])


def log_odds(p: float) -> float:
    """Return the log-odds of a probability, however close to 0 or 1 it is."""
    p = min(max(p, 1e-9), 1 - 1e-9)
    return math.log(p / (1 - p))


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A desk's state after some verdicts.

    `scale` and `weights` (by cue and combination) are for the rules; `bands` counts verdicts on flags by kind and by
    the band they were shown in, which no verdict on them had moved yet; `cues` by cue; `sampled` those on unflagged
    answers offered at random; `found` is how many workarounds somebody marked that the rules had missed; `faded` says
    in a sentence which cue counts for less.
    """

    shipped: Shipped
    scale: Scale
    weights: Mapping[str, float]
    bands: Mapping[tuple[Kind, Band], Tally]
    cues: Mapping[str, Tally]
    faded: Mapping[str, str]
    sampled: Tally
    found: int
    count: int

    def weight(self, evidence: Evidence) -> float:
        """Return what a piece of evidence counts for here."""
        return self.weights.get(evidence.cue, evidence.weight)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A verdict on a flag as the fit needs it: `logit` is the shipped rules' own, `known` its cues with a weight."""

    verdict: Verdict
    logit: float
    known: tuple[str, ...]


def replay(verdicts: Iterable[Verdict], shipped: Shipped) -> Learned:
    """Return what these verdicts teach, in the order they were given; a later one on an answer replaces the earlier.

    Pass the verdicts of one desk. What cannot be understood (no score, figures that are none) teaches nothing.
    """
    latest: dict[Answer, Verdict] = {}
    for one in verdicts:
        latest[one.ref, one.comment_id] = one
    standing = list(latest.values())
    ours = [one for one in standing if one.kind is Kind.WORKAROUND]
    sampled = _tally(one for one in ours if one.sampled)
    flags = [seen for one in ours if one.p is not None and not one.sampled and (seen := _seen(one, shipped))]
    base_rate = _base_rate(shipped, sampled)
    fitted = fit(_alike(flags, shipped, base_rate), _pulls(shipped))
    scale = _scale(shipped.scale, fitted, base_rate)
    weights = _weights(shipped, fitted, scale)
    cues = {name: _tally(seen.verdict for seen in flags if name in seen.known) for name in fitted.pulls}
    return Learned(
        shipped=shipped,
        scale=scale,
        weights=weights,
        bands=_bands(flags, standing, scale),
        cues=cues,
        faded={name: said for name, tally in cues.items() if (said := _fading(name, tally, shipped, weights))},
        sampled=sampled,
        found=sum(one.p is None and not one.sampled and one.decision is Decision.CONFIRMED for one in ours),
        count=len(standing),
    )


def _tally(verdicts: Iterable[Verdict]) -> Tally:
    counted = Counter(one.decision for one in verdicts)
    return Tally(counted[Decision.CONFIRMED], counted[Decision.DISMISSED])


def _seen(verdict: Verdict, shipped: Shipped) -> _Seen | None:
    """What today's rules would have made of what was seen then; None when the record makes no sense."""
    names = dict(verdict.cues)
    logit = verdict.logit
    if logit is None and verdict.p is not None and 0 < verdict.p < 1:
        logit = shipped.logit(verdict.p)
    if logit is None or not all(math.isfinite(one) and abs(one) < HEAVIEST for one in (logit, *names.values())):
        return None
    rest = logit - sum(names.values())
    if verdict.rules != shipped.version and names:
        rest = shipped.scale.bias
    known = tuple(sorted(name for name in names if name in shipped.weights))
    return _Seen(verdict, rest + sum(shipped.weights.get(name, weight) for name, weight in names.items()), known)


def _base_rate(shipped: Shipped, sampled: Tally) -> float:
    """The desk's own share of workarounds: the mean of a Beta whose prior is the shipped rate among unflagged answers.

    The rules are taken to miss the same share here as there, so the rate among all answers moves in proportion.
    """
    missed = 1 - shipped.recall
    prior = PRIOR_FOUND / (shipped.scale.base_rate * missed)
    rate = (PRIOR_FOUND + sampled.confirmed) / (prior + sampled.total) / missed
    return min(rate, HIGHEST_RATE)


def _pulls(shipped: Shipped) -> dict[str, float]:
    return {name: shipped.scale.slope * weight for name, weight in shipped.weights.items()}


def _alike(flags: Iterable[_Seen], shipped: Shipped, base_rate: float) -> list[Flags]:
    """Verdicts on flags that look the same, counted: a busy desk's thousands become some hundreds."""
    counted: dict[tuple[float, tuple[str, ...]], Counter[Decision]] = {}
    for seen in flags:
        counted.setdefault((round(seen.logit, 9), seen.known), Counter())[seen.verdict.decision] += 1
    pulls = _pulls(shipped)
    rest = log_odds(base_rate) - log_odds(shipped.scale.base_rate)
    found = []
    for (logit, known), decisions in sorted(counted.items()):
        z = log_odds(shipped.scale.probability(logit))
        z = min(max(z, -FARTHEST), FARTHEST) - sum(pulls[name] for name in known)
        found.append(Flags(rest, z, known, decisions[Decision.CONFIRMED], decisions[Decision.DISMISSED]))
    return found


def _scale(shipped: Scale, fitted: Fit, base_rate: float) -> Scale:
    """The scale with which the rules say what the fit says."""
    shift = log_odds(shipped.base_rate) - log_odds(shipped.set_rate)
    return replace(
        shipped,
        slope=fitted.slope * shipped.slope,
        offset=fitted.slope * (shipped.offset + shift) + fitted.offset - shift,
        base_rate=base_rate,
    )


def _weights(shipped: Shipped, fitted: Fit, scale: Scale) -> dict[str, float]:
    moved = {name: pull / scale.slope for name, pull in fitted.pulls.items()}
    return {name: moved.get(name, weight) for name, weight in shipped.weights.items()}


def _bands(flags: Iterable[_Seen], standing: Iterable[Verdict], scale: Scale) -> dict[tuple[Kind, Band], Tally]:
    counted: dict[tuple[Kind, Band], list[Verdict]] = {}
    for seen in flags:
        band = seen.verdict.band or scale.band(scale.probability(seen.logit))
        counted.setdefault((Kind.WORKAROUND, band), []).append(seen.verdict)
    for one in standing:
        if one.kind is not Kind.WORKAROUND:
            counted.setdefault((one.kind, Band.WEAK), []).append(one)
    return {key: _tally(found) for key, found in counted.items()}


def _fading(name: str, tally: Tally, shipped: Shipped, weights: Mapping[str, float]) -> str:
    """A sentence when most verdicts on a cue went against it and it counts for less, else an empty string."""
    weight = shipped.weights[name]
    contrary, word = (tally.dismissed, "dismissed") if weight > 0 else (tally.confirmed, "confirmed")
    if tally.total < LEAST_VERDICTS or contrary < MOSTLY * tally.total:
        return ""
    if abs(weights[name]) > CLEARLY_LESS * abs(weight):
        return ""
    return f"“{shipped.says[name]}” was {word} {contrary} of {tally.total} times here and counts for less"


def adjusted(learned: Learned, finding: Finding) -> Finding:
    """Return a finding of the shipped rules with the desk's own probability, band and weights.

    Hints of other kinds keep theirs: their probability is no sum of weights.
    """
    if finding.kind is not Kind.WORKAROUND:
        return finding
    evidence = tuple(replace(one, weight=learned.weight(one)) for one in finding.evidence)
    moved = sum(new.weight - old.weight for new, old in zip(evidence, finding.evidence, strict=True))
    p = learned.scale.probability(learned.shipped.logit(finding.p) + moved)
    return replace(finding, p=p, band=learned.scale.band(p), evidence=evidence)


def judged(
    learned: Learned,
    seen: Finding | Scored | None,
    *,
    answer: Answer,
    decision: Decision,
    agent: str,
    at: datetime,
    sampled: bool = False,
    why: str = "",
) -> Verdict:
    """Return a verdict that keeps what the engineer saw; `seen` is of the shipped rules, never `adjusted`.

    A finding is a flag; scores are of an answer that was not flagged; None is an answer that nothing is known of.
    """
    ref, comment_id = answer
    bare = Verdict(ref=ref, comment_id=comment_id, decision=decision, agent=agent, at=at, sampled=sampled, why=why)
    if seen is None or (isinstance(seen, Scored) and seen.skipped):
        return bare
    cues = tuple((one.cue, one.weight) for one in seen.evidence)
    kept = replace(bare, cues=cues, rules=learned.shipped.version)
    if isinstance(seen, Scored):
        return replace(kept, logit=seen.logit)
    shown = adjusted(learned, seen)
    logit = learned.shipped.logit(seen.p) if seen.kind is Kind.WORKAROUND else None
    return replace(kept, kind=seen.kind, p=shown.p, band=shown.band, logit=logit)


@dataclass(frozen=True, slots=True)
class Slot(Generic[T]):
    """An answer that a verdict is asked for; `sampled` says that it was not flagged."""

    answer: T
    sampled: bool


def asks_at_random(learned: Learned, seed: str) -> bool:
    """Whether the next verdict to ask for is one on an answer without a flag: once in every twenty."""
    turn, place = divmod(learned.count, ONE_IN)
    return place == _drawn(f"{seed}:{turn}", ONE_IN)


def next_slot(learned: Learned, flagged: Sequence[T], unflagged: Sequence[T], seed: str) -> Slot[T] | None:
    """Return what to ask for a verdict next: the first flag, or once in every twenty a random answer without one.

    The same verdicts, answers and seed offer the same. Leave out of `unflagged` what was judged or was not read.
    """
    if unflagged and asks_at_random(learned, seed):
        return Slot(unflagged[_drawn(f"{seed}:{learned.count}:answer", len(unflagged))], sampled=True)
    return Slot(flagged[0], sampled=False) if flagged else None


def _drawn(words: str, among: int) -> int:
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8]) % among


def spread(verdicts: Iterable[Verdict], groups: Mapping[Answer, str]) -> dict[Answer, Verdict]:
    """Return the verdict that holds for each answer: its own, else the latest on an answer of the same group.

    `groups` names the group of each answer that was repeated; the `ref` of a verdict tells where it was given.
    `replay` takes the verdicts as they were given, so that one decision counts once.
    """
    own: dict[Answer, Verdict] = {}
    of_group: dict[str, Verdict] = {}
    for verdict in verdicts:
        answer = verdict.ref, verdict.comment_id
        own[answer] = verdict
        if answer in groups:
            of_group[groups[answer]] = verdict
    return {answer: of_group[group] for answer, group in groups.items() if group in of_group} | own
