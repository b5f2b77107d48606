"""Starts the shipped console on the terminal it is given, or a build of it that was broken on purpose.

`python hostile_build.py shipped|unclean|markup [ARGUMENTS]`: `unclean` lets every string through as it came that can be
stored, `markup` reads what is drawn as markup.
"""

import fcntl
import sys
import termios
from collections.abc import Callable
from typing import Any


def unclean() -> None:
    """Nothing is made inert, neither at the door nor by the last filter; a lone surrogate no disk would take."""
    from supportdesk import text

    text.clean = lambda given, *, multiline=True: given.encode("utf-8", "replace").decode()  # type: ignore[assignment]


def markup() -> None:
    """Whatever a widget is told to draw is read as Textual's own widgets would."""
    from textual.content import Content

    from supportdesk.ui import inert

    kept = inert.Painter.paint

    def paint(self: Any, line: Any, width: int, over: str = "") -> Any:
        pieces = tuple(piece._replace(text=Content.from_markup(piece.text).plain) for piece in line.pieces)
        return kept(self, line._replace(pieces=pieces), width, over)

    inert.Painter.paint = paint  # type: ignore[method-assign]


BUILDS: dict[str, Callable[[], None]] = {"shipped": lambda: None, "unclean": unclean, "markup": markup}

if __name__ == "__main__":
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    build, sys.argv[1:] = sys.argv[1], sys.argv[2:]
    BUILDS[build]()
    from supportdesk.__main__ import main

    main()
