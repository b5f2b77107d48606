"""Our writes on one ticket follow each other, and a colleague's change between them is never written over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.demo import DESK, TRACKER, Answer, Embedded
from supportdesk.demo.helpdesk import COLLEAGUE
from supportdesk.desk.ours import only_ours
from supportdesk.model import (
    Comment,
    Outgoing,
    Person,
    Reply,
    Role,
    State,
    Status,
    Ticket,
    TicketRef,
    Update,
)
from supportdesk.providers import CLOSED_AS, DONE_WITH, Request

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REF = TicketRef("acme", "1")
ALICE = Person(name="Alice", id="7", role=Role.AGENT)
BEN = Person(name="Ben", id="8", role=Role.AGENT)
SEEN = Ticket(
    ref=REF,
    subject="s",
    status=Status.PENDING,
    requester=Person(name="Ngozi", id="1"),
    created_at=NOON,
    updated_at=NOON,
    stamp="s0",
    tags=("vip",),
)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def mine(house: House) -> TicketRef:
    return next(ref for ref in house.desk.queue("open").refs if ref.desk == DESK)


def row(house: House, ref: TicketRef) -> dict[str, object]:
    found: dict[str, object] = house.helpdesk.records.tickets[int(ref.id)]
    return found


def colleague_sets(house: House, ref: TicketRef, **changes: object) -> None:
    records = house.helpdesk.records
    records.write(int(ref.id), records.ids[COLLEAGUE], house.at[0], changes=changes)


def test_tags_of_two_updates_are_both_there(house: House) -> None:
    ref = mine(house)
    for tag in ("first", "second"):
        house.desk.update(ref, Update(add_tags=(tag,)))
    run(house.desk.drain())
    assert {"first", "second"} <= set(row(house, ref)["tags"])  # type: ignore[call-overload]  # a list of tags


def test_a_ticket_that_cannot_be_read_after_our_write_does_not_hold_the_next_one(house: House) -> None:
    ref = mine(house)
    house.desk.reply(ref, "one")
    second = house.desk.reply(ref, "two")
    house.helpdesk.fail_next("500", on=f"GET /api/v2/tickets/{ref.id}")
    run(house.desk.drain())
    assert house.desk.entry(second.op).state is State.SENT


@pytest.mark.parametrize("blind", [True, False])
def test_a_colleagues_status_between_two_writes_of_ours_holds_the_second(house: House, blind: bool) -> None:
    ref = mine(house)
    first = house.desk.update(ref, Update(add_tags=("seen",)))
    second = house.desk.reply(ref, "Based on what I saw.", Update(status=Status.SOLVED))
    serve = house.helpdesk.serve

    def and_a_colleague(request: Request) -> Answer:
        answer = serve(request)
        if request.writes:
            colleague_sets(house, ref, status="hold", priority="urgent")
        return answer

    house.helpdesk.serve = and_a_colleague  # type: ignore[method-assign]  # a moment that no failure of the demo names
    if blind:
        house.helpdesk.fail_next("500", on=f"GET /api/v2/tickets/{ref.id}")
    run(house.desk.drain())
    assert house.desk.entry(first.op).state is State.SENT
    assert house.desk.entry(second.op).state is State.HELD
    assert (row(house, ref)["status"], row(house, ref)["priority"]) == ("hold", "urgent")


def test_a_colleagues_bare_reopening_between_two_writes_of_ours_holds_the_second(house: House) -> None:
    ref = mine(house)
    before = str(row(house, ref)["status"])
    first = house.desk.update(ref, Update(status=Status.SOLVED))
    second = house.desk.note(ref, "Solved as far as I saw.", Update(add_tags=("done",)))
    serve = house.helpdesk.serve

    def and_a_colleague(request: Request) -> Answer:
        answer = serve(request)
        if request.writes:
            colleague_sets(house, ref, status=before)
        return answer

    house.helpdesk.serve = and_a_colleague  # type: ignore[method-assign]  # a moment that no failure of the demo names
    run(house.desk.drain())
    assert house.desk.entry(first.op).state is State.SENT
    assert house.desk.entry(second.op).state is State.HELD


def test_a_reply_just_before_an_escalation_does_not_hold_its_note(house: House) -> None:
    ref = house.flagged()
    proposal = run(house.desk.propose(ref))
    house.desk.escalate(proposal)
    house.desk.reply(ref, "We have told our developers.")
    tracker = house.desk.work.connection(TRACKER).wire
    assert isinstance(tracker, Embedded)
    tracker.delay_s = 0.05
    run(house.desk.drain())
    assert {entry.state for entry in house.desk.outbox()} == {State.SENT}
    assert row(house, ref)["status"] == "hold"


def on_the_tracker(house: House) -> TicketRef:
    return next(ref for ref in house.desk.queue("open").refs if ref.desk == TRACKER)


def test_several_replies_within_the_second_that_a_stamp_names_do_not_hold_each_other(house: House) -> None:
    ref = on_the_tracker(house)
    house.desk.reply(ref, "one")
    run(house.desk.drain())
    for words in ("two", "three", "four"):
        house.desk.reply(ref, words)
    run(house.desk.drain())
    assert {entry.state for entry in house.desk.outbox()} == {State.SENT}


def test_what_a_colleague_says_within_that_second_holds_ours(house: House) -> None:
    ref = on_the_tracker(house)
    house.desk.reply(ref, "one")
    run(house.desk.drain())
    house.desk.reply(ref, "two")
    last = house.desk.reply(ref, "three")
    serve = house.tracker.serve

    def and_a_colleague(request: Request) -> Answer:
        answer = serve(request)
        if request.writes:
            house.tracker.colleague_writes(int(ref.id), "Wait!")
        return answer

    house.tracker.serve = and_a_colleague  # type: ignore[method-assign]  # a moment that no failure of the demo names
    run(house.desk.drain())
    assert house.desk.entry(last.op).state is State.HELD


def test_what_follows_our_own_closing_of_an_issue_and_its_opening_is_not_held(house: House) -> None:
    ref = on_the_tracker(house)
    for status in (Status.SOLVED, Status.OPEN):
        house.desk.update(ref, Update(status=status))
        house.desk.reply(ref, f"It is {status} now.")
    run(house.desk.drain())
    assert {entry.state for entry in house.desk.outbox()} == {State.SENT}


def sent(change: Reply | Update) -> Outgoing:
    return Outgoing(op="a", change=change, ref=REF, desk="acme", seen=SEEN, created_at=NOON, state=State.SENT)


def said(author: Person) -> Comment:
    return Comment(id="9", author=author, public=True, created_at=NOON + timedelta(minutes=1), body="hi")


DONE, NOT_PLANNED = ((CLOSED_AS, DONE_WITH),), ((CLOSED_AS, "not_planned"),)
CASES = [
    ({}, (), Reply(body="x"), True),
    ({}, (said(ALICE),), Reply(body="x"), True),
    ({}, (said(BEN),), Reply(body="x"), False),
    ({"status": Status.SOLVED}, (), Reply(body="x", update=Update(status=Status.SOLVED)), True),
    ({"status": Status.SOLVED}, (), Reply(body="x"), False),
    ({"assignee": ALICE}, (), Reply(body="x"), True),
    ({"assignee": BEN}, (), Reply(body="x"), False),
    ({"assignee": BEN}, (), Update(assignee="ben"), True),
    ({"assignee": ALICE}, (), Update(assignee="me"), True),
    ({"priority": "high"}, (), Update(priority="high"), True),
    ({"priority": "high"}, (), Update(assignee="me"), False),
    ({"tags": ("vip", "new")}, (), Update(add_tags=("new",)), True),
    ({"tags": ()}, (), Update(remove_tags=("VIP",)), True),
    ({"tags": ("vip", "other")}, (), Update(add_tags=("new",)), False),
    ({"subject": "other"}, (), Reply(body="x"), False),
    ({"cc": (BEN,)}, (), Reply(body="x"), False),
    ({"fields": (("region", "eu"),)}, (), Reply(body="x"), False),
    ({"status": Status.SOLVED, "fields": DONE}, (), Update(status=Status.SOLVED), True),
    ({"status": Status.SOLVED, "fields": NOT_PLANNED}, (), Update(status=Status.SOLVED), False),
    ({"status": Status.SOLVED, "fields": (*DONE, ("region", "eu"))}, (), Update(status=Status.SOLVED), False),
    ({"fields": DONE}, (), Reply(body="x"), False),
]


@pytest.mark.parametrize(("changes", "comments", "change", "expected"), CASES)
def test_what_we_sent_explains_a_change_or_somebody_else_made_it(
    changes: dict[str, object], comments: tuple[Comment, ...], change: Reply | Update, expected: bool
) -> None:
    now = replace(SEEN, stamp="s1", **changes)  # type: ignore[arg-type]  # fields by name
    assert only_ours(SEEN, now, comments, [sent(change)], {"7"}) is expected


def test_a_new_ticket_may_open_by_itself_when_it_is_answered() -> None:
    new = replace(SEEN, status=Status.NEW)
    opened = replace(new, status=Status.OPEN, stamp="s1")
    assert only_ours(new, opened, (), [sent(Reply(body="x"))], {"7"})
    assert not only_ours(replace(SEEN, status=Status.HOLD), opened, (), [sent(Reply(body="x"))], {"7"})


def test_somebody_who_goes_by_our_name_is_not_us() -> None:
    us = {"7", "Alice", "alice@acme.example"}
    for stranger in (Person(name="Alice", id="66"), Person(name="x", id="66", email="alice@acme.example")):
        said = Comment(id="c", author=stranger, public=True, created_at=NOON + timedelta(seconds=9), body="Stop!")
        assert not only_ours(SEEN, replace(SEEN, stamp="s1"), (said,), (), us)
        assert not only_ours(SEEN, replace(SEEN, stamp="s1", assignee=stranger), (), (), us)
    assert only_ours(SEEN, replace(SEEN, stamp="s1", assignee=ALICE), (), (), us)


SOLVE, REOPEN, TAG = Update(status=Status.SOLVED), Update(status=Status.OPEN), Update(add_tags=("vip",))


@pytest.mark.parametrize(
    ("first", "changes", "status", "expected"),
    [
        (Status.OPEN, (SOLVE,), Status.OPEN, False),
        (Status.OPEN, (TAG, SOLVE), Status.OPEN, False),
        (Status.OPEN, (SOLVE, TAG), Status.OPEN, False),
        (Status.OPEN, (SOLVE, REOPEN), Status.OPEN, True),
        (Status.OPEN, (SOLVE, REOPEN), Status.SOLVED, False),
        (Status.OPEN, (SOLVE, Reply(body="x")), Status.OPEN, True),  # RT opens what is answered
        (Status.PENDING, (Update(status=Status.HOLD),), Status.PENDING, True),  # RT and GitHub have none
        (Status.SOLVED, (Update(status=Status.CLOSED),), Status.SOLVED, True),
        (Status.NEW, (TAG, TAG), Status.OPEN, True),
    ],
)
def test_a_status_is_ours_where_our_last_write_left_it(
    first: Status, changes: tuple[Reply | Update, ...], status: Status, expected: bool
) -> None:
    seen = replace(SEEN, status=first)
    stamps = [replace(seen, stamp=f"s{number}") for number in range(len(changes))]
    ours = [replace(sent(change), seen=at) for change, at in zip(changes, stamps, strict=True)]
    assert only_ours(seen, replace(seen, stamp="s9", status=status), (), ours, {"7"}) is expected


def test_a_reading_that_is_one_write_of_ours_behind_is_no_conflict() -> None:
    seen = replace(SEEN, status=Status.OPEN)
    ours = [sent(TAG), replace(sent(SOLVE), seen=replace(seen, stamp="s1"))]
    assert only_ours(seen, replace(seen, stamp="s1"), (), ours, {"7"})
    assert not only_ours(seen, replace(seen, stamp="s2"), (), ours, {"7"})
