"""The queue stays as it was until newer tickets are asked for."""

from datetime import timedelta

from standin import NOW, StandIn
from standin_story import OKAFOR, story, ticket

from supportdesk.model import TicketRef
from supportdesk.ui.steady import Steady


def newer(desk: StandIn, number: int) -> TicketRef:
    fresh = ticket(number, "Just in", OKAFOR, hours=0)
    desk.add(fresh)
    return fresh.ref


def test_a_ticket_that_comes_in_on_top_waits_and_is_counted() -> None:
    desk = story()
    before = Steady(desk.queue())
    ref = newer(desk, 9001)
    after = before.after(desk.queue())
    assert list(after.order) == list(before.order)
    assert after.newer == 1
    assert after.index_of(ref) is None
    assert Steady(desk.queue()).index_of(ref) == 0


def test_a_ticket_that_left_is_gone_and_what_comes_in_below_follows() -> None:
    desk = story()
    before = Steady(desk.queue())
    gone = before.order[3]
    del desk.tickets[gone]
    late = ticket(9002, "Found on the next page", OKAFOR, hours=900)
    desk.add(late)
    after = before.after(desk.queue())
    assert after.index_of(gone) is None
    assert after.order[-1] == late.ref
    assert [row.ref for row in after] == list(after.order)


def test_an_answered_ticket_keeps_its_place_but_shows_what_is_new() -> None:
    desk = story()
    before = Steady(desk.queue())
    ref = before.order[5]
    old = desk.tickets[ref]
    desk.tickets[ref] = ticket(int(ref.id), "A new subject", old.requester, hours=0)
    after = before.after(desk.queue())
    assert after.index_of(ref) == 5
    assert after[5].subject == "A new subject"
    assert NOW - after[5].updated_at < timedelta(minutes=1)


def test_an_emptied_list_starts_anew() -> None:
    desk = story()
    before = Steady(desk.queue("flagged"))
    desk.found.clear()
    assert len(before.after(desk.queue("flagged"))) == 0
