"""A terminal that says it is 0x0, as some serial lines and tools do, ends like any other: every word is on disk."""

import json
import os
import pty
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable
from datetime import UTC, datetime
from fcntl import ioctl
from pathlib import Path
from select import select

import pytest

from supportdesk.model import Comment, Conversation, Person, Status, Ticket, TicketRef
from supportdesk.store.cache import Cache
from supportdesk.store.ledger import Ledger

LIMIT_S = 40.0
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NOTHING, SOME = (0, 0), (30, 100)
CONFIG = '[desks.acme]\nprovider = "rt"\nurl = "http://127.0.0.1:9"\nqueue = "General"\n'


def ready_home(folder: Path) -> Path:
    """A home with a configuration and one ticket on disk."""
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    ngozi = Person(name="Ngozi")
    opening = Comment(id="1", author=ngozi, public=True, created_at=NOW, body="Trays vanish.")
    ticket = Ticket(
        ref=TicketRef("acme", "1"),
        subject="Printer",
        status=Status.OPEN,
        requester=ngozi,
        created_at=NOW,
        updated_at=NOW,
        stamp="1",
    )
    cache = Cache.open(folder / "home" / "cache.sqlite3")
    cache.put_conversation(Conversation(ticket=ticket, comments=(opening,)))
    cache.set_meta("desks", json.dumps({"acme": "rt|http://127.0.0.1:9||General"}))
    cache.close()
    return folder / "home"


class Console:
    """A console in a pty of a size of its own."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.told = b""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            self.resize(size, 0)
            given = {"SUPPORTDESK_HOME": str(folder / "home"), "SUPPORTDESK_CONFIG": str(folder / "config.toml")}
            given |= {"SUPPORTDESK_TOKEN_ACME": "a-token-of-a-test", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
            os.execve(sys.executable, [sys.executable, "-m", "supportdesk"], {**given, "PATH": os.environ["PATH"]})

    def resize(self, size: tuple[int, int], descriptor: int | None = None) -> None:
        ioctl(self.terminal if descriptor is None else 0, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))

    def typed(self, keys: str, then: str) -> None:
        """Press keys, and wait until what they bring is on the screen."""
        self.told = b""
        os.write(self.terminal, keys.encode())
        self.read(lambda: then.encode() in self.told)

    def read(self, enough: Callable[[], bool]) -> bool:
        until = time.monotonic() + LIMIT_S
        while time.monotonic() < until:
            if enough():
                return True
            if select([self.terminal], [], [], 0.05)[0]:
                try:
                    self.told += os.read(self.terminal, 1 << 16)
                except OSError:
                    return False
        return False

    def ended_by(self, number: signal.Signals) -> int:
        """End it by a signal; its exit code, or that of a kill where it did not end by itself."""
        os.kill(self.process, number)
        self.read(lambda: False)  # until the terminal is let go of
        self.kill()
        _, status = os.waitpid(self.process, 0)
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(status)

    def kill(self) -> None:
        """End what has not ended."""
        if os.waitid(os.P_PID, self.process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            os.kill(self.process, signal.SIGKILL)


@pytest.mark.parametrize(("number", "first", "then"), [(signal.SIGHUP, NOTHING, None), (signal.SIGTERM, SOME, NOTHING)])
def test_a_signal_in_a_terminal_without_a_size_leaves_every_word_on_disk(
    tmp_path: Path, number: signal.Signals, first: tuple[int, int], then: tuple[int, int] | None
) -> None:
    home = ready_home(tmp_path)
    console = Console(tmp_path, first)
    drawn = console.read(lambda: b"Printer" in console.told)
    if drawn:
        console.typed("r", "PUBLIC")
        if then is not None:
            console.resize(then)
        console.typed("half a thought§", "§")
    assert console.ended_by(number) == 128 + number
    assert drawn
    ledger = Ledger.open(home, now=lambda: NOW)
    assert [draft.body for draft in ledger.drafts()] == ["half a thought§"]
    ledger.close()
    assert list(home.glob("crash-*")) == []
