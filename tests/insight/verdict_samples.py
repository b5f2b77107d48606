"""A small desk to learn on: rules of a few cues, flags made of them, and verdicts on the flags."""

import math
import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from supportdesk.insight.learning import Learned, Shipped, Tally, judged, replay
from supportdesk.insight.rules import Scale
from supportdesk.model import Band, Decision, Evidence, Finding, Kind, TicketRef, Verdict

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCALE = Scale(bias=-3.2, slope=1.0, offset=0.5, set_rate=0.18, base_rate=0.037, likely=0.4, possible=0.18, weak=0.08)
FOR = {"workaround": 1.9, "until-fixed": 2.0, "known-bug": 1.3, "restart": 1.1, "redo": 1.0, "downgrade": 1.4}
MILD = {"manually": 0.8, "defect": 0.7, "bug-and-act": 1.0}
AGAINST = {"asks-how": -0.7, "question": -0.5, "by-design": -1.6}
WEIGHTS = FOR | MILD | AGAINST
SHIPPED = Shipped(
    version="r1",
    scale=SCALE,
    weights=WEIGHTS,
    says={name: f"says {name}" for name in WEIGHTS},
    measured={Band.LIKELY: Tally(15, 10), Band.POSSIBLE: Tally(9, 13), Band.WEAK: Tally(3, 17)},
    where="public forums",
)
UNTAUGHT = replay([], SHIPPED)
STRONG = ("workaround", "known-bug", "restart", "bug-and-act")
MIDDLING = ("known-bug", "restart", "defect")


def flag(*cues: str) -> Finding:
    """What the shipped rules find in an answer with these cues."""
    p = SCALE.probability(SCALE.bias + sum(WEIGHTS[cue] for cue in cues))
    evidence = tuple(
        Evidence(comment_id="a", cue=cue, text=cue, start=0, end=1, weight=WEIGHTS[cue], says=f"says {cue}")
        for cue in cues
    )
    return Finding(kind=Kind.WORKAROUND, p=p, band=SCALE.band(p), comment_id="a", evidence=evidence)


def answer(number: int) -> tuple[TicketRef, str]:
    return TicketRef("acme", str(number)), "a"


def said(number: int, cues: Iterable[str], *, right: bool, sampled: bool = False) -> Verdict:
    """A verdict on an answer with these cues."""
    return judged(
        UNTAUGHT,
        flag(*cues),
        answer=answer(number),
        decision=Decision.CONFIRMED if right else Decision.DISMISSED,
        agent="maren",
        at=NOON + timedelta(minutes=number),
        sampled=sampled,
    )


def often(cues: Iterable[str], confirmed: int, dismissed: int, start: int = 0) -> list[Verdict]:
    """Verdicts on as many flags that look the same, the confirmed ones first."""
    cues = tuple(cues)
    return [said(start + at, cues, right=at < confirmed) for at in range(confirmed + dismissed)]


class Truth:
    """A desk whose answers are workarounds with a probability that the shipped rules do not know."""

    def __init__(self, seed: int, *, offset: float, weights: Mapping[str, float]) -> None:
        self.random = random.Random(seed)
        self.offset = offset
        self.weights = {**WEIGHTS, **weights}

    def cues(self) -> tuple[str, ...]:
        """Those of an answer that the shipped rules flag."""
        while True:
            cues = tuple(cue for cue in WEIGHTS if self.random.random() < 0.3)
            if flag(*cues).p >= SCALE.weak:
                return cues

    def p(self, cues: Iterable[str]) -> float:
        sure = math.log(SCALE.base_rate / (1 - SCALE.base_rate)) - math.log(SCALE.set_rate / (1 - SCALE.set_rate))
        odds = SCALE.bias + SCALE.offset + sure + self.offset + sum(self.weights[cue] for cue in cues)
        return 1 / (1 + math.exp(-odds))

    def verdicts(self, count: int) -> list[Verdict]:
        flagged = [self.cues() for _ in range(count)]
        return [said(at, cues, right=self.random.random() < self.p(cues)) for at, cues in enumerate(flagged)]


def taught(verdicts: Iterable[Verdict]) -> Learned:
    return replay(verdicts, SHIPPED)
