"""From a flagged answer to a filed issue, with a look at it where something speaks against it (A18, A19)."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from drive import drive, shown, toasts
from standin import NOW, StandIn
from standin_story import EXPORT, proposal, story
from textual.pilot import Pilot

from supportdesk.desk import Proposal
from supportdesk.errors import UsageError
from supportdesk.model import Escalate, Escalation, IssueRef, Outgoing, State, TicketRef
from supportdesk.providers import Place
from supportdesk.ui.escalate import EscalationScreen

SEEN = EscalationScreen.SEEN_AFTER_S + 0.2
PUBLIC = Place(name="lumen/app", public=True)


def desk_with(**more: Any) -> StandIn:
    desk = story()
    desk.proposal = proposal(desk, **more)
    return desk


def text(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours


def filed(desk: StandIn) -> list[tuple[Any, ...]]:
    return [what for what in desk.done if what[0] in ("escalate", "link")]


def test_a_private_tracker_takes_one_key_and_tells_how_it_went() -> None:
    desk = desk_with()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        assert (await toasts(pilot))[-1] == "Issue in 8 s · u undo · enter look"
        desk.move(desk.entries[0].op, State.SENT, remote="845")
        await pilot.pause(0.2)
        assert (await toasts(pilot))[-1] == "Filed app#845"

    drive(desk, steps)
    assert filed(desk) == [("escalate", EXPORT, False, "")]


@pytest.mark.parametrize("opened", [(), ("enter",)])
def test_enter_looks_at_the_issue_while_it_can_be_taken_back(opened: tuple[str, ...]) -> None:
    desk = desk_with()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press(*opened, "b")
        await pilot.pause(0.2)
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert "### The workaround we give" in text(pilot)
        assert await toasts(pilot) == ["The issue as it leaves. u takes it back."]
        await pilot.press("u")
        assert (await toasts(pilot))[-1].endswith("Nothing was sent.")

    drive(desk, steps, size=(100, 60))
    assert [entry.state for entry in desk.entries] == [State.DROPPED]


@pytest.mark.parametrize(
    ("state", "said"),
    [(State.HELD, "Held: issue in app"), (State.REJECTED, "Rejected: issue"), (State.UNCERTAIN, "Unc")],
)
def test_an_issue_that_did_not_get_through_is_said(state: State, said: str) -> None:
    desk = desk_with()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(0.2)
        desk.move(desk.entries[0].op, state, why="Because.")
        await pilot.pause(0.2)
        assert (await toasts(pilot))[-1].startswith(said)

    drive(desk, steps)


def test_a_doubt_opens_the_review_with_the_exact_text_and_y_files_it() -> None:
    desk = desk_with(doubts=("“acme-eu-2” looks like an internal name.",))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        for words in ("looks like an internal name", "### The workaround we give", "private", "2 names taken out"):
            assert words in text(pilot)
        assert filed(desk) == []
        await pilot.press("y")

    drive(desk, steps, size=(120, 40))
    assert filed(desk) == [("escalate", EXPORT, False, "")]


@pytest.mark.parametrize(
    ("typed", "sent"), [("", []), ("yes", []), ("public", [("escalate", EXPORT, False, "lumen/app")])]
)
def test_a_public_tracker_wants_the_word_typed(typed: str, sent: list[tuple[Any, ...]]) -> None:
    desk = desk_with(place=PUBLIC)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        assert "PUBLIC" in text(pilot)
        await pilot.press("enter")
        assert filed(desk) == []
        await pilot.press("y", *typed, "enter")
        await pilot.pause()

    drive(desk, steps)
    assert filed(desk) == sent


def test_a_block_stops_y_and_says_why() -> None:
    desk = desk_with(blocks=("Our own Zendesk token is in the text.",))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        await pilot.press("y")
        assert "Our own Zendesk token" in (await toasts(pilot))[-1]

    drive(desk, steps)
    assert filed(desk) == []


def test_an_issue_that_was_filed_already_is_offered_first() -> None:
    made = Escalation(ticket=EXPORT, issue=IssueRef("app", "812"), url="", title="Export", op="old", at=NOW)
    desk = desk_with(existing=made)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        assert "Filed already" in text(pilot)
        await pilot.press("y")
        assert filed(desk) == []
        await pilot.press("l", "enter")
        await pilot.pause(0.1)

    drive(desk, steps)
    assert filed(desk) == [("link", EXPORT, "app#812", "")]


def test_a_second_issue_takes_two_keys() -> None:
    made = Escalation(ticket=EXPORT, issue=IssueRef("app", "812"), url="", title="Export", op="old", at=NOW)
    desk = desk_with(existing=made)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        await pilot.press("n", "y")

    drive(desk, steps)
    assert filed(desk) == [("escalate", EXPORT, True, "")]


def test_linking_takes_an_issue_from_the_list_or_a_typed_number() -> None:
    desk = desk_with()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("B")
        await pilot.pause(0.2)
        assert "Export is slow for big lists" in text(pilot)
        await pilot.press(*"app#99", "enter")
        await pilot.pause(0.1)

    drive(desk, steps)
    assert filed(desk) == [("link", EXPORT, "app#99", "")]


def test_an_edited_wording_goes_through_the_gate_again() -> None:
    desk = desk_with(doubts=("A doubt.",))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        await pilot.press("e", "tab", *"Better: ", "ctrl+s")
        await pilot.pause(SEEN)
        assert isinstance(pilot.app.screen, EscalationScreen)
        await pilot.press("y")

    drive(desk, steps)
    (entry,) = desk.entries
    assert isinstance(entry.change, Escalate)
    assert entry.change.draft.title.startswith("Better: ")


@pytest.mark.parametrize("asked", [("e", "tab", *"Better: ", "ctrl+s"), ("c",)])
def test_what_was_there_before_the_new_wording_is_not_filed_in_its_place(asked: tuple[str, ...]) -> None:
    answered = asyncio.Event()

    class Slow(StandIn):
        async def revise(self, proposal: Proposal, *, title: str, body: str) -> Proposal:
            await answered.wait()
            return await super().revise(proposal, title=title, body=body)

        async def propose(self, ref: TicketRef, *, tracker: str = "", quotes: bool | None = None) -> Proposal:
            if quotes is not None:
                await answered.wait()
            return await super().propose(ref, tracker=tracker, quotes=quotes)

    desk = Slow(**vars(desk_with(doubts=("A doubt.",))))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        await pilot.press(*asked, *"yly")
        assert filed(desk) == []
        assert "look at it first" in (await toasts(pilot))[-1]
        answered.set()
        await pilot.press("y")
        assert filed(desk) == []
        await pilot.pause(SEEN)
        await pilot.press("y")

    drive(desk, steps)
    assert len(filed(desk)) == 1


def test_escape_sends_nothing() -> None:
    desk = desk_with(doubts=("A doubt.",))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        await pilot.press("c")
        await pilot.pause(0.1)
        await pilot.press("escape")

    drive(desk, steps)
    assert desk.entries == []
    assert [what for what in desk.done if what[0] == "propose"][-1] == ("propose", EXPORT, "app", False)


def test_a_review_that_opens_under_typing_fingers_files_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EscalationScreen, "SEEN_AFTER_S", 60)
    desk = desk_with(doubts=("A doubt.",))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b", "r", *"yyy")
        await pilot.pause(0.1)

    drive(desk, steps)
    assert filed(desk) == []


def test_a_review_that_comes_late_waits_until_it_is_asked_for() -> None:
    answered = asyncio.Event()

    class Slow(StandIn):
        async def propose(self, ref: TicketRef, *, tracker: str = "", quotes: bool | None = None) -> Proposal:
            await answered.wait()
            return await super().propose(ref, tracker=tracker, quotes=quotes)

    desk = Slow(**vars(desk_with(doubts=("A doubt.",))))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b", "r", *"yyy")
        answered.set()
        await pilot.pause(0.2)
        assert not isinstance(pilot.app.screen, EscalationScreen)
        assert "press b on it again" in (await toasts(pilot))[-1]

    drive(desk, steps)
    assert filed(desk) == []


def test_a_ticket_that_cannot_be_escalated_says_why() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        assert "does not say where its bugs go" in (await toasts(pilot))[-1]

    drive(desk, steps)


def test_a_wording_that_the_gate_could_not_read_is_not_lost() -> None:
    class Unread(StandIn):
        async def revise(self, proposal: Proposal, *, title: str, body: str) -> Proposal:
            raise UsageError("The ticket is not on disk as a whole.", "Sync first.")

    desk = Unread(**vars(desk_with(doubts=("A doubt.",))))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        await pilot.press("e", "tab", *"Better: ", "ctrl+s")
        await pilot.pause(0.1)
        assert any("Yours is kept" in said for said in await toasts(pilot))
        await pilot.press("e")
        assert "Better: " in text(pilot)

    drive(desk, steps)


def test_a_wording_that_the_gate_took_too_long_over_is_not_lost() -> None:
    class Shut(StandIn):
        async def revise(self, proposal: Proposal, *, title: str, body: str) -> Proposal:
            empty = replace(proposal.draft, title="", body="")
            return replace(proposal, draft=empty, blocks=("Redaction ran out of time.",))

    desk = Shut(**vars(desk_with(doubts=("A doubt.",))))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        await pilot.press("e", "tab", *"Better: ", "ctrl+s")
        await pilot.pause(SEEN)
        await pilot.press("y")
        assert "ran out of time" in (await toasts(pilot))[-1]
        await pilot.press("e")
        assert "Better: " in text(pilot)

    drive(desk, steps)
    assert filed(desk) == []


def test_an_issue_is_not_filed_nor_linked_again_while_a_link_is_under_way() -> None:
    answered = asyncio.Event()

    class Slow(StandIn):
        async def link(self, proposal: Proposal, issue: str, *, public_ok: str = "") -> Outgoing:
            await answered.wait()
            return await super().link(proposal, issue, public_ok=public_ok)

    desk = Slow(**vars(desk_with(doubts=("A doubt.",))))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(SEEN)
        await pilot.press("l", *"app#99", "enter", "y", "l")
        assert "app#99 is looked up" in (await toasts(pilot))[-1]
        answered.set()
        await pilot.pause(0.1)

    drive(desk, steps)
    assert filed(desk) == [("link", EXPORT, "app#99", "")]
