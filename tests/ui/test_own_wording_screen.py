"""An issue's own wording in the console: on disk behind the keys, offered again, thrown away on purpose alone."""

import asyncio
from typing import Any

import pytest
from drive import drive, shown, toasts
from standin import StandIn
from standin_story import EXPORT
from test_escalation_screen import SEEN, desk_with, filed
from test_turns import give
from textual import events
from textual.pilot import Pilot

from supportdesk.desk import Proposal
from supportdesk.errors import StoreError
from supportdesk.model import Escalate
from supportdesk.ui.escalate import EscalationScreen
from supportdesk.ui.wording import IssueEditor


def text(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours


def doubted(kind: type[StandIn] = StandIn) -> StandIn:
    return kind(**vars(desk_with(doubts=("A doubt.",))))


async def opened(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press("b")
    await pilot.pause(SEEN)
    await pilot.press(*keys)


def test_a_wording_is_on_disk_within_two_seconds_of_the_last_key() -> None:
    desk = doubted()

    async def steps(pilot: Pilot[None]) -> None:
        await opened(pilot, "e", "tab", *"Better: ")
        assert "saving" in text(pilot)
        await pilot.pause(2)
        assert desk.wordings[EXPORT].title.startswith("Better: ")
        assert "draft saved" in text(pilot)
        assert isinstance(pilot.app.screen, IssueEditor)

    drive(desk, steps)


@pytest.mark.parametrize("leave", [("escape", "escape"), ("ctrl+s", "q")])
def test_a_wording_that_was_left_stands_in_the_next_review_and_is_what_is_filed(leave: tuple[str, ...]) -> None:
    desk = doubted()

    async def steps(pilot: Pilot[None]) -> None:
        await opened(pilot, "e", "tab", *"Better: ", leave[0])
        await pilot.pause(SEEN)
        assert "Better: " in text(pilot)
        await pilot.press(leave[1])
        assert not isinstance(pilot.app.screen, EscalationScreen)
        await opened(pilot)
        assert "your own wording" in (await toasts(pilot))[-1]
        assert "Better: " in text(pilot)
        await pilot.press("y")

    drive(desk, steps)
    (entry,) = desk.entries
    assert isinstance(entry.change, Escalate)
    assert entry.change.draft.title.startswith("Better: ")


def test_a_wording_goes_when_it_is_thrown_away_and_asks_first() -> None:
    desk = doubted()

    async def steps(pilot: Pilot[None]) -> None:
        await opened(pilot, "x")
        assert "e changes it" in (await toasts(pilot))[-1]
        await pilot.press("e", "tab", *"Better: ", "ctrl+s")
        await pilot.pause(SEEN)
        await pilot.press("c")
        assert "your own wording" in (await toasts(pilot))[-1]
        await pilot.press("x", "enter")
        assert EXPORT in desk.wordings
        await pilot.press("x", "y")
        await pilot.pause(SEEN)
        assert "Better: " not in text(pilot)

    drive(desk, steps)
    assert desk.wordings == {}


def test_who_looked_at_the_wording_or_took_all_of_it_back_leaves_none() -> None:
    desk = doubted()

    async def steps(pilot: Pilot[None]) -> None:
        await opened(pilot, "e", "escape", "e", "tab", "B")
        await pilot.pause(1)
        assert EXPORT in desk.wordings
        await pilot.press("backspace", "escape")

    drive(desk, steps)
    assert desk.wordings == {}


def test_a_wording_that_the_disk_refuses_is_not_left_without_a_word() -> None:
    class Full(StandIn):
        def save_wording(self, *given: Any, **words: Any) -> None:
            raise StoreError("The disk is full.", "Make room.")

    desk = doubted(Full)

    async def steps(pilot: Pilot[None]) -> None:
        await opened(pilot, "e", "tab", *"Better: ", "escape")
        await pilot.pause(SEEN)
        assert [said for said in await toasts(pilot) if "The disk is full" in said]
        assert "Better: " in text(pilot)
        await pilot.press("q")
        assert "Leave this issue?" in text(pilot)
        await pilot.press("n")
        assert isinstance(pilot.app.screen, EscalationScreen)
        await pilot.press("y")

    drive(desk, steps)
    assert len(filed(desk)) == 1


def test_a_wording_that_another_console_writes_is_not_opened_and_one_that_is_left_is_given_back() -> None:
    desk = doubted()

    async def steps(pilot: Pilot[None]) -> None:
        await opened(pilot, "e", "escape")
        await pilot.pause()
        assert ("leave wording", EXPORT) in desk.done
        desk.off["wording"] = "Another console (pid 7) writes it."
        await pilot.press("e")
        assert "(pid 7)" in (await toasts(pilot))[-1]
        assert isinstance(pilot.app.screen, EscalationScreen)

    drive(desk, steps)


@pytest.mark.parametrize("pauses", range(0, 40, 12))
@pytest.mark.parametrize("end", ["review", "console"])
def test_a_gate_that_answers_after_the_review_or_the_console_was_left_disturbs_nothing(end: str, pauses: int) -> None:
    answered = asyncio.Event()

    class Slow(StandIn):
        async def revise(self, proposal: Proposal, *, title: str, body: str) -> Proposal:
            await answered.wait()
            return await super().revise(proposal, title=title, body=body)

    desk = doubted(Slow)

    async def steps(pilot: Pilot[None]) -> None:
        await opened(pilot, "e", "tab", *"Better: ", "ctrl+s")
        if end == "review":
            pilot.app.screen.post_message(events.Key("q", "q"))
        else:
            pilot.app.exit()
        for _ in range(pauses):
            await asyncio.sleep(0)
        answered.set()
        await asyncio.sleep(0.05)

    drive(desk, steps)
    assert desk.wordings[EXPORT].title.startswith("Better: ")


def test_words_and_the_key_that_leaves_typed_at_once_leave_the_words_on_disk() -> None:
    desk = doubted()

    async def steps(pilot: Pilot[None]) -> None:
        await opened(pilot, "e")
        await pilot.pause()
        give(pilot, *"hello", "ctrl+q")
        await pilot.pause(0.2)

    drive(desk, steps)
    assert "hello" in desk.wordings[EXPORT].body
