"""`supportdesk`, and `python -m supportdesk`."""

import gc
import os
import resource
import signal
import sys
from types import FrameType

from supportdesk.ui import lastframe

gc.disable()  # nothing that a start makes is garbage; the console looks for some again behind its first screenful


def _interrupted(number: int, _frame: FrameType | None) -> None:
    lastframe.withdraw()
    os._exit(128 + number)


if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, _interrupted)  # while modules load a Ctrl-C ends us, and shows no traceback of it
signal.signal(signal.SIGTERM, _interrupted)  # the terminal is given back; the console listens to it by itself later
if not lastframe.paint(sys.argv[1:], os.environ):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

from supportdesk.cli import run  # noqa: E402  # the screen is there before anything that takes time
from supportdesk.cli.mistakes import keep_quiet  # noqa: E402  # likewise


def main() -> None:
    """Run the command line and leave with its exit code."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold the tokens
    if signal.getsignal(signal.SIGINT) is _interrupted:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    keep_quiet()
    try:
        code = run(sys.argv[1:], lastframe.withdraw)
    finally:
        lastframe.withdraw()  # what nobody foresaw is told on a screen that stays
    sys.exit(code)


if __name__ == "__main__":
    main()
