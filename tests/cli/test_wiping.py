"""`logout --wipe` takes a desk off this machine only when nobody shows it any more, and its saved files with it."""

import os
import sqlite3
from pathlib import Path

import pytest
from shell import Shell

from supportdesk.config import load
from supportdesk.desk import open_desk
from supportdesk.desk.saving import _folder
from supportdesk.errors import StoreError
from supportdesk.secrets import Secrets
from supportdesk.store.cache import Cache
from supportdesk.store.locks import Presence


def saved_file(shell: Shell, desk: str) -> Path:
    """A file where a console saves those of a desk."""
    opened = open_desk(load(None, os.environ), Secrets({}, {}), undo_s=0.0)
    folder = _folder(opened.work, desk)
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "invoice.pdf").write_bytes(b"a customer's invoice")
    opened.work.close()
    return folder / "invoice.pdf"


def test_a_console_that_only_reads_is_left_before_its_desk_is_wiped(shell: Shell) -> None:
    console = open_desk(load(None, os.environ), Secrets({}, {}), undo_s=8.0, read_only=True)
    code, answer = shell.json("logout", "wren", "--wipe")
    assert (code, answer["error"]["code"]) == (5, "held")
    assert "--read-only" in answer["error"]["message"]
    assert shell.json("list", "--desk", "wren")[1]["tickets"]
    console.work.close()
    assert shell.json("logout", "wren", "--wipe")[0] == 0


def test_words_that_were_in_an_editor_go_with_the_desk(shell: Shell) -> None:
    home = load(None, os.environ).home
    left = [home / "writing-1-x.txt", home / ".writing-1-x.txt.swp"]
    for path in left:
        path.write_text("words for a customer")
    assert shell.json("logout", "wren", "--wipe")[0] == 0
    assert not any(path.exists() for path in left)


def test_nothing_starts_while_a_desk_is_taken_away(tmp_path: Path) -> None:
    wiper = Presence(tmp_path)
    wiper.enter()
    assert wiper.alone()
    with pytest.raises(StoreError, match="taking a desk off"):
        Presence(tmp_path).enter(0.02)
    wiper.close()
    Presence(tmp_path).enter()


def test_a_cache_that_another_program_reads_is_not_called_wiped(tmp_path: Path) -> None:
    cache = Cache.open(tmp_path / "cache.sqlite3")
    cache.set_meta("synced:wren", "words of a customer")
    reader = sqlite3.connect(tmp_path / "cache.sqlite3")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM tickets").fetchone()
    cache._connection.execute("PRAGMA busy_timeout = 20")
    with pytest.raises(StoreError, match="still on disk"):
        cache.wipe("wren")
    reader.close()
    cache.wipe("wren")
    cache.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"words of a customer" not in left


def test_which_tickets_a_reading_has_named_goes_with_the_desk(tmp_path: Path) -> None:
    cache = Cache.open(tmp_path / "cache.sqlite3")
    of_it, of_another = ("named:wren:0", "named:wren:12", "more:wren/360001", "reading:wren"), ("named:wrenfield:0",)
    for key in (*of_it, *of_another):
        cache.set_meta(key, "4711 4712")
    cache.wipe("wren")
    assert [key for key in (*of_it, *of_another) if cache.meta(key)] == [*of_another]
    cache.close()


def test_files_saved_from_the_desk_are_wiped_and_those_of_another_desk_stay(shell: Shell) -> None:
    ours, other = saved_file(shell, "wren"), saved_file(shell, "app")
    code, answer = shell.json("logout", "wren", "--wipe")
    assert (code, answer["wiped_files"]) == (0, 1)
    assert not ours.parent.exists()
    assert other.exists()


@pytest.mark.parametrize("link", ["downloads", "downloads/wren"])
def test_a_folder_outside_of_ours_is_never_touched(shell: Shell, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    (outside / "wren").mkdir(parents=True)
    (outside / "wren" / "thesis.txt").write_text("not ours")
    here = shell.home / "state" / link
    here.parent.mkdir(exist_ok=True)
    here.symlink_to(outside if link == "downloads" else outside / "wren")
    code, answer = shell.json("logout", "wren", "--wipe")
    assert (code, answer["wiped_files"]) == (0, 0)
    assert (outside / "wren" / "thesis.txt").read_text() == "not ours"
