"""Exports, feeds and blocks of conversations: cursors that go on, bad rows, and pages that do not end."""

import json

import pytest
from driving import drive
from github_bench import SINCE as THEN
from github_bench import github
from github_bench import said as github_said
from rt_bench import desk, json_answer
from zendesk_bench import SINCE, ZENDESK, load, said

from supportdesk.errors import Distrusted, Forbidden, Lost
from supportdesk.model import Conversation, Role, Ticket, TicketRef
from supportdesk.providers import Json

TICKETS = load("view_tickets")


def comment(**changes: Json) -> Json:
    row = {"id": 7, "event_type": "Comment", "author_id": 5001, "public": True, "body": "Hello.", "attachments": []}
    return {**row, **changes}


def event(*children: Json, ticket: Json = 4312) -> Json:
    return {"id": 1, "ticket_id": ticket, "created_at": "2026-10-02T14:03:55Z", "child_events": list(children)}


def test_an_export_goes_on_from_its_cursor_and_names_what_was_deleted() -> None:
    rows = [*TICKETS["tickets"], {"id": 99, "status": "deleted"}, {"id": "nonsense", "status": "open"}]
    answer = said({**TICKETS, "tickets": rows, "after_cursor": "abc=", "end_of_stream": False})
    batch, requests = drive(ZENDESK.export(SINCE, ""), [answer])
    asked = dict(requests[0].query)
    assert (asked["start_time"], asked["per_page"]) == (str(int(SINCE.timestamp())), "1000")
    found = list(batch.tickets)
    assert found.count(None) == 1
    assert len(found) == len(TICKETS["tickets"]) + 1
    assert batch.gone == [TicketRef("acme", "99")]
    assert (batch.cursor, batch.more) == ("abc=", True)
    end = {"after_cursor": "abc=", "end_of_stream": False}
    again, requests = drive(ZENDESK.export(SINCE, "abc="), [said({"tickets": [], **end})])
    assert ("cursor", "abc=") in requests[0].query
    assert not again.more, "nothing came after that cursor"
    for odd in (end, end | {"after_cursor": None}):
        with pytest.raises(Lost, match="does not say where"):
            drive(ZENDESK.export(SINCE, "abc="), [said({**TICKETS, **odd})])


def test_a_feed_tells_comments_of_all_tickets_and_where_it_cannot() -> None:
    rows = [
        event(comment(), {"event_type": "Change", "field_name": "status"}),
        event({"event_type": "CommentRedactionEvent", "id": 3}),
        event(comment(public="perhaps")),
        event(comment(), ticket={"not": "an id"}),
        "nonsense",
    ]
    answer = said({"ticket_events": rows, "end_time": 1791000000, "end_of_stream": False})
    batch, requests = drive(ZENDESK.feed(SINCE, ""), [answer])
    assert ("include", "comment_events") in requests[0].query
    first, redacted, *bad = list(batch.said)
    assert first is not None
    assert first[0] == TicketRef("acme", "4312")
    assert (first[1].body, first[1].author.id, first[1].public) == ("Hello.", "5001", True)  # type: ignore[union-attr]
    assert redacted == (TicketRef("acme", "4312"), None)
    assert bad == [None, None, None]
    assert (batch.cursor, batch.more) == ("1791000000", True)
    stuck, _ = drive(
        ZENDESK.feed(SINCE, "1791000000"),
        [said({"ticket_events": [], "end_time": 1791000000, "end_of_stream": False})],
    )
    assert not stuck.more, "a thousand events in one second are not asked for for ever"


def test_a_feed_whose_end_is_no_time_stays_where_it_was() -> None:
    for end in (None, True, "1791000000", -5):
        batch, _ = drive(ZENDESK.feed(SINCE, "1780000000"), [said({"ticket_events": [], "end_time": end})])
        assert (batch.cursor, batch.more) == ("1780000000", False)


def test_who_may_not_export_is_told_so() -> None:
    answer = said({"error": "Forbidden"})
    refused = type(answer)(status=403, headers=answer.headers, body=answer.body)
    with pytest.raises(Forbidden):
        drive(ZENDESK.export(SINCE, ""), [refused])


