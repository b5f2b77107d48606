"""One key, from a flagged ticket to an issue with its note, tag and hold; and every way it can go wrong."""

from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.errors import HeldError
from supportdesk.model import Escalate, Note, State, Status
from supportdesk.providers.answers import marker


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def states(house: House) -> list[State]:
    return [entry.state for entry in house.desk.outbox()]


def filed(house: House, op: str) -> list[dict[str, str]]:
    return [issue for issue in house.tracker.issues.values() if marker(op) in issue["body"]]


def test_one_key_files_the_issue_and_leaves_its_note_tag_and_hold(house: House) -> None:
    ref = house.flagged()
    proposal = run(house.desk.propose(ref))
    assert not proposal.needs_review, (proposal.doubts, proposal.blocks)
    house.desk.escalate(proposal)
    assert run(house.desk.drain()) == ()
    assert states(house) == [State.SENT, State.SENT]
    reading = house.desk.read(ref)
    assert reading is not None
    assert reading.escalation is not None
    assert reading.ticket.status is Status.HOLD
    assert "escalated" in reading.ticket.tags
    note = reading.comments[-1]
    assert not note.public
    assert reading.escalation.url in note.body


def test_what_is_reviewed_is_byte_for_byte_what_is_filed(house: House) -> None:
    proposal = run(house.desk.propose(house.flagged()))
    house.desk.escalate(proposal)
    run(house.desk.drain())
    (issue,) = filed(house, proposal.op)
    assert (issue["title"], issue["body"]) == (proposal.draft.title, proposal.draft.body)


def test_the_issue_names_no_customer(house: House) -> None:
    ref = house.flagged()
    proposal = run(house.desk.propose(ref))
    ticket = house.desk.read(ref).ticket  # type: ignore[union-attr]  # it was just proposed
    body = proposal.draft.body.casefold()
    assert ticket.requester.email.casefold() not in body
    assert ticket.requester.name.casefold() not in body
    assert ticket.requester.organization is not None
    assert ticket.requester.organization.name.casefold() not in body


def test_it_counts_the_customers_who_were_given_the_same_answer(house: House) -> None:
    proposal = run(house.desk.propose(house.flagged()))
    assert proposal.tickets >= 3
    assert proposal.customers >= 3
    assert str(proposal.customers) in proposal.draft.body


def test_a_lost_answer_leaves_one_issue_and_one_note(house: House) -> None:
    ref = house.flagged()
    proposal = run(house.desk.propose(ref))
    house.desk.escalate(proposal)
    house.tracker.fail_next("lost answer")
    run(house.desk.drain(hurry=True))
    assert len(filed(house, proposal.op)) == 1
    assert set(states(house)) == {State.SENT}


def test_a_process_that_dies_while_filing_looks_before_it_files_again(house: House, tmp_path: Path) -> None:
    from dataclasses import replace

    ref = house.flagged()
    proposal = run(house.desk.propose(ref))
    entry = house.desk.escalate(proposal)
    run(
        house.desk.work.connection("app").wire.run(
            house.desk.work.connection("app").tracker.file_issue(proposal.draft, entry.op)
        )
    )
    house.desk.work.put(replace(entry, state=State.SENDING, attempts=1, asked_at=house.desk.work.now()))
    run(house.desk.drain(hurry=True))
    assert len(filed(house, proposal.op)) == 1
    assert set(states(house)) == {State.SENT}


def test_an_issue_we_already_filed_is_offered_instead(house: House) -> None:
    ref = house.flagged()
    house.desk.escalate(run(house.desk.propose(ref)))
    run(house.desk.drain())
    again = run(house.desk.propose(ref))
    assert again.existing is not None
    with pytest.raises(HeldError, match="already has an issue"):
        house.desk.escalate(again)
    linked = run(house.desk.link(again, str(again.existing.issue)))
    run(house.desk.drain())
    assert house.desk.entry(linked.op).state is State.SENT


