"""The command that reads exported tickets and says which answers look like workarounds, offline and line by line."""

import gzip
import heapq
import json
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BufferedIOBase, BufferedReader

from supportdesk.cli.output import err, out
from supportdesk.config import load_cues
from supportdesk.errors import UsageError
from supportdesk.insight.rules import Rules
from supportdesk.insight.scan import ScanTicket, read_line, row_json
from supportdesk.insight.workaround import Scored, findings, score_all
from supportdesk.model import Band, Finding, Kind
from supportdesk.text import clean

GZIP = b"\x1f\x8b"
LONGEST_LINE = 64 * 1024 * 1024
TOP = 10
PARTLY = 8
EVERY = 500


def run(path: str, *, as_json: bool, every: bool, quiet: bool) -> int:
    """Scan an export (`-` is standard input; gzip is told by its first bytes); exit code 8 when a line was bad."""
    rules = Rules.load(load_cues())
    tally = Tally()
    progress = _progress if sys.stderr.isatty() and not quiet else None
    with _opened(path) as source:
        for ticket in _tickets(_unpacked(source), tally, progress):
            scores = score_all(rules, ticket.subject, ticket.comments)
            if as_json:
                out(json.dumps(row_json(rules, ticket, scores, every_answer=every)))
            tally.add(ticket, findings(rules, scores), scores)
    if progress:
        sys.stderr.write("\r\x1b[K")
    if not as_json:
        out(tally.summary())
    return PARTLY if tally.bad else 0


@dataclass(slots=True)
class Tally:
    """What a scan has met so far."""

    tickets: int = 0
    answers: int = 0
    bad: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    bands: Counter[Band] = field(default_factory=Counter)
    hints: Counter[Kind] = field(default_factory=Counter)
    top: list[tuple[float, int, str, Finding]] = field(default_factory=list)

    def add(self, ticket: ScanTicket, found: tuple[Finding, ...], scores: tuple[Scored, ...]) -> None:
        """Count a ticket, and keep its workarounds when they are among the strongest."""
        self.tickets += 1
        self.answers += len(scores)
        self.skipped.update(one.skipped for one in scores if one.skipped)
        self.bands.update(one.band for one in found if one.kind is Kind.WORKAROUND)
        self.hints.update(one.kind for one in found if one.kind is not Kind.WORKAROUND)
        for at, one in enumerate(found):
            if one.kind is Kind.WORKAROUND and one.band is not Band.WEAK:
                heapq.heappush(self.top, (one.p, -self.tickets * 1_000 - at, str(ticket.id), one))
        while len(self.top) > TOP:
            heapq.heappop(self.top)

    def summary(self) -> str:
        """Return what was found, for people."""
        lines = [f"{self.answers:,} answers by the support side in {self.tickets:,} tickets"]
        lines += [f"  {self.bands[band]:>7,} {band.value:<9} workarounds" for band in Band]
        lines += [f"  {count:>7,} {kind.value:<9} hints" for kind, count in self.hints.most_common()]
        lines += [f"  {count:>7,} not read: {language}" for language, count in self.skipped.most_common()]
        lines += [f"  {self.bad:>7,} lines could not be read"] if self.bad else []
        for _, _, ticket, one in sorted(self.top, key=lambda kept: kept[:2], reverse=True):
            lines += [
                "",
                f"{ticket}  {one.band.value}, comment {one.comment_id}, {one.grade or 'one step'}",
                _because(one),
            ]
        return "\n".join(lines)


def _because(finding: Finding) -> str:
    here = [one for one in finding.evidence if one.comment_id == finding.comment_id]
    sides = (("for", [one for one in here if one.weight > 0]), ("against", [one for one in here if one.weight < 0]))
    return "\n".join(
        f"  {side + ':':<8} " + "; ".join(f'{one.says} ("{clean(one.text, multiline=False)}")' for one in those[:4])
        for side, those in sides
        if those
    )


def _opened(path: str) -> BufferedReader:
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False) if path == "-" else open(path, "rb")
    except OSError as problem:
        raise UsageError(
            f"{clean(path, multiline=False)} cannot be read: {problem.strerror}.",
            "Give the path of an export (JSON Lines, gzip too), or - for standard input.",
        ) from None


def _unpacked(source: BufferedReader) -> BufferedIOBase:
    return gzip.GzipFile(fileobj=source) if source.peek(2)[:2] == GZIP else source


def _tickets(source: BufferedIOBase, tally: Tally, progress: Callable[[int], None] | None) -> Iterator[ScanTicket]:
    for number, line in _lines(source, tally):
        if progress and number % EVERY == 0:
            progress(number)
        try:
            if len(line) > LONGEST_LINE:
                raise ValueError(f"This line is longer than {LONGEST_LINE:,} bytes.")
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            ticket = read_line(text) if text else None
        except UnicodeDecodeError:
            _bad(tally, number, "This line is not UTF-8.")
        except ValueError as problem:
            _bad(tally, number, str(problem))
        else:
            if ticket:
                yield ticket


def _lines(source: BufferedIOBase, tally: Tally) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers; of one that is too long only the beginning is kept."""
    number = 0
    try:
        while line := source.readline(LONGEST_LINE + 1):
            number += 1
            rest = line
            while not rest.endswith(b"\n") and (rest := source.readline(LONGEST_LINE)):
                pass
            yield number, line
    except (OSError, EOFError, zlib.error) as problem:
        _bad(tally, number + 1, f"The file cannot be read on from here: {problem}.")


def _bad(tally: Tally, number: int, sentence: str) -> None:
    tally.bad += 1
    err(f"line {number}: {sentence}")


def _progress(number: int) -> None:
    sys.stderr.write(f"\r{number:,} lines …")
    sys.stderr.flush()
