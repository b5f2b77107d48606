"""The engineer's own editor: started without a shell on a private file of our folder that is removed afterwards."""

import os
import shlex
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

    What comes back longer than can be sent stays where it is, and is said to.
    """
    path: Path | None = None
    done = True
    try:
        handle, name = tempfile.mkstemp(prefix=f"{NAME}-{os.getpid()}-", suffix=".txt", dir=folder)
        path = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        _run(command, path)
        found = _read(path)
        done = len(found) <= LONGEST
    except OSError as problem:
        raise UsageError(
            f"{path or folder} failed: {problem.strerror}; the text is as it was.", "Go on here."
        ) from problem
    finally:
        if path is not None and done:
            with suppress(OSError):  # the editor took it away, or put a folder there
                path.unlink()
    if done:
        return clean(found)
    raise UsageError(f"The text is longer than {LONGEST:,} characters.", f"It is kept in {path}: shorten it.")


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


def _run(command: list[str], path: Path) -> None:
    try:
        done = subprocess.run([*command, str(path)], check=False)  # noqa: S603  # the engineer's own command
    except OSError as problem:
        raise UsageError(f"{command[0]} could not be started: {problem.strerror}.", "Check $EDITOR.") from problem
    if done.returncode:
        raise UsageError(f"{command[0]} ended with {done.returncode}; the text is as it was.", "")
