"""A33 and A34, as commands meet them: a damaged ledger, a full disk and one that may not be written."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from shell import Shell


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """The folder on a disk of its own, just big enough for what is in it."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    moved = folder.with_name("moved")
    folder.rename(moved)
    folder.mkdir(mode=0o700)
    size = sum(path.stat().st_size for path in moved.rglob("*")) + (1 << 20)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", str(folder)], capture_output=True
    )
    if done.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        shutil.copytree(moved, folder, dirs_exist_ok=True)
        folder.chmod(0o700)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take what room there is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as stream:
        try:
            while stream.write(b"x" * 4096):
                pass
        except OSError:
            return filler


def flipped(content: bytes) -> bytes:
    at = content.index(b"First words")
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("spoil", "left", "copies", "says"),
    [
        (lambda it: it + b"5f3a", 2, 0, ""),
        (lambda it: it[:-7], 1, 0, ""),
        (flipped, 1, 1, "The ledger was damaged"),
        (lambda it: b"", 0, 0, "The ledger was empty"),
        (lambda it: b"\x00" * 4096, 0, 1, "The ledger was damaged"),
        (lambda it: b"garbage\n" * 100, 0, 1, "The ledger was damaged"),
    ],
)
def test_a_damaged_ledger_is_repaired_or_set_aside_and_said(shell: Shell, spoil, left, copies, says) -> None:
    """A33."""
    ref, journal = shell.flagged(), shell.home / "state" / "journal"
    for words in ("First words.", "Second words."):
        assert shell("reply", ref, "--text", words, "--later")[0] == 0
    journal.write_bytes(spoil(journal.read_bytes()))
    code, answer = shell.json("outbox")
    assert (code, len(answer["outgoing"])) == (0, left)
    assert says in shell.errors
    assert len(list(journal.parent.glob("journal.corrupt-*"))) == copies
    assert shell("reply", ref, "--text", "On it goes.", "--later")[0] == 0
    assert shell("outbox")[0] == 0
    assert shell.errors == ""


def test_a_full_disk_queues_nothing_says_so_and_keeps_what_was_there(shell: Shell) -> None:
    """A34."""
    ref = shell.flagged()
    with small_disk(shell.home / "state") as state:
        assert shell("reply", ref, "--text", "Queued before.", "--later")[0] == 0
        filler = fill(state)
        code, answer = shell.json("reply", ref, "--text", "x" * 20_000, "--later")
        assert (code, answer["error"]["code"]) == (1, "store")
        assert any(said in answer["error"]["message"] for said in ("Nothing was queued", "Not queued"))
        assert "full" in answer["error"]["hint"] + answer["error"]["message"]
        filler.unlink()
        assert [it["state"] for it in shell.json("outbox")[1]["outgoing"]] == ["queued"]
        assert shell("reply", ref, "--text", "Queued after.", "--later")[0] == 0
        assert len(shell.json("outbox")[1]["outgoing"]) == 2


def test_a_disk_that_may_not_be_written_is_a_sentence_and_loses_nothing(shell: Shell) -> None:
    """A34."""
    ref = shell.flagged()
    with small_disk(shell.home / "state") as state:
        assert shell("reply", ref, "--text", "Queued before.", "--later")[0] == 0
        subprocess.run(["mount", "-o", "remount,ro", str(state)], check=True)
        code, answer = shell.json("reply", ref, "--text", "Not this.", "--later")
        assert (code, answer["error"]["code"]) == (1, "store")
        assert "may not be written" in answer["error"]["message"]
        subprocess.run(["mount", "-o", "remount,rw", str(state)], check=True)
        assert [it["state"] for it in shell.json("outbox")[1]["outgoing"]] == ["queued"]
