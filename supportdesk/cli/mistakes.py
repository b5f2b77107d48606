"""What a command says of a mistake of its own: where it happened, and nothing of what was in memory or was said."""

import logging
import sys
import threading
from types import TracebackType

from supportdesk.errors import led_to, trail


def keep_quiet() -> None:
    """Let no traceback be written any more: its last line may hold what customers wrote, or a token."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # it writes those of tasks that nobody waited for
    sys.excepthook = _told
    threading.excepthook = lambda it: None if it.exc_value is None else _say(it.exc_value)


def _told(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    _say(error)


def _say(error: BaseException) -> None:
    words = f"supportdesk stopped on a mistake of its own ({type(error).__name__}). What was queued or drafted is kept."
    sys.stderr.write("\n".join((words, *trail(error, led_to))) + "\n")
