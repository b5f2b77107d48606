"""The shipped GitHub provider over the embedded tracker, and its answers against GitHub's own description."""

import json
from pathlib import Path

import pytest
from demo_desk import OP, StoodClock, ask, github, run, tracker

from supportdesk.demo import REPO, TRACKER, Tracker
from supportdesk.errors import Limited, Lost, Missing, Refused
from supportdesk.model import IssueDraft, IssueRef, Reply, Status, Update
from supportdesk.providers import Done
from supportdesk.providers.answers import marker

CONTRACT = Path("/work/shared/contracts/github-issues-openapi.json")
DRAFT = IssueDraft(
    tracker=TRACKER, title="Offline visits stay on waiting", body=f"What happens\n\n{marker(OP)}", labels=("bug",)
)


def test_the_repository_is_private_and_takes_issues():
    place = run(tracker(), github().place())

    assert (place.name, place.public, place.issues_on) == (REPO, False, True)


def test_a_public_repository_says_so():
    assert run(tracker(private=False), github().place()).public is True


def test_an_issue_is_filed_and_found_by_its_marker():
    clock = StoodClock()
    hub = Tracker(clock)

    done = run(hub, github().file_issue(DRAFT, OP))
    found = run(hub, github().find_issue(OP, clock()))

    assert isinstance(done, Done)
    assert found is not None
    assert found.remote == done.remote
    assert run(hub, github().issue(IssueRef(TRACKER, done.remote))).labels == ("bug",)


def test_an_issue_whose_answer_was_lost_is_there_once():
    clock = StoodClock()
    hub = Tracker(clock)
    hub.fail_next("lost answer")

    with pytest.raises(Lost):
        run(hub, github().file_issue(DRAFT, OP))

    found = run(hub, github().find_issue(OP, clock()))
    assert found is not None
    assert found.notes == ()


def test_an_issue_that_commits_late_is_found_when_it_has():
    clock = StoodClock()
    hub = Tracker(clock)
    hub.fail_next("late", wait_s=300)

    with pytest.raises(Lost):
        run(hub, github().file_issue(DRAFT, OP))
    early = run(hub, github().find_issue(OP, clock()))
    clock.pass_s(301)

    assert early is None
    assert run(hub, github().find_issue(OP, clock())) is not None


def test_without_push_rights_labels_are_dropped_in_silence():
    done = run(tracker(push=False), github().file_issue(DRAFT, OP))

    assert isinstance(done, Done)
    assert "bug" in " ".join(done.notes)


def test_a_tracker_without_issues_refuses():
    with pytest.raises(Refused):
        run(tracker(issues_on=False), github().file_issue(DRAFT, OP))


def test_a_secondary_limit_is_a_limit_and_no_matter_of_rights():
    hub = tracker()
    hub.fail_next("secondary limit", on="POST")

    with pytest.raises(Limited):
        run(hub, github().file_issue(DRAFT, OP))


def test_a_redirected_write_is_refused_and_nothing_is_filed():
    hub = tracker()
    before = len(hub.issues)
    hub.fail_next("redirect", on="POST")

    with pytest.raises(Refused):
        run(hub, github().file_issue(DRAFT, OP))

    assert len(hub.issues) == before


def test_the_queue_is_unchanged_until_something_happens():
    clock = StoodClock()
    hub = Tracker(clock)
    since = clock().replace(year=2020)
    first = run(hub, github().changes(since, "", ""))

    again = run(hub, github().changes(since, "", first.etag))
    hub.colleague_writes(11, "Reproduced at last.")
    after = run(hub, github().changes(since, "", first.etag))

    assert first.tickets
    assert again.unchanged
    assert not after.unchanged
    assert after.tickets[0].ref.id == "11"


def test_a_comment_a_label_and_a_closing_land_on_an_issue():
    hub = tracker()
    seen = run(hub, github().ticket(IssueRef(TRACKER, "11")))

    replied = run(hub, github().deliver(Reply(body="Nine customers now."), OP, seen))
    seen = run(hub, github().ticket(seen.ref))
    updated = run(hub, github().deliver(Update(status=Status.SOLVED, add_tags=("from support",)), "op-2", seen))

    now = run(hub, github().ticket(seen.ref))
    last = run(hub, github().conversation(seen.ref)).comments[-1]
    assert isinstance(replied, Done)
    assert isinstance(updated, Done)
    assert last.body.strip() == "Nine customers now."
    assert now.status is Status.SOLVED
    assert "from support" in now.tags


def test_evidence_is_added_and_found_again():
    clock = StoodClock()
    hub = Tracker(clock)
    issue = IssueRef(TRACKER, "11")

    run(hub, github().comment_issue(issue, f"Four more.\n\n{marker(OP)}", OP))

    assert run(hub, github().find_issue_comment(issue, OP, clock())) is not None


