"""What is said when something on its way gets somewhere."""

from dataclasses import replace

from standin import StandIn
from standin_story import EXPORT, proposal, story

from supportdesk.model import Escalate, Note, Reply, State, Status, Update
from supportdesk.ui.news import Watch


def escalated() -> tuple[StandIn, str]:
    desk = story()
    entry = desk.put(EXPORT, Escalate(draft=proposal(desk).draft), desk="app")
    return desk, entry.op


def test_nothing_is_said_of_what_was_there_at_the_start() -> None:
    desk = story()
    desk.put(EXPORT, Reply(body="Hello"), state=State.HELD)
    assert Watch().look(desk.outbox()) == []


def test_a_held_reply_is_said_once_with_its_reason() -> None:
    desk, watch = story(), Watch()
    entry = desk.put(EXPORT, Reply(body="Hello"))
    watch.look(desk.outbox())
    desk.move(entry.op, State.HELD, why="Somebody else answered.")
    said = watch.look(desk.outbox())
    assert [(news.words, news.grave) for news in said] == [
        ("Held: public reply on acme#4312. Somebody else answered.", True)
    ]
    assert watch.look(desk.outbox()) == []


def test_a_filed_issue_is_told_when_its_note_and_hold_have_landed_too() -> None:
    desk, op = escalated()
    watch = Watch()
    watch.look(desk.outbox())
    desk.move(op, State.SENT, remote="845")
    note = desk.put(EXPORT, Note(body=f"Filed as app#845\nsd-op:{op}"))
    hold = desk.put(EXPORT, Update(status=Status.HOLD, add_tags=("escalated",)))
    assert watch.look(desk.outbox()) == []
    desk.move(note.op, State.SENT)
    assert watch.look(desk.outbox()) == []
    desk.move(hold.op, State.SENT)
    assert [news.words for news in watch.look(desk.outbox())] == ["Filed app#845 · noted on acme#4312 · on hold"]
    assert watch.look(desk.outbox()) == []


def test_only_what_was_done_is_claimed() -> None:
    desk, op = escalated()
    watch = Watch()
    watch.look(desk.outbox())
    desk.move(op, State.SENT, remote="845")
    note = desk.put(EXPORT, Note(body=f"Filed as app#845\nsd-op:{op}"))
    watch.look(desk.outbox())
    desk.move(note.op, State.REJECTED, why="Notes are off.")
    said = [news.words for news in watch.look(desk.outbox())]
    assert said == ["Rejected: internal note on acme#4312. Notes are off.", "Filed app#845"]


def test_an_entry_that_was_queued_is_no_news() -> None:
    desk, watch = story(), Watch()
    watch.look(desk.outbox())
    desk.entries.append(replace(desk.put(EXPORT, Reply(body="x")), op="second"))
    assert watch.look(desk.outbox()) == []
