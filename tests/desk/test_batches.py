"""One change of several tickets: an entry each, one append, taken back as one."""

from pathlib import Path

import pytest
from house import DESK, House, open_house

from supportdesk.model import Status, TicketRef, Update
from supportdesk.outbox import LIVE


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path, undo_s=8.0)


def test_every_ticket_has_its_own_entry_and_undo_takes_back_all_of_them(house: House) -> None:
    desk = house.desk
    first, *refs = [ref for ref in desk.queue("open").refs if ref.desk == DESK][:4]
    desk.update(first, Update(priority="low"))
    batch = desk.update_all([*refs, TicketRef(DESK, "999999")], Update(status=Status.SOLVED))
    assert {entry.ref for entry in batch.queued} == set(refs)
    assert len({entry.op for entry in batch.queued}) == len(batch.queued)
    assert list(batch.refused) == [TicketRef(DESK, "999999")]
    assert f"{len(refs)} tickets" in desk.undo()
    left = [entry.ref for entry in desk.outbox() if entry.state in LIVE]
    assert left == [first]
    assert str(first) in desk.undo()


def test_a_later_change_is_taken_back_before_the_batch(house: House) -> None:
    desk = house.desk
    one, two, three = [ref for ref in desk.queue("open").refs if ref.desk == DESK][:3]
    desk.update_all([one, two], Update(status=Status.SOLVED))
    desk.update(three, Update(priority="low"))
    assert str(three) in desk.undo()
    assert "2 tickets" in desk.undo()
