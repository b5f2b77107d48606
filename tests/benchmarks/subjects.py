"""Who is measured: the console on a desk of some size, a bare Textual app, and neomutt on the same tickets as mail."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bigdesk import fill, fill_mail
from pty_terminal import SIZE, Terminal

HELLO = Path(__file__).parent / "hello.py"
NEWEST = b"NEWESTONE"
FRAME = b"as you left it"
LIVE = b"\x1b[?1000h"  # Textual's mouse mode: what comes behind it is the live console's
SETTLED_S = 1.5


@dataclass(frozen=True, slots=True)
class Subject:
    """A command and the words that say it is on screen; what `behind` marks is not looked at before it was seen."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    words: bytes
    behind: bytes = b""

    def start(self, size: tuple[int, int] = SIZE) -> Terminal:
        """Start it in a terminal of its own."""
        return Terminal(self.command, self.environ, size)

    def painted(self, terminal: Terminal) -> float:
        """Seconds until it is on screen."""
        if self.behind:
            terminal.until(self.behind)
        return terminal.until(self.words, after=max(0, terminal.seen.find(self.behind)))


def environ(**more: str) -> dict[str, str]:
    """What a terminal of a common kind tells its programs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8", **more}


def hello() -> Subject:
    """The bare app."""
    return Subject("hello", [sys.executable, str(HELLO)], environ(), b"Hello from a bare app")


def desk_environ(home: Path) -> dict[str, str]:
    """Where the console finds a desk; its service cannot be reached."""
    places = {"SUPPORTDESK_HOME": str(home), "SUPPORTDESK_CONFIG": str(home / "config.toml")}
    return environ(**places, SUPPORTDESK_TOKEN_ACME="a-token-of-nobody")


def console(folder: Path, count: int, talked: int | None = None) -> Subject:
    """The console on a desk of so many tickets."""
    home = fill(folder / f"desk-{count}", count, talked)
    words = NEWEST if count else b"Nothing here"
    return Subject(f"supportdesk {count}", CONSOLE, desk_environ(home), words, LIVE)


CONSOLE = [sys.executable, "-m", "supportdesk"]


def frame(subject: Subject) -> Subject:
    """The same console's last frame, which a session before has left."""
    return Subject(f"{subject.name}, last frame", subject.command, subject.environ, FRAME)


def leave_frame(subject: Subject, size: tuple[int, int] = SIZE) -> None:
    """Use the console once and leave it, so that its frame is kept."""
    with subject.start(size) as terminal:
        subject.painted(terminal)
        terminal.quiet(0.5, 5.0)
        os.write(terminal.fd, b"\x11")
        while terminal.alive:
            terminal.read(0.2)


def neomutt(folder: Path, count: int, skip: Callable[[str], None]) -> list[Subject]:
    """neomutt on an mbox, on a maildir, and on the maildir with a header cache; none where it is not installed."""
    program = shutil.which("neomutt")
    if program is None:
        skip("neomutt is not installed (apt-get install neomutt)")
        return []
    mbox, maildir = fill_mail(folder, count)
    plain, cached = folder / "plain.muttrc", folder / "cached.muttrc"
    common = "set sort=reverse-date\nset mail_check_stats=no\nset move=no\nset quit=yes\nset confirmappend=no\n"
    common += f'set folder="{folder}"\nset record=""\nset postponed=""\n'
    plain.write_text(common, encoding="utf-8")
    headers = folder / "headers"
    headers.mkdir(exist_ok=True)
    cached.write_text(f'{common}set header_cache="{headers}"\n', encoding="utf-8")
    found = [
        (f"neomutt mbox {count}", plain, mbox),
        (f"neomutt maildir {count}", plain, maildir),
        (f"neomutt header cache {count}", cached, maildir),
    ]
    return [
        Subject(name, [program, "-n", "-F", str(rc), "-R", "-f", str(mails)], environ(HOME=str(folder)), NEWEST)
        for name, rc, mails in found
    ]
