"""Fits a desk's numbers to its verdicts: logistic regression that starts from what was shipped and leaves it slowly.

The log-odds of a flag are `rest + offset + slope * known + pulls of its cues`. Each parameter has a Gaussian prior
centred on the shipped rules (offset 0, slope 1, a cue's pull `slope` times its shipped one), and a cue keeps its sign.
The problem is convex and its limits never change, so its one solution has a property that people notice: after one
more verdict, the same flag is never surer of the opposite.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul

OFFSET_PRECISION = 1.5
SLOPE_PRECISION = 10.0
PULL_PRECISION = 10.0
SLOPES = (0.2, 3.0)
FAINTEST = 0.1  # of its shipped pull, so that a cue that has faded is still seen and still learns
STEPS = 60
_OFFSET, _SLOPE, _FIRST_PULL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Flags:
    """Flags that look the same to the rules, and how often each verdict was given on them; `known` excludes pulls."""

    rest: float
    known: float
    cues: tuple[str, ...]
    confirmed: int
    dismissed: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The numbers of one desk; `pulls` holds the cues that were judged, in log-odds."""

    offset: float
    slope: float
    pulls: Mapping[str, float]


Vector = list[float]
Matrix = list[Vector]


def fit(flags: Sequence[Flags], shipped: Mapping[str, float]) -> Fit:
    """Return the most probable numbers; `shipped` is the pull of each cue before any verdict.

    Newton's method on the parameters that are inside their limits: deterministic, at most `STEPS` steps.
    """
    names = sorted({cue for each in flags for cue in each.cues})
    problem = _Problem(flags, names, [shipped[name] for name in names])
    found = problem.solve()
    return Fit(found[_OFFSET], found[_SLOPE], dict(zip(names, found[_FIRST_PULL:], strict=True)))


def sigmoid(log_odds: float) -> float:
    """Return the probability that these log-odds are."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, log_odds))))


class _Problem:
    """The loss to be made smallest, its slope and its curvature."""

    def __init__(self, flags: Sequence[Flags], names: Sequence[str], shipped: Sequence[float]) -> None:
        at = {name: _FIRST_PULL + number for number, name in enumerate(names)}
        self.flags = flags
        self.columns = [[at[cue] for cue in each.cues] for each in flags]
        self.shipped = shipped
        self.low = [-math.inf, SLOPES[0], *(FAINTEST * pull if pull > 0 else -math.inf for pull in shipped)]
        self.high = [math.inf, SLOPES[1], *(FAINTEST * pull if pull < 0 else math.inf for pull in shipped)]

    def solve(self) -> Vector:
        point = [0.0, 1.0, *self.shipped]
        loss = self.loss(point)
        for _ in range(STEPS):
            slopes, curves = self.derivatives(point)
            step = self.step(point, slopes, curves)
            towards = sum(map(mul, slopes, step))
            if towards > -1e-13:
                break
            point, before = self.walk(point, step, loss), loss
            loss = self.loss(point)
            if before - loss <= 1e-15 * max(1.0, before):
                break
        return point

    def log_odds(self, point: Vector) -> Vector:
        offset, slope = point[:_FIRST_PULL]
        return [
            each.rest + offset + slope * each.known + sum(point[at] for at in columns)
            for each, columns in zip(self.flags, self.columns, strict=True)
        ]

    def loss(self, point: Vector) -> float:
        offset, slope, *pulls = point
        away = sum((pull - slope * pull0) ** 2 for pull, pull0 in zip(pulls, self.shipped, strict=True))
        prior = OFFSET_PRECISION * offset**2 + SLOPE_PRECISION * (slope - 1) ** 2 + PULL_PRECISION * away
        return prior / 2 + sum(
            (each.confirmed + each.dismissed) * _log1p_exp(odds) - each.confirmed * odds
            for each, odds in zip(self.flags, self.log_odds(point), strict=True)
        )

    def derivatives(self, point: Vector) -> tuple[Vector, Matrix]:
        slopes, curves = self._of_prior(point)
        for each, columns, odds in zip(self.flags, self.columns, self.log_odds(point), strict=True):
            total, p = each.confirmed + each.dismissed, sigmoid(odds)
            residual, weight = total * p - each.confirmed, total * p * (1 - p)
            ones = [_OFFSET, *columns]
            for row in ones:
                slopes[row] += residual
                curves[_SLOPE][row] += weight * each.known
                into = curves[row]
                for column in ones:
                    into[column] += weight
            slopes[_SLOPE] += residual * each.known
            curves[_SLOPE][_SLOPE] += weight * each.known**2
        for row in range(len(point)):
            curves[row][_SLOPE] = curves[_SLOPE][row]
        return slopes, curves

    def _of_prior(self, point: Vector) -> tuple[Vector, Matrix]:
        offset, slope, *pulls = point
        away = [pull - slope * pull0 for pull, pull0 in zip(pulls, self.shipped, strict=True)]
        slopes = [OFFSET_PRECISION * offset, SLOPE_PRECISION * (slope - 1), *(PULL_PRECISION * one for one in away)]
        slopes[_SLOPE] -= PULL_PRECISION * sum(map(mul, away, self.shipped))
        curves = [[0.0] * len(point) for _ in point]
        curves[_OFFSET][_OFFSET] = OFFSET_PRECISION
        curves[_SLOPE][_SLOPE] = SLOPE_PRECISION + PULL_PRECISION * sum(pull * pull for pull in self.shipped)
        for at, pull in enumerate(self.shipped, _FIRST_PULL):
            curves[at][at] = PULL_PRECISION
            curves[_SLOPE][at] = -PULL_PRECISION * pull
        return slopes, curves

    def step(self, point: Vector, slopes: Vector, curves: Matrix) -> Vector:
        """Newton's step for what is free; what presses against its limit stays there."""
        free = [
            at
            for at, (value, slope) in enumerate(zip(point, slopes, strict=True))
            if not ((value <= self.low[at] and slope > 0) or (value >= self.high[at] and slope < 0))
        ]
        solved = solve([[curves[row][column] for column in free] for row in free], [-slopes[at] for at in free])
        step = [0.0] * len(point)
        for at, value in zip(free, solved, strict=True):
            step[at] = value
        return step

    def walk(self, point: Vector, step: Vector, loss: float) -> Vector:
        """Go as far along the step as makes the loss smaller, inside the limits."""
        length = 1.0
        while length > 1e-9:
            there = [
                min(max(value + length * change, low), high)
                for value, change, low, high in zip(point, step, self.low, self.high, strict=True)
            ]
            if self.loss(there) < loss:
                return there
            length /= 2
        return point


def _log1p_exp(odds: float) -> float:
    return max(odds, 0.0) + math.log1p(math.exp(-abs(odds)))


def solve(matrix: Matrix, right: Vector) -> Vector:
    """Return x of `matrix` x = `right` for a symmetric positive definite matrix (Cholesky)."""
    lower: Matrix = []
    for row, values in enumerate(matrix):
        line: Vector = []
        for column in range(row + 1):
            done = lower[column] if column < row else line
            left = values[column] - sum(map(mul, line, done))
            line.append(math.sqrt(left) if column == row else left / done[column])
        lower.append(line)
    forward: Vector = []
    for line, value in zip(lower, right, strict=True):
        forward.append((value - sum(map(mul, line, forward))) / line[-1])
    solution = [0.0] * len(right)
    for row in reversed(range(len(right))):
        below = sum(lower[at][row] * solution[at] for at in range(row + 1, len(right)))
        solution[row] = (forward[row] - below) / lower[row][row]
    return solution
