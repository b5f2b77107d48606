"""Problems: flagged tickets that were given the same workaround, by distinct customers and not by who is loudest."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import START, House, open_house, run

from supportdesk.desk import Problem
from supportdesk.desk.assessing import store
from supportdesk.desk.problems import _told
from supportdesk.model import Comment, Conversation, Decision, Person, Role, TicketRef

CLEAR = (
    "Sorry about that, it is a known bug. As a workaround, please log out, clear the browser cache and log in again; "
    "the missing invoices come back until it happens again."
)
RESTART = (
    "We know of this defect. For now the workaround is to restart the sync agent every morning and upload the scans "
    "again by hand; that gets them through until it hangs once more."
)


def ask(house: House, number: int, customer: str, answer: str, desk: str = "wren") -> TicketRef:
    """A ticket of a customer, and how it was answered."""
    known = house.desk.work.cache.ticket(house.flagged())
    assert known is not None
    ref, at = TicketRef(desk, str(number)), START - timedelta(days=100 - number % 90)
    who = Person(name=customer, email=f"{customer}@{customer}.example", id=customer, role=Role.CUSTOMER)
    ticket = replace(known, ref=ref, subject=f"Trouble of {customer}", requester=who, created_at=at, updated_at=at)
    us = Person(name="Ben", email="ben@us.example", id="us", role=Role.AGENT)
    said = [(who, "It fails with an error, it is broken."), (us, answer)]
    comments = [
        Comment(id=f"{number}-{at_}", author=author, public=True, created_at=at, body=body)
        for at_, (author, body) in enumerate(said)
    ]
    house.desk.work.cache.put_tickets([ticket])
    run(store(house.desk.work, Conversation(ticket=ticket, comments=tuple(comments))))
    return ref


def behind(house: House, ref: TicketRef) -> Problem:
    return next(one for one in run(house.desk.problems()).problems if ref in one.refs)


def test_what_hits_most_distinct_customers_comes_before_what_one_customer_writes_of_again_and_again(
    tmp_path: Path,
) -> None:
    house = open_house(tmp_path)
    quiet = [ask(house, 9000 + at, f"quiet{at}", CLEAR) for at in range(9)]
    loud = [ask(house, 9500 + at, "loud", RESTART) for at in range(20)]
    found = run(house.desk.problems()).problems
    assert (behind(house, quiet[0]).customers, behind(house, loud[0]).customers) == (9, 1)
    assert len(behind(house, loud[0]).refs) == 20
    assert found.index(behind(house, quiet[0])) < found.index(behind(house, loud[0]))
    assert [one.customers for one in found] == sorted((one.customers for one in found), reverse=True)


def test_a_ticket_counts_for_one_problem_or_stands_beside_them(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    found = run(house.desk.problems())
    refs = [ref for one in found.problems for ref in one.refs]
    assert len(refs) == len(set(refs))
    flagged = set(house.desk.queue("flagged").refs)
    assert len(flagged & set(refs)) + found.beside == len(flagged)
    assert all(len(one.refs) > 1 for one in found.problems)


def test_the_worst_problem_of_the_demo_is_told_with_its_answer_and_what_gave_it_away(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    problem = behind(house, house.flagged())
    assert problem.customers == house.desk.read(house.flagged()).family.customers  # type: ignore[union-attr]  # just found
    finding = problem.finding
    evidence = [one for one in finding.evidence if one.weight > 0 and one.comment_id == finding.comment_id]
    assert evidence
    assert all(problem.advice[one.start : one.end] == one.text for one in evidence)
    assert problem.since < problem.until
    assert problem.escalation is None


def test_what_was_dismissed_is_no_problem_any_more(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    quiet = [ask(house, 9000 + at, f"quiet{at}", CLEAR) for at in range(3)]
    assert behind(house, quiet[0]).customers == 3
    house.desk.verdict(quiet[0], Decision.DISMISSED)
    run(house.desk.teaching.follow())
    assert not [one for one in run(house.desk.problems()).problems if set(one.refs) & set(quiet)]


def test_the_issue_that_was_filed_from_one_ticket_stands_at_the_problem(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    ref = house.flagged()
    house.desk.escalate(run(house.desk.propose(ref)))
    run(house.desk.drain())
    link = behind(house, ref).escalation
    assert link is not None
    assert link.ticket in behind(house, ref).refs


def test_the_problems_of_one_desk_alone(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    assert run(house.desk.problems(desk="app")).problems == ()
    assert run(house.desk.problems(desk="wren")).problems


def test_tickets_that_go_while_they_are_compared_are_left_out(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    quiet = [ask(house, 9000 + at, f"quiet{at}", CLEAR) for at in range(4)]
    part, told = tuple(quiet), list[Problem]()
    for step, _ in enumerate(_told(house.desk.work, part, told)):
        if step == 0:
            house.desk.work.cache.forget_ticket(quiet[0])
    assert [one.subject for one in told] == ["Trouble of quiet0"]
    assert told[0].advice == ""
    assert list(_told(house.desk.work, part[:2], told))
    assert len(told) == 1, "one ticket alone is no problem"


def test_of_two_desks_each_has_its_own_problems(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    quiet = [ask(house, 9000 + at, f"quiet{at}", CLEAR, "app" if at % 2 else "wren") for at in range(4)]
    assert behind(house, quiet[0]).customers == 4
    (ours,) = [one for one in run(house.desk.problems(desk="app")).problems if quiet[1] in one.refs]
    assert (set(ours.refs), ours.customers) == ({quiet[1], quiet[3]}, 2)


def test_how_far_the_comparison_is_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = open_house(tmp_path)
    monkeypatch.setattr("supportdesk.desk.problems.TOLD", 4)
    said: list[str] = []
    run(house.desk.problems(said.append))
    flagged = len(house.desk.queue("flagged").refs)
    assert said == [f"{done} of {flagged} flagged tickets compared" for done in range(4, flagged + 1, 4)]
    assert len(said) > 1
