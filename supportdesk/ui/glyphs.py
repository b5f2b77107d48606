"""The few signs the console draws with, and ASCII stand-ins for terminals that cannot be trusted with them."""

from supportdesk.model import State

FLAG = "⚑"
URGENT = "!"
DONE = "✓"
QUEUED = "⇡"
HELD = "⏸"
UNCERTAIN = "?"
REJECTED = "✗"
DROPPED = "–"
DRAFT = "✎"
ISSUE = "↗"
ONLINE = "●"
OFFLINE = "○"
CURSOR = "▌"
DOT = "·"
RULE = "─"
QUOTE = "│"
DOWN = "↓"
MARK = "■"

STATES = {
    State.QUEUED: QUEUED,
    State.SENDING: QUEUED,
    State.SENT: DONE,
    State.UNCERTAIN: UNCERTAIN,
    State.HELD: HELD,
    State.REJECTED: REJECTED,
    State.DROPPED: DROPPED,
}

STAND_INS = {
    ord(sign): plain
    for sign, plain in {
        FLAG: "F",
        DONE: "v",
        QUEUED: "^",
        HELD: "=",
        REJECTED: "x",
        DROPPED: "-",
        DRAFT: "d",
        ISSUE: ">",
        ONLINE: "*",
        OFFLINE: "o",
        CURSOR: ">",
        DOT: ".",
        RULE: "-",
        QUOTE: "|",
        DOWN: "v",
        MARK: "*",
        "…": "~",
        "━": "=",
        "┃": "|",
        "▁": " ",
        "▔": " ",
        "▎": "|",
        "▊": "|",
        "▍": "|",
        "█": "#",
        "“": '"',
        "”": '"',
        "’": "'",
        "—": "-",
    }.items()
}


def encodes(encoding: str) -> bool:
    """Whether a terminal with this encoding can show the signs above."""
    return encoding.lower().replace("-", "").replace("_", "").startswith("utf")
