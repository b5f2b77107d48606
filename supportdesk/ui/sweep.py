"""When the garbage collector looks through everything: a little every two seconds, not a lot while a key waits.

What Textual paints is rubbish one paint later, and rubbish in rings (a Strip is in its own cache), 4,000 objects a key.
Left alone the collector lets it pile up, and then looks through it and all modules for 0.1 s and more.
"""

import gc
from time import monotonic

YOUNG, MIDDLE = 5_000, 3  # what was painted is looked at once it is rubbish, not while it is on screen
NEVER = 1_000_000  # of those looks would it take until the collector looks through everything by itself
KEPT_EVERY_S = 60.0  # what stands then is not looked through again
PATIENCE = 4  # turns that are put off while somebody types
WHOLE_EVERY_S = 600.0  # but then, for it may be rubbish by now


class Sweep:
    """The garbage collector of one session of the console, as Python had it again after `end`."""

    def __init__(self) -> None:
        self._before: tuple[int, int, int] | None = None
        self._kept = self._whole = 0.0
        self._put_off = 0

    def begin(self) -> None:
        """Look no more through what stands now: modules, styles, the first screen."""
        self._before = gc.get_threshold()
        self._kept = self._whole = monotonic()
        gc.set_threshold(YOUNG, MIDDLE, NEVER)
        gc.freeze()

    def take_turn(self, *, at_rest: bool, typing: bool = False) -> None:
        """Look through what is new; through everything now and then, when nothing is going on.

        While somebody types, only every few turns.
        """
        self._put_off = self._put_off + 1 if typing else 0
        if self._put_off % PATIENCE:
            return
        now = monotonic()
        if self._before is None or not gc.get_count()[2]:
            return
        if at_rest and now >= self._whole + WHOLE_EVERY_S:
            gc.unfreeze()
            self._whole = now
        gc.collect()
        if at_rest and now >= self._kept + KEPT_EVERY_S:
            gc.freeze()
            self._kept = now

    def end(self) -> None:
        """Leave the collector as it was found."""
        if self._before is not None:
            gc.set_threshold(*self._before)
            gc.unfreeze()
            self._before = None
