"""What a reading could miss at its edges: the second of a change, a clock set right, views, and what was deleted."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from crowds import START, Place, open_place

from supportdesk.demo.wire import Answer
from supportdesk.desk.readings import SyncReport
from supportdesk.errors import Missing, NotWritten
from supportdesk.model import TicketRef
from supportdesk.providers import Request

HOUR = 3600
KINDS = ("zendesk agent", "github", "rt")
SLOW = timedelta(hours=2)


def sync(place: Place, *, again: bool = False) -> SyncReport:
    place.server.requests.clear()
    return asyncio.run(place.desk.sync(again=again))


def name_of(place: Place) -> str:
    return next(iter(place.desk.work.connections))


def ref_of(place: Place, number: int) -> TicketRef:
    name = name_of(place)
    return TicketRef(name, str(number + 1 if name == "help" else 10_000 + number))


def said_on(place: Place, number: int) -> int:
    return place.desk.work.cache.comment_count(ref_of(place, number)) or 0


def delete(place: Place, number: int) -> TicketRef:
    """The service has the ticket no more."""
    ref, server = ref_of(place, number), place.server
    rows = (
        server.issues
        if name_of(place) == "app"
        else server.records.tickets
        if name_of(place) == "acme"
        else server.tickets
    )  # type: ignore[attr-defined]  # one of three
    del rows[int(ref.id)]
    return ref


def is_here(place: Place, ref: TicketRef) -> bool:
    return place.desk.work.cache.ticket(ref) is not None


def between(place: Place, then: Callable[[Request, Answer], Answer]) -> None:
    answer = place.server.answer
    place.server.answer = lambda request: then(request, answer(request))  # type: ignore[method-assign]  # the world goes on


def is_list(request: Request) -> bool:
    return request.path.partition("?")[0].endswith(("/search.json", "/issues", "/tickets"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["sync", "refresh"])
def test_what_is_said_in_the_second_in_which_a_conversation_was_read_comes_too(
    kind: str, how: str, tmp_path: Path
) -> None:
    place = open_place(tmp_path, kind, 12, comments=2)
    sync(place)
    place.pass_time(300)
    place.reply(3)
    if how == "refresh":
        asyncio.run(place.desk.refresh(ref_of(place, 3)))
    else:
        sync(place)
    assert said_on(place, 3) == 3
    place.reply(3)
    if kind == "zendesk agent":  # the demo's moves on by a second then
        place.server.records.tickets[10_003]["updated_at"] = "2026-11-22T09:05:00Z"  # type: ignore[attr-defined]  # a helpdesk
    place.pass_time(60)
    sync(place)
    assert said_on(place, 3) == 4
    place.pass_time(60)
    asked = len(place.server.requests)
    sync(place)
    place.pass_time(60)
    sync(place)
    assert len(place.server.requests) == 1 < asked, "it is looked at once more, not for ever"


def test_a_count_of_comments_that_differs_is_reason_enough_to_read_them(tmp_path: Path) -> None:
    place = open_place(tmp_path, "github", 12, comments=2)
    sync(place)
    place.pass_time(300)
    place.reply(3)
    issue = place.server.issues[10_003]  # type: ignore[attr-defined]  # a tracker
    at = issue["updated_at"]
    place.pass_time(60)
    sync(place)
    place.reply(3)
    issue["updated_at"] = at
    place.pass_time(60)
    sync(place)
    assert said_on(place, 3) == 4


def test_a_ticket_that_says_it_changes_in_years_to_come_is_not_read_for_ever(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 12, comments=2)
    place.server.records.tickets[10_003]["updated_at"] = "2031-01-01T00:00:00Z"  # type: ignore[attr-defined]  # a helpdesk
    sync(place)
    place.pass_time(60)
    sync(place)
    assert len(place.server.requests) == 1


class Clocks:
    """The service's clock, and ours that is ahead of it until it is set right."""

    def __init__(self, place: Place) -> None:
        self.place, self.there = place, START
        self.wire = place.desk.work.connections[name_of(place)].wire
        place.server.now = lambda: self.there
        place.at[0] = START + SLOW
        self.told()

    def told(self) -> None:
        """The service's last answer told its time."""
        self.wire.server_time_offset_s = (self.there - self.place.at[0]).total_seconds()  # type: ignore[misc]  # the demo's wire

    def pass_time(self, seconds: float) -> None:
        self.there += timedelta(seconds=seconds)
        self.place.at[0] += timedelta(seconds=seconds)

    def set_right(self) -> None:
        self.place.at[0] = self.there


