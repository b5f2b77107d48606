"""The solver behind the learning: at its solution nothing free can be made better, and every limit holds."""

import random

import pytest

from supportdesk.insight.fitting import FAINTEST, SLOPES, Flags, _Problem, fit, solve

SHIPPED = {"a": 1.9, "b": 0.6, "c": -1.2, "d": 0.3}


def flags(seed: int, count: int) -> list[Flags]:
    draw = random.Random(seed)
    return [
        Flags(
            draw.uniform(-0.5, 0.5),
            draw.uniform(-6, 1),
            tuple(name for name in SHIPPED if draw.random() < 0.4),
            draw.randrange(9),
            draw.randrange(9),
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_at_the_solution_every_slope_is_flat_or_presses_against_its_limit(seed: int) -> None:
    seen = flags(seed, 60)
    problem = _Problem(seen, list(SHIPPED), list(SHIPPED.values()))
    point = problem.solve()
    slopes, _ = problem.derivatives(point)
    for value, slope, low, high in zip(point, slopes, problem.low, problem.high, strict=True):
        assert low <= value <= high
        flat = abs(slope) < 1e-5
        assert flat or (value == low and slope > 0) or (value == high and slope < 0)


def test_without_flags_the_prior_stands() -> None:
    fitted = fit([], SHIPPED)
    assert (fitted.offset, fitted.slope, fitted.pulls) == (0.0, 1.0, {})


def test_limits_hold_against_any_number_of_contrary_flags() -> None:
    fitted = fit([Flags(0.0, -1.0, ("a", "c"), 0, 10**6), Flags(0.0, -1.0, ("c",), 10**6, 0)], SHIPPED)
    assert fitted.pulls["a"] >= FAINTEST * SHIPPED["a"]
    assert fitted.pulls["c"] <= FAINTEST * SHIPPED["c"]
    assert SLOPES[0] <= fitted.slope <= SLOPES[1]


def test_a_system_of_equations_is_solved() -> None:
    assert solve([[4.0, 2.0], [2.0, 3.0]], [8.0, 8.0]) == pytest.approx([1.0, 2.0])
