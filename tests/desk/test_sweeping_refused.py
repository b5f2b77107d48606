"""What was refused, held or dropped after an attempt without an answer: that attempt may have landed, or still land."""

from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.demo import REPO, TRACKER, Answer
from supportdesk.errors import UsageError
from supportdesk.model import Note, Outgoing, Reply, State, TicketRef
from supportdesk.providers import Request

QUARTER_S = 900.0
WORDS = "Said once."


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def drained(house: House, seconds: float = 0.0, times: int = 1) -> None:
    for _ in range(times):
        house.pass_time(seconds)
        run(house.desk.drain(hurry=True))


def refused_after_silence(house: House, refusal: str, lands_after_s: float) -> Outgoing:
    """A reply whose first request lands late, and whose second is refused."""
    entry = house.desk.reply(house.flagged(), WORDS)
    house.helpdesk.fail_next("late", wait_s=lands_after_s)
    house.helpdesk.fail_next(refusal, on="PUT")
    drained(house)
    drained(house, 3, times=2)
    return house.desk.entry(entry.op)


def copies(house: House, ref: TicketRef) -> int:
    return sum(row["plain_body"] == WORDS for row in house.helpdesk.records.comments[int(ref.id)])


def test_what_lands_after_its_second_attempt_was_refused_is_found_and_said(house: House) -> None:
    entry = refused_after_silence(house, "422", lands_after_s=300)
    assert (entry.state, entry.attempts, entry.unknowns) == (State.REJECTED, 2, 1)
    assert "may still arrive" in entry.why
    with pytest.raises(UsageError, match="may have arrived"):
        house.desk.edit(entry.op)  # as something new the words would reach the customer twice
    drained(house, QUARTER_S)
    found = house.desk.entry(entry.op)
    assert (found.state, copies(house, entry.ref)) == (State.SENT, 1)
    assert "arrived after all" in found.why


@pytest.mark.parametrize(("refusal", "state"), [("422", State.REJECTED), ("conflict", State.HELD)])
def test_what_has_not_landed_by_the_sweep_stays_refused_and_can_be_edited(
    house: House, refusal: str, state: State
) -> None:
    entry = refused_after_silence(house, refusal, lands_after_s=86_400)
    drained(house, QUARTER_S)
    swept = house.desk.entry(entry.op)
    assert (swept.state, swept.sweep_at) == (state, None)
    assert "is not there" in swept.why
    assert str(entry.ref) in house.desk.edit(entry.op)


@pytest.mark.parametrize("stop", ["422", "public"])
def test_an_issue_that_a_slow_list_hid_is_not_called_rejected_or_held(house: House, stop: str) -> None:
    """It stood there when it was looked for; the list tells of it only when the second attempt is stopped."""
    entry = house.desk.escalate(run(house.desk.propose(house.flagged())))
    house.tracker.fail_next("lost answer")
    listed, serve = house.tracker._listed, house.tracker.serve
    house.tracker._listed = lambda row, asked: False  # type: ignore[method-assign]  # a list that lags
    drained(house)

    def catching_up(request: Request) -> Answer:
        if request.path.endswith(REPO):  # it is asked whether it is public, immediately before the next attempt
            house.tracker._listed = listed  # type: ignore[method-assign]  # the list knows of it now
        return serve(request)

    house.tracker.serve = catching_up  # type: ignore[method-assign]  # as above
    if stop == "public":
        house.tracker.private = False
    else:
        house.tracker.fail_next(stop, on="POST")
    drained(house, 6)
    now = house.desk.entry(entry.op)
    assert (now.state, now.unknowns) == (State.SENT, 1)
    assert sum(entry.op in row["body"] for row in house.tracker.issues.values()) == 1
    reading = house.desk.read(entry.ref)
    assert reading is not None
    assert str(reading.escalation.issue) == f"{TRACKER}#{now.remote}"  # type: ignore[union-attr]  # it is linked


@pytest.mark.parametrize("when", ["uncertain", "refused"])
def test_what_was_dropped_and_lands_is_said_to_have_landed(house: House, when: str) -> None:
    if when == "refused":
        entry = refused_after_silence(house, "422", lands_after_s=300)
    else:
        entry = house.desk.reply(house.flagged(), WORDS)
        house.helpdesk.fail_next("late", wait_s=300)
        house.helpdesk.fail_next("503", on="GET")
        drained(house)
    house.desk.drop(entry.op)
    drained(house, 60)
    assert house.desk.entry(entry.op).state is State.DROPPED
    drained(house, QUARTER_S)
    found = house.desk.entry(entry.op)
    assert (found.state, copies(house, entry.ref)) == (State.SENT, 1)


def test_an_issue_that_was_dropped_and_lands_is_noted_and_its_customer_hears_nothing(house: House) -> None:
    entry = house.desk.escalate(run(house.desk.propose(house.flagged())), public_link=True)
    house.tracker.fail_next("late", wait_s=300)
    run(house.desk.drain())
    house.desk.drop(entry.op)
    drained(house, QUARTER_S + 60)
    drained(house, 60, times=2)
    assert house.desk.entry(entry.op).state is State.SENT
    changes = [type(it.change) for it in house.desk.outbox()]
    assert Note in changes
    assert Reply not in changes


def test_what_was_dropped_before_it_was_ever_sent_is_not_looked_for(house: House) -> None:
    entry = house.desk.reply(house.flagged(), WORDS)
    house.desk.drop(entry.op)
    asked = len(house.helpdesk.requests)
    drained(house, QUARTER_S)
    assert len(house.helpdesk.requests) == asked
    assert house.desk.due_in() is None
