"""The screen as it was left comes back before Textual does, and only where it is ours and whole."""

import json
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Mapping
from datetime import timedelta
from fcntl import ioctl
from pathlib import Path

import pytest
from drive import drive
from standin import NOW
from standin_story import story
from textual.pilot import Pilot

from supportdesk.model import Comment, Conversation, Person, Status, Ticket, TicketRef
from supportdesk.store.cache import Cache
from supportdesk.store.ledger import Ledger
from supportdesk.ui import lastframe
from supportdesk.ui.leaving import keep_frame

SIZE = (60, 10)
ROWS = [f"\x1b[1mrow {number}\x1b[0m".ljust(60) for number in range(10)]
PLACE = '{"view": "open"}'
PAINTED = "the script goes on"
SCRIPT = f"""
import os, sys
from supportdesk.ui import lastframe
shown = lastframe.paint(sys.argv[1:], os.environ)
print("heavy", sorted({{"textual", "rich", "asyncio", "supportdesk.desk"}} & set(sys.modules)))
print("{PAINTED}", shown)
lastframe.withdraw()
"""
LISTENS = """
import os, sys
from select import select
from supportdesk.ui import lastframe
lastframe.paint(sys.argv[1:], os.environ)
typed = b""
while not typed.endswith(b".") and select([0], [], [], 20)[0]:
    typed += os.read(0, 100)
lastframe.withdraw()
print("typed", typed, select([0], [], [], 0)[0])
"""


def in_terminal(
    command: list[str], environ: Mapping[str, str], size: tuple[int, int] = SIZE, keys: Mapping[str, bytes] = {}
) -> str:
    """Everything a process writes to a terminal of its own; keys are pressed once their words were seen."""
    process, terminal = pty.fork()
    if process == 0:
        ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        os.execve(command[0], command, {**environ})
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    seen, waiting, end = b"", dict(keys), time.monotonic() + 30
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                seen += os.read(terminal, 1 << 16)
            except OSError:
                break
        for words in [words for words in waiting if words.encode() in seen]:
            os.write(terminal, waiting.pop(words))
    else:
        os.kill(process, 9)
        pytest.fail(f"it did not end: {seen[-300:]!r}")
    os.waitpid(process, 0)
    os.close(terminal)
    return seen.decode(errors="replace")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text("[desks.acme]\n", encoding="utf-8")
    (tmp_path / "home").mkdir(mode=0o700)
    return tmp_path / "home"


def environ(home: Path, **more: str) -> dict[str, str]:
    config = str(home.parent / "config.toml")
    return {
        "SUPPORTDESK_HOME": str(home),
        "SUPPORTDESK_CONFIG": config,
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
        **more,
    }


def kept(home: Path, **more: str) -> Path:
    lastframe.keep(home, home.parent / "config.toml", SIZE, [PLACE, *ROWS], environ(home, **more))
    return home / lastframe.NAME


def painted(home: Path, *arguments: str, size: tuple[int, int] = SIZE, **more: str) -> bool:
    seen = in_terminal([sys.executable, "-c", SCRIPT, *arguments], environ(home, **more), size)
    assert f"{PAINTED} {'row 9' in seen}" in seen
    return "row 9" in seen


def test_the_screen_is_there_before_anything_is_imported(home: Path) -> None:
    frame = kept(home)
    assert frame.stat().st_mode & 0o777 == 0o600
    seen = in_terminal([sys.executable, "-c", SCRIPT], environ(home))
    assert seen.index("row 9") < seen.index("heavy []")
    assert seen.endswith("\x1b[?1049l"), "where no console comes the terminal is given back"


