"""The pause of what goes on in the background: what its key says and does."""

from supportdesk.desk.attention import Attention

TOOLTIP = (
    "Stop reading, scoring and filing in the background until it is pressed again, or until the next start;"
    " what you ask for and what is new still comes"
)


def turn(attention: Attention, so_far: str) -> str:
    """Pause what is `so_far`, or let it go on; returns the sentence to show."""
    if attention.paused:
        attention.resume()
        return "It goes on in the background."
    attention.pause(so_far)
    far = f" ({so_far})" if so_far else ""
    return f"Paused{far}: nothing is read, scored or filed in the background until you press it again, or start again."
