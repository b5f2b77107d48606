"""Conversations that cannot be read: the others go on, they are asked for ever less, and it is said that they lack."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from crowds import Place, fail_after, open_place, put_back

from supportdesk.demo.wire import Answer
from supportdesk.desk.readings import SyncReport
from supportdesk.model import TicketRef
from supportdesk.providers import Request
from supportdesk.ui.topline import status_line


def spoil(place: Place, status: int, *parts: str) -> list[str]:
    """Answer whatever has one of these in its path with an error, as long as the list that comes back holds them."""
    answer, spoilt = place.server.answer, list(parts)

    def spoiling(request: Request) -> Answer:
        if not any(part in f"{request.path}/" for part in spoilt):
            return answer(request)
        place.server.requests.append(request)
        return place.server.refuse(status, "No.")

    place.server.answer = spoiling  # type: ignore[method-assign]  # its weather
    return spoilt


def minute(place: Place) -> tuple[SyncReport, int]:
    """A sync, how many requests it cost, and a minute after it."""
    place.server.requests.clear()
    report = asyncio.run(place.desk.sync(for_s=30))
    place.pass_time(60)
    return report, len(place.server.requests)


def look_at(place: Place, numbers: Sequence[int]) -> None:
    place.desk.work.attention.show([TicketRef("acme", str(10_000 + number)) for number in numbers])


def line(place: Place, width: int = 80) -> str:
    pieces = status_line(place.desk.status(), width, place.at[0], demo=False).pieces
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize("bad", [6, 20])
def test_some_that_cannot_be_read_stop_no_other_and_are_not_the_services_end(tmp_path: Path, bad: int) -> None:
    place = open_place(tmp_path, "zendesk agent", 60, comments=2)
    look_at(place, range(bad))
    spoil(place, 500, *(f"/{10_000 + number}/comments" for number in range(bad)))
    for _ in range(8):
        report, _ = minute(place)
        assert place.desk.status().desks[0].online
    assert place.desk.status().desks[0].synced_at is not None
    assert len(place.desk.work.cache.stale("acme", 99)) == bad == report.unread
    assert f"{bad} conversations could not be read" in " ".join([*report.lines, *report.failed])


@pytest.mark.parametrize("status", [403, 500])
def test_at_rest_one_request_a_minute_is_made_whatever_cannot_be_read(tmp_path: Path, status: int) -> None:
    place = open_place(tmp_path, "zendesk agent", 30, comments=2)
    spoil(place, status, *(f"/{10_000 + number}/comments" for number in range(10)))
    calls = [minute(place)[1] for _ in range(240)]
    assert calls[3:5] == [1, 1]
    assert sum(calls[180:]) <= 60 + 10, "they are asked for less and less"
    assert sum(calls[5:]) <= 235 + 10 * 6


def test_one_that_failed_is_read_when_its_ticket_changes_or_when_it_can_be(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 30, comments=2)
    spoilt = spoil(place, 500, "/10003/comments", "/10004/comments")
    for _ in range(3):
        minute(place)
    assert line(place).rstrip().endswith("2 unread, R says which")
    spoilt.clear()
    place.reply(3)
    place.pass_time(10)
    minute(place)
    assert [ref.id for ref in place.desk.work.cache.stale("acme", 9)] == ["10004"]
    place.pass_time(300)
    report, _ = minute(place)
    assert place.desk.work.cache.stale("acme", 9) == []
    assert report.unread == 0
    assert "unread" not in line(place)


def test_what_somebody_asks_for_is_asked_for_at_once(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 30, comments=2)
    spoilt = spoil(place, 403, "/10003/comments")
    minute(place)
    spoilt.clear()
    assert minute(place)[0].unread == 1
    assert asyncio.run(place.desk.sync(again=True)).unread == 0


def test_who_signs_in_as_somebody_else_is_not_barred_from_what_the_other_might_not_read(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 30, comments=2)
    spoilt = spoil(place, 403, "/10003/comments")
    minute(place)
    spoilt.clear()
    place.desk.work.read_afresh("acme")
    assert minute(place)[0].unread == 0


def test_opening_one_that_cannot_be_read_does_not_make_the_desk_offline(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 3, comments=2)
    minute(place)
    place.reply(1)
    spoil(place, 500, "/10001/", "/10001.json")
    with pytest.raises(Exception, match="500"):
        asyncio.run(place.desk.refresh(TicketRef("acme", "10001")))
    assert place.desk.status().desks[0].online
    assert "1 unread, R says which" in line(place)


@pytest.mark.parametrize(("kind", "feed"), [("zendesk admin", "ticket_events"), ("github", "issues/comments")])
def test_a_feed_that_fails_is_not_a_service_that_is_away_and_what_lacks_is_counted(
    tmp_path: Path, kind: str, feed: str
) -> None:
    place = open_place(tmp_path, kind, 30, comments=2)
    spoilt = spoil(place, 500, feed)
    report, _ = minute(place)
    assert (report.failed, report.unread) == ((), 30)
    assert "● synced 1m ago · 30 unread, R says which" in line(place)
    spoilt.clear()
    assert minute(place)[0].unread == 0
    assert "unread" not in line(place)


def test_views_that_cannot_be_read_stand_in_the_status_line_too(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 3)
    spoil(place, 500, "/views")
    minute(place)
    assert "● synced 1m ago · some unread, R says why" in line(place)


def test_a_view_that_fails_keeps_none_of_the_others_unread(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 30, comments=1)
    spoil(place, 503, "/views/360001/")
    minute(place)
    filled = {view.name for view in place.desk.views() if view.desk and view.count}
    assert "All unsolved tickets" in filled
    assert "● synced 1m ago · some unread, R says why" in line(place)


def test_views_that_lead_elsewhere_keep_no_conversation_unread(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 3, comments=1)
    spoil(place, 302, "/views.json")
    minute(place)
    assert place.desk.work.cache.stale("acme", 9) == []


def test_rows_of_a_reading_that_was_cut_are_told_of_at_its_end(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 350, comments=1)
    place.server.garbled = {10_005, 10_007}  # type: ignore[attr-defined]  # a helpdesk
    fail_after(place, 5)
    assert minute(place)[0].failed
    put_back(place)
    for _ in range(2):
        report, _ = minute(place)
        assert "2 rows could not be read" in " ".join(report.lines)


def test_rows_that_cannot_be_read_are_told_of_until_everything_was_read_again(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 30)
    place.server.garbled = {10_005, 10_007}  # type: ignore[attr-defined]  # a helpdesk
    for _ in range(3):
        report, _ = minute(place)
        assert "2 unread, R says which" in line(place)
    assert "2 rows could not be read" in " ".join(report.lines)


def test_another_run_knows_what_the_last_one_could_not_read(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 30, comments=2)
    spoil(place, 403, "/10003/comments")
    minute(place)
    place.desk.work.close()
    again = open_place(tmp_path, "zendesk agent", 30, comments=2)
    assert again.desk.status().desks[0].unread == 1


def test_what_waits_for_room_for_longer_than_a_sync_or_two_is_counted(tmp_path: Path) -> None:
    place = open_place(tmp_path, "github", 30, comments=2, share=0.5)
    answer = place.server.answer

    def nearly_used_up(request: Request) -> Answer:
        found, resets = answer(request), place.at[0].timestamp() + 3000
        told = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "2400", "X-RateLimit-Reset": f"{resets:.0f}"}
        kept = {name: value for name, value in found.headers.items() if not name.lower().startswith("x-ratelimit")}
        return replace(found, headers={**kept, **told})

    place.server.answer = nearly_used_up  # type: ignore[method-assign]  # by another program of ours
    report, _ = minute(place)
    assert report.unread == 30
    assert "room is left for others" in report.lines[0]
    assert "● synced 1m ago · 30 unread, R says which" in line(place)
    assert asyncio.run(place.desk.sync()).unread == 30, "a command does not wait for it either"


def test_a_desk_that_is_asked_to_wait_says_so(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 30)
    minute(place)
    place.server.fail_next("429", on="search", wait_s=3600)
    minute(place)
    assert "● synced 2m ago · held up, R says why" in line(place)


def test_a_sync_by_a_clock_that_was_ahead_is_not_said_to_be_just_now(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 3)
    minute(place)
    place.pass_time(-3 * 3600)
    assert "synced just now" not in line(place)
    assert f"synced {place.desk.status().desks[0].synced_at.astimezone(place.at[0].tzinfo):%H:%M}" in line(place)  # type: ignore[union-attr]  # it was
