"""Pages of tickets on their way into the cache, the words that they were opened with, and a log that stays short."""

from pathlib import Path

import pytest
from store_samples import NORA, REF, comment, ticket

from supportdesk.model import Conversation, TicketRef
from supportdesk.store import cache_upkeep
from supportdesk.store.cache import Cache

OPENING, EDITED = comment("opening", "It fails.", NORA), comment("opening", "It fails since Monday.", NORA)
ANSWER = comment("answer", "Restart it.")
TALK = Conversation(ticket=ticket(), comments=(OPENING, ANSWER))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache.open(tmp_path / "cache.sqlite")
    yield cache
    cache.close()


def test_a_new_ticket_is_kept_with_the_words_it_was_opened_with(cache: Cache) -> None:
    assert cache.put_tickets([ticket(), ticket("2")], {REF: OPENING}) == 2
    assert cache.comments(REF) == (OPENING,)
    assert cache.comments(TicketRef("acme", "2")) is None
    assert cache.search("fails") == [REF]


def test_words_that_a_list_tells_are_no_whole_conversation(cache: Cache) -> None:
    cache.put_tickets([ticket()], {REF: OPENING})
    assert cache.stale("acme", 9) == [REF]


def test_edited_opening_words_take_the_place_of_those_of_before(cache: Cache) -> None:
    cache.put_conversation(TALK)
    cache.put_tickets([ticket(after=5)], {REF: EDITED})
    assert cache.comments(REF) == (EDITED, ANSWER)


def test_a_conversation_that_is_here_as_it_is_now_is_left_alone(cache: Cache) -> None:
    cache.put_conversation(TALK)
    cache.put_tickets([ticket()], {REF: EDITED})
    assert cache.comments(REF) == (OPENING, ANSWER)


def test_a_list_that_is_behind_does_not_bring_older_words_back(cache: Cache) -> None:
    cache.put_tickets([ticket(after=5)], {REF: EDITED})
    cache.put_tickets([ticket(after=1)], {REF: OPENING})
    assert cache.comments(REF) == (EDITED,)


def test_a_log_that_was_put_away_is_not_taken_for_a_long_one(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_upkeep, "LONG_LOG", 256 * 1024)
    cache.put_tickets([ticket(str(number), subject="x" * 500) for number in range(500)])
    assert cache.log_is_long()
    cache.put_log_away()
    cache.put_tickets([ticket("500")])
    assert not cache.log_is_long()
    assert cache.count("all") == 501


def test_what_came_is_counted_by_desk_without_counting_the_rest_again(cache: Cache) -> None:
    assert cache.come("acme", cache.last()) == (0, 0)
    cache.put_tickets([ticket(), ticket("2")])
    assert cache.come("acme", 0) == (2, cache.last())
    assert cache.come("globex", 0) == (0, cache.last())
    before = cache.last()
    cache.put_tickets([ticket("3"), ticket(after=5)])
    assert cache.come("acme", before) == (1, cache.last())
    assert cache.held("acme") == 3
