"""What keeps an issue from being filed twice, in the wrong place, or with words that were not meant for it."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.demo import DESK, REPO, TRACKER
from supportdesk.desk import escalation
from supportdesk.errors import HeldError, Missing, RoleError, UsageError
from supportdesk.model import Decision, Note, State, Status, TicketRef


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def states(house: House) -> list[State]:
    return [entry.state for entry in house.desk.outbox()]


def set_account(house: House, desk: str, **changes: object) -> None:
    connection = house.desk.work.connection(desk)
    connection.account = replace(connection.account, **changes)  # type: ignore[arg-type]  # fields by name


def test_a_second_issue_for_a_ticket_waits_for_a_word_even_while_the_first_is_queued(house: House) -> None:
    ref = house.flagged()
    house.tracker.offline = True
    house.desk.escalate(run(house.desk.propose(ref)))
    second = run(house.desk.propose(ref))
    with pytest.raises(HeldError, match="queued already"):
        house.desk.escalate(second)
    house.desk.escalate(second, again=True)
    assert states(house) == [State.QUEUED, State.QUEUED]


def test_one_proposal_is_filed_once_however_often_its_key_is_pressed(house: House) -> None:
    proposal = run(house.desk.propose(house.flagged()))
    house.desk.escalate(proposal)
    with pytest.raises(HeldError):
        house.desk.escalate(proposal)
    with pytest.raises(HeldError, match="queued already"):
        house.desk.escalate(proposal, again=True)
    assert states(house) == [State.QUEUED]


def test_consent_to_publish_does_not_cover_what_was_written_for_a_private_tracker(house: House) -> None:
    proposal = run(house.desk.propose(house.flagged()))
    assert not proposal.public
    entry = house.desk.escalate(proposal, public_ok=REPO)
    house.tracker.private = False
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.HELD


def test_a_wording_is_not_passed_while_the_people_of_the_conversation_are_not_known(house: House) -> None:
    ref = house.flagged()
    proposal = run(house.desk.propose(ref))
    house.desk.work.cache._connection.execute("DELETE FROM conversations")  # retired meanwhile
    with pytest.raises(UsageError, match="not on disk as a whole"):
        run(house.desk.revise(proposal, title="Export fails", body="Ngozi Okafor says so."))


def test_a_tracker_that_takes_no_issues_is_said_at_once(house: House) -> None:
    house.tracker.issues_on = False
    proposal = run(house.desk.propose(house.flagged()))
    with pytest.raises(HeldError, match="switched off"):
        house.desk.escalate(proposal)


def test_a_tracker_that_is_not_there_is_an_error_and_nothing_to_wait_for(house: House) -> None:
    ref = house.flagged()
    house.tracker.fail_next("404")
    with pytest.raises(Missing):
        run(house.desk.propose(ref))
    entry = house.desk.escalate(run(house.desk.propose(ref)))
    house.tracker.fail_next("404")
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.REJECTED


@pytest.mark.parametrize("name", ["wren#1", "https://tracker.example/other/repo/issues/1", "#", ""])
def test_an_issue_of_another_place_is_not_linked(house: House, name: str) -> None:
    number = min(house.tracker.issues)
    proposal = run(house.desk.propose(house.flagged()))
    with pytest.raises(UsageError):
        run(house.desk.link(proposal, name.replace("1", str(number)) if "issues" in name else name))
    assert states(house) == []


def test_an_issue_is_linked_by_its_address(house: House) -> None:
    number = min(house.tracker.issues)
    proposal = run(house.desk.propose(house.flagged()))
    entry = run(house.desk.link(proposal, house.tracker.issues[number]["html_url"]))
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.SENT


def test_a_folder_full_of_traps_is_not_where_the_gate_looks_for_its_code(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "pickle.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\n")
    monkeypatch.chdir(trap)
    assert run(house.desk.propose(house.flagged())).blocks == ()
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("program", "says"),
    [(None, "could not be started"), ("exit 1", "failed"), ("exec sleep 30", "ran out of time")],
    ids=["missing", "broken", "slow"],
)
def test_a_gate_that_does_not_answer_lets_nothing_through(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str | None, says: str
) -> None:
    python = tmp_path / "python"
    if program is not None:
        python.write_text(f"#!/bin/sh\n{program}\n")
        python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(escalation, "GATE_LIMIT_S", 0.5)
    proposal = run(house.desk.propose(house.flagged()))
    assert says in " ".join(proposal.blocks)
    with pytest.raises(HeldError, match="Nothing leaves"):
        house.desk.escalate(proposal)
    assert states(house) == []


def test_a_desk_for_reading_alone_is_told_nothing_and_the_link_is_kept(house: House) -> None:
    ref = house.flagged()
    entry = house.desk.escalate(run(house.desk.propose(ref)))
    set_account(house, DESK, read_only=True)
    run(house.desk.drain())
    assert house.desk.entry(entry.op).state is State.SENT
    assert states(house) == [State.SENT]
    assert house.desk.read(ref).escalation is not None  # type: ignore[union-attr]  # there


def test_a_ticket_that_was_closed_meanwhile_says_so_and_takes_no_hold(house: House) -> None:
    ref = house.flagged()
    house.desk.escalate(run(house.desk.propose(ref)))
    house.helpdesk.fail_next("closed")
    run(house.desk.drain())
    note = next(entry for entry in house.desk.outbox() if isinstance(entry.change, Note))
    assert note.state in (State.REJECTED, State.HELD)
    assert "closed" in note.why


def test_where_no_tracker_is_configured_the_configuration_is_named(house: House) -> None:
    ref = house.flagged()
    set_account(house, DESK, escalate_to="")
    with pytest.raises(UsageError, match="where its bugs go"):
        run(house.desk.propose(ref))
    house.desk.read_only = True
    with pytest.raises(RoleError):
        run(house.desk.propose(ref, tracker=TRACKER))


def test_a_verdict_is_kept_where_nothing_can_be_shared(house: House) -> None:
    ref = house.flagged()
    ticket = house.desk.work.ticket(ref)
    house.desk.work.cache.put_tickets([replace(ticket, status=Status.CLOSED)])
    house.desk.verdict(ref, Decision.CONFIRMED)
    house.desk.read_only = True
    house.desk.verdict(ref, Decision.DISMISSED)
    assert house.desk.work.decision(ref) is Decision.DISMISSED
    assert states(house) == []


def test_entries_of_a_desk_that_is_gone_wait_and_stop_nobody(house: House) -> None:
    gone, stays = [next(r for r in house.desk.queue("open").refs if r.desk == name) for name in (TRACKER, DESK)]
    left, sent = house.desk.reply(gone, "waits"), house.desk.reply(stays, "goes out")
    issue = house.desk.escalate(run(house.desk.propose(house.flagged())))
    del house.desk.work.connections[TRACKER]
    run(house.desk.drain(5.0, hurry=True))
    assert house.desk.entry(sent.op).state is State.SENT
    assert [house.desk.entry(op).state for op in (left.op, issue.op)] == [State.QUEUED, State.QUEUED]
    assert house.desk.due_in() is None
    assert house.desk.drop(left.op).state is State.DROPPED


def test_without_its_cache_the_outbox_still_works(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    ref = TicketRef(DESK, house.flagged().id)
    entry, behind = house.desk.reply(ref, "kept"), house.desk.note(ref, "kept too")
    for each in house.desk.work.cache.refs("all"):
        house.desk.work.cache.forget_ticket(each)
    run(house.desk.drain(hurry=True))
    assert [house.desk.entry(op).state for op in (entry.op, behind.op)] == [State.SENT, State.SENT]


def test_a_note_of_an_issue_that_is_rejected_says_that_only_we_know_the_link(house: House) -> None:
    ref = house.flagged()
    issue = house.desk.escalate(run(house.desk.propose(ref)))
    house.helpdesk.fail_next("403", on="PUT")
    run(house.desk.drain())
    note = next(entry for entry in house.desk.outbox() if isinstance(entry.change, Note))
    assert note.state is State.REJECTED
    assert f"The link to {TRACKER}#{house.desk.entry(issue.op).remote} is kept on this machine only" in note.why
