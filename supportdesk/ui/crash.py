"""What is kept of a crash: where it happened, and nothing of what was in memory or in the message."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from platform import python_version

from textual.worker import WorkerFailed

from supportdesk import __version__
from supportdesk.errors import StoreError, led_to, trail


def report(error: BaseException, folder: Path, now: datetime) -> str:
    """Write the report, readable by us alone, and return the sentence for the terminal.

    What a disk refuses, or what is damaged on it, is no mistake: its own sentence says what it is.
    """
    cause = error.error if isinstance(error, WorkerFailed) else error
    if isinstance(cause, StoreError):
        return f"{cause.message} {cause.hint} What you queued or drafted is kept.".replace("  ", " ")
    text = "\n".join(_lines(error, now)) + "\n"
    path = folder / f"crash-{now:%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as problem:
        return f"supportdesk stopped on a mistake of its own ({type(error).__name__}); no report: {problem.strerror}."
    return (
        f"supportdesk stopped on a mistake of its own ({type(error).__name__}). What you queued or drafted is kept.\n"
        f"The report holds no messages and no tokens: {path}"
    )


def _lines(error: BaseException, now: datetime) -> Iterator[str]:
    yield f"supportdesk {__version__}, Python {python_version()}, {now:%Y-%m-%dT%H:%M:%SZ}"
    yield "Messages and values are left out: they may hold what customers wrote."
    yield from trail(error, _before)


def _before(error: BaseException) -> BaseException | None:
    """What led to an error; a failed worker holds it aside."""
    if isinstance(error, WorkerFailed):
        return error.error
    return led_to(error)
