"""What a start is spared: a garbage collector that finds nothing, styles read twice, a layout for no size."""

import gc
from collections.abc import Iterator
from pathlib import Path

from textual.app import App

OPENED = Path(__file__).with_name("opened.tcss")


def collect() -> None:
    """Look for garbage again where the start has put that off, and never among what the start has made: it stays."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def wear(app: App[None], theme: str) -> None:
    """Start in a theme; Textual's own watcher of it would have every style read twice."""
    app.set_reactive(App.theme, theme)
    app.set_class(app.current_theme.dark, "-dark-mode", update=False)
    app.set_class(not app.current_theme.dark, "-light-mode", update=False)
    app.stylesheet.set_variables(app.get_css_variables())


def fitting(app: App[None]) -> Iterator[str]:
    """The classes for the terminal's size, which Textual would give when all was laid out without them."""
    width, height = app.size
    for points, cells in ((app.HORIZONTAL_BREAKPOINTS, width), (app.VERTICAL_BREAKPOINTS, height)):
        yield max(point for point in points or () if cells >= point[0])[1]


def dress(app: App[None]) -> None:
    """Read the styles of what can be opened from the first screen; they are half of all, and it is drawn without."""
    if not app.stylesheet.has_source(str(OPENED)):
        app.stylesheet.read(OPENED)
        app.stylesheet.parse()
