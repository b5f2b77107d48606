"""A terminal of our own: a pty that answers nothing, keeps every byte the console writes, and types and clicks."""

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path

from hostile_grammar import text_of

BUILD = Path(__file__).with_name("hostile_build.py")
LIMIT_S = 40.0
QUIET_S = 0.15


def _terminal(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment for a terminal whose size counts: pytest's workers set one of their own, which would hide it."""
    ours = {name: value for name, value in environ.items() if name not in ("COLUMNS", "LINES")}
    return {**ours, "TERM": "xterm-256color", "COLORTERM": "truecolor"}


class Screen:
    """The console in a process of its own; `written` is everything it sent so far."""

    def __init__(
        self,
        build: str,
        environ: Mapping[str, str],
        *,
        columns: int,
        lines: int,
        program: Path = BUILD,
        arguments: tuple[str, ...] = (),
    ) -> None:
        self.columns, self.lines = columns, lines
        self.master, slave = pty.openpty()
        self._size(columns, lines)
        self.process = subprocess.Popen(
            [sys.executable, str(program), build, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=_terminal(environ),
            start_new_session=True,
        )
        os.close(slave)
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")  # a stray byte is foreign too
        self.written = ""

    def _size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns: int, lines: int) -> None:
        self.columns, self.lines = max(columns, self.columns), max(lines, self.lines)
        self._size(columns, lines)
        self.process.send_signal(signal.SIGWINCH)

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def read(self, wait_s: float) -> bool:
        """Take what is there within a time; whether there was anything."""
        if not select.select([self.master], [], [], wait_s)[0]:
            return False
        try:
            raw = os.read(self.master, 1 << 16)
        except OSError:  # Linux says EIO when the other side is closed
            return False
        self.written += self._decoder.decode(raw)
        return bool(raw)

    def settle(self, quiet_s: float = QUIET_S, limit_s: float = 3.0) -> None:
        """Read until nothing comes for a moment."""
        until = time.monotonic() + limit_s
        while time.monotonic() < until and self.read(quiet_s):
            pass

    def wait_for(self, said: str, since: int = 0) -> None:
        """Read until words were drawn in one go; AssertionError with what was drawn when they never are."""
        until = time.monotonic() + LIMIT_S
        while said not in self.told(since):
            assert time.monotonic() < until, f"never saw {said!r} in {self.told(since)[-3000:]}"
            if not self.read(0.1) and self.ended:
                return

    def open(self, typed: str, said: str) -> None:
        """Press a key that opens something, and wait until that is drawn."""
        self.press(typed, said)
        self.settle(0.1)

    def told(self, since: int = 0) -> str:
        """The text that was drawn, small, without what draws it."""
        return text_of(self.written[since:]).casefold()

    def keys(self, typed: str, quiet_s: float = QUIET_S) -> None:
        """Press keys and let the console come to rest."""
        self._send(typed.encode("utf-8", "replace"))
        self.settle(quiet_s)

    def press(self, typed: str, *said: str) -> None:
        """Press keys and wait for what is drawn then, and was not on its way before."""
        self.settle(0.05)
        since = len(self.written)
        self._send(typed.encode("utf-8", "replace"))
        for words in said:
            self.wait_for(words, since)
        self.settle(0.05)

    def paste(self, text: str) -> None:
        """Paste as a terminal that cleans nothing does, brackets around it."""
        self.keys(f"\x1b[200~{text}\x1b[201~")

    def click(self, column: int, line: int) -> None:
        """One press and release of the left button."""
        self._send(f"\x1b[<0;{column};{line}M\x1b[<0;{column};{line}m".encode())

    def _send(self, raw: bytes) -> None:
        while raw and not self.ended:
            try:
                raw = raw[os.write(self.master, raw[:512]) :]
            except OSError:
                return
            self.read(0)

    def finish(self, limit_s: float = 15.0) -> int | None:
        """Read to the end; the exit code, None when it had to be killed."""
        until = time.monotonic() + limit_s
        while not self.ended and time.monotonic() < until:
            self.read(0.05)
        while self.read(0.05):
            pass
        code = self.process.poll()
        if code is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.master)
        return code
