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

ANSWERED = 10
LINE = "{:14} {:>9} {:>9} {:>11} {:>9} {:>11} {:>9} {:>6} {:>6}\n"
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


def main() -> None:
    """Print the table."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    sys.stdout.write(LINE.format(*HEAD))
    for kind in KINDS:
        with TemporaryDirectory() as folder:
            found = costs(open_place(Path(folder), kind, tickets), range(ANSWERED))
        lists, words, later = minimum(kind, tickets)
        asides = found.full["who"] + found.full["views"]
        values = (found.full["tickets"], lists, found.full["words"], words, found.changed.total(), later)
        sys.stdout.write(LINE.format(kind, *values, found.idle.total(), asides))


if __name__ == "__main__":
    main()
