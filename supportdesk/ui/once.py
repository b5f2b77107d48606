"""Dialogs that close once: a second click that was on its way closes nothing that lies below."""

from contextlib import suppress
from typing import TypeVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.command import Command, CommandList, CommandPalette
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Input
from textual.worker import WorkerError

from supportdesk.ui.inert import COMPONENTS
from supportdesk.ui.panes import pass_over_old

R = TypeVar("R")


class Dialog(ModalScreen[R], inherit_bindings=False):
    """A question over the screen."""

    COMPONENT_CLASSES = COMPONENTS

    async def _on_resize(self, event: Resize) -> None:
        """Textual lays out for any size that it is told."""
        pass_over_old(self, event)

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """Close, unless it is closed already: Textual would close whatever is on top now."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Palette(CommandPalette):
    """Textual's palette, which two quick clicks beside it would have ended the console with.

    Enter waits for what fits the letters before it: Textual's would take what fitted those that were there first.
    """

    async def _on_resize(self, event: Resize) -> None:
        """Textual lays out for any size that it is told."""
        pass_over_old(self, event)

    @on(Input.Submitted)
    async def _taken(self, event: Input.Submitted) -> None:
        """Run what is chosen, before any key that was typed behind acts."""
        event.stop()
        event.prevent_default()
        group = self._GATHER_COMMANDS_GROUP
        looking = [worker for worker in self.workers if worker.group == group and not worker.is_finished]
        if looking:  # of none, Textual would wait for all there are
            with suppress(WorkerError):
                await self.workers.wait_for_complete(looking)
        found = self.query_one(CommandList)
        chosen = None if found.highlighted is None else found.get_option_at_index(found.highlighted)
        if isinstance(chosen, Command):
            self.app.post_message(CommandPalette.Closed(option_selected=True))
            self.dismiss()
            self.app.call_later(chosen.hit.command)

    def dismiss(self, result: object = None) -> AwaitComplete:
        """Close, unless it is closed already."""
        return super().dismiss(None) if self.is_active else AwaitComplete()
