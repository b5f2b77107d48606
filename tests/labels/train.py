"""Makes supportdesk/insight/weights.toml from the cues, the labels and the texts beside this project.

    python tests/labels/train.py

The weights are fitted to all labels; how a score becomes a probability, where the bands begin and the record of each
band come from scores of each product by weights that never saw it. The same labels, texts and cues give the same file.

Words and pairs of words beside the cues (2,203 that stand in at least two products, regularised) were tried and left
out: average precision 0.706 against 0.690 inside the products they were learned from, 0.656 against 0.660 on others.
So was counting clear-cut labels for more than borderline ones, and each product for as much as another: no difference.
"""

import hashlib
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from corpus import HERE, LABELS, absent, natural, tuned
from heldout import Seen, fit, look, platt, unseen_scores, written

from supportdesk.config import load_cues
from supportdesk.insight.rules import Rules, Scale
from supportdesk.model import Band

SCRIPT = "tests/labels/train.py"
INSIGHT = HERE.parents[1] / "supportdesk" / "insight"
WEIGHTS, CUES = INSIGHT / "weights.toml", INSIGHT / "cues.toml"
BIAS, BASE_RATE = -3.2, 0.037
SHARES = {"likely": 0.004, "possible": 0.013, "weak": 0.049}  # of all answers, each with the bands above it
RICH = 2.0
WHERE = "public forums of products that the finder had not seen"


def main() -> None:
    """Write the file, or say why not."""
    if why := absent():
        sys.exit(why)
    rules = by_hand()
    prior = written(rules)
    among, other = look(rules, natural()), look(rules, tuned())
    labelled = [*(one for one in among if one.example.label), *other]
    every = [*among, *other]
    scores = unseen_scores(labelled, every, prior)
    scale = banded(fitted(every, scores), among, scores[: len(among)])
    tables = {
        "scale": asdict(scale),
        "learned": {name: round(weight, 2) for name, weight in sorted(fit(labelled, prior).items())},
        "record": {**record(scale, among, scores[: len(among)]), "where": WHERE},
    }
    WEIGHTS.write_text(toml(tables, len(labelled)), encoding="utf-8")
    sys.stdout.write(f"{WEIGHTS}\n")


def by_hand() -> Rules:
    """Return the rules with the weights that were written by hand."""
    return Rules.load({**load_cues(), "learned": {}})


def digest(path: Path) -> str:
    """Return what tells one state of a file from another."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fitted(every: Sequence[Seen], scores: Sequence[float]) -> Scale:
    """Return a scale without bands, by Platt's fit to the draw and to the tuning set, which is richer in workarounds.

    A label of the draw counts for the answers that it stands for, one of the tuning set `RICH` times: desks differ in
    what they are rich in, and a probability should hold in both.
    """
    drawn = [(one.example, score) for one, score in zip(every, scores, strict=True) if one.example.weight]
    rich = [(one.example, score) for one, score in zip(every, scores, strict=True) if one.example.tuned]
    total = sum(one.weight for one, _ in drawn)
    rate = sum(one.weight for one, _ in drawn if one.right) / total
    richer = log_odds(sum(one.right for one, _ in rich) / len(rich)) - log_odds(rate)
    points = [(BIAS + score, 0.0, one.right, one.weight * len(drawn) / total) for one, score in drawn]
    slope, offset = platt([*points, *((BIAS + score, richer, one.right, RICH) for one, score in rich)])
    return Scale(
        bias=BIAS,
        slope=round(slope, 3),
        offset=round(offset, 3),
        set_rate=round(rate, 4),
        base_rate=BASE_RATE,
        likely=1.0,
        possible=1.0,
        weak=1.0,
    )


def log_odds(p: float) -> float:
    """Return the log-odds of a probability."""
    return math.log(p / (1 - p))


def chance(scale: Scale, score: float) -> float:
    """Return the probability that the finder gives a score without its bias."""
    return scale.probability(scale.bias + score)


def banded(scale: Scale, among: Sequence[Seen], scores: Sequence[float]) -> Scale:
    """Return the scale with bands that hold `SHARES` of all answers, its bias moved so that 0 is where a flag begins.

    A desk's verdicts shrink or stretch the scale about 0: what is flagged then moves as one.
    """
    flags = [chance(scale, score) for one, score in zip(among, scores, strict=True) if one.convincing]
    surest = sorted(flags, reverse=True)
    bands = {name: round(surest[round(share * len(among))], 3) for name, share in SHARES.items()}
    at_weak = log_odds(bands["weak"]) - log_odds(scale.base_rate) + log_odds(scale.set_rate)
    bias = round(scale.bias - (at_weak - scale.offset) / scale.slope, 2)
    return replace(scale, **bands, bias=bias, offset=round(scale.offset + scale.slope * (scale.bias - bias), 3))


def band(scale: Scale, seen: Seen, score: float) -> Band | None:
    """Return the band of an answer, None when it is not flagged."""
    p = chance(scale, score)
    return scale.band(p) if seen.convincing and p >= scale.weak else None


def record(scale: Scale, among: Sequence[Seen], scores: Sequence[float]) -> dict[str, object]:
    """Return `[right, read]` of each band, and the share of the random draw's workarounds that is flagged."""
    flags = [(one.example, band(scale, one, score)) for one, score in zip(among, scores, strict=True)]
    read = {each: [one.right for one, flag in flags if flag is each and one.label] for each in Band}
    drawn = [flag is not None for one, flag in flags if one.right and one.label["draw"] == "random"]
    rows: dict[str, object] = {each.value: [sum(right), len(right)] for each, right in read.items()}
    return {**rows, "recall": round(sum(drawn) / len(drawn), 2)}


def toml(tables: Mapping[str, Mapping[str, object]], count: int) -> str:
    """Return the file's text."""
    head = f"""# What {count:,} labelled answers teach of the cues. Made by {SCRIPT}: do not edit, run it again.
# record: [right, read] of the flags of each band, as measured.

[source]
script = "{SCRIPT}"
labels = "{digest(LABELS)}"
cues = "{digest(CUES)}"
"""
    return head + "".join(f"\n[{name}]\n" + "".join(map(_line, rows.items())) for name, rows in tables.items())


def _line(row: tuple[str, object]) -> str:
    name, value = row
    return f'{name} = "{value}"\n' if isinstance(value, str) else f"{name} = {value}\n"


if __name__ == "__main__":
    main()
