"""Services that ask us to wait: for how long a sync bears it, and that nobody else waits with it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from crowds import Place, open_place, service

from supportdesk.demo import Embedded, Server
from supportdesk.desk import visit as visits
from supportdesk.desk.pace import Pace
from supportdesk.desk.workplace import Connection
from supportdesk.errors import Limited
from supportdesk.ui.topline import status_line


def beside(place: Place) -> Server:
    """A second desk on the same console, called bolt; its service."""
    account, server, _ = service("zendesk agent", lambda: place.at[0], 3, 1)
    account = replace(account, name="bolt")
    place.desk.work.connections["bolt"] = Connection(account, lambda: Embedded(server))
    return server


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long a visit waited, without waiting; an hour of it is for ever."""
    waited: list[float] = []
    sleep = asyncio.sleep

    async def nap(seconds: float) -> None:
        waited.append(seconds)
        assert sum(waited) < 3600, "it waits for ever"
        await sleep(0)

    monkeypatch.setattr(visits.asyncio, "sleep", nap)
    return waited


def test_a_visit_ends_in_time_also_where_the_service_asks_for_a_wait(tmp_path: Path, naps: list[float]) -> None:
    place = open_place(tmp_path, "zendesk agent", 3)
    place.server.fail_next("429", on="search", times=999, wait_s=60)
    report = asyncio.run(place.desk.sync(for_s=45))
    assert not any(naps)
    (problem,) = report.problems
    assert isinstance(problem, Limited)
    assert "The next sync goes on from there." in report.failed[0]


def test_a_command_bears_a_service_that_asks_for_nothing_but_waits_for_two_minutes(
    tmp_path: Path, naps: list[float]
) -> None:
    place = open_place(tmp_path, "zendesk agent", 3)
    place.server.fail_next("429", on="search", times=999, wait_s=50)
    report = asyncio.run(place.desk.sync())
    assert isinstance(report.problems[0], Limited)
    assert sum(naps) <= 120


def test_who_was_asked_to_wait_does_not_ask_before_and_is_not_offline(tmp_path: Path, naps: list[float]) -> None:
    place = open_place(tmp_path, "zendesk agent", 3)
    place.server.fail_next("429", times=1, wait_s=3600)
    asyncio.run(place.desk.sync(for_s=45))
    place.server.requests.clear()
    report = asyncio.run(place.desk.sync(for_s=45))
    assert place.server.requests == []
    assert "asked us to wait until" in report.failed[0]
    assert place.desk.status().desks[0].online is not False


def test_a_service_that_refuses_a_first_reading_is_held_up_and_says_why(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 3)
    place.server.fail_next("403", on="users/me")
    asyncio.run(place.desk.sync(for_s=45))
    (told,) = place.desk.status().desks
    assert told.online, "it answered"
    assert "may not do that" in told.trouble
    assert told.lacks == "held up"


def test_the_search_knows_of_what_was_not_read_yet(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 3)
    place.server.fail_next("429", on="comments", times=999)
    asyncio.run(place.desk.sync(for_s=45))
    assert place.desk.texts.filed().unheard == 3


def test_one_desk_that_hangs_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 3)
    answers = beside(place)
    let_go = asyncio.Event()
    wire = place.desk.work.connection("acme").wire
    run, asked = wire.run, list[object]()

    async def hang(flow: object) -> object:
        asked.append(flow)
        await let_go.wait()
        return await run(flow)  # type: ignore[arg-type]  # what it was given

    wire.run = hang  # type: ignore[method-assign, assignment]  # a service that takes very long

    async def minutes() -> list[int]:
        first = asyncio.create_task(place.desk.sync(for_s=45))
        polls = list[int]()
        while place.desk.work.connection("bolt").visit or not asked:
            await asyncio.sleep(0.01)
        for _ in range(3):
            answers.requests.clear()
            place.pass_time(60)
            await place.desk.sync(for_s=45)
            polls.append(len(answers.requests))
        assert place.desk.work.connection("bolt").synced_at == place.at[0]
        assert len(asked) == 1, "the one that hangs is not asked again meanwhile"
        let_go.set()
        await first
        return polls

    assert all(asyncio.run(minutes()))
    assert place.desk.work.connection("acme").synced_at is not None


def test_of_several_desks_it_is_said_which_is_held_up(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 3)
    beside(place).fail_next("429", wait_s=3600)
    asyncio.run(place.desk.sync(for_s=45))
    pieces = status_line(place.desk.status(), 120, place.at[0], demo=False).pieces
    assert "● bolt not synced yet · bolt held up, R says why" in "".join(piece.text for piece in pieces)


def test_the_share_that_is_shown_is_that_of_the_desk_that_is_read(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 3, share=0.5)
    beside(place)
    bolt = place.desk.work.connection("bolt")
    bolt.pace = Pace(0.25)
    assert place.desk.status().share == ""
    bolt.visit = object()
    assert place.desk.status().share == "at most 25% of its limit"


def test_a_request_is_never_made_twice_by_two_polls(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 30)

    async def twice() -> None:
        await asyncio.gather(place.desk.sync(), place.desk.sync())

    place.server.requests.clear()
    asyncio.run(twice())
    words = [request.path for request in place.server.requests if "/comments" in request.path]
    assert len(words) == len(set(words)) == 30
