"""Where a file of ours should be stands a link, a folder or a pipe: a sentence, and nothing is written through it."""

import os
from pathlib import Path

import pytest
from shell import Shell

NAMES = ("debug.log", "journal", "journal.lock", "drain.lock", "open.lock", "cache.sqlite3")
SIDES = ("cache.sqlite3-wal", "cache.sqlite3-shm", "last-frame")
PRECIOUS = b"somebody's own words\n"


def stand_in(path: Path, kind: str, outside: Path) -> None:
    """Put something else where a file of ours should be."""
    path.unlink(missing_ok=True)
    match kind:
        case "link":
            outside.write_bytes(PRECIOUS)
            path.symlink_to(outside)
        case "dangling":
            path.symlink_to(outside)
        case "folder":
            path.mkdir()
            (path / "inside").write_bytes(PRECIOUS)
        case "pipe":
            os.mkfifo(path)


@pytest.mark.parametrize("kind", ["link", "dangling", "folder", "pipe"])
@pytest.mark.parametrize("name", [*NAMES, *SIDES])
def test_what_stands_in_for_a_file_of_ours_is_named_and_left_alone(
    shell: Shell, tmp_path: Path, name: str, kind: str
) -> None:
    ref, state = shell.flagged(), shell.home / "state"
    (tmp_path / "outside").mkdir()
    outside = tmp_path / "outside" / "file"
    stand_in(state / name, kind, outside)
    for command in (("list", "--debug"), ("reply", ref, "--text", "Hello.", "--later", "--debug")):
        code, _ = shell(*command)
        assert "mistake of its own" not in shell.errors, shell.errors
        assert "Traceback" not in shell.errors
        if code:
            assert name in shell.errors
            assert code in (1, 2)
    if code == 0:  # acknowledged is on disk
        assert shell.json("outbox")[1]["outgoing"][0]["ref"] == ref
    left = {path.name: path.read_bytes() for path in (tmp_path / "outside").iterdir()}
    assert left == ({"file": PRECIOUS} if kind == "link" else {})
    if kind == "folder" and (state / name).is_dir():
        assert (state / name / "inside").read_bytes() == PRECIOUS
