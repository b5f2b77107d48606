"""`supportdesk scan`: files, gzip, bad lines, exit codes."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from supportdesk.cli.scan import run
from supportdesk.errors import UsageError

FLAGGED = {
    "id": 7,
    "subject": "Export fails",
    "comments": [
        {"id": "q", "role": "customer", "body": "The export crashes."},
        {
            "id": "a",
            "role": "agent",
            "body": "It's a known bug. As a workaround, clear your cache until the fix is out.",
        },
    ],
}
QUIET = {"id": "8", "comments": [{"id": "a", "role": "agent", "body": "Thank you."}]}


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def scan(path: Path, *, as_json: bool = True, every: bool = False) -> int:
    return run(str(path), as_json=as_json, every=every, quiet=False)


def test_each_ticket_gives_one_row_and_nothing_else_goes_to_stdout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = tmp_path / "export.jsonl"
    export.write_bytes(b"\xef\xbb\xbf" + lines(FLAGGED, QUIET) + b"\n")
    assert scan(export) == 0
    shown, messages = capsys.readouterr()
    rows = [json.loads(row) for row in shown.splitlines()]
    assert [(row["id"], len(row["findings"])) for row in rows] == [(7, 1), ("8", 0)]
    assert "answers" not in rows[0]
    assert messages == ""


def test_all_scores_every_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "export.jsonl"
    export.write_bytes(lines(QUIET))
    scan(export, every=True)
    (answer,) = json.loads(capsys.readouterr().out)["answers"]
    assert answer["band"] == "weak"


def test_gzip_is_told_by_its_bytes_not_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "export.jsonl"
    export.write_bytes(gzip.compress(lines(FLAGGED)))
    assert scan(export) == 0
    assert json.loads(capsys.readouterr().out)["id"] == 7


def test_bad_lines_are_named_by_number_and_the_rest_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "export.jsonl"
    export.write_bytes(b"{\n\n" + lines(FLAGGED) + b"\xff\n" + lines([]))
    assert scan(export) == 8
    shown, messages = capsys.readouterr()
    assert len(shown.splitlines()) == 1
    assert [message.split(":")[1].strip() for message in messages.splitlines()] == ["line 1", "line 4", "line 5"]


def test_a_gzip_that_breaks_off_gives_what_was_read_and_exit_8(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = tmp_path / "export.jsonl.gz"
    export.write_bytes(gzip.compress(lines(FLAGGED) * 3, 0)[:-12])
    assert scan(export) == 8
    shown, messages = capsys.readouterr()
    assert len(shown.splitlines()) >= 2
    assert "cannot be read on" in messages


def test_what_cannot_be_opened_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        scan(tmp_path / "missing.jsonl")
    assert caught.value.exit_code == 2
    assert "cannot be read" in caught.value.message


def test_people_get_counts_and_the_words_that_convinced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "export.jsonl"
    export.write_bytes(lines(FLAGGED, QUIET))
    assert scan(export, as_json=False) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("2 answers by the support side in 2 tickets\n        1 likely    workarounds\n")
    assert 'calls it a workaround ("workaround")' in shown


def test_people_are_told_how_many_answers_were_not_read_to_their_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = tmp_path / "export.jsonl"
    long = {"id": "9", "comments": [{"id": "a", "role": "agent", "body": "And so on. " * 1_000}]}
    export.write_bytes(lines(long, QUIET))
    scan(export, as_json=False)
    assert "\n        1 read only up to 8,000 characters\n" in capsys.readouterr().out


def test_the_summary_shows_strangers_words_inert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "export.jsonl"
    answer = {"id": "\x1b[2J", "role": "agent", "body": "Known bug. As a workaround, use \x1b]0;x\x07 instead for now."}
    export.write_bytes(lines({"id": "\x1b[31m1", "comments": [answer]}))
    scan(export, as_json=False)
    assert "\x1b" not in capsys.readouterr().out


def test_standard_input_is_read_as_it_comes() -> None:
    script = (
        "import sys; from supportdesk.cli.scan import run; sys.exit(run('-', as_json=True, every=False, quiet=True))"
    )
    done = subprocess.run([sys.executable, "-c", script], input=lines(FLAGGED), capture_output=True, timeout=60)
    assert (done.returncode, json.loads(done.stdout)["id"]) == (0, 7)