def test_a_bug_that_reads_alike_is_found():
    draft = IssueDraft(tracker=TRACKER, title="Visits stay on Waiting to upload after signal loss", body="")

    assert "11" in [issue.ref.id for issue in run(tracker(), github().similar_issues(draft))]


def test_search_wants_every_word_unless_told_otherwise():
    every = ask(tracker(), "GET", "/search/issues", q=f"repo:{REPO} is:issue waiting giraffe")[1]
    either = ask(tracker(), "GET", "/search/issues", q=f"repo:{REPO} is:issue (waiting OR giraffe)")[1]

    assert every["items"] == []
    assert [row["number"] for row in either["items"]] == [11]


def test_a_question_with_too_many_operators_is_refused():
    assert ask(tracker(), "GET", "/search/issues", q=" OR ".join("abcdefg"))[0] == 422


def test_a_colleague_who_closes_first_is_seen_on_the_issue_after_our_write():
    hub = tracker()
    hub.fail_next("closed")

    run(hub, github().comment_issue(IssueRef(TRACKER, "11"), "Evidence.", OP))

    ours, theirs = hub.comments[11][-1], hub.comments[11][-2]
    assert theirs["user"]["login"] != ours["user"]["login"]
    assert run(hub, github().issue(IssueRef(TRACKER, "11"))).open is False


def test_pages_are_followed_by_their_links():
    hub = tracker()
    for number in range(120):
        ask(hub, "POST", f"/repos/{REPO}/issues", {"title": f"Issue {number}", "body": ""})

    page = run(hub, github().tickets(None, ""))
    rest = run(hub, github().tickets(None, page.cursor))

    assert len(page.tickets) == 100
    assert len(rest.tickets) >= 20
    assert rest.cursor == ""
    assert not {ticket.ref for ticket in page.tickets} & {ticket.ref for ticket in rest.tickets}


def test_an_issue_that_is_not_there_is_missing():
    with pytest.raises(Missing):
        run(tracker(), github().issue(IssueRef(TRACKER, "4040")))


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "described"),
    [
        ("GET", "/user", None, "200", "/user"),
        ("GET", f"/repos/{REPO}", None, "200", "/repos/{owner}/{repo}"),
        ("GET", f"/repos/{REPO}/issues", None, "200", "/repos/{owner}/{repo}/issues"),
        ("POST", f"/repos/{REPO}/issues", {"title": "T", "labels": ["bug"]}, "201", "/repos/{owner}/{repo}/issues"),
        ("GET", f"/repos/{REPO}/issues/7", None, "200", "/repos/{owner}/{repo}/issues/{issue_number}"),
        ("PATCH", f"/repos/{REPO}/issues/7", {"state": "closed"}, "200", "/repos/{owner}/{repo}/issues/{issue_number}"),
        (
            "GET",
            f"/repos/{REPO}/issues/7/comments",
            None,
            "200",
            "/repos/{owner}/{repo}/issues/{issue_number}/comments",
        ),
        (
            "POST",
            f"/repos/{REPO}/issues/7/comments",
            {"body": "Seen."},
            "201",
            "/repos/{owner}/{repo}/issues/{issue_number}/comments",
        ),
        (
            "POST",
            f"/repos/{REPO}/issues/7/labels",
            {"labels": ["mobile"]},
            "200",
            "/repos/{owner}/{repo}/issues/{issue_number}/labels",
        ),
        (
            "DELETE",
            f"/repos/{REPO}/issues/7/labels/bug",
            None,
            "200",
            "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
        ),
        ("GET", "/search/issues?q=upload", None, "200", "/search/issues"),
    ],
)
def test_answers_are_what_github_describes(method, path, body, status, described):
    if not CONTRACT.exists():
        pytest.skip(f"GitHub's description is not at {CONTRACT}; it lies only where this project is built.")
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed; it comes with the test extra.")
    contract = json.loads(CONTRACT.read_text(encoding="utf-8"))
    answer = contract["paths"][described][method.lower()]["responses"][status]["content"]["application/json"]["schema"]
    schema = {"allOf": [answer], "components": contract["components"]}

    got, decoded = ask(tracker(), method, path, body)

    assert str(got) == status
    jsonschema.Draft202012Validator(_without_nullable(schema)).validate(decoded)


def _without_nullable(schema):
    """OpenAPI 3.0 says `nullable`; JSON Schema says it as one more type."""
    if isinstance(schema, list):
        return [_without_nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _without_nullable(value) for key, value in schema.items() if key not in ("nullable", "examples")}
    if schema.get("nullable") is True:
        return {"anyOf": [{"type": "null"}, plain]}
    return plain
