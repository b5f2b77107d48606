"""What a run has measured: medians and percentiles, budgets with what they must meet, growth by size, and the load."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter


def say(words: str) -> None:
    """One line of the report, at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return percentile(values, 0.5)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of them lies; not a number where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def milliseconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def load() -> str:
    """How busy the machine is, as every block of figures says."""
    one, five, _ = os.getloadavg()
    return f"load {one:.1f} in the last minute, {five:.1f} in five, {len(os.sched_getaffinity(0))} cores"


@dataclass(frozen=True, slots=True)
class Budget:
    """One line of performance.md's last table as it was measured; `must` and `aim` are upper bounds."""

    name: str
    unit: str
    measured: float
    must: float
    aim: float
    remark: str = ""

    @property
    def verdict(self) -> str:
        """Whether the bounds hold."""
        if self.measured <= self.aim:
            return "aim met"
        return "must met" if self.measured <= self.must else "NOT MET"

    def __str__(self) -> str:
        figures = f"{self.measured:9.3g} {self.must:>7g} {self.aim:>7g}  {self.unit:8} {self.verdict:9}"
        return f"{self.name:52} {figures} {self.remark}".rstrip()


@dataclass(frozen=True, slots=True)
class Curve:
    """A cost against sizes: who, of what, in which unit."""

    of: str
    who: str
    unit: str
    points: dict[int, float]


@dataclass(slots=True)
class Run:
    """Everything one run has found out."""

    rounds: int
    export: Path | None = None
    peers: Path = Path(sys.executable)
    million: bool = False
    budgets: list[Budget] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    began: float = field(default_factory=perf_counter)

    def theme(self, name: str, floor: str) -> None:
        """Begin a theme, saying what it is compared with and why it cannot be lower."""
        minutes = (perf_counter() - self.began) / 60
        say(f"\n== {name} (minute {minutes:.0f}; {load()})")
        say(f"   Floor: {floor}")

    def budget(self, name: str, unit: str, measured: float, *, bounds: tuple[float, float], remark: str = "") -> None:
        """Note a budget's figure; `bounds` are must and aim."""
        self.budgets.append(Budget(name, unit, measured, *bounds, remark))

    def curve(self, of: str, who: str, unit: str, points: dict[int, float]) -> None:
        """Note how a cost grows, or more of how it does, and print it."""
        if points:
            known = [curve for curve in self.curves if (curve.of, curve.who, curve.unit) == (of, who, unit)]
            if known:
                known[0].points.update(points)
            else:
                self.curves.append(Curve(of, who, unit, dict(points)))
            figures = "  ".join(f"{size_name(size)} {cost:.3g}" for size, cost in sorted(points.items()))
            say(f"   {of:34} {who:28} {figures}  {unit}")

    def skip(self, what: str) -> None:
        """Say loudly what was left out, and again at the end."""
        self.skipped.append(what)
        say(f"!! SKIPPED: {what}")

    def table(self) -> None:
        """Every budget: measured, must, aim, met or not."""
        say(f"\n{'budget':52} {'measured':>9} {'must':>7} {'aim':>7}")
        for budget in self.budgets:
            say(str(budget))
        for what in self.skipped:
            say(f"!! SKIPPED: {what}")
        say(load())


def size_name(size: int) -> str:
    """1k, 100k, 1M."""
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if size >= unit and size % unit == 0:
            return f"{size // unit}{name}"
    return str(size)
