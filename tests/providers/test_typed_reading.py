"""Rows that are read straight into what a ticket needs come to the same tickets as rows read in whole."""

import json
from collections.abc import Callable
from typing import Any

import github_bench
import pytest
import zendesk_bench
from driving import drive

from supportdesk import typed
from supportdesk.model import Status
from supportdesk.providers import Page, Request, Response
from supportdesk.providers.answers import decode
from supportdesk.providers.bulk import Opened
from supportdesk.providers.github_issues import ISSUES, IssueRow, Issues, Met
from supportdesk.providers.zendesk_rows import TicketList, TicketRow

JSON = {"content-type": "application/json"}
ODD: list[Callable[[dict[str, Any]], Any]] = [
    lambda row: row,
    lambda row: {**row, "title": "caf\u00e9 \u202e\x1b]0;x\x07\n two"},
    lambda row: {**row, "body": None, "user": None, "assignees": None, "labels": None},
    lambda row: {**row, "body": "words\n\n<!-- sd-op:6f1c0c1e-6a53-4f6e-9f38-0d7c9a1b2c3d -->\n"},
    lambda row: {**row, "labels": ["plain", {"name": "named\u200b"}, {"name": "x", "color": [1, {}]}]},
    lambda row: {**row, "state": "closed", "state_reason": "not_planned", "milestone": {"title": "2.0"}},
    lambda row: {**row, "type": {"name": "Bug"}, "author_association": "MEMBER", "comments": 0, "assignees": []},
    lambda row: {**row, "user": {"login": "robot", "type": "Bot"}, "comments": None},
    lambda row: {**row, "number": -3},
    lambda row: {**row, "number": 10**18},
    lambda row: {**row, "number": str(row["number"])},
    lambda row: {**row, "number": 5.0},
    lambda row: {**row, "comments": True, "user": {"login": 5}},
    lambda row: {**row, "state": ["open"]},
    lambda row: {**row, "state": "asleep"},
    lambda row: {**row, "updated_at": "yesterday"},
    lambda row: {**row, "created_at": "2026-11-20\u202e10:00:00+02:00", "updated_at": "2026-11-21T00:00:00"},
    lambda row: {**row, "updated_at": "0001-01-01T00:00:00+14:00"},
    lambda row: {**row, "pull_request": {"url": "https://api.github.com/x"}},
    lambda row: {**row, "milestone": "2.0", "type": 7},
    lambda row: {name: value for name, value in row.items() if name != "title"},
    lambda row: {**row, "title": "\ud800 half a sign"},
    lambda row: None,
    lambda row: [row],
]


def issues(*rows: Any) -> bytes:
    return json.dumps(rows).encode()


def page(answer: Response) -> Page:
    found, _ = drive(github_bench.github().tickets(None, ""), [answer])
    return found


@pytest.mark.parametrize("odd", range(len(ODD)))
def test_an_issue_is_the_same_however_it_is_read(odd: int) -> None:
    rows = github_bench.load("issues-page-1")
    raw = issues(ODD[odd](rows[0]), *rows[1:])
    quick, whole = page(decode(200, JSON, raw, ISSUES)), page(decode(200, JSON, raw))
    assert quick == whole
    assert isinstance(quick, Opened)
    assert isinstance(whole, Opened)
    assert dict(quick.openings) == dict(whole.openings)


def test_whoever_opens_several_issues_is_one_person_and_not_everybody_is_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("supportdesk.providers.github_issues.MOST_MET", 0)
    met: Met = {}
    row = github_bench.load("issues-page-1")[0]
    raw = issues(row, {**row, "number": 4711})
    first, second = Issues("app", met).tickets(decode(200, JSON, raw, ISSUES).body)[0]
    assert first.requester is second.requester
    assert met
    Issues("app", met)
    assert not met


def test_a_list_of_issues_is_read_into_just_what_is_wanted() -> None:
    asked: Request = next(github_bench.github().tickets(None, ""))
    rows = decode(200, JSON, issues(*github_bench.load("issues-page-1")), asked.kind).body
    assert all(typed.is_a(row, IssueRow) for row in rows)


