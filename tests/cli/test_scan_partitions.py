"""Scans of what clusters write, and of what breaks on the way: each partition by itself, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

from supportdesk.cli import scan_work
from supportdesk.cli.scan import run
from supportdesk.errors import UsageError
from supportdesk.insight.scan import read_row

SCAN = "import sys; from supportdesk.__main__ import main; sys.argv[0] = 'supportdesk'; main()"
ENDS_WITHIN_S = 30.0


def rows(first: int, count: int) -> list[dict[str, object]]:
    said = "It's a known bug. As a workaround, clear your cache until the fix is out."
    return [
        {"id": str(first + at), "subject": "Fails", "comments": [{"id": "a", "role": "agent", "body": said}]}
        for at in range(count)
    ]


def lines(first: int, count: int) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows(first, count))


def table(path: Path, first: int, count: int) -> None:
    polars: Any = pytest.importorskip("polars", reason="needs the extra: pip install 'supportdesk[archives]'")
    path.parent.mkdir(parents=True, exist_ok=True)
    polars.DataFrame(rows(first, count)).write_parquet(path)


def ids(capsys: pytest.CaptureFixture[str], path: Path, code: int = 0) -> tuple[list[int], str]:
    assert run(str(path), as_json=True, every=False, quiet=True, jobs=1) == code
    shown = capsys.readouterr()
    return [int(json.loads(row)["id"]) for row in shown.out.splitlines()], shown.err


def test_a_partition_that_cannot_be_read_is_named_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        table(tmp_path / f"{number}.parquet", 10 * number, 10)
    broken, empty = tmp_path / "1.parquet", tmp_path / "0-nothing.parquet"
    broken.write_bytes(broken.read_bytes()[:-30])
    empty.touch()
    (tmp_path / "3.jsonl").symlink_to(tmp_path / "gone")
    (tmp_path / "4.jsonl").write_bytes((tmp_path / "2.parquet").read_bytes())
    (tmp_path / "5.jsonl").write_bytes(lines(50, 1))
    found, said = ids(capsys, tmp_path, 8)
    assert found == [*range(10), *range(20, 30), 50]
    assert [line.partition(":")[2].partition(":")[0] for line in said.splitlines()] == [
        f" {empty}",
        f" {broken}",
        f" {tmp_path / '3.jsonl'}",
        f" {tmp_path / '4.jsonl'}",
    ]


def test_what_a_cluster_has_not_finished_is_no_partition_and_none_counts_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table(tmp_path / "archive.parquet" / "p0.parquet", 0, 5)
    table(tmp_path / "archive.parquet" / "_temporary" / "0" / "p1.parquet", 5, 5)
    (tmp_path / "archive.parquet" / "._p0.parquet").write_bytes(b"\0")
    (tmp_path / "archive.parquet" / "day=1.jsonl").mkdir()
    (tmp_path / "archive.parquet" / "day=1.jsonl" / "part.jsonl").write_bytes(lines(10, 2))
    for given in (tmp_path, tmp_path / "archive.parquet"):
        assert sorted(ids(capsys, given)[0]) == [0, 1, 2, 3, 4, 10, 11]


def test_a_name_is_no_pattern(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table(tmp_path / "a[12].parquet", 0, 3)
    table(tmp_path / "a1.parquet", 10, 3)
    assert ids(capsys, tmp_path / "a[12].parquet")[0] == [0, 1, 2]


def test_a_table_without_tickets_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    polars: Any = pytest.importorskip("polars", reason="needs the extra: pip install 'supportdesk[archives]'")
    polars.DataFrame({"id": ["1", "2"], "Comments": ["a", "b"]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(UsageError, match="has no column comments"):
        ids(capsys, tmp_path / "a.parquet")
    table(tmp_path / "b.parquet", 5, 1)
    found, said = ids(capsys, tmp_path, 8)
    assert (found, len(said.splitlines())) == ([5], 1)


def test_parquet_that_comes_through_a_pipe_is_one_sentence(tmp_path: Path) -> None:
    table(tmp_path / "a.parquet", 0, 30)
    command = [sys.executable, "-c", SCAN, "scan", "-"]
    done = subprocess.run(command, input=(tmp_path / "a.parquet").read_bytes(), capture_output=True, timeout=60)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert b"Give the file itself" in done.stderr


def test_large_tickets_go_on_their_way_in_small_batches() -> None:
    row = {"id": "1", "comments": [{"id": "a", "role": "customer", "body": "x" * 400_000}]}
    batches = [batch for _, batch in scan_work._batches((read_row(row) for _ in range(23)), lambda: None)]
    assert [len(batch) for batch in batches] == [10, 10, 3], "a body is read up to 200,000 characters"


def processes(group: int) -> list[int]:
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            state, _parent, of = (each / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(of) == group and state != "Z":
            found.append(int(each.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads what Linux shows in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_scan_that_is_ended_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(0, 20_000))
    command = [sys.executable, "-c", SCAN, "scan", str(tmp_path / "a.jsonl"), "--json", "--jobs", "2"]
    with subprocess.Popen(command, stdout=PIPE, stderr=PIPE, start_new_session=True) as scan:
        assert scan.stdout
        scan.stdout.readline()  # all of them are at work
        assert len(processes(scan.pid)) > 2
        scan.send_signal(number)
        until = time.monotonic() + ENDS_WITHIN_S
        while (left := processes(scan.pid)) and time.monotonic() < until:
            time.sleep(0.05)
        for each in left:
            os.kill(each, signal.SIGKILL)
        assert not left


def test_a_process_of_a_scan_that_hears_ctrl_c_leaves_out_the_rest_and_is_not_ended_while_it_writes() -> None:
    wanted = scan_work.Wanted(rows=True, every=True)
    tickets = [read_row(row) for row in rows(0, 3)]
    with ProcessPoolExecutor(1, get_context("spawn"), scan_work._begin, (wanted,)) as pool:
        assert pool.submit(scan_work._score, tickets).result().rows.count("\n") == 2
        os.kill(pool.submit(os.getpid).result(), signal.SIGINT)
        assert pool.submit(scan_work._score, tickets).result().rows == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("wanted", [[], ["--json"]])
def test_a_result_that_cannot_be_written_is_a_sentence(tmp_path: Path, wanted: list[str]) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(0, 200))
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-c", SCAN, "scan", str(tmp_path / "a.jsonl"), *wanted]
        done = subprocess.run(command, stdout=full, stderr=PIPE, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        b"supportdesk: The result cannot be written: No space left on device. "
        b"Make room there, or send it elsewhere, and try again."
    ]
