"""An issue's own wording is a draft of the escalation: kept until it is filed, and read by the gate each time."""

from dataclasses import replace
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.desk import Proposal
from supportdesk.errors import HeldError
from supportdesk.model import Escalate, State
from supportdesk.providers import Place
from supportdesk.store.wordings import wording


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def worded(house: House, text: str = "It stops at night.") -> Proposal:
    """A review that was typed in and left."""
    proposal = run(house.desk.propose(house.flagged()))
    house.desk.save_wording(proposal, title="Export stops", body=f"{text}\n\n{proposal.draft.body}")
    return proposal


def again(house: House, proposal: Proposal) -> Proposal:
    """What the review of the same ticket opens with, through the gate."""
    fresh = run(house.desk.propose(proposal.ref))
    kept = fresh.kept
    assert kept is not None
    return run(house.desk.revise(fresh, title=kept.title, body=kept.body))


def drained(house: House) -> None:
    for _ in range(2):
        run(house.desk.drain(hurry=True))
        house.pass_time(5)


def test_a_wording_outlives_the_console_and_is_filed_byte_for_byte_as_the_gate_hands_it_back(tmp_path: Path) -> None:
    killed = open_house(tmp_path)
    proposal = worded(killed)
    killed.desk.work.lock.close()  # as the end of its process does
    house = open_house(tmp_path, synced=False)
    fresh = run(house.desk.propose(proposal.ref))
    assert fresh.needs_review
    assert "is kept" in fresh.doubts[0]
    assert "It stops at night." not in fresh.draft.body
    shown = again(house, proposal)
    assert shown.draft.title == "Export stops"
    assert shown.draft.body.startswith("It stops at night.")
    assert shown.draft.body.count("sd-op:") == 1
    assert shown.draft.body.endswith(f"<!-- sd-op:{shown.op} -->")
    entry = house.desk.escalate(shown)
    assert isinstance(entry.change, Escalate)
    assert entry.change.draft == shown.draft
    drained(house)
    assert house.desk.entry(entry.op).state is State.SENT
    assert wording(house.desk.work.ledger, proposal.ref) is None


def test_what_was_kept_goes_through_the_gate_like_what_is_typed_now(house: House) -> None:
    proposal = worded(house, "Write to maria.huber@kunde.example or use sk_live_4eC39HqLyjWDarjtT1zdp7dc00.")
    shown = again(house, proposal)
    assert "maria.huber@kunde.example" not in shown.draft.body
    assert "sk_live_4eC39HqLyjWDarjtT1zdp7dc00" not in shown.draft.body


def test_a_marker_that_was_kept_is_not_filed_with_another_issue(house: House) -> None:
    proposal = worded(house)
    kept = wording(house.desk.work.ledger, proposal.ref)
    assert kept is not None
    assert "sd-op" not in kept.body
    stray = "Mine. <!-- sd-op:5b8f2a60-3f7e-4a52-9d0e-0c9d2f6f7a11 -->"
    shown = run(house.desk.revise(proposal, title="t", body=stray))
    assert shown.draft.body == f"Mine.\n\n<!-- sd-op:{shown.op} -->"


def test_an_issue_that_is_taken_back_or_refused_leaves_its_wording(tmp_path: Path) -> None:
    house = open_house(tmp_path, undo_s=8.0)
    shown = again(house, worded(house))
    entry = house.desk.escalate(shown)
    assert run(house.desk.propose(shown.ref)).kept is None  # it is on its way
    house.desk.undo()
    shown = again(house, shown)
    entry = house.desk.escalate(shown)
    house.tracker.fail_next("422", on="POST")
    house.pass_time(9)
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.REJECTED
    assert again(house, shown).draft.title == "Export stops"


def test_what_was_gone_on_with_while_it_was_filed_is_kept(house: House) -> None:
    shown = again(house, worded(house))
    entry = house.desk.escalate(shown)
    house.desk.save_wording(shown, title="Export stops", body="And on Sundays.")
    drained(house)
    assert house.desk.entry(entry.op).state is State.SENT
    kept = wording(house.desk.work.ledger, shown.ref)
    assert kept is not None
    assert kept.body == "And on Sundays."


