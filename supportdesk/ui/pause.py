"""The pause of what goes on in the background: what its key says and does."""

from textual.app import App

from supportdesk.desk import Desk
from supportdesk.ui.keys import RESUME, key_of

TOOLTIP = (
    "Stop reading, scoring and filing in the background until it is pressed again, or until the next start;"
    " what you ask for and what is new still comes"
)


def turn(desk: Desk) -> str:
    """Pause what goes on, or let it go on; returns the sentence to show."""
    attention, so_far = desk.attention, desk.status().syncing
    if not desk.accounts:
        return "No desk is configured yet: nothing goes on in the background."
    if attention.paused:
        attention.resume()
        return "It goes on in the background."
    attention.pause(so_far)
    far = f" ({so_far})" if so_far else ""
    return f"Paused{far}: nothing is read, scored or filed in the background until you press it again, or start again."


def held_back(desk: Desk, app: App[None]) -> str:
    """What to say beside what was read because somebody asked; empty while the background is not paused."""
    if not desk.attention.paused:
        return ""
    return f"The background is paused: conversations wait until {key_of(app, RESUME)} is pressed."
