import json
from datetime import UTC, datetime, timedelta

import pytest
from driving import drive
from rt_bench import HOME, ONE, WATCHER, desk, json_answer, play, seen, tape

from supportdesk.errors import Distrusted, Lost, Missing, Refused
from supportdesk.model import Role, Status, TicketRef, View
from supportdesk.providers import Json, Provider, Tracker
from supportdesk.providers.rt import RequestTracker
from supportdesk.providers.rt_rest import history

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_it_is_a_provider_and_a_tracker() -> None:
    provider: Provider = desk()
    tracker: Tracker = desk()
    assert isinstance(provider, Tracker)
    assert tracker.account.provider == "rt"


def test_the_token_is_sent_as_rts_own_kind_and_never_as_a_bearer() -> None:
    assert desk().authorize("1-29-0123456789abcdef") == {"Authorization": "token 1-29-0123456789abcdef"}


def test_who_am_i_is_asked_by_the_user_id_inside_the_token() -> None:
    identity, requests = play(desk().whoami(), "whoami_agent")
    assert requests[1].path == "/REST/2.0/user/29"
    assert (identity.person.name, identity.person.id, identity.role) == ("Alice Agent", "alice", "agent")
    may = identity.capabilities
    assert all((may.public_reply, may.internal_note, may.update, may.tags, may.hold, may.settles))
    assert not may.bundles
    assert may.why_not == ""


def test_a_token_of_another_kind_needs_the_users_name_in_the_configuration() -> None:
    nameless = desk()
    nameless.authorize("something-else")
    with pytest.raises(Refused, match="does not say whose it is") as problem:
        drive(nameless.whoami(), tape("whoami_agent")[:1])
    assert "user" in problem.value.hint
    named = desk(user="alice")
    named.authorize("something-else")
    _, requests = drive(named.whoami(), tape("whoami_agent"))
    assert requests[1].path == "/REST/2.0/user/alice"


def test_a_look_only_account_is_told_what_rt_does_not_let_it_do() -> None:
    identity, _ = play(desk(who=WATCHER).whoami(), "whoami_look_only")
    assert identity.role == "look-only"
    assert not identity.capabilities.internal_note
    assert not identity.capabilities.update
    assert identity.capabilities.why_not == "RT does not let this account write notes, change tickets."


def test_a_queue_without_the_field_for_tags_has_no_tags() -> None:
    identity, _ = play(desk(tags_field="Labels").whoami(), "whoami_agent")
    assert not identity.capabilities.tags
    assert "'Labels'" in identity.capabilities.why_not


def test_a_queue_that_is_not_there_is_named() -> None:
    with pytest.raises(Missing, match="queue 'Nope'"):
        drive(desk(queue="Nope").whoami(), tape("whoami_no_such_queue"))


def test_something_else_than_rt_is_not_signed_in_to() -> None:
    with pytest.raises(Distrusted, match="does not answer like Request Tracker"):
        drive(desk().whoami(), [json_answer({"hello": "world"})])


def test_the_open_tickets_come_with_everything_a_row_needs_in_one_request() -> None:
    page, requests = play(desk().tickets(None, ""), "open_page_1")
    query = dict(requests[0].query)
    assert query["query"] == "Queue = 'Support' AND Status = '__Active__'"
    licence, printer, margins = page.tickets
    assert str(licence.ref) == "help#3"
    assert (licence.status, licence.priority) == (Status.PENDING, "high")
    assert licence.assignee is not None
    assert (licence.assignee.id, licence.assignee.role) == ("bob", Role.AGENT)
    assert [person.email for person in licence.cc] == ["eve@example.net"]
    assert (printer.tags, printer.fields) == (("printing", "vip"), (("Severity", "S2"),))
    assert (printer.requester.name, printer.requester.email) == ("María Álvarez", "maria@example.com")
    assert (margins.status, margins.assignee, margins.priority) == (Status.NEW, None, "")
    assert printer.url == f"{HOME}/Ticket/Display.html?id=1"
    assert page.bad == 0


def test_a_short_page_is_not_the_end_but_an_empty_one_is() -> None:
    first, _ = play(desk().tickets(None, ""), "open_page_1")
    assert first.cursor == "2"
    last, requests = play(desk().tickets(None, "2"), "open_page_2")
    assert ("page", "2") in requests[0].query
    assert (last.tickets, last.cursor) == ((), "")


