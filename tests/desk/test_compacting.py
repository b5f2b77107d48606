"""The ledger is compacted where nobody waits: after a sync, in another thread, and not by who only reads."""

import asyncio
import threading

import pytest
from house import House, open_house, run

from supportdesk.desk import compacting
from supportdesk.errors import StoreError


@pytest.fixture
def house(tmp_path) -> House:
    return open_house(tmp_path)


def wear(house: House) -> int:
    """Type until it is worth it; how long the file is then."""
    ref = house.flagged()
    for number in range(30):
        house.desk.save_draft(ref, f"{number} " + "word " * 20_000, public=True)
    assert house.desk.work.ledger.worth_compacting
    return size(house)


def size(house: House) -> int:
    return (house.folder / "journal").stat().st_size


def test_a_sync_compacts_a_worn_ledger_and_no_mark_is_drawn_again(house: House) -> None:
    work, worn, told = house.desk.work, wear(house), []
    kept = work.ledger.drafts()
    run(compacting.compact(work))
    assert size(house) < worn / 4
    work.listeners.append(lambda: told.append(1))
    work.catch_up()
    assert not told, "the ledger says what it said"
    assert work.ledger.drafts() == kept
    assert not work.ledger.worth_compacting


def test_it_is_done_by_another_thread(house: House) -> None:
    wear(house)
    threads: list[int] = []
    work = house.desk.work
    compact_aside = work.ledger.compact_aside

    def seen(pace):
        threads.append(threading.get_ident())
        return compact_aside(pace)

    work.ledger.compact_aside = seen
    run(compacting.compact(work))
    assert threads
    assert threading.get_ident() not in threads


def test_who_only_reads_writes_nothing(house: House) -> None:
    worn = wear(house)
    house.desk.work.read_only = True
    run(compacting.compact(house.desk.work))
    assert size(house) == worn


def test_left_on_the_way_it_ends_and_nothing_is_lost(house: House) -> None:
    worn, work = wear(house), house.desk.work

    async def leave() -> None:
        task = asyncio.create_task(compacting.compact(work, 30.0))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(leave())  # which waits for its threads
    assert size(house) == worn
    house.desk.save_draft(house.flagged(), "on", public=True)
    assert [it.body for it in work.ledger.drafts()] == ["on"]


def test_a_disk_that_refuses_is_a_notice_and_it_is_not_tried_at_once_again(house: House) -> None:
    wear(house)
    work = house.desk.work

    def refused(pace):
        raise StoreError("Compacting the ledger failed: the disk is full.", "Free some space.")

    work.ledger.compact_aside = refused
    run(compacting.compact(work))
    run(compacting.compact(work))
    assert [notice for notice in work.notices if "disk is full" in notice] == [work.notices[-1]]
