"""How often a console that is left alone asks its service, and one that is used: through the app, in virtual time."""

import asyncio
from dataclasses import replace
from pathlib import Path

from crowds import Place, open_place
from textual.pilot import Pilot

from supportdesk.demo import Embedded, Helpdesk
from supportdesk.desk.workplace import Connection
from supportdesk.ui.app import SupportDesk

STEP_S, MINUTE_S = 10, 60
IDLE_MINUTES = 10


def test_what_was_asked_for_is_said_of_every_desk_also_while_it_is_being_read(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 3)
    (acme,) = place.desk.work.connections.values()
    bolt = Connection(replace(acme.account, name="bolt"), lambda: Embedded(Helpdesk(lambda: place.at[0])))
    place.desk.work.connections["bolt"] = bolt
    place.server.fail_next("403", on="/10001/comments", times=9)
    said: list[str] = []

    async def run() -> None:
        app = SupportDesk(place.desk, now=lambda: place.at[0], folder=tmp_path)
        async with app.run_test(size=(100, 30)), asyncio.timeout(20):
            while any(it.synced_at is None or it.visit for it in (acme, bolt)):
                await asyncio.sleep(0.01)
            app.say = lambda words, **_: said.append(words)  # type: ignore[method-assign, assignment]  # what is shown
            bolt.wire.server.offline = True  # type: ignore[attr-defined]  # the embedded wire
            app.sync(aloud=True)
            app.sync(aloud=True)
            await app.workers.wait_for_complete()

    asyncio.run(run())
    place.desk.work.close()
    both = next(words for words in said if "offline" in words)
    assert "acme#10001" in both
    assert "It is being read just now." in said


async def pass_minutes(pilot: Pilot[None], place: Place, minutes: int) -> list[int]:
    """Let time pass a glance at a time; requests in each of the minutes."""
    app, found = pilot.app, []
    assert isinstance(app, SupportDesk)
    for _ in range(minutes):
        place.server.requests.clear()
        for _ in range(MINUTE_S // STEP_S):
            place.pass_time(STEP_S)
            app._glance()
            await app.workers.wait_for_complete()
        found.append(len(place.server.requests))
    return found


def test_one_request_a_minute_at_rest_one_in_five_when_nobody_looks_and_at_once_after_a_key(tmp_path: Path) -> None:
    place = open_place(tmp_path, "github", 3)

    async def run() -> None:
        app = SupportDesk(place.desk, now=lambda: place.at[0], folder=tmp_path)
        async with app.run_test(size=(100, 30)) as pilot:
            async with asyncio.timeout(20):
                while not place.server.requests:
                    await pilot.pause(0.01)
            await pass_minutes(pilot, place, 1)  # what the first sync began
            await pilot.press("down")
            looked_at = await pass_minutes(pilot, place, IDLE_MINUTES - 1)
            assert looked_at == [1] * (IDLE_MINUTES - 1)
            alone = await pass_minutes(pilot, place, 30)
            assert sum(alone[5:]) == 5  # one in five minutes
            assert max(alone) == 1
            await pilot.press("down")
            assert await pass_minutes(pilot, place, 3) == [1, 1, 1]

    asyncio.run(run())
    place.desk.work.close()
