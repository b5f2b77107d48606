"""The shipped Zendesk provider over the embedded helpdesk."""

from datetime import timedelta

import pytest
from demo_desk import OP, STAR, StoodClock, ask, helpdesk, read, run, zendesk

from supportdesk.demo import Helpdesk
from supportdesk.errors import Forbidden, Limited, Lost, Missing, NotWritten, Refused, Unauthorized
from supportdesk.model import Note, Reply, Role, Status, TicketRef, Update
from supportdesk.providers import Conflict, Done, NotSent, Rejected

NOBODY = frozenset[str]()


def test_the_engineer_is_an_agent_who_may_do_everything():
    identity = run(helpdesk(), zendesk().whoami())

    assert identity.role == "agent"
    assert identity.person.role is Role.AGENT
    assert identity.capabilities.public_reply


def test_a_light_agent_is_told_apart_and_may_not_answer_customers():
    identity = run(helpdesk(role="light"), zendesk().whoami())

    assert identity.capabilities.internal_note
    assert not identity.capabilities.public_reply


def test_an_admin_is_told_apart():
    assert run(helpdesk(role="admin"), zendesk().whoami()).role == "admin"


def test_every_view_holds_what_its_name_says():
    desk = helpdesk()
    views = {view.name: view for view in run(desk, zendesk().views())}
    me = run(desk, zendesk().whoami()).person.id

    mine = run(desk, zendesk().tickets(views["Your unsolved tickets"], "")).tickets
    free = run(desk, zendesk().tickets(views["Unassigned tickets"], "")).tickets

    assert len(mine) >= 10
    assert {ticket.assignee.id for ticket in mine if ticket.assignee} == {me}
    assert len(free) >= 5
    assert {ticket.assignee for ticket in free} == {None}


def test_all_unsolved_tickets_come_newest_change_first():
    page = run(helpdesk(), zendesk().tickets(None, ""))

    changed = [ticket.updated_at for ticket in page.tickets]
    assert page.bad == 0
    assert changed == sorted(changed, reverse=True)
    assert not {Status.SOLVED, Status.CLOSED} & {ticket.status for ticket in page.tickets}


def test_every_ticket_and_conversation_of_the_story_can_be_read():
    desk = helpdesk()
    page = run(desk, zendesk().changes(desk.now() - timedelta(days=30), "", ""))

    assert len(page.tickets) == len(desk.records.tickets)
    for ticket in page.tickets:
        comments = run(desk, zendesk().conversation(ticket.ref)).comments
        assert len(comments) == len(desk.records.comments[int(ticket.ref.id)])
        assert all(comment.author.name and comment.body for comment in comments)


def test_a_saved_view_is_read_page_by_page_to_its_end():
    desk = helpdesk()
    status, first = ask(desk, "GET", "/api/v2/tickets.json", **{"page[size]": "40"})
    _, second = ask(
        desk, "GET", "/api/v2/tickets", **{"page[size]": "40", "page[after]": first["meta"]["after_cursor"]}
    )

    assert status == 200
    assert first["meta"]["has_more"]
    assert not second["meta"]["has_more"]
    assert len({row["id"] for row in first["tickets"] + second["tickets"]}) == len(desk.records.tickets)


def test_search_ends_where_zendesks_ends():
    status, body = ask(helpdesk(), "GET", "/api/v2/search.json", query="type:ticket", page="11")

    assert status == 422
    assert body["error"]


def test_tickets_are_asked_for_by_number_in_one_call():
    page = run(helpdesk(), zendesk().show_many([STAR, TicketRef(STAR.desk, "1")]))

    assert [ticket.ref for ticket in page.tickets] == [STAR]


def test_a_row_that_cannot_be_read_is_counted_and_the_others_stay():
    desk = helpdesk()
    desk.garbled.add(int(STAR.id))

    page = run(desk, zendesk().tickets(None, ""))

    assert page.bad == 1
    assert STAR not in {ticket.ref for ticket in page.tickets}


def test_a_ticket_that_is_not_there_is_missing():
    with pytest.raises(Missing):
        read(helpdesk(), TicketRef(STAR.desk, "999999"))


