"""What a sync says while it is under way."""

import asyncio
from pathlib import Path

import pytest
from crowds import open_place

from supportdesk.desk.visit import Visit
from supportdesk.model import TicketRef


def test_a_wait_says_what_was_read_until_then_and_when_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, said = open_place(tmp_path, "zendesk admin", 1), list[str]()
    (connection,) = place.desk.work.connections.values()
    visit = Visit(work=place.desk.work, connection=connection, tell=said.append)
    drawn: list[None] = []
    place.desk.work.listeners.append(lambda: drawn.append(None))
    waits = iter((0.004, 0.0, 0.004, 0.0))
    monkeypatch.setattr(connection.pace, "wait_s", lambda kind: next(waits))
    assert asyncio.run(visit.turn())
    visit.tickets.update(TicketRef("acme", str(number)) for number in range(6_100))
    visit.heard.add(TicketRef("acme", "1"))
    assert asyncio.run(visit.turn())
    assert len(drawn) == 2, "it is shown while it waits"
    assert said == [
        "goes on in 0 s, leaving room for others",
        "6,100 tickets, 1 conversation read; goes on in 0 s, leaving room for others",
    ]
