"""Our clock was days fast when something was sent, and is right at the next start: what landed is still found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from house import START, House, open_house, run

from supportdesk import outbox
from supportdesk.demo import DESK, TRACKER
from supportdesk.model import State
from supportdesk.outbox import Attempt, Effect

FAST = timedelta(days=3)


def set_clocks(house: House, theirs: datetime, ours: datetime, *, told: bool) -> None:
    """Let the services and this machine show these times, with or without the services' Date."""
    house.at[0] = ours
    for name, server in ((DESK, house.helpdesk), (TRACKER, house.tracker)):
        server.now = lambda: theirs
        offset_s = (theirs - ours).total_seconds() or 1e-6
        house.desk.work.connections[name].wire.server_time_offset_s = offset_s if told else 0.0  # type: ignore[misc]  # the demo's wire


@pytest.mark.parametrize("told", [True, False])
def test_an_issue_filed_while_our_clock_was_days_fast_is_found_after_that_was_set_right(
    tmp_path: Path, told: bool
) -> None:
    house = open_house(tmp_path)
    set_clocks(house, START, START + FAST, told=told)
    entry = house.desk.escalate(run(house.desk.propose(house.flagged())))
    house.tracker.fail_next("lost answer")
    house.tracker.fail_next("503", on="GET /user", times=9)
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.UNCERTAIN
    house.tracker._failures.clear()
    later = START + FAST + timedelta(days=2)
    set_clocks(house, later, later, told=told)
    run(house.desk.drain(hurry=True))
    assert house.desk.entry(entry.op).state is State.SENT
    assert sum(entry.op in row["body"] for row in house.tracker.issues.values()) == 1


def test_the_services_time_is_that_of_the_first_attempt_that_may_have_landed(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    queued = house.desk.reply(house.flagged(), "Once.")
    first, second = START, START + timedelta(hours=1)
    unsent = outbox.delivered(outbox.begin(queued, START, first), Attempt(effect=Effect.NOT_SENT), START)
    again = outbox.begin(unsent, START, second)
    assert again.asked_there == second  # the first one certainly did not land
    lost = replace(outbox.delivered(again, Attempt(effect=Effect.UNKNOWN), START), state=State.QUEUED)
    assert outbox.begin(lost, START, datetime(2027, 1, 1, tzinfo=UTC)).asked_there == second
