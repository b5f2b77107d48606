"""Compaction beside the writers: no put rewrites the journal, and stopped anywhere nothing acknowledged is lost."""

import copy
import errno
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crashing_disk import Disk, DiskFiles, Stopped

from supportdesk.errors import StoreError
from supportdesk.store.compaction import ASIDE, Compaction
from supportdesk.store.files import Files
from supportdesk.store.journal import Journal
from supportdesk.store.length import length_on_disk
from supportdesk.store.weight import WORTH_COMPACTING

FOLDER = Path("/state")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALWAYS: Callable[[], bool] = lambda: True  # noqa: E731


class Counting(Files):
    """The real files, and how much of them is read and written."""

    def __init__(self) -> None:
        self.appended = self.taken = self.renames = self.seen = 0

    def append(self, fd: int, data: bytes) -> None:
        self.appended += len(data)
        super().append(fd, data)

    def rename(self, source: Path, target: Path) -> None:
        self.renames += 1
        super().rename(source, target)

    def read(self, fd: int, start: int, end: int) -> bytes:
        found = super().read(fd, start, end)
        self.seen += len(found)
        return found


def opened(folder: Path, files: Files | None = None) -> Journal:
    return Journal.open(folder, files or Files(), lambda: NOON)


def put(journal: Journal, key: str, document: dict | None, table: str = "drafts") -> None:
    with journal.transaction():
        journal.put(table, key, document)


