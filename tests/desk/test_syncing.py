"""Reading: bad rows, conversations that cannot be read, tickets that vanish, other people, other places, leaving."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.demo import DESK, TRACKER, Embedded, Helpdesk
from supportdesk.demo.story import Case, Entry, Story, open_story
from supportdesk.desk import open_demo
from supportdesk.desk.visit import together
from supportdesk.desk.workplace import Connection
from supportdesk.errors import NotWritten
from supportdesk.model import Decision, TicketRef
from supportdesk.providers import Request


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def paths(house: House) -> list[str]:
    return [request.path for request in house.helpdesk.requests]


def crowd(house: House, count: int) -> Helpdesk:
    """A helpdesk with that many tickets behind the same wire."""
    told = open_story(house.at[0], 0)
    author = next(key for key, someone in told.people.items() if someone.side == "customer")
    tickets = tuple(
        Case(
            id=10_000 + number,
            subject=f"Question {number}",
            author=author,
            status="open",
            entries=(
                Entry(author=author, at=house.at[0] - timedelta(minutes=1 + number), body=f"How is {number} done?"),
            ),
        )
        for number in range(count)
    )
    story = Story(organizations=told.organizations, people=told.people, tickets=tickets, issues=told.issues)
    helpdesk = Helpdesk(lambda: house.at[0], story=story)
    wire = house.desk.work.connection(DESK).wire
    assert isinstance(wire, Embedded)
    wire.server = helpdesk
    return helpdesk


def test_more_tickets_than_a_search_shows_are_all_read_and_the_bad_rows_counted(tmp_path: Path) -> None:
    house = open_house(tmp_path, synced=False)
    helpdesk = crowd(house, 1200)
    helpdesk.garbled = {10_003, 10_777, 11_100}
    report = run(house.desk.sync(desk=DESK))
    assert report.failed == ()
    assert report.bad_rows >= 3
    assert len(house.desk.queue("open")) == 1197
    assert house.desk.work.cache.stale(DESK, 10) == []


def test_a_sync_that_is_left_half_way_is_taken_up_again(tmp_path: Path) -> None:
    house = open_house(tmp_path, synced=False)
    helpdesk = crowd(house, 200)

    def half_way(words: str) -> bool:
        return "to go" in words and int(words.split()[1]) <= 150

    async def leave() -> None:
        task = asyncio.create_task(house.desk.sync(lambda words: half_way(words) and task.cancel(), desk=DESK))
        await asyncio.wait({task}, timeout=20)
        assert task.cancelled()

    run(leave())
    assert house.desk.status().syncing == ""
    helpdesk.requests.clear()
    assert run(house.desk.sync(desk=DESK)).failed == ()
    assert house.desk.work.cache.stale(DESK, 300) == []
    assert (
        sum("comments" in request.path for request in helpdesk.requests) <= 160
    )  # what was under way is read once more


def test_a_conversation_that_cannot_be_read_stops_no_other(house: House) -> None:
    refs = [ref for ref in house.desk.queue("open").refs if ref.desk == DESK]
    for ref in refs:
        house.helpdesk.customer_replies(int(ref.id), "And another thing.")
    house.helpdesk.fail_next("500", on=f"{refs[0].id}/comments")
    house.pass_time(60)
    report = run(house.desk.sync())
    assert report.failed == ()
    assert report.unread == 1
    assert "1 conversations could not be read" in " ".join(report.lines)
    assert house.desk.work.cache.stale(DESK, 100) == [refs[0]]
    assert run(house.desk.sync()).unread == 0


def test_a_service_that_fails_every_conversation_is_not_asked_for_all_of_them(house: House) -> None:
    refs = [ref for ref in house.desk.queue("open").refs if ref.desk == DESK]
    for ref in refs:
        house.helpdesk.customer_replies(int(ref.id), "And another thing.")
    house.helpdesk.fail_next("500", on="/comments", times=100)
    house.helpdesk.requests.clear()
    house.pass_time(60)
    assert run(house.desk.sync()).failed
    assert sum("comments" in path for path in paths(house)) < 12


def test_a_ticket_that_its_service_no_longer_has_leaves_the_queue(house: House) -> None:
    ref = next(ref for ref in house.desk.queue("open").refs if ref.desk == DESK)
    del house.helpdesk.records.tickets[int(ref.id)]
    house.pass_time(13 * 3600)
    run(house.desk.sync())
    assert house.desk.read(ref) is None
    assert ref not in house.desk.queue("all").refs


def test_views_that_cannot_be_read_keep_nobody_from_the_conversations(house: House) -> None:
    ref = next(ref for ref in house.desk.queue("open").refs if ref.desk == DESK)
    house.helpdesk.customer_replies(int(ref.id), "And another thing.")
    house.helpdesk.fail_next("403", on="/views")
    house.pass_time(601)
    report = run(house.desk.sync())
    assert report.failed == ()
    assert "views" in " ".join(report.lines)
    assert house.desk.read(ref).comments[-1].body == "And another thing."  # type: ignore[union-attr]  # there


def test_a_short_wait_that_a_service_asks_for_is_waited_for(house: House) -> None:
    house.helpdesk.fail_next("429", wait_s=0.001)
    told: list[str] = []
    assert run(house.desk.sync(told.append)).failed == ()
    assert any("as the service asks" in words for words in told)


def test_what_is_unchanged_is_not_sent_again(house: House) -> None:
    house.pass_time(600)
    run(house.desk.sync())
    house.tracker.requests.clear()
    run(house.desk.sync())
    lists = [request for request in house.tracker.requests if request.path.endswith("/issues")]
    assert any(name.lower() == "if-none-match" for name, _ in lists[0].headers)
    assert len(lists) == 1


def test_somebody_else_signing_in_reads_everything_afresh(house: House) -> None:
    house.pass_time(60)
    house.helpdesk.requests.clear()
    run(house.desk.sync())
    assert not any(unsolved(request) for request in house.helpdesk.requests)
    house.helpdesk.me = house.helpdesk.records.ids["ben"]
    again = open_demo(house.folder, now=lambda: house.at[0])
    again.work.connections[DESK] = Connection(again.accounts[DESK], lambda: Embedded(house.helpdesk))
    again.work.recall()
    run(again.sync(desk=DESK))
    assert any(unsolved(request) for request in house.helpdesk.requests)


def unsolved(request: Request) -> bool:
    return any(value.startswith("type:ticket status<solved") for _, value in request.query)


def test_a_desk_that_leads_elsewhere_now_keeps_none_of_the_old_tickets(house: House) -> None:
    kept = [ref for ref in house.desk.queue("all").refs if ref.desk == TRACKER]
    connection = house.desk.work.connection(DESK)
    connection.account = replace(connection.account, url="https://other.helpdesk.example")
    house.desk.work.recall()
    assert set(house.desk.queue("all").refs) == set(kept)
    assert connection.synced_at is None
    assert all(view.desk != DESK for view in house.desk.views())
    assert json.loads(house.desk.work.cache.meta("desks"))[DESK].endswith("other.helpdesk.example||")


def test_one_failure_leaves_none_of_the_others_behind() -> None:
    done: list[int] = []

    async def fails() -> None:
        raise NotWritten("no way.")

    async def goes_on(number: int) -> None:
        await asyncio.sleep(0.01)
        done.append(number)

    with pytest.raises(NotWritten):
        run(together([goes_on(1), fails(), goes_on(2)]))
    assert done == [1, 2]


def test_a_dismissed_flag_stays_away_and_a_new_answer_may_raise_another(house: House) -> None:
    ref = house.flagged()
    house.desk.verdict(ref, Decision.DISMISSED)
    assert ref not in house.desk.queue("flagged").refs
    house.desk.verdict(ref, Decision.CONFIRMED)
    assert ref in house.desk.queue("flagged").refs


def test_dismissing_a_weaker_finding_leaves_the_strongest_flag_up(house: House) -> None:
    two = [ref for ref in house.desk.queue("flagged").refs if len(house.desk.read(ref).findings) > 1]  # type: ignore[union-attr]  # there
    weaker = house.desk.read(two[0]).findings[1]  # type: ignore[union-attr]  # there
    strongest = house.desk.read(two[0]).findings[0]  # type: ignore[union-attr]  # there
    assert weaker.comment_id != strongest.comment_id
    house.desk.verdict(two[0], Decision.DISMISSED, comment_id=weaker.comment_id)
    assert two[0] in house.desk.queue("flagged").refs


def test_a_draft_that_another_process_threw_away_is_not_marked_any_more(house: House, tmp_path: Path) -> None:
    ref = TicketRef(DESK, house.flagged().id)
    house.desk.save_draft(ref, "half", public=True)
    other = open_demo(tmp_path, now=lambda: house.at[0])
    other.work.ledger.delete_draft(ref, True)
    run(other.close())
    assert next(row for row in house.desk.queue("all") if row.ref == ref).draft
    house.desk.work.catch_up()
    assert not next(row for row in house.desk.queue("all") if row.ref == ref).draft
