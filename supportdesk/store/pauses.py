"""Much at once without the garbage collector looking through all of it again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 5_000  # things made since the last look


@contextmanager
def without_pauses() -> Iterator[None]:
    """Let the collector wait: what is being read is kept, so there is nothing to collect.

    Ten thousand entries are read in a third of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def for_good() -> None:
    """Let the collector look no more at what is there by now: a program and its screens, which stay.

    Reading ten thousand tickets makes it look through everything a dozen times, a tenth of a second each time in which
    no key is answered. Done once in a process; what is made later is collected as ever.
    """
    if gc.get_threshold()[0] != YOUNG:
        gc.collect(1)
        gc.freeze()
        gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
