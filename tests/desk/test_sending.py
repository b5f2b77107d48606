"""Replies, notes and fields through the outbox: in order, once, held when the ticket moved, kept while offline."""

import asyncio
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.desk import open_demo
from supportdesk.errors import RoleError, UsageError
from supportdesk.model import State, Status, TicketRef, Update


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def bodies(house: House, ref: TicketRef) -> list[str]:
    run(house.desk.refresh(ref))
    reading = house.desk.read(ref)
    assert reading is not None
    return [comment.body for comment in reading.comments]


def test_a_reply_is_on_disk_before_it_is_sent_and_public_when_it_is(house: House) -> None:
    ref = house.flagged()
    entry = house.desk.reply(ref, "We are on it.")
    assert house.desk.entry(entry.op).state is State.QUEUED
    assert "We are on it." not in [comment.body for comment in house.desk.read(ref).comments]  # type: ignore[union-attr]  # there
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.SENT
    said = house.desk.read(ref).comments[-1]  # type: ignore[union-attr]  # there
    assert (said.body, said.public) == ("We are on it.", True)


def test_a_note_stays_internal(house: House) -> None:
    ref = house.flagged()
    house.desk.note(ref, "Looks like the cache.")
    run(house.desk.drain())
    said = house.desk.read(ref).comments[-1]  # type: ignore[union-attr]  # there
    assert (said.body, said.public) == ("Looks like the cache.", False)


def test_several_writes_on_one_ticket_leave_in_order_and_do_not_conflict_with_each_other(house: House) -> None:
    ref = house.flagged()
    for words in ("one", "two", "three"):
        house.desk.reply(ref, words)
    house.desk.update(ref, Update(status=Status.PENDING))
    run(house.desk.drain())
    assert bodies(house, ref)[-3:] == ["one", "two", "three"]
    assert house.desk.read(ref).ticket.status is Status.PENDING  # type: ignore[union-attr]  # there


def test_a_ticket_that_changed_meanwhile_holds_the_reply_and_writes_nothing(house: House) -> None:
    ref = house.flagged()
    entry = house.desk.reply(ref, "Based on what I read.")
    house.helpdesk.fail_next("conflict")
    run(house.desk.drain())
    held = house.desk.entry(entry.op)
    assert held.state is State.HELD
    assert held.why
    assert "Based on what I read." not in bodies(house, ref)
    house.desk.retry(entry.op)
    run(house.desk.drain())
    assert bodies(house, ref)[-1] == "Based on what I read."


def test_a_reply_that_is_hurried_does_not_leave_over_words_that_nobody_was_shown(tmp_path: Path) -> None:
    house = open_house(tmp_path, undo_s=8.0)
    ref = house.flagged()
    entry = house.desk.reply(ref, "Are you still there?")
    house.helpdesk.customer_replies(int(ref.id), "It is solved, thank you.")
    run(house.desk.refresh(ref))  # as R does first
    house.desk.retry(entry.op)
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.HELD
    assert "Are you still there?" not in bodies(house, ref)
    house.desk.retry(entry.op)
    run(house.desk.drain())
    assert bodies(house, ref)[-1] == "Are you still there?"


@pytest.mark.parametrize("weather", ["lost answer", "503", "429", "401", "unreachable", "html", "truncated"])
def test_whatever_the_weather_one_reply_arrives_and_nothing_is_lost(house: House, weather: str) -> None:
    ref = house.flagged()
    entry = house.desk.reply(ref, "Exactly once.")
    house.helpdesk.fail_next(weather)
    run(house.desk.drain(hurry=True))
    for _ in range(6):
        house.pass_time(700)
        run(house.desk.drain(hurry=True))
    assert house.desk.entry(entry.op).state is State.SENT
    assert bodies(house, ref).count("Exactly once.") == 1


