"""The command that reads exported tickets and says which answers look like workarounds, offline and as they come."""

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from io import BufferedReader
from time import monotonic

from supportdesk.cli.archive import Archive, is_archive
from supportdesk.cli.output import err, out
from supportdesk.cli.scan_report import Tally
from supportdesk.cli.scan_sources import entries, opened
from supportdesk.cli.scan_work import Share, Wanted, cores, scored
from supportdesk.config import load_cues
from supportdesk.insight.exports import Entry
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
    with ExitStack() as files:
        given, read = _given(files, path, ours, say)
        progress = _Progress() if sys.stderr.isatty() and not quiet else None
        if progress:
            files.callback(progress.gone)
            progress.show(read(), tally.tickets)
        for done in scored(given, Wanted(rows=as_json, every=every), jobs or cores(), read):
            for wrong in done.wrong:
                err(f"{wrong.where}: {wrong.why}")
            if done.rows:
                out(done.rows)
            tally.take(done.part)
            if progress:
                progress.show(done.share, tally.tickets)
    if not as_json:
        out(tally.summary())
    return PARTLY if tally.bad else 0


def _given(
    files: ExitStack, path: str, ours: Sequence[str], say: Callable[[str], None]
) -> tuple[Iterator[Entry], Callable[[], Share]]:
    """The entries of an export, and what says how much of it was read."""
    if path != "-" and is_archive(path):
        archive = Archive(path)
        return archive.tickets(ours, say), lambda: archive.share
    source = files.enter_context(opened(path))
    about = os.fstat(source.fileno())
    size = about.st_size if stat.S_ISREG(about.st_mode) else 0
    return entries(source, ours, say), partial(_share, source, size)


def _share(source: BufferedReader, size: int) -> Share:
    """None where nobody knows how much will come."""
    return min(source.tell() / size, 1.0) if size else None


def _silent(sentence: str) -> None:
    """Quiet says nothing that is not wrong."""


class _Progress:
    """One line on standard error: how much of the export was scored, and how many tickets."""

    def __init__(self) -> None:
        self._next = monotonic()

    def show(self, share: Share, tickets: int) -> None:
        """Draw it again when it is time to."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + EVERY_S
        sys.stderr.write(f"\r{_bar(share)}{tickets:,} tickets\x1b[K")
        sys.stderr.flush()

    def gone(self) -> None:
        """Leave the line empty."""
        sys.stderr.write("\r\x1b[K")


def _bar(share: Share) -> str:
    if share is None:
        return ""
    done = round(share * BAR)
    return f"{'█' * done}{'░' * (BAR - done)} {share:4.0%}  "
