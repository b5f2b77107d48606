from dataclasses import replace
from datetime import UTC, datetime

import pytest
from driving import drive
from rt_bench import HOME, OP, WATCHER, desk, json_answer, play, tape

from supportdesk.errors import ConfigError, Forbidden, Lost, Missing, Refused
from supportdesk.model import IssueDraft, IssueRef
from supportdesk.providers import Done, Place, Rejected
from supportdesk.providers.answers import marker
from supportdesk.providers.rt import RequestTracker

WHO = tape("find_reply")[2]  # alice, whose token it is
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
ISSUE = IssueRef("eng", "6")
DRAFT = IssueDraft(
    tracker="eng",
    title="Printer settings are lost by the update",
    body=f"Steps to reproduce: update, print.\n\n{marker(OP)}",
    labels=("workaround",),
    ticket_url=f"{HOME}/Ticket/Display.html?id=1",
)


def eng(who: int = 29) -> RequestTracker:
    """Engineering as a tracker."""
    return desk(queue="Engineering", name="eng", who=who)


def test_a_queue_is_a_place_that_the_world_does_not_read() -> None:
    place, _ = play(eng().place(), "place")
    assert place == Place(name="Engineering", public=False, issues_on=True)


def test_a_tracker_without_a_queue_is_a_mistake_in_the_configuration() -> None:
    with pytest.raises(ConfigError, match="queue"):
        drive(desk(queue="", name="eng").place(), [])


def test_an_issue_is_sent_byte_for_byte_and_its_ticket_refers_to_it() -> None:
    outcome, requests = play(eng().file_issue(DRAFT, OP), "file_issue")
    assert outcome == Done(remote="6", url=f"{HOME}/Ticket/Display.html?id=6")
    assert requests[0].body == {
        "Queue": "Engineering",
        "Subject": DRAFT.title,
        "Content": DRAFT.body,
        "ContentType": "text/plain",
        "CustomFields": {"Tags": ["workaround"]},
        "ReferredToBy": [1],
    }


def test_a_ticket_of_another_server_is_not_linked() -> None:
    elsewhere = replace(DRAFT, ticket_url="https://acme.zendesk.com/agent/tickets/1")
    _, requests = drive(eng().file_issue(elsewhere, OP), tape("file_issue"))
    assert "ReferredToBy" not in requests[0].body


def test_labels_and_links_that_rt_dropped_in_silence_are_said() -> None:
    answers = tape("file_issue")
    answers[1].body["CustomFields"] = []
    answers[1].body["_hyperlinks"] = []
    outcome, _ = drive(eng().file_issue(DRAFT, OP), answers)
    assert isinstance(outcome, Done)
    assert outcome.notes == (
        "RT left out the tags workaround.",
        "RT did not link ticket 1 to it: that needs the right to modify both.",
    )


def test_an_issue_that_was_made_is_done_even_when_it_cannot_be_read_back() -> None:
    outcome, _ = drive(eng().file_issue(DRAFT, OP), [tape("file_issue")[0], Lost("cut off")])
    assert isinstance(outcome, Done)


def test_an_issue_without_its_marker_is_not_sent() -> None:
    outcome, requests = drive(eng().file_issue(replace(DRAFT, body="no marker"), OP), [])
    assert isinstance(outcome, Rejected)
    assert requests == []


def test_an_account_that_may_not_file_is_told_so() -> None:
    with pytest.raises(Forbidden, match="No permission to create tickets"):
        drive(eng(who=WATCHER).file_issue(DRAFT, OP), tape("file_issue_not_allowed"))


def test_an_issue_whose_number_is_not_said_is_uncertain() -> None:
    with pytest.raises(Lost):
        drive(eng().file_issue(DRAFT, OP), [json_answer({"type": "ticket"}, 201)])


def test_a_lost_issue_is_found_by_its_marker_among_the_tickets_that_we_made() -> None:
    found, requests = play(eng().find_issue(OP, SINCE), "find_issue")
    assert found == Done(remote="6", url=f"{HOME}/Ticket/Display.html?id=6")
    sql = dict(requests[0].query)["query"]
    assert sql == "Queue = 'Engineering' AND Creator = '__CurrentUser__' AND Created > '2025-12-31 00:00:00'"
    assert "Content" not in sql


