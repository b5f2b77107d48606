"""GitHub as the place where bugs are filed."""

from typing import Any

import pytest
from driving import drive
from github_bench import MARK, OP, SINCE, github, load, raw, said, sample

from supportdesk.errors import Forbidden, Limited, Lost, Missing, NotWritten, Refused
from supportdesk.model import IssueDraft, IssueRef
from supportdesk.providers import Done, Place, Rejected
from supportdesk.providers.answers import outcome_of

BODY = f"## What the customer sees\n\nThe last column is missing.\n\n{MARK}"
DRAFT = IssueDraft(tracker="app", title="CSV export drops the last column", body=BODY, labels=("bug",))
TARGET = IssueRef("app", "17")


def test_an_issue_is_sent_byte_for_byte() -> None:
    outcome, asked = drive(github().file_issue(DRAFT, OP), [sample("issue-created", 201)])
    assert outcome == Done(remote="412", url="https://github.com/acme/app/issues/412")
    assert (asked[0].method, asked[0].path) == ("POST", "/repos/acme/app/issues")
    assert asked[0].body == {"title": DRAFT.title, "body": BODY, "labels": ["bug"]}


def test_labels_that_github_left_out_are_said() -> None:
    outcome, _ = drive(github().file_issue(DRAFT, OP), [said({**load("issue-created"), "labels": []}, 201)])
    assert isinstance(outcome, Done)
    assert "bug" in outcome.notes[0]


def test_an_issue_without_its_marker_is_not_sent() -> None:
    outcome, asked = drive(github().file_issue(IssueDraft(tracker="app", title="t", body="no marker"), OP), [])
    assert (isinstance(outcome, Rejected), asked) == (True, [])


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_write_to_a_moved_repository_is_rejected_and_says_where(status: int) -> None:
    answer = said({"message": "Moved"}, status, {"Location": "https://api.github.com/repositories/6001/issues"})
    with pytest.raises(Refused, match=r"the repository moved to https://api\.github\.com/repositories/6001") as raised:
        drive(github().file_issue(DRAFT, OP), [answer])
    assert isinstance(outcome_of(raised.value), Rejected)


def test_a_redirect_that_was_followed_into_a_read_is_no_success() -> None:
    with pytest.raises(Lost):
        drive(github().file_issue(DRAFT, OP), [sample("issues-page-1", 200)])


def test_switched_off_issues_are_rejected_in_a_sentence() -> None:
    with pytest.raises(Refused, match="switched off in acme/app"):
        drive(github().file_issue(DRAFT, OP), [said({"message": "Issues are disabled for this repo"}, 410)])


def test_a_validation_error_names_the_field() -> None:
    body = {
        "message": "Validation Failed",
        "errors": [{"resource": "Issue", "field": "title", "code": "missing_field"}, "odd"],
    }
    with pytest.raises(Refused, match="title missing_field"):
        drive(github().file_issue(DRAFT, OP), [said(body, 422)])


@pytest.mark.parametrize(("status", "error"), [(403, Forbidden), (404, Missing), (401, Exception)])
def test_other_refusals_keep_their_meaning(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        drive(github().file_issue(DRAFT, OP), [said({"message": "no"}, status)])


def test_a_secondary_limit_without_a_hint_waits_a_minute() -> None:
    with pytest.raises(Limited) as raised:
        drive(github().file_issue(DRAFT, OP), [said({"message": "You have exceeded a secondary rate limit"}, 403)])
    assert raised.value.wait_s == 60


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"", 201),
        said({**load("issue-created"), "body": "without"}, 201),
        said({**load("issue-created"), "number": None}, 201),
        said({key: value for key, value in load("issue-created").items() if key != "html_url"}, 201),
        said({}, 503),
    ],
)
def test_a_created_issue_that_cannot_be_seen_is_of_unknown_outcome(answer: object) -> None:
    with pytest.raises(Lost):
        drive(github().file_issue(DRAFT, OP), [answer])  # type: ignore[list-item]  # mixed on purpose


def test_an_issue_that_may_have_arrived_is_looked_for_in_the_list_of_ours() -> None:
    rows = [load("issue-17"), load("issue-created")]
    found, asked = drive(github().find_issue(OP, SINCE), [sample("user"), said(rows)])
    assert found == Done(remote="412", url="https://github.com/acme/app/issues/412")
    assert asked[1].path == "/repos/acme/app/issues"
    assert dict(asked[1].query) == {
        "state": "all",
        "creator": "alice-sd",
        "sort": "created",
        "direction": "desc",
        "since": "2026-11-20T10:00:00Z",
        "per_page": "100",
    }
    missing, _ = drive(github().find_issue(OP, SINCE), [sample("user"), said(rows[:1])])
    assert missing is None


