"""A bare Textual app: the least that any console in Textual can cost."""

from textual.app import App, ComposeResult
from textual.widgets import Label


class Hello(App[None]):
    """One label."""

    def compose(self) -> ComposeResult:
        """The label."""
        yield Label("Hello from a bare app")


if __name__ == "__main__":
    Hello().run()
