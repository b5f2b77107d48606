"""What a sync says while it is under way."""

import asyncio
import re
from itertools import pairwise
from pathlib import Path

import pytest
from crowds import KINDS, Place, fail_after, open_place, put_back

from supportdesk.desk.visit import Visit
from supportdesk.errors import Limited
from supportdesk.providers import Flow

TICKETS = 450  # more than are read at a time, of which the first are on screen
_SO_FAR, _TO_GO = re.compile(r"([\d,]+) tickets? so far"), re.compile(r"([\d,]+) conversations? to go")


def told(place: Place, for_s: float | None = None) -> list[str]:
    """What a sync says while somebody looks at the queue."""
    place.desk.work.listeners.append(lambda: place.desk.queue("open")[:8] and None)  # what is drawn is read first
    words = list[str]()
    asyncio.run(place.desk.sync(words.append, for_s=for_s))
    return words


def counts(said: re.Pattern[str], words: list[str]) -> list[int]:
    return [int(found[1].replace(",", "")) for line in words if (found := said.search(line))]


@pytest.mark.parametrize("kind", KINDS)
def test_the_tickets_of_a_first_reading_are_counted_up_then_its_conversations_down(tmp_path: Path, kind: str) -> None:
    place = open_place(tmp_path, kind, TICKETS, comments=2)
    words = told(place)
    so_far, to_go = counts(_SO_FAR, words), counts(_TO_GO, words)
    assert so_far == sorted(so_far)
    assert so_far[-1] == place.desk.work.cache.count("all") == TICKETS
    assert to_go == sorted(to_go, reverse=True)
    assert to_go[0] > TICKETS / 2
    assert words[-1] == f"{place.desk.work.connections.popitem()[0]}: all conversations are read"
    kinds = [1 if _TO_GO.search(line) else 0 for line in words if _TO_GO.search(line) or _SO_FAR.search(line)]
    assert kinds == sorted(kinds), "it does not go back and forth between the two"


def test_a_reading_that_is_taken_up_again_counts_on(tmp_path: Path) -> None:
    place = open_place(tmp_path, "github", TICKETS, comments=2)
    fail_after(place, 8)
    before = counts(_SO_FAR, told(place))
    put_back(place)
    place.pass_time(60)
    after = counts(_SO_FAR, told(place))
    assert all(one <= other for one, other in pairwise([*before, *after])), (before, after)


def test_a_wait_says_what_was_read_until_then_and_when_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, said = open_place(tmp_path, "zendesk admin", 1), list[str]()
    (connection,) = place.desk.work.connections.values()
    visit = Visit(work=place.desk.work, connection=connection, tell=said.append)
    drawn: list[None] = []
    place.desk.work.listeners.append(lambda: drawn.append(None))
    waits = [0.004]
    monkeypatch.setattr(connection.pace, "wait_s", lambda kind: waits.pop() if waits else 0.0)
    assert asyncio.run(visit.turn())
    place.sync()
    visit.listed, waits = True, [0.004]
    assert asyncio.run(visit.turn())
    assert len(drawn) >= 2, "it is shown while it waits"
    until = f"{place.at[0].astimezone():%H:%M:%S}"
    assert said == [
        f"goes on at {until}, leaving room for others",
        f"all conversations are read; goes on at {until}, leaving room for others",
    ]


def test_a_wait_that_the_service_asks_for_says_when_it_ends(tmp_path: Path) -> None:
    place, said = open_place(tmp_path, "zendesk admin", 1), list[str]()
    (connection,) = place.desk.work.connections.values()
    visit = Visit(work=place.desk.work, connection=connection, tell=said.append)
    refusals = [Limited("too fast.", "", wait_s=0.004)]

    def flow() -> Flow[str]:
        if refusals:
            raise refusals.pop()
        return "let in"
        yield

    assert asyncio.run(visit.ask(flow)) == "let in"
    assert said == [f"waits until {place.at[0].astimezone():%H:%M:%S}, as the service asks"]
