"""The sweep: fifteen minutes after something was sent twice, a duplicate of ours is closed and the engineer is told."""

from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.demo import TRACKER, Answer
from supportdesk.demo.story import age
from supportdesk.desk.clocks import Steady
from supportdesk.model import Note, Outgoing, State
from supportdesk.providers import Json, Request

QUARTER_S = age("15m").total_seconds()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def ours(house: House, op: str) -> list[Json]:
    return [row for row in house.tracker.issues.values() if op in row["body"]]


def filed_twice(house: House, *, hidden: bool) -> Outgoing:
    """An issue whose first request lands late, or lands at once in a list that learns of it late."""
    entry = house.desk.escalate(run(house.desk.propose(house.flagged())))
    house.tracker.fail_next("lost answer" if hidden else "late", wait_s=700)
    listed = house.tracker._listed
    house.tracker._listed = lambda row, asked: entry.op not in row["body"] and listed(row, asked)  # type: ignore[method-assign]  # a list that lags
    run(house.desk.drain(hurry=True))
    for _ in range(3):
        house.pass_time(6)
        run(house.desk.drain(hurry=True))
    house.tracker._listed = listed  # type: ignore[method-assign]  # it has caught up
    house.pass_time(QUARTER_S)
    return house.desk.entry(entry.op)


def test_an_issue_that_landed_late_is_closed_as_a_duplicate_of_the_first(house: House) -> None:
    entry = filed_twice(house, hidden=False)
    assert entry.state is State.SENT
    assert house.desk.due_in() == 0.0
    run(house.desk.drain())
    assert [(str(row["number"]) == entry.remote, row["state"]) for row in ours(house, entry.op)] == [
        (True, "open"),
        (False, "closed"),
    ]
    swept = house.desk.entry(entry.op)
    assert "closed as a duplicate" in swept.why
    assert (swept.state, swept.sweep_at) == (State.SENT, None)
    assert house.desk.due_in() is None


def test_where_the_first_one_was_hidden_it_stays_and_the_ticket_is_linked_to_it(house: House) -> None:
    entry = filed_twice(house, hidden=True)
    run(house.desk.drain())
    run(house.desk.drain())
    oldest, younger = ours(house, entry.op)
    assert (oldest["state"], younger["state"], younger["state_reason"]) == ("open", "closed", "duplicate")
    assert str(younger["number"]) == entry.remote
    reading = house.desk.read(entry.ref)
    assert reading is not None
    assert reading.escalation is not None
    assert str(reading.escalation.issue) == f"{TRACKER}#{oldest['number']}"
    notes = [it for it in house.desk.outbox() if isinstance(it.change, Note)]
    assert [it.state for it in notes] == [State.SENT, State.SENT]
    assert f"{TRACKER}#{oldest['number']} " in notes[0].change.body  # type: ignore[union-attr]  # a note


def oldest_is_linked(house: House, entry: Outgoing) -> bool:
    oldest, younger = ours(house, entry.op)
    reading = house.desk.read(entry.ref)
    assert reading is not None
    assert (oldest["state"], younger["state"]) == ("open", "closed")
    return reading.escalation is not None and str(reading.escalation.issue) == f"{TRACKER}#{oldest['number']}"


@pytest.mark.parametrize(("hidden", "times"), [(True, 1), (True, 2), (False, 1)])
def test_a_closing_whose_answer_was_lost_is_done_and_said_all_the_same(house: House, hidden: bool, times: int) -> None:
    entry = filed_twice(house, hidden=hidden)
    for _ in range(times):
        house.tracker.fail_next("lost answer", on="PATCH")
    for _ in range(3):
        run(house.desk.drain())
        house.pass_time(QUARTER_S)
    assert oldest_is_linked(house, entry)
    assert "closed as a duplicate" in house.desk.entry(entry.op).why


def test_a_process_that_dies_in_a_sweep_has_its_ticket_told_once(house: House) -> None:
    entry = filed_twice(house, hidden=True)
    run(house.desk.drain())
    run(house.desk.drain())
    told = len(house.helpdesk.records.comments[int(entry.ref.id)])
    house.desk.work.put(entry)  # the note is on disk, that the sweep has ended is not
    for _ in range(2):
        run(house.desk.drain())
    assert len(house.helpdesk.records.comments[int(entry.ref.id)]) == told
    assert oldest_is_linked(house, entry)


def test_what_cannot_be_closed_is_named_for_the_engineer(house: House) -> None:
    entry = filed_twice(house, hidden=False)
    house.tracker.fail_next("403", on="PATCH")
    run(house.desk.drain())
    assert "could not be closed" in house.desk.entry(entry.op).why


def test_a_sweep_that_finds_the_tracker_down_is_put_off_and_done_later(house: House) -> None:
    entry = filed_twice(house, hidden=False)
    house.tracker.offline = True
    run(house.desk.drain())
    assert house.desk.due_in() == QUARTER_S
    house.tracker.offline = False
    house.pass_time(QUARTER_S)
    run(house.desk.drain())
    assert "closed as a duplicate" in house.desk.entry(entry.op).why


def test_what_was_sent_once_is_not_looked_for_again(house: House) -> None:
    entry = house.desk.escalate(run(house.desk.propose(house.flagged())))
    run(house.desk.drain(hurry=True))
    asked = len(house.tracker.requests)
    house.pass_time(2 * QUARTER_S)
    run(house.desk.drain(hurry=True))
    assert house.desk.entry(entry.op).state is State.SENT
    assert len(house.tracker.requests) == asked


def test_what_was_given_up_and_lands_late_is_not_held_any_more(house: House) -> None:
    ref = house.flagged()
    entry = house.desk.reply(ref, "Where is it?")
    serve, kept = house.helpdesk.serve, list[Request]()

    def swallow(request: Request) -> Answer:
        if request.writes:
            kept.append(request)
            return house.helpdesk.refuse(503, "Down for a moment")
        return serve(request)

    house.helpdesk.serve = swallow  # type: ignore[method-assign]  # a service that answers nobody and forgets nothing
    for _ in range(12):
        run(house.desk.drain(hurry=True))
        house.pass_time(61)
    assert house.desk.entry(entry.op).state is State.HELD
    house.helpdesk.serve = serve  # type: ignore[method-assign]  # it is itself again
    serve(kept[0])
    house.pass_time(QUARTER_S)
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.SENT


def test_a_clock_that_is_set_back_neither_hurries_nor_forgets_the_sweep(house: House) -> None:
    work, began = house.desk.work, house.at[0]
    work.steadied = Steady(work.now, lambda: ("boot", (house.at[0] - began).total_seconds() + set_back_s[0]))
    set_back_s = [0.0]
    entry = filed_twice(house, hidden=True)
    house.pass_time(-QUARTER_S / 2)
    left_s = house.desk.due_in()
    assert left_s == pytest.approx(QUARTER_S / 2, abs=30)
    house.pass_time(-86_400)
    set_back_s[0] = 86_400.0
    assert house.desk.due_in() == left_s
    run(house.desk.drain())
    house.pass_time(QUARTER_S / 2)
    assert house.desk.due_in() == 0.0
    run(house.desk.drain())
    assert "closed as a duplicate" in house.desk.entry(entry.op).why
