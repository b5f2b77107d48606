"""The palette's commands: the keys of the screen it was opened on, so that there is one list of what can be done."""

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from supportdesk.ui.keys import KeyRow
from supportdesk.ui.screens import DeskScreen


class Commands(Provider):
    """Every live action with its key, and why it is off if it is."""

    def _rows(self) -> Iterator[KeyRow]:
        screen = self.screen
        if isinstance(screen, DeskScreen):
            yield from (row for row in screen.key_rows() if row.id not in ("app.palette", "queue.down", "queue.up"))

    async def discover(self) -> Hits:
        """Everything, in the order of the keys."""
        for row in self._rows():
            yield DiscoveryHit(self._label(row), partial(self._run, row), text=row.description, help=_help(row))

    async def search(self, query: str) -> Hits:
        """What the letters fit."""
        matcher = self.matcher(query)
        for row in self._rows():
            score = max(matcher.match(row.description), 0.8 * matcher.match(row.tooltip))
            if score > 0:
                yield Hit(score, self._label(row), partial(self._run, row), text=row.description, help=_help(row))

    def _label(self, row: KeyRow) -> Content:
        return Content(f"{row.description}  [{' '.join(row.keys)}]")

    async def _run(self, row: KeyRow) -> None:
        await self.app.run_action(row.action, self.screen)


def _help(row: KeyRow) -> str:
    return f"Off: {row.off}" if row.off else row.tooltip