def worn(folder: Path, files: Files | None = None) -> Journal:
    """A journal in which more is superseded than is worth keeping."""
    journal = opened(folder, files)
    put(journal, "2", {"body": "kept"})
    for number in range(2 * WORTH_COMPACTING // 100_000 + 1):
        put(journal, "1", {"body": "x" * 100_000, "n": number})
    return journal


def state_of(journal: Journal) -> dict:
    return {name: table for name, table in copy.deepcopy(journal.tables).items() if table}


def test_no_put_rewrites_the_journal_however_much_is_superseded(tmp_path: Path) -> None:
    files = Counting()
    journal = opened(tmp_path, files)
    for number in range(40):
        before = files.appended
        put(journal, "1", {"body": "x" * 100_000, "n": number})
        assert files.appended - before < 101_000 + 200 * (number == 0), "more than the draft itself was written"
    assert files.renames == 1, "the first file of all, and no other"
    assert journal.worth_compacting


def test_a_reader_goes_on_in_the_new_file_without_reading_it_again(tmp_path: Path) -> None:
    files = Counting()
    journal, other = worn(tmp_path), opened(tmp_path, files)
    version, reloads = other.version("drafts"), []
    other.on_reload = lambda: reloads.append(1)
    ended = journal.compact_aside(ALWAYS)
    put(journal, "3", {"body": "after"})
    ended()
    assert (tmp_path / "journal").stat().st_size < 110_000
    files.seen = 0
    assert other.refresh()
    assert files.seen < 1_000
    assert (other.tables, other.length) == (journal.tables, journal.length)
    assert length_on_disk(tmp_path) == other.length
    assert len(reloads) == 1, "for what was appended"
    assert other.version("drafts") != version
    assert not journal.worth_compacting
    assert state_of(opened(tmp_path)) == state_of(other)


def test_one_who_missed_two_compactions_reads_afresh(tmp_path: Path) -> None:
    other = opened(tmp_path)
    put(other, "9", {"body": "early"})
    for _ in range(2):
        journal = worn(tmp_path)
        journal.compact_aside(ALWAYS)()
    assert other.refresh()
    assert (state_of(other), other.length) == (state_of(journal), journal.length)


def test_what_is_written_while_it_is_compacted_is_there_in_order(tmp_path: Path) -> None:
    journal, other = worn(tmp_path), opened(tmp_path)
    put(journal, "5", {"body": "goes"})
    put(journal, "2", None)
    put(journal, "2", {"body": "last"})
    said: list[int] = []

    def writing() -> bool:
        said.append(len(said))
        put(other, str(100 + len(said)), {"body": f"while {said[-1]}"}, "events")
        put(other, "5", None)
        return True

    journal.compact_aside(writing)()
    assert len(said) > 3
    assert list(journal.tables["drafts"]) == list(opened(tmp_path).tables["drafts"]) == ["1", "2"]
    assert state_of(opened(tmp_path)) == state_of(journal) == state_of(other)
    assert len(journal.tables["events"]) == len(said)


def test_two_threads_write_while_a_third_compacts(tmp_path: Path) -> None:
    journal = worn(tmp_path)
    stop = threading.Event()

    def compacting() -> None:
        while not stop.is_set():
            Compaction(tmp_path, Files(), 1, ALWAYS).run()

    def elsewhere() -> None:
        mine = opened(tmp_path)
        for number in range(60):
            put(mine, str(number), {"body": "y" * 5_000}, "theirs")
            put(mine, "0", {"body": number}, "theirs")

    threads = [threading.Thread(target=it) for it in (compacting, elsewhere)]
    for thread in threads:
        thread.start()
    for number in range(60):
        put(journal, str(number), {"body": "z" * 5_000}, "ours")
        put(journal, "1", {"n": number})
    threads[1].join()
    stop.set()
    threads[0].join()
    found = opened(tmp_path)
    assert [len(found.tables[name]) for name in ("ours", "theirs")] == [60, 60]
    assert (found.tables["drafts"]["1"], found.tables["theirs"]["0"]) == ({"n": 59}, {"body": 59})
    assert not found.notices
    assert not journal.notices


def test_one_that_is_left_gives_the_room_back_and_changes_nothing(tmp_path: Path) -> None:
    journal = worn(tmp_path)
    before = (tmp_path / "journal").read_bytes()
    steps = iter([True] * 25)
    journal.compact_aside(lambda: next(steps, False))()
    assert (tmp_path / "journal").read_bytes() == before
    assert not (tmp_path / ASIDE).exists() or (tmp_path / ASIDE).stat().st_size == 0
    assert not journal.worth_compacting, "tried again only when it has grown"


def test_what_another_one_compacts_meanwhile_is_left_to_it(tmp_path: Path) -> None:
    journal, other = worn(tmp_path), opened(tmp_path)

    def overtaken() -> bool:
        other.compact_aside(ALWAYS)()
        put(other, "7", {"body": "between"})
        return True

    once = iter([overtaken])

    def overtaken_once() -> bool:
        return next(once, ALWAYS)()

    journal.compact_aside(overtaken_once)()
    assert state_of(journal) == state_of(other) == state_of(opened(tmp_path))
    journal, other = worn(tmp_path), opened(tmp_path)
    journal.compact_aside(lambda: other.compact() or True)()
    assert state_of(journal) == state_of(other) == state_of(opened(tmp_path))


def test_a_file_aside_that_became_the_journal_before_we_had_it_is_not_touched(tmp_path: Path) -> None:
    class Overtaken(Files):
        def lock(self, fd: int, wait_s: float, *, shared: bool = False) -> bool:
            if self.identity(tmp_path / ASIDE) == self.identity_of(fd):
                Compaction(tmp_path, Files(), 1, ALWAYS).run()
            return super().lock(fd, wait_s, shared=shared)

    journal = worn(tmp_path)
    assert Compaction(tmp_path, Overtaken(), 1, ALWAYS).run() is None
    before = state_of(journal)
    assert journal.refresh() is False, "it goes on in the other's"
    assert state_of(journal) == state_of(opened(tmp_path)) == before
    assert not journal.notices


def test_compacting_at_once_takes_away_what_a_killed_one_left(tmp_path: Path) -> None:
    journal = worn(tmp_path)
    (tmp_path / ASIDE).write_bytes(b"somebody's words")
    journal.compact()
    assert not (tmp_path / ASIDE).exists()


@pytest.mark.parametrize("tail", [b"what is this?\n", b"deadbeef 9"])
def test_damage_is_left_to_a_transaction_and_a_torn_tail_is_none(tmp_path: Path, tail: bytes) -> None:
    journal = worn(tmp_path)
    path = tmp_path / "journal"
    path.write_bytes(path.read_bytes() + tail)
    before = path.read_bytes()
    named = Compaction(tmp_path, Files(), 1, ALWAYS).run()
    assert (path.read_bytes() == before) == (named is None) == tail.endswith(b"\n")
    put(journal, "8", {"body": "on"})
    assert state_of(opened(tmp_path)) == state_of(journal)
    assert journal.tables["drafts"]["8"] == {"body": "on"}


def test_another_schema_is_left_alone(tmp_path: Path) -> None:
    worn(tmp_path).close()
    assert Compaction(tmp_path, Files(), 2, ALWAYS).run() is None
    assert Compaction(tmp_path / "nowhere", Files(), 1, ALWAYS).run() is None


class Run:
    """A worn journal that one process compacts while another one appends at its steps, and what was acknowledged."""

    def __init__(self, disk: Disk, writes: int = 1_000, **fault: object) -> None:
        self.files = DiskFiles(disk, **fault)  # the one that compacts
        self.disk, self.number, self.writes = disk, 0, writes
        self.writer = Journal.open(FOLDER, DiskFiles(disk), lambda: NOON)
        self.acked = state_of(self.writer)

    def write(self) -> bool:
        self.number += 1
        if self.number <= self.writes:
            put(self.writer, str(self.number % 3), {"body": f"words {self.number}"})
            self.acked["drafts"][str(self.number % 3)] = {"body": f"words {self.number}"}
        return True

    def compact(self) -> None:
        Compaction(FOLDER, self.files, 1, self.write, step=64).run()

    def go_on(self) -> None:
        self.writes, self.number = 1_000_000, self.number + 1
        self.write()


def used() -> Disk:
    disk = Disk()
    journal = Journal.open(FOLDER, DiskFiles(disk), lambda: NOON)
    for number in range(30):
        put(journal, str(number % 4), {"body": f"earlier {number}"})
        put(journal, str(number % 2), {"kind": "x"} if number % 3 else None, "events")
    with journal.transaction():
        journal.put("events", "7", {"kind": "several"})
        journal.put("drafts", "8", {"body": "at once"})
    return disk.copy()


def total(writes: int) -> int:
    run = Run(used(), writes)
    run.compact()
    assert f"rename {ASIDE}" in run.files.operations
    return len(run.files.operations)


@pytest.mark.parametrize("writes", [0, 1_000])
@pytest.mark.parametrize("half", [False, True])
def test_killed_at_any_call_while_another_appends_nothing_acknowledged_is_lost(half: bool, writes: int) -> None:
    operations = total(writes)
    assert operations > 10
    for stop_at in range(operations):
        run = Run(used(), writes, stop_at=stop_at, half=half)
        with pytest.raises(Stopped):
            run.compact()
        for _ in range(2):  # a power cut now, and one after the other has written on
            for left in run.disk.survivors():
                found = Journal.open(FOLDER, DiskFiles(left), lambda: NOON)
                assert state_of(found) == run.acked, (stop_at, run.files.operations)
                assert not found.notices
                again = Run(left)
                again.compact()
                assert state_of(Journal.open(FOLDER, DiskFiles(left), lambda: NOON)) == again.acked
            run.go_on()


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_refused_at_any_call_nothing_is_lost_and_the_next_try_goes_through(error: int, half: bool) -> None:
    for stop_at in range(total(1_000)):
        run = Run(used(), stop_at=stop_at, error=error, half=half)
        with pytest.raises(StoreError, match="failed"):
            run.compact()
        run.go_on()
        for left in run.disk.survivors():
            assert state_of(Journal.open(FOLDER, DiskFiles(left), lambda: NOON)) == run.acked, stop_at
        run.files = DiskFiles(run.disk)
        run.compact()
        assert state_of(Journal.open(FOLDER, run.files, lambda: NOON)) == run.acked


def test_what_is_written_after_it_has_ended_survives_a_power_cut() -> None:
    disk = used()
    files = DiskFiles(disk)
    journal = Journal.open(FOLDER, files, lambda: NOON)
    put(journal, "1", {"body": "before"})
    journal.compact_aside(ALWAYS)()
    operations = len(files.operations)
    put(journal, "1", {"body": "after"})
    assert files.operations[operations:] == ["append", "sync"], "a put waits for no more than its own"
    for left in disk.survivors():
        assert Journal.open(FOLDER, DiskFiles(left), lambda: NOON).tables["drafts"]["1"] == {"body": "after"}
