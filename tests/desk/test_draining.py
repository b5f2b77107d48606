"""The drain under odd circumstances: two at once, things taken back meanwhile, desks that are down or told to wait."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.demo import DESK, TRACKER, Embedded
from supportdesk.errors import UsageError
from supportdesk.model import Outgoing, State, Status, TicketRef, Update
from supportdesk.text import LONGEST


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def two_tickets(house: House) -> tuple[TicketRef, TicketRef]:
    first, second = [ref for ref in house.desk.queue("open").refs if ref.desk == DESK][:2]
    return first, second


def slow(house: House, desk: str = DESK, delay_s: float = 0.01) -> None:
    wire = house.desk.work.connection(desk).wire
    assert isinstance(wire, Embedded)
    wire.delay_s = delay_s


def writes(house: House) -> int:
    return sum(request.writes for request in house.helpdesk.requests)


def unbundled(house: House) -> None:
    connection = house.desk.work.connection(DESK)
    assert connection.identity is not None
    able = replace(connection.identity.capabilities, bundles=False)
    connection.identity = replace(connection.identity, capabilities=able)


def test_a_drain_that_may_wait_does_not_wait_for_a_desk_that_is_down(house: House) -> None:
    ref, _ = two_tickets(house)
    house.desk.reply(ref, "one")
    house.desk.reply(ref, "two")
    house.helpdesk.offline = True
    began = time.monotonic()
    left = run(house.desk.drain(30.0, hurry=True))
    assert time.monotonic() - began < 10
    assert [(entry.state, entry.attempts) for entry in left] == [(State.QUEUED, 1), (State.QUEUED, 0)]


def test_what_is_dropped_while_another_is_being_sent_is_not_sent(house: House) -> None:
    one, two = two_tickets(house)
    house.desk.reply(one, "goes out")
    dropped = house.desk.reply(two, "was taken back")
    slow(house)

    async def both() -> None:
        drain = asyncio.create_task(house.desk.drain())
        await asyncio.sleep(0.015)
        house.desk.drop(dropped.op)
        await drain

    run(both())
    assert house.desk.entry(dropped.op).state is State.DROPPED
    assert writes(house) == 1


def test_two_drains_at_once_send_everything_once(house: House) -> None:
    entries = [house.desk.reply(ref, "once") for ref in two_tickets(house)]
    slow(house)

    async def both() -> None:
        await asyncio.gather(house.desk.drain(hurry=True), house.desk.drain(hurry=True))

    run(both())
    assert [(e.state, e.attempts) for e in map(house.desk.entry, (each.op for each in entries))] == [
        (State.SENT, 1)
    ] * 2
    assert writes(house) == 2


def test_an_uncertain_reply_that_was_dropped_during_the_look_stays_dropped(house: House) -> None:
    ref, _ = two_tickets(house)
    entry = house.desk.reply(ref, "maybe")
    house.desk.work.put(replace(entry, state=State.UNCERTAIN, attempts=1, unknowns=1, asked_at=house.desk.work.now()))
    slow(house)

    async def both() -> None:
        drain = asyncio.create_task(house.desk.drain(hurry=True))
        await asyncio.sleep(0.005)
        house.desk.drop(entry.op)
        await drain

    run(both())
    assert house.desk.entry(entry.op).state is State.DROPPED
    assert writes(house) == 0


def test_the_caller_may_go_and_what_is_under_way_is_finished(house: House) -> None:
    ref, _ = two_tickets(house)
    entry = house.desk.reply(ref, "finished all the same")
    slow(house, delay_s=0.05)

    async def leave() -> int:
        drain = asyncio.create_task(house.desk.drain())
        await asyncio.sleep(0.02)
        drain.cancel()
        await asyncio.wait({drain})
        if house.desk._sending is not None:
            await asyncio.wait({house.desk._sending})
        return 0

    run(leave())
    assert house.desk.entry(entry.op).state is State.SENT


def test_a_services_word_holds_for_everything_on_its_desk_and_for_nothing_else(house: House) -> None:
    one, two = two_tickets(house)
    first, second = house.desk.reply(one, "told to wait"), house.desk.reply(two, "waits with it")
    house.helpdesk.fail_next("429", wait_s=40, on="PUT")
    run(house.desk.drain(hurry=True))
    run(house.desk.drain(hurry=True))
    house.pass_time(39)
    run(house.desk.drain(hurry=True))
    assert writes(house) == 1
    assert house.desk.due_in() == pytest.approx(1)
    house.pass_time(1)
    run(house.desk.drain(hurry=True))
    assert [house.desk.entry(each.op).state for each in (first, second)] == [State.SENT, State.SENT]


def test_a_desk_that_is_down_is_asked_once_and_stops_no_other(house: House) -> None:
    for ref in two_tickets(house):
        house.desk.reply(ref, "waits")
    issue = next(ref for ref in house.desk.queue("all").refs if ref.desk == TRACKER)
    other = house.desk.reply(issue, "goes out")
    house.helpdesk.offline = True
    run(house.desk.drain(hurry=True))
    assert house.desk.entry(other.op).state is State.SENT
    waiting = [entry for entry in house.desk.outbox() if entry.state is State.QUEUED]
    assert sorted(entry.attempts for entry in waiting) == [0, 1]
    assert all(entry.own_backoff and entry.why for entry in waiting)


@pytest.mark.parametrize("weather", ["403", "404"])
def test_what_may_have_arrived_and_cannot_be_looked_for_waits_for_a_person(house: House, weather: str) -> None:
    ref, _ = two_tickets(house)
    entry = house.desk.reply(ref, "where is it?")
    house.helpdesk.fail_next("lost answer")
    house.helpdesk.fail_next(weather, on="audits")
    run(house.desk.drain(hurry=True))
    run(house.desk.drain(hurry=True))
    held = house.desk.entry(entry.op)
    assert held.state is State.HELD
    assert "may have arrived" in held.why
    house.desk.retry(entry.op)
    run(house.desk.drain(hurry=True))
    assert house.desk.entry(entry.op).state is State.SENT
    assert writes(house) == 1


def test_undo_takes_back_everything_that_one_key_queued(tmp_path: Path) -> None:
    house = open_house(tmp_path, undo_s=8.0)
    unbundled(house)
    moment = house.at[0]
    house.desk.work.now = lambda: house.at.append(house.at[-1] + timedelta(milliseconds=1)) or house.at[-1]
    ref, _ = two_tickets(house)
    house.desk.reply(ref, "too fast", Update(status=Status.SOLVED))
    assert len(house.desk.outbox()) == 2
    house.desk.undo()
    assert [entry.state for entry in house.desk.outbox()] == [State.DROPPED, State.DROPPED]
    assert house.desk.draft(ref, public=True) == "too fast"
    assert house.at[-1] > moment


def test_a_script_that_replies_leaves_the_draft_of_the_console_alone(house: House) -> None:
    ref, _ = two_tickets(house)
    house.desk.save_draft(ref, "half a thought", public=True)
    house.desk.reply(ref, "Something else.")
    assert house.desk.draft(ref, public=True) == "half a thought"
    house.desk.reply(ref, "half a thought")
    assert house.desk.draft(ref, public=True) == ""


@pytest.mark.parametrize("state", [State.UNCERTAIN, State.HELD])
def test_words_that_may_have_arrived_do_not_become_a_draft_again(house: House, state: State) -> None:
    ref, _ = two_tickets(house)
    entry = house.desk.reply(ref, "twice?")
    house.desk.work.put(replace(entry, state=state, sweep_at=house.desk.work.now() if state is State.HELD else None))
    with pytest.raises(UsageError, match="may have arrived"):
        house.desk.edit(entry.op)
    assert house.desk.draft(ref, public=True) == ""


def test_a_text_that_is_too_long_is_refused_and_not_cut(house: House) -> None:
    with pytest.raises(UsageError, match="longer"):
        house.desk.reply(two_tickets(house)[0], "x" * (LONGEST + 1))


def test_what_waits_behind_a_held_entry_says_so(house: House) -> None:
    ref, _ = two_tickets(house)
    first, second = house.desk.reply(ref, "one"), house.desk.reply(ref, "two")
    house.helpdesk.fail_next("conflict")
    run(house.desk.drain(hurry=True))
    assert house.desk.entry(second.op).state is State.QUEUED
    assert blocked_by(house, second) == first.op
    house.desk.drop(first.op)
    assert blocked_by(house, second) is None


def blocked_by(house: House, entry: Outgoing) -> str | None:
    found = house.desk.waits_for(house.desk.entry(entry.op))
    return found.op if found else None


def test_what_is_done_is_not_looked_through_for_when_the_next_is_due(house: House) -> None:
    first, second = two_tickets(house)
    house.desk.drop(house.desk.reply(first, "Taken back.").op)
    waiting = house.desk.reply(second, "On its way.")
    asked: list[str] = []

    def steadied(entry: Outgoing) -> Outgoing:
        asked.append(entry.op)
        return entry

    house.desk.work.steadied = steadied
    assert house.desk.due_in() == 0.0
    assert asked == [waiting.op]
