"""A helpdesk and an issue tracker in memory, with a story to tell: `supportdesk demo`, screenshots and most tests.

Both answer in their services' own bytes and are truthful to writes, so that the shipped providers run over them
unchanged. `Helpdesk` is shaped like Zendesk, `Tracker` like GitHub; `Server.fail_next` and `Server.offline` make the
weather; `Embedded` is the wire to either.
"""

from supportdesk.demo.helpdesk import URL, Helpdesk
from supportdesk.demo.tracker import API, REPO, Tracker
from supportdesk.demo.wire import Answer, Clock, Embedded, Server
from supportdesk.providers import Account, Wire

DESK = "wren"
TRACKER = "app"

__all__ = [
    "DESK",
    "TRACKER",
    "Answer",
    "Embedded",
    "Helpdesk",
    "Server",
    "Tracker",
    "demo_accounts",
    "open_demo_accounts",
]


def demo_accounts() -> dict[str, Account]:
    """The two accounts of the demo by name: the helpdesk, which escalates to the tracker, and the tracker."""
    return {
        DESK: Account(name=DESK, provider="zendesk", url=URL, escalate_to=TRACKER, share="tags"),
        TRACKER: Account(name=TRACKER, provider="github", url=API, repo=REPO),
    }


def open_demo_accounts(now: Clock, seed: int = 0) -> tuple[dict[str, Account], dict[str, Wire]]:
    """The demo's accounts and the wires to its two servers, freshly opened; `now` is the servers' clock."""
    wires: dict[str, Wire] = {
        DESK: Embedded(Helpdesk(now, seed)),
        TRACKER: Embedded(Tracker(now, seed)),
    }
    return demo_accounts(), wires
