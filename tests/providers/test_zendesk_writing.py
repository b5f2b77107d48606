"""Zendesk written to: one guarded request, what its answer proves, and what is looked for when it does not."""

from dataclasses import replace
from typing import Any

import pytest
from driving import drive
from zendesk_bench import OP, SEEN, SINCE, ZENDESK, load, raw, said, sample

from supportdesk.errors import Distrusted, Forbidden, Limited, Lost, Missing, NotWritten, Refused, Unauthorized
from supportdesk.model import Escalate, IssueDraft, Note, Reply, Status, Update
from supportdesk.providers import Conflict, Done, Json, NotSent, Outcome, Rejected, Response
from supportdesk.providers.answers import outcome_of

REPLY = Reply(
    body="Thank you, that is fixed in 2026.10.", update=Update(status=Status.PENDING, add_tags=("workaround",))
)
NOTE = Note(body="Filed as app#17.")
URL = "https://acme.zendesk.com/agent/tickets/4312"


def written(change: Reply | Note | Update, answer: Response) -> tuple[Outcome, Json]:
    outcome, requests = drive(ZENDESK.deliver(change, OP, SEEN), [answer])
    (request,) = requests
    assert (request.method, request.path) == ("PUT", "/api/v2/tickets/4312.json")
    return outcome, request.body["ticket"]


def landed(change: Reply | Note | Update, answer: Response) -> Done:
    outcome, _ = written(change, answer)
    assert isinstance(outcome, Done)
    return outcome


def with_events(name: str, events: list[Json]) -> Response:
    body = load(name)
    body["audit"]["events"] = events
    return said(body)


def test_a_reply_and_its_field_changes_travel_in_one_guarded_request() -> None:
    outcome, ticket = written(REPLY, sample("put_reply"))
    assert ticket == {
        "safe_update": True,
        "updated_stamp": "2026-10-02T14:03:55Z",
        "metadata": {"sd_op": OP},
        "comment": {"body": "Thank you, that is fixed in 2026.10.", "public": True},
        "status": "pending",
        "tags": ["export", "vip", "workaround"],
    }
    assert outcome == Done(remote="990001", url=URL)


def test_a_note_says_that_it_is_not_public() -> None:
    outcome, ticket = written(NOTE, sample("put_note"))
    assert ticket["comment"] == {"body": "Filed as app#17.", "public": False}
    assert outcome == Done(remote="990002", url=URL)


def test_a_change_of_fields_alone_has_no_comment_and_carries_the_mark() -> None:
    answer = with_events("put_reply", [])
    outcome, ticket = written(Update(status=Status.PENDING, priority="", remove_tags=("vip",)), answer)
    assert "comment" not in ticket
    assert ticket["metadata"] == {"sd_op": OP}
    assert (ticket["status"], ticket["priority"], ticket["tags"]) == ("pending", None, ["export"])
    assert isinstance(outcome, Done)


def test_fields_that_are_left_alone_are_not_sent() -> None:
    _, ticket = written(NOTE, sample("put_note"))
    assert set(ticket) == {"safe_update", "updated_stamp", "metadata", "comment"}


def test_a_note_that_became_public_is_shouted_about() -> None:
    events = [{"type": "Comment", "public": True, "via": {"channel": "api"}}]
    done = landed(NOTE, with_events("put_note", events))
    assert done.notes[0].startswith("ALERT")
    assert "PUBLIC" in done.notes[0]


def test_a_reply_that_the_customer_does_not_see_is_shouted_about() -> None:
    done = landed(REPLY, with_events("put_reply", [{"type": "Comment", "public": False}]))
    assert done.notes[0].startswith("ALERT")
    assert "has not got it" in done.notes[0]


def test_a_comment_that_a_rule_added_is_not_taken_for_ours() -> None:
    ours = {"type": "Comment", "public": False, "via": {"channel": "api"}}
    theirs = {"type": "Comment", "public": True, "via": {"channel": "rule"}}
    assert landed(NOTE, with_events("put_note", [theirs, ours])).notes == ()


@pytest.mark.parametrize("events", [[], [{"type": "Comment", "public": "false"}], [{"type": "Change"}], ["x", None]])
def test_an_answer_without_our_words_leaves_the_outcome_open(events: list[Json]) -> None:
    with pytest.raises(Lost, match="does not show"):
        written(NOTE, with_events("put_note", events))


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"ticket": load("put_note")["ticket"]},
        {"audit": load("put_note")["audit"]},
        {**load("put_note"), "ticket": {"id": 1, "updated_at": "2026-10-02T14:20:09Z"}},
        {**load("put_note"), "audit": {**load("put_note")["audit"], "id": None}},
        {**load("put_note"), "audit": {**load("put_note")["audit"], "metadata": {"custom": {"sd_op": "another"}}}},
    ],
)
def test_an_answer_that_does_not_prove_the_write_leaves_the_outcome_open(body: Json) -> None:
    with pytest.raises(Lost):
        written(NOTE, said(body))


