"""A console that is ended while it starts gives the terminal back and leaves no crash behind."""

import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path
from select import select

import pytest

LIMIT_S = 40.0
CONFIG = '[desks.acme]\nprovider = "rt"\nurl = "http://127.0.0.1:9"\nqueue = "General"\n'


INTERRUPTED = """
import os, runpy, signal, sys

class Now:
    def find_spec(self, name, path, target=None):
        if name == "supportdesk.ui.lastframe":
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # who was started in the background ignores it
sys.meta_path.insert(0, Now())
runpy.run_module("supportdesk", run_name="__main__")
"""


def ended(folder: Path, seen: bytes, number: signal.Signals) -> tuple[int, bytes]:
    """Start a console and end it once its terminal has seen these bytes; its exit code, and all that was seen."""
    process, terminal = pty.fork()
    if process == 0:
        ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        given = {"SUPPORTDESK_HOME": str(folder / "home"), "SUPPORTDESK_CONFIG": str(folder / "config.toml")}
        given |= {"SUPPORTDESK_TOKEN_ACME": "a-token-of-a-test", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        os.execve(sys.executable, [sys.executable, "-m", "supportdesk"], {**given, "PATH": os.environ["PATH"]})
    told, until, asked = b"", time.monotonic() + LIMIT_S, False
    while time.monotonic() < until:
        if select([terminal], [], [], 0.05)[0]:
            try:
                told += os.read(terminal, 1 << 16)
            except OSError:
                break
        if not asked and seen in told:
            os.kill(process, number)
            asked = True
    else:
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_console_starts_ends_it_and_gives_the_terminal_back(
    tmp_path: Path, number: signal.Signals
) -> None:
    """The first start has no frame to paint, the others have the one that the one before left."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    for seen in (b"\x1b[?1049h", b"as you left it", b"\x1b[?1003h"):
        code, told = ended(tmp_path, seen, number)
        assert seen in told
        assert code == 128 + number, told[-500:]
        assert told.count(b"\x1b[?1049h") == told.count(b"\x1b[?1049l") == 1
        assert b"mistake" not in told
    assert list((tmp_path / "home").glob("crash-*")) == []


def test_ctrl_c_before_anything_of_ours_is_loaded_ends_without_a_traceback() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")
