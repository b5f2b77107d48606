"""Archives that are more than one file of lines: Parquet, read in batches by Polars, and folders of partitions."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from supportdesk.cli.scan_sources import entries, opened
from supportdesk.errors import UsageError
from supportdesk.insight.exports import Entry, Wrong
from supportdesk.insight.scan import read_row
from supportdesk.text import clean

PARQUET = b"PAR1"
ROWS = 2_000  # of a batch
KINDS = (".parquet", ".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
COLUMNS = ("id", "subject", "comments", "requester")


def is_archive(path: str) -> bool:
    """Whether a path is a folder or a Parquet file."""
    found = Path(path)
    if found.is_dir():
        return True
    if not found.is_file():
        return False
    with opened(path) as source:
        return source.read(len(PARQUET)) == PARQUET


def tickets(path: str, ours: Sequence[str], say: Callable[[str], None]) -> Iterator[Entry]:
    """Read the tickets of an archive, its partitions one after another in the order of their names.

    A row has the columns of contract.md's ticket: id, subject and comments, a list of structs. UsageError for a folder
    without partitions, for one that is no Parquet after all, and where Polars is not installed.
    """
    found = Path(path)
    parts = sorted(each for each in found.rglob("*") if each.name.endswith(KINDS)) if found.is_dir() else [found]
    if not parts:
        raise UsageError(f"{_shown(found)} holds no {', '.join(KINDS)}.", "Give a folder of partitions, or a file.")
    for part in parts:
        if part.name.endswith(KINDS[1:]):
            with opened(str(part)) as source:
                for entry in entries(source, ours, say):
                    yield (
                        Wrong(where=f"{_shown(part)} {entry.where}", why=entry.why)
                        if isinstance(entry, Wrong)
                        else entry
                    )
        else:
            yield from _parquet(part)


def _parquet(part: Path) -> Iterator[Entry]:
    try:
        import polars
    except ImportError:
        raise UsageError(
            "Parquet is read with Polars, which is not here.", "pip install 'supportdesk[archives]'"
        ) from None
    number = 0
    try:
        table = polars.scan_parquet(part)
        wanted = [name for name in COLUMNS if name in table.collect_schema().names()]
        for batch in table.select(wanted).collect_batches(chunk_size=ROWS, maintain_order=True):
            for row in batch.iter_rows(named=True):
                number += 1
                yield _ticket(row, f"{_shown(part)} row {number}")
    except polars.exceptions.PolarsError as problem:
        why = str(problem).partition("\n")[0]
        raise UsageError(
            f"{_shown(part)} cannot be read on after row {number}: {clean(why, multiline=False)}."
        ) from None


def _ticket(row: dict[str, object], where: str) -> Entry:
    try:
        return read_row(row)
    except ValueError as problem:
        return Wrong(where=where, why=str(problem).replace("This line", "This row"))


def _shown(path: Path) -> str:
    return clean(str(path), multiline=False)