def test_an_empty_answer_leaves_the_outcome_open() -> None:
    with pytest.raises(Lost):
        written(NOTE, raw(b"", 201))


def test_fields_that_were_so_already_need_no_audit() -> None:
    done = landed(Update(status=Status.PENDING), said({**load("put_reply"), "audit": None}))
    assert (done.remote, done.notes) == ("4312", ())


def test_what_the_account_did_otherwise_is_said() -> None:
    update = Update(status=Status.HOLD, priority="urgent", add_tags=("escalated", "Workaround"))
    done = landed(update, sample("put_reply"))
    assert len(done.notes) == 3
    assert "pending instead of hold" in done.notes[0]
    assert "urgent" in done.notes[1]
    assert done.notes[2].endswith("tag escalated.")


def assigned(who: str, *answers: Response) -> tuple[Json, list[str]]:
    flow = ZENDESK.deliver(Update(assignee=who), OP, SEEN)
    _, requests = drive(flow, [*answers, with_events("put_reply", [])])
    return requests[-1].body["ticket"]["assignee_id"], [request.path for request in requests[:-1]]


def test_me_is_looked_up_before_the_write() -> None:
    assert assigned("me", sample("me")) == (9001, ["/api/v2/users/me.json"])


@pytest.mark.parametrize("who", ["alice@acme.example", "Alice Brandt"])
def test_an_agent_is_found_by_address_or_name_and_customers_are_not(who: str) -> None:
    assert assigned(who, sample("users_search")) == (9001, ["/api/v2/users/search.json"])


def test_an_id_or_nobody_needs_no_look_up() -> None:
    assert assigned("9002") == (9002, [])
    assert assigned("") == (None, [])


@pytest.mark.parametrize("who", ["alice", "alice@elsewhere.example"])
def test_who_is_no_agent_is_not_assigned_and_nothing_is_written(who: str) -> None:
    with pytest.raises(Refused, match="no agent"):
        drive(ZENDESK.deliver(Update(assignee=who), OP, SEEN), [sample("users_search")])


def test_two_agents_of_one_name_are_not_guessed_between() -> None:
    users = load("users_search")["users"]
    both = {"users": [users[1], {**users[0], "name": "Alice Brandt"}]}
    with pytest.raises(Refused, match="2 agents"):
        drive(ZENDESK.deliver(Update(assignee="Alice Brandt"), OP, SEEN), [said(both)])


def test_a_look_up_that_fails_means_that_nothing_was_written() -> None:
    outcome, requests = drive(ZENDESK.deliver(Update(assignee="me"), OP, SEEN), [Lost("reset", wait_s=9.0)])
    assert outcome == NotSent(why="reset", wait_s=9.0)
    assert [request.method for request in requests] == ["GET"]


def test_an_outdated_ticket_is_a_conflict_once_our_mark_was_looked_for() -> None:
    changed = load("ticket")
    changed["ticket"] |= {"updated_at": "2026-10-02T15:00:00Z", "status": "pending"}
    strangers = {**load("audits"), "audits": load("audits")["audits"][::2]}
    fresh = load("comments")
    fresh["comments"][-1] |= {"created_at": "2026-10-02T15:00:00Z", "public": False, "plain_body": "Wait for me."}
    answers = [sample("update_conflict", 409), said(strangers), said(changed), said(fresh)]
    outcome, requests = drive(ZENDESK.deliver(REPLY, OP, SEEN), answers)
    assert isinstance(outcome, Conflict)
    assert "status open → pending" in outcome.why
    assert "(internal): “Wait for me.”" in outcome.why
    assert [(request.method, request.path) for request in requests] == [
        ("PUT", "/api/v2/tickets/4312.json"),
        ("GET", "/api/v2/tickets/4312/audits.json"),
        ("GET", "/api/v2/tickets/4312.json"),
        ("GET", "/api/v2/tickets/4312/comments.json"),
    ]
    assert dict(requests[1].query) == {"sort": "-created_at", "page[size]": "100"}


def test_a_conflict_with_our_own_earlier_attempt_is_done() -> None:
    outcome, _ = drive(ZENDESK.deliver(REPLY, OP, SEEN), [sample("update_conflict", 409), sample("audits")])
    assert outcome == Done(remote="990004", url=URL)


