"""Replies and updates on GitHub: what is sent, what stops it, and how an unknown outcome is settled."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from driving import drive
from github_bench import MARK, OP, REF, SEEN, SINCE, github, load, raw, said, sample

from supportdesk.errors import Distrusted, Forbidden, Limited, Lost, Missing, NotWritten, Refused
from supportdesk.model import Escalate, IssueDraft, Note, Reply, Status, Update
from supportdesk.providers import Conflict, Done, NotSent, Rejected
from supportdesk.providers.answers import outcome_of

REPLY = Reply(body="Fixed in 4.2.1.")
NONE: frozenset[str] = frozenset()


def test_a_reply_is_posted_with_its_marker_as_the_last_line() -> None:
    outcome, asked = drive(github().deliver(REPLY, OP, SEEN), [sample("issue-17"), sample("comment-created", 201)])
    assert outcome == Done(remote="904", url="https://github.com/acme/app/issues/17#issuecomment-904")
    assert [(request.method, request.path) for request in asked] == [
        ("GET", "/repos/acme/app/issues/17"),
        ("POST", "/repos/acme/app/issues/17/comments"),
    ]
    assert asked[1].body == {"body": f"Fixed in 4.2.1.\n\n{MARK}"}


def test_a_note_is_refused_and_never_made_public() -> None:
    outcome, asked = drive(github().deliver(Note(body="internal"), OP, SEEN), [])
    assert isinstance(outcome, Rejected)
    assert "no internal notes" in outcome.why
    assert asked == []


def test_an_escalation_is_not_written_on_the_ticket() -> None:
    change = Escalate(draft=IssueDraft(tracker="app", title="t", body=MARK))
    outcome, asked = drive(github().deliver(change, OP, SEEN), [])
    assert (isinstance(outcome, Rejected), asked) == (True, [])


def test_somebody_elses_comment_since_then_holds_the_reply() -> None:
    issue = {**load("issue-17"), "updated_at": "2026-11-21T11:30:00Z", "comments": 4}
    theirs = {**load("comments-17")[2], "id": 905, "created_at": "2026-11-21T11:30:00Z"}
    outcome, asked = drive(
        github().deliver(REPLY, OP, SEEN), [said(issue), said([*load("comments-17")[2:], theirs]), sample("user")]
    )
    assert isinstance(outcome, Conflict)
    assert "a new comment by mira-kovac: “" in outcome.why
    assert "Nothing was written" in outcome.why
    assert dict(asked[1].query)["since"] == "2026-11-21T10:15:00Z"
    assert not any(request.writes for request in asked)


def test_a_comment_in_the_same_second_as_the_stamp_is_noticed_by_the_count() -> None:
    issue = {**load("issue-17"), "comments": 4}
    theirs = {**load("comments-17")[2], "id": 905, "created_at": "2026-11-21T10:15:00.5Z"}
    outcome, _ = drive(github().deliver(REPLY, OP, SEEN), [said(issue), said([theirs]), sample("user")])
    assert isinstance(outcome, Conflict)


def test_our_own_comment_since_then_does_not_hold_the_next_reply() -> None:
    outcome, _ = drive(
        github().deliver(REPLY, OP, SEEN),
        [
            sample("issue-17-after-our-comment"),
            said([load("comment-created")]),
            sample("user"),
            sample("comment-created", 201),
        ],
    )
    assert isinstance(outcome, Done)


def test_an_edit_that_our_own_comment_does_not_explain_holds_the_reply() -> None:
    issue = {**load("issue-17-after-our-comment"), "updated_at": "2026-11-21T11:00:30Z"}
    outcome, _ = drive(
        github().deliver(REPLY, OP, SEEN), [said(issue), said([load("comment-created")]), sample("user")]
    )
    assert outcome == Conflict(why="app#17 changed since it was read: it was edited. Nothing was written.")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"state": "closed"}, "it is solved now"),
        ({"title": "Another"}, "subject"),
        ({"assignees": []}, "assigned to nobody"),
        ({"labels": []}, "labels"),
    ],
)
def test_a_field_that_somebody_else_changed_holds_the_write(fields: dict[str, object], says: str) -> None:
    issue = {**load("issue-17"), "updated_at": "2026-11-21T11:30:00Z", **fields}
    for change in (REPLY, Update(add_tags=("bug",))):
        outcome, asked = drive(github().deliver(change, OP, SEEN), [said(issue)])
        assert isinstance(outcome, Conflict)
        assert says in outcome.why
        assert not any(request.writes for request in asked)


def test_a_failure_before_anything_was_written_is_certainly_not_sent() -> None:
    for answers in ([Lost("time-out")], [said({}, 502)], [said({"number": "x"})]):
        outcome, _ = drive(github().deliver(REPLY, OP, SEEN), answers)
        assert isinstance(outcome, NotSent)


@pytest.mark.parametrize(
    "answer",
    [
        Lost("time-out"),
        said({}, 500),
        said({}, 503),
        raw(b"", 201),
        said([], 200),
        said({"id": 904, "html_url": "https://x", "body": "Fixed in 4.2.1."}, 201),
        said({"html_url": "https://x", "body": MARK}, 201),
        said({"id": 904, "body": MARK}, 201),
    ],
)
def test_an_answer_that_does_not_show_the_comment_leaves_the_outcome_unknown(answer: object) -> None:
    with pytest.raises(Lost):
        drive(github().deliver(REPLY, OP, SEEN), [sample("issue-17"), answer])  # type: ignore[list-item]  # mixed on purpose


@pytest.mark.parametrize(
    ("status", "error"), [(403, Forbidden), (404, Missing), (410, Missing), (422, Refused), (400, Refused)]
)
def test_a_refused_reply_is_not_sent_again(status: int, error: type[Refused]) -> None:
    with pytest.raises(error) as raised:
        drive(github().deliver(REPLY, OP, SEEN), [sample("issue-17"), said({"message": "no"}, status)])
    assert isinstance(outcome_of(raised.value), Rejected)


def test_a_reply_longer_than_github_takes_is_refused_before_it_is_sent() -> None:
    with pytest.raises(Refused, match="65,536"):
        drive(github().deliver(Reply(body="x" * 65_537), OP, SEEN), [sample("issue-17")])


def test_an_update_sets_state_and_assignee_then_labels() -> None:
    update = Update(status=Status.SOLVED, assignee="bob-sd", add_tags=("bug",), remove_tags=("export", "a/b c"))
    outcome, asked = drive(
        github().deliver(update, OP, SEEN),
        [
            sample("issue-17"),
            sample("issue-17-closed"),
            sample("labels-after-adding"),
            said(load("labels-after-adding")[::2]),
            said({"message": "Label does not exist"}, 404),
        ],
    )
    assert outcome == Done(remote="17", url=SEEN.url)
    assert [(request.method, request.path, request.body) for request in asked[1:]] == [
        (
            "PATCH",
            "/repos/acme/app/issues/17",
            {"state": "closed", "state_reason": "completed", "assignees": ["bob-sd"]},
        ),
        ("POST", "/repos/acme/app/issues/17/labels", {"labels": ["bug"]}),
        ("DELETE", "/repos/acme/app/issues/17/labels/export", None),
        ("DELETE", "/repos/acme/app/issues/17/labels/a%2Fb%20c", None),
    ]


def test_what_github_lacks_is_skipped_and_said() -> None:
    update = Update(status=Status.HOLD, priority="high")
    outcome, asked = drive(github().deliver(update, OP, SEEN), [sample("issue-17")])
    assert isinstance(outcome, Done)
    assert any("no status hold" in note for note in outcome.notes)
    assert any("no priority" in note for note in outcome.notes)
    assert len(asked) == 1


def test_labels_and_assignees_dropped_in_silence_are_said() -> None:
    update = Update(assignee="stranger", add_tags=("bug", "urgent"))
    outcome, _ = drive(
        github().deliver(update, OP, SEEN), [sample("issue-17"), sample("issue-17"), sample("labels-after-adding")]
    )
    assert isinstance(outcome, Done)
    assert any("stranger" in note for note in outcome.notes)
    assert any("urgent" in note and "bug" not in note for note in outcome.notes)


def test_taking_everybody_off_sends_an_empty_list_and_reopening_says_so() -> None:
    seen = replace(SEEN, status=Status.SOLVED)
    closed = {**load("issue-17"), "state": "closed"}
    update = Update(status=Status.OPEN, assignee="")
    outcome, asked = drive(
        github().deliver(update, OP, seen), [said(closed), said({**load("issue-17"), "assignees": []})]
    )
    assert asked[1].body == {"state": "open", "state_reason": "reopened", "assignees": []}
    assert outcome == Done(remote="17", url=SEEN.url)


def test_an_update_that_half_landed_is_not_in_conflict_with_itself() -> None:
    update = Update(status=Status.SOLVED, assignee="bob-sd", add_tags=("bug",))
    half = sample("issue-17-closed")
    with pytest.raises(Limited):
        drive(github().deliver(update, OP, SEEN), [sample("issue-17"), half, said({}, 429)])
    outcome, asked = drive(
        github().deliver(update, OP, SEEN), [half, said([]), sample("user"), sample("labels-after-adding")]
    )
    assert isinstance(outcome, Done)
    assert [request.method for request in asked if request.writes] == ["POST"]  # what is so already is not asked again


def test_a_refusal_halfway_names_what_is_done_already() -> None:
    update = Update(status=Status.SOLVED, add_tags=("bug",))
    outcome, _ = drive(
        github().deliver(update, OP, SEEN), [sample("issue-17"), sample("issue-17-closed"), said({}, 422)]
    )
    assert isinstance(outcome, Rejected)
    assert "Already done: status" in outcome.why


def test_a_reply_that_landed_stays_landed_when_its_update_fails() -> None:
    reply = Reply(body="Fixed in 4.2.1.", update=Update(status=Status.SOLVED))
    for failure in (said({}, 403), said({}, 500), NotWritten("no connection")):
        outcome, _ = drive(
            github().deliver(reply, OP, SEEN), [sample("issue-17"), sample("comment-created", 201), failure]
        )
        assert isinstance(outcome, Done)
        assert outcome.remote == "904"
        assert "not all that goes with it" in outcome.notes[0]


def test_a_reply_with_its_update_posts_first_and_closes_then() -> None:
    reply = Reply(body="Fixed in 4.2.1.", update=Update(status=Status.SOLVED))
    outcome, asked = drive(
        github().deliver(reply, OP, SEEN),
        [sample("issue-17"), sample("comment-created", 201), sample("issue-17-closed")],
    )
    assert [request.method for request in asked] == ["GET", "POST", "PATCH"]
    assert isinstance(outcome, Done)
    assert (outcome.remote, outcome.notes) == ("904", ())


def test_a_reply_that_may_have_arrived_is_looked_for_by_its_marker() -> None:
    rows = said([*load("comments-17"), load("comment-created")])
    found, asked = drive(github().find_op(REPLY, OP, SEEN, SINCE, NONE), [rows, sample("user")])
    assert found == Done(remote="904", url="https://github.com/acme/app/issues/17#issuecomment-904")
    assert dict(asked[0].query)["since"] == "2026-11-20T10:00:00Z"
    missing, _ = drive(github().find_op(REPLY, OP, SEEN, SINCE, NONE), [sample("comments-17")])
    assert missing is None


def test_a_clock_a_day_ahead_does_not_hide_the_comment() -> None:
    ahead = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    _, asked = drive(github().find_op(REPLY, OP, SEEN, ahead, NONE), [sample("comments-17")])
    assert dict(asked[0].query)["since"] <= "2026-11-21T10:15:00Z"


def test_an_update_that_may_have_arrived_is_recognised_by_its_effect() -> None:
    update = Update(status=Status.SOLVED, assignee="BOB-sd", add_tags=("Export",), remove_tags=("bug",))
    found, _ = drive(github().find_op(update, OP, SEEN, SINCE, NONE), [sample("issue-17-closed")])
    assert found == Done(remote="17", url=SEEN.url)
    for other in (Update(status=Status.OPEN), Update(remove_tags=("export",)), Update(assignee="")):
        missing, _ = drive(github().find_op(other, OP, SEEN, SINCE, NONE), [sample("issue-17-closed")])
        assert missing is None


def test_a_note_is_never_found() -> None:
    assert drive(github().find_op(Note(body="x"), OP, SEEN, SINCE, NONE), []) == (None, [])


def test_a_lookup_that_is_led_away_says_so_instead_of_not_found() -> None:
    page = said([], headers={"Link": '<https://evil.example/x>; rel="next"'})
    with pytest.raises(Distrusted):
        drive(github().find_op(REPLY, OP, SEEN, SINCE, NONE), [page])


def test_the_ticket_is_named_by_its_own_reference_in_errors() -> None:
    with pytest.raises(Missing, match=str(REF)):
        drive(github().deliver(REPLY, OP, SEEN), [said({"message": "Not Found"}, 404)])
