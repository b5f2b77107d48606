"""The append-only file under the ledger: tables of JSON documents, changed by transactions that cannot be torn.

A transaction is one frame, written and synced before it is acknowledged. Its JSON is a list of changes,
`[table, id, document or null]`; the first frame is `{"schema": 1, "base": N}`. `base` grows with every rewrite, so that
`length` (base + size) never goes back and a projection can tell by it whether it is current.

Reads never lock. A transaction locks `journal.lock`, takes in what other processes appended (or, when the file is
another one, goes on in that or reads it afresh), and only then looks at the tables. No transaction compacts: whoever
has the time asks `worth_compacting`, and calls `compact_aside`. Damage is never fatal: the file is copied to
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
from supportdesk.store.compaction import ASIDE, HEADER_ROOM, LOCK_WAIT_S, NAME, Compaction, Identity, goes_on_from
from supportdesk.store.files import Files, free_name, keep_copy, trouble
from supportdesk.store.locks import Lock
from supportdesk.store.pauses import without_pauses
from supportdesk.store.schema import CURRENT, Schema
from supportdesk.store.weight import Weight

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
        self._settled: Identity | None = None  # the file whose name lasts, as far as we know
        self._weight = Weight()
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
        finally:
            self._lock.release()

    def refresh(self) -> bool:
        """Take in what other processes wrote; whether there was anything. Does not lock."""
        with self._named("Reading the ledger"):
            return self._catch_up()

    def compact(self) -> None:
        """Rewrite the file with what is current, at once; a crash on the way leaves the old file or the new one.

        Nothing of what is not current is left on disk, nor in what a compaction that was killed left.
        """
        if self._before is not None:
            raise RuntimeError("a transaction is under way")
        with self.transaction(), self._named("Compacting the ledger"):
            self._rewrite()
            self._files.remove(self._path.with_name(ASIDE))

    @property
    def worth_compacting(self) -> bool:
        """Whether more of the file is superseded than is current, and more than a megabyte of it."""
        return self._weight.worth(self._end) and not (self._damage or self._older or self.closed)

    def compact_aside(self, pace: Callable[[], bool]) -> Callable[[], None]:
        """Compact while this object goes on, from another thread; `pace` may wait, and says whether to go on.

        What it returns is to be called in this object's thread. StoreError when the disk fails.
        """
        settled = Compaction(self._path.parent, self._files, self._schema.number, pace).run()
        return lambda: self._compacted(settled)

    def _compacted(self, settled: Identity | None) -> None:
        self._settled = settled or self._settled
        self.refresh()
        if settled is None:
            self.put_off_compacting()

    def put_off_compacting(self) -> None:
        """Try again once the file is twice as long."""
        self._weight.put_off(self._end)

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
        self._weight.add([(table, key, document) for (table, key), document in self._changes.items()], len(data))

    def _open_fd(self) -> int:
        if self._fd is None:
            raise RuntimeError("the journal is closed")
        return self._fd

    def _catch_up(self) -> bool:
        identity = self._files.identity(self._path)
        if self._fd is None or identity is None:
            return identity is not None and self._reload()
        if identity == self._files.identity_of(self._fd):
            return self._read_on()
        moved = self._read_on()  # nobody appends to the old file any more
        if not self._follow():
            return self._reload()
        return self._read_on() or moved

    def _read_on(self) -> bool:
        fd = self._open_fd()
        size = self._files.size(fd)
        if size < self._end:
            return self._reload()
        if size == self._end:
            return False
        if self._older:
            return self._reload()  # what was appended is as old as the rest
        found = frames.read(self._files.read(fd, self._end, size))
        if found.end:
            self._take_in(found, found.payloads)
        return bool(found.end)

    def _follow(self) -> bool:
        """Go on in the file that took the name, where it was made of ours; what we have read is not read again."""
        fd = self._files.open(self._path)
        if fd is None:
            return False
        old = self._open_fd()
        head = self._files.read(fd, 0, HEADER_ROOM)
        at = goes_on_from(head, self._written, self._files.identity_of(old), self.length)
        if at is None or at > self._files.size(fd) or self._damage or self._older or self.closed:
            self._files.close(fd)
            return False
        self._files.close(old)
        self._fd, self._base, self._end = fd, self.length - at, at
        self._weight.put_off(at)
        return True

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
        self._weight = Weight()
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
            self._weight.add(changes or (), len(payload))
        self._end += found.end
        self._damage += found.damage
        self._moved()

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
        self._settle()

    def _settle(self) -> None:
        """Who gave the file its name may have been killed before that would last; nothing is appended until it does."""
        ours = self._files.identity_of(self._open_fd())
        if self._settled != ours:
            self._files.sync_folder(self._path.parent)
            self._settled = ours

    def _bring_up(self) -> None:
        was, copy = self._written, free_name(self._files, self._path.with_name(f"{NAME}.schema-{self._written}"))
        keep_copy(self._files, copy, self._files.read(self._open_fd(), 0, self._end))
        self._rewrite()
        self.notices.append(
            f"The ledger was of schema {was} and is of schema {self._schema.number} now; as it was it is kept: {copy}."
        )

    def _set_aside(self) -> None:
        data = self._files.read(self._open_fd(), 0, self._end)
        name = f"{NAME}.corrupt-{self._now().astimezone(UTC):%Y%m%dT%H%M%SZ}"
        path = free_name(self._files, self._path.with_name(name))
        if data:
            keep_copy(self._files, path, data)
        self._rewrite()
        kept = sum(len(table) for table in self.tables.values())
        self.notices.append(
            f"The ledger was damaged: {self._damage} bytes could not be read; {kept} records are whole and were kept. "
            f"The damaged file is {path}."
            if data
            else f"The ledger was empty ({self._path}): whatever it held was taken from it by something else."
        )
        self._damage = 0

    def _everything(self) -> bytes:
        header = {"schema": self._schema.number, "base": self.length + 1}
        written = [frames.frame(dumps(header))]
        self._weight = Weight()
        for name, table in self.tables.items():
            for key, document in table.items():
                written.append(frames.frame(dumps([[name, key, document]])))
                self._weight.add([(name, key, document)], len(written[-1]))
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
        self._settled = self._files.identity_of(fd)
