"""A deliberately broken build: the ledger in TinyDB's own JSONStorage, as the tutorial has it."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.storages import JSONStorage

from supportdesk.store.ledger import Ledger


class _Journal:
    """What the ledger asks of a journal, and none of what one is for."""

    closed = ""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "ledger.json"
        self.notices: list[str] = []
        self.tables = TinyDB(self.path, storage=JSONStorage)

    @property
    def length(self) -> int:
        return self.path.stat().st_size

    def version(self, table: str) -> tuple[int, int]:
        found = self.path.stat()
        return found.st_mtime_ns, found.st_size

    def transaction(self) -> nullcontext:
        return nullcontext()

    def refresh(self) -> bool:
        return True

    def compact(self) -> None:
        pass

    def compact_aside(self, pace: object) -> None:
        pass

    def close(self) -> None:
        self.tables.close()


class PlainLedger(Ledger):
    """The shipped ledger's words over plain storage."""

    def __init__(self, folder: Path) -> None:
        journal = _Journal(folder)
        super().__init__(journal)
        self._tables = journal.tables

    def _documents(self, table: str) -> dict[str, Any]:
        return {str(row.doc_id): row for row in self._tables.table(table).all()}
