"""`supportdesk scan` on what helpdesks and mail programs export."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

from supportdesk.cli.scan import run
from supportdesk.errors import UsageError

ASKED = "The export crashes since the update."
WAY_ROUND = "It's a known bug. As a workaround, clear your cache until the fix is out."
TICKET: dict[str, Any] = {
    "id": 12,
    "subject": "Export",
    "requester_id": 5,
    "comments": [{"id": 1, "author_id": 5, "body": ASKED}, {"id": 2, "author_id": 9, "body": WAY_ROUND}],
}


def letter(name: str, sender: str, body: str, to: str = "") -> bytes:
    reply = f"In-Reply-To: <{to}>\nSubject: Re: Export\n" if to else "Subject: Export\n"
    head = f"From {sender} Mon Oct  5 09:12:31 2026\nFrom: {sender}\nMessage-ID: <{name}>\n{reply}"
    return f"{head}Content-Type: text/html\n\n<p>{body}</p>\n\n".encode()


MAIL = letter("q", "ann@roof.example", ASKED) + letter("a", "ben@acme.example", WAY_ROUND, to="q")


def rows(path: Path, capsys: pytest.CaptureFixture[str], ours: Sequence[str] = (), code: int = 0) -> list[Any]:
    assert run(str(path), as_json=True, every=True, quiet=False, ours=ours) == code
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def stored(folder: Path, content: bytes) -> Path:
    path = folder / "export"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("value", [TICKET, {"tickets": [TICKET], "count": 1}, [TICKET]], ids=["line", "page", "array"])
def test_zendesk_s_json_gives_the_same_row_in_every_layout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], value: Any, indent: int | None, packed: bool
) -> None:
    content = json.dumps(value, indent=indent).encode()
    (row,) = rows(stored(tmp_path, gzip.compress(content) if packed else content), capsys)
    assert (row["id"], [one["comment_id"] for one in row["answers"]]) == (12, ["2"])
    assert row["findings"][0]["band"] == "likely"


@pytest.mark.parametrize("packed", [False, True])
def test_an_mbox_names_who_it_takes_for_support(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], packed: bool
) -> None:
    path = stored(tmp_path, gzip.compress(MAIL) if packed else MAIL)
    assert run(str(path), as_json=True, every=False, quiet=False) == 0
    shown, messages = capsys.readouterr()
    row = json.loads(shown)
    assert (row["id"], row["findings"][0]["comment_id"]) == ("q", "a")
    assert "acme.example is taken to be support" in messages
    assert "--ours" in messages


@pytest.mark.parametrize("ours", ["ben@acme.example", "@ACME.example", "acme.example"])
def test_who_is_support_can_be_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], ours: str) -> None:
    path = stored(tmp_path, MAIL)
    assert run(str(path), as_json=True, every=False, quiet=False, ours=[ours]) == 0
    assert capsys.readouterr().err == ""
    (row,) = rows(path, capsys, [ours, "roof.example"])
    assert [one["comment_id"] for one in row["answers"]] == ["q", "a"]


def test_an_mbox_in_which_nobody_answers_asks_who_is_support(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        run(str(stored(tmp_path, letter("q", "ann@roof.example", ASKED))), as_json=True, every=False, quiet=True)
    assert "--ours" in caught.value.hint


def test_evidence_in_html_is_where_it_stands_in_the_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = f"<div>Hello,<br><br>{WAY_ROUND.replace('bug', '<b>bug</b>')}</div>"
    ticket = {"id": 1, "comments": [{"id": "a", "role": "agent", "body": body}]}
    (row,) = rows(stored(tmp_path, json.dumps(ticket).encode()), capsys)
    text = f"Hello,\n\n{WAY_ROUND}"
    evidence = row["findings"][0]["evidence"]
    assert evidence
    assert all(text[one["start"] : one["end"]] == one["text"] for one in evidence)


@pytest.mark.parametrize(
    "body", ["", "Thanks", "x" * 1_000_000, "<p>" * 300_000, "a b " * 250_000, "\n> " * 300_000], ids=range(6)
)
def test_no_answer_is_too_short_or_too_long(tmp_path: Path, capsys: pytest.CaptureFixture[str], body: str) -> None:
    ticket = {"id": 1, "comments": [{"id": "a", "role": "agent", "body": body}]}
    (row,) = rows(stored(tmp_path, json.dumps(ticket).encode()), capsys)
    assert row["findings"] == []
    assert 0 < row["answers"][0]["p"] < 1
    assert run(str(tmp_path / "export"), as_json=False, every=False, quiet=False) == 0


def test_a_bad_entry_is_named_and_the_rest_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = stored(tmp_path, json.dumps({"tickets": [TICKET, {"id": 3}, {**TICKET, "id": 4}]}, indent=1).encode())
    assert run(str(path), as_json=True, every=False, quiet=False) == 8
    shown, messages = capsys.readouterr()
    assert [json.loads(row)["id"] for row in shown.splitlines()] == [12, 4]
    assert "entry 2: This ticket has no list of comments." in messages


def scanned(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(str(path), as_json=False, every=False, quiet=False) == 0
    return capsys.readouterr().out


def test_people_are_told_of_problems_with_their_tickets_and_customers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = (
        WAY_ROUND,
        f"Hello Ann, {WAY_ROUND}",
        "Known bug, sorry. Until the fix is out: clear your cache as a workaround.",
    )
    other = "It's a known bug. As a workaround, open the invoice in another browser until the fix is out."
    tickets = [
        {**TICKET, "id": at, "requester_id": 5 + at % 2, "comments": [{"id": 1, "author_id": 9, "body": body}]}
        for at, body in enumerate((*said, other))
    ]
    shown = scanned(stored(tmp_path, "\n".join(map(json.dumps, tickets)).encode()), capsys)
    assert "Top problems, 1 of 1" in shown
    assert "3 tickets of 2 customers, for example " in shown
    assert TICKET["subject"] in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert "Single answers, 1 of 1" in shown
    assert 'calls it a known bug ("known bug")' in shown


def test_an_export_without_answers_asks_for_comments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ticket = {"id": 1, "requester_id": 5, "description": ASKED}
    assert "were its comments exported too?" in scanned(stored(tmp_path, json.dumps(ticket).encode()), capsys)


SCRIPT = "import sys; from supportdesk.__main__ import main; sys.argv[1:] = ['scan', '-', '--json']; main()"


@pytest.mark.parametrize("content", [MAIL, gzip.compress(MAIL), json.dumps([TICKET], indent=1).encode()], ids=range(3))
def test_every_layout_is_read_from_a_pipe(content: bytes) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], input=content, capture_output=True, timeout=60)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1), done.stderr


def test_a_reader_that_goes_away_is_no_bad_file(tmp_path: Path) -> None:
    lines = (json.dumps(TICKET) + "\n").encode() * 2_000
    command = f'{sys.executable} -c "{SCRIPT}" < {stored(tmp_path, lines)} | head -1'
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_ctrl_c_ends_every_process_of_a_scan_at_once_and_in_silence(tmp_path: Path) -> None:
    export = stored(tmp_path, (json.dumps(TICKET) + "\n").encode() * 20_000)
    command = [sys.executable, "-c", SCRIPT]
    with (
        export.open("rb") as source,
        subprocess.Popen(command, stdin=source, stdout=PIPE, stderr=PIPE, start_new_session=True) as scan,
    ):
        assert scan.stdout
        scan.stdout.readline()  # all of them are at work
        os.killpg(scan.pid, signal.SIGINT)
        _, said = scan.communicate(timeout=60)
    assert (scan.returncode, said) == (130, b"")
