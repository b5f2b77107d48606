"""On the way out the console says what it waits for and what stays on disk."""

from standin_story import EXPORT, busy, story

from supportdesk.model import Reply, State
from supportdesk.ui.leaving import farewell


def test_it_says_what_is_waited_for_and_for_how_long_at_most() -> None:
    desk = story()
    desk.put(EXPORT, Reply(body="Hello"), state=State.SENDING)
    assert farewell(desk.outbox(), demo=False) == "Waiting for 1 entry being sent, 5 s at most.\n"


def test_what_is_queued_stays_and_says_so_but_not_in_a_demo() -> None:
    desk = busy()
    said = farewell(desk.outbox(), demo=False)
    assert said == "1 entry queued on disk: sent at the next start, or by `supportdesk outbox drain`.\n"
    assert farewell(desk.outbox(), demo=True) == ""


def test_nothing_is_said_when_nothing_is_left() -> None:
    assert farewell((), demo=False) == ""
