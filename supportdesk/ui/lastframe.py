"""The console's last screen: kept when it is left, and painted again before anything else is imported."""

import os
import re
import stat
import sys
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from platformdirs import user_config_path, user_data_path

from supportdesk import __version__

NAME = "last-frame"
LARGEST = 1_000_000  # bytes; a screen of 300x100 takes a tenth
_MAGIC = "supportdesk-frame"
_COLOURS = ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "TEXTUAL_COLOR_SYSTEM", "LANG", "LC_ALL", "LC_CTYPE")
# what a row may hold: its words, their colours, and what holds cells of uncertain width in place (ui/terminal.py)
_ROW = re.compile(r"(?:[^\x00-\x1f\x7f-\x9f]|\x1b\[[0-9;]*m|\x1b\[[0-9]+C|\x1b[78]|\x1b\[\?7[hl])*\Z")
_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[0m\x1b[?25h\x1b[?1049l"


class _Painted:
    """Whether a frame of ours is on the terminal, the terminal's settings from before, and where the frame was left."""

    settings: list[object] | None = None
    place: str | None = None


def paint(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Show the screen as it was left, where this start is for the console and nothing about it has changed.

    Whatever is wrong with the frame, it is left alone and the start goes on without it.
    """
    config = _config(arguments, environ)
    if config is None or not (sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty()):
        return False
    with suppress(OSError, ValueError):
        size, home = os.get_terminal_size(sys.stderr.fileno()), _home(environ)
        if not os.access(home, os.W_OK) or not os.statvfs(home).f_bavail:
            return False  # no console comes where nothing can be written
        rows = _read(home / NAME, _key(config, (size.columns, size.lines), environ))
        if len(rows) == size.lines + 1 and _show(rows[1:]):
            _Painted.place = rows[0]
            return True
    return False


def place() -> str | None:
    """Where the console was left that the frame shows, as one line; None without a frame."""
    return _Painted.place


def keep(home: Path, config: Path, size: tuple[int, int], rows: Sequence[str], environ: Mapping[str, str]) -> None:
    """Keep a screen for the next start, readable by nobody else; a disk that refuses costs the next start a frame.

    The first row says where the console was left, the others are the screen's.
    """
    if len(rows) != size[1] + 1 or not all(_ROW.match(row) for row in rows):
        return
    body = "\n".join(rows).encode()
    target = home / NAME
    beside = target.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(f"{_MAGIC} {_key(config, size, environ):08x} {zlib.crc32(body):08x}\n".encode() + body)
            if target.is_dir():
                target.rmdir()
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


def forget(home: Path) -> None:
    """Take the kept screen away."""
    with suppress(OSError):
        (home / NAME).unlink(missing_ok=True)


def take_over() -> list[object] | None:
    """The terminal's settings from before our frame, for whoever owns it from now on; None without a frame."""
    settings, _Painted.settings = _Painted.settings, None
    return settings


def withdraw() -> None:
    """Give the terminal back as it was, when no console comes after all."""
    settings = take_over()
    if settings is not None:
        import termios

        stdin = sys.__stdin__.fileno()  # type: ignore[union-attr]  # both were terminals when painted
        with suppress(OSError):
            os.write(sys.__stderr__.fileno(), _LEAVE.encode())  # type: ignore[union-attr]  # as above
        with suppress(termios.error):
            termios.tcflush(stdin, termios.TCIFLUSH)  # what was typed for the console is nothing for a shell
            termios.tcsetattr(stdin, termios.TCSANOW, settings)  # type: ignore[arg-type]  # as `tcgetattr` gave them


def _config(arguments: Sequence[str], environ: Mapping[str, str]) -> Path | None:
    """The configuration of a start of the console; None for every other command."""
    if len(arguments) == 2 and arguments[0] == "--config":
        return Path(os.path.expanduser(arguments[1]))
    if arguments:
        return None
    named = environ.get("SUPPORTDESK_CONFIG")
    return (
        Path(os.path.expanduser(named)) if named else user_config_path("supportdesk", appauthor=False) / "config.toml"
    )


def _home(environ: Mapping[str, str]) -> Path:
    named = environ.get("SUPPORTDESK_HOME")
    return Path(os.path.expanduser(named)) if named else user_data_path("supportdesk", appauthor=False)


def _key(config: Path, size: tuple[int, int], environ: Mapping[str, str]) -> int:
    """What a frame is tied to: version, size, colours, and the configuration with its desks and its themes."""
    if not config.is_file():
        raise FileNotFoundError(config)  # a pipe can be read once, and not by us
    colours = [environ.get(name, "") for name in _COLOURS]
    written = zlib.crc32(config.read_bytes())
    with suppress(FileNotFoundError):
        themes = (config.parent / "themes" / name for name in sorted(os.listdir(config.parent / "themes")))
        for theme in themes:
            if theme.suffix == ".toml" and theme.is_file():
                written = zlib.crc32(theme.read_bytes(), written)
    return zlib.crc32("\0".join((__version__, f"{size[0]}x{size[1]}", *colours)).encode(), written)


def _read(path: Path, key: int) -> list[str]:
    """The rows of a frame that is ours, whole, and of this key; otherwise none."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        private = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
        head, _, body = file.read(LARGEST).partition(b"\n") if private else (b"", b"", b"")
    if head != f"{_MAGIC} {key:08x} {zlib.crc32(body):08x}".encode():
        return []
    rows = body.decode().split("\n")
    return rows if all(_ROW.match(row) for row in rows) else []


def _show(rows: Sequence[str]) -> bool:
    """Paint the rows; from here on keys are kept for the console instead of being echoed over them."""
    import termios  # not where supportdesk only says that it does not run there

    stdin = sys.stdin.fileno()
    try:
        settings = termios.tcgetattr(stdin)
    except termios.error:
        return False
    quiet = [*settings[:6], [*settings[6]]]
    quiet[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.IXOFF)
    quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    for key in (termios.VSUSP, termios.VQUIT):  # they would leave the terminal as it is now; Ctrl-C alone ends a start
        quiet[6][key] = os.fpathconf(stdin, "PC_VDISABLE").to_bytes(1, "little")
    termios.tcsetattr(stdin, termios.TCSANOW, quiet)
    _Painted.settings = settings
    painted = "".join(f"\x1b[{number};1H{row}" for number, row in enumerate(rows, 1))
    left = memoryview(f"{_ENTER}\x1b[?7l{painted}\x1b[0m\x1b[?7h".encode())
    while left:
        left = left[os.write(sys.stderr.fileno(), left) :]
    return True
