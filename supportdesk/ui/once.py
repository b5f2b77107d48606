"""Dialogs that close once: a second click that was on its way closes nothing that lies below."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.screen import ModalScreen

from supportdesk.ui.inert import COMPONENTS

R = TypeVar("R")


class Dialog(ModalScreen[R], inherit_bindings=False):
    """A question over the screen."""

    COMPONENT_CLASSES = COMPONENTS

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """Close, unless it is closed already: Textual would close whatever is on top now."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Palette(CommandPalette):
    """Textual's palette, which two quick clicks beside it would have ended the console with."""

    def dismiss(self, result: object = None) -> AwaitComplete:
        """Close, unless it is closed already."""
        return super().dismiss(None) if self.is_active else AwaitComplete()
