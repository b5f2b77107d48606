"""The filter in memory: it holds what the cache would answer, and knows when it does not any more."""

import random
from pathlib import Path

import pytest
from store_samples import ALICE, FINDING, comment, ticket

from supportdesk.errors import NotFoundError
from supportdesk.model import Conversation, Status, View
from supportdesk.model import TicketRef as Ref
from supportdesk.store.cache import Cache
from supportdesk.store.cache_sieve import MOST_STEPS

WORDS = ("export", "sync", "München", "100%", "!x", "ſtraße", "blank", "row")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache.open(tmp_path / "cache.sqlite")
    chance = random.Random(5)
    cache.put_tickets(
        ticket(str(n), after=n % 7, subject=" ".join(chance.choices(WORDS, k=3)), status=chance.choice(list(Status)))
        for n in range(60)
    )
    yield cache
    cache.close()


@pytest.mark.parametrize("view", ["open", "all", "solved", "mine", "flagged", "unassigned"])
def test_every_letter_leaves_what_the_cache_would_find(cache: Cache, view: str) -> None:
    me = {"acme": {ALICE.id}}
    cache.put_tickets([ticket("70", assignee=ALICE, subject="sync export")])
    sieve, chance = cache.sieves.sieve(view, me), random.Random(9)
    for _ in range(40):
        typed = " ".join(chance.choices([*WORDS, "!sync", "!e", "acme#1", "!"], k=chance.randint(1, 3)))
        ends = [*range(1, len(typed) + 1), *range(len(typed) - 1, 0, -1)]
        for end in ends:
            assert sieve.numbers(typed[:end]) == cache.listed(view, typed[:end], me=me).numbers, typed[:end]


def test_a_word_that_was_left_out_and_grows_leaves_out_less(cache: Cache) -> None:
    sieve = cache.sieves.sieve("all", {})
    few, more = sieve.numbers("!e"), sieve.numbers("!exports")
    assert len(few) < len(more) == 60


def test_letters_that_are_taken_back_look_through_nothing_and_few_of_them_are_kept(cache: Cache) -> None:
    sieve, word = cache.sieves.sieve("all", {}), "export sync blank"
    answers = [sieve.numbers(word[:end]) for end in range(len(word) + 1)]
    assert len(sieve._steps) == 1 + MOST_STEPS
    for end in range(len(word) - 1, len(word) - MOST_STEPS, -1):
        assert sieve.numbers(word[:end]) is answers[end]
    assert sieve.numbers("") is answers[0]


def test_an_unknown_view_has_no_sieve(cache: Cache) -> None:
    with pytest.raises(NotFoundError):
        cache.sieves.sieve("nowhere", {})


def test_whatever_a_view_or_a_filter_can_see_changes_the_stamp_and_reading_does_not(cache: Cache) -> None:
    ref = Ref("acme", "1")
    marks = {"decision": None, "issue": "app#1", "queued": 0, "held": 0, "draft": False}
    said = Conversation(ticket=ticket("1", after=20), comments=(comment("c", "hello"),))
    for change in (
        lambda: cache.put_tickets([ticket("1", after=9, tags=("new",))]),
        lambda: cache.put_conversation(said),
        lambda: cache.put_findings(ref, [FINDING], "v1"),
        lambda: cache.set_marks(ref, **marks),
        lambda: cache.put_view(View(id="3", name="Theirs", desk="acme"), [ref]),
        lambda: cache.forget_ticket(Ref("acme", "2")),
    ):
        before = cache.sieves.stamp()
        change()
        assert cache.sieves.stamp() != before
    before = cache.sieves.stamp()
    cache.mark_read(ref)
    cache.mark_read(ref)
    cache.listed("open", "export")
    assert cache.sieves.stamp() == before


def test_what_another_process_changes_is_seen(cache: Cache) -> None:
    before, other = cache.sieves.stamp(), cache.again()
    assert cache.sieves.stamp() == before
    other.put_tickets([ticket("99")])
    other.close()
    assert cache.sieves.stamp() != before
