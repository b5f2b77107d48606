"""What a sync of 1,000 tickets with 5,000 words costs in requests, by service and role; a benchmark prints the same.

The service's own minimum is what its documents allow: rows a page, pages by rows, and nothing asked twice.
"""

from pathlib import Path

import pytest
from crowds import COMMENTS, costs, open_place

TICKETS, ANSWERED = 1000, 10
MOST = {  # requests for tickets and for words of the first sync, then all of them after ten answers
    "zendesk admin": (2, 7, 2),
    "zendesk agent": (11, TICKETS, 1 + ANSWERED),
    "github": (11, 40, 2),
    "rt": (12, 150, 5),
}
WHO = {"zendesk admin": 1, "zendesk agent": 1, "github": 2, "rt": 4}


@pytest.mark.parametrize("kind", MOST)
def test_a_sync_costs_as_few_requests_as_its_service_allows(kind: str, tmp_path: Path) -> None:
    place = open_place(tmp_path, kind, TICKETS)
    (desk,) = place.desk.work.connections
    found = costs(place, range(ANSWERED))
    tickets, words, changed = MOST[kind]
    assert found.full["tickets"] <= tickets
    assert found.full["words"] <= words
    assert found.full["who"] <= WHO[kind]
    assert found.changed.total() <= changed
    assert found.idle.total() == 1
    cache = place.desk.work.cache
    assert cache.count("open") == TICKETS
    assert cache.stale(desk, TICKETS) == []
    lengths = [cache.comment_count(ref) for ref in cache.refs("open")]
    assert sorted(lengths) == [COMMENTS] * (TICKETS - ANSWERED) + [COMMENTS + 1] * ANSWERED


@pytest.mark.parametrize("kind", MOST)
def test_a_new_run_on_an_unchanged_desk_asks_who_we_are_and_one_thing_more(kind: str, tmp_path: Path) -> None:
    place = open_place(tmp_path, kind, 20)
    place.sync()
    place.pass_time(300)
    again = open_place(tmp_path, kind, 0)
    again.server = place.server
    (connection,) = again.desk.work.connections.values()
    connection.wire.server = place.server  # type: ignore[attr-defined]  # the embedded wire
    again.at[0] = place.at[0]
    found = again.sync()
    assert (found.total() - found["who"], found["who"]) == (1, WHO[kind])


def test_an_idle_minute_of_a_repository_is_answered_with_nothing_new(tmp_path: Path) -> None:
    place = open_place(tmp_path, "github", 20)
    place.sync()
    place.pass_time(60)
    place.sync()
    place.pass_time(60)
    place.sync()
    (asked,) = place.server.requests
    assert any(name == "If-None-Match" for name, _ in asked.headers)
    assert place.server.answer(asked).status == 304
