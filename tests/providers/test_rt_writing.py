from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from driving import Answer, drive
from rt_bench import HOME, ONE, OP, WATCHER, desk, json_answer, play, read_before, seen, tape

from supportdesk.errors import Forbidden, Lost, NotWritten, Unauthorized
from supportdesk.model import IssueRef, Link, Note, Reply, Status, Update
from supportdesk.providers import Conflict, Done, NotSent, Rejected
from supportdesk.providers.rt import RequestTracker

REPLY = Reply(body="Fixed in 4.3.\n\nAlice")
NOTE = Note(body="Told her about 4.3.")
UPDATE = Update(status=Status.HOLD, assignee="me", priority="high", add_tags=("workaround",), remove_tags=("vip",))
ASKED = datetime(2026, 1, 1, tzinfo=UTC)
AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


def ticket_of_tape(name: str) -> Any:
    """Ticket 1 as a write tape's first answer shows it, so that its stamp is that of the tape."""
    row = tape(name)[0].body
    return replace(seen(), stamp=row["LastUpdated"], updated_at=datetime.fromisoformat(row["LastUpdated"]))


def test_a_reply_is_public_and_remembered_by_its_transaction() -> None:
    outcome, requests = play(desk().deliver(REPLY, OP, ticket_of_tape("reply")), "reply")
    assert isinstance(outcome, Done)
    number = outcome.remote.removeprefix("transaction/")
    assert number.isdigit()
    assert outcome.url == f"{HOME}/Ticket/Display.html?id=1#txn-{number}"
    assert outcome.notes == ()
    read, written, read_back = requests
    assert (read.method, written.method, read_back.method) == ("GET", "POST", "GET")
    assert written.path == "/REST/2.0/ticket/1/correspond"
    assert written.body == {"Content": "Fixed in 4.3.\n\nAlice\n", "ContentType": "text/plain"}
    assert written.headers == ()  # RT answers any If-Match on words with 412


def test_a_note_goes_where_no_customer_reads_and_follows_our_own_reply_without_a_conflict() -> None:
    outcome, requests = play(desk().deliver(NOTE, OP, seen()), "note_after_our_own_reply")
    assert isinstance(outcome, Done)
    assert [request.path for request in requests if request.writes] == ["/REST/2.0/ticket/1/comment"]


def test_a_reply_is_held_when_somebody_else_wrote_since_it_was_read() -> None:
    outcome, requests = play(desk().deliver(REPLY, OP, seen()), "reply_conflict")
    assert isinstance(outcome, Conflict)
    assert "Bob Backline commented" in outcome.why
    assert not any(request.writes for request in requests)


def test_a_message_within_the_second_of_the_stamp_is_noticed_by_the_number_of_messages() -> None:
    before = read_before()
    outcome, requests = play(desk().deliver(REPLY, OP, before), "reply_conflict_same_second")
    assert isinstance(outcome, Conflict)
    assert not any(request.writes for request in requests)


def test_an_empty_reply_never_reaches_rt_which_would_mail_it() -> None:
    for body in ("", " \n\t"):
        outcome, requests = drive(desk().deliver(Reply(body=body), OP, seen()), [])
        assert isinstance(outcome, Rejected)
        assert requests == []


def test_a_reply_of_a_single_zero_is_text_to_rt() -> None:
    _, requests = drive(desk().deliver(Reply(body="0"), OP, ticket_of_tape("reply")), tape("reply"))
    assert requests[1].body["Content"] == "0\n"


def test_a_missing_right_is_rejected_in_words() -> None:
    outcome, _ = play(desk(who=WATCHER).deliver(NOTE, OP, ticket_of_tape("note_not_allowed")), "note_not_allowed")
    assert isinstance(outcome, Rejected)
    assert "Permission Denied" in outcome.why
    assert "right" in outcome.why


def test_a_reply_that_nobody_gets_is_said() -> None:
    answers = tape("reply")
    answers[0].body["Requestor"] = []
    outcome, _ = drive(desk().deliver(REPLY, OP, ticket_of_tape("reply")), answers)
    assert isinstance(outcome, Done)
    assert outcome.notes == ("help#1 has no requestor and no Cc: RT mailed it to nobody.",)


def test_a_note_that_became_public_is_an_alert() -> None:
    answers = tape("note_after_our_own_reply")
    answers[-1].body["Type"] = "Correspond"
    outcome, _ = drive(desk().deliver(NOTE, OP, seen()), answers)
    assert isinstance(outcome, Done)
    assert outcome.notes[0].startswith("ALERT: help#1: RT kept it as Correspond")