@pytest.mark.parametrize("kind", KINDS)
def test_a_clock_that_is_set_right_while_a_desk_is_read_hides_no_news(kind: str, tmp_path: Path) -> None:
    place = open_place(tmp_path, kind, 150, comments=2)
    clocks, answers = Clocks(place), [0]

    def told(request: Request, answer: Answer) -> Answer:
        answers[0] += 1
        if answers[0] == 4:
            clocks.set_right()
        clocks.told()
        return answer

    between(place, told)
    sync(place)
    clocks.pass_time(60)
    place.reply(3)
    clocks.pass_time(60)
    sync(place)
    assert said_on(place, 3) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_clock_that_is_set_right_before_a_reading_is_taken_up_again_hides_no_news(kind: str, tmp_path: Path) -> None:
    place = open_place(tmp_path, kind, 350, comments=2)
    clocks, lists = Clocks(place), [0]

    def told(request: Request, answer: Answer) -> Answer:
        clocks.told()
        lists[0] += is_list(request)
        if lists[0] == 4:
            raise NotWritten("gone.")
        return answer

    between(place, told)
    assert sync(place).failed
    del place.server.answer
    clocks.pass_time(600)
    clocks.set_right()
    between(place, lambda request, answer: clocks.told() or answer)
    assert sync(place).failed == ()
    clocks.pass_time(60)
    place.reply(3)
    clocks.pass_time(60)
    sync(place)
    assert said_on(place, 3) == 3


def in_view(place: Place) -> int:
    (view,) = [view for view in place.desk.views() if view.name == "Unassigned tickets"]
    return len(place.desk.work.cache.refs(view.id))


def assign(place: Place) -> None:
    records = place.server.records  # type: ignore[attr-defined]  # a helpdesk
    records.write(10_003, place.server.me, place.at[0], changes={"assignee_id": place.server.me})  # type: ignore[attr-defined]  # as above


def test_a_views_ticket_that_left_it_goes_when_the_ten_minutes_are_over(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 40, comments=1)
    sync(place)
    place.pass_time(30)
    assign(place)
    for _ in range(8):
        place.pass_time(60)
        sync(place)
        assert in_view(place) == 40, "views are read every ten minutes"
    for _ in range(2):
        place.pass_time(60)
        sync(place)
    assert in_view(place) == 39
    place.pass_time(3 * HOUR)
    sync(place)
    assert len(place.server.requests) == 1, "nothing changed since"


def test_somebody_who_asks_for_everything_now_gets_the_views_too(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 40, comments=1)
    sync(place)
    place.pass_time(30)
    assign(place)
    sync(place, again=True)
    assert in_view(place) == 39


def test_views_that_are_not_read_are_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supportdesk.desk.lists.MOST_VIEWS", 1)
    place = open_place(tmp_path, "zendesk agent", 12, comments=1)
    said = " ".join(sync(place).lines)
    assert "views: the first 1 are read" in said
    assert len([view for view in place.desk.views() if view.desk]) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_ticket_on_screen_that_was_deleted_is_gone_within_the_hour(kind: str, tmp_path: Path) -> None:
    place = open_place(tmp_path, kind, 12, comments=1)
    sync(place)
    ref = delete(place, 9)
    place.desk.work.attention.opened = ref
    for _ in range(3):
        place.pass_time(20 * 60)
        sync(place)
    assert not is_here(place, ref)
    assert len(place.desk.queue("open")) == 11


@pytest.mark.parametrize("kind", KINDS)
def test_a_ticket_that_is_asked_for_and_is_gone_leaves_the_queue_and_keeps_its_draft(kind: str, tmp_path: Path) -> None:
    place = open_place(tmp_path, kind, 12, comments=1)
    sync(place)
    ref = delete(place, 9)
    place.desk.save_draft(ref, "half", public=True)
    with pytest.raises(Missing, match="taken out of the queue; what you wrote on it is kept"):
        asyncio.run(place.desk.refresh(ref))
    assert not is_here(place, ref)
    assert place.desk.work.ledger.draft(ref, True) is not None
    assert place.desk.status().desks[0].online


@pytest.mark.parametrize("kind", ["zendesk agent", "rt"])
def test_what_a_service_would_not_tell_of_vanished_tickets_is_asked_for_again(kind: str, tmp_path: Path) -> None:
    place = open_place(tmp_path, kind, 12, comments=1)
    sync(place)
    ref = delete(place, 9)
    place.pass_time(13 * HOUR)
    failed = [0]

    def failing(request: Request, answer: Answer) -> Answer:
        asked = dict(request.query)
        if "show_many" in request.path or f"id = {ref.id}" in asked.get("query", ""):
            failed[0] += 1
            return place.server.refuse(500, "Internal")
        return answer

    between(place, failing)
    assert sync(place).failed == ()
    assert failed == [1]
    del place.server.answer
    place.pass_time(60)
    sync(place)
    assert not is_here(place, ref)


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_reading_in_two_parts_finds_out_what_vanished_too(kind: str, tmp_path: Path) -> None:
    place = open_place(tmp_path, kind, 250, comments=1)
    sync(place)
    ref = delete(place, 9)
    place.pass_time(13 * HOUR)
    lists = [0]

    def cut(request: Request, answer: Answer) -> Answer:
        lists[0] += is_list(request)
        if lists[0] == 3:
            raise NotWritten("gone.")
        return answer

    between(place, cut)
    assert sync(place).failed
    del place.server.answer
    place.pass_time(60)
    sync(place)
    assert not is_here(place, ref)
    assert (
        sum("show_many" in request.path or request.path.endswith("/issues/10009") for request in place.server.requests)
        <= 1
    )
    place.pass_time(60)
    sync(place)
    assert len(place.server.requests) == 1
