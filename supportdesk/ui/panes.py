"""The ground that lists and bars stand on: all of its rows are alike, so one of them is made."""

from typing import Any

from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget


class Ground(Widget):
    """Something without words or borders of its own."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """One row as often as it is wanted: Textual makes them all, though nearly all of them are covered."""
        return super().render_lines(Region(crop.x, crop.y, crop.width, min(crop.height, 1))) * crop.height


class Pane(Vertical, Ground):
    """What stands in it stands one below the other."""


class Panes(Horizontal, Ground):
    """What stands in it stands side by side."""


def pass_over_old(screen: Screen[Any], event: Resize) -> None:
    """Let a screen be laid out for the size that the terminal has, and for no other.

    Every layout tells the screen its own size: two sizes that wait at once would be laid out in turn, for ever.
    """
    if event.size != screen.app.size:
        event.stop()
        event.prevent_default()