def test_reading_back_may_fail_without_making_a_sent_reply_uncertain() -> None:
    answers: list[Answer] = [*tape("reply")[:2], Lost("cut off")]
    outcome, _ = drive(desk().deliver(REPLY, OP, ticket_of_tape("reply")), answers)
    assert isinstance(outcome, Done)


def test_a_failure_before_the_write_certainly_wrote_nothing() -> None:
    outcome, _ = drive(desk().deliver(REPLY, OP, seen()), [Lost("cut off", wait_s=7.0)])
    assert outcome == NotSent(why="cut off", wait_s=7.0)
    for problem in (NotWritten("no route"), Unauthorized("401")):
        with pytest.raises(type(problem)):
            drive(desk().deliver(REPLY, OP, seen()), [problem])


def test_a_failure_of_the_write_itself_is_uncertain() -> None:
    now = ticket_of_tape("reply")
    answers = tape("reply")
    for cut in (Lost("cut off"), json_answer(["Correspondence added"], 201), json_answer({}, 502)):
        with pytest.raises(Lost):
            drive(desk().deliver(REPLY, OP, now), [answers[0], cut])


def test_an_issue_is_not_written_on_a_ticket() -> None:
    link = Link(issue=IssueRef("eng", "6"), url="", title="", body="x")
    outcome, requests = drive(desk().deliver(link, OP, seen()), [])
    assert isinstance(outcome, Rejected)
    assert requests == []


def test_a_lost_reply_is_found_by_its_words() -> None:
    found, _ = play(desk().find_op(REPLY, OP, seen(), ASKED, frozenset()), "find_reply")
    assert found is not None
    delivered, _ = play(desk().deliver(REPLY, OP, ticket_of_tape("reply")), "reply")
    assert isinstance(delivered, Done)
    assert found.remote == delivered.remote


def test_a_transaction_that_belongs_to_another_op_is_not_found_again() -> None:
    done, _ = play(desk().find_op(REPLY, OP, seen(), ASKED, frozenset()), "find_reply")
    assert done is not None
    found, _ = play(desk().find_op(REPLY, OP, seen(), ASKED, frozenset({done.remote})), "find_reply_claimed")
    assert found is None


def test_other_words_of_ours_are_not_taken_for_the_reply() -> None:
    found, _ = play(desk().find_op(Reply(body="Fixed in 4.4."), OP, seen(), ASKED, frozenset()), "find_reply")
    assert found is None


def test_the_same_words_of_somebody_else_are_not_ours() -> None:
    answers = tape("find_reply")
    for row in answers[0].body["items"]:
        row["Creator"]["Name"] = row["Creator"]["id"] = "bob"
    found, requests = drive(desk().find_op(REPLY, OP, seen(), ASKED, frozenset()), answers[:3])
    assert found is None
    assert len(requests) == 3


def test_words_from_before_the_ticket_was_read_are_not_the_lost_reply() -> None:
    later = replace(seen(), updated_at=seen().updated_at + timedelta(hours=1))
    found, _ = drive(desk().find_op(REPLY, OP, later, AHEAD, frozenset()), tape("find_reply")[:3])
    assert found is None


def test_whose_token_it_is_need_not_be_known_before_the_first_request_is_signed() -> None:
    unsigned = RequestTracker(desk().account)
    flow = unsigned.find_op(REPLY, OP, seen(), ASKED, frozenset())
    answers = tape("find_reply")
    next(flow)
    unsigned.authorize("1-29-0123456789abcdef")
    requests = [flow.send(answer) for answer in answers[:2]]
    assert requests[-1].path == "/REST/2.0/user/29"


def test_a_clock_that_is_ahead_of_the_services_does_not_hide_the_reply() -> None:
    found, _ = play(desk().find_op(REPLY, OP, seen(), AHEAD, frozenset()), "find_reply")
    assert found is not None


def test_fields_are_written_under_the_etag_that_was_just_read() -> None:
    outcome, requests = play(desk().deliver(UPDATE, OP, ticket_of_tape("update")), "update")
    assert isinstance(outcome, Done)
    assert outcome.notes == ("RT has no status hold: help#1 is stalled, which reads as pending.",)
    (written,) = [request for request in requests if request.writes]
    assert (written.method, written.path) == ("PUT", "/REST/2.0/ticket/1")
    assert written.headers == (("If-Match", tape("update")[0].headers["etag"]),)
    assert written.body == {
        "Status": "stalled",
        "Owner": "alice",
        "Priority": 80,
        "CustomFields": {"Tags": ["printing", "workaround"]},
    }