ODD_TICKETS: list[Callable[[dict[str, Any]], Any]] = [
    lambda row: row,
    lambda row: {**row, "subject": "caf\u00e9 \u202e\x1b]0;x\x07\n two", "priority": "high\u200b"},
    lambda row: {**row, "subject": None, "priority": None, "assignee_id": None, "organization_id": None},
    lambda row: {**row, "email_cc_ids": [5001, 5002, 77], "collaborator_ids": [5003, 88], "follower_ids": [88]},
    lambda row: {**row, "collaborator_ids": None, "follower_ids": [10**25]},
    lambda row: {**row, "tags": ["a\nb", "\u202e"], "comment_count": 3, "requester_id": 999},
    lambda row: {**row, "custom_fields": [{"id": 1, "value": "x\ny\u200b"}, {"id": 2, "value": ["z"]}, {"id": 3}]},
    lambda row: {**row, "custom_fields": [{"id": 10**30, "value": "x"}, {"id": 5, "value": ""}]},
    lambda row: {**row, "custom_fields": [{"id": None, "value": "x"}, None]},
    lambda row: {**row, "id": 10**25},
    lambda row: {**row, "id": str(row["id"])},
    lambda row: {**row, "id": 5.0},
    lambda row: {**row, "id": True},
    lambda row: {**row, "description": "@digits"},
    lambda row: {**row, "id": "@digits"},
    lambda row: {**row, "custom_fields": [{"id": 1, "value": "@digits"}]},
    lambda row: {**row, "status": ["open"]},
    lambda row: {**row, "status": "asleep"},
    lambda row: {**row, "status": "deleted"},
    lambda row: {**row, "status": "deleted", "id": 10**25},
    lambda row: {**row, "status": None},
    lambda row: {**row, "comment_count": True},
    lambda row: {**row, "comment_count": "3", "tags": "vip"},
    lambda row: {**row, "updated_at": "yesterday"},
    lambda row: {**row, "created_at": "2026-11-20\u202e10:00:00+02:00", "updated_at": "2026-11-21T00:00:00"},
    lambda row: {**row, "updated_at": "9999-12-31T23:59:59-14:00"},
    lambda row: {name: value for name, value in row.items() if name != "updated_at"},
    lambda row: {**row, "description": "\ud800 half a sign"},
    lambda row: {**row, "description": {"deep": [[[1.5]]]}, "via": None},
    lambda row: None,
    lambda row: [row],
]


@pytest.mark.parametrize("odd", range(len(ODD_TICKETS)))
def test_a_ticket_is_the_same_however_it_is_read(odd: int) -> None:
    found = zendesk_bench.load("search")
    found["results"][0] = ODD_TICKETS[odd](found["results"][0])
    raw = written(found)
    quick, whole = decode(200, JSON, raw, TicketList), decode(200, JSON, raw)
    assert searched(quick) == searched(whole)
    raw = written({"tickets": found.pop("results"), "after_cursor": "a\u202e", **found})
    quick, whole = decode(200, JSON, raw, TicketList), decode(200, JSON, raw)
    assert exported(quick) == exported(whole)


@pytest.mark.parametrize(
    "people",
    [
        {"users": [{"id": 5001, "name": "N\u202e", "email": None, "role": ["x"]}, {"id": "5002", "name": "Two"}]},
        {"users": [None, {"id": 5001}], "organizations": "none"},
        {"users": [{"id": 5001, "organization_id": "x"}], "organizations": [{"id": 10**30}, {"id": 700, "name": "\n"}]},
        {"users": None, "organizations": []},
    ],
)
def test_people_are_the_same_however_they_are_read(people: dict[str, Any]) -> None:
    raw = json.dumps({**zendesk_bench.load("search"), **people}).encode()
    assert searched(decode(200, JSON, raw, TicketList)) == searched(decode(200, JSON, raw))


def test_a_list_of_tickets_is_read_into_just_what_is_wanted() -> None:
    asked: Request = next(zendesk_bench.ZENDESK.tickets(None, ""))
    rows = decode(200, JSON, json.dumps(zendesk_bench.load("search")).encode(), asked.kind).body["results"]
    assert all(typed.is_a(row, TicketRow) for row in rows)


def written(answer: Any) -> bytes:
    return json.dumps(answer).replace('"@digits"', "9" * 5000).encode()


def searched(answer: Response) -> Page:
    found, _ = drive(zendesk_bench.ZENDESK.tickets(None, ""), [answer])
    return found


def exported(answer: Response) -> tuple[Any, ...]:
    found, _ = drive(zendesk_bench.ZENDESK.export(zendesk_bench.SINCE, ""), [answer])
    return tuple(found.tickets), tuple(found.gone), found.cursor, found.more


def test_what_was_not_taken_is_read_in_whole_though_the_request_names_a_kind() -> None:
    said = decode(422, JSON, b'{"message": "no\\u202e", "errors": []}', ISSUES).body
    assert said == {"message": "no\ufffd", "errors": []}


@pytest.mark.parametrize("raw", [b"", b"[", b"[{}]", b"{}", b"\xff", b"[" * 100_000, b'[{"number": NaN}]'])
def test_what_does_not_fit_is_said_to_be_a_misfit(raw: bytes) -> None:
    with pytest.raises(typed.Misfit):
        typed.read(ISSUES, raw)


def test_a_status_is_written_by_its_value() -> None:
    assert typed.write([Status.OPEN, "\u00e9"]) == '["open","\u00e9"]'
