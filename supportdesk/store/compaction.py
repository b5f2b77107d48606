"""Compaction beside the writers: what is current goes to a file aside, in steps, and the file takes the journal's name.

Nobody waits while it is read and written; the lock is held to see how long the journal is, and at the end to copy what
was appended meanwhile, and to rename. `base` is chosen so that a length means the same place in both files: a reader
that had read as far as the snapshot goes on in the new file where it was in the old one (`goes_on_from`).

Damage, another schema, another file of the name, or nothing to be gained: then it is left, and the journal as it was.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from supportdesk.errors import StoreError
from supportdesk.store import frames
from supportdesk.store.changes import changes_of, dumps, header_of, origin_of
from supportdesk.store.files import Files, trouble
from supportdesk.store.locks import Lock

NAME, ASIDE = "journal", "journal.aside"
LOCK_WAIT_S = 2.0
HEADER_ROOM = 256
_HEADER = 160  # a payload of one size, whatever its numbers: the base depends on it
STEP = 1 << 15  # bytes: a millisecond or two
_SYNCED = 8  # steps: a put that is synced meanwhile waits for what of ours is on its way to the disk
Identity = tuple[int, int]


class _Left(Exception):
    """It cannot be done now; the journal stays as it is."""


class Compaction:
    """One compaction, in any thread; `pace` is called between its steps, may wait, and says whether to go on."""

    def __init__(self, folder: Path, files: Files, schema: int, pace: Callable[[], bool], *, step: int = STEP) -> None:
        self._path, self._aside_path = folder / NAME, folder / ASIDE
        self._files = files
        self._schema = schema
        self._pace = pace
        self._step = step
        self._lock = Lock(folder / f"{NAME}.lock", files, os.getpid())
        self._base = self._end = 0
        self._named = False
        self._live: dict[str, dict[str, bytes]] = {}

    def run(self) -> Identity | None:
        """The file that has the journal's name now, durably; None where it was left. StoreError when the disk fails."""
        try:
            with ExitStack() as opened:
                opened.callback(self._lock.close)
                return self._run(opened)
        except _Left:
            return None
        except OSError as error:
            raise trouble(error, self._path, "Compacting the ledger") from error

    def _run(self, opened: ExitStack) -> Identity:
        source = self._files.open(self._path)
        if source is None:
            raise _Left
        opened.callback(self._files.close, source)
        self._read(source, self._size(source))
        header = self._header(source)
        aside = self._opened_aside(opened)
        try:
            self._write(aside, header)
            while (size := self._size(source)) > self._end + self._step:
                if not self._copy_rest(source, aside, min(size, self._end + _SYNCED * self._step)):
                    break  # a frame that is longer
                self._go_on()
            with self._alone():
                self._take_name(source, aside)
        except (OSError, StoreError, _Left):
            self._give_back(aside)
            raise
        return self._files.identity_of(aside)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._lock.acquire(LOCK_WAIT_S):
            raise _Left
        try:
            yield
        finally:
            self._lock.release()

    def _size(self, source: int) -> int:
        """How long the journal is between two transactions: nothing whole is ever cut off before that."""
        with self._alone():
            return self._files.size(source)

    def _go_on(self) -> None:
        if not self._pace():
            raise _Left

    def _read(self, source: int, size: int) -> None:
        step = self._step
        while self._end < size:
            found = frames.read(self._files.read(source, self._end, min(self._end + step, size)))
            if found.damage:
                raise _Left  # a transaction repairs it
            if not found.end and self._end + step >= size:
                return  # a torn tail
            step = self._step if found.end else 2 * step
            if not self._end and found.end:
                self._read_header(found.payloads[0])
            for payload in found.payloads[not self._end :]:
                self._take(payload)
            self._end += found.end
            self._go_on()

    def _read_header(self, payload: bytes) -> None:
        header = header_of((payload,))
        if header is None or header["schema"] != self._schema:
            raise _Left
        self._base = header["base"]

    def _take(self, payload: bytes) -> None:
        changes = changes_of(payload)
        if changes is None:
            raise _Left
        for table, key, document in changes:
            if document is None:
                self._live.get(table, {}).pop(key, None)
                continue
            alone = payload if len(changes) == 1 else dumps([[table, key, document]])
            self._live.setdefault(table, {})[key] = frames.frame(alone)

    def _header(self, source: int) -> bytes:
        """The first frame of a file whose snapshot ends at the length at which the source was read up to."""
        length = self._base + self._end
        numbers = {"schema": self._schema, "base": 0, "of": [*self._files.identity_of(source), length]}
        size = len(_framed(numbers)) + sum(sum(map(len, table.values())) for table in self._live.values())
        if size >= self._end:
            raise _Left  # nothing is superseded
        return _framed({**numbers, "base": length - size})

    def _opened_aside(self, opened: ExitStack) -> int:
        """An empty file that no other compaction has; what a killed one left is written over."""
        aside = self._files.create(self._aside_path, afresh=False)
        opened.callback(self._files.close, aside)
        if not self._files.lock(aside, 0.0) or self._files.identity(self._aside_path) != self._files.identity_of(aside):
            raise _Left  # another one writes it, or it is the journal by now
        self._files.truncate(aside, 0)
        return aside

    def _write(self, aside: int, header: bytes) -> None:
        waiting, size, appended = [header], len(header), 0
        for table in self._live.values():
            for framed in table.values():
                waiting.append(framed)
                size += len(framed)
                if size >= self._step:
                    self._files.append(aside, b"".join(waiting))
                    waiting, size, appended = [], 0, appended + 1
                    if not appended % _SYNCED:
                        self._files.sync(aside)
                    self._go_on()
        self._files.append(aside, b"".join(waiting))
        self._files.sync(aside)
        self._go_on()

    def _take_name(self, source: int, aside: int) -> None:
        """Under the lock: nobody appends, and nobody else gives or takes either name."""
        ours = ((self._path, source), (self._aside_path, aside))
        if any(self._files.identity(path) != self._files.identity_of(fd) for path, fd in ours):
            raise _Left
        self._copy_rest(source, aside, self._files.size(source))
        self._named = True
        self._files.rename(self._aside_path, self._path)
        self._files.sync_folder(self._path.parent)

    def _give_back(self, aside: int) -> None:
        """Give a full disk its room back; what may be the journal by now is not touched."""
        if not self._named:
            with suppress(OSError):
                self._files.truncate(aside, 0)

    def _copy_rest(self, source: int, aside: int, size: int) -> bool:
        """Copy what was appended up to `size` meanwhile, as it stands; whether there was anything whole."""
        rest = self._files.read(source, self._end, size)
        found = frames.read(rest)
        if found.damage:
            raise _Left
        if found.end:
            self._files.append(aside, rest[: found.end])
            self._files.sync(aside)
            self._end += found.end
        return bool(found.end)


def goes_on_from(head: bytes, schema: int, identity: Identity, length: int) -> int | None:
    """Where in a file that begins with `head` one goes on who had read `length` of the file it was made of.

    None where it was made of another one, or later, or in another way.
    """
    payloads = frames.read(head).payloads[:1]
    header, origin = header_of(payloads), origin_of(payloads)
    if header is None or header["schema"] != schema or origin is None or origin[:2] != identity:
        return None
    return length - int(header["base"]) if length >= origin[2] > int(header["base"]) else None


def _framed(header: dict[str, object]) -> bytes:
    return frames.frame(dumps(header).ljust(_HEADER))
