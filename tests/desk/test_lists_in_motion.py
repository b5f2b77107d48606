"""Lists that move, end early or repeat themselves while they are read: no ticket is lost, or a sentence says so."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from crowds import Place, open_place

from supportdesk.cli import reading
from supportdesk.demo import API, REPO
from supportdesk.demo.wire import Answer
from supportdesk.desk import lists, walking
from supportdesk.desk.readings import SyncReport
from supportdesk.errors import NotWritten, StoreError
from supportdesk.model import TicketRef
from supportdesk.providers import Request, zendesk_bulk

DAYS = 86_400
MOVING = ("github", "zendesk agent", "rt")


def sync(place: Place) -> SyncReport:
    place.server.requests.clear()
    return asyncio.run(place.desk.sync())


def name_of(place: Place) -> str:
    return next(iter(place.desk.work.connections))


def here(place: Place) -> set[str]:
    return {ref.id for ref in place.desk.work.cache.refs("all")}


def there(place: Place) -> set[str]:
    server = place.server
    return set(map(str, server.issues if hasattr(server, "issues") else tickets(place)))


def tickets(place: Place) -> dict[int, dict]:
    return place.server.records.tickets if hasattr(place.server, "records") else place.server.tickets  # type: ignore[attr-defined]  # a helpdesk, or RT


def aged(place: Place) -> Place:
    """Everything is older than what a first sync reads as changed."""
    place.desk.work.sync_days = 1
    place.pass_time(3 * DAYS)
    return place


def is_of_older(request: Request) -> bool:
    asked = dict(request.query)
    words = asked.get("query", "")
    return (
        "status<solved" in words
        or "LastUpdated <" in words
        or "state=open" in request.path
        or asked.get("state") == "open"
    )


def solve(place: Place, kind: str, id_: str) -> None:
    server, now = place.server, place.at[0]
    if kind == "github":
        server.issues[int(id_)]["state"] = "closed"  # type: ignore[attr-defined]  # a tracker
        server._touch(server.issues[int(id_)])  # type: ignore[attr-defined]  # as above
    elif kind == "rt":
        server.say(int(id_), "Correspond", "Done.", now)  # type: ignore[attr-defined]  # a crowd
        tickets(place)[int(id_)]["Status"] = "resolved"
    else:
        server.records.write(int(id_), server.me, now, changes={"status": "solved"})  # type: ignore[attr-defined]  # a helpdesk


def between(place: Place, then: Callable[[Request, Answer], Answer]) -> None:
    """Let something happen after each answer, or change it."""
    answer = place.server.answer
    place.server.answer = lambda request: then(request, answer(request))  # type: ignore[method-assign]  # the world goes on


@pytest.mark.parametrize("kind", MOVING)
def test_tickets_that_leave_a_list_before_it_is_taken_up_again_take_no_others_along(kind: str, tmp_path: Path) -> None:
    place = aged(open_place(tmp_path, kind, 700, comments=1))
    pages = [0]

    def cut(request: Request, answer: Answer) -> Answer:
        pages[0] += is_of_older(request)
        if pages[0] == 5:
            raise NotWritten("gone.")
        return answer

    between(place, cut)
    assert sync(place).failed
    del place.server.answer
    listed = sorted(here(place), key=int)[:40]
    place.pass_time(7200)
    for id_ in listed:
        solve(place, kind, id_)
    place.pass_time(120)
    assert sync(place).failed == ()
    assert there(place) - here(place) == set()


@pytest.mark.parametrize("kind", MOVING)
def test_tickets_that_are_touched_between_two_pages_hide_no_others(kind: str, tmp_path: Path) -> None:
    place = aged(open_place(tmp_path, kind, 500, comments=1))
    pages = [0]

    def touched(request: Request, answer: Answer) -> Answer:
        if is_of_older(request) and pages[0] < 4:
            pages[0] += 1
            body = json.loads(answer.raw)
            rows = body if isinstance(body, list) else body.get("results") or body.get("items")
            for row in rows[:2]:
                solve(place, kind, str(row.get("number") or row["id"]))
        return answer

    between(place, touched)
    sync(place)
    place.pass_time(60)
    sync(place)
    assert pages == [4]
    assert there(place) - here(place) == set()


def test_more_tickets_of_one_second_than_a_search_shows_are_all_read(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 1150, comments=1)
    for row in list(tickets(place).values())[:1050]:
        row["updated_at"] = "2026-11-22T08:00:00Z"
    assert sync(place).failed == ()
    assert there(place) == here(place)


def test_more_tickets_made_in_one_second_than_a_search_shows_are_said_to_be_missing(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 1150, comments=1)
    for row in list(tickets(place).values())[:1050]:
        row["updated_at"] = row["created_at"] = "2026-11-22T08:00:00Z"
    assert "More than 1,000 tickets were made and changed at 2026-11-22T08:00:00Z" in " ".join(sync(place).lines)
    assert len(here(place)) >= 1000


@pytest.mark.parametrize("kind", ["rt", "zendesk agent", "zendesk admin"])
def test_a_list_of_more_pages_than_one_sync_reads_is_taken_up_by_the_next(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "MOST_PAGES", 3)
    place = aged(open_place(tmp_path, kind, 800, comments=1))
    first = sync(place)
    assert first.unfinished
    assert "There are more" in " ".join(first.lines)
    assert place.desk.status().desks[0].synced_at is None
    for _ in range(3):
        place.pass_time(60)
        sync(place)
    assert there(place) == here(place)


def test_an_export_of_nothing_does_not_begin_the_older_tickets_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "MOST_PAGES", 3)
    place = aged(open_place(tmp_path, "zendesk admin", 800, comments=1))

    def nowhere(request: Request, answer: Answer) -> Answer:
        if "tickets/cursor" not in request.path:
            return answer
        return Answer(
            status=200, headers=answer.headers, raw=json.dumps(json.loads(answer.raw) | {"after_cursor": None}).encode()
        )

    between(place, nowhere)
    for _ in range(4):
        sync(place)
        place.pass_time(60)
    assert there(place) == here(place)
    assert sync(place).failed == ()


def test_a_command_that_left_some_of_a_list_ends_with_the_code_of_something_unfinished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "MOST_PAGES", 3)
    place = open_place(tmp_path, "github", 350, comments=1)
    asked = SimpleNamespace(desk="", json=False, quiet=True)
    assert [asyncio.run(reading.sync(place.desk, asked)) for _ in range(2)] == [8, 0]


def test_an_export_of_more_pages_than_one_sync_reads_is_not_called_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_PAGES", 3)
    monkeypatch.setattr(zendesk_bulk, "EXPORT_ROWS", 100)
    place = open_place(tmp_path, "zendesk admin", 500, comments=1)
    first = sync(place)
    assert "There are more" in " ".join(first.lines)
    assert place.desk.status().desks[0].synced_at is None
    place.pass_time(60)
    sync(place)
    assert there(place) == here(place)
    assert place.desk.status().desks[0].synced_at is not None


def test_views_are_read_once_in_ten_minutes_while_an_export_takes_several_syncs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_PAGES", 1)
    monkeypatch.setattr(zendesk_bulk, "EXPORT_ROWS", 100)
    place = open_place(tmp_path, "zendesk admin", 500, comments=1)
    asked = []
    for _ in range(4):
        sync(place)
        asked += [it.path for it in place.server.requests if "/views" in it.path]
        place.pass_time(60)
    assert len(asked) == len(set(asked))
    assert asked


def test_a_ticket_that_cannot_be_asked_for_keeps_none_that_are_gone(tmp_path: Path) -> None:
    place = open_place(tmp_path, "github", 30, comments=1)
    sync(place)
    place.server.fail_next("500", on="/issues/10002", times=99)
    issues = place.server.issues  # type: ignore[attr-defined]  # a tracker
    del issues[10_010]
    issues[10_002]["title"] = None
    place.pass_time(13 * 3600)
    assert "still there could not be read" in " ".join(sync(place).lines)
    assert there(place) == here(place)
    place.pass_time(60)
    sync(place)
    assert [it.path for it in place.server.requests if "/issues/" in it.path] == [], "nor is it asked for each minute"


def leads_to(place: Place, path: str, then: str) -> None:
    """Whatever page of this list is asked for, its next one is always the same."""

    def looped(request: Request, answer: Answer) -> Answer:
        if not request.path.partition("?")[0].endswith(path):
            return answer
        headers = {**answer.headers, "Link": f'<{API}/repos/{REPO}{path}?{then}>; rel="next"'}
        return Answer(status=answer.status, headers=headers, raw=answer.raw)

    between(place, looped)


def test_a_list_that_leads_back_to_itself_is_said_to_and_never_called_synced(tmp_path: Path) -> None:
    place = open_place(tmp_path, "github", 250, comments=1)
    leads_to(place, "/issues", "page=2&per_page=100&sort=updated&direction=desc&state=all")
    for _ in range(2):
        report = sync(place)
        assert "list of tickets repeats itself" in " ".join(report.failed)
        assert place.desk.status().desks[0].synced_at is None
        assert len(place.server.requests) < 10
        place.pass_time(60)


@pytest.mark.parametrize("kind", ["github", "zendesk agent"])
def test_a_list_that_led_elsewhere_once_is_read_when_it_does_no_more(kind: str, tmp_path: Path) -> None:
    place = open_place(tmp_path, kind, 250, comments=1)

    def elsewhere(request: Request, answer: Answer) -> Answer:
        if not request.path.endswith(("/issues", "/search.json")):
            return answer
        headers = {**answer.headers, "Link": '<https://elsewhere.example/issues?page=2>; rel="next"'}
        body = json.loads(answer.raw)
        body = body if isinstance(body, list) else body | {"next_page": "https://elsewhere.example/search?page=2"}
        return Answer(status=answer.status, headers=headers, raw=json.dumps(body).encode())

    between(place, elsewhere)
    assert "elsewhere.example" in " ".join(sync(place).failed)
    del place.server.answer
    for _ in range(2):
        place.pass_time(60)
        report = sync(place)
    assert report.failed == ()
    assert there(place) == here(place)


def test_a_list_whose_pages_are_all_the_same_is_left(tmp_path: Path) -> None:
    place = open_place(tmp_path, "rt", 250, comments=1)
    first = place.server.answer(
        Request(method="GET", path="/REST/2.0/tickets", query=(("query", ""), ("per_page", "100")))
    )
    between(place, lambda request, answer: first if request.path.endswith("/tickets") else answer)
    assert "repeats itself" in " ".join(sync(place).failed)
    assert len(place.server.requests) < 12


def test_comments_that_lead_back_to_themselves_are_read_ticket_by_ticket(tmp_path: Path) -> None:
    place = open_place(tmp_path, "github", 120, comments=3)
    leads_to(place, "/issues/comments", "page=2&per_page=100&sort=updated&direction=asc")
    report = sync(place)
    assert report.failed == ()
    assert "repeats itself" in " ".join(report.lines)
    cache = place.desk.work.cache
    assert {cache.comment_count(TicketRef("app", id_)) for id_ in there(place)} == {3}
    assert cache.stale("app", 10) == []


def test_an_export_that_leads_back_is_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zendesk_bulk, "EXPORT_ROWS", 100)
    place = open_place(tmp_path, "zendesk admin", 350, comments=1)
    cursors: list[str] = []

    def looped(request: Request, answer: Answer) -> Answer:
        if "incremental/tickets" not in request.path:
            return answer
        body = json.loads(answer.raw)
        cursors.append(body["after_cursor"])
        back = {"after_cursor": cursors[0 if len(cursors) > 2 else -1], "end_of_stream": False}
        return Answer(status=200, headers=answer.headers, raw=json.dumps(body | back).encode())

    between(place, looped)
    assert "export repeats itself" in " ".join(sync(place).failed)
    assert place.desk.status().desks[0].synced_at is None


def test_the_place_behind_a_page_is_never_kept_without_the_end_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = open_place(tmp_path, "github", 300, comments=1)
    keep, kept = lists.keep, [0]

    def full(*arguments: Any) -> None:
        kept[0] += 1
        if kept[0] == 2:
            raise StoreError("The disk is full.")
        keep(*arguments)

    monkeypatch.setattr(lists, "keep", full)
    assert sync(place).failed
    assert len(here(place)) in (100, 150)  # of the second page at most what an earlier slice had put down
    monkeypatch.undo()
    assert sync(place).failed == ()
    assert here(place) == there(place)


def test_only_a_reading_of_a_desk_that_had_tickets_keeps_what_it_named(tmp_path: Path) -> None:
    place = open_place(tmp_path, "github", 300, comments=1)
    noted: list[str] = []
    cache = place.desk.work.cache
    set_meta = cache.set_meta

    def noting(key: str, value: str) -> None:
        noted.extend([key] if key.startswith("named:") and value else [])
        set_meta(key, value)

    cache.set_meta = noting  # type: ignore[method-assign]  # the cache, overheard
    assert sync(place).failed == ()
    assert noted == []
    place.pass_time(DAYS)
    assert sync(place).failed == ()
    assert len(noted) == 3
