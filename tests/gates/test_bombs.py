"""Bombs and drips: what a service can send to fill memory or time is refused, and the screen lives (A28–A31)."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bomb_service import BOMBS, CUT, DRIPS, REFUSED, Service

CONSOLE = Path(__file__).with_name("bomb_console.py")
REFUSED_S, DRIP_S, SHORT_DRIP_S = 5.0, 30.0, 2.0
SLACK_S = 4.0  # for a machine that others use too
MOST_MIB = 64.0
GAP_S = 1.0
MOST_PAGES = 100
SMOKE = ("cut off", "id of 5,000 digits")


@contextmanager
def console(service: Service, folder: Path, total_s: float, *broken: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(CONSOLE), service.url, str(folder), str(total_s), *broken]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str], words: str = "") -> dict:
    """Send a line where there is something to say, and read the next one."""
    if words:
        process.stdin.write(f"{words}\n")
        process.stdin.flush()
    line = process.stdout.readline()
    assert line, "the console is gone"
    return json.loads(line)


def drop(names: Iterable[str], folder: Path, *broken: str, drip_s: float = SHORT_DRIP_S) -> dict[str, dict]:
    """Let a console meet bombs one after the other; what each cost, and what the sync after it came to."""
    service, costs = Service(), {}
    with console(service, folder, drip_s if set(names) <= set(DRIPS) else DRIP_S, *broken) as process:
        assert say(process)["ready"]
        for name in names:
            service.bomb = BOMBS[name]
            service.searches.clear()
            costs[name] = {**say(process, "sync"), "pages": len(service.searches)}
            service.bomb = None
            costs[name]["after"] = say(process, "sync")
            print(told(name, costs[name]))  # noqa: T201  # a gate shows its count
    service.close()
    return costs


def told(name: str, cost: dict) -> str:
    return (
        f"bombs and drips: {name}: {cost['took_s']:.2f} s, {cost['extra_mib']:.0f} MiB extra, screen still for at most"
        f" {cost['gap_s'] * 1000:.0f} ms, {cost['pages']} pages asked for, {cost['bad']} rows left out"
        f"{': ' + cost['failed'][0] if cost['failed'] else ''}"
    )


def judge(costs: dict[str, dict], drip_s: float = SHORT_DRIP_S) -> None:
    """Refused in time and in little memory, with the screen alive, what was on disk kept, and the next sync fine."""
    wrong = [f"{told(name, cost)}: {why}" for name, cost in costs.items() for why in _wrong(name, cost, drip_s)]
    assert not wrong, "\n".join(wrong)


def _wrong(name: str, cost: dict, drip_s: float) -> Iterator[str]:
    if cost["took_s"] > (drip_s if name in DRIPS else REFUSED_S) + SLACK_S:
        yield "too long"
    if cost["extra_mib"] > MOST_MIB:
        yield "too much memory"
    if cost["gap_s"] > GAP_S:
        yield "the screen stood still"
    if not cost["rows"]:
        yield "what was on disk is gone"
    if cost["after"]["failed"] or cost["after"]["bad"] or cost["after"]["rows"] != cost["rows"]:
        yield f"the sync after it: {cost['after']}"
    if cost["pages"] > MOST_PAGES:
        yield f"{cost['pages']} pages were asked for"
    if (len(cost["failed"]), cost["bad"]) != (int(name in REFUSED), int(name not in REFUSED + CUT)):
        yield "not refused" if name in REFUSED else "not only its row was left out"


def test_a_bomb_costs_little(tmp_path):
    judge(drop(SMOKE, tmp_path))


@pytest.mark.gates
def test_bombs_and_drips(tmp_path):
    judge(drop([name for name in BOMBS if name not in DRIPS], tmp_path))
    judge(drop(DRIPS, tmp_path))


@pytest.mark.full
def test_bombs_and_drips_full(tmp_path):
    judge(drop(BOMBS, tmp_path, drip_s=DRIP_S), drip_s=DRIP_S)


@pytest.mark.gates
def test_a_build_that_reads_on_without_a_limit_fails_the_gate(tmp_path):
    costs = drop(["gzip of 300 MB between words"], tmp_path, "unbounded")
    with pytest.raises(AssertionError, match="too much memory"):
        judge(costs)
