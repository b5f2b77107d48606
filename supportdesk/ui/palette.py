"""The palette's commands: the keys of the screen it was opened on, so that there is one list of what can be done."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from supportdesk.ui.keys import KeyRow
from supportdesk.ui.screens import DeskScreen

_FIRST = "keys"
_NOT_HERE = ("app.palette", "queue.down", "queue.up")


class Command(NamedTuple):
    """A command: its name with its keys, what it does or why it is off, and how it is run."""

    name: str
    label: Content
    words: str
    run: Callable[[], object]


class Commands(Provider):
    """Every live action with its key, then the themes, and in the demo a picture of the screen."""

    def _commands(self) -> Iterator[Command]:
        screen, app = self.screen, self.app
        if not isinstance(screen, DeskScreen):
            return
        for row in self._rows(screen):
            if row.id not in _NOT_HERE:
                run = partial(app.run_action, row.action, app if row.group == "app" else screen)
                yield Command(row.description, _label(row), _words(row), run)
        yield Command("theme", Content("theme"), "Choose other colours", app.action_change_theme)
        if screen.console.demo:
            picture = "Save a picture of this screen"
            yield Command("screenshot", Content("screenshot"), picture, app.deliver_screenshot)

    def _rows(self, screen: DeskScreen[object]) -> Sequence[KeyRow]:
        """The keys of the screen below, those included that act everywhere."""
        screen.console.listing = True
        try:
            return screen.key_rows()
        finally:
            screen.console.listing = False

    async def discover(self) -> Hits:
        """Everything, in the order of the keys; the help comes first, so that enter alone changes nothing."""
        for command in sorted(self._commands(), key=lambda one: one.name != _FIRST):
            yield DiscoveryHit(command.label, command.run, text=command.name, help=command.words)

    def _themes(self) -> Iterator[Command]:
        for name in self.app.available_themes:
            yield Command(
                f"theme {name}", Content(f"theme {name}"), "Other colours", partial(setattr, self.app, "theme", name)
            )

    async def search(self, query: str) -> Hits:
        """What the letters fit; every theme has its own line here."""
        matcher = self.matcher(query)
        for command in (*self._commands(), *self._themes()):
            score = max(matcher.match(command.name), 0.8 * matcher.match(command.words))
            if score > 0:
                yield Hit(score, command.label, command.run, text=command.name, help=command.words)


def _label(row: KeyRow) -> Content:
    return Content.assemble(row.description, "  ", (" ".join(row.keys), "$accent"))


def _words(row: KeyRow) -> str:
    return f"Off: {row.off}" if row.off else row.tooltip
