"""GitHub's issues read as tickets, over bytes."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from driving import drive
from github_bench import ACCOUNT, REF, SINCE, github, load, raw, said, sample

from supportdesk.errors import ConfigError, Distrusted, Forbidden, Limited, Lost, Missing
from supportdesk.model import Role, Status, TicketRef, View
from supportdesk.providers import Provider, Response, Tracker, open_provider
from supportdesk.providers.github import GitHub

NEXT = "https://api.github.com/repositories/6001/issues?state=open&page=2"


def link(url: str, rel: str = "next") -> dict[str, str]:
    return {"Link": f'<https://api.github.com/x?page=9>; rel="last", <{url}>; rel="{rel}"'}


def refusal(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return said({"message": message}, status, headers)


def test_the_account_opens_as_desk_and_tracker() -> None:
    provider: Provider = open_provider(ACCOUNT)
    assert isinstance(provider, GitHub)
    assert isinstance(provider, Tracker)


@pytest.mark.parametrize("repo", ["", "acme", "acme/", "../app", "acme/.."])
def test_an_account_without_a_repository_is_a_configuration_error(repo: str) -> None:
    with pytest.raises(ConfigError, match="not a repository"):
        GitHub(replace(ACCOUNT, repo=repo))


def test_requests_are_signed_with_the_bearer_token_alone() -> None:
    assert github().authorize("ghp_x") == {"Authorization": "Bearer ghp_x"}


def test_the_queue_is_the_open_issues_without_pull_requests() -> None:
    page, asked = drive(github().tickets(None, ""), [sample("issues-page-1", headers={"ETag": 'W/"a1"'})])
    assert [str(ticket.ref) for ticket in page.tickets] == ["app#17", "app#18"]
    assert (page.bad, page.cursor, page.etag) == (0, "", 'W/"a1"')
    assert asked[0].path == "/repos/acme/app/issues"
    assert dict(asked[0].query) == {"state": "open", "sort": "updated", "direction": "desc", "per_page": "100"}
    assert dict(asked[0].headers) == {
        "Accept": "application/vnd.github+json, application/json;q=0.9",
        "X-GitHub-Api-Version": "2022-11-28",
    }


def test_an_issue_that_was_moved_elsewhere_is_not_taken_for_another_of_ours() -> None:
    moved = load("issue-17") | {"number": 3}  # the answer behind the redirect, from its new repository
    for flow in (github().ticket, github().conversation):
        with pytest.raises(Missing, match="app#17 was moved to another repository, as number 3"):
            drive(flow(REF), [said(moved)])


def test_an_issue_reads_as_a_ticket() -> None:
    ticket, _ = drive(github().ticket(REF), [sample("issue-17")])
    assert ticket.subject == "CSV export drops the last column"
    assert (ticket.status, ticket.stamp, ticket.comment_count) == (Status.OPEN, "2026-11-21T10:15:00Z", 3)
    assert ticket.updated_at == datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
    assert (ticket.requester.name, ticket.requester.role, ticket.requester.organization) == (
        "mira-kovac",
        Role.CUSTOMER,
        None,
    )
    assert ticket.assignee is not None
    assert ticket.assignee.id == "alice-sd"
    assert ticket.tags == ("workaround", "export")
    assert ticket.url == "https://github.com/acme/app/issues/17"


def test_an_open_issue_that_nobody_touched_is_new_and_a_closed_one_is_solved() -> None:
    first, _ = drive(github().tickets(None, ""), [sample("issues-page-1")])
    second, _ = drive(github().tickets(None, NEXT), [sample("issues-page-2")])
    assert first.tickets[1].status is Status.NEW
    closed = second.tickets[0]
    assert (closed.status, closed.requester.name) == (Status.SOLVED, "ghost")
    assert ("closed as", "not_planned") in closed.fields


def test_the_next_page_is_asked_for_exactly_as_github_named_it() -> None:
    page, _ = drive(github().tickets(None, ""), [sample("issues-page-1", headers=link(NEXT))])
    assert page.cursor == NEXT
    _, asked = drive(github().tickets(None, page.cursor), [sample("issues-page-2")])
    assert (asked[0].path, asked[0].query) == (NEXT, ())


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080/steal",
        "http://api.github.com/x",
        "https://api.github.com.evil.example/x",
        "https://api.github.com@evil.example/x",
        "https://api.github.com:444/x",
        "https://evil.example\\@api.github.com/x",
        "https://[::1/x",
        "//evil.example/x",
        "/repos/acme/app/issues",
        "file:///etc/passwd",
    ],
)
def test_a_next_page_off_the_accounts_origin_is_never_asked_for_and_page_one_is_kept(url: str) -> None:
    page, _ = drive(github().tickets(None, ""), [sample("issues-page-1", headers=link(url))])
    assert len(page.tickets) == 2
    with pytest.raises(Distrusted, match=r"pagination left api\.github\.com"):
        drive(github().tickets(None, page.cursor), [])


def test_changes_are_asked_for_with_the_etag_and_304_is_unchanged() -> None:
    page, asked = drive(github().changes(SINCE, "", 'W/"a1"'), [raw(b"", 304, {"ETag": 'W/"a1"'})])
    assert (page.unchanged, page.tickets, page.etag) == (True, (), 'W/"a1"')
    assert dict(asked[0].headers)["If-None-Match"] == 'W/"a1"'
    query = dict(asked[0].query)
    assert (query["state"], query["since"], query["sort"]) == ("all", "2026-11-21T12:00:00Z", "updated")


def test_a_bad_row_is_counted_and_the_page_is_kept() -> None:
    rows = load("issues-page-1") + load("issues-page-2")
    del rows[2]["updated_at"]
    rows += [
        {**rows[0], "number": "../../user"},
        {**rows[0], "number": True},
        {**rows[0], "state": "odd"},
        {**rows[0], "labels": 5},
        None,
        7,
    ]
    page, _ = drive(github().tickets(None, ""), [said(rows)])
    assert [ticket.ref.id for ticket in page.tickets] == ["17", "16"]
    assert page.bad == 7


def test_a_number_that_comes_as_text_is_read_and_a_huge_one_costs_its_row_only() -> None:
    row = {**load("issue-17"), "number": "17"}
    page, _ = drive(github().tickets(None, ""), [said([row])])
    assert page.tickets[0].ref.id == "17"
    huge = json.dumps([row, row]).replace('"17"', "9" * 5000, 1).encode()
    page, _ = drive(github().tickets(None, ""), [raw(huge)])
    assert (len(page.tickets), page.bad) == (1, 1)


@pytest.mark.parametrize("body", [b"{}", b'"text"', b"7", b"null"])
def test_a_queue_that_is_not_a_list_is_named_unreadable(body: bytes) -> None:
    with pytest.raises(Lost, match="cannot be read"):
        drive(github().tickets(None, ""), [raw(body)])


def test_github_has_no_saved_views() -> None:
    views, asked = drive(github().views(), [])
    assert (views, asked) == ((), [])
    with pytest.raises(Missing):
        drive(github().tickets(View(id="1", name="Mine"), ""), [])


def test_a_conversation_is_the_issue_and_its_comments_without_our_marker_lines() -> None:
    found, asked = drive(github().conversation(REF), [sample("issue-17"), sample("comments-17")])
    assert [comment.id for comment in found.comments] == ["issue-17", "901", "902", "903"]
    assert [comment.author.role for comment in found.comments] == [
        Role.CUSTOMER,
        Role.AGENT,
        Role.SYSTEM,
        Role.CUSTOMER,
    ]
    assert all(comment.public for comment in found.comments)
    assert found.comments[1].body == "As a workaround, export as XLSX and save it as CSV."
    assert asked[1].path == "/repos/acme/app/issues/17/comments"


def test_an_issue_without_a_body_has_an_empty_first_entry() -> None:
    row = {**load("issue-17"), "body": None}
    found, _ = drive(github().conversation(REF), [said(row), said([])])
    assert found.comments[0].body == ""


def test_a_conversation_follows_its_pages() -> None:
    rows = load("comments-17")
    after = "https://api.github.com/repositories/6001/issues/17/comments?page=2"
    found, asked = drive(
        github().conversation(REF), [sample("issue-17"), said(rows[:2], headers=link(after)), said(rows[2:])]
    )
    assert len(found.comments) == 4
    assert asked[2].path == after


def test_pages_that_repeat_are_not_followed_for_ever() -> None:
    page = said(load("comments-17"), headers=link("https://api.github.com/same"))
    with pytest.raises(Distrusted, match="repeat"):
        drive(github().conversation(REF), [sample("issue-17"), page, page])


def test_pages_that_never_end_are_left() -> None:
    pages = [said([], headers=link(f"https://api.github.com/x?page={number}")) for number in range(100)]
    with pytest.raises(Distrusted, match="more than 100 pages"):
        drive(github().conversation(REF), [sample("issue-17"), *pages])


def test_a_pull_request_or_an_id_that_is_no_number_is_no_ticket() -> None:
    with pytest.raises(Missing, match="pull request"):
        drive(github().ticket(TicketRef("app", "19")), [said(load("issues-page-1")[1])])
    with pytest.raises(Missing, match="numbers"):
        drive(github().ticket(TicketRef("app", "..")), [])


def test_hostile_text_is_inert_when_it_arrives() -> None:
    row = {**load("issue-17"), "title": "HELLO\x1b]52;c;Y3Vy\x1b\\END\nsecond"}
    ticket, _ = drive(github().ticket(REF), [said(row)])
    assert ticket.subject == "HELLO\ufffdEND second"


@pytest.mark.parametrize(
    ("name", "role", "update"),
    [("repo-private", "write", True), ("repo-public", "read", False)],
)
def test_whoami_tells_the_role_and_what_it_may_do(name: str, role: str, update: bool) -> None:
    identity, asked = drive(github().whoami(), [sample("user"), sample(name)])
    assert (identity.person.id, identity.person.name, identity.role) == ("alice-sd", "Alice Example", role)
    may = identity.capabilities
    assert (may.public_reply, may.update, may.tags) == (True, update, update)
    assert (may.internal_note, may.hold, may.bundles, may.settles) == (False, False, False, True)
    assert may.why_not.startswith("GitHub has no internal notes.")
    assert [request.path for request in asked] == ["/user", "/repos/acme/app"]


def test_an_archived_repository_can_only_be_read() -> None:
    identity, _ = drive(github().whoami(), [sample("user"), said({**load("repo-private"), "archived": True})])
    assert not identity.capabilities.public_reply
    assert not identity.capabilities.update
    assert "archived" in identity.capabilities.why_not


DATE = {"Date": "Sat, 21 Nov 2026 12:00:00 GMT"}
RESET = str(int(datetime(2026, 11, 21, 12, 5, tzinfo=UTC).timestamp()))


@pytest.mark.parametrize(
    ("status", "message", "headers", "wait_s"),
    [
        (403, "You have exceeded a secondary rate limit.", {}, 60),
        (403, "You have triggered an abuse detection mechanism.", {}, 60),
        (429, "Slow down", {}, 60),
        (403, "x", {"Retry-After": "7"}, 7),
        (403, "x", {"Retry-After": "Sat, 21 Nov 2026 12:02:00 GMT", **DATE}, 120),
        (429, "x", {"Retry-After": "-5"}, 1),
        (429, "x", {"Retry-After": "abc"}, 60),
        (429, "x", {"Retry-After": "999999999"}, 3600),
        (403, "API rate limit exceeded", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": RESET, **DATE}, 300),
        (403, "API rate limit exceeded", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 11, **DATE}, 3600),
        (403, "API rate limit exceeded", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 5000, **DATE}, 60),
        (403, "API rate limit exceeded", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": RESET}, 60),
    ],
)
def test_a_rate_limit_waits_by_the_services_clock(
    status: int, message: str, headers: dict[str, str], wait_s: float
) -> None:
    with pytest.raises(Limited) as raised:
        drive(github().ticket(REF), [refusal(status, message, headers)])
    assert raised.value.wait_s == wait_s


def test_a_plain_403_is_forbidden() -> None:
    with pytest.raises(Forbidden):
        drive(github().ticket(REF), [refusal(403, "Must have admin rights", {"X-RateLimit-Remaining": "4999"})])


def test_a_page_in_html_is_not_mistaken_for_an_answer() -> None:
    with pytest.raises(Lost):
        raw(b"<html>", 200, {"Content-Type": "text/html"})