@pytest.mark.parametrize(("pages", "step"), [(100, 1), (2, 0)])
def test_what_never_ends_or_repeats_is_not_taken_for_whole(pages: int, step: int) -> None:
    row = {"Type": "Correspond", "Creator": "x", "Created": "2026-11-01T00:00:00Z"}
    endless = [json_answer({"items": [row | {"id": str(1 + step * page)}]}) for page in range(pages)]
    with pytest.raises(Distrusted, match="more than 100 pages, or pages that repeat"):
        drive(history(TicketRef("help", "1")), endless)


def test_a_queue_of_more_than_ten_thousand_goes_on() -> None:
    page, _ = drive(desk().tickets(None, "100"), tape("open_page_1"))
    assert page.cursor == "101"


def test_older_tickets_are_asked_for_from_the_highest_number_on() -> None:
    page, requests = drive(desk().older(NOON, "7"), tape("open_page_1"))
    asked = dict(requests[0].query)
    assert asked["query"].endswith(" AND id > 7")
    assert (asked["orderby"], asked["order"], asked["page"]) == ("id", "ASC", "1")
    rows = tape("open_page_1")[0].body["items"]
    assert page.cursor == str(max(int(row["id"]) for row in rows))
    assert drive(desk().older(NOON, "9"), [json_answer({"items": []})])[0].cursor == ""


def test_a_row_that_cannot_be_read_is_counted_and_the_others_are_kept() -> None:
    answer = tape("open_page_1")[0]
    answer.body["items"][0]["LastUpdated"] = None
    answer.body["items"][1] = "nonsense"
    page, _ = drive(desk().tickets(None, ""), [answer])
    assert [str(ticket.ref) for ticket in page.tickets] == ["help#2"]
    assert page.bad == 2


def test_rows_of_other_queues_stay_out_of_the_desk() -> None:
    page, requests = drive(desk(queue="Sales").tickets(View(id="4", name="mine", desk="help"), ""), tape("open_page_1"))
    assert page.tickets == ()
    assert ("search", "4") in requests[0].query


def test_a_queue_name_cannot_leave_its_quotes() -> None:
    _, requests = drive(desk(queue="It's \\ ours' OR Queue != '").tickets(None, ""), tape("open_page_2"))
    sql = dict(requests[0].query)["query"]
    assert sql == "Queue = 'It\\'s \\\\ ours\\' OR Queue != \\'' AND Status = '__Active__'"


def test_changes_are_asked_a_day_early_for_time_zones_and_cut_here() -> None:
    everything = datetime(2026, 1, 1, tzinfo=UTC)
    page, requests = play(desk().changes(everything, "", ""), "changes")
    assert "LastUpdated > '2025-12-31 00:00:00'" in dict(requests[0].query)["query"]
    assert {ticket.ref.id: ticket.status for ticket in page.tickets}["5"] is Status.SOLVED
    assert page.cursor == "2"
    newest = page.tickets[0].updated_at
    fewer, _ = play(desk().changes(newest, "", ""), "changes")
    assert all(ticket.updated_at == newest for ticket in fewer.tickets)
    none, _ = play(desk().changes(newest + timedelta(seconds=1), "", ""), "changes")
    assert (none.tickets, none.cursor) == ((), "")


def test_no_conditional_header_is_ever_sent_on_a_read() -> None:
    for flow, name in (
        (desk().changes(NOON, "", '"etag"'), "changes"),
        (desk().ticket(ONE), "ticket"),
        (desk().conversation(ONE), "conversation"),
    ):
        _, requests = play(flow, name)
        assert all(request.headers == () for request in requests)


def test_a_ticket_has_the_same_stamp_alone_as_in_a_list() -> None:
    page, _ = play(desk().tickets(None, ""), "open_page_1")
    assert seen() == next(ticket for ticket in page.tickets if ticket.ref == ONE)
    assert seen().stamp == seen().updated_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_merged_ticket_names_the_one_it_went_into() -> None:
    with pytest.raises(Missing, match="help#4 was merged into help#3"):
        drive(desk().ticket(TicketRef("help", "4")), tape("ticket_merged"))