def test_a_public_tracker_wants_consent_that_is_asked_again_at_the_last_moment(house: House) -> None:
    proposal = run(house.desk.propose(house.flagged()))
    entry = house.desk.escalate(proposal)
    house.tracker.private = False
    run(house.desk.drain())
    held = house.desk.entry(entry.op)
    assert held.state is State.HELD
    assert "public" in held.why
    assert filed(house, proposal.op) == []


def test_a_public_tracker_gets_no_quotes_and_nothing_that_names_the_tenant(house: House) -> None:
    house.tracker.private = False
    ref = house.flagged()
    proposal = run(house.desk.propose(ref))
    assert proposal.needs_review
    assert not proposal.quotes
    assert ref.desk not in proposal.draft.body
    with pytest.raises(HeldError, match="is public"):
        house.desk.escalate(proposal)
    assert proposal.place is not None
    house.desk.escalate(proposal, public_ok=proposal.place.name)
    run(house.desk.drain())
    assert State.HELD not in states(house)


def test_an_unreachable_tracker_leaves_the_issue_queued(house: House) -> None:
    ref = house.flagged()
    house.tracker.offline = True
    proposal = run(house.desk.propose(ref))
    assert proposal.place is None
    entry = house.desk.escalate(proposal)
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.QUEUED
    house.tracker.offline = False
    run(house.desk.drain(hurry=True))
    assert house.desk.entry(entry.op).state is State.SENT


def test_one_of_our_own_tokens_in_the_text_blocks_the_issue(house: House) -> None:
    async def tokens(*desks: str) -> list[str]:
        return ["zd-canary-token-0123456789"]

    house.desk.work.tokens = tokens
    proposal = run(house.desk.propose(house.flagged()))
    leaking = run(house.desk.revise(proposal, title="t", body=proposal.draft.body + "\nzd-canary-token-0123456789"))
    assert leaking.blocks
    with pytest.raises(HeldError):
        house.desk.escalate(leaking)
    assert house.desk.outbox() == ()


def test_undo_takes_the_issue_back_before_anything_left(tmp_path: Path) -> None:
    house = open_house(tmp_path, undo_s=8.0)
    proposal = run(house.desk.propose(house.flagged()))
    house.desk.escalate(proposal)
    run(house.desk.drain(hurry=True))
    assert "Nothing was sent" in house.desk.undo()
    house.pass_time(60)
    run(house.desk.drain(hurry=True))
    assert states(house) == [State.DROPPED]
    assert filed(house, proposal.op) == []


def test_the_follow_up_cannot_be_doubled_by_a_replay(house: House) -> None:
    proposal = run(house.desk.propose(house.flagged()))
    house.desk.escalate(proposal)
    run(house.desk.drain())
    kinds = [type(entry.change) for entry in house.desk.outbox()]
    assert kinds == [Note, Escalate]
    ops = {entry.op for entry in house.desk.outbox()}
    run(house.desk.drain(hurry=True))
    assert {entry.op for entry in house.desk.outbox()} == ops


def test_a_ticket_of_a_bug_that_is_filed_already_is_offered_that_issue_first(house: House) -> None:
    first = house.flagged()
    house.desk.escalate(run(house.desk.propose(first)))
    run(house.desk.drain())
    filed = house.desk.read(first).escalation  # type: ignore[union-attr]  # it was just filed
    assert filed is not None
    family = house.desk.read(first).family.refs  # type: ignore[union-attr]  # there
    second = next(ref for ref in family if ref != first)
    proposal = run(house.desk.propose(second))
    assert proposal.needs_review
    assert (proposal.duplicates[0].ref, proposal.duplicates[0].score) == (filed.issue, 1.0)
    assert str(filed.issue) in proposal.doubts[0]
    linked = run(house.desk.link(proposal, str(filed.issue)))
    run(house.desk.drain())
    assert house.desk.entry(linked.op).state is State.SENT
    again = house.desk.read(second).escalation  # type: ignore[union-attr]  # there
    assert again is not None
    assert again.issue == filed.issue
