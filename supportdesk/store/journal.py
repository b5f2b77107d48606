"""The append-only file under the ledger: tables of JSON documents, changed by transactions that cannot be torn.

A transaction is one frame, written and synced before it is acknowledged. Its JSON is a list of changes,
`[table, id, document or null]`; the first frame is `{"schema": 1, "base": N}`. `base` grows with every rewrite, so that
`length` (base + size) never goes back and a projection can tell by it whether it is current.

Reads never lock. A transaction locks `journal.lock`, takes in what other processes appended (or, when the file is
another one, a whole compaction), and only then looks at the tables. Damage is never fatal: the file is copied to
`journal.corrupt-STAMP`, what can be read of it is written afresh, and `notices` says so. A file of an older schema is
copied to `journal.schema-N` and written afresh; one of a newer schema is read, and never written to.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from supportdesk.errors import StoreError
from supportdesk.store import frames
from supportdesk.store.changes import Document, Tables, changes_of, dumps, header_of
from supportdesk.store.files import Files, trouble
from supportdesk.store.locks import Lock
from supportdesk.store.pauses import without_pauses
from supportdesk.store.schema import CURRENT, Schema

NAME = "journal"
LOCK_WAIT_S = 2.0
WORTH_COMPACTING = 1 << 20
_HEADER_ROOM = 128
_DOING = "Writing the ledger"
_EVERY_TABLE = ""


class Journal:
    """Tables as dicts by id; change them with `put` inside `transaction()`, and never the documents themselves."""

    def __init__(self, folder: Path, files: Files, now: Callable[[], datetime], schema: Schema = CURRENT) -> None:
        self.tables: Tables = {}
        self.notices: list[str] = []
        self.on_reload: Callable[[], None] = lambda: None
        self._path = folder / NAME
        self._files = files
        self._now = now
        self._schema = schema
        self._written = schema.number  # by what the file was
        self._lock = Lock(folder / f"{NAME}.lock", files, os.getpid())
        self._fd: int | None = None
        self._base = self._end = 0
        self._damage = 0
        self._compact_above = WORTH_COMPACTING
        self._sizes: dict[tuple[str, str], int] = {}  # about how many bytes of the file are each document's
        self._live = 0
        self._versions: Counter[str] = Counter()
        self._before: Tables | None = None
        self._changes: dict[tuple[str, str], Document | None] = {}

    @classmethod
    def open(cls, folder: Path, files: Files, now: Callable[[], datetime], schema: Schema = CURRENT) -> "Journal":
        """Read what is there; repair it where it is damaged, bring it up to date where it is of an older schema.

        Writes nothing otherwise.
        """
        journal = cls(folder, files, now, schema)
        with journal._named("Reading the ledger"):
            journal._catch_up()
        if journal._damage or journal._older:
            try:
                with journal.transaction():
                    pass  # the repair comes before any transaction
            except StoreError as error:
                what = "damaged and could not be repaired" if journal._damage else "old and could not be brought up"
                journal.notices.append(f"The ledger is {what} yet: {error.message}")
        return journal

    @property
    def closed(self) -> str:
        """Why nothing can be written, as a sentence: a newer version wrote the file; empty when it can."""
        if self._written <= self._schema.number:
            return ""
        return (
            f"The ledger was written by a newer supportdesk (schema {self._written}; this one knows"
            f" {self._schema.number}): it is read here, and nothing is written to it ({self._path})."
        )

    @property
    def _older(self) -> bool:
        return self._written < self._schema.number

    @property
    def length(self) -> int:
        """Bytes ever appended, as far as this object has read; two equal lengths are one state."""
        return self._base + self._end

    def version(self, table: str) -> tuple[int, int]:
        """Differs whenever the table may: what was made of its documents can be kept for as long as it is the same."""
        return self._versions[_EVERY_TABLE], self._versions[table]

    def put(self, table: str, key: str, document: Document | None) -> None:
        """Set one document, or remove it with None; durable once the surrounding transaction has ended."""
        if self._before is None:
            raise RuntimeError("a change outside of a transaction")
        if table not in self._before:
            self._before[table] = dict(self.tables.get(table, {}))
        if document is None:
            self.tables.get(table, {}).pop(key, None)
        else:
            document = json.loads(dumps(document))  # what memory holds is what the disk will give back
            self.tables.setdefault(table, {})[key] = document
        self._changes[table, key] = document
        self._versions[table] += 1

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the changes inside, in one durable append, or none; a transaction inside one joins it.

        StoreError when the disk fails or another process keeps the lock for two seconds; the tables are then as before.
        """
        if self._before is not None:
            yield
            return
        self._take_lock()
        try:
            with self._named(_DOING):
                self._catch_up()
                self._make_ready()
            with self._undoing():
                yield
                self._commit()
            self._compact_if_worth()
        finally:
            self._lock.release()

    def refresh(self) -> bool:
        """Take in what other processes wrote; whether there was anything. Does not lock."""
        with self._named("Reading the ledger"):
            return self._catch_up()

    def compact(self) -> None:
        """Rewrite the file with what is current; a crash on the way leaves the old file or the new one."""
        if self._before is not None:
            raise RuntimeError("a transaction is under way")
        with self.transaction(), self._named("Compacting the ledger"):
            self._rewrite()

    def close(self) -> None:
        """Let go of the files."""
        self._lock.close()
        if self._fd is not None:
            self._files.close(self._fd)
            self._fd = None

    def _take_lock(self) -> None:
        with self._named(_DOING):
            self._files.make_folder(self._path.parent)
        if self._lock.acquire(LOCK_WAIT_S):
            return
        holder = self._lock.holder_pid()
        who = "another process" if holder is None else f"process {holder}"
        raise StoreError(f"{who} has been writing the ledger for {LOCK_WAIT_S:g} s.", "Try again, or look at it.")

    @contextmanager
    def _named(self, doing: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise trouble(error, self._path, doing) from error

    @contextmanager
    def _undoing(self) -> Iterator[None]:
        before: Tables = {}
        self._before = before
        done = False
        try:
            yield
            done = True
        finally:
            if not done:
                self.tables.update(before)
                self._moved()
            self._before, self._changes = None, {}

    def _commit(self) -> None:
        if not self._changes:
            return
        fd = self._open_fd()
        data = frames.frame(dumps([[table, key, document] for (table, key), document in self._changes.items()]))
        try:
            self._files.append(fd, data)
            self._files.sync(fd)
        except OSError as error:
            with suppress(OSError):  # if this fails too, the next transaction cuts the tail
                self._files.truncate(fd, self._end)
            raise trouble(error, self._path, _DOING) from error
        self._end += len(data)
        self._weigh([(table, key, document) for (table, key), document in self._changes.items()], len(data))

    def _open_fd(self) -> int:
        if self._fd is None:
            raise RuntimeError("the journal is closed")
        return self._fd

    def _catch_up(self) -> bool:
        identity = self._files.identity(self._path)
        if self._fd is None or identity != self._files.identity_of(self._fd):
            return identity is not None and self._reload()
        size = self._files.size(self._fd)
        if size < self._end:
            return self._reload()
        if size == self._end:
            return False
        if self._older:
            return self._reload()  # what was appended is as old as the rest
        found = frames.read(self._files.read(self._fd, self._end, size))
        if found.end:
            self._take_in(found, found.payloads)
        return bool(found.end)

    def _reload(self) -> bool:
        fd = self._files.open(self._path)
        if fd is None:
            return False
        data = self._files.read(fd, 0, self._files.size(fd))
        found = frames.read(data)
        header = header_of(found.payloads)
        if self._fd is not None:
            self._files.close(self._fd)
        self._fd, self.tables, self._end, self._damage = fd, {}, 0, 0
        self._sizes, self._live = {}, 0
        self._compact_above = WORTH_COMPACTING
        self._base = self._base_of(header)
        self._written = self._schema.number if header is None else int(header["schema"])
        with without_pauses():
            self._take_in(found, found.payloads[header is not None :])
        self._damage += header is None
        if self._older:
            self.tables = self._schema.migrated(self.tables, self._written)
        elif self.closed:
            self._damage = 0  # it may be no damage to those who wrote it
            self.notices.append(self.closed)
        return True

    def _base_of(self, header: Document | None) -> int:
        if header is not None:
            return int(header.get("base", 0))
        return max(self.length + 1, int(self._now().timestamp() * 1000))  # above any length the file may have had

    def _take_in(self, found: frames.Frames, payloads: Sequence[bytes]) -> None:
        for payload in payloads:
            changes = changes_of(payload)
            self._damage += len(payload) if changes is None else 0
            for table, key, document in changes or ():
                if document is None:
                    self.tables.get(table, {}).pop(key, None)
                else:
                    self.tables.setdefault(table, {})[key] = document
            self._weigh(changes or (), len(payload))
        self._end += found.end
        self._damage += found.damage
        self._moved()

    def _weigh(self, changes: Sequence[tuple[str, str, Document | None]], size: int) -> None:
        """Share the bytes of a frame among its documents: what is superseded is known without writing all of it."""
        for table, key, document in changes:
            self._live -= self._sizes.pop((table, key), 0)
            if document is not None:
                self._sizes[table, key] = size // len(changes)
                self._live += size // len(changes)

    def _moved(self) -> None:
        self._versions[_EVERY_TABLE] += 1
        self.on_reload()

    def _make_ready(self) -> None:
        """Under the lock: a whole file of the right name and schema, without a torn tail."""
        if self.closed:
            raise StoreError(self.closed, "Use the newer version.")
        if self._damage:
            self._set_aside()
        elif self._older:
            self._bring_up()
        if self._fd is None:
            self._rewrite()
        elif self._files.identity(self._path) is None:
            self.notices.append("The ledger's file was gone; it was written again from memory.")
            self._rewrite()
        elif self._files.size(self._fd) > self._end:
            self._files.truncate(self._fd, self._end)

    def _bring_up(self) -> None:
        was, copy = self._written, self._free(f"{NAME}.schema-{self._written}")
        self._copy(self._files.read(self._open_fd(), 0, self._end), copy)
        self._rewrite()
        self.notices.append(
            f"The ledger was of schema {was} and is of schema {self._schema.number} now; as it was it is kept: {copy}."
        )

    def _set_aside(self) -> None:
        data = self._files.read(self._open_fd(), 0, self._end)
        path = self._free(f"{NAME}.corrupt-{self._now().astimezone(UTC):%Y%m%dT%H%M%SZ}")
        if data:
            self._copy(data, path)
        self._rewrite()
        kept = sum(len(table) for table in self.tables.values())
        self.notices.append(
            f"The ledger was damaged: {self._damage} bytes could not be read; {kept} records are whole and were kept. "
            f"The damaged file is {path}."
            if data
            else f"The ledger was empty ({self._path}): whatever it held was taken from it by something else."
        )
        self._damage = 0

    def _copy(self, data: bytes, path: Path) -> None:
        fd = self._files.create(path)
        try:
            self._files.append(fd, data)
            self._files.sync(fd)
        finally:
            self._files.close(fd)
        self._files.sync_folder(path.parent)  # the copy's name has to last before the original's is given away

    def _free(self, name: str) -> Path:
        """A path beside the journal that nothing has yet."""
        taken = self._files.names(self._path.parent)
        later = (f"{name}-{number}" for number in range(2, len(taken) + 3))
        return self._path.with_name(next(free for free in (name, *later) if free not in taken))

    def _compact_if_worth(self) -> None:
        if self._end <= self._compact_above:
            return
        self._compact_above = self._live + max(self._live, WORTH_COMPACTING)
        if self._end <= self._compact_above:
            return
        try:
            self._rewrite()
        except OSError as error:  # the transaction itself is safe: say it, and try again at twice the size
            self._compact_above = 2 * self._end
            self.notices.append(trouble(error, self._path, "Compacting the ledger").message)

    def _everything(self) -> bytes:
        header = {"schema": self._schema.number, "base": self.length + 1}
        written = [frames.frame(dumps(header))]
        self._sizes, self._live = {}, 0
        for name, table in self.tables.items():
            for key, document in table.items():
                written.append(frames.frame(dumps([[name, key, document]])))
                self._weigh([(name, key, document)], len(written[-1]))
        return b"".join(written)

    def _rewrite(self) -> None:
        data = self._everything()
        fresh = self._path.with_name(f"{NAME}.new")
        fd = self._files.create(fresh)
        try:
            self._files.append(fd, data)
            self._files.sync(fd)
            self._files.rename(fresh, self._path)
        except OSError:
            with suppress(OSError):  # give a full disk its room back
                self._files.truncate(fd, 0)
            self._files.close(fd)
            raise
        if self._fd is not None:
            self._files.close(self._fd)
        self._fd, self._base, self._end = fd, self.length + 1, len(data)
        self._written = self._schema.number
        self._files.sync_folder(self._path.parent)


def length_on_disk(folder: Path, files: Files | None = None) -> int:
    """The journal's length as `Journal.length` counts it, from the file alone; 0 where there is none, -1 in doubt."""
    files = files or Files()
    path = folder / NAME
    try:
        fd = files.open(path)
        if fd is None:
            return 0
        try:
            head, size = files.read(fd, 0, _HEADER_ROOM), files.size(fd)
        finally:
            files.close(fd)
    except OSError as error:
        raise trouble(error, path, "Reading the ledger") from error
    header = header_of(frames.read(head).payloads)
    return -1 if header is None else int(header.get("base", 0)) + size