def test_what_a_ticket_shows_already_is_not_written_again() -> None:
    done = tape("find_update")[0]
    outcome, requests = drive(
        desk().deliver(UPDATE, OP, replace(seen(), stamp=done.body["LastUpdated"])), tape("find_update")
    )
    assert isinstance(outcome, Done)
    assert not any(request.writes for request in requests)


def test_a_lost_update_is_found_by_its_values() -> None:
    found, _ = play(desk().find_op(UPDATE, OP, seen(), ASKED, frozenset()), "find_update")
    assert found is not None
    missing, _ = play(desk().find_op(replace(UPDATE, priority="low"), OP, seen(), ASKED, frozenset()), "find_update")
    assert missing is None


def test_an_update_that_lost_a_race_kept_what_was_there() -> None:
    change = Update(priority="urgent")
    outcome, _ = play(desk().deliver(change, OP, ticket_of_tape("update_race")), "update_race")
    assert isinstance(outcome, Conflict)


def test_a_200_that_changed_only_a_part_names_what_did_not_change() -> None:
    change = Update(priority="low", assignee="maria@example.com")
    outcome, _ = play(desk().deliver(change, OP, ticket_of_tape("update_refused_in_part")), "update_refused_in_part")
    assert isinstance(outcome, Rejected)
    assert "did not change assignee (priority did change)" in outcome.why
    assert "may not own tickets" in outcome.why


def test_a_200_that_changed_nothing_is_rejected_in_rts_words() -> None:
    change = Update(status=Status.SOLVED)
    outcome, _ = play(desk(who=WATCHER).deliver(change, OP, ticket_of_tape("update_not_allowed")), "update_not_allowed")
    assert isinstance(outcome, Rejected)
    assert outcome.why == "help#1: RT did not change status. It said: Ticket 1: Permission Denied."


def test_an_unassigned_ticket_belongs_to_nobody() -> None:
    now = ticket_of_tape("update_refused_in_part")
    _, requests = drive(
        desk().deliver(Update(assignee=""), OP, now),
        [tape("update_refused_in_part")[0], json_answer([]), tape("reply")[0]],
    )
    assert requests[1].body == {"Owner": "Nobody"}


@pytest.mark.parametrize("update", [Update(status=Status.CLOSED), Update(priority="whenever")])
def test_what_rt_has_no_word_for_is_rejected_before_anything_is_sent(update: Update) -> None:
    outcome, requests = drive(desk().deliver(update, OP, seen()), [])
    assert isinstance(outcome, Rejected)
    assert requests == []


def test_a_reply_whose_fields_fail_stays_sent_and_says_so() -> None:
    reply = replace(REPLY, update=Update(priority="low"))
    answers = tape("reply")
    for problem, words in ((Lost("cut off"), "cut off"), (json_answer({"message": "Forbidden"}, 403), "may not")):
        outcome, _ = drive(desk().deliver(reply, OP, ticket_of_tape("reply")), [*answers, problem])
        assert isinstance(outcome, Done)
        assert outcome.notes[0].startswith("The words were sent, but not all")
        assert words in outcome.notes[0]


def test_an_address_is_looked_up_because_rt_finds_nobody_by_it() -> None:
    answers = [tape("update")[0], json_answer({"items": [{"id": "bob", "Name": "bob"}]}), json_answer([], 412)]
    _, requests = drive(desk().deliver(Update(assignee="bob@desk.test"), OP, ticket_of_tape("update")), answers)
    assert requests[1].path == "/REST/2.0/users"
    assert requests[2].body == {"Owner": "bob"}


def test_a_ticket_that_this_account_may_not_see_is_forbidden() -> None:
    with pytest.raises(Forbidden):
        drive(desk().deliver(REPLY, OP, seen()), [json_answer({"message": "Forbidden"}, 403)])


def test_where_it_is_looked_for_is_the_ticket_that_it_was_for() -> None:
    _, requests = play(desk().find_op(REPLY, OP, seen(), ASKED, frozenset()), "find_reply")
    assert all(f"/ticket/{ONE.id}/" in request.path or "/user/" in request.path for request in requests)