def test_an_issue_that_never_arrived_is_not_found() -> None:
    found, _ = play(eng().find_issue(OP, SINCE), "find_issue_none")
    assert found is None
    other, _ = play(eng().find_issue("another-op", SINCE), "find_issue")
    assert other is None


def test_a_twin_is_named_so_that_it_can_be_closed() -> None:
    answers = tape("find_issue")
    listed, *rest = answers
    listed.body["items"].append(listed.body["items"][0] | {"id": "7"})
    found, _ = drive(eng().find_issue(OP, SINCE), [listed, *rest, *rest[1:]])
    assert found is not None
    assert found.remote == "6"
    assert found.twins == ("7",)


def test_evidence_is_a_comment_with_the_marker_and_found_by_it() -> None:
    outcome, requests = play(eng().comment_issue(ISSUE, "Two more customers.", OP), "comment_issue")
    assert isinstance(outcome, Done)
    assert requests[0].body["Content"] == f"Two more customers.\n\n{marker(OP)}"
    found, _ = drive(eng().find_issue_comment(ISSUE, OP, SINCE), [*tape("find_issue_comment"), WHO])
    assert found is not None
    assert found.remote == outcome.remote
    nothing, _ = play(eng().find_issue_comment(ISSUE, "another-op", SINCE), "find_issue_comment")
    assert nothing is None


def test_who_we_are_is_asked_once_a_request_was_signed() -> None:
    fresh = RequestTracker(eng().account)
    flow = fresh.find_issue_comment(ISSUE, OP, SINCE)
    next(flow)
    fresh.authorize("1-29-0123456789abcdef0123456789abcdef")  # as the transport does for the first request
    for answer in tape("find_issue_comment"):
        flow.send(answer)
    with pytest.raises(StopIteration) as end:
        flow.send(WHO)
    assert end.value.value is not None


@pytest.mark.parametrize("also_ours", [True, False])
def test_a_marker_in_a_customers_mail_is_not_taken_for_our_comment(also_ours: bool) -> None:
    answers = tape("find_issue_comment")
    ours = answers[2].body["items"][0]
    theirs = tape("find_reply")[0].body["items"][1] | {"id": "117", "Type": "Comment"}
    answers[2].body["items"][:] = [theirs, *([ours] if also_ours else [])]
    flow = eng().find_issue_comment(ISSUE, OP, SINCE)
    if also_ours:
        found, _ = drive(flow, [*answers, WHO])
        assert found is not None
        assert found.remote == "transaction/118"
        return
    with pytest.raises(Refused, match="María Álvarez") as problem:
        drive(flow, [*answers, WHO])
    assert problem.value.resend is False


def test_a_comment_that_rt_does_not_take_is_rejected_in_its_words() -> None:
    answers = [json_answer({"message": "Permission Denied"}, 400)]
    outcome, _ = drive(eng().comment_issue(ISSUE, "x", OP), answers)
    assert outcome == Rejected(why="eng#6: RT did not take the comment: Permission Denied.")


def test_similar_issues_share_telling_words_and_are_open() -> None:
    found, requests = play(eng().similar_issues(DRAFT), "similar_issues")
    assert [str(issue.ref) for issue in found] == ["eng#6"]
    sql = dict(requests[0].query)["query"]
    assert "Status = '__Active__'" in sql
    assert "Subject LIKE 'settings'" in sql
    assert "LIKE 'the'" not in sql


def test_a_title_cannot_reach_into_the_search() -> None:
    _, requests = drive(
        eng().similar_issues(replace(DRAFT, title="x' OR Owner = 'root 100% under_scored")),
        [json_answer({"items": []})],
    )
    sql = dict(requests[0].query)["query"]
    assert sql.endswith(
        "( Subject LIKE 'scored' OR Subject LIKE 'owner' OR Subject LIKE 'under' OR Subject LIKE 'root' )"
    )


def test_a_title_without_words_has_nothing_similar() -> None:
    found, requests = drive(eng().similar_issues(replace(DRAFT, title="?!")), [])
    assert (found, requests) == ((), [])


def test_an_issue_is_read_as_it_is_now() -> None:
    issue, _ = play(eng().issue(ISSUE), "issue")
    assert (issue.title, issue.open, issue.labels) == (DRAFT.title, True, ("workaround",))
    with pytest.raises(Missing):
        drive(eng().issue(IssueRef("eng", "999")), tape("ticket_missing")[1:])
