"""A reply and the status that goes with it, on a service that takes them in two requests: one act, however it ends."""

from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.demo import TRACKER
from supportdesk.model import Outgoing, Reply, State, Status, TicketRef, Update


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def answered(house: House) -> Outgoing:
    """A reply that solves a ticket, queued."""
    ref = next(it for it in house.desk.queue("open").refs if it.desk == TRACKER)
    return house.desk.reply(ref, "Fixed in 5.12.2.", Update(status=Status.SOLVED))


def drained(house: House, times: int = 3) -> None:
    for _ in range(times):
        run(house.desk.drain(hurry=True))
        house.pass_time(30)


def states(house: House) -> list[State]:
    """Of the reply, and of the fields."""
    return [it.state for it in sorted(house.desk.outbox(), key=lambda it: not isinstance(it.change, Reply))]


def is_open(house: House, ref: TicketRef) -> bool:
    return bool(house.tracker.issues[int(ref.id)]["state"] == "open")


@pytest.mark.parametrize(("weather", "method"), [("422", "POST"), ("403", "GET")])
def test_a_reply_that_is_refused_solves_nothing_until_a_person_says_so(house: House, weather: str, method: str) -> None:
    entry = answered(house)
    house.tracker.fail_next(weather, on=method)
    drained(house)
    assert states(house) == [State.REJECTED, State.HELD]
    assert is_open(house, entry.ref)
    for each in reversed(house.desk.outbox()):
        house.desk.retry(each.op)
    drained(house)
    assert states(house) == [State.SENT, State.SENT]
    assert not is_open(house, entry.ref)


@pytest.mark.parametrize("refused", [True, False])
@pytest.mark.parametrize("way", ["drop", "edit"])
def test_a_reply_that_is_given_up_takes_its_status_with_it(house: House, way: str, refused: bool) -> None:
    entry = answered(house)
    if refused:
        house.tracker.fail_next("422", on="POST")
        drained(house, times=1)
    getattr(house.desk, way)(entry.op)
    drained(house)
    assert states(house) == [State.DROPPED, State.DROPPED]
    assert is_open(house, entry.ref)


def test_what_was_done_apart_from_a_reply_goes_on_without_it(house: House) -> None:
    entry = house.desk.reply(answered(house).ref, "And this.")
    house.pass_time(1)
    status = house.desk.update(entry.ref, Update(add_tags=("later",)))
    house.desk.drop(entry.op)
    drained(house)
    found = status if isinstance(status, Outgoing) else status[0]
    assert house.desk.entry(found.op).state is State.SENT
