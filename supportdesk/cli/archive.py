"""Archives that are more than one file of lines: Parquet, read in slices by Polars, and folders of partitions."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from supportdesk.cli.scan_sources import entries, opened
from supportdesk.errors import UsageError
from supportdesk.insight.exports import Entry, Wrong
from supportdesk.insight.scan import read_row
from supportdesk.text import clean

PARQUET = b"PAR1"
ROWS = 10_000  # of a slice: asked for a whole table, Polars reads as far ahead as it can and keeps that in memory
KINDS = (".parquet", ".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
COLUMNS = ("id", "subject", "comments", "requester")
Step = tuple[float, Entry]  # how much of a partition was read with a ticket, from 0 to 1


def is_archive(path: str) -> bool:
    """Whether a path is a folder or a Parquet file."""
    found = Path(path)
    if found.is_dir():
        return True
    if not found.is_file():
        return False
    if found.suffix == KINDS[0]:
        return True
    with opened(path) as source:
        return source.read(len(PARQUET)) == PARQUET


class Archive:
    """Partitions, one after another in the order of their names, or one file; `share` of them was read, from 0 to 1."""

    def __init__(self, path: str) -> None:
        """UsageError for a folder without partitions."""
        found = Path(path)
        parts = _partitions(found) if found.is_dir() else [found]
        if not parts:
            raise UsageError(f"{_shown(found)} holds no {', '.join(KINDS)}.", "Give a folder of partitions, or a file.")
        self._parts = [(part, part.stat().st_size if part.exists() else 0) for part in parts]
        self._size = max(sum(size for _, size in self._parts), 1)
        self.share = 0.0

    def tickets(self, ours: Sequence[str], say: Callable[[str], None]) -> Iterator[Entry]:
        """Read the tickets.

        A row of Parquet has the columns of contract.md's ticket: id, subject and comments, a list of structs. A
        partition that cannot be read, or read on, is `Wrong` and the next one follows. UsageError where Polars is not
        installed, and for a file by itself of which nothing can be read.
        """
        before = 0
        for part, size in self._parts:
            lines = part.name.endswith(KINDS[1:])
            for done, entry in _lines(part, max(size, 1), ours, say) if lines else self._table(part):
                self.share = min((before + done * size) / self._size, 1.0)
                yield entry
            before += size

    def _table(self, part: Path) -> Iterator[Step]:
        done = 0.0
        try:
            for done, entry in _parquet(part):
                yield done, entry
        except _Unreadable as problem:
            if not done and len(self._parts) == 1:
                raise UsageError(f"{_shown(part)} {problem}.") from None
            yield 1.0, Wrong(where=_shown(part), why=f"It {problem}; what comes before was read.")


class _Unreadable(Exception):
    """What is wrong with a partition, as the rest of a sentence about it."""


def _partitions(folder: Path) -> list[Path]:
    """The files that hold tickets, in the order of their names; names with _ or . in front are what is not done yet."""
    found = (each for each in folder.rglob("*") if each.name.endswith(KINDS) and not each.is_dir())
    return sorted(each for each in found if not any(name[0] in "_." for name in each.relative_to(folder).parts))


def _lines(part: Path, size: int, ours: Sequence[str], say: Callable[[str], None]) -> Iterator[Step]:
    try:
        with opened(str(part)) as source:
            for entry in entries(source, ours, say):
                yield source.tell() / size, _told(part, entry)
    except UsageError as problem:
        yield 1.0, Wrong(where=_shown(part), why=problem.message)


def _told(part: Path, entry: Entry) -> Entry:
    return Wrong(where=f"{_shown(part)} {entry.where}", why=entry.why) if isinstance(entry, Wrong) else entry


def _parquet(part: Path) -> Iterator[Step]:
    """The tickets of one file; a row group that is larger than a slice is unpacked again for each slice of it."""
    try:
        import polars
    except ImportError:
        raise UsageError("Parquet is read with Polars, which is not here.", "pip install polars") from None
    number = 0
    try:
        table = polars.scan_parquet(part, glob=False)
        total, columns = table.select(polars.len()).collect().item(), table.collect_schema().names()
        if missing := {"id", "comments"}.difference(columns):
            raise _Unreadable(f"has no column {', '.join(sorted(missing))}")
        table = table.select([name for name in COLUMNS if name in columns])
        for start in range(0, total, ROWS):
            for row in table.slice(start, ROWS).collect().iter_rows(named=True):
                number += 1
                yield number / total, _ticket(row, f"{_shown(part)} row {number}")
    except (polars.exceptions.PolarsError, OSError) as problem:
        why = clean(str(problem).partition("\n")[0], multiline=False)
        raise _Unreadable(f"cannot be read on after row {number}: {why}") from None


def _ticket(row: dict[str, object], where: str) -> Entry:
    try:
        return read_row(row)
    except ValueError as problem:
        return Wrong(where=where, why=str(problem).replace("This line", "This row"))


def _shown(path: Path) -> str:
    return clean(str(path), multiline=False)
