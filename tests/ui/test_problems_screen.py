"""The problems as a list: worst first, told below, and one key away from the ticket to file."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from drive import drive, shown
from standin import StandIn
from standin_story import ANSWER, EXPORT, likely, story
from textual import events
from textual.pilot import Pilot

from supportdesk.desk import Problem, Problems
from supportdesk.errors import SupportdeskError
from supportdesk.model import TicketRef
from supportdesk.ui.problems import ProblemsScreen
from supportdesk.ui.queue import QueueScreen

WEBHOOK, BLANK = TicketRef("acme", "4260"), TicketRef("acme", "4290")


def filed(desk: StandIn) -> Problems:
    """Two problems of the story, the second with an issue."""
    first, second = desk.tickets[EXPORT], desk.tickets[WEBHOOK]
    worst = Problem(
        refs=(EXPORT, BLANK),
        subject=first.subject,
        customers=4,
        since=first.created_at,
        until=first.updated_at,
        advice=ANSWER,
        finding=likely(),
    )
    known = replace(
        worst, refs=(WEBHOOK, BLANK), subject=second.subject, customers=2, escalation=desk.escalations[WEBHOOK]
    )
    return Problems(problems=(worst, known), beside=3)


def text(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours


def test_a_problem_tells_what_it_cost_the_words_given_and_its_tickets() -> None:
    desk = story()
    desk.several = filed(desk)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("P")
        await pilot.pause(0.1)
        for words in (
            "2 workarounds given more than once, 3 flagged tickets beside them",
            "The same workaround on 2 tickets of 4 customers",
            "No issue yet.",
            "For now",
            "#4290",
        ):
            assert words in text(pilot)
        await pilot.press("j")
        await pilot.pause()
        assert "Filed as app#812" in text(pilot)

    drive(desk, steps)


def test_enter_opens_the_ticket_that_is_most_typical() -> None:
    desk = story()
    desk.several = filed(desk)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("P")
        await pilot.pause(0.1)
        await pilot.press("j", "enter")
        await pilot.pause(0.1)
        assert isinstance(pilot.app.screen, QueueScreen)
        assert pilot.app.screen.ref == WEBHOOK
        assert pilot.app.screen.reading

    drive(desk, steps)


@pytest.mark.parametrize("key", ["enter", "q", "escape"])
def test_without_a_problem_it_says_so_and_every_key_leads_back(key: str) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("P")
        await pilot.pause(0.1)
        assert "No workaround was given on more than one ticket." in text(pilot)
        await pilot.press(key)
        await pilot.pause()
        assert isinstance(pilot.app.screen, QueueScreen)

    drive(story(), steps)


def test_trouble_is_said_where_the_list_would_be() -> None:
    class Broken(StandIn):
        async def problems(self, tell: Callable[[str], object] = str) -> Problems:
            raise SupportdeskError("The cache cannot be read.", "Free some room on the disk.")

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("P")
        await pilot.pause(0.1)
        assert "The cache cannot be read. Free some room on the disk." in text(pilot)

    drive(story(Broken()), steps)


def test_answers_that_are_compared_after_the_screen_was_left_disturb_nothing() -> None:
    compared = asyncio.Event()

    class Slow(StandIn):
        async def problems(self, tell: Callable[[str], object] = str) -> Problems:
            tell("100 of 250 flagged tickets compared")
            await compared.wait()
            tell("200 of 250 flagged tickets compared")
            return self.several

    async def steps(pilot: Pilot[None]) -> None:
        screen = ProblemsScreen()
        await pilot.app.push_screen(screen)
        await pilot.pause()
        assert "100 of 250 flagged tickets compared…" in text(pilot)
        screen.post_message(events.Key("q", "q"))
        await pilot.pause()
        compared.set()
        await asyncio.sleep(0.05)
        assert isinstance(pilot.app.screen, QueueScreen)

    drive(story(Slow()), steps)


@pytest.mark.parametrize("before", [40, 120])
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_every_column_stands_below_its_name(columns: int, before: int) -> None:
    desk = story()
    desk.several = filed(desk)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("P")
        await pilot.pause(0.1)
        await pilot.resize_terminal(columns, 24)
        await pilot.pause(0.05)
        assert ("k up" in text(pilot)) is (columns > 40)
        head, first = text(pilot).splitlines()[2:4]
        assert head.index("problem") == first.index("Export stops")
        named = "customers" if "customers" in head else "cust."
        assert first.index("4") == head.index(named) + len(named) - 1

    drive(desk, steps, size=(before, 24))