def row(**changes: Json) -> Json:
    told = {"id": 5, "user": {"login": "mira"}, "created_at": "2026-11-21T10:00:00Z", "body": "Me too."}
    address = "https://api.github.com/repos/acme/app/issues/17"
    return {**told, "updated_at": "2026-11-21T10:00:00Z", "issue_url": address, **changes}


def test_a_repositorys_comments_are_read_a_hundred_at_a_time_and_go_on_from_the_newest() -> None:
    after = "https://api.github.com/repositories/6001/issues/comments?page=2"
    batch, requests = drive(
        github().feed(THEN, ""), [github_said([row(), row(issue_url=None)], headers={"Link": f'<{after}>; rel="next"'})]
    )
    assert requests[0].path == "/repos/acme/app/issues/comments"
    one, bad = list(batch.said)
    assert one is not None
    assert (str(one[0]), one[1].body) == ("app#17", "Me too.")  # type: ignore[union-attr]  # there
    assert bad is None
    assert (batch.cursor, batch.more) == (after, True)
    last, requests = drive(github().feed(THEN, after), [github_said([row(updated_at="2026-11-22T08:00:00Z")])])
    assert (last.cursor, last.more) == ("since:2026-11-22T08:00:00Z", False)
    _, requests = drive(github().feed(THEN, last.cursor), [github_said([])])
    assert ("since", "2026-11-22T08:00:00Z") in requests[0].query


def test_a_feed_that_leads_off_the_service_is_not_followed() -> None:
    with pytest.raises(Distrusted):
        drive(github().feed(THEN, "https://evil.example/comments?page=2"), [])


def ticket(number: str) -> Ticket:
    page, _ = drive(desk().show_many([TicketRef("help", number)]), [json_answer({"items": [rt_row(number)]})])
    return page.tickets[0]


def rt_row(number: str) -> Json:
    at = "2026-11-22T08:00:00Z"
    told = {"id": number, "Subject": "s", "Status": "open", "Created": at, "LastUpdated": at, "Priority": "0"}
    return {**told, "Owner": {"Name": "Nobody"}, "Requestor": [], "Cc": [], "Queue": {"Name": "Support"}}


def transaction(number: int, on: str, kind: str = "Create", field: str = "") -> Json:
    told = {"id": str(number), "ObjectId": on, "Type": kind, "Field": field, "Created": "2026-11-22T08:00:00Z"}
    return {**told, "Creator": {"Name": "bob", "RealName": "Bob"}}


def test_rts_conversations_come_in_blocks_and_a_merged_one_by_its_history() -> None:
    def part(number: int) -> Json:
        return {"id": "9", "TransactionId": str(number), "ContentType": "text/plain", "Content": f"Words {number}."}

    known = [Conversation(ticket=ticket(number), comments=()) for number in ("3", "4", "5")]
    merged = [transaction(2, "4"), transaction(3, "4", "AddLink", "MergedInto")]
    block = [
        json_answer({"items": [transaction(1, "3"), *merged]}),
        json_answer({"items": []}),
        json_answer({"items": [part(1)]}),
        json_answer({"items": []}),
    ]
    history = [
        json_answer({"items": [transaction(2, "4"), transaction(8, "1")]}),
        json_answer({"items": []}),
        json_answer({"items": [part(2), part(8)]}),
        json_answer({"items": []}),
        json_answer({"items": []}),
    ]
    gone = [json_answer({"items": []}), json_answer({"items": []}), json_answer({"items": []})]
    walked, requests = drive(desk().words(known), [*block, *history, *gone])
    found = list(walked)
    assert [[it.body for it in each.comments] for each in found] == [["Words 1."], ["Words 2.", "Words 8."], []]
    limits = json.loads(dict(requests[0].query)["query"])
    assert {"field": "ObjectId", "operator": "IN", "value": [3, 4, 5]} in limits
    assert found[0].comments[0].author.role is Role.AGENT


def test_rt_is_asked_for_many_tickets_by_their_numbers_alone() -> None:
    refs = [TicketRef("help", "1"), TicketRef("help", "2 OR 1=1"), TicketRef("help", "3")]
    page, requests = drive(desk().show_many(refs), [json_answer({"items": [rt_row("1")]})])
    assert dict(requests[0].query)["query"] == "Queue = 'Support' AND (id = 1 OR id = 3)"
    assert [str(one.ref) for one in page.tickets] == ["help#1"]
    assert page.cursor == ""
