"""Fits the weights of cues to labels, and scores each product with weights that never saw it.

A fit is logistic regression with a Gaussian prior centred on the weights written by hand, one intercept for each source
of labels, so that a product's own rate of workarounds teaches no cue; a cue keeps the sign it was written with.
Deterministic: plain Python, cyclic coordinate descent, no random numbers.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus import Example, of_products

from supportdesk.insight.rules import Rules
from supportdesk.insight.workaround import score_all
from supportdesk.model import Finding, Grade

PRECISION = 40.0  # of the prior: how many labels it takes to move a weight by much
SWEEPS, STILL = 300, 1e-4
INTERCEPT = -3.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rules find in one example: its cues, whether its own words speak for a workaround, hints and grade."""

    example: Example
    cues: frozenset[str]
    convincing: bool
    skipped: bool
    hints: tuple[Finding, ...]
    grade: Grade | None

    @property
    def source(self) -> str:
        """Where the label comes from."""
        return f"{self.example.product} {self.example.tuned}"


def look(rules: Rules, examples: Iterable[Example]) -> list[Seen]:
    """Return what the rules see in each."""
    return [_seen(rules, one) for one in examples]


def _seen(rules: Rules, example: Example) -> Seen:
    scores = score_all(rules, example.subject, example.said)
    scored = next(one for one in scores if one.comment_id == example.judged)
    return Seen(
        example=example,
        cues=frozenset(one.cue for one in scored.evidence),
        convincing=scored.convincing,
        skipped=bool(scored.skipped),
        hints=scored.hints,
        grade=scored.grade,
    )


def written(rules: Rules) -> dict[str, float]:
    """Return the weight of each cue and combination in the rules."""
    cues = [(cue.name, cue.weight) for book in rules.books.values() for cue in book.cues]
    return {name: weight for name, weight in (*cues, *((one.name, one.weight) for one in rules.combinations)) if weight}


def fit(seen: Sequence[Seen], prior: Mapping[str, float]) -> dict[str, float]:
    """Return the most probable weights given the labels of `seen`."""
    return _Descent([one for one in seen if not one.skipped], prior).run()


class _Descent:
    """The margins of all examples, moved one weight at a time."""

    def __init__(self, seen: Sequence[Seen], prior: Mapping[str, float]) -> None:
        self.truth = [float(one.example.right) for one in seen]
        self.prior = prior
        self.weights = dict(prior)
        self.rows = {name: [at for at, one in enumerate(seen) if name in one.cues] for name in sorted(prior)}
        self.sources = {
            name: [at for at, one in enumerate(seen) if one.source == name] for name in sorted({s.source for s in seen})
        }
        self.intercepts = dict.fromkeys(self.sources, INTERCEPT)
        self.margins = [INTERCEPT + sum(prior.get(cue, 0.0) for cue in one.cues) for one in seen]

    def run(self) -> dict[str, float]:
        for _ in range(SWEEPS):
            moved = max([self.move_source(name) for name in self.sources] + [self.move(name) for name in self.rows])
            if moved < STILL:
                break
        return self.weights

    def move(self, name: str) -> float:
        rows, old, prior = self.rows[name], self.weights[name], self.prior[name]
        slope, curve = self.pull(rows)
        new = old - (slope + PRECISION * (old - prior)) / (curve + PRECISION)
        self.weights[name] = max(0.0, new) if prior > 0 else min(0.0, new)
        return self.shift(rows, self.weights[name] - old)

    def move_source(self, name: str) -> float:
        slope, curve = self.pull(self.sources[name])
        step = -slope / max(curve, 1.0)
        self.intercepts[name] += step
        return self.shift(self.sources[name], step)

    def pull(self, rows: Sequence[int]) -> tuple[float, float]:
        slope = curve = 0.0
        for row in rows:
            p = sigmoid(self.margins[row])
            slope += p - self.truth[row]
            curve += p * (1 - p)
        return slope, curve

    def shift(self, rows: Sequence[int], step: float) -> float:
        for row in rows:
            self.margins[row] += step
        return abs(step)


def sigmoid(log_odds: float) -> float:
    """Return the probability that these log-odds are."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, log_odds))))


def total(seen: Seen, weights: Mapping[str, float]) -> float:
    """Return the sum of the weights of what was seen."""
    return sum(weights.get(cue, 0.0) for cue in seen.cues)


def unseen_scores(labelled: Sequence[Seen], others: Sequence[Seen], prior: Mapping[str, float]) -> list[float]:
    """Return a score for each of `others`, by weights fitted to the labels of the other products alone."""
    weights = {
        product: fit([one for one in labelled if one.example.product != product], prior)
        for product in of_products(one.example for one in others)
    }
    return [total(one, weights[one.example.product]) for one in others]


Point = tuple[float, float, bool, float]


def platt(points: Sequence[Point]) -> tuple[float, float]:
    """Return slope and offset that make probabilities of scores (Platt 1999), by Newton's method.

    A point is a score, the log-odds by which its source is richer in workarounds, whether it is one, and its weight.
    """
    slope, offset = 1.0, INTERCEPT
    for _ in range(200):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for score, richer, right, weight in points:
            p = sigmoid(slope * score + offset + richer)
            residual, curve = weight * (p - right), weight * p * (1 - p)
            g0, g1 = g0 + residual, g1 + residual * score
            h00, h01, h11 = h00 + curve, h01 + curve * score, h11 + curve * score * score
        determinant = h00 * h11 - h01 * h01
        step0, step1 = (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant
        offset, slope = offset - step0 / 2, slope - step1 / 2  # half steps, so that a poor start does not run away
        if abs(step0) + abs(step1) < 1e-10:
            break
    return slope, offset
