"""The first screen of a new installation: how to sign in, not an error."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from supportdesk.ui.cells import Line, line, paragraphs
from supportdesk.ui.inert import Bar
from supportdesk.ui.keys import key
from supportdesk.ui.lines import Pager
from supportdesk.ui.screens import DeskScreen

_STEPS = (
    (
        "Try it without an account",
        "supportdesk demo",
        "A helpdesk and an issue tracker in memory; nothing leaves this computer.",
    ),
    (
        "Sign in to your helpdesk",
        "supportdesk login NAME",
        "It asks for the service and its address, signs in through the browser, and writes config.toml.",
    ),
    (
        "See whether all is well",
        "supportdesk doctor",
        "Reachability, role, limits and clock; every line ends in what to do.",
    ),
)


class SignInScreen(DeskScreen[None]):
    """Shown while no desk is configured."""

    AUTO_FOCUS = "#steps"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("q,escape", "app.quit", "leave", "Back to the shell", id="signin.leave", show=True),
        key("j,down", "scroll(1)", "down", "Scroll down", id="signin.down"),
        key("k,up", "scroll(-1)", "up", "Scroll up", id="signin.up"),
        key("ctrl+d,pagedown", "scroll(10)", "page down", "Scroll half a page down", id="signin.page_down"),
        key("ctrl+u,pageup", "scroll(-10)", "page up", "Scroll half a page up", id="signin.page_up"),
        key("g,home", "scroll(-100000)", "top", "To the top", id="signin.top"),
        key("G,end", "scroll(100000)", "bottom", "To the end", id="signin.bottom"),
    ]

    def __init__(self, config: str) -> None:
        super().__init__()
        self.config = config

    def compose(self) -> ComposeResult:
        """The steps."""
        yield Bar(line((" supportdesk ", "head"), ("  no desk is configured yet", "dim")), id="top")
        yield Pager(id="steps")
        yield Bar(id="keys")

    def redraw(self) -> None:
        """Lay the steps out."""
        self.query_one("#steps", Pager).show(lambda width: steps(self.config, width), keep=True)

    def action_scroll(self, rows: int) -> None:
        """Scroll."""
        self.query_one("#steps", Pager).scroll_by(rows)


def steps(config: str, width: int) -> Sequence[Line]:
    """What to do, each as the command to type."""
    width = min(width, 90)
    welcome = "Welcome. Three commands, typed in the shell, are all there is to it."
    lines = [Line(), *paragraphs(welcome, width - 3, style="strong", indent="  "), Line()]
    for number, (what, command, words) in enumerate(_STEPS, 1):
        lines.append(line((f"  {number}  {what}", "")))
        lines.append(line((f"     {command}", "accent strong")))
        lines += paragraphs(words, width - 7, style="dim", indent="     ")
        lines.append(Line())
    if config:
        lines += paragraphs(
            f"Desks are kept in {config}; tokens go to the keyring and never into a file.",
            width - 3,
            style="dim",
            indent="  ",
        )
    return lines
