"""Zendesk read: who we are, pages, tickets and conversations, and what is done with rows that cannot be read."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from driving import drive
from zendesk_bench import ACCOUNT, REF, SAMPLES, SINCE, ZENDESK, load, raw, said, sample

from supportdesk.errors import Distrusted, Forbidden, Limited, Lost, Missing, Unauthorized
from supportdesk.model import Attachment, Organization, Role, Status, View
from supportdesk.providers import Json, Page, Provider, Request, open_provider
from supportdesk.providers.zendesk import Zendesk

VIEW = View(id="2001", name="Second line", desk="acme")
EVIL = "https://evil.example/api/v2/steal"


def page_of(rows: list[Json], **others: Json) -> Page:
    page, _ = drive(ZENDESK.tickets(VIEW, ""), [said({**load("view_tickets"), "tickets": rows, **others})])
    return page


def queries(requests: list[Request]) -> list[dict[str, str]]:
    return [dict(request.query) for request in requests]


def test_the_registry_opens_it_as_a_provider() -> None:
    provider: Provider = open_provider(ACCOUNT)
    assert isinstance(provider, Zendesk)


def test_an_oauth_token_is_a_bearer() -> None:
    assert ZENDESK.authorize("secret") == {"Authorization": "Bearer secret"}


def test_an_api_token_signs_with_its_user() -> None:
    header = Zendesk(replace(ACCOUNT, user="zoë@acme.example")).authorize("secret")["Authorization"]
    kind, _, pair = header.partition(" ")
    assert (kind, b64decode(pair).decode()) == ("Basic", "zoë@acme.example/token:secret")


def test_an_agent_may_do_everything_in_one_request_and_without_waiting() -> None:
    who, requests = drive(ZENDESK.whoami(), [sample("me")])
    assert (who.person.id, who.person.role, who.role) == ("9001", Role.AGENT, "agent")
    assert [(request.method, request.path) for request in requests] == [("GET", "/api/v2/users/me.json")]
    may = who.capabilities
    assert (may.public_reply, may.internal_note, may.update, may.hold, may.tags) == (True,) * 5
    assert (may.bundles, may.settles, may.why_not) == (True, False, "")


def test_a_light_agent_only_writes_notes_and_is_told_why() -> None:
    who, _ = drive(ZENDESK.whoami(), [sample("me_light")])
    may = who.capabilities
    assert who.role == "light agent"
    assert (may.public_reply, may.internal_note, may.update, may.hold, may.tags) == (False, True, False, False, False)
    assert "internal notes" in may.why_not


def test_a_role_without_public_comments_may_still_change_the_ticket() -> None:
    user = {**load("me")["user"], "only_private_comments": True}
    who, _ = drive(ZENDESK.whoami(), [said({"user": user})])
    may = who.capabilities
    assert (may.public_reply, may.internal_note, may.update) == (False, True, True)
    assert "internal notes" in may.why_not


@pytest.mark.parametrize("read_only", [True, False])
def test_an_end_user_or_a_read_only_desk_can_only_look(read_only: bool) -> None:
    desk = Zendesk(replace(ACCOUNT, read_only=read_only))
    who, _ = drive(desk.whoami(), [sample("me" if read_only else "me_end_user")])
    may = who.capabilities
    assert not any((may.public_reply, may.internal_note, may.update, may.hold, may.tags))
    assert ("read_only" if read_only else "end-user") in may.why_not
    assert who.person.role is (Role.AGENT if read_only else Role.CUSTOMER)


def test_the_anonymous_user_is_nobody_although_it_comes_with_200() -> None:
    with pytest.raises(Unauthorized, match="anonymous"):
        drive(ZENDESK.whoami(), [sample("me_anonymous")])


def test_a_refused_api_token_is_pointed_to_oauth() -> None:
    with pytest.raises(Unauthorized) as caught:
        drive(Zendesk(replace(ACCOUNT, user="a@acme.example")).whoami(), [said({}, 401)])
    assert "30 April 2027" in caught.value.hint
    assert "OAuth" in caught.value.hint


def test_views_are_active_ones_and_a_broken_one_is_left_out() -> None:
    views, requests = drive(ZENDESK.views(), [sample("views")])
    assert [(view.id, view.name, view.desk) for view in views] == [
        ("2001", "Second line", "acme"),
        ("2002", "Unassigned", "acme"),
    ]
    assert queries(requests) == [{"active": "true", "page[size]": "100"}]


def test_a_view_is_read_by_cursor_with_people_and_companies() -> None:
    page, requests = drive(ZENDESK.tickets(VIEW, "abc="), [sample("view_tickets")])
    assert requests[0].path == "/api/v2/views/2001/tickets.json"
    assert queries(requests) == [
        {"include": "users,organizations", "page[size]": "100", "page[after]": "abc="},
    ]
    assert (page.cursor, page.bad) == ("eyJvIjoiLTIifQ==", 0)
    first, second = page.tickets
    assert (str(first.ref), first.subject, first.priority) == (
        "acme#4312",
        "Nightly export stops at row 2048",
        "high",
    )
    assert (first.status, second.status) == (Status.OPEN, Status.NEW)
    assert (first.requester.name, first.requester.organization) == (
        "Priya Natarajan",
        Organization(name="Orchid Labs", id="7001"),
    )
    assert first.stamp == "2026-10-02T14:03:55Z"
    assert first.updated_at == datetime(2026, 10, 2, 14, 3, 55, tzinfo=UTC)
    assert first.url == "https://acme.zendesk.com/agent/tickets/4312"
    assert first.assignee is not None
    assert (first.assignee.name, first.assignee.role) == ("Alice Brandt", Role.AGENT)
    assert (second.assignee, second.priority) == (None, "")
    assert first.tags == ("export", "vip")
    assert first.fields == (("3001", "2026.9.1"),)


def test_only_people_who_get_public_replies_are_cc() -> None:
    ticket = load("view_tickets")["tickets"][0]
    modern = page_of([ticket]).tickets[0]
    older = page_of([{**ticket, "email_cc_ids": [], "follower_ids": [], "collaborator_ids": [5003, 5001]}]).tickets[0]
    assert [person.email for person in modern.cc] == ["meera@orchid-labs.example"]
    assert [person.email for person in older.cc] == ["meera@orchid-labs.example"]


def test_people_and_companies_that_did_not_come_along_are_named_by_id() -> None:
    ticket = page_of(load("view_tickets")["tickets"][:1], users=[{"id": "x"}, 7], organizations=True).tickets[0]
    assert ticket.requester.name == "user 5001"
    assert ticket.requester.organization == Organization(name="organization 7001", id="7001")


@pytest.mark.parametrize(
    "broken",
    [
        {"id": None},
        {"id": "4312/../../users"},
        {"id": True},
        {"requester_id": None},
        {"updated_at": None},
        {"updated_at": "yesterday"},
        {"created_at": 17},
        {"status": "deleted"},
        {"subject": ["x"]},
        {"tags": "vip"},
    ],
)
def test_a_row_that_cannot_be_read_is_dropped_and_counted(broken: dict[str, Json]) -> None:
    rows = load("view_tickets")["tickets"]
    page = page_of([{**rows[0], **broken}, rows[1]])
    assert ([ticket.ref.id for ticket in page.tickets], page.bad) == (["4310"], 1)


def test_rows_that_are_no_objects_are_counted_too() -> None:
    rows = load("view_tickets")["tickets"]
    assert page_of([None, 3, [], *rows]).bad == 3


def test_an_id_as_text_is_the_same_ticket() -> None:
    row = load("view_tickets")["tickets"][0]
    assert page_of([{**row, "id": "4312"}]).tickets[0].ref == REF


def test_an_absurdly_long_id_costs_its_row_and_not_the_page() -> None:
    body = (SAMPLES / "view_tickets.json").read_bytes()
    long = body.replace(b'"id": 4312,', b'"id": ' + b"7" * 5000 + b",")
    assert long != body
    page, _ = drive(ZENDESK.tickets(VIEW, ""), [raw(long)])
    assert ([ticket.ref.id for ticket in page.tickets], page.bad) == (["4310"], 1)


def test_a_subject_stays_on_one_line_and_inert() -> None:
    row = load("view_tickets")["tickets"][0]
    subject = page_of([{**row, "subject": "a\nb\x1b]52;c;QUJD\x07c"}]).tickets[0].subject
    assert subject == "a b\ufffdc"


def test_the_end_of_a_list_has_no_cursor() -> None:
    rows = load("view_tickets")["tickets"]
    meta = {"has_more": True, "after_cursor": "again"}
    assert page_of(rows, meta={**meta, "has_more": False}).cursor == ""
    assert page_of([], meta=meta).cursor == ""
    again, _ = drive(ZENDESK.tickets(VIEW, "again"), [said({**load("view_tickets"), "meta": meta})])
    assert again.cursor == ""


def test_a_page_that_points_elsewhere_is_kept_and_the_next_is_never_asked_for() -> None:
    page = page_of(load("view_tickets")["tickets"], links={"next": EVIL})
    assert len(page.tickets) == 2
    with pytest.raises(Distrusted, match=r"pagination left acme\.zendesk\.com for evil\.example"):
        drive(ZENDESK.tickets(VIEW, page.cursor), [])


@pytest.mark.parametrize(
    "address", [EVIL, "http://acme.zendesk.com/x", "https://acme.zendesk.com:8443/x", "//evil.example/x", "https://[x"]
)
def test_a_search_that_points_elsewhere_is_not_followed(address: str) -> None:
    page, _ = drive(ZENDESK.tickets(None, ""), [said({**load("search"), "next_page": address})])
    assert len(page.tickets) == 3
    with pytest.raises(Distrusted, match="pagination left"):
        drive(ZENDESK.tickets(None, page.cursor), [])


def test_conversations_are_not_read_past_a_page_that_points_elsewhere() -> None:
    comments = {**load("comments"), "meta": {"has_more": True, "after_cursor": "b"}, "links": {"next": EVIL}}
    with pytest.raises(Distrusted, match="pagination left"):
        drive(ZENDESK.conversation(REF), [sample("ticket"), said(comments)])


def test_the_open_queue_is_a_search_newest_change_first_and_each_ticket_comes_once() -> None:
    page, requests = drive(ZENDESK.tickets(None, ""), [sample("search")])
    assert [ticket.ref.id for ticket in page.tickets] == ["4312", "4310", "4297"]
    assert (page.cursor, page.bad) == ("2", 0)
    assert requests[0].path == "/api/v2/search.json"
    assert queries(requests) == [
        {
            "query": "type:ticket status<solved",
            "sort_by": "updated_at",
            "sort_order": "desc",
            "include": "tickets(users,organizations)",
            "per_page": "100",
            "page": "1",
        }
    ]


def test_past_a_thousand_rows_a_new_search_goes_on_below_the_last_one() -> None:
    page, requests = drive(ZENDESK.tickets(None, "10"), [sample("search")])
    assert queries(requests)[0]["page"] == "10"
    assert page.cursor == "1@2026-09-28T06:15:00Z"
    below, requests = drive(ZENDESK.tickets(None, page.cursor), [sample("search")])
    assert queries(requests)[0]["query"] == "type:ticket status<solved updated<=2026-09-28T06:15:00Z"
    assert queries(requests)[0]["page"] == "1"
    assert below.cursor == "1@=2026-09-28T06:15:00Z", "nothing but what was asked from: that second by itself"


def test_a_second_with_many_tickets_is_read_by_when_they_were_made_and_then_what_is_below_it() -> None:
    second = "2026-09-28T06:15:00Z"
    page, requests = drive(ZENDESK.tickets(None, f"1@={second}"), [sample("search")])
    asked = queries(requests)[0]
    assert asked["query"] == f"type:ticket status<solved updated>={second} updated<={second}"
    assert (asked["sort_by"], asked["sort_order"]) == ("created_at", "asc")
    newest = max(ticket.created_at for ticket in page.tickets).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert page.cursor == f"1@={second},{newest}"
    again, requests = drive(ZENDESK.tickets(None, page.cursor), [sample("search")])
    assert queries(requests)[0]["query"].endswith(f" created>={newest}")
    assert again.cursor == f"2@={second},{newest}"
    last, _ = drive(ZENDESK.tickets(None, again.cursor), [said({**load("search"), "next_page": None})])
    assert (last.cursor, last.left_out) == (f"1@<{second}", "")
    _, requests = drive(ZENDESK.tickets(None, last.cursor), [sample("search")])
    assert queries(requests)[0]["query"] == f"type:ticket status<solved updated<{second}"


def test_what_a_search_will_not_show_of_one_second_is_said() -> None:
    page, _ = drive(ZENDESK.tickets(None, "10@=2026-09-28T06:15:00Z,2026-10-28T06:15:00Z"), [sample("search")])
    assert page.cursor == "1@<2026-09-28T06:15:00Z"
    assert "More than 1,000 tickets were made and changed at 2026-09-28T06:15:00Z" in page.left_out


def test_a_search_that_comes_no_further_down_is_no_end() -> None:
    with pytest.raises(Distrusted, match="does not go on"):
        drive(ZENDESK.tickets(None, "10@<2026-09-28T06:15:00Z"), [sample("search")])


def test_each_page_of_older_tickets_is_a_search_of_its_own() -> None:
    page, _ = drive(ZENDESK.older(SINCE, ""), [sample("search")])
    assert page.cursor == "1@2026-09-28T06:15:00Z"


def test_changes_look_back_over_the_lag_of_the_index() -> None:
    page, requests = drive(ZENDESK.changes(SINCE, "", ""), [said({**load("search"), "next_page": None})])
    assert queries(requests)[0]["query"] == "type:ticket updated>=2026-10-01T08:55:00Z"
    assert (page.cursor, page.unchanged, page.etag) == ("", False, "")


def test_many_tickets_are_fetched_by_id_in_one_call() -> None:
    refs = [REF, replace(REF, id="4310")]
    page, requests = drive(ZENDESK.show_many(refs), [sample("view_tickets")])
    assert queries(requests) == [{"ids": "4312,4310", "include": "users,organizations"}]
    assert (len(page.tickets), page.cursor) == (2, "")
    with pytest.raises(ValueError, match="101 tickets"):
        drive(ZENDESK.show_many([REF] * 101), [])
    assert drive(ZENDESK.show_many([]), []) == (Page(tickets=()), [])


def test_one_ticket_is_the_one_that_was_asked_for() -> None:
    ticket, _ = drive(ZENDESK.ticket(REF), [sample("ticket")])
    assert ticket.ref == REF
    with pytest.raises(Distrusted, match="ticket 4312"):
        drive(ZENDESK.ticket(replace(REF, id="99")), [sample("ticket")])


def test_a_ticket_that_cannot_be_read_is_lost_and_not_guessed_at() -> None:
    unreadable: list[Json] = [{}, {"ticket": None}, [], {"ticket": {**load("ticket")["ticket"], "status": 7}}]
    for body in unreadable:
        with pytest.raises(Lost, match="acme#4312"):
            drive(ZENDESK.ticket(REF), [said(body)])


@pytest.mark.parametrize(("status", "error"), [(404, Missing), (403, Forbidden), (429, Limited), (503, Lost)])
def test_refusals_have_their_own_names(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        drive(ZENDESK.ticket(REF), [said({"error": "x"}, status)])


def test_a_conversation_is_oldest_first_with_sides_visibility_and_files() -> None:
    conversation, requests = drive(ZENDESK.conversation(REF), [sample("ticket"), sample("comments")])
    assert [request.path for request in requests] == [
        "/api/v2/tickets/4312.json",
        "/api/v2/tickets/4312/comments.json",
    ]
    assert queries(requests)[1] == {"include": "users", "page[size]": "100"}
    seen = [(comment.id, comment.author.role, comment.public) for comment in conversation.comments]
    assert seen == [
        ("810001", Role.CUSTOMER, True),
        ("810002", Role.AGENT, False),
        ("810003", Role.AGENT, True),
        ("810004", Role.SYSTEM, False),
    ]
    first, _, third, last = conversation.comments
    assert first.attachments[0] == Attachment(
        id="610",
        name="export.log",
        size=20480,
        content_type="text/plain",
        url="https://acme.zendesk.com/attachments/token/abc/?name=export.log",
    )
    assert first.attachments[1].name == "[malware found] fix.exe"
    assert third.body.startswith("Please export in two halves")
    assert last.author.name == "Zendesk"
    assert conversation.ticket.comment_count == 4


@pytest.mark.parametrize("public", ["false", "true", None, 0, 1])
def test_an_entry_of_unsure_visibility_is_left_out_and_still_counted(public: Json) -> None:
    comments = load("comments")
    comments["comments"][0]["public"] = public
    conversation, _ = drive(ZENDESK.conversation(REF), [sample("ticket"), said(comments)])
    assert [comment.id for comment in conversation.comments] == ["810001", "810003", "810004"]
    assert conversation.ticket.comment_count == 4


def test_an_unknown_author_of_an_internal_note_is_one_of_us() -> None:
    comments = {**load("comments"), "users": []}
    ticket = {**load("ticket"), "users": []}
    conversation, _ = drive(ZENDESK.conversation(REF), [said(ticket), said(comments)])
    assert [comment.author.role for comment in conversation.comments][:2] == [Role.CUSTOMER, Role.AGENT]


def test_a_long_conversation_is_read_to_its_end() -> None:
    whole = load("comments")
    first = {**whole, "comments": whole["comments"][:2], "meta": {"has_more": True, "after_cursor": "b"}}
    rest = {**whole, "comments": whole["comments"][2:]}
    conversation, requests = drive(ZENDESK.conversation(REF), [sample("ticket"), said(first), said(rest)])
    assert len(conversation.comments) == 4
    assert queries(requests)[2]["page[after]"] == "b"


def test_comments_behind_a_cursor_that_repeats_are_not_taken_for_all_of_them() -> None:
    looping = {**load("comments"), "meta": {"has_more": True, "after_cursor": "b"}}
    with pytest.raises(Distrusted, match="repeat"):
        drive(ZENDESK.conversation(REF), [sample("ticket"), said(looping), said(looping)])


def test_cursors_that_never_end_stop_after_a_hundred_pages() -> None:
    body = load("comments")
    endless = [said({**body, "meta": {"has_more": True, "after_cursor": f"c{n}"}}) for n in range(100)]
    with pytest.raises(Distrusted, match="do not end"):
        drive(ZENDESK.conversation(REF), [sample("ticket"), *endless])