def test_a_collision_in_their_database_was_certainly_not_executed() -> None:
    nothing = said({**load("audits"), "audits": []})
    outcome, _ = drive(ZENDESK.deliver(REPLY, OP, SEEN), [sample("database_conflict", 409), nothing])
    assert isinstance(outcome, NotSent)


def test_a_collision_on_an_unchanged_ticket_was_certainly_not_executed() -> None:
    nothing = said({**load("audits"), "audits": []})
    answers = [sample("update_conflict", 409), nothing, sample("ticket")]
    outcome, _ = drive(ZENDESK.deliver(REPLY, OP, SEEN), answers)
    assert isinstance(outcome, NotSent)


def test_a_look_after_a_conflict_that_fails_leaves_the_outcome_open() -> None:
    with pytest.raises(Lost):
        drive(ZENDESK.deliver(REPLY, OP, SEEN), [sample("update_conflict", 409), Lost("reset")])


def test_a_ticket_that_was_closed_meanwhile_needs_a_follow_up() -> None:
    outcome, _ = written(REPLY, sample("closed", 422))
    assert isinstance(outcome, Rejected)
    assert "follow-up" in outcome.why
    translated = {"details": {"status": [{"error": "ClosedTicket", "description": "Status: geschlossen"}]}}
    again, _ = written(REPLY, said(translated, 422))
    assert again == outcome


@pytest.mark.parametrize("body", [load("invalid"), {}, {"details": {"base": "x", "y": [7]}}, None])
def test_an_invalid_change_is_rejected_with_the_service_s_reason(body: Json) -> None:
    outcome, _ = written(REPLY, said(body, 422))
    assert isinstance(outcome, Rejected)
    assert ("Assignee: is required" in outcome.why) == (body == load("invalid"))


@pytest.mark.parametrize(
    ("status", "error", "outcome"),
    [
        (301, Distrusted, Rejected),
        (401, Unauthorized, NotSent),
        (403, Forbidden, Rejected),
        (404, Missing, Rejected),
        (429, Limited, NotSent),
    ],
)
def test_refusals_pass_through_by_name(status: int, error: Any, outcome: type[Outcome]) -> None:
    with pytest.raises(error) as caught:
        written(REPLY, said({"error": "x"}, status))
    assert isinstance(outcome_of(caught.value), outcome)


def test_a_server_error_may_have_written() -> None:
    with pytest.raises(Lost):
        written(REPLY, said({}, 502))
    with pytest.raises(NotWritten):
        drive(ZENDESK.deliver(REPLY, OP, SEEN), [NotWritten("no route")])


def test_a_write_without_a_stamp_or_for_a_tracker_never_leaves() -> None:
    blind, none = drive(ZENDESK.deliver(REPLY, OP, replace(SEEN, stamp="")), [])
    draft = IssueDraft(tracker="app", title="t", body="b")
    issue, no = drive(ZENDESK.deliver(Escalate(draft=draft), OP, SEEN), [])
    assert isinstance(blind, Rejected)
    assert isinstance(issue, Rejected)
    assert none == no == []
    assert drive(ZENDESK.find_op(Escalate(draft=draft), OP, SEEN, SINCE, frozenset()), []) == (None, [])


def found(change: Reply | Note | Update, *answers: Response) -> Done | None:
    done, _ = drive(ZENDESK.find_op(change, OP, SEEN, SINCE, frozenset({"990004"})), answers)
    return done


def test_our_audit_is_found_by_its_mark_alone() -> None:
    assert found(REPLY, sample("audits")) == Done(remote="990004", url=URL)


def test_a_note_that_landed_in_public_is_shouted_about_when_it_is_found() -> None:
    done = found(NOTE, sample("audits"))
    assert done is not None
    assert done.notes[0].startswith("ALERT")


def test_older_pages_of_audits_are_read_until_the_mark_is_met() -> None:
    audits = load("audits")
    more = {**audits, "audits": audits["audits"][:1], "meta": {"has_more": True, "after_cursor": "b"}}
    met = {**audits, "meta": {"has_more": True, "after_cursor": "c"}}
    assert found(REPLY, said(more), said(met)) is not None


def test_no_mark_means_that_it_did_not_land() -> None:
    audits = load("audits")["audits"]
    others = [audits[0], audits[2], {**audits[1], "metadata": {"custom": {"sd_op": "another"}}}, None, {"metadata": 7}]
    assert found(REPLY, said({"audits": others})) is None


def test_our_mark_without_our_words_is_not_our_reply() -> None:
    audit = {**load("audits")["audits"][1], "events": []}
    assert found(REPLY, said({"audits": [audit]})) is None
    assert found(Update(status=Status.PENDING), said({"audits": [audit]})) is not None