def test_a_frame_of_another_size_version_colour_or_configuration_is_not_shown(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(home)
    assert painted(home)
    assert not painted(home, size=(61, 10))
    assert not painted(home, NO_COLOR="1")
    assert not painted(home, "list")
    monkeypatch.setattr(lastframe, "__version__", "0.0.9")
    kept(home)
    assert not painted(home)
    monkeypatch.undo()
    kept(home)
    (home.parent / "config.toml").write_text('theme = "harbor-light"\n', encoding="utf-8")
    assert not painted(home)


def test_a_frame_in_the_colours_of_another_theme_is_not_shown(home: Path) -> None:
    themes = home.parent / "themes"
    kept(home)
    themes.mkdir()
    assert painted(home)
    (themes / "mine.toml").write_text('name = "mine"\nprimary = "#112233"\n', encoding="utf-8")
    assert not painted(home)
    kept(home)
    assert painted(home)
    (themes / "mine.toml").write_text('name = "mine"\nprimary = "#332211"\n', encoding="utf-8")
    assert not painted(home)


def test_no_frame_is_shown_where_the_console_will_not_be_able_to_write(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither on a disk that is full nor in a folder that is closed: it would be gone for a sentence at once."""
    kept(home)
    full, closed = "os.statvfs = lambda path: type('', (), {'f_bavail': 0})", "os.access = lambda path, mode: False"
    for cause in (full, closed):
        monkeypatch.setattr(f"{__name__}.SCRIPT", SCRIPT.replace("shown =", f"{cause}\nshown =", 1))
        assert not painted(home)
    monkeypatch.undo()
    assert painted(home)


def test_an_empty_folder_in_the_place_of_the_frame_gives_way(home: Path) -> None:
    (home / lastframe.NAME).mkdir()
    kept(home)
    assert painted(home)


@pytest.mark.parametrize(
    "damage",
    [
        lambda frame: frame.write_bytes(b""),
        lambda frame: frame.write_bytes(frame.read_bytes()[:-3]),
        lambda frame: frame.write_bytes(frame.read_bytes().replace(b"row 9", b"\x1b]0;x")),
        lambda frame: frame.write_bytes(b"\xff" * 200),
        lambda frame: frame.chmod(0o644),
        lambda frame: (frame.rename(frame.with_name("real")), frame.symlink_to(frame.with_name("real"))),
        lambda frame: (frame.unlink(), frame.mkdir()),
        lambda frame: (frame.unlink(), os.mkfifo(frame, 0o600)),
        lambda frame: frame.unlink(),
    ],
    ids=["empty", "torn", "changed", "garbage", "readable by others", "link", "folder", "pipe", "missing"],
)
def test_a_frame_that_is_not_ours_and_whole_is_passed_over(home: Path, damage: object) -> None:
    damage(kept(home))  # type: ignore[operator]
    assert not painted(home)


def test_a_configuration_that_is_a_pipe_is_left_for_the_console_to_read(home: Path) -> None:
    kept(home)
    config = home.parent / "config.toml"
    config.unlink()
    os.mkfifo(config, 0o600)
    assert not painted(home)
    lastframe.keep(home, config, SIZE, [PLACE, *ROWS], environ(home))


def test_a_configuration_below_nobodys_home_is_no_crash(home: Path) -> None:
    assert not painted(home, "--config", "~nobody-of-this-name/config.toml")


def test_a_row_that_a_terminal_would_obey_is_not_kept(home: Path) -> None:
    rows = [*ROWS[:-1], "\x1b]52;c;Y3Vy\x07"]
    lastframe.keep(home, home.parent / "config.toml", SIZE, [PLACE, *rows], environ(home))
    assert list(home.iterdir()) == []


def test_keys_typed_over_the_frame_act_on_the_console(home: Path) -> None:
    """The first session leaves a frame; the second is typed at before its console is there."""
    (home.parent / "config.toml").write_text(
        '[desks.acme]\nprovider = "rt"\nurl = "http://127.0.0.1:9"\nqueue = "General"\n', encoding="utf-8"
    )
    start = [sys.executable, "-m", "supportdesk"]
    given = environ(home, SUPPORTDESK_TOKEN_ACME="canary-of-a-token", COLORTERM="truecolor", PATH=os.environ["PATH"])
    first = in_terminal(start, given, (100, 30), {"offline": b"\x11"})
    assert "as you left it" not in first
    assert (home / lastframe.NAME).exists()
    second = in_terminal(start, given, (100, 30), {"as you left it": b"?", "Keys that act here": b"\x11"})
    before, _, after = second.partition("\x1b[?1003h")
    assert "as you left it" in before
    assert second.count("\x1b[?1049h") == 1, "some terminals clear the screen when they are sent there again"
    assert "\x1b[?7h\x1b[?1000h" in before, "what is typed early is not echoed over the frame"
    assert "Keys that act here" in after


def test_a_key_typed_over_the_frame_acts_on_the_ticket_that_it_shows(home: Path) -> None:
    (home.parent / "config.toml").write_text(
        '[desks.acme]\nprovider = "zendesk"\nurl = "http://127.0.0.1:9"\n', encoding="utf-8"
    )
    cache, who = Cache.open(home / "cache.sqlite3"), Person(name="Ngozi")
    for number in range(9):
        ref, at = TicketRef("acme", str(number)), NOW - timedelta(hours=number)
        opening = Comment(id=f"{number}", author=who, public=True, created_at=at, body="Trays vanish.")
        new = Ticket(
            ref=ref, subject="Printer", status=Status.OPEN, requester=who, created_at=at, updated_at=at, stamp="1"
        )
        cache.put_conversation(Conversation(ticket=new, comments=(opening,)))
    cache.set_meta("desks", json.dumps({"acme": "zendesk|http://127.0.0.1:9||"}))
    cache.close()
    start = [sys.executable, "-m", "supportdesk"]
    given = environ(home, SUPPORTDESK_TOKEN_ACME="canary-of-a-token", COLORTERM="truecolor", PATH=os.environ["PATH"])
    in_terminal(start, given, (100, 30), {"offline": b"jjj\r\x11"})
    in_terminal(start, given, (100, 30), {"as you left it": b"e", "Solved": b"\x11"})
    ledger = Ledger.open(home, now=lambda: NOW)
    assert [entry.ref for entry in ledger.all_outgoing()] == [TicketRef("acme", "3")]
    ledger.close()


def test_every_key_typed_over_the_frame_arrives_as_it_was_pressed(home: Path) -> None:
    """Enter is no newline, ctrl+q and ctrl+s hold nothing, ctrl+z and ctrl+\\ leave no terminal in disorder."""
    kept(home)
    keys = b"\r\n\x11\x13\x16\x1a\x1c."
    seen = in_terminal([sys.executable, "-c", LISTENS], environ(home), keys={"row 9": keys})
    assert f"typed {keys!r} []" in seen


def test_what_was_typed_for_a_console_that_does_not_come_is_nothing_for_the_shell(home: Path) -> None:
    kept(home)
    left = LISTENS.replace("lastframe.withdraw()", "os.write(2, b'now'); select([0], [], []); lastframe.withdraw()")
    seen = in_terminal([sys.executable, "-c", left], environ(home), keys={"row 9": b".", "now": b"rm -r x\n"})
    assert "typed b'.' []" in seen


def test_a_session_that_took_another_theme_leaves_no_frame_to_flash(home: Path) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        config = home.parent / "config.toml"
        keep_frame(app.screen_stack[0], home, config, NOW, "harbor-dark")
        assert (home / lastframe.NAME).exists()
        app.theme = "harbor-light"
        await pilot.pause()
        keep_frame(app.screen_stack[0], home, config, NOW, "harbor-dark")
        assert not (home / lastframe.NAME).exists()

    drive(story(), steps)


def test_a_theme_from_the_palette_does_not_flash_at_the_next_start(home: Path) -> None:
    (home.parent / "config.toml").write_text(
        '[desks.acme]\nprovider = "rt"\nurl = "http://127.0.0.1:9"\nqueue = "General"\n', encoding="utf-8"
    )
    start = [sys.executable, "-m", "supportdesk"]
    given = environ(home, SUPPORTDESK_TOKEN_ACME="canary-of-a-token", COLORTERM="truecolor", PATH=os.environ["PATH"])
    chosen = {"offline": b":theme harbor-light", "Other colours": b"\r", "48;2;247;249;250": b"\x11"}
    assert "48;2;247;249;250" in in_terminal(start, given, (100, 30), chosen)
    assert not (home / lastframe.NAME).exists()
