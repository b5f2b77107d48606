"""Two processes at one outbox: what one decides rests on what the other has written down, not on memory."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk import outbox
from supportdesk.errors import RoleError, UsageError
from supportdesk.model import Outgoing, State, Status, Update
from supportdesk.outbox import Attempt, Effect


@pytest.fixture
def houses(tmp_path: Path) -> tuple[House, House]:
    return open_house(tmp_path), open_house(tmp_path, synced=False)


def unanswered(house: House, entry: Outgoing) -> None:
    """The other process has sent it, and had no answer."""
    work = house.desk.work
    begun = work.step(entry, lambda entry: outbox.begin(entry, work.now()))
    assert begun is not None
    work.step(begun, lambda entry: outbox.delivered(entry, Attempt(effect=Effect.UNKNOWN, why="no answer"), work.now()))


def test_words_that_another_process_may_have_sent_meanwhile_are_not_given_back_to_be_sent_again(
    houses: tuple[House, House],
) -> None:
    one, two = houses
    ref = one.flagged()
    entry = two.desk.reply(ref, "Only once, please.")
    unanswered(one, entry_of(one, entry))
    with pytest.raises(UsageError, match="may have arrived already"):
        two.desk.edit(entry.op)
    assert two.desk.entry(entry.op).state is State.UNCERTAIN
    assert two.desk.draft(ref, public=True) == ""


def test_nothing_is_said_to_be_taken_back_that_another_process_has_sent(tmp_path: Path) -> None:
    one, two = open_house(tmp_path, undo_s=8.0), open_house(tmp_path, undo_s=8.0, synced=False)
    ref = one.flagged()
    entry = two.desk.reply(ref, "Only once, please.")
    one.desk.work.catch_up()
    one.desk.retry(entry.op)  # which does not wait for the window
    unanswered(one, entry_of(one, entry))
    with pytest.raises(UsageError, match="Nothing can be taken back"):
        two.desk.undo()
    assert two.desk.entry(entry.op).state is State.UNCERTAIN
    assert two.desk.draft(ref, public=True) == ""


def entry_of(house: House, entry: Outgoing) -> Outgoing:
    house.desk.work.catch_up()
    return house.desk.entry(entry.op)


def test_what_only_reads_sets_nothing_in_motion_that_another_process_would_send(houses: tuple[House, House]) -> None:
    one, two = houses
    ref = one.flagged()
    entry = one.desk.update(ref, Update(status=Status.SOLVED))
    one.desk.work.put(outbox.held(entry, "It changed."))
    two.desk.work.catch_up()
    two.desk.read_only = True
    with pytest.raises(RoleError, match="read-only"):
        two.desk.retry(entry.op)
    assert two.desk.entry(entry.op).state is State.HELD
    proposal = run(one.desk.propose(ref))
    proposal = run(one.desk.propose(ref))
    with pytest.raises(RoleError, match="read-only"):
        two.desk.escalate(proposal, again=True)
    assert len(two.desk.outbox()) == 1


def test_what_only_reads_hides_no_note_on_the_service(houses: tuple[House, House]) -> None:
    one, two = houses
    entry = one.desk.note(one.flagged(), "between us")
    one.desk.work.put(replace(entry, state=State.SENT, remote="1", exposed=True))
    two.desk.work.catch_up()
    two.desk.read_only = True
    with pytest.raises(RoleError, match="read-only"):
        run(two.desk.make_private(entry.op))
    assert two.desk.entry(entry.op).exposed


def test_what_is_still_to_be_looked_for_is_not_forgotten(houses: tuple[House, House]) -> None:
    one, _ = houses
    work = one.desk.work
    entry = one.desk.note(one.flagged(), "between us")
    old = work.now() - timedelta(days=30)
    twice = replace(entry, state=State.SENT, asked_at=old, created_at=old, sweep_at=old)
    work.put(twice)
    assert work.ledger.forget_sent(work.now()) == 0
    work.put(replace(twice, sweep_at=None))
    assert work.ledger.forget_sent(work.now()) == 1


@pytest.mark.parametrize("act", ["drop", "edit", "undo"])
def test_what_only_reads_takes_nothing_back_that_another_process_may_be_sending(tmp_path: Path, act: str) -> None:
    one, two = open_house(tmp_path, undo_s=8.0), open_house(tmp_path, undo_s=8.0, synced=False)
    entry = one.desk.reply(one.flagged(), "Only once, please.")
    two.desk.work.catch_up()
    two.desk.read_only = True
    given = () if act == "undo" else (entry.op,)
    with pytest.raises(RoleError, match=r"read-only.* \(pid \d+\) sends") as problem:
        getattr(two.desk, act)(*given)
    assert "ctrl+r" in problem.value.hint
    assert one.desk.entry(entry.op).state is State.QUEUED
    assert two.desk.draft(entry.ref, public=True) == ""


def test_what_another_process_is_sending_is_neither_dropped_nor_edited(houses: tuple[House, House]) -> None:
    one, two = houses
    entry = two.desk.reply(one.flagged(), "Only once, please.")
    work = one.desk.work
    work.step(entry_of(one, entry), lambda entry: outbox.begin(entry, work.now()))
    for act in (two.desk.drop, two.desk.edit):
        with pytest.raises(UsageError, match="sending already"):
            act(entry.op)
    assert two.desk.draft(entry.ref, public=True) == ""


def test_what_was_dropped_elsewhere_is_not_sent_by_who_had_it_in_mind(houses: tuple[House, House]) -> None:
    one, two = houses
    entry = two.desk.reply(one.flagged(), "Only once, please.")
    known = entry_of(one, entry)
    two.desk.drop(entry.op)
    assert one.desk.work.step(known, lambda entry: outbox.begin(entry, one.desk.work.now())) is None
