"""What a sync costs in requests, by service and role: `python tests/benchmarks/bench_calls.py [TICKETS]`.

Every ticket has five entries. Minimum: rows by the page of the service's own limit, nothing asked twice, and no more
than one question on an unchanged desk; Zendesk 1,000 rows a page for admins and 100 for agents, who have to ask for
each ticket's words; GitHub 100 rows a page (GraphQL, which is not used, could carry 100 issues with their words);
RT 100 rows a page, the texts apart from the transactions. Who we are, and views, are asked once a run and listed apart.
"""

import sys
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent / "desk"))

from crowds import COMMENTS, KINDS, costs, open_place
from figures import Run, say

ANSWERED = 10
TICKETS = 1000
LINE = "{:14} {:>9} {:>9} {:>11} {:>9} {:>11} {:>9} {:>6} {:>9}"
FLOOR = "the service's own pages, nothing asked twice; on an unchanged desk one question"
HEAD = ("", "tickets", "minimum", "words", "minimum", "10 answers", "minimum", "idle", "who+views")


def minimum(kind: str, tickets: int) -> tuple[int, int, int]:
    """Requests for the tickets, for what was said on them, and for ten answers later."""
    pages, entries = ceil(tickets / 100), ceil(tickets * COMMENTS / 100)
    return {
        "zendesk admin": (ceil(tickets / 1000), ceil(tickets * COMMENTS / 1000), 2),
        "zendesk agent": (pages, tickets, 1 + ANSWERED),
        "github": (pages, ceil(tickets * (COMMENTS - 1) / 100), 2),
        "rt": (pages, 2 * entries, 3),
    }[kind]


def measure(run: Run, _folder: Path) -> None:
    """The table, and what an unchanged desk costs a minute."""
    run.theme(f"calls of a sync of {TICKETS:,} tickets with their conversations", FLOOR)
    idle = table(TICKETS)
    run.budget("calls, idle minute on an unchanged desk", "calls", max(idle), bounds=(1, 1), remark="of any service")


def table(tickets: int) -> list[int]:
    """Print what was asked of each service, the least beside it; returns what each is asked in an idle minute."""
    say(LINE.format(*HEAD))
    idle = []
    for kind in KINDS:
        with TemporaryDirectory() as folder:
            found = costs(open_place(Path(folder), kind, tickets), range(ANSWERED))
        lists, words, later = minimum(kind, tickets)
        asides = found.full["who"] + found.full["views"]
        idle.append(found.idle.total())
        values = (found.full["tickets"], lists, found.full["words"], words, found.changed.total(), later)
        say(LINE.format(kind, *values, idle[-1], asides))
    return idle


if __name__ == "__main__":
    table(int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS)
