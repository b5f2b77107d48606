"""Whoever quotes our words quotes their marker along: their comment is not ours, and ours is not sent a second time."""

from dataclasses import replace
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.demo import DESK, TRACKER
from supportdesk.desk.identity import remember
from supportdesk.errors import UsageError
from supportdesk.model import Outgoing, Person, State
from supportdesk.providers.answers import marker


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def unanswered(house: House) -> Outgoing:
    """A reply that arrived, whose answer did not."""
    ref = next(it for it in house.desk.queue("open").refs if it.desk == TRACKER)
    entry = house.desk.reply(ref, "Fixed in 5.12.2.")
    house.tracker.fail_next("lost answer", on="POST")
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.UNCERTAIN
    return entry


def posted(house: House) -> int:
    return sum(request.method == "POST" for request in house.tracker.requests)


def settled(house: House) -> None:
    for _ in range(30):
        run(house.desk.drain(hurry=True))
        house.pass_time(30)


def test_ours_is_found_beside_a_quote_of_it(house: House) -> None:
    entry = unanswered(house)
    number = int(entry.ref.id)
    house.tracker.colleague_writes(number, f"> Fixed in 5.12.2.\n\n{marker(entry.op)}")
    ours = house.tracker.comments[number][-2]
    settled(house)
    now = house.desk.entry(entry.op)
    assert (now.state, now.remote) == (State.SENT, str(ours["id"]))
    assert posted(house) == 1


def test_a_quote_of_ours_that_stands_alone_is_neither_taken_for_it_nor_answered_by_sending_again(house: House) -> None:
    entry = unanswered(house)
    number = int(entry.ref.id)
    house.tracker.colleague_writes(number, f"> Fixed in 5.12.2.\n\n{marker(entry.op)}")
    del house.tracker.comments[number][-2]
    settled(house)
    now = house.desk.entry(entry.op)
    assert now.state is State.HELD
    assert "in none of yours" in now.why
    house.desk.retry(entry.op)
    settled(house)
    assert house.desk.entry(entry.op).state is State.HELD
    assert posted(house) == 1


@pytest.mark.parametrize("gone", ["ours", "ticket"])
def test_what_no_later_look_can_tell_is_looked_for_once_more_and_can_then_be_edited(house: House, gone: str) -> None:
    entry = unanswered(house)
    number = int(entry.ref.id)
    house.tracker.colleague_writes(number, f"> Fixed in 5.12.2.\n\n{marker(entry.op)}")
    del house.tracker.comments[number][-2]
    if gone == "ticket":
        del house.tracker.issues[number]
    settled(house)
    with pytest.raises(UsageError, match="may have arrived"):
        house.desk.edit(entry.op)
    house.pass_time(900)
    settled(house)
    asked = len(house.tracker.requests)
    house.pass_time(3600)
    run(house.desk.drain(hurry=True))
    now = house.desk.entry(entry.op)
    assert (now.state, now.sweep_at, len(house.tracker.requests)) == (State.HELD, None, asked)
    assert "cannot be told" in now.why
    assert "once more in a quarter" not in now.why
    assert str(entry.ref) in house.desk.edit(entry.op)
    assert posted(house) == 1


def test_words_that_quote_a_mark_are_no_audit_of_ours(house: House) -> None:
    ref = next(it for it in house.desk.queue("open").refs if it.desk == DESK)
    entry = house.desk.reply(ref, "Fixed in 5.12.2.")
    house.helpdesk.fail_next("lost answer", on="PUT")
    run(house.desk.drain())
    records = house.helpdesk.records
    ours = next(audit for audit in records.audits[int(ref.id)] if entry.op in str(audit))
    ours["metadata"]["custom"] = {}  # as if it had never been
    ours["events"][0]["body"] = f"> sd_op: {entry.op}\n\n{marker(entry.op)}"
    settled(house)
    assert house.desk.entry(entry.op).state is not State.SENT


def test_what_may_have_arrived_as_somebody_else_is_not_sent_again_as_us(house: House) -> None:
    ref = house.flagged()
    filed = house.desk.escalate(run(house.desk.propose(ref)))
    house.tracker.fail_next("lost answer", on="POST")
    run(house.desk.drain())
    sure = house.desk.reply(next(it for it in house.desk.queue("open").refs if it.desk == DESK), "By its audit.")
    house.helpdesk.fail_next("lost answer", on="PUT")
    run(house.desk.drain())
    for name in (TRACKER, DESK):
        identity = house.desk.work.connections[name].identity
        assert identity is not None
        remember(house.desk.work, name, replace(identity, person=Person(name="Jun Sato", id="another")))
    now = house.desk.entry(filed.op)
    assert now.state is State.HELD
    assert "Jun Sato is signed in now" in now.why
    before = len(house.tracker.issues)
    settled(house)
    assert (len(house.tracker.issues), house.desk.entry(sure.op).state) == (before, State.SENT)
