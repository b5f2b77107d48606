"""What the console shows while a desk is read for the first time: how far it is, and that it can be left."""

from dataclasses import replace

import pytest
from drive import drive, shown
from standin import StandIn
from standin_story import story
from textual.pilot import Pilot


@pytest.mark.parametrize(
    ("read", "says"), [(0, "Nothing was fetched yet. R asks"), (2300, "None of the 2,300 tickets read")]
)
def test_an_empty_view_says_how_far_a_first_reading_came(read: int, says: str) -> None:
    desk = StandIn()
    desk.desks = (replace(desk.desks[0], synced_at=None, read=read),)

    async def steps(pilot: Pilot[None]) -> None:
        assert says in " ".join(shown(pilot.app).split())

    drive(desk, steps)


def test_before_the_first_ticket_is_here_no_number_and_no_key_is_offered() -> None:
    desk = StandIn()
    desk.desks = (replace(desk.desks[0], synced_at=None, online=None),)

    async def steps(pilot: Pilot[None]) -> None:
        assert "The first tickets are on their way" in shown(pilot.app)
        assert "0 tickets" not in shown(pilot.app)
        desk.desks = (replace(desk.desks[0], online=False),)
        desk.changed()
        await pilot.pause(0.3)
        assert "R asks the services now" in " ".join(shown(pilot.app).split())
        assert "0 tickets" in shown(pilot.app)

    drive(desk, steps)


def test_of_a_first_reading_that_failed_nothing_is_said_to_be_on_its_way() -> None:
    desk = StandIn()
    why = "acme: the disk is full."
    desk.desks = (replace(desk.desks[0], synced_at=None, online=None, trouble=why),)

    async def steps(pilot: Pilot[None]) -> None:
        assert "acme could not be read: the disk is full. R tries again" in " ".join(shown(pilot.app).split())

    drive(desk, steps)


def test_leaving_before_all_is_read_says_that_the_next_start_reads_on() -> None:
    desk = story()
    whole = desk.desks

    async def steps(pilot: Pilot[None]) -> None:
        for desks in ((replace(whole[0], synced_at=None, read=2300),), (replace(whole[0], unheard=8904),)):
            desk.desks = desks
            await pilot.press("q")
            assert "So is what was read" in shown(pilot.app)
            await pilot.press("n")
        desk.desks = whole
        await pilot.press("q")
        assert "So is" not in shown(pilot.app)

    drive(desk, steps)


def test_what_is_read_is_drawn_as_read_at_once() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        queue = pilot.app.screen.queue
        unread = next(at for at, row in enumerate(queue.rows) if row.unread)
        queue.choose(unread)
        pilot.app.screen.show_talk()
        assert not queue.rows[unread].unread, "before anything else has it drawn again"

    drive(desk, steps)
