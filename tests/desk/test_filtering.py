"""The queue's filter: answered from memory while nothing has changed, and never otherwise than from disk."""

import asyncio
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.errors import NotFoundError
from supportdesk.model import TicketRef


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def found(house: House, text: str) -> list[TicketRef]:
    return list(house.desk.queue("open", text).refs)


def test_letters_are_answered_from_memory_until_something_changes(house: House) -> None:
    filtering, cache = house.desk.filtering, house.desk.work.cache
    everything = house.desk.queue("open").refs
    wanted = cache.ticket(everything[0])
    assert wanted is not None
    before = found(house, wanted.subject)
    run(filtering.prepare("open"))
    assert filtering.ready("open")
    assert not filtering.ready("all")
    assert found(house, wanted.subject) == before == [ref for ref in everything if ref in before]
    assert found(house, "") == list(everything)
    cache.forget_ticket(before[0])
    assert not filtering.ready("open")
    assert found(house, wanted.subject) == before[1:]


def test_the_rows_are_let_go_when_the_filter_closes_and_a_view_that_is_not_there_is_an_error(house: House) -> None:
    run(house.desk.filtering.prepare("open"))
    house.desk.filtering.leave()
    assert not house.desk.filtering.ready("open")

    async def left_meanwhile() -> None:
        reading = asyncio.create_task(house.desk.filtering.prepare("open"))
        await asyncio.sleep(0)
        house.desk.filtering.leave()
        await reading

    run(left_meanwhile())
    assert not house.desk.filtering.ready("open")
    with pytest.raises(NotFoundError):
        run(house.desk.filtering.prepare("nowhere"))
    run(house.desk.filtering.prepare("open"))
    assert house.desk.filtering.ready("open")


def test_the_lists_of_the_last_views_are_not_read_again_until_something_changes(house: House) -> None:
    desk = house.desk
    before = desk.queue("open").refs
    first, everything = before[0], desk.queue("all").refs
    desk.work.cache.mark_read(first)
    assert desk.queue("open").refs is before, "who reads changes no list"
    for view in ("flagged", "waiting"):
        desk.queue(view)
    assert desk.queue("all").refs is everything
    assert desk.queue("open").refs is not before, "three are kept"
    desk.work.cache.forget_ticket(first)
    assert first not in desk.queue("open").refs
    assert first not in desk.queue("all").refs
