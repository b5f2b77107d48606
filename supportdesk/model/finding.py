"""What the rules find in answers, and what the engineer says of it."""

from dataclasses import dataclass
from datetime import datetime

from supportdesk.model.queue import Band, Decision, Grade, Kind, TicketRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words that convinced, where they stand, and which way they pull (`weight`: log-odds, below 0 is against)."""

    comment_id: str
    cue: str
    text: str
    start: int
    end: int
    weight: float
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the rules make of one answer; `p` is a probability at the desk's own base rate."""

    kind: Kind
    p: float
    band: Band
    comment_id: str
    grade: Grade | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the engineer said of a finding, with what the rules had said then: a desk learns from that alone.

    `p` and `band` are as shown, None where nothing was flagged; `logit` and `cues` (name and weight) are the rules'
    own, before the desk's learning. `sampled` is an unflagged answer that was offered at random.
    """

    ref: TicketRef
    comment_id: str
    decision: Decision
    agent: str
    at: datetime
    kind: Kind = Kind.WORKAROUND
    p: float | None = None
    why: str = ""
    band: Band | None = None
    logit: float | None = None
    cues: tuple[tuple[str, float], ...] = ()
    sampled: bool = False
    rules: str = ""