@pytest.mark.parametrize("weather", ["422", "403"])
def test_a_refusal_is_shown_and_never_tried_again_by_itself(house: House, weather: str) -> None:
    ref = house.flagged()
    entry = house.desk.reply(ref, "Refused.")
    house.helpdesk.fail_next(weather)
    for _ in range(3):
        run(house.desk.drain(hurry=True))
        house.pass_time(700)
    refused = house.desk.entry(entry.op)
    assert refused.state is State.REJECTED
    assert refused.why
    assert "Refused." not in bodies(house, ref)
    assert house.desk.edit(entry.op) == f"The words are in the draft of {ref} again."
    assert house.desk.draft(ref, public=True) == "Refused."


def test_offline_the_queue_stays_and_writes_wait(house: House) -> None:
    ref = house.flagged()
    house.helpdesk.offline = True
    report = run(house.desk.sync())
    assert report.failed
    assert len(house.desk.queue("open")) > 10
    entry = house.desk.reply(ref, "Later.")
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.QUEUED
    assert house.desk.status().queued == 1
    house.helpdesk.offline = False
    run(house.desk.drain(hurry=True))
    assert house.desk.entry(entry.op).state is State.SENT


def test_what_was_queued_and_drafted_is_there_after_a_restart(house: House, tmp_path: Path) -> None:
    ref = house.flagged()
    entry = house.desk.reply(ref, "Survives.")
    house.desk.save_draft(ref, "half a thought", public=False)
    run(house.desk.close())
    again = open_demo(tmp_path, undo_s=0.0, now=lambda: house.at[0])
    again.wake()
    assert again.entry(entry.op).state is State.QUEUED
    assert again.draft(ref, public=False) == "half a thought"
    assert again.draft(ref, public=True) == ""


def test_taking_a_reply_back_returns_its_words_to_the_draft(tmp_path: Path) -> None:
    house = open_house(tmp_path, undo_s=8.0)
    ref = house.flagged()
    house.desk.reply(ref, "Too fast.", Update(status=Status.SOLVED))
    house.desk.undo()
    assert house.desk.draft(ref, public=True) == "Too fast."
    with pytest.raises(UsageError):
        house.desk.undo()


def test_an_empty_reply_is_refused_before_it_is_queued(house: House) -> None:
    with pytest.raises(UsageError, match="empty"):
        house.desk.reply(house.flagged(), " \n ")


def test_a_read_only_console_refuses_every_write_with_a_sentence(house: House) -> None:
    house.desk.read_only = True
    with pytest.raises(RoleError, match="read-only"):
        house.desk.reply(house.flagged(), "no")


def test_a_second_console_queues_and_says_who_sends(house: House, tmp_path: Path) -> None:
    second = open_demo(tmp_path, undo_s=0.0, now=lambda: house.at[0])
    second.wake()
    assert "sends; this one queues" in second.status().sender
    ref = house.flagged()
    entry = second.reply(ref, "From the second.")
    run(second.drain(hurry=True))
    assert second.entry(entry.op).state is State.QUEUED
    run(house.desk.drain(hurry=True))
    assert house.desk.entry(entry.op).state is State.SENT


def test_leaving_closes_all_desks_at_once_within_the_time_that_is_left(house: House) -> None:
    connections = house.desk.work.connections.values()
    given: list[float] = []

    async def leave() -> None:
        all_of_them = asyncio.Barrier(len(connections))

        async def close(wait_s: float) -> None:
            given.append(wait_s)
            await all_of_them.wait()  # for ever, where one waits for another

        for connection in connections:
            connection.close = close  # type: ignore[method-assign]  # a desk that takes its time
        await asyncio.wait_for(house.desk.close(5.0), 10)

    run(leave())
    assert len(given) == len(connections) > 1
    assert max(given) <= 5.0


def test_a_refresh_tells_how_many_words_of_others_came(house: House) -> None:
    ref = house.flagged()
    house.desk.reply(ref, "Ours.")
    run(house.desk.drain())
    assert run(house.desk.refresh(ref)) == 0
    house.helpdesk.customer_replies(int(ref.id), "It is solved, thank you.")
    assert [run(house.desk.refresh(ref)) for _ in range(2)] == [1, 0]
