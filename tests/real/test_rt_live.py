"""The RT provider against a real Request Tracker: its promises, checked on the server and in the outgoing mail."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import pytest
from rt_server import MARIA, Live, Server, cutting_proxy

from supportdesk.errors import Lost
from supportdesk.model import Change, IssueDraft, IssueRef, Note, Reply, Role, Status, Ticket, Update
from supportdesk.providers import Conflict, Done, Flow, Outcome, Page, Rejected
from supportdesk.providers.answers import marker
from supportdesk.providers.rt import RequestTracker

pytestmark = pytest.mark.real
NONE: frozenset[str] = frozenset()


@pytest.fixture(scope="session")
def server() -> Server:
    return Server.of_environment()


@pytest.fixture
def alice(server: Server) -> Live:
    return Live(server=server)


@pytest.fixture
def engineering(server: Server) -> Live:
    return Live(server=server, queue="Engineering", name="eng")


def unique(words: str) -> str:
    return f"{words} {uuid4().hex}"


def read(desk: Live, ticket: str) -> Ticket:
    return desk.run(lambda rt: rt.conversation(desk.ref(ticket))).ticket


def page_at(cursor: str, rt: RequestTracker) -> Flow[Page]:
    return rt.tickets(None, cursor)


def delivered(change: Change, ticket: Ticket, rt: RequestTracker) -> Flow[Outcome]:
    return rt.deliver(change, "op", ticket)


def test_alice_is_an_agent_and_the_watcher_may_only_look(server: Server, alice: Live) -> None:
    identity = alice.run(lambda rt: rt.whoami())
    assert (identity.person.id, identity.person.email, identity.role) == ("alice", "alice@desk.test", "agent")
    watcher = Live(server=server, who="watcher").run(lambda rt: rt.whoami())
    assert watcher.role == "look-only"
    assert not watcher.capabilities.internal_note


def test_the_pages_of_the_queue_hold_every_open_ticket_once(server: Server, alice: Live) -> None:
    cursor, found = "", []
    while True:
        page = alice.run(partial(page_at, cursor))
        found += [ticket.ref.id for ticket in page.tickets]
        assert page.bad == 0
        if not page.cursor:
            break
        cursor = page.cursor
    query = "Queue%20%3D%20'Support'%20AND%20Status%20%3D%20'__Active__'"
    total = server.call("root", "GET", f"/tickets?query={query}&per_page=1")["total"]
    assert len(found) == len(set(found)) == total


def test_a_change_shows_among_the_changes_and_nothing_older_does(server: Server, alice: Live) -> None:
    ticket = server.new_ticket("Changed just now")
    changed = read(alice, ticket).updated_at
    page = alice.run(lambda rt: rt.changes(changed, "", ""))
    assert alice.ref(ticket) in [one.ref for one in page.tickets]
    assert all(one.updated_at >= changed for one in page.tickets)


def test_a_conversation_knows_the_customer_from_the_agent_and_a_note_from_a_reply(server: Server, alice: Live) -> None:
    ticket = server.new_ticket("Conversation", "Grüße, 你好 🐌\n\nplease help")
    server.comment("bob", ticket, "internal words")
    before = read(alice, ticket)
    alice.run(lambda rt: rt.deliver(Reply(body="  Indented\n\nand answered."), "op", before))
    conversation = alice.run(lambda rt: rt.conversation(alice.ref(ticket)))
    entries = [(entry.author.id, entry.author.role, entry.public, entry.body) for entry in conversation.comments]
    assert sorted(entries) == sorted(
        [
            (MARIA, Role.CUSTOMER, True, "Grüße, 你好 🐌\n\nplease help"),
            ("bob", Role.AGENT, False, "internal words"),
            ("alice", Role.AGENT, True, "  Indented\n\nand answered."),
        ]
    )


def test_a_reply_reaches_the_customer_once(server: Server, alice: Live) -> None:
    words = unique("The answer is")
    ticket = read(alice, server.new_ticket("Reply"))
    outcome = alice.run(lambda rt: rt.deliver(Reply(body=words), "op", ticket))
    assert isinstance(outcome, Done)
    assert outcome.notes == ()
    assert server.mails_with(words) == [MARIA]


def test_a_note_reaches_nobody(server: Server, alice: Live) -> None:
    words = unique("Only for us")
    ticket = read(alice, server.new_ticket("Note"))
    assert isinstance(alice.run(lambda rt: rt.deliver(Note(body=words), "op", ticket)), Done)
    assert server.mails_with(words) == []
    conversation = Live(server=server, who=MARIA).run(lambda rt: rt.conversation(ticket.ref))
    assert words not in [entry.body for entry in conversation.comments]


def test_a_note_without_the_right_is_rejected(server: Server, alice: Live) -> None:
    ticket = read(alice, server.new_ticket("Look only"))
    watcher = Live(server=server, who="watcher")
    outcome = watcher.run(lambda rt: rt.deliver(Note(body="x"), "op", ticket))
    assert isinstance(outcome, Rejected)


def test_a_reply_on_a_ticket_that_a_colleague_touched_is_not_sent(server: Server, alice: Live) -> None:
    words = unique("Too late")
    ticket = read(alice, server.new_ticket("Conflict"))
    server.comment("bob", ticket.ref.id, "I am on it.")
    outcome = alice.run(lambda rt: rt.deliver(Reply(body=words), "op", ticket))
    assert isinstance(outcome, Conflict)
    assert "Bob Backline commented" in outcome.why
    assert server.mails_with(words) == []


def test_our_own_reply_does_not_hold_up_what_was_queued_behind_it(server: Server, alice: Live) -> None:
    ticket = read(alice, server.new_ticket("Ourselves"))
    for change in (Reply(body="First."), Note(body="Second."), Update(status=Status.PENDING)):
        outcome = alice.run(partial(delivered, change, ticket))
        assert isinstance(outcome, Done), outcome


def test_fields_change_together_and_read_back(server: Server, alice: Live) -> None:
    ticket = read(alice, server.new_ticket("Fields"))
    update = Update(status=Status.SOLVED, assignee="me", priority="urgent", add_tags=("vip", "it's"))
    outcome = alice.run(lambda rt: rt.deliver(update, "op", ticket))
    assert outcome == Done(remote=f"ticket/{ticket.ref.id}", url=ticket.url)
    after = read(alice, ticket.ref.id)
    assert after.assignee is not None
    assert (after.status, after.assignee.id, after.priority) == (Status.SOLVED, "alice", "urgent")
    assert set(after.tags) == {"vip", "it's"}
    taken_back = Update(status=Status.OPEN, assignee="bob@desk.test", priority="", remove_tags=("vip",))
    assert isinstance(alice.run(lambda rt: rt.deliver(taken_back, "op", after)), Done)
    again = read(alice, ticket.ref.id)
    assert again.assignee is not None
    assert (again.status, again.assignee.id, again.priority) == (Status.OPEN, "bob", "")
    assert again.tags == ("it's",)


def test_fields_that_rt_does_not_take_are_named(server: Server, alice: Live) -> None:
    ticket = read(alice, server.new_ticket("Refused"))
    outcome = alice.run(lambda rt: rt.deliver(Update(assignee="nobody-here", priority="low"), "op", ticket))
    assert isinstance(outcome, Rejected)
    assert "did not change assignee (priority did change)" in outcome.why


def test_a_reply_whose_answer_was_cut_off_is_found_once_and_mailed_once(server: Server, alice: Live) -> None:
    reply = Reply(body=unique("Lost on the way"))
    ticket = read(alice, server.new_ticket("Cut"))
    began = datetime.now(UTC)
    with cutting_proxy(server.url, forward=True) as proxy, pytest.raises(Lost):
        Live(server=server, url=proxy).run(lambda rt: rt.deliver(reply, "op", ticket))
    found = alice.run(lambda rt: rt.find_op(reply, "op", ticket, began, NONE))
    assert found is not None
    assert alice.run(lambda rt: rt.find_op(reply, "op", ticket, began, frozenset({found.remote}))) is None
    assert server.mails_with(reply.body) == [MARIA]


def test_a_reply_that_never_arrived_is_not_found_and_may_be_sent(server: Server, alice: Live) -> None:
    reply = Reply(body=unique("Never arrived"))
    ticket = read(alice, server.new_ticket("Not there"))
    began = datetime.now(UTC)
    with cutting_proxy(server.url, forward=False) as proxy, pytest.raises(Lost):
        Live(server=server, url=proxy).run(lambda rt: rt.deliver(reply, "op", ticket))
    assert alice.run(lambda rt: rt.find_op(reply, "op", ticket, began, NONE)) is None
    assert isinstance(alice.run(lambda rt: rt.deliver(reply, "op", ticket)), Done)
    assert server.mails_with(reply.body) == [MARIA]


def test_the_same_words_twice_are_two_replies_each_with_its_own_transaction(server: Server, alice: Live) -> None:
    reply = Reply(body=unique("Said twice"))
    ticket = read(alice, server.new_ticket("Twice"))
    first = alice.run(lambda rt: rt.deliver(reply, "one", ticket))
    assert isinstance(first, Done)
    began = datetime.now(UTC)
    with cutting_proxy(server.url, forward=True) as proxy, pytest.raises(Lost):
        Live(server=server, url=proxy).run(lambda rt: rt.deliver(reply, "two", ticket))
    second = alice.run(lambda rt: rt.find_op(reply, "two", ticket, began, frozenset({first.remote})))
    assert second is not None
    assert second.remote != first.remote


@pytest.mark.parametrize(
    "words",
    [
        "trailing  \n\n\n  blanks\t\n",
        "café and cafe\u0301, \u00a0nbsp, 🐌",
        "From here\n.\n.dot\n-- \nsignature",
        "0",
        "x" * 70_000,
        "<p>not html</p> &amp; so on",
    ],
    ids=["blanks", "unicode", "mail", "zero", "long", "markup"],
)
def test_words_are_found_again_whatever_rt_does_to_them(server: Server, alice: Live, words: str) -> None:
    note = Note(body=words)
    ticket = read(alice, server.new_ticket("Words"))
    done = alice.run(lambda rt: rt.deliver(note, "op", ticket))
    found = alice.run(lambda rt: rt.find_op(note, "op", ticket, datetime.now(UTC), NONE))
    assert isinstance(done, Done)
    assert found is not None
    assert found.remote == done.remote


def test_fields_whose_answer_was_cut_off_are_found_by_their_values(server: Server, alice: Live) -> None:
    ticket = read(alice, server.new_ticket("Cut fields"))
    update = Update(status=Status.PENDING, add_tags=("late",))
    with cutting_proxy(server.url, forward=True) as proxy, pytest.raises(Lost):
        Live(server=server, url=proxy).run(lambda rt: rt.deliver(update, "op", ticket))
    assert alice.run(lambda rt: rt.find_op(update, "op", ticket, datetime.now(UTC), NONE)) is not None
    other = replace(update, priority="high")
    assert alice.run(lambda rt: rt.find_op(other, "op", ticket, datetime.now(UTC), NONE)) is None


def test_an_issue_is_filed_once_and_its_ticket_refers_to_it(server: Server, alice: Live, engineering: Live) -> None:
    op = uuid4().hex
    ticket = read(alice, server.new_ticket("Escalated"))
    draft = IssueDraft(
        tracker="eng",
        title=unique("Crash on start"),
        body=f"Seen by one customer.\n\n{marker(op)}",
        labels=("escalated",),
        ticket_url=ticket.url,
    )
    assert engineering.run(lambda rt: rt.place()).public is False
    began = datetime.now(UTC)
    with cutting_proxy(server.url, forward=True) as proxy:
        through = replace(draft, ticket_url=draft.ticket_url.replace(server.url, proxy))
        cut_off = Live(server=server, url=proxy, queue="Engineering", name="eng")
        with pytest.raises(Lost):
            cut_off.run(lambda rt: rt.file_issue(through, op))
    found = engineering.run(lambda rt: rt.find_issue(op, began))
    assert found is not None
    assert found.notes == ()
    links = server.call("bob", "GET", f"/ticket/{ticket.ref.id}")["_hyperlinks"]
    assert [link["id"] for link in links if link["ref"] == "refers-to"] == [found.remote]
    issue = engineering.run(lambda rt: rt.issue(IssueRef("eng", found.remote)))
    assert (issue.title, issue.open, issue.labels) == (draft.title, True, ("escalated",))
    assert issue.ref in [one.ref for one in engineering.run(lambda rt: rt.similar_issues(draft))]


def test_evidence_on_an_issue_is_found_by_its_marker(server: Server, engineering: Live) -> None:
    op, other = uuid4().hex, uuid4().hex
    draft = IssueDraft(tracker="eng", title=unique("Slow"), body=f"x\n\n{marker(op)}")
    filed = engineering.run(lambda rt: rt.file_issue(draft, op))
    assert isinstance(filed, Done)
    issue = IssueRef("eng", filed.remote)
    said = engineering.run(lambda rt: rt.comment_issue(issue, "Another customer.", other))
    found = engineering.run(lambda rt: rt.find_issue_comment(issue, other, datetime.now(UTC)))
    assert isinstance(said, Done)
    assert found is not None
    assert found.remote == said.remote


def test_an_escalation_of_ours_is_no_conflict_for_the_note_behind_it(
    server: Server, alice: Live, engineering: Live
) -> None:
    op = uuid4().hex
    ticket = read(alice, server.new_ticket("Escalate and note"))
    draft = IssueDraft(tracker="eng", title="Linked", body=f"x\n\n{marker(op)}", ticket_url=ticket.url)
    assert isinstance(engineering.run(lambda rt: rt.file_issue(draft, op)), Done)
    assert isinstance(alice.run(lambda rt: rt.deliver(Note(body="Filed."), "op", ticket)), Done)
