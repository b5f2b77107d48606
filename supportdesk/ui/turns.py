"""Whose turn it is: a key has acted, wherever it had to go for that, before the next one does."""

from collections.abc import Awaitable, Callable, Sequence
from time import monotonic

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.timer import Timer
from textual.widget import Widget

from supportdesk.ui.keys import typing

MOVED = "Not everything is as it was left: what was typed did nothing. Press it again."
SEEN_S = 0.3  # nobody presses a key for what came on screen less long ago
LIMIT_S = 2.0  # longer than a key needs through a text field, on a machine that is busy


class Turns:
    """What was typed and waits: until there is a screen to act on, and behind a key that is handed back to the app.

    A text field takes letters at once, and hands every other key up to the app, where it acts; letters that were typed
    behind it would be in the field by then, before a cursor that has yet to move or in a text that was left.
    """

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._begun = False
        self._waiting: list[Key | Paste] = []
        self._turn: Key | Paste | None = None
        self._seen_at = 0.0  # what is typed until then is meant for another screen
        self._say: Callable[[str], None]
        self._under_way: Timer | None = None  # while a key goes through the widgets

    def begin(self, say: Callable[[str], None], *, seen: bool) -> None:
        """There is a screen to act on; where another one was `seen`, what was typed for that is let go, and said.

        The key that leaves acts on any screen.
        """
        if not seen:
            self._seen_at = monotonic() + SEEN_S
            waited, self._waiting = self._waiting, [event for event in self._waiting if self._leaves(event)]
            if len(waited) > len(self._waiting):
                say(MOVED)
        self._say, self._begun = say, True
        self._next()

    def _leaves(self, event: Key | Paste) -> bool:
        active = self._app.active_bindings.get(event.key) if isinstance(event, Key) else None
        return active is not None and active.binding.action == "quit"

    async def take(self, event: Key | Paste, act: Callable[[Event], Awaitable[None]]) -> None:
        """Let it act, now or when it comes again because it is its turn."""
        if event.time < self._seen_at and not self._leaves(event):
            self._say(MOVED)
            return
        if self._waits(event):
            return
        before = self._there
        await act(event)
        self._acted(event, before)

    @property
    def _there(self) -> Widget:
        return self._app.focused or self._app.screen

    def _waits(self, event: Key | Paste) -> bool:
        if event is self._turn:
            self._turn = None
            return False
        free = self._begun and not self._waiting and self._turn is None and self._under_way is None
        if free or event.is_forwarded:
            return False
        self._waiting.append(event if self._begun else _meant(event))
        return True

    def _acted(self, event: Key | Paste, before: Widget) -> None:
        """Let the next one act, behind everything that the widgets have to do and to say because of this one."""
        there = self._there
        if not isinstance(event, Key) or (event.is_printable and typing(there)):
            self._next()
        elif event.is_forwarded and there is before:
            self._stop()
            self._under_way = self._app.set_timer(LIMIT_S, self._done)
            self._follow(self._under_way, there.ancestors_with_self)
        else:
            self._done()

    def _follow(self, key: Timer, way: Sequence[DOMNode]) -> None:
        """Go the way that a widget's messages go, behind them."""
        for step, node in enumerate(way, 1):
            if node.call_later(self._follow, key, way[step:]):
                return
        if key is self._under_way:
            self._done()

    def _stop(self) -> None:
        if self._under_way is not None:
            self._under_way.stop()
            self._under_way = None

    def _done(self) -> None:
        self._stop()
        self._next()

    def _next(self) -> None:
        if self._begun and self._waiting and self._turn is None and self._under_way is None:
            self._turn = self._waiting.pop(0)
            self._app.post_message(self._turn)


def _meant(event: Key | Paste) -> Key | Paste:
    """What was pressed: Enter is a newline in a terminal that nobody has taken yet."""
    return Key("enter", "\r") if isinstance(event, Key) and event.key == "ctrl+j" else event
