"""What is kept of a crash: where it happened, and nothing of what was in memory or in the message."""

import os
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from platform import python_version

from textual.worker import WorkerFailed

from supportdesk import __version__


def report(error: BaseException, folder: Path, now: datetime) -> str:
    """Write the report, readable by us alone, and return the sentence for the terminal."""
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
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield f"\n{type(current).__module__}.{type(current).__qualname__}"
        yield from (f"  {f.filename}:{f.lineno} in {f.name}" for f in traceback.extract_tb(current.__traceback__))
        current = _before(current)


def _before(error: BaseException) -> BaseException | None:
    """What led to an error; a failed worker holds it aside."""
    if isinstance(error, WorkerFailed):
        return error.error
    return error.__cause__ or error.__context__
