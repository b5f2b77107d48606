"""The command that reads exported tickets and says which answers look like workarounds, offline and as they come."""

import os
import stat
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from io import BufferedReader
from time import monotonic

from supportdesk.cli.archive import is_archive, tickets
from supportdesk.cli.output import err, out
from supportdesk.cli.scan_report import Tally
from supportdesk.cli.scan_sources import entries, opened
from supportdesk.cli.scan_work import Wanted, cores, scored
from supportdesk.config import load_cues
from supportdesk.insight.rules import Rules

PARTLY = 8
EVERY_S = 0.1
BAR = 24


def run(path: str, *, as_json: bool, every: bool, quiet: bool, ours: Sequence[str] = (), jobs: int = 0) -> int:
    """Scan an export (`-` is standard input) of any layout, told by its content; exit code 8 when an entry was bad.

    `ours` are the support side's addresses and domains, which an mbox does not tell; `jobs` how many processes score,
    0 for one a core. With `as_json` nothing but the rows goes to standard output.
    """
    tally = Tally(Rules.load(load_cues()).scale)
    say = _silent if quiet else err
    wide = path != "-" and is_archive(path)
    with ExitStack() as files:
        source = None if wide else files.enter_context(opened(path))
        given = entries(source, ours, say) if source else tickets(path, ours, say)
        progress = _Progress(source) if sys.stderr.isatty() and not quiet else None
        if progress:
            progress.show(tally)
            files.callback(progress.gone)
        for done in scored(given, Wanted(rows=as_json, every=every), jobs or cores()):
            for wrong in done.wrong:
                err(f"{wrong.where}: {wrong.why}")
            if done.rows:
                out(done.rows)
            tally.take(done.part)
            if progress:
                progress.show(tally)
    if not as_json:
        out(tally.summary())
    return PARTLY if tally.bad else 0


def _silent(sentence: str) -> None:
    """Quiet says nothing that is not wrong."""


class _Progress:
    """One line on standard error: how far, and how many tickets."""

    def __init__(self, source: BufferedReader | None) -> None:
        self._source = source
        about = os.fstat(source.fileno()) if source else None
        self._size = about.st_size if about and stat.S_ISREG(about.st_mode) else 0
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
        if not self._size or self._source is None:
            return ""
        share = min(self._source.tell() / self._size, 1.0)
        done = round(share * BAR)
        return f"{'█' * done}{'░' * (BAR - done)} {share:4.0%}  "
