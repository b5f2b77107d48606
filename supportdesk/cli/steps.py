"""What a script or an engineer at a shell can do next about an entry of the outbox."""

from __future__ import annotations

from supportdesk import model, outbox
from supportdesk.model import State


def next_step(entry: model.Outgoing) -> str:
    """The next step as a sentence with its commands; empty where nothing is left to do."""
    op, words = entry.op[:8], isinstance(entry.change, model.Reply | model.Note)
    if entry.exposed:
        return f"`supportdesk outbox make-private {op}` takes it from the customer's eyes again."
    if entry.state in outbox.STOPPED and outbox.may_have_arrived(entry):
        return (
            f"A later drain looks for it once more; `supportdesk outbox retry {op}` looks now and sends it again only "
            f"if it is not there, `drop {op}` gives it up."
        )
    choices = f"`supportdesk outbox retry {op}` sends it again, `drop {op}` gives it up"
    choices += f", `edit {op}` takes the words back into a draft." if words else "."
    match entry.state:
        case State.HELD:
            return f"Read `supportdesk show {entry.ref} --fresh`, then decide: {choices}"
        case State.REJECTED:
            return f"It is never tried again by itself: {choices}"
        case State.UNCERTAIN:
            return "Wait: `supportdesk outbox drain` looks for it first, and sends it again only if it is not there."
        case State.QUEUED:
            return "Wait: a console or `supportdesk outbox drain` sends it."
        case State.SENDING:
            return "Wait for its answer."
    return ""
