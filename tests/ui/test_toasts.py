"""A sentence takes the place of the one it answers; the others stand on."""

import pytest
from drive import drive, seen, shown, toasts
from standin_story import story
from textual.pilot import Pilot

from supportdesk.errors import NotWritten
from supportdesk.ui.app import SupportDesk
from supportdesk.ui.toasts import Corner, Toast

WINDOW = Toast("Issue in 8 s · u undo", 8, topic="undo")
OTHER = Toast("Held: note on acme#1.", 10, grave=True)
TAKEN = Toast("Taken back.", 6, topic="undo")


def test_a_toast_joins_those_that_stand() -> None:
    corner = Corner()
    assert corner.add(OTHER, 0) == ([OTHER], False)
    assert corner.add(WINDOW, 1) == ([WINDOW], False)


def test_a_toast_on_the_same_topic_replaces_it_and_the_rest_keeps_its_time() -> None:
    corner = Corner()
    corner.add(OTHER, 0)
    corner.add(WINDOW, 1)
    assert corner.add(TAKEN, 4) == ([OTHER._replace(time=6), TAKEN], True)


def test_what_is_said_again_stands_there_once_and_as_long_as_if_it_were_new() -> None:
    corner = Corner()
    none = Toast("No ticket is selected.", 6)
    corner.add(none, 0)
    corner.add(OTHER, 1)
    assert corner.add(none, 4) == ([OTHER._replace(time=7), none], True)
    assert corner.add(none, 11) == ([none], False)


def test_what_has_gone_by_itself_is_not_shown_again() -> None:
    corner = Corner()
    corner.add(WINDOW, 0)
    assert corner.add(TAKEN, 9) == ([TAKEN], False)


def test_an_error_that_comes_again_stands_there_once() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, SupportDesk)
        for _ in range(3):
            pilot.app.tell(NotWritten("acme cannot be reached.", "Check the network."))
        assert await toasts(pilot) == ["acme cannot be reached. Check the network."]
        assert [one.severity for one in pilot.app._notifications] == ["error"]

    drive(story(), steps)


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (120, 40), (160, 50)])
def test_the_rows_under_toasts_are_covered_from_edge_to_edge(size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, SupportDesk)
        pilot.app.say("Status pending: acme#4312 in 8 s · u undo")
        pilot.app.say(
            "Held: the ticket changed since you read it, so the reply waits for you in the outbox (O).", grave=True
        )
        await seen(pilot, "(O).")
        before = shown(pilot.app).splitlines()
        drawn = [toast.region for toast in pilot.app.screen.query("Toast")]
        assert len(drawn) == 2
        assert all((region.x, region.width) == (0, size[0]) for region in drawn)
        assert drawn[0].bottom == drawn[1].y
        assert drawn[1].bottom == size[1] - 1
        words = " ".join(" ".join(before[drawn[0].y : drawn[1].bottom]).replace("▌", " ").split())
        assert words.startswith("Status pending: acme#4312 in 8 s · u undo Held: the ticket changed")
        assert words.endswith("the outbox (O).")

    drive(story(), steps, size=size)
