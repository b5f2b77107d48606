"""The engineer's own editor: started without a shell on a private file of our folder that is removed afterwards."""

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from supportdesk.errors import UsageError
from supportdesk.text import LONGEST, clean

LARGEST = 1_000_000
NAME = "writing"


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """The command line of $VISUAL or $EDITOR as an argument list; UsageError when there is none to be read."""
    for name in ("VISUAL", "EDITOR"):
        if not (wish := environment.get(name, "").strip()):
            continue
        try:
            return shlex.split(wish)
        except ValueError as problem:
            raise UsageError(f"${name} cannot be read: {problem}.", "Quote it as for a shell.") from problem
    raise UsageError("No editor is set.", "Set $VISUAL or $EDITOR, for example EDITOR=vim.")


def edit(text: str, command: list[str], folder: Path) -> str:
    """Let the engineer edit a text; UsageError when the editor could not be started or gave up, or its file is lost.

    What is not taken over stays where it is, and is said to: an editor that gave up or was killed after it saved, and
    a text longer than can be sent.
    """
    try:
        path = _put(text, folder)
    except OSError as problem:
        raise _failed(folder, problem) from problem
    gave_up = _run(command, path)
    try:
        found = _read(path)
        saved = found != text.rstrip("\n") or bool(_beside(path))
    except OSError as problem:
        raise _failed(path, problem) from problem
    if gave_up and saved:
        raise UsageError(f"{gave_up}; the text here is as it was.", f"What was saved there is kept: {path}.")
    if len(found) > LONGEST:
        raise UsageError(f"The text is longer than {LONGEST:,} characters.", f"It is kept in {path}: shorten it.")
    _remove(path)
    if gave_up:
        raise UsageError(f"{gave_up}; the text is as it was.", "")
    return clean(found)


def _failed(path: Path, problem: OSError) -> UsageError:
    return UsageError(f"{path} failed: {problem.strerror}; the text is as it was.", "Go on here.")


def _put(text: str, folder: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix=f"{NAME}-{os.getpid()}-", suffix=".txt", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        _remove(Path(name))
        raise
    return Path(name)


def _remove(path: Path) -> None:
    with suppress(OSError):  # the editor took it away, or put a folder there
        path.unlink()


def _beside(path: Path) -> list[Path]:
    """What an editor that was killed left of its own: words that it had not saved yet can be had from that."""
    return [other for other in path.parent.iterdir() if other != path and path.stem in other.name]


def left_behind(folder: Path) -> list[str]:
    """A sentence for each text that was in an editor when supportdesk was ended, or came back too long."""
    found = sorted(path for path in folder.glob(f"{NAME}-*.txt") if not _runs(path.name.split("-")[1]))
    return [
        f"What was written in an editor, and not taken over, is kept: {path}. Remove it when done." for path in found
    ]


def _runs(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def _read(path: Path) -> str:
    with path.open("rb") as back:
        return back.read(LARGEST).decode("utf-8", "replace").rstrip("\n")


def _run(command: list[str], path: Path) -> str:
    """Wait for the editor; how it ended when it gave up, empty when it is content.

    A Ctrl-C there is meant for it, and the terminal sends it to us as well.
    """
    before = [(number, signal.signal(number, lambda *_: None)) for number in (signal.SIGINT, signal.SIGQUIT)]
    try:
        done = subprocess.run([*command, str(path)], check=False)  # noqa: S603  # the engineer's own command
    except OSError as problem:
        _remove(path)
        raise UsageError(f"{command[0]} could not be started: {problem.strerror}.", "Check $EDITOR.") from problem
    finally:
        for number, listener in before:
            signal.signal(number, listener)
    if done.returncode < 0:
        return f"{command[0]} was ended by signal {-done.returncode}"
    return f"{command[0]} ended with {done.returncode}" if done.returncode else ""
