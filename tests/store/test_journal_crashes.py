"""The journal stopped, torn and refused at every single operation: what is left is the state before or after."""

import copy
import errno
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crashing_disk import Disk, DiskFiles, Stopped

from supportdesk.errors import StoreError
from supportdesk.store.frames import frame
from supportdesk.store.journal import Journal

FOLDER = Path("/state")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Change = tuple[str, str, dict | None]
Step = list[Change] | str

WORK: list[Step] = [
    [("outgoing", "1", {"op": "a", "n": 1})],
    [("outgoing", "1", {"op": "a", "n": 2}), ("events", "1", {"kind": "sent"}), ("numbers", "1", {"seq": 1})],
    [("outgoing", "2", {"op": "b", "body": "x" * 300})],
    "compact",
    [("outgoing", "1", None), ("drafts", "7", {"body": "Grüße"})],
    "reopen",
    [("outgoing", "2", {"op": "b", "body": "y"})],
    "compact",
    [("events", "2", {"kind": "confirmed"})],
]


def tables_of(journal: Journal) -> dict:
    return {name: table for name, table in copy.deepcopy(journal.tables).items() if table}


def changed(state: dict, step: Step) -> dict:
    state = copy.deepcopy(state)
    for table, key, document in () if isinstance(step, str) else step:
        if document is None:
            state.get(table, {}).pop(key, None)
        else:
            state.setdefault(table, {})[key] = document
    return {name: table for name, table in state.items() if table}


class Run:
    """One run over the work, remembering what was acknowledged and what was under way."""

    def __init__(self, disk: Disk, **fault: object) -> None:
        self.files = DiskFiles(disk, **fault)
        self.acked: dict = {}
        self.under_way: dict = {}
        self.refused: list[StoreError] = []

    def open(self) -> Journal:
        return Journal.open(FOLDER, self.files, lambda: NOON)

    def go(self, check: Callable[[Journal, dict], None] = lambda journal, acked: None) -> None:
        journal = self.open()
        self.acked = self.under_way = tables_of(journal)
        for step in WORK:
            self.under_way = changed(self.acked, step)
            try:
                journal = self._do(journal, step)
                self.acked = self.under_way
            except StoreError as error:
                self.refused.append(error)
            check(journal, self.acked)

    def _do(self, journal: Journal, step: Step) -> Journal:
        if step == "reopen":
            return self.open()
        if step == "compact":
            journal.compact()
            return journal
        with journal.transaction():
            for table, key, document in step:
                journal.put(table, key, document)
        return journal


def fresh() -> Disk:
    return Disk()


def damaged() -> Disk:
    disk = Disk()
    whole = frame(b'{"schema":1,"base":0}') + frame(b'[["drafts","1",{"body":"kept"}]]')
    disk.put(FOLDER / "journal", whole + b"what is this?\n" + frame(b'[["drafts","2",{"body":"kept too"}]]'))
    return disk


def operations(make: Callable[[], Disk]) -> int:
    run = Run(make())
    run.go()
    assert not run.refused
    return len(run.files.operations)


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("make", [fresh, damaged])
def test_stopped_anywhere_the_state_is_the_one_before_or_after(make: Callable[[], Disk], half: bool) -> None:
    total = operations(make)
    assert total > 30
    for stop_at in range(total):
        run = Run(make(), stop_at=stop_at, half=half)
        with pytest.raises(Stopped):
            run.go()
        for left in run.files.disk.survivors():
            again = Run(left)
            journal = again.open()
            expected = [changed({}, [])] if not run.acked and make is fresh else []
            if make is damaged and not run.acked:
                expected = [{"drafts": {"1": {"body": "kept"}, "2": {"body": "kept too"}}}]
            assert tables_of(journal) in [*expected, run.acked, run.under_way], (stop_at, run.files.operations[-1])
            assert make is damaged or not journal.notices
            again._do(journal, [("events", "9", {"kind": "goes on"})])
            assert tables_of(again.open())["events"]["9"] == {"kind": "goes on"}


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_refused_anywhere_nothing_changes_and_the_next_try_works(error: int, half: bool) -> None:
    for stop_at in range(operations(fresh)):
        run = Run(Disk(), stop_at=stop_at, error=error, half=half)

        def same_in_memory_and_on_disk(journal: Journal, acked: dict, run: Run = run) -> None:
            assert tables_of(journal) == acked
            assert tables_of(run.open()) == acked

        run.go(same_in_memory_and_on_disk)
        assert len(run.refused) <= 1
        assert all(str(error) for error in run.refused)


def test_a_damaged_file_is_kept_whatever_stops_the_repair() -> None:
    for stop_at in range(operations(damaged)):
        run = Run(damaged(), stop_at=stop_at)
        with pytest.raises(Stopped):
            run.go()
        for left in run.files.disk.survivors():
            kept = [left.nodes[number].data for number in left.names.values()]
            assert any(b"what is this?" in data for data in kept)
