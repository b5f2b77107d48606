"""A ledger over the years: older ones are brought up to date with a copy kept, newer ones are only read."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crashing_disk import Disk, DiskFiles, Stopped
from store_samples import NOON, REF, draft, outgoing, verdict

from supportdesk.errors import StoreError
from supportdesk.store.changes import Tables
from supportdesk.store.files import Files
from supportdesk.store.frames import frame
from supportdesk.store.journal import Journal
from supportdesk.store.ledger import Ledger
from supportdesk.store.schema import CURRENT, Schema

V0 = frame(b'{"base":7}') + frame(b'[["drafts","1",{"body":"kept"}]]') + frame(b'[["drafts","2",{"body":"too"}]]')


def shouted(tables: Tables) -> Tables:
    return {"drafts": {key: {"body": it["body"].upper()} for key, it in tables.get("drafts", {}).items()}}


NEXT = Schema(number=2, steps={**CURRENT.steps, 1: shouted})


def opened(folder: Path, schema: Schema = CURRENT) -> Ledger:
    return Ledger.open(folder, now=lambda: NOON, schema=schema)


def test_every_older_schema_has_its_step() -> None:
    assert sorted(CURRENT.steps) == list(range(CURRENT.number))


def test_a_ledger_without_a_number_is_brought_up_and_the_old_file_kept(tmp_path: Path) -> None:
    (tmp_path / "journal").write_bytes(V0)
    journal = Journal.open(tmp_path, Files(), lambda: NOON)
    assert journal.tables == {"drafts": {"1": {"body": "kept"}, "2": {"body": "too"}}}
    assert (tmp_path / "journal.schema-0").read_bytes() == V0
    assert b'{"schema":1,"base":' in (tmp_path / "journal").read_bytes()
    assert len(journal.notices) == 1
    assert "schema 0" in journal.notices[0]
    assert "journal.schema-0" in journal.notices[0]
    again = Journal.open(tmp_path, Files(), lambda: NOON)
    assert (again.tables, again.notices) == (journal.tables, [])


def test_the_version_after_this_one_takes_every_step_and_this_one_then_reads_only(tmp_path: Path) -> None:
    (tmp_path / "journal").write_bytes(V0)
    Journal.open(tmp_path, Files(), lambda: NOON)
    mine = Journal.open(tmp_path, Files(), lambda: NOON)
    newer = Journal.open(tmp_path, Files(), lambda: NOON, NEXT)
    assert newer.tables == {"drafts": {"1": {"body": "KEPT"}, "2": {"body": "TOO"}}}
    assert {path.name for path in tmp_path.glob("journal.schema-*")} == {"journal.schema-0", "journal.schema-1"}
    assert mine.refresh()  # it was open all the while
    assert mine.tables == newer.tables
    assert "newer supportdesk (schema 2; this one knows 1)" in mine.closed
    with pytest.raises(StoreError, match="nothing is written to it"), mine.transaction():
        mine.put("drafts", "3", {"body": "x"})
    assert Journal.open(tmp_path, Files(), lambda: NOON, NEXT).tables == newer.tables


def test_a_newer_ledger_is_read_and_not_one_byte_of_it_changes(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    ledger.put_outgoing(outgoing("op-1"))
    ledger.put_verdict(verdict())
    ledger.close()
    path = tmp_path / "journal"
    content = path.read_bytes().replace(b'{"schema":1,"base":1}', b"", 1).partition(b"\n")[2]
    content = frame(b'{"schema":9,"base":1}') + content + frame(b'{"odd":"to us"}') + b"torn"
    path.write_bytes(content)
    ledger = opened(tmp_path)
    assert [it.op for it in ledger.all_outgoing()] == ["op-1"]
    assert ledger.verdicts(REF)
    assert [notice for notice in ledger.notices if "schema 9" in notice] == [ledger.closed]
    for write in (
        lambda: ledger.put_draft(draft()),
        lambda: ledger.forget_sent(datetime(2030, 1, 1, tzinfo=UTC)) or ledger.next_seq(),
        ledger.compact,
    ):
        with pytest.raises(StoreError, match="newer supportdesk"):
            write()
    assert path.read_bytes() == content
    assert {it.name for it in tmp_path.iterdir()} <= {"journal", "journal.lock"}


@pytest.mark.parametrize("header", [b'{"schema":"1","base":0}', b'{"schema":-1}', b'{"schema":true,"base":0}', b"[]"])
def test_a_header_that_makes_no_sense_is_damage(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "journal").write_bytes(frame(header) + frame(b'[["drafts","1",{"body":"kept"}]]'))
    journal = Journal.open(tmp_path, Files(), lambda: NOON)
    assert journal.tables == {"drafts": {"1": {"body": "kept"}}}
    assert list(tmp_path.glob("journal.corrupt-*"))


def old() -> Disk:
    disk = Disk()
    disk.put(Path("/state/journal"), V0)
    return disk


def test_stopped_anywhere_a_migration_leaves_the_old_file_or_the_new_one_and_its_copy() -> None:
    files = DiskFiles(old())
    expected = Journal.open(Path("/state"), files, lambda: NOON).tables
    assert len(files.operations) >= 7
    for half in (False, True):
        for stop_at in range(len(files.operations)):
            stopped = DiskFiles(old(), stop_at=stop_at, half=half)
            with pytest.raises(Stopped):
                Journal.open(Path("/state"), stopped, lambda: NOON)
            for left in stopped.disk.survivors():
                kept = [left.nodes[number].data for number in left.names.values()]
                assert any(data.startswith(V0) for data in kept)
                assert Journal.open(Path("/state"), DiskFiles(left), lambda: NOON).tables == expected


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
def test_where_the_disk_refuses_an_old_ledger_is_read_as_it_is_and_brought_up_later(error: int) -> None:
    files = DiskFiles(old())
    expected = Journal.open(Path("/state"), files, lambda: NOON).tables
    for stop_at in range(len(files.operations)):
        refused = DiskFiles(old(), stop_at=stop_at, error=error)
        journal = Journal.open(Path("/state"), refused, lambda: NOON)
        assert journal.tables == expected
        assert "could not be brought up" in journal.notices[-1] or stop_at >= len(files.operations) - 1
        with journal.transaction():
            journal.put("drafts", "3", {"body": "on we go"})
        again = Journal.open(Path("/state"), refused, lambda: NOON)
        assert again.tables["drafts"] == {**expected["drafts"], "3": {"body": "on we go"}}


def test_what_an_older_process_appends_meanwhile_is_read_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(V0)

    class Refusing(Files):
        def rename(self, source: Path, target: Path) -> None:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    journal = Journal.open(tmp_path, Refusing(), lambda: NOON)
    with path.open("ab") as stream:
        stream.write(frame(b'[["drafts","3",{"body":"more"}]]'))
    assert journal.refresh()
    assert journal.tables["drafts"]["3"] == {"body": "more"}
