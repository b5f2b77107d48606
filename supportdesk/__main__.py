"""`supportdesk`, and `python -m supportdesk`."""

import signal

OURS = signal.getsignal(signal.SIGINT) is signal.default_int_handler
if OURS:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while modules load a Ctrl-C ends us, and shows no traceback of it

import gc  # noqa: E402  # nothing comes before that
import os  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from types import FrameType  # noqa: E402

from supportdesk.ui import lastframe  # noqa: E402

gc.disable()  # nothing that a start makes is garbage; the console looks for some again behind its first screenful


def _interrupted(number: int, _frame: FrameType | None) -> None:
    lastframe.withdraw()
    os._exit(128 + number)


if OURS:
    signal.signal(signal.SIGINT, _interrupted)  # the terminal is given back
heard = {
    number: signal.signal(number, _interrupted)  # likewise; the console listens to both by itself later
    for number in (signal.SIGHUP, signal.SIGTERM)
    if signal.getsignal(number) is not signal.SIG_IGN
}
if not lastframe.paint(sys.argv[1:], os.environ):
    for number, listening in heard.items():
        signal.signal(number, listening)

from supportdesk.cli import run  # noqa: E402  # the screen is there before anything that takes time
from supportdesk.cli.mistakes import keep_quiet  # noqa: E402  # likewise


def main() -> None:
    """Run the command line and leave with its exit code."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold the tokens
    if OURS:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    keep_quiet()
    try:
        code = run(sys.argv[1:], lastframe.withdraw)
    finally:
        lastframe.withdraw()  # what nobody foresaw is told on a screen that stays
    gc.freeze()  # the end looks through nothing
    sys.exit(code)


if __name__ == "__main__":
    main()