def test_an_issue_in_other_words_takes_no_wording_along(house: House) -> None:
    proposal = worded(house)
    house.desk.escalate(run(house.desk.propose(proposal.ref)))  # a command files the issue as it is drafted
    drained(house)
    assert wording(house.desk.work.ledger, proposal.ref) is not None


def test_a_wording_is_thrown_away_on_purpose(house: House) -> None:
    proposal = worded(house)
    assert any(row.draft for row in house.desk.queue("all") if row.ref == proposal.ref)
    house.desk.drop_wording(proposal.ref)
    assert run(house.desk.propose(proposal.ref)).kept is None
    assert not any(row.draft for row in house.desk.queue("all") if row.ref == proposal.ref)


def test_two_consoles_do_not_write_one_wording_at_once(tmp_path: Path) -> None:
    one, two = open_house(tmp_path), open_house(tmp_path, synced=False)
    ref = one.flagged()
    claim = one.desk.open_wording(ref)
    with pytest.raises(HeldError, match=r"Another console \(pid \d+\) writes"):
        two.desk.open_wording(ref)
    claim.leave()
    two.desk.open_wording(ref).leave()


def gone_on_with(tmp_path: Path) -> tuple[House, Proposal]:
    """A console that shows a wording, which another one has gone on with since."""
    one = open_house(tmp_path)
    shown = again(one, worded(one))
    other = open_house(tmp_path, synced=False)
    theirs = again(other, shown)
    claim = other.desk.open_wording(shown.ref)
    other.desk.save_wording(theirs, title="Export stops", body="An hour of work.")
    claim.leave()
    return one, shown


def hours_of_work(house: House, proposal: Proposal) -> str:
    kept = wording(house.desk.work.ledger, proposal.ref)
    return kept.body if kept else ""


def test_filing_an_older_wording_leaves_what_another_console_made_of_it(tmp_path: Path) -> None:
    house, shown = gone_on_with(tmp_path)
    entry = house.desk.escalate(shown)
    drained(house)
    assert house.desk.entry(entry.op).state is State.SENT
    assert hours_of_work(house, shown) == "An hour of work."


def test_an_older_wording_is_neither_gone_on_with_nor_thrown_away_over_a_newer_one(tmp_path: Path) -> None:
    house, shown = gone_on_with(tmp_path)
    with pytest.raises(HeldError, match="gone on with"):
        house.desk.open_wording(shown.ref)
    with pytest.raises(HeldError, match="gone on with"):
        house.desk.drop_wording(shown.ref)
    run(house.desk.propose(shown.ref))  # drafted anew, which shows no wording
    with pytest.raises(HeldError, match="gone on with"):
        house.desk.open_wording(shown.ref)
    assert hours_of_work(house, shown) == "An hour of work."
    again(house, shown)  # who opens the review again has read it
    house.desk.open_wording(shown.ref).leave()
    house.desk.drop_wording(shown.ref)


def test_the_next_issue_of_a_ticket_is_worded_while_the_first_is_on_its_way(tmp_path: Path) -> None:
    first = open_house(tmp_path)
    first.desk.escalate(again(first, worded(first)))
    house = open_house(tmp_path, synced=False)
    ref = first.desk.outbox()[0].ref
    assert run(house.desk.propose(ref)).kept is None
    house.desk.open_wording(ref).leave()


def test_words_for_colleagues_are_read_again_before_the_world_gets_them(house: House) -> None:
    proposal = worded(house)
    world = Place(name="wrenfield/app", public=True, issues_on=True)
    fresh = replace(run(house.desk.propose(proposal.ref)), place=world)
    shown = run(house.desk.revise(fresh, title="t", body="b"))
    assert any("before everybody can" in doubt for doubt in shown.doubts)
    house.desk.save_wording(shown, title="t", body="gone on with")
    kept = wording(house.desk.work.ledger, proposal.ref)
    assert kept is not None
    assert not kept.public
