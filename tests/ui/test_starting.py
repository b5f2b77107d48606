"""What a first screenful does without comes later, whatever was pressed meanwhile."""

from threading import Event

from drive import drive, shown
from standin_story import story
from textual.pilot import Pilot

LIMIT_S = 20.0


def test_the_conversation_comes_behind_a_help_that_was_opened_before_it_could() -> None:
    desk, ready = story(), Event()
    desk.prepare = lambda: bool(ready.wait(LIMIT_S))  # type: ignore[method-assign, assignment]
    said = "The CSV always ends at row 500."

    async def steps(pilot: Pilot[None]) -> None:
        assert said not in shown(pilot.app)
        await pilot.press("question_mark")
        ready.set()
        await pilot.app.workers.wait_for_complete([worker for worker in pilot.app.workers if worker.group == "start"])
        await pilot.press("escape")
        await pilot.pause()
        assert said in shown(pilot.app)

    drive(desk, steps, size=(140, 30))
