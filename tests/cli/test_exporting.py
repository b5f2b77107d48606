"""Moving a ledger and leaving nothing behind, as commands."""

import os
import stat

import pytest
from shell import Shell

from supportdesk.errors import StoreError
from supportdesk.store.files import Files
from supportdesk.ui import lastframe


def words_left(shell: Shell, *words: str) -> list[str]:
    """The files of the home that still hold one of these words."""
    files = [path for path in (shell.home / "state").rglob("*") if path.is_file()]
    return [f"{path.name}: {word}" for path in files for word in words if word.encode() in path.read_bytes()]


def test_an_export_is_private_new_and_comes_in_once(shell: Shell, new_shell: Shell) -> None:
    ref, path = shell.flagged(), shell.home / "ledger.jsonl"
    assert shell.json("verdict", ref, "confirm", "--why", "seen")[0] == 0
    assert shell("reply", ref, "--text", "Later.", "--later")[0] == 0
    code, made = shell.json("export", str(path))
    assert (code, made["unsent"]) == (0, 1)
    assert "stay here" in shell.errors
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"Later." not in path.read_bytes()
    code, answer = shell.json("export", str(path))
    assert (code, answer["error"]["code"]) == (2, "usage")
    code, taken = shell.json("import", str(path))
    assert (code, taken["imported"], taken["known"]) == (0, {}, made["records"])


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b'{"supportdesk":"ledger","schema":7,"records":0}\n'])
def test_an_import_that_makes_no_sense_is_exit_2(shell: Shell, content: bytes) -> None:
    path = shell.home / "x.jsonl"
    path.write_bytes(content)
    code, answer = shell.json("import", str(path))
    assert (code, answer["error"]["code"]) == (2, "usage")
    assert shell.json("import", str(shell.home / "missing"))[0] == 2
    assert shell.json("import", str(path), "--read-only")[0] == 3


def test_an_export_goes_through_no_link_and_nowhere_that_is_not(shell: Shell) -> None:
    link = shell.home / "link"
    link.symlink_to(shell.home / "target")
    assert shell.json("export", str(link))[0] == 2
    assert not (shell.home / "target").exists()
    assert shell.json("export", str(shell.home / "none" / "x"))[0] == 1


def test_a_wipe_leaves_no_byte_of_the_desk(shell: Shell) -> None:
    ref = shell.flagged()
    state = shell.home / "state"
    shell("list")  # opens the cache
    subject = shell.json("show", ref)[1]["ticket"]["subject"]
    (state / lastframe.NAME).write_text(f"wren {subject}")
    assert shell("reply", ref, "--text", "Canary words for a customer.", "--later")[0] == 0
    code, answer = shell.json("logout", "wren", "--wipe")
    assert (code, answer["error"]["code"]) == (5, "held")
    assert f"reply on {ref} (queued)" in answer["error"]["message"]
    assert words_left(shell, "Canary words", subject)
    code, answer = shell.json("logout", "wren", "--wipe", "--yes")
    assert code == 0
    assert answer["wiped"] > 20
    assert words_left(shell, "Canary words", subject) == []
    assert shell.json("list", "--desk", "wren")[1]["tickets"] == []
    assert shell.json("list", "--desk", "app")[1]["tickets"]
    assert shell.json("outbox")[1]["outgoing"] == []
    assert not (state / lastframe.NAME).exists()
    assert shell("sync", "--quiet")[0] == 0
    assert shell.json("list", "--desk", "wren")[1]["tickets"]


def test_a_wipe_keeps_verdicts_and_links(shell: Shell) -> None:
    ref = shell.flagged()
    assert shell.json("verdict", ref, "confirm")[0] == 0
    assert shell.json("outbox", "drain")[1]["outgoing"] == []
    assert shell("logout", "wren", "--wipe")[0] == 0
    assert shell("sync", "--quiet")[0] == 0
    assert shell.json("show", ref)[1]["ticket"]["verdict"]["decision"] == "confirmed"


def test_a_ledger_of_a_newer_version_is_read_and_a_write_is_exit_1(shell: Shell) -> None:
    ref, journal = shell.flagged(), shell.home / "state" / "journal"
    assert shell("reply", ref, "--text", "Later.", "--later")[0] == 0
    first, _, rest = journal.read_bytes().partition(b"\n")
    payload = first.split(b" ", 2)[2].replace(b'"schema":1', b'"schema":2')
    from zlib import crc32

    journal.write_bytes(b"%08x %d %s\n" % (crc32(payload), len(payload), payload) + rest)
    content = journal.read_bytes()
    code, answer = shell.json("outbox")
    assert (code, [each["state"] for each in answer["outgoing"]]) == (0, ["queued"])
    assert "newer supportdesk (schema 2; this one knows 1)" in shell.errors
    for command in (
        ("reply", ref, "--text", "x"),
        ("verdict", ref, "confirm"),
        ("outbox", "drop", answer["outgoing"][0]["op"]),
    ):
        code, failed = shell.json(*command)
        assert (code, failed["error"]["code"]) == (1, "store")
    code, left = shell.json("outbox", "drain")
    assert (code, [each["state"] for each in left["outgoing"]]) == (0, ["queued"])
    assert journal.read_bytes() == content


class Full(Files):
    def sync(self, fd: int) -> None:
        raise OSError(28, os.strerror(28))


def test_an_export_that_does_not_fit_leaves_nothing(tmp_path) -> None:
    from supportdesk.cli.exporting import write_new

    with pytest.raises(StoreError, match="disk is full"):
        write_new(tmp_path / "x", b"content", Full())
    assert list(tmp_path.iterdir()) == []
