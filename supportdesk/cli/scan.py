"""The command that reads exported tickets and says which answers look like workarounds, offline and as they come."""

import json
import os
import stat
import sys
from collections.abc import Sequence
from io import BufferedReader
from time import monotonic

from supportdesk.cli.output import err, out
from supportdesk.cli.scan_report import Tally
from supportdesk.cli.scan_sources import entries, opened
from supportdesk.config import load_cues
from supportdesk.insight.exports import Wrong
from supportdesk.insight.rules import Rules
from supportdesk.insight.scan import ScanTicket, row_json
from supportdesk.insight.workaround import findings, score_all

PARTLY = 8
EVERY_S = 0.1
BAR = 24


def run(path: str, *, as_json: bool, every: bool, quiet: bool, ours: Sequence[str] = ()) -> int:
    """Scan an export (`-` is standard input) of any layout, told by its content; exit code 8 when an entry was bad.

    `ours` are the support side's addresses and domains, which an mbox does not tell. With `as_json` nothing but the
    rows goes to standard output.
    """
    rules = Rules.load(load_cues())
    tally = Tally(scale=rules.scale)
    with opened(path) as source:
        progress = _Progress(source) if sys.stderr.isatty() and not quiet else None
        for entry in entries(source, ours, _silent if quiet else err):
            if isinstance(entry, Wrong):
                tally.bad += 1
                err(f"{entry.where}: {entry.why}")
            else:
                _scan(rules, entry, tally, as_json=as_json, every=every)
            if progress:
                progress.show(tally)
    if progress:
        progress.gone()
    if not as_json:
        out(tally.summary())
    return PARTLY if tally.bad else 0


def _scan(rules: Rules, ticket: ScanTicket, tally: Tally, *, as_json: bool, every: bool) -> None:
    scores = score_all(rules, ticket.subject, ticket.comments)
    if as_json:
        tally.tickets += 1
        out(json.dumps(row_json(rules, ticket, scores, every_answer=every)))
    else:
        tally.add(ticket, findings(rules, scores), scores)


def _silent(sentence: str) -> None:
    """Quiet says nothing that is not wrong."""


class _Progress:
    """One line on standard error: how far, and how many tickets."""

    def __init__(self, source: BufferedReader) -> None:
        self._source = source
        about = os.fstat(source.fileno())
        self._size = about.st_size if stat.S_ISREG(about.st_mode) else 0
        self._next = monotonic()

    def show(self, tally: Tally) -> None:
        """Draw it again when it is time to."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + EVERY_S
        sys.stderr.write(f"\r{self._bar()}{tally.tickets:,} tickets\x1b[K")
        sys.stderr.flush()

    def gone(self) -> None:
        """Leave the line empty."""
        sys.stderr.write("\r\x1b[K")

    def _bar(self) -> str:
        if not self._size:
            return ""
        share = min(self._source.tell() / self._size, 1.0)
        done = round(share * BAR)
        return f"{'█' * done}{'░' * (BAR - done)} {share:4.0%}  "