def test_a_ticket_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing):
        drive(desk().ticket(TicketRef("help", "999")), tape("ticket_missing"))
    with pytest.raises(Missing, match="have numbers"):
        drive(desk().ticket(TicketRef("help", "..")), [])


def test_a_conversation_joins_history_and_texts_and_hides_the_copies_that_rt_mailed() -> None:
    conversation, requests = play(desk().conversation(ONE), "conversation")
    said = [(entry.author.name, entry.author.role, entry.public, entry.body) for entry in conversation.comments]
    assert said == [
        ("María Álvarez", Role.CUSTOMER, True, "Hi,\n\nsince 4.2 the tray is forgotten.\n\nMaria"),
        ("Alice Agent", Role.AGENT, True, "Please try safe mode."),
        ("Bob Backline", Role.AGENT, False, "Looks like PRN-7."),
        ("María Álvarez", Role.CUSTOMER, True, "It works in safe mode!"),
    ]
    assert conversation.ticket.comment_count == 4
    assert all("Parent" not in dict(request.query).get("fields", "") for request in requests)


def test_html_is_read_as_text_and_files_are_described_without_being_fetched() -> None:
    conversation, requests = play(desk().conversation(TicketRef("help", "2")), "conversation_html")
    (entry,) = conversation.comments
    assert entry.body.startswith("Hello,\n\nthe margin is lost, see the forum <https://example.com/forum?a=1&b=2>.")
    assert "- A4\n- Letter" in entry.body
    assert "margin = 0\n  retry" in entry.body
    assert "alert" not in entry.body
    assert "\x1b" not in entry.body
    files = [(file.name, file.content_type, file.size) for file in entry.attachments]
    assert files == [("spool.log", "text/plain", 48), ("shot.png", "image/png", 70)]
    assert entry.attachments[0].url.startswith(f"{HOME}/Ticket/Attachment/")
    with_content = [dict(request.query) for request in requests if "Content," in dict(request.query).get("fields", "")]
    assert all("Filename" in asked["query"] for asked in with_content)


def test_saved_searches_are_the_views() -> None:
    views, _ = play(desk().views(), "views")
    assert [view.name for view in views] == [
        "highest priority tickets I own",
        "newest unowned tickets",
        "Bookmarked Tickets",
    ]


def test_a_bad_search_is_refused_in_rts_words_without_the_place_in_its_source() -> None:
    with pytest.raises(Refused, match="Unknown field: Colour") as problem:
        drive(desk().tickets(None, ""), tape("bad_sql"))
    assert "/usr/share" not in problem.value.message


def test_the_empty_answer_of_a_broken_server_is_lost() -> None:
    with pytest.raises(Lost):
        drive(desk().ticket(ONE), tape("empty_500"))


def test_an_answer_that_is_no_list_is_not_taken_for_an_empty_queue() -> None:
    bodies: tuple[Json, ...] = ({"items": None}, [], {"count": 0}, None)
    for body in bodies:
        with pytest.raises(Distrusted):
            drive(desk().tickets(None, ""), [json_answer(body)])


@pytest.mark.parametrize(
    "spoilt", [{"Created": 7}, {"id": [1]}, {"Type": None, "id": {}}, {"Creator": "?", "Created": ""}]
)
def test_a_message_that_cannot_be_read_is_left_out_and_counted(spoilt: dict[str, Json]) -> None:
    whole, _ = drive(desk().conversation(ONE), tape("conversation"))
    answers = tape("conversation")
    answers[1].body["items"][1] |= spoilt
    found, _ = drive(desk().conversation(ONE), answers)
    assert found.ticket.comment_count == len(whole.comments)
    assert len(found.comments) == len(whole.comments) - 1
    assert set(found.comments) < set(whole.comments)


def test_a_part_whose_message_cannot_be_told_is_said_and_no_words_are_cut_short() -> None:
    answers = tape("conversation")
    parts = [row for it in answers[2:] for row in it.body["items"]]
    parts[0]["TransactionId"] = {}
    with pytest.raises(Distrusted, match="help#1"):
        drive(desk().conversation(ONE), answers)


def test_the_provider_keeps_nothing_of_a_token_but_its_users_id() -> None:
    provider: RequestTracker = desk()
    provider.authorize("1-29-feedfacefeedface")
    assert "feedface" not in json.dumps(vars(provider), default=str)
