"""The journal on a real disk: damage, compaction, other processes, permissions."""

import os
import random
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from supportdesk.errors import StoreError
from supportdesk.store import frames
from supportdesk.store.files import Files
from supportdesk.store.journal import Journal
from supportdesk.store.length import length_on_disk
from supportdesk.store.weight import WORTH_COMPACTING

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def opened(folder: Path) -> Journal:
    return Journal.open(folder, Files(), lambda: NOON)


def put(journal: Journal, key: str, document: dict | None, table: str = "drafts") -> None:
    with journal.transaction():
        journal.put(table, key, document)


def filled(folder: Path, count: int = 3) -> Path:
    journal = opened(folder)
    for number in range(count):
        put(journal, str(number), {"body": f"words {number}"})
    journal.close()
    return folder / "journal"


def test_opening_a_missing_ledger_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    journal = opened(folder)
    assert journal.tables == {}
    assert journal.refresh() is False
    assert journal.length == length_on_disk(folder) == 0
    assert not folder.exists()


def test_what_was_put_is_there_again(tmp_path: Path) -> None:
    filled(tmp_path)
    journal = opened(tmp_path)
    assert journal.tables == {"drafts": {str(number): {"body": f"words {number}"} for number in range(3)}}
    assert not journal.notices


def test_a_failing_transaction_leaves_nothing_behind(tmp_path: Path) -> None:
    path = filled(tmp_path)
    journal, before = opened(tmp_path), path.read_bytes()
    tables = {name: dict(table) for name, table in journal.tables.items()}
    with suppress(ZeroDivisionError), journal.transaction():
        journal.put("drafts", "0", None)
        journal.put("events", "1", {"kind": "x"})
        raise ZeroDivisionError
    assert {name: table for name, table in journal.tables.items() if table} == tables
    assert path.read_bytes() == before


def test_a_transaction_inside_another_is_part_of_it(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    with suppress(ZeroDivisionError), journal.transaction():
        put(journal, "1", {"body": "x"})
        raise ZeroDivisionError
    assert not opened(tmp_path).tables.get("drafts")


def test_what_json_cannot_say_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    for wrong in ({"p": float("nan")}, {"p": {1, 2}}):
        with pytest.raises((ValueError, TypeError)):
            put(journal, "1", wrong)
    assert not journal.tables.get("drafts")


def test_a_torn_tail_is_dropped_and_written_over(tmp_path: Path) -> None:
    path = filled(tmp_path)
    path.write_bytes(path.read_bytes()[:-5])
    journal = opened(tmp_path)
    assert list(journal.tables["drafts"]) == ["0", "1"]
    put(journal, "9", {"body": "next"})
    assert list(opened(tmp_path).tables["drafts"]) == ["0", "1", "9"]
    assert not journal.notices


def test_a_flipped_bit_costs_one_record_and_the_file_is_kept(tmp_path: Path) -> None:
    path = filled(tmp_path)
    damaged = bytearray(path.read_bytes())
    damaged[damaged.index(b"words 1")] ^= 4
    path.write_bytes(damaged)
    journal = opened(tmp_path)
    assert list(journal.tables["drafts"]) == ["0", "2"]
    assert "2 records are whole and were kept" in journal.notices[0]
    assert (tmp_path / "journal.corrupt-20261122T120000Z").read_bytes() == damaged
    assert not opened(tmp_path).notices
    assert list(opened(tmp_path).tables["drafts"]) == ["0", "2"]


def test_damage_found_twice_in_a_second_is_kept_twice(tmp_path: Path) -> None:
    path = filled(tmp_path)
    for _ in range(2):
        path.write_bytes(path.read_bytes() + b"?\n")
        opened(tmp_path).close()
    assert len(list(tmp_path.glob("journal.corrupt-*"))) == 2


@pytest.mark.parametrize("content", [b"", b"garbage", b"\0" * 4096, b"{}\n" * 50, random.Random(7).randbytes(5000)])
def test_a_file_that_is_no_ledger_does_not_keep_the_console_from_starting(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "journal").write_bytes(content)
    journal = opened(tmp_path)
    assert journal.tables == {}
    assert len(journal.notices) == 1
    put(journal, "1", {"body": "on we go"})
    again = opened(tmp_path)
    assert (list(again.tables["drafts"]), again.notices) == (["1"], [])


@pytest.mark.parametrize(
    "payload", [b"{}", b"7", b'[["t"]]', b'[["t",1,{}]]', b'[["t","1",[]]]', b"no json", b"[" * 9999]
)
def test_a_whole_frame_of_the_wrong_shape_is_set_aside(tmp_path: Path, payload: bytes) -> None:
    path = filled(tmp_path)
    path.write_bytes(path.read_bytes() + frames.frame(payload))
    journal = opened(tmp_path)
    assert len(journal.tables["drafts"]) == 3
    assert journal.notices


def test_a_lost_header_loses_nothing_else_and_the_length_still_grows(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = length_on_disk(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[content.index(b"\n") + 1 :])
    assert length_on_disk(tmp_path) == -1
    journal = opened(tmp_path)
    assert len(journal.tables["drafts"]) == 3
    assert journal.length == length_on_disk(tmp_path) > before


def test_garbage_is_compacted_away_and_the_length_never_goes_back(tmp_path: Path) -> None:
    journal, other = opened(tmp_path), opened(tmp_path)
    put(journal, "77", {"body": "kept"})
    lengths = []
    for number in range(30):
        put(journal, "1", {"body": "x" * 100_000, "n": number})
        if journal.worth_compacting:
            journal.compact_aside(lambda: True)()
        lengths.append(journal.length)
    assert (tmp_path / "journal").stat().st_size < 2 * WORTH_COMPACTING + 200_000
    assert lengths == sorted(set(lengths))
    assert length_on_disk(tmp_path) == journal.length
    assert other.refresh()
    assert other.tables == journal.tables
    assert other.length == journal.length


def test_each_sees_what_the_other_appended(tmp_path: Path) -> None:
    one, two = opened(tmp_path), opened(tmp_path)
    put(one, "1", {"body": "by one"})
    put(two, "2", {"body": "by two"})  # takes in the other's first
    assert list(two.tables["drafts"]) == ["1", "2"]
    assert list(one.tables["drafts"]) == ["1"]
    assert one.refresh() is True
    assert one.refresh() is False
    assert one.tables == two.tables
    one.compact()
    put(two, "1", None)
    assert list(opened(tmp_path).tables["drafts"]) == ["2"]


def test_a_ledger_deleted_under_a_running_console_is_written_again(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    put(journal, "1", {"body": "precious"})
    (tmp_path / "journal").unlink()
    assert journal.refresh() is False
    put(journal, "2", {"body": "too"})
    assert list(opened(tmp_path).tables["drafts"]) == ["1", "2"]
    assert "gone" in journal.notices[0]


@pytest.mark.parametrize("umask", [0, 0o777])
def test_only_the_owner_can_read_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        folder = tmp_path / "a" / "b"
        path = filled(folder)
        path.write_bytes(path.read_bytes() + b"?\n")
        opened(folder).compact()
    finally:
        os.umask(before)
    assert {stat.S_IMODE(it.stat().st_mode) for it in (folder, folder.parent)} == {0o700}
    assert len(list(folder.iterdir())) == 3
    assert {stat.S_IMODE(it.stat().st_mode) for it in folder.iterdir()} == {0o600}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"mine")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "journal").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="is a link"):
        opened(tmp_path / "state")
    assert (tmp_path / "elsewhere").read_bytes() == b"mine"
