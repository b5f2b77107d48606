"""How far a flag can be trusted, in words: measured elsewhere at first, by the desk's own verdicts as they come."""

import math
from dataclasses import dataclass

from supportdesk.insight.learning import Learned, Shipped, Tally
from supportdesk.model import Band, Finding, Kind

ENOUGH = 30  # verdicts in a band before a share is said
SURE = 1.96  # standard errors: 19 times of 20


def confidence(learned: Learned, finding: Finding) -> str:
    """Return what a flag is worth, as a sentence without its full stop; `finding` is as shown (`adjusted`).

    The figure that was measured elsewhere stands until the desk has verdicts of its own, then beside their count, and
    gives way at `ENOUGH` verdicts to the desk's own share and how sure that is.
    """
    tally = learned.bands.get((finding.kind, finding.band), Tally())
    if tally.total >= ENOUGH:
        return f"{_counted(tally)}: {interval(tally)} are right"
    elsewhere = _elsewhere(learned.shipped, finding.band) if finding.kind is Kind.WORKAROUND else ""
    here = _counted(tally) if tally.total else ""
    if not elsewhere and not here and finding.kind is Kind.WORKAROUND:
        return f"the rules expect {share(finding.p)} like this to be workarounds"
    return "; ".join(part for part in (elsewhere, here) if part)


def _elsewhere(shipped: Shipped, band: Band) -> str:
    measured = shipped.measured.get(band)
    if measured is None:
        return ""
    return f"{share(measured.confirmed / measured.total)} like this were workarounds in {shipped.where or 'a test'}"


def _counted(tally: Tally) -> str:
    flags = "flag" if tally.total == 1 else "flags"
    return f"of {tally.total:,} {flags} like this you confirmed {tally.confirmed:,}"


def share(p: float) -> str:
    """Return a share as people say it: `about 6 of 10`."""
    of = 10 if p >= 0.25 else 20
    count = math.floor(p * of + 0.5)
    if count == 0:
        return "fewer than 1 of 20"
    return "nearly all" if count == of else f"about {count} of {of}"


def interval(tally: Tally) -> str:
    """Return where the true share lies, 19 times of 20, as people say it: `between 4 and 7 of 10`."""
    low, high = wilson(tally)
    least, most = math.floor(10 * low + 0.5), math.floor(10 * high + 0.5)
    if most == 0:
        return "fewer than 1 of 10"
    if least == most:
        return "nearly all" if least == 10 else f"about {least} of 10"
    return f"up to {most} of 10" if least == 0 else f"between {least} and {most} of 10"


def wilson(tally: Tally) -> tuple[float, float]:
    """Return Wilson's interval for the share of confirmed verdicts; (0, 1) when there is none.

    https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
    """
    n = tally.total
    if not n:
        return 0.0, 1.0
    p, z = tally.confirmed / n, SURE**2
    middle, width = p + z / (2 * n), SURE * math.sqrt(p * (1 - p) / n + z / (4 * n * n))
    return max(0.0, (middle - width) / (1 + z / n)), min(1.0, (middle + width) / (1 + z / n))


def reminders(learned: Learned, finding: Finding) -> tuple[str, ...]:
    """Return what to say of the cues of a finding that have faded here, the strongest first."""
    return tuple(learned.faded[one.cue] for one in finding.evidence if one.cue in learned.faded)


@dataclass(frozen=True, slots=True, kw_only=True)
class BandRecord:
    """One band: verdicts on its flags, where the true share lies by them, and what was measured elsewhere."""

    band: Band
    here: Tally
    low: float
    high: float
    elsewhere: Tally

    @property
    def enough(self) -> bool:
        """Whether there are verdicts enough to say a share."""
        return self.here.total >= ENOUGH


def band_records(learned: Learned) -> tuple[BandRecord, ...]:
    """Return every band of workarounds, the surest first."""
    found = []
    for band in Band:
        here = learned.bands.get((Kind.WORKAROUND, band), Tally())
        low, high = wilson(here)
        elsewhere = learned.shipped.measured.get(band, Tally())
        found.append(BandRecord(band=band, here=here, low=low, high=high, elsewhere=elsewhere))
    return tuple(found)


def missed(learned: Learned) -> str:
    """Return what the verdicts on unflagged answers say of all of them, as a sentence; empty before the first."""
    drawn = learned.sampled
    if not drawn.total:
        return ""
    low, high = wilson(drawn)
    were = "was a workaround" if drawn.confirmed == 1 else "were workarounds"
    said = f"of {drawn.total:,} without a flag, drawn at random, {drawn.confirmed:,} {were}"
    return f"{said}: {100 * low:.0f} to {100 * high:.0f} of 100 are"


def desk_record(learned: Learned) -> tuple[str, ...]:
    """Return the desk's record, a sentence a line: each band, what is missed, what has faded; empty at first."""
    bands = [(band, learned.bands.get((Kind.WORKAROUND, band), Tally())) for band in Band]
    lines = [f"{band.value}: {_of_band(tally)}" for band, tally in bands if tally.total]
    missed = learned.sampled
    if missed.total:
        were = "was a workaround" if missed.confirmed == 1 else "were workarounds"
        lines.append(
            f"missed: of {missed.total:,} answers without a flag, drawn at random, {missed.confirmed:,} {were}"
        )
    if learned.found:
        lines.append(f"found by you: {learned.found:,} that the rules had missed")
    return (*lines, *learned.faded.values())


def _of_band(tally: Tally) -> str:
    words = f"of {tally.total:,} you confirmed {tally.confirmed:,}"
    return f"{words}: {interval(tally)} are right" if tally.total >= ENOUGH else words
