"""Who is who in a ticket as Zendesk exports it."""

from typing import Any

import pytest

from supportdesk.insight.zendesk_export import People, is_zendesk, read_zendesk
from supportdesk.model import Role


def ticket(*authors: Any, **fields: Any) -> dict[str, Any]:
    comments = [{"id": at, "author_id": author, "body": "Hello"} for at, author in enumerate(authors, 1)]
    return {"id": 7, "comments": comments} | fields


def roles(row: dict[str, Any], people: People | None = None) -> list[Role]:
    return [one.role for one in read_zendesk(row, people or People()).comments]


def test_who_asked_is_the_customer_and_everybody_else_answers() -> None:
    assert roles(ticket(5, 9, 5, requester_id=5)) == [Role.CUSTOMER, Role.AGENT, Role.CUSTOMER]
    assert roles(ticket(5, 9)) == [Role.CUSTOMER, Role.AGENT]


def test_who_is_copied_is_on_the_customer_s_side_but_not_who_only_follows() -> None:
    row = ticket(5, 6, 9, requester_id=5, email_cc_ids=[6], collaborator_ids=[6, 9], follower_ids=[9])
    assert roles(row) == [Role.CUSTOMER, Role.CUSTOMER, Role.AGENT]


def test_what_the_export_says_of_people_counts_more() -> None:
    people = People()
    people.learn({"id": 5, "role": "admin"})
    people.learn({"id": 9, "role": "end-user", "name": "Eve"})
    people.learn("nobody")
    assert roles(ticket(5, 9, requester_id=5), people) == [Role.AGENT, Role.CUSTOMER]
    row = ticket(9, requester={"id": 5, "role": "end-user"}, assignee={"id": 9, "role": "agent"})
    assert roles(row) == [Role.AGENT]
    row = {"id": 7, "comments": [{"id": 1, "author": {"id": 3, "role": "agent"}, "body": "x"}]}
    assert roles(row) == [Role.AGENT]


def test_the_system_is_nobody_and_an_internal_note_is_never_a_customer_s() -> None:
    row = ticket(-1, 5, requester_id=5)
    row["comments"][1]["public"] = False
    assert roles(row) == [Role.SYSTEM, Role.AGENT]


def test_comments_are_told_oldest_first() -> None:
    row = ticket(5, 9, requester_id=5)
    row["comments"][0]["created_at"], row["comments"][1]["created_at"] = "2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"
    assert [one.id for one in read_zendesk(row, People()).comments] == ["2", "1"]


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"body": "text", "html_body": "<p>html</p>"}, "text"),
        ({"body": None, "plain_body": "plain"}, "plain"),
        ({"body": "", "html_body": "<p>a<br>b</p>"}, "a\nb"),
        ({}, ""),
    ],
)
def test_html_counts_where_there_is_no_text(fields: dict[str, Any], body: str) -> None:
    row = {"id": 7, "comments": [{"id": 1, "author_id": 5, **fields}]}
    assert read_zendesk(row, People()).comments[0].body == body


def test_customers_are_counted_by_organization_else_by_person() -> None:
    people = People()
    people.learn({"id": 5, "name": "Dana", "email": "dana@roof.example"})
    known = read_zendesk(ticket(5, requester_id=5), people).requester
    assert (known.name, known.email) == ("Dana", "dana@roof.example")
    assert read_zendesk(ticket(6, requester_id=6), people).requester.name == "6"
    company = read_zendesk(ticket(5, requester_id=5, organization_id=70), people).requester.organization
    assert company is not None
    assert company.name == "organization 70"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"id": 7, "requester_id": 5}, "no comments"),
        ({"id": None, "requester_id": 5, "description": "x"}, "no id"),
        ({"id": 7, "comments": [{"author_id": 5}, 3]}, "not an object"),
        ({"id": 7, "comments": [{"author_id": 5}]}, "comment has no id"),
        ({"id": 7, "comments": [{"id": 1, "author_id": 5, "body": 3}]}, "body is not text"),
        ({"id": 7, "subject": [], "comments": [{"id": 1, "author_id": 5}]}, "subject is not text"),
    ],
)
def test_a_bad_ticket_is_refused_in_a_sentence(row: dict[str, Any], sentence: str) -> None:
    assert is_zendesk(row)
    with pytest.raises(ValueError, match=sentence) as caught:
        read_zendesk(row, People())
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "row", [{}, {"comments": []}, {"comments": [{"role": "agent", "author_id": 3}]}, {"comments": [3]}]
)
def test_contract_md_s_own_shape_is_not_zendesk_s(row: dict[str, Any]) -> None:
    assert not is_zendesk(row)
