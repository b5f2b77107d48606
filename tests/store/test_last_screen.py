"""Words that are gone from the cache do not come back on the console's last screen."""

from pathlib import Path

import pytest
from store_samples import REF, conversation, ticket

from supportdesk.store.cache import Cache
from supportdesk.store.cache_upkeep import FRAME
from supportdesk.ui.lastframe import NAME


@pytest.fixture
def frame(tmp_path: Path) -> Path:
    frame = tmp_path / FRAME
    frame.write_text("a screen")
    return frame


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache.open(tmp_path / "cache.sqlite")
    cache.put_conversation(conversation(ticket(), "one", "two"))
    yield cache
    cache.close()


def test_it_is_the_file_that_the_console_keeps() -> None:
    assert FRAME == NAME


def test_a_ticket_that_its_service_no_longer_has_takes_the_last_screen_along(cache: Cache, frame: Path) -> None:
    cache.forget_ticket(REF)
    assert not frame.exists()


@pytest.mark.parametrize("said", [("one", "[redacted]"), ("one",), ()])
def test_so_does_a_conversation_of_which_something_was_taken_back(
    cache: Cache, frame: Path, said: tuple[str, ...]
) -> None:
    cache.put_conversation(conversation(ticket(after=1), *said))
    assert not frame.exists()


@pytest.mark.parametrize("said", [("[redacted]", "two"), ()])
def test_so_does_one_of_which_a_feed_tells_that(cache: Cache, frame: Path, said: tuple[str, ...]) -> None:
    cache.put_part(REF, conversation(ticket(), *said).comments)
    assert not frame.exists()


def test_where_only_more_was_said_it_stays(cache: Cache, frame: Path) -> None:
    cache.put_part(REF, conversation(ticket(), "one", "two", "three").comments)
    cache.put_conversation(conversation(ticket(after=1), "one", "two", "three"))
    cache.put_conversation(conversation(ticket("2"), "another"))
    assert frame.exists()