def test_a_reply_lands_publicly_and_is_found_again_by_its_op():
    desk = helpdesk()
    seen = read(desk)
    reply = Reply(body="Calling you at once.", update=Update(status=Status.PENDING))

    done = run(desk, zendesk().deliver(reply, OP, seen))

    last = run(desk, zendesk().conversation(STAR)).comments[-1]
    assert isinstance(done, Done)
    assert (last.public, last.body) == (True, "Calling you at once.")
    assert read(desk).status is Status.PENDING
    assert run(desk, zendesk().find_op(reply, OP, seen, desk.now(), NOBODY)) is not None


def test_a_note_stays_internal():
    desk = helpdesk()

    run(desk, zendesk().deliver(Note(body="Only us."), OP, read(desk)))

    assert run(desk, zendesk().conversation(STAR)).comments[-1].public is False


def test_an_update_sets_assignee_priority_and_tags():
    desk = helpdesk()
    update = Update(assignee="ben@wrenfield.example", priority="normal", add_tags=("workaround",), remove_tags=("vip",))

    run(desk, zendesk().deliver(update, OP, read(desk)))

    now = read(desk)
    assert now.assignee is not None
    assert now.assignee.email == "ben@wrenfield.example"
    assert now.priority == "normal"
    assert "workaround" in now.tags
    assert "vip" not in now.tags


def test_a_customer_who_wrote_first_wins():
    desk = helpdesk()
    seen = read(desk)
    desk.fail_next("conflict")

    outcome = run(desk, zendesk().deliver(Reply(body="Late."), OP, seen))

    comments = run(desk, zendesk().conversation(STAR)).comments
    assert isinstance(outcome, Conflict)
    assert comments[-1].author.role is Role.CUSTOMER
    assert "Late." not in [comment.body for comment in comments]


def test_two_writes_in_the_same_second_are_told_apart():
    desk = helpdesk()
    seen = read(desk)

    run(desk, zendesk().deliver(Note(body="First."), OP, seen))

    assert isinstance(run(desk, zendesk().deliver(Note(body="Second."), "another-op", seen)), Conflict)


def test_a_collision_in_the_database_writes_nothing_and_may_be_sent_again():
    desk = helpdesk()
    desk.fail_next("database conflict")

    assert isinstance(run(desk, zendesk().deliver(Note(body="Again."), OP, read(desk))), NotSent)


def test_a_ticket_that_was_closed_meanwhile_takes_no_more_words():
    desk = helpdesk()
    seen = read(desk)
    desk.fail_next("closed")

    assert isinstance(run(desk, zendesk().deliver(Reply(body="Too late."), OP, seen)), Rejected)


def test_a_reply_whose_answer_was_lost_has_landed_once():
    desk = helpdesk()
    seen = read(desk)
    reply = Reply(body="Did this arrive?")
    desk.fail_next("lost answer")

    with pytest.raises(Lost):
        run(desk, zendesk().deliver(reply, OP, seen))

    assert run(desk, zendesk().find_op(reply, OP, seen, desk.now(), NOBODY)) is not None
    assert isinstance(run(desk, zendesk().deliver(reply, OP, seen)), Done)
    bodies = [comment.body for comment in run(desk, zendesk().conversation(STAR)).comments]
    assert bodies.count(reply.body) == 1


def test_a_late_write_lands_when_its_time_has_come():
    clock = StoodClock()
    desk = Helpdesk(clock)
    seen = read(desk)
    note = Note(body="Slow boat.")
    desk.fail_next("late", wait_s=120)

    with pytest.raises(Lost):
        run(desk, zendesk().deliver(note, OP, seen))
    early = run(desk, zendesk().find_op(note, OP, seen, clock(), NOBODY))
    clock.pass_s(121)

    assert early is None
    assert run(desk, zendesk().find_op(note, OP, seen, clock(), NOBODY)) is not None


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("unreachable", NotWritten),
        ("429", Limited),
        ("503", Lost),
        ("401", Unauthorized),
        ("403", Forbidden),
        ("404", Missing),
        ("400", Refused),
        ("html", Lost),
    ],
)
def test_a_failure_that_was_asked_for_happens_once_and_touches_nothing(what, error):
    desk = helpdesk()
    seen = read(desk)
    desk.fail_next(what)

    with pytest.raises(error):
        run(desk, zendesk().deliver(Note(body="Weather."), OP, seen))

    assert read(desk) == seen


def test_a_truncated_answer_is_lost_after_the_write_landed():
    desk = helpdesk()
    desk.fail_next("truncated")

    with pytest.raises(Lost):
        run(desk, zendesk().deliver(Note(body="Cut."), OP, read(desk)))

    assert run(desk, zendesk().conversation(STAR)).comments[-1].body == "Cut."