def test_of_two_issues_with_one_marker_the_oldest_counts_and_the_open_others_are_twins() -> None:
    second = {**load("issue-created"), "number": 413}
    found, _ = drive(github().find_issue(OP, SINCE), [sample("user"), said([second, load("issue-created")])])
    assert found is not None
    assert found.remote == "412"
    assert found.twins == ("413",)
    closed = {**second, "state": "closed"}
    found, _ = drive(github().find_issue(OP, SINCE), [sample("user"), said([closed, load("issue-created")])])
    assert found is not None
    assert found.twins == ()


@pytest.mark.parametrize("knows", [True, False])
def test_a_twin_is_closed_as_a_duplicate_or_as_not_planned_where_that_is_unknown(knows: bool) -> None:
    refusals = [] if knows else [said({"message": "Validation Failed"}, 422)]
    _, asked = drive(github().close_twin(TARGET, TARGET), [*refusals, sample("issue-17-closed")])
    reasons = [request.body["state_reason"] for request in asked]
    assert reasons == (["duplicate"] if knows else ["duplicate", "not_planned"])
    assert asked[-1].body["state"] == "closed"


def test_evidence_is_added_with_a_marker_and_found_by_it() -> None:
    outcome, asked = drive(github().comment_issue(TARGET, "Once more", OP), [sample("comment-created", 201)])
    assert outcome == Done(remote="904", url="https://github.com/acme/app/issues/17#issuecomment-904")
    assert asked[0].body == {"body": f"Once more\n\n{MARK}"}
    rows = said([*load("comments-17"), load("comment-created")])
    found, _ = drive(github().find_issue_comment(TARGET, OP, SINCE), [rows, sample("user")])
    assert found is not None
    assert found.remote == "904"


def copied(row: Any) -> Any:
    """The same words by somebody else, as an answer by mail quotes them."""
    return {**row, "id": 906, "user": {**row["user"], "login": "quoting", "id": 66}}


def test_a_marker_that_somebody_copied_is_no_twin_of_ours() -> None:
    ours = load("comment-created")
    rows = said([copied(ours), ours, {**ours, "id": 905}])
    found, _ = drive(github().find_issue_comment(TARGET, OP, SINCE), [rows, sample("user")])
    assert found is not None
    assert (found.remote, found.twins) == ("904", ("905",))


def test_a_marker_that_stands_in_somebody_elses_words_alone_is_for_a_person_to_look_at() -> None:
    rows = said([copied(load("comment-created"))])
    with pytest.raises(Refused, match="quoting") as problem:
        drive(github().find_issue_comment(TARGET, OP, SINCE), [rows, sample("user")])
    assert problem.value.resend is False


def test_evidence_that_carries_its_marker_already_is_sent_as_it_is() -> None:
    _, asked = drive(github().comment_issue(TARGET, f"Once more\n{MARK}", OP), [sample("comment-created", 201)])
    assert asked[0].body == {"body": f"Once more\n{MARK}"}


@pytest.mark.parametrize(
    ("fields", "public"),
    [
        ({}, False),
        ({"visibility": "public"}, True),
        ({"visibility": "internal"}, False),
        ({"private": False}, True),
        ({"private": None, "visibility": None}, None),
        ({"private": "false", "visibility": 1}, None),
    ],
)
def test_visibility_is_public_as_soon_as_one_field_says_so(fields: dict[str, object], public: bool | None) -> None:
    place, _ = drive(github().place(), [said({**load("repo-private"), **fields})])
    assert place == Place(name="acme/app", public=public, issues_on=True)


def test_a_place_without_issues_or_archived_takes_none() -> None:
    for fields in ({"has_issues": False}, {"archived": True}):
        place, _ = drive(github().place(), [said({**load("repo-private"), **fields})])
        assert not place.issues_on


def test_similar_issues_are_asked_for_with_plain_quoted_words() -> None:
    draft = IssueDraft(tracker="app", title='"repo:evil/x" Export [email-1] drops is:closed columns -not', body=MARK)
    found, asked = drive(github().similar_issues(draft), [sample("search")])
    assert [issue.ref.id for issue in found] == ["377"]
    assert found[0].labels == ("bug",)
    query = dict(asked[0].query)["q"]
    assert query == 'repo:acme/app is:issue is:open ("columns" OR "closed" OR "export" OR "drops" OR "evil")'


def test_similar_issues_are_only_a_hint() -> None:
    for refusal in (said({}, 422), said({}, 403), said({"message": "secondary rate limit"}, 429)):
        assert drive(github().similar_issues(DRAFT), [refusal])[0] == ()
    assert drive(github().similar_issues(IssueDraft(tracker="app", title="?!", body=MARK)), []) == ((), [])
    with pytest.raises(NotWritten):
        drive(github().similar_issues(DRAFT), [NotWritten("no connection")])


def test_one_issue_reads_as_a_bug() -> None:
    issue, _ = drive(github().issue(IssueRef("app", "412")), [sample("issue-created")])
    assert (issue.ref, issue.open, issue.labels) == (IssueRef("app", "412"), True, ("bug",))
    assert "sd-op" not in issue.body
