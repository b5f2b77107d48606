"""A terminal of our own around one process: when something was on screen, what a key cost, how many bytes it took."""

import os
import pty
import select
import signal
import struct
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from time import monotonic
from typing import NamedTuple, Self

SIZE = (120, 40)
CHUNK = 1 << 18
GAP_S = 0.03  # a repaint comes in pieces of 4 kB; what comes later than this is another repaint


class Press(NamedTuple):
    """A key: milliseconds until the screen changed, bytes of that change, milliseconds of processor time until then."""

    took: float
    size: int
    worked: float


class Terminal:
    """One process in a pty; everything it ever wrote is in `seen`."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], size: tuple[int, int] = SIZE) -> None:
        winsize = struct.pack("HHHH", size[1], size[0], 0, 0)
        self.seen = b""
        self.started = monotonic()
        self.process, self.fd = pty.fork()
        if self.process == 0:
            ioctl(0, termios.TIOCSWINSZ, winsize)
            os.execve(command[0], [*command], {**environ})
        ioctl(self.fd, termios.TIOCSWINSZ, winsize)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def read(self, wait_s: float) -> bytes:
        """What comes next, nothing when nothing comes in time or the process is gone."""
        if not select.select([self.fd], [], [], max(0.0, wait_s))[0]:
            return b""
        try:
            found = os.read(self.fd, CHUNK)
        except OSError:
            return b""
        self.seen += found
        return found

    def until(self, words: bytes, wait_s: float = 60.0, after: int = 0) -> float:
        """Seconds from the start until words are on screen, behind what was seen so far; not a number if never."""
        end = monotonic() + wait_s
        while words not in self.seen[after:]:
            if monotonic() > end or (not self.read(0.2) and not self.alive):
                return float("nan")
        return monotonic() - self.started

    def quiet(self, for_s: float = 0.3, wait_s: float = 20.0) -> None:
        """Wait until nothing was written for a while."""
        end = monotonic() + wait_s
        while monotonic() < end and self.read(for_s):
            pass

    def press(self, key: bytes, settle_s: float = 0.2) -> Press:
        """Press a key and wait for the screen to change."""
        self.quiet(settle_s)
        worked, pressed = self.cpu_s(), monotonic()
        os.write(self.fd, key)
        before = len(self.seen)
        found = self.read(10.0)
        took = (monotonic() - pressed) * 1000
        worked = (self.cpu_s() - worked) * 1000
        while self.read(GAP_S):
            pass
        return Press(took, len(self.seen) - before, worked) if found else Press(float("nan"), 0, worked)

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        with suppress(ChildProcessError):  # it was asked before, and the process had ended
            return os.waitpid(self.process, os.WNOHANG) == (0, 0)
        return False

    def cpu_s(self) -> float:
        """Processor time of all its threads so far: what a busy machine does not change."""
        with suppress(OSError):
            tasks = Path(f"/proc/{self.process}/task").iterdir()
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
        return float("nan")

    def memory_mib(self) -> float:
        """The highest resident set so far."""
        return memory_mib(self.process, "VmHWM")

    def resident_mib(self) -> float:
        """The resident set now."""
        return memory_mib(self.process, "VmRSS")

    def end(self) -> None:
        """End the process, whatever it does."""
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.fd)


def memory_mib(process: int, field: str) -> float:
    """`VmRSS` of a process, or `VmHWM`, the highest it ever was; nothing of one that is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    return 0.0
