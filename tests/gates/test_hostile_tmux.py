"""Hostile words in tmux that may set its buffer: nothing is copied, nothing retitled, nothing answered (A1, A2)."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hostile_pty import BUILD
from hostile_service import house
from hostile_strings import words

pytestmark = pytest.mark.real
Tmux = Callable[..., str]


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed (apt-get install tmux)")

    def ask(*arguments: str) -> str:
        told = ["tmux", "-S", str(tmp_path / "s"), "-f", "/dev/null", *arguments]
        return subprocess.run(told, capture_output=True, text=True).stdout

    yield ask
    ask("kill-server")


def wait_for(tmux: Tmux, said: str) -> None:
    until = time.monotonic() + 40
    while said not in tmux("capture-pane", "-p"):
        assert time.monotonic() < until, tmux("capture-pane", "-p")
        time.sleep(0.1)


def test_a1_a2_hostile_words_touch_neither_buffer_nor_title(tmux: Tmux, tmp_path: Path) -> None:
    with house(words(200, 3), tmp_path / "home") as home:
        tmux("new-session", "-d", "-x", "160", "-y", "60", "sleep 600")
        for option in (("set-clipboard", "on"), ("allow-rename", "on"), ("allow-passthrough", "on")):
            tmux("set", "-g", *option)
        tmux("set", "-s", "set-clipboard", "on")
        given = [f"{name}={home.environ[name]}" for name in home.environ if name.startswith(("SUPPORTDESK", "PYTHON"))]
        tmux("set", "-g", "remain-on-exit", "on")
        tmux("set", "-g", "automatic-rename", "off")
        before = tmux("display-message", "-p", "#{pane_title}")
        clear = ("env", "-u", "COLUMNS", "-u", "LINES", "COLORTERM=truecolor")
        tmux("respawn-pane", "-k", *clear, *given, sys.executable, str(BUILD), "shipped")
        wait_for(tmux, "synced just now")
        for _ in range(len(home.subjects) + 8):
            tmux("send-keys", "J")
            time.sleep(0.15)
        tmux("send-keys", "w")
        wait_for(tmux, "workaround")
        assert tmux("list-buffers") == ""
        assert tmux("display-message", "-p", "#{pane_title}") == before
        assert tmux("display-message", "-p", "#{pane_dead}").strip() == "0"
        assert not any(request.writes for request in home.desk.requests)
