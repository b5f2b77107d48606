"""A command puts several pages of a list down in one write: what ends it in between loses none that had come."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from crowds import Place, open_place

from supportdesk.demo.wire import Answer
from supportdesk.desk.attention import COMMAND_PAGES, COMMAND_SLICE_S, Attention
from supportdesk.errors import Lost, Refused, StoreError
from supportdesk.model import Ticket
from supportdesk.providers import Request

ENDS = (
    ("github", Lost, 2),
    ("github", asyncio.CancelledError, COMMAND_PAGES + 1),
    ("zendesk agent", Refused, 2),
    ("rt", Lost, COMMAND_PAGES + 1),
)


def command(folder: Path, kind: str) -> Place:
    place = open_place(folder, kind, 700, comments=1)
    place.desk.attention.slice_s = COMMAND_SLICE_S
    return place


def here(place: Place) -> int:
    return place.desk.work.cache.count("open")


def is_a_page(request: Request) -> bool:
    lists = ("/issues", "/search.json", "/tickets")
    return request.path.partition("?")[0].endswith(lists) and ("per_page", "1") not in request.query


@pytest.mark.parametrize(("kind", "end", "pages"), ENDS)
def test_pages_that_had_come_are_kept_whatever_ends_a_command(
    kind: str, end: type[BaseException], pages: int, tmp_path: Path
) -> None:
    place = command(tmp_path, kind)
    answer, left = place.server.answer, [pages]

    def ended(request: Request) -> Answer:
        left[0] -= is_a_page(request)
        if left[0] < 0:
            raise end("gone.")
        return answer(request)

    place.server.answer = ended  # type: ignore[method-assign]  # its weather, or ctrl+c
    with suppress(asyncio.CancelledError):
        assert asyncio.run(place.desk.sync()).failed
    del place.server.answer
    assert here(place) == 100 * pages
    place.pass_time(60)
    asked = place.sync()
    assert here(place) == 700
    assert asked["tickets"] <= 7 - pages + 3, "what changed meanwhile, the empty last page, and none twice"


async def a_step_at_a_time(_: Attention) -> float:
    return 0.0


@pytest.mark.parametrize("write", [1, 4, 6])
def test_a_full_disk_leaves_no_place_ahead_of_its_rows(
    write: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Attention, "give_way", a_step_at_a_time)
    place = command(tmp_path, "github")
    put, left = place.desk.work.cache.put_tickets, [write]

    def full(*some: list[Ticket], **openings: object) -> int:
        left[0] -= 1
        if not left[0]:
            raise StoreError("The disk is full.")
        return put(*some, **openings)  # type: ignore[arg-type]  # as it came

    place.desk.work.cache.put_tickets = full  # type: ignore[method-assign]  # a disk
    assert asyncio.run(place.desk.sync()).failed
    assert here(place) < 700
    del place.desk.work.cache.put_tickets  # type: ignore[method-assign]  # the cache as it is
    place.pass_time(60)
    place.sync()
    assert here(place) == 700
