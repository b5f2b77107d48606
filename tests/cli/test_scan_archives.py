"""Scans of what is large: on many cores, from Parquet, and from folders of partitions."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from supportdesk.cli import scan_report, scan_work
from supportdesk.cli.scan import run
from supportdesk.errors import UsageError
from supportdesk.insight.exports import Entry
from supportdesk.insight.scan import read_row

MOST_GROWN_MIB = 40
WRITE = """
import secrets, sys
import polars

bodies = [secrets.token_hex(1_000) for _ in range(1_000)]
rows = [{"id": "1", "subject": "", "comments": [{"id": "a", "role": "agent", "body": body}]} for body in bodies]
polars.DataFrame(rows).write_parquet(f"{sys.argv[1]}/small.parquet")
polars.concat([polars.DataFrame(rows)] * 50).write_parquet(
    f"{sys.argv[1]}/large.parquet", row_group_size=1_000, compression="uncompressed"
)
"""
READ = """
import re, sys
from pathlib import Path
from supportdesk.cli import archive

archive.ROWS = int(sys.argv[2])
count = sum(1 for _ in archive.Archive(sys.argv[1]).tickets((), print))
status = Path("/proc/self/status").read_text()  # getrusage counts what the parent held when it forked
print(count, int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) // 1024)
"""


def ticket(number: int) -> dict[str, object]:
    said = "It's a known bug. As a workaround, clear your cache until the fix is out." if number % 7 == 0 else "Thanks!"
    return {
        "id": str(number),
        "subject": f"Export {number} fails",
        "comments": [
            {
                "id": "q",
                "role": "customer",
                "body": f"The export of sheet {number} crashes.",
                "author": f"c{number % 5}",
            },
            {"id": "a", "role": "agent", "body": said, "author": "us"},
        ],
    }


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def printed(capsys: pytest.CaptureFixture[str], path: Path, *, as_json: bool = True, jobs: int = 1) -> str:
    assert run(str(path), as_json=as_json, every=as_json, quiet=False, jobs=jobs) == 0
    return capsys.readouterr().out


def test_many_processes_print_what_one_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_work, "BATCH", 5)
    export = tmp_path / "export.jsonl"
    export.write_bytes(lines(*map(ticket, range(60))))
    for as_json in (True, False):
        alone = printed(capsys, export, as_json=as_json, jobs=1)
        assert printed(capsys, export, as_json=as_json, jobs=3) == alone
    assert "9 likely" in alone


def test_parquet_gives_what_lines_give(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    polars = pytest.importorskip("polars", reason="needs the extra: pip install 'supportdesk[archives]'")
    rows = [ticket(number) for number in range(30)]
    export, table = tmp_path / "export.jsonl", tmp_path / "table.parquet"
    export.write_bytes(lines(*rows))
    polars.DataFrame([{**row, "unknown": 1} for row in rows]).write_parquet(table, row_group_size=7)
    assert printed(capsys, table) == printed(capsys, export)
    table.write_bytes(table.read_bytes()[:-30])
    with pytest.raises(UsageError, match="cannot be read on after row 0"):
        run(str(table), as_json=True, every=False, quiet=True)


def test_the_bar_shows_what_was_scored_not_what_was_read_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_work, "BATCH", 5)
    taken = 0

    def entries() -> Iterator[Entry]:
        nonlocal taken
        for number in range(60):
            taken += 1
            yield read_row(ticket(number))

    wanted = scan_work.Wanted(rows=True, every=False)
    seen = [(done.share, taken) for done in scan_work.scored(entries(), wanted, 2, lambda: taken / 60)]
    assert [share for share, _ in seen] == [batch * 5 / 60 for batch in range(1, 13)]
    assert seen[0][1] >= 20, "what is read ahead is not scored"


def test_the_summary_of_a_long_scan_keeps_no_more_than_a_bound_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    export = tmp_path / "export.jsonl"
    export.write_bytes(lines(*map(ticket, range(0, 7 * 120, 7))))
    whole = printed(capsys, export, as_json=False)
    assert "120 tickets of 5 customers" in whole
    assert "one ticket in" not in whole
    monkeypatch.setattr(scan_work, "BATCH", 10)
    monkeypatch.setattr(scan_report, "MOST_KEPT", 40)
    short = printed(capsys, export, as_json=False)
    assert "Told from one ticket in 4, its counts too, since more than 40 answers may be workarounds:" in short
    (told,) = [line for line in short.splitlines() if " customers, for example" in line]
    assert 15 <= int(told.split()[0]) <= 45
    assert short.splitlines()[:4] == whole.splitlines()[:4], "what was met is counted exactly"


def peak_mib(table: Path, slice_rows: int) -> int:
    command = [sys.executable, "-c", READ, str(table), str(slice_rows)]
    count, peak = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout.split()
    assert int(count) == (50_000 if table.stem == "large" else 1_000)
    return int(peak)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads what Linux shows in /proc")
def test_the_memory_of_reading_parquet_does_not_grow_with_it(tmp_path: Path) -> None:
    pytest.importorskip("polars", reason="needs the extra: pip install 'supportdesk[archives]'")
    subprocess.run([sys.executable, "-c", WRITE, str(tmp_path)], check=True, timeout=120)
    small = peak_mib(tmp_path / "small.parquet", 1_000)
    assert peak_mib(tmp_path / "large.parquet", 1_000) <= small + MOST_GROWN_MIB
    assert peak_mib(tmp_path / "large.parquet", 50_000) > small + MOST_GROWN_MIB, "this test can fail"


def test_a_folder_is_read_partition_by_partition(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, day in enumerate(("day=1", "day=2")):
        (tmp_path / day).mkdir()
        packed = gzip.compress(lines(ticket(number)) + b"{\n")
        (tmp_path / day / "part.jsonl.gz").write_bytes(packed)
    (tmp_path / "notes.txt").write_text("not a partition", encoding="utf-8")
    assert run(str(tmp_path), as_json=True, every=False, quiet=False) == 8
    shown = capsys.readouterr()
    assert [json.loads(row)["id"] for row in shown.out.splitlines()] == ["0", "1"]
    assert shown.err.count("part.jsonl.gz line 2: This line is not JSON") == 2


def test_a_folder_without_partitions_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no \.parquet"):
        run(str(tmp_path), as_json=True, every=False, quiet=True)
