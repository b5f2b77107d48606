"""Costs against sizes as a picture: both axes logarithmic, one SVG for what is compared, drawn by hand."""

from collections.abc import Iterable, Sequence
from html import escape
from math import log10
from pathlib import Path

from figures import Curve, size_name

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 200, 40, 40
OURS, COLOURS = "#0a7", ("#c40", "#36c", "#939", "#a80", "#555")
APART = 16  # between names, which stand at the ends of their lines
Place = tuple[float, float]


def draw(curves: Sequence[Curve], folder: Path) -> list[Path]:
    """One picture for every cost that has curves of two sizes or more."""
    made = []
    for of in dict.fromkeys(curve.of for curve in curves):
        some = [curve for curve in curves if curve.of == of and len(curve.points) > 1]
        if some:
            target = folder / f"{of.replace(' ', '-').replace(',', '')}.svg"
            target.write_text(picture(of, some), encoding="utf-8")
            made.append(target)
    return made


def picture(of: str, curves: Sequence[Curve]) -> str:
    """The SVG of one cost."""
    sizes = sorted({size for curve in curves for size in curve.points})
    costs = [max(cost, 1e-4) for curve in curves for cost in curve.points.values()]
    low = decade(min(costs), -1)
    high = max(decade(max(costs), 1), low + 1)

    def place(size: int, cost: float) -> Place:
        across = (log10(size) - log10(sizes[0])) / (log10(sizes[-1]) - log10(sizes[0]))
        up = (log10(max(cost, 1e-4)) - low) / (high - low)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    parts = [text(LEFT, 20, f"{of} ({curves[0].unit}), against size")]
    for size in sizes:
        x, _ = place(size, 10**low)
        parts += [rule((x, TOP), (x, HEIGHT - BOTTOM)), text(x, HEIGHT - BOTTOM + 18, size_name(size), anchor="middle")]
    for power in range(low, high + 1):
        _, y = place(sizes[0], 10**power)
        parts += [rule((LEFT, y), (WIDTH - RIGHT, y)), text(LEFT - 8, y + 4, told(10**power), anchor="end")]
    highest = sorted(curves, key=lambda curve: place(*_last(curve))[1])
    for number, (curve, y) in enumerate(zip(highest, _apart([place(*_last(one))[1] for one in highest]), strict=True)):
        colour = OURS if curve.who == "supportdesk" else COLOURS[number % len(COLOURS)]
        parts += _drawn([place(*point) for point in sorted(curve.points.items())], colour)
        parts.append(text(WIDTH - RIGHT + 12, y + 4, f"{curve.who}: {told(_last(curve)[1])}", colour))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12">\n<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def decade(cost: float, way: int) -> int:
    """The power of ten below a cost, or above it."""
    power = log10(cost)
    whole = int(power // 1)
    return whole if way < 0 or power == whole else whole + 1


def told(cost: float) -> str:
    """A cost in three digits, and its thousands apart."""
    return f"{cost:,.0f}" if cost >= 100 else f"{cost:.3g}"


def _last(curve: Curve) -> tuple[int, float]:
    """The largest size, and what it costs."""
    return max(curve.points.items())


def _apart(heights: Sequence[float]) -> list[float]:
    """Where names stand, from the top: at their line, or below the name before."""
    found: list[float] = []
    for height in heights:
        found.append(max(height, found[-1] + APART) if found else height)
    return found


def _drawn(places: Sequence[Place], colour: str) -> Iterable[str]:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)


def rule(start: Place, end: Place) -> str:
    """A thin line of the grid."""
    return f'<path d="M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}" stroke="#ddd"/>'


def text(x: float, y: float, words: str, colour: str = "#222", anchor: str = "start") -> str:
    """Words at a place, which is where they start, end or have their middle."""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'
