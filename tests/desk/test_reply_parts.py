"""A reply and the status that goes with it, on a service that takes them in two requests: one act, however it ends."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk import outbox
from supportdesk.demo import DESK, TRACKER
from supportdesk.errors import NotFoundError, UsageError
from supportdesk.model import Note, Outgoing, Reply, State, Status, TicketRef, Update


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def answered(house: House) -> Outgoing:
    """A reply that solves a ticket, queued."""
    ref = next(it for it in house.desk.queue("open").refs if it.desk == TRACKER)
    return house.desk.reply(ref, "Fixed in 5.12.2.", Update(status=Status.SOLVED))


def noted(house: House) -> Outgoing:
    """The same as a note that is kept among us: no desk of the demo takes a note and its status apart."""
    entry = answered(house)
    note = replace(entry, change=Note(body="Fixed in 5.12.2."))
    house.desk.work.put(note)
    return note


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
    house.desk.retry(entry.op)
    drained(house)
    assert states(house) == [State.SENT, State.SENT]
    assert not is_open(house, entry.ref)


@pytest.mark.parametrize("touched", [False, True])
def test_a_reply_that_a_conflict_held_is_sent_again_with_its_status_by_one_key(house: House, touched: bool) -> None:
    entry = answered(house)
    house.tracker.colleague_writes(int(entry.ref.id), "Looking at this now.")
    drained(house)
    assert states(house) == [State.HELD, State.QUEUED]
    run(house.desk.refresh(entry.ref))
    if touched:  # who tried the status first set it on the ticket as it is as well
        house.desk.retry(next(it.op for it in house.desk.outbox() if it.op != entry.op))
        house.tracker.colleague_writes(int(entry.ref.id), "And again.")
        run(house.desk.refresh(entry.ref))
    house.desk.retry(entry.op)
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


def test_a_note_that_is_refused_solves_nothing_until_a_person_says_so(house: House) -> None:
    note = noted(house)
    refused = outbox.Attempt(effect=outbox.Effect.REJECTED, why="Too long.")
    work = house.desk.work
    work.step(note, lambda entry: outbox.delivered(entry, refused, work.now()))
    drained(house)
    fields = next(it for it in house.desk.outbox() if it.op != note.op)
    assert (fields.state, fields.why) == (State.HELD, "The words that it goes with were refused.")
    assert is_open(house, note.ref)


@pytest.mark.parametrize("words", [answered, noted])
def test_that_the_status_is_dropped_with_its_words_is_said(house: House, words: Callable[[House], Outgoing]) -> None:
    said = house.desk.edit(words(house).op)
    assert said.endswith("again. What was to go with it is dropped too (status solved): set it again when you send it.")


@pytest.mark.parametrize("desk", [DESK, TRACKER])
def test_that_the_status_is_taken_back_with_its_words_is_said(tmp_path: Path, desk: str) -> None:
    house = open_house(tmp_path, undo_s=8)
    ref = next(it for it in house.desk.queue("open").refs if it.desk == desk)
    house.desk.reply(ref, "Fixed in 5.12.2.", Update(status=Status.SOLVED))
    assert "dropped too (status solved)" in house.desk.undo()
    house.desk.reply(ref, "Fixed in 5.12.2.")
    assert house.desk.undo().endswith("Nothing was sent.")


def test_what_is_gone_cannot_be_edited(house: House) -> None:
    entry = answered(house)
    house.desk.drop(entry.op)
    with pytest.raises(UsageError, match="dropped already"):
        house.desk.edit(entry.op)


def test_a_ticket_that_goes_while_we_write_reaches_nobody_and_keeps_the_words(house: House) -> None:
    ref, desk = house.flagged(), house.desk
    desk.save_draft(ref, "Half a thought", public=True)
    desk.work.cache.forget_ticket(ref)  # its service has merged or deleted it
    assert desk.read(ref) is None
    assert (desk.recipients(ref).people, desk.cautions(ref, "Half a thought")) == ((), ())
    assert "not on disk" in (desk.disabled_reason("reply", ref) or "")
    with pytest.raises(NotFoundError, match="not on disk"):
        desk.reply(ref, "Half a thought")
    assert desk.save_draft(ref, "Half a thought more", public=True, was="Half a thought") == "Half a thought more"
