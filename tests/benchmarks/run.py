"""Everything that performance.md budgets, in one run: `python tests/benchmarks/run.py [NAME…] [--rounds N]`.

NAMEs are themes: start, keys, reading, store, sync, busy, again, calls, finder (all of them without any). Costs are
ratios to a subject that is measured in the same run, in turn with ours. Nothing is asserted; counts are, in
test_counts.py. Desks and mail of up to a million tickets are made once, in `--folder`, and take some minutes and 3 GB.
Needs `pip install '.[test,benchmarks]'`, for neomutt the system's package, and for the finder an export of real answers
as lines; what is not there is left out loudly.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir

sys.path.insert(0, str(Path(__file__).parent))

import bench_again
import bench_busy
import bench_calls
import bench_finder
import bench_keys
import bench_reading
import bench_start
import bench_store
import bench_sync
from figures import Run, load, say
from plot import draw

THEMES = {
    "start": bench_start.measure,
    "keys": bench_keys.measure,
    "reading": bench_reading.measure,
    "store": bench_store.measure,
    "sync": bench_sync.measure,
    "busy": bench_busy.measure,
    "again": bench_again.measure,
    "calls": bench_calls.measure,
    "finder": bench_finder.measure,
}


def main() -> None:
    """Measure the themes asked for, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*THEMES, []], metavar="NAME", help=", ".join(THEMES))
    parser.add_argument("--rounds", type=int, default=7, help="how often each subject is started")
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()) / "supportdesk-benchmarks")
    parser.add_argument("--export", type=Path, help="real answers as lines, for the finder")
    parser.add_argument("--peers", type=Path, default=Path(sys.executable), help="a Python with zenpy and PyGithub")
    parser.add_argument("--million", action="store_true", help="a million rows and answers too")
    asked = parser.parse_args()
    asked.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    say(load())
    run = Run(asked.rounds, asked.export, asked.peers, asked.million)
    for name in asked.names or THEMES:
        try:
            THEMES[name](run, asked.folder)
        except (OSError, subprocess.SubprocessError) as problem:  # the table is worth more than one theme
            run.skip(f"{name} broke off: {problem}")
    run.table()
    for drawn in draw(run.curves, asked.folder):
        say(f"drawn: {drawn}")


if __name__ == "__main__":
    main()
