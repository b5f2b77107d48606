"""Keys typed in the same instant as the key that opens the composer land in it, in a real terminal."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = """
import asyncio, sys
sys.path.insert(0, {here!r})
from drive import console
from standin_story import story
desk = story()
desk.off["reply"] = ""
asyncio.run(console(desk).run_async())
print("LEFT", sorted(desk.drafts.items(), key=str), desk.entries)
"""

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """A tmux of its own."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket

    def __call__(self, *words: str) -> str:
        command = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *words]
        ours = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        environment = {**ours, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=20).stdout

    def wait_for(self, words: str) -> str:
        for _ in range(150):
            screen = self("capture-pane", "-p", "-t", "desk")
            if words in screen:
                return screen
            time.sleep(0.1)
        raise AssertionError(f"{words!r} never came; the screen is\n{screen}")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    tmux = Terminal(tmp_path / "socket")
    program = tmp_path / "run.py"
    program.write_text(SCRIPT.format(here=str(Path(__file__).parent)))
    tmux("new-session", "-d", "-s", "desk", "-x", "100", "-y", "30", f"{sys.executable} {program}; sleep 60")
    yield tmux
    tmux("kill-server")


def test_a_sentence_typed_right_after_r_is_all_there(terminal: Terminal) -> None:
    terminal.wait_for("13 tickets")
    time.sleep(0.5)
    terminal("send-keys", "-t", "desk", "-l", "jjrquite a bigger mess y")
    screen = terminal.wait_for("quite a bigger mess y")
    assert "PUBLIC reply" in screen
    assert "Ravi Menon" in screen
    terminal("send-keys", "-t", "desk", "C-q")
    left = terminal.wait_for("[]")
    assert "'quite a bigger mess y'" in left.replace("\n", "")
    assert left.replace("\n", "").rstrip().endswith("[]")
