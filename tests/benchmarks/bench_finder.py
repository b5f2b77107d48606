"""The finder: scoring against searching one by one; a scan of up to a million answers on all cores, and its memory."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import monotonic, sleep

import bench_insight
from figures import Run, say, size_name
from pty_terminal import memory_mib
from subjects import CONSOLE, environ

from supportdesk.insight.scan import ScanTicket

SCORED = 20_000
SIZES = (10_000, 100_000)
MILLION = 1_000_000
SCORING = "searching every expression of the rules with `re`, one by one; an answer has to be read once at least"
SCAN = (
    "scoring in this process, divided by the cores; memory that does not grow with the export, above what "
    "as many Pythons with the rules take"
)


def measure(run: Run, folder: Path) -> None:
    """Scoring, then scans of growing exports; a million answers only where they were asked for."""
    if run.export is None:
        run.skip("no export of real answers was given (--export FILE): finder")
        return
    run.theme("finder: scoring", SCORING)
    scoring, grouping = bench_insight.main(str(run.export), SCORED)
    run.budget(f"{SCORED:,} answers scored, against one by one", "x re", scoring, bounds=(0.35, 0.1))
    run.budget("repeats grouped, against scoring them", "x", grouping, bounds=(1, 0.5))
    run.theme("finder: scan on all cores", SCAN)
    seconds: dict[int, float] = {}
    memory: dict[int, float] = {}
    for size in (*SIZES, MILLION) if run.million else SIZES:
        lines = exported(run.export, folder, size)
        seconds[size], memory[size] = scanned(lines)
        megabytes = lines.stat().st_size / 1e6
        say(f"   {size_name(size)} answers, {megabytes:,.0f} MB of lines: {size / seconds[size]:,.0f} a second")
    run.curve("scan, lines", "supportdesk", "s", seconds)
    run.curve("scan, lines, peak memory", "supportdesk", "MiB", memory)
    _constant(run, "lines", memory)
    _of_parquet(run, folder, max(seconds))


def exported(export: Path, folder: Path, size: int) -> Path:
    """So many answers as lines: the real ones, then others made of thirds of three of them; made once."""
    target = folder / f"answers-{size}.jsonl"
    if not target.exists():
        found = bench_insight.read(export)
        with target.with_suffix(".part").open("w", encoding="utf-8") as out:
            for ticket in islice(bench_insight.enough(found), bench_insight.tickets_for(found, size)):
                out.write(json.dumps(row(ticket), ensure_ascii=False) + "\n")
        target.with_suffix(".part").rename(target)
    return target


def row(ticket: ScanTicket) -> dict[str, object]:
    """A ticket as a scan reads it."""
    said = [{"id": one.id, "role": str(one.role), "public": True, "body": one.body} for one in ticket.comments]
    return {"id": ticket.id, "subject": ticket.subject, "comments": said}


def scanned(archive: Path) -> tuple[float, float]:
    """Seconds of a scan whose rows go nowhere, and MiB of all its processes at their highest; its CPU is said."""
    command = [*CONSOLE, "scan", str(archive), "--json", "--quiet"]
    start, before, highest = monotonic(), getrusage(RUSAGE_CHILDREN), 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environ()) as process:
        while process.poll() is None:
            highest = max(highest, sum(memory_mib(each, "VmRSS") for each in family(process.pid)))
            sleep(0.1)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    after = getrusage(RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    say(f"   {archive.name}: {worked:,.0f} s of processor, {highest:.0f} MiB in all its processes")
    return monotonic() - start, highest


def family(process: int) -> Iterable[int]:
    """A process with those that it has started."""
    yield process
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def _of_parquet(run: Run, folder: Path, most: int) -> None:
    if importlib.util.find_spec("polars") is None:
        run.skip("polars is not installed (pip install 'supportdesk[archives]'): Parquet")
        return
    seconds, memory = {}, {}
    for size in [size for size in (*SIZES, MILLION) if size <= most]:
        seconds[size], memory[size] = scanned(parquet(folder / f"answers-{size}.jsonl"))
    run.curve("scan, Parquet", "supportdesk", "s", seconds)
    run.curve("scan, Parquet, peak memory", "supportdesk", "MiB", memory)
    _constant(run, "Parquet", memory)


def _constant(run: Run, what: str, memory: dict[int, float]) -> None:
    """Constant memory is no more than a tenth over that of the smallest export, or a half for what is read ahead."""
    least, most = min(memory), max(memory)
    name = f"memory of a scan of {what}, {size_name(most)} against {size_name(least)}"
    run.budget(name, "x", memory[most] / memory[least], bounds=(1.5, 1.1), remark=f"{memory[most]:.0f} MiB")


def parquet(lines: Path) -> Path:
    """The same answers as a Parquet file; made once, by another process, for its memory is not to be seen here."""
    target = lines.with_suffix(".parquet")
    if not target.exists():
        code = "import polars, sys; polars.scan_ndjson(sys.argv[1]).sink_parquet(sys.argv[2], row_group_size=20_000)"
        subprocess.run([sys.executable, "-c", code, str(lines), f"{target}.part"], check=True, env={**os.environ})
        Path(f"{target}.part").rename(target)
    return target
