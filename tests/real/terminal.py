"""A real terminal to press keys in: tmux on a socket of its own."""

import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import pytest

LIMIT_S = 20.0


class Terminal:
    """A tmux pane that runs one command; it is polled, never slept for."""

    def __init__(
        self,
        *command: str,
        columns: int = 120,
        lines: int = 40,
        environ: dict[str, str] | None = None,
        status: Path | None = None,
    ) -> None:
        """Run a command; its exit status goes into a file where one is given, since tmux does not always know it."""
        if shutil.which("tmux") is None:
            pytest.skip("tmux is not installed (apt-get install tmux)")
        self._folder = Path(mkdtemp(prefix="supportdesk-tmux-"))
        given = [f"{name}={value}" for name, value in {"COLORTERM": "truecolor", **(environ or {})}.items()]
        self._tmux("new-session", "-d", "-s", "t", "-x", str(columns), "-y", str(lines), "sleep 600")
        for option in (
            ("default-terminal", "tmux-256color"),
            ("window-size", "manual"),
            ("remain-on-exit", "on"),
            ("set-clipboard", "on"),
        ):
            self._tmux("set", "-g", *option)
        self._tmux("set", "-sg", "escape-time", "10")
        self.resize(columns, lines)
        clear = ("-u", "COLUMNS", "-u", "LINES")  # pytest sets them, and they would hide the pane's real size
        kept = ("sh", "-c", '"$@"; echo $? > "$0"', str(status)) if status else ()
        ours = ("env", *clear, *given, sys.executable, "-m", "supportdesk", *command)
        self._tmux("respawn-pane", "-k", "-t", "t", *kept, *ours)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self._folder / "s"), "-f", "/dev/null", *arguments], capture_output=True, text=True
        )
        return done.stdout

    def keys(self, *keys: str) -> None:
        self._tmux("send-keys", "-t", "t", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-t", "t", "-l", text)

    def resize(self, columns: int, lines: int) -> None:
        self._tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(lines))

    @property
    def screen(self) -> str:
        return self._tmux("capture-pane", "-p", "-t", "t")

    @property
    def title(self) -> str:
        return self._tmux("display-message", "-p", "-t", "t", "#{pane_title}").strip()

    @property
    def buffers(self) -> str:
        return self._tmux("list-buffers")

    @property
    def ended(self) -> bool:
        return self._tmux("display-message", "-p", "-t", "t", "#{pane_dead}").strip() == "1"

    def wait_for(self, *words: str, gone: str = "") -> str:
        until = time.monotonic() + LIMIT_S
        while time.monotonic() < until:
            shown = self.screen
            if all(word in shown for word in words) and not (gone and gone in shown):
                return shown
            time.sleep(0.05)
        raise AssertionError(f"never saw {words} (without {gone!r}) in:\n{self.screen}")

    def wait_for_the_end(self) -> None:
        until = time.monotonic() + LIMIT_S
        while not self.ended:
            assert time.monotonic() < until, self.screen
            time.sleep(0.05)

    def close(self) -> None:
        self._tmux("kill-server")
        shutil.rmtree(self._folder, ignore_errors=True)
