"""The outbox shows why something waits and what can be done about it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from drive import drive, seen, shown, toasts
from standin_story import EXPORT, busy, story
from textual.pilot import Pilot

from supportdesk.model import Reply, State
from supportdesk.ui.app import SupportDesk
from supportdesk.ui.news import Watch
from supportdesk.ui.outbox import OutboxScreen, told


def text(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours


def test_a_held_reply_tells_its_reason_its_words_and_the_next_step() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j")
        for words in (
            "3 entries on the way",
            "Ngozi Okafor answered at 14:06",
            "e takes the words back",
            "It will be fixed",
        ):
            assert words in text(pilot)

    drive(busy(), steps)


def test_edit_takes_the_words_back_into_the_draft_and_opens_the_ticket() -> None:
    desk = busy()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j", "e")
        await pilot.pause(0.1)
        assert "draft reply, r goes on with it" in text(pilot)

    drive(desk, steps)
    assert desk.draft(EXPORT, public=True).startswith("It will be fixed")


def test_dropping_asks_first() -> None:
    desk = busy()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j", "x", "enter")
        assert desk.entries[1].state is State.HELD
        await pilot.press("x", "y")

    drive(desk, steps)
    assert desk.entries[1].state is State.DROPPED


def test_trying_again_reads_the_ticket_as_it_is_now_first() -> None:
    desk = busy()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j", "R")
        await pilot.pause(0.1)

    drive(desk, steps)
    assert ("refresh", EXPORT) in desk.done
    assert desk.entries[1].state is State.QUEUED


def test_what_was_held_is_not_sent_over_words_that_came_meanwhile() -> None:
    desk = busy()
    desk.news[EXPORT] = 2

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j", "R")
        await pilot.pause(0.1)
        assert desk.entries[1].state is State.HELD
        assert f"Not sent: {EXPORT} has 2 messages" in text(pilot)
        await pilot.press("R")
        await pilot.pause(0.1)

    drive(desk, steps)
    assert desk.entries[1].state is State.QUEUED


def test_an_empty_outbox_says_what_it_is_for() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O")
        assert "Nothing is on its way." in text(pilot)
        await pilot.press("enter")

    drive(story(), steps)


def test_what_waits_behind_another_says_for_what() -> None:
    desk = busy()
    held = desk.entries[1]
    desk.entries.append(replace(held, op="behind", seq=held.seq + 100, state=State.QUEUED, why=""))

    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SupportDesk)
        await app.push_screen(OutboxScreen("behind"))
        await pilot.pause(0.1)
        assert "Waits for the public reply before it on this ticket, which is held" in text(pilot)
        assert "decide on that one" in text(pilot)

    drive(desk, steps)


def test_a_note_that_became_public_is_shouted_about_and_made_private_by_a_key() -> None:
    desk = busy()
    words = "ALERT: the internal note on it is PUBLIC."
    desk.entries[1] = replace(desk.entries[1], state=State.SENT, exposed=True, why=words)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j")
        assert "PUBLIC" in text(pilot)
        assert "P makes it private" in text(pilot)
        await pilot.press("P")
        await pilot.pause(0.1)

    drive(desk, steps)
    assert ("make private", desk.entries[1].op) in desk.done


def test_an_alert_and_a_found_duplicate_are_said_once() -> None:
    watch, entry = Watch(), busy().entries[1]
    due = replace(entry, state=State.SENT, sweep_at=entry.created_at)
    exposed = replace(entry, op="note", state=State.SENDING)
    assert watch.look([due, exposed]) == []
    alert = replace(exposed, state=State.SENT, exposed=True, why="ALERT: it is PUBLIC.")
    twin = replace(due, sweep_at=None, why="It was filed twice.")
    said = watch.look([twin, alert])
    assert [(news.grave, news.alert) for news in said] == [(True, True), (True, False)]
    assert watch.look([twin, alert]) == []


def test_what_may_still_arrive_is_not_called_sure() -> None:
    entry = next(entry for entry in busy().outbox() if entry.state is State.HELD)
    now = entry.created_at
    waits = replace(entry, unknowns=1, sweep_at=now)
    for outgoing, words in {
        waits: "looked for once more. R looks now",
        replace(waits, state=State.DROPPED): "may have arrived. It is looked for once more",
        replace(waits, state=State.DROPPED, sweep_at=None): "was looked for once more, and is not there",
        replace(entry, state=State.DROPPED): "never sent",
    }.items():
        said = " ".join(" ".join(str(each.text) for each in told(outgoing, 100, now)).split())
        assert words in said, said


def test_what_may_have_arrived_is_looked_for_and_does_not_leave() -> None:
    entry = next(entry for entry in busy().outbox() if entry.state is State.HELD)
    now = entry.created_at
    for state, words in ((State.UNCERTAIN, "looked for in a moment"), (State.QUEUED, "leaves in a moment")):
        waits = replace(entry, state=state, not_before=now + timedelta(seconds=30))
        assert words in " ".join(str(each.text) for each in told(waits, 100, now))


@pytest.mark.parametrize(("key", "action"), [("x", "drop"), ("e", "edit"), ("R", "retry"), ("P", "make private")])
def test_what_may_not_be_done_here_is_said_before_anything_is_asked(key: str, action: str) -> None:
    desk = busy()
    desk.off[action] = "Another supportdesk (pid 7) sends: decide it there."
    before = desk.outbox()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j", key, "y")
        assert "decide it there" in (await toasts(pilot))[-1]

    drive(desk, steps)
    assert (desk.outbox(), ("refresh", EXPORT) in desk.done) == (before, False)


@pytest.mark.parametrize("key", ["x", "e", "R", "P"])
def test_what_has_come_to_its_end_is_asked_about_no_more(key: str) -> None:
    desk = busy()
    desk.entries[1] = replace(desk.entries[1], state=State.DROPPED)
    before = desk.outbox()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j", key, "y")
        assert isinstance(pilot.app.screen, OutboxScreen)
        assert (await toasts(pilot))[-1] in ("It is dropped already.", "It is not public.")

    drive(desk, steps)
    assert (desk.outbox(), ("refresh", EXPORT) in desk.done) == (before, False)


@pytest.mark.parametrize("key", ["x", "e", "R", "P"])
def test_a_key_on_an_empty_outbox_says_that_there_is_nothing(key: str) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", key)
        assert await toasts(pilot) == ["There is no entry here."]

    drive(story(), steps)


def test_long_words_of_an_entry_are_scrolled_and_stay_where_they_are() -> None:
    desk = busy()
    change = desk.entries[1].change
    assert isinstance(change, Reply)
    desk.entries[1] = replace(desk.entries[1], change=replace(change, body="\n".join(map(str, range(60))) + "\nlast"))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("O", "j", "j", *["ctrl+d"] * 7)
        await seen(pilot, "last")
        desk.changed()
        await pilot.pause(0.3)
        assert "last" in text(pilot)
        await pilot.press("k")
        await seen(pilot, "written")

    drive(desk, steps)
