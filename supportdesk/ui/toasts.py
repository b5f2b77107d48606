"""What stands in the corner of the screen, so that a sentence can take the place of the one it answers; pure."""

from typing import NamedTuple


class Toast(NamedTuple):
    """A sentence, how long it stands in seconds, and what it is about."""

    words: str
    time: float
    grave: bool = False
    topic: str = ""
    error: bool = False


class Corner:
    """The toasts in sight; two with the same topic, or the same words, never stand there together."""

    def __init__(self) -> None:
        self._standing: list[tuple[float, Toast]] = []

    def add(self, toast: Toast, now: float) -> tuple[list[Toast], bool]:
        """The toasts to draw, and whether all that are drawn have to go first; `now` is in seconds."""
        standing = [(until, each) for until, each in self._standing if until > now]
        kept = [(until, each) for until, each in standing if not _answers(toast, each)]
        anew = len(kept) < len(standing)
        self._standing = [*kept, (now + toast.time, toast)]
        return ([each._replace(time=until - now) for until, each in self._standing] if anew else [toast]), anew


def _answers(toast: Toast, before: Toast) -> bool:
    return toast.words == before.words or (bool(toast.topic) and toast.topic == before.topic)
