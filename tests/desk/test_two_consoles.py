"""Two consoles on one cache: one of them asks the services, the other shows what came, and takes over."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from crowds import Place, open_place

from supportdesk.errors import StoreError
from supportdesk.store.locks import Claim

POLL_S = 30.0


def beside(place: Place, folder: Path) -> Place:
    """A second console over the same service and the same cache."""
    again = open_place(folder, "zendesk agent", 0)
    (connection,) = again.desk.work.connections.values()
    again.server = connection.wire.server = place.server  # type: ignore[attr-defined]  # the embedded wire
    again.at = place.at
    again.desk.work.now = lambda: place.at[0]
    return again


def polled(*places: Place) -> Counter[str]:
    """A minute in which all of them poll at once; what was asked for."""
    server = places[0].server
    server.requests.clear()

    async def poll() -> None:
        await asyncio.gather(*(place.desk.sync(for_s=POLL_S) for place in places))
        for place in places:
            place.desk.glance()

    asyncio.run(poll())
    places[0].pass_time(60)
    return Counter(request.path for request in server.requests)


def test_one_of_two_consoles_reads_and_the_other_shows_what_came(tmp_path: Path) -> None:
    one = open_place(tmp_path, "zendesk agent", 40, comments=2)
    two = beside(one, tmp_path)
    drawn: list[None] = []
    two.desk.listen(lambda: drawn.append(None))
    asked = polled(one, two)
    assert sum("/comments" in path for path in asked.elements()) == 40
    assert asked["/api/v2/users/me.json"] == 1
    assert drawn, "it is drawn as it comes"
    assert len(two.desk.queue("open")) == 40
    one.reply(3)
    for _ in range(2):  # what was said in the second of a change is looked for once more
        assert sum(polled(one, two).values()) <= 2
    assert sum(polled(one, two).values()) == 1
    (theirs,) = two.desk.status().desks
    assert theirs.synced_at == one.desk.status().desks[0].synced_at
    assert one.at[0] - theirs.synced_at <= timedelta(seconds=60)
    assert theirs.person, "who we are is known here too"


def test_what_the_other_could_not_read_is_said_here_too(tmp_path: Path) -> None:
    one = open_place(tmp_path, "zendesk agent", 3)
    two = beside(one, tmp_path)
    one.server.fail_next("403", on="/10001/comments", times=9)
    polled(one, two)
    assert [place.desk.status().desks[0].unread for place in (one, two)] == [1, 1]


def test_when_the_first_ends_the_second_takes_over(tmp_path: Path) -> None:
    one = open_place(tmp_path, "zendesk agent", 3)
    two = beside(one, tmp_path)
    polled(one, two)
    asyncio.run(one.desk.close())
    assert not list(tmp_path.glob("reading-*")), "nothing is left lying about"
    assert sum(polled(two).values())
    assert two.desk.status().desks[0].online


def test_a_console_at_which_nobody_sits_leaves_the_reading_to_one_at_which_somebody_does(tmp_path: Path) -> None:
    one = open_place(tmp_path, "zendesk agent", 3)
    two = beside(one, tmp_path)
    for place in (one, two):
        place.desk.sync_due(pressed=True)
    polled(one, two)
    one.pass_time(660)
    two.desk.sync_due(pressed=True)
    polled(one, two)
    asked = polled(two)
    assert sum(asked.values()), "the one that is looked at reads from now on"
    assert not one.desk.work.connection("acme").reader.take(tmp_path, "acme")


def test_what_is_asked_for_is_read_by_whichever_console(tmp_path: Path) -> None:
    one = open_place(tmp_path, "zendesk agent", 3)
    two = beside(one, tmp_path)
    polled(one, two)
    one.server.requests.clear()
    asyncio.run(two.desk.sync(for_s=POLL_S, again=True))
    assert one.server.requests
    one.server.requests.clear()
    asyncio.run(two.desk.sync())
    assert one.server.requests


def test_a_conversation_that_another_process_read_meanwhile_is_not_read_again(tmp_path: Path) -> None:
    one = open_place(tmp_path, "zendesk agent", 60, comments=2)
    two = beside(one, tmp_path)

    async def both() -> None:
        await asyncio.gather(one.desk.sync(), two.desk.sync())

    asyncio.run(both())
    words = [request.path for request in one.server.requests if "/comments" in request.path]
    assert len(words) <= 60 + 2 * 8, "but those that were under way"


def test_where_no_lock_can_be_had_everyone_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = open_place(tmp_path, "zendesk agent", 3)

    def fails(_: Claim) -> bool:
        raise StoreError("No.")

    monkeypatch.setattr(Claim, "take", fails)
    assert sum(polled(place).values())