def test_a_failure_can_be_kept_for_one_path():
    desk = helpdesk()
    desk.fail_next("503", on="/comments")

    assert read(desk).ref == STAR
    with pytest.raises(Lost):
        run(desk, zendesk().conversation(STAR))


def test_an_unknown_failure_is_named():
    with pytest.raises(ValueError, match="lost answer"):
        helpdesk().fail_next("meteor")


def test_offline_nothing_arrives():
    desk = helpdesk()
    desk.offline = True

    with pytest.raises(NotWritten):
        read(desk)

    assert desk.requests == []


def test_a_light_agents_public_comment_becomes_internal_and_fields_are_refused():
    desk = helpdesk(role="light")
    path = f"/api/v2/tickets/{STAR.id}.json"

    status, body = ask(desk, "PUT", path, {"ticket": {"comment": {"body": "Hi", "public": True}}})
    refused, _ = ask(desk, "PUT", path, {"ticket": {"status": "solved"}})

    assert status == 200
    assert body["audit"]["events"][0]["public"] is False
    assert refused == 403


def test_zendesks_default_is_public_and_a_flat_body_is_ignored():
    desk = helpdesk()
    path = f"/api/v2/tickets/{STAR.id}.json"

    _, said = ask(desk, "PUT", path, {"ticket": {"comment": {"body": "Hi"}}})
    _, ignored = ask(desk, "PUT", path, {"ticket": {"body": "Hi"}})

    assert said["audit"]["events"][0]["public"] is True
    assert ignored["audit"]["events"] == []


def test_incremental_exports_are_not_for_agents():
    assert ask(helpdesk(), "GET", "/api/v2/incremental/tickets/cursor.json")[0] == 403


def test_tags_are_added_and_removed_under_the_stamp():
    desk = helpdesk()
    path = f"/api/v2/tickets/{STAR.id}/tags.json"
    stamp = read(desk).stamp

    _, added = ask(desk, "PUT", path, {"tags": ["Two Words"], "safe_update": True, "updated_stamp": stamp})
    stale, _ = ask(desk, "DELETE", path, {"tags": ["two"], "safe_update": True, "updated_stamp": stamp})

    assert {"two", "words"} <= set(added["tags"])
    assert stale == 409


def test_a_reply_by_the_customer_opens_what_waited_for_them():
    desk = helpdesk()
    run(desk, zendesk().deliver(Update(status=Status.PENDING), OP, read(desk)))

    desk.customer_replies(int(STAR.id), "Here I am.")

    assert read(desk).status is Status.OPEN


def test_a_new_ticket_that_somebody_takes_is_open():
    desk = helpdesk()
    new = next(t for t in run(desk, zendesk().tickets(None, "")).tickets if t.status is Status.NEW)

    run(desk, zendesk().deliver(Update(assignee="me"), OP, new))

    assert read(desk, new.ref).status is Status.OPEN


def test_a_colleagues_words_move_the_stamp():
    desk = helpdesk()
    seen = read(desk)

    desk.colleague_writes(int(STAR.id), "I'm on it.", public=False)

    last = run(desk, zendesk().conversation(STAR)).comments[-1]
    assert (last.author.role, last.public) == (Role.AGENT, False)
    assert read(desk).stamp > seen.stamp


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("status:hold", {"4193", "4266", "4291"}),
        ("priority:urgent status<solved", {"4303", "4321"}),
        ("tags:escalated", {"4193"}),
        ("-assignee:none status:hold assignee:ben@wrenfield.example", {"4266"}),
        ('"apostrophe" requester:"Hugo Brandt"', {"4261"}),
        ("assignee:none tags:mobile created>2026-11-22", {"4341"}),
    ],
)
def test_search_understands_zendesks_words(query, wanted):
    _, body = ask(helpdesk(), "GET", "/api/v2/search.json", query=f"type:ticket {query}")

    assert {str(row["id"]) for row in body["results"]} == wanted


@pytest.mark.parametrize("query", ["status:asleep", "flavour:mint", "updated>yesterday"])
def test_search_refuses_what_zendesk_would_not_understand(query):
    assert ask(helpdesk(), "GET", "/api/v2/search.json", query=query)[0] == 422
