"""The cache keeps what services said, and can be lost at any time without anybody noticing but the network."""

import os
import random
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from store_samples import ALICE, COMMENT, FINDING, FULL_TICKET, NOON, NORA, REF, comment, conversation, minutes, ticket

from supportdesk.errors import StoreError
from supportdesk.model import Band, Conversation, Person, Status, TicketRef
from supportdesk.store.cache import Cache

ANSWER = "Please restart the export service once a day, then the nightly report arrives again."
NOBODY = TicketRef("acme", "none")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache.open(tmp_path / "cache.sqlite")
    yield cache
    cache.close()


def test_a_ticket_comes_back_as_it_was(cache: Cache) -> None:
    assert cache.put_tickets([FULL_TICKET]) == 1
    assert cache.ticket(REF) == FULL_TICKET
    assert cache.ticket(NOBODY) is None


def test_a_newer_ticket_replaces_an_older_one_and_never_the_other_way(cache: Cache) -> None:
    newer = ticket(after=1, status=Status.SOLVED)
    assert cache.put_tickets([ticket(), newer, ticket()]) == 2
    assert cache.ticket(REF) == newer
    same_instant = replace(newer, subject="renamed")
    assert cache.put_tickets([same_instant, same_instant]) == 1
    assert cache.ticket(REF) == same_instant


def test_a_conversation_never_fetched_is_not_an_empty_one(cache: Cache) -> None:
    cache.put_tickets([ticket()])
    assert cache.comments(REF) is None
    assert cache.conversation_stamp(REF) is None
    cache.put_conversation(Conversation(ticket=ticket(), comments=()))
    assert cache.comments(REF) == ()
    assert cache.conversation_stamp(REF) == NOON
    cache.put_conversation(Conversation(ticket=ticket(), comments=(COMMENT,)))
    assert cache.comments(REF) == (COMMENT,)


def test_a_conversation_that_is_drawn_again_is_not_decoded_again(cache: Cache) -> None:
    cache.put_conversation(conversation(ticket(), "one"))
    first = cache.comments(ticket().ref)
    assert cache.comments(ticket().ref) is first
    cache.put_conversation(conversation(ticket(after=5), "other"))
    again = cache.comments(ticket().ref)
    assert again is not None
    assert [one.body for one in again] == ["other"]


def test_comments_stay_when_the_ticket_is_seen_again(cache: Cache) -> None:
    cache.put_conversation(conversation(ticket(), "one"))
    cache.put_tickets([ticket(after=5)])
    assert cache.comments(REF) == (comment("c0", "one"),)
    assert cache.conversation_stamp(REF) == NOON


def test_conversations_older_than_their_ticket_are_stale_newest_first(cache: Cache) -> None:
    cache.put_tickets([ticket("1"), ticket("2", after=2), ticket("3", after=3), ticket("4", desk="app")])
    cache.put_conversation(conversation(ticket("3", after=3), "one"))
    assert cache.stale("acme", 9) == [TicketRef("acme", "2"), TicketRef("acme", "1")]
    cache.put_tickets([ticket("3", after=4)])
    assert cache.stale("acme", 2) == [TicketRef("acme", "3"), TicketRef("acme", "2")]


def test_what_the_rules_have_not_seen_is_unscored(cache: Cache) -> None:
    cache.put_tickets([ticket("1")])
    for id_ in ("2", "3"):
        cache.put_conversation(conversation(ticket(id_, after=int(id_)), "one"))
    assert cache.unscored("v1", 9) == [TicketRef("acme", "3"), TicketRef("acme", "2")]
    for ref in cache.unscored("v1", 9):
        cache.put_findings(ref, [], "v1")
    assert cache.unscored("v1", 9) == []
    assert cache.unscored("v2", 9) == [TicketRef("acme", "3"), TicketRef("acme", "2")]
    assert cache.unscored("v0", 1) == [TicketRef("acme", "3")]
    cache.put_conversation(conversation(ticket("2", after=2), "one"))  # as before
    assert cache.unscored("v1", 9) == []
    cache.put_conversation(conversation(ticket("2", after=7), "one", "two"))
    assert cache.unscored("v1", 9) == [TicketRef("acme", "2")]


def test_findings_come_back_strongest_first(cache: Cache) -> None:
    weak = replace(FINDING, p=0.2, band=Band.WEAK, comment_id="c9")
    cache.put_tickets([ticket()])
    assert cache.findings(REF) == ()
    cache.put_findings(REF, [weak, FINDING], "v1")
    assert cache.findings(REF) == (FINDING, weak)
    cache.put_findings(NOBODY, [FINDING], "v1")
    assert cache.findings(NOBODY) == ()


def test_the_same_answer_is_found_on_other_tickets_and_counted_by_customer(cache: Cache) -> None:
    people = [NORA, NORA, Person(name="B", email="b@other.example"), Person(name="C", email="c@other.example")]
    for number, person in enumerate(people):
        of = ticket(str(number), after=number, requester=person)
        cache.put_conversation(conversation(of, "Which version is it?", f"Hi {person.name},\n\n{ANSWER}\n\nCheers\nAl"))
    cache.put_conversation(Conversation(ticket=ticket("8"), comments=(comment("c1", ANSWER, public=False),)))
    cache.put_conversation(Conversation(ticket=ticket("9"), comments=(comment("c1", ANSWER, NORA),)))
    others = cache.same_answer(TicketRef("acme", "1"), "c1")
    assert others == [TicketRef("acme", id_) for id_ in "320"]
    assert cache.customers([TicketRef("acme", "1"), *others, NOBODY]) == 2
    assert cache.same_answer(TicketRef("acme", "1"), "c0") == []
    assert cache.same_answer(NOBODY, "c1") == []


def test_everybody_on_our_side_is_known(cache: Cache) -> None:
    bob = replace(ALICE, name="bob", id="8")
    cache.put_tickets([ticket(assignee=bob), ticket("2", assignee=bob), ticket("3", desk="app", assignee=ALICE)])
    cache.put_conversation(Conversation(ticket=ticket("4"), comments=(comment("1", "x"), comment("2", "y", NORA))))
    assert cache.agents("acme") == (ALICE, bob)


def test_a_ticket_that_is_gone_leaves_nothing(cache: Cache) -> None:
    cache.put_conversation(conversation(ticket(), ANSWER))
    cache.put_findings(REF, [FINDING], "v1")
    cache.forget_ticket(REF)
    cache.forget_ticket(NOBODY)
    assert cache.refs("all") == cache.search("restart") == []
    assert cache.ticket(REF) is cache.comments(REF) is None
    cache.put_tickets([ticket("2")])
    assert cache.refs("all") == [TicketRef("acme", "2")]


def test_a_mistake_of_ours_is_not_blamed_on_the_disk(tmp_path: Path) -> None:
    cache = Cache.open(tmp_path / "cache.sqlite")
    cache.close()
    with pytest.raises(sqlite3.ProgrammingError):
        cache.refs("all")


def test_words_about_the_cache_are_kept(cache: Cache) -> None:
    assert cache.meta("etag acme") == ""
    cache.set_meta("etag acme", 'W/"1"')
    cache.set_meta("etag acme", 'W/"2"')
    assert cache.meta("etag acme") == 'W/"2"'


def test_a_batch_is_kept_whole_or_not_at_all(cache: Cache) -> None:
    def half() -> None:
        with cache.batch():
            cache.put_tickets([ticket()])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert cache.refs("all") == []
    with cache.batch():
        cache.put_tickets([ticket()])
    assert cache.refs("all") == [REF]


def test_two_processes_share_it(cache: Cache, tmp_path: Path) -> None:
    other = Cache.open(tmp_path / "cache.sqlite")
    cache.put_tickets([ticket("1")])
    other.put_tickets([ticket("2")])
    assert cache.refs("all") == other.refs("all") == [TicketRef("acme", "2"), TicketRef("acme", "1")]
    other.close()


@pytest.mark.parametrize(
    "content", [b"no database", b"SQLite format 3\0" + b"\1" * 4096, random.Random(7).randbytes(9000)]
)
def test_a_damaged_cache_is_thrown_away(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_bytes(content)
    cache = Cache.open(path)
    assert cache.refs("all") == []
    cache.put_tickets([ticket()])
    cache.close()
    assert Cache.open(path).ticket(REF) == ticket()


def test_a_cache_damaged_deep_inside_is_removed_when_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    cache = Cache.open(path)
    cache.put_tickets([ticket(str(n), subject="x" * 500) for n in range(500)])
    cache.close()
    content = bytearray(path.read_bytes())
    content[4096 * 30 :] = b"\xa5" * (len(content) - 4096 * 30)
    path.write_bytes(content)
    damaged = Cache.open(path)
    with pytest.raises(StoreError, match="damaged and has been removed"):
        [damaged.ticket(ref) for ref in damaged.refs("all", "x")]
    damaged.close()
    assert Cache.open(path).refs("all") == []


def test_a_cache_of_another_version_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    cache = Cache.open(path)
    cache.put_tickets([ticket()])
    cache.close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 999")
    other.close()
    assert Cache.open(path).refs("all") == []


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for path in (tmp_path / "file" / "cache.sqlite", tmp_path / "link", tmp_path):
        with pytest.raises(StoreError, match="Opening the cache failed"):
            Cache.open(path)


@pytest.mark.parametrize("umask", [0, 0o777])
def test_only_the_owner_can_read_it_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        cache = Cache.open(tmp_path / "state" / "cache.sqlite")
        cache.put_tickets([ticket()])
        modes = {it.name: stat.S_IMODE(it.stat().st_mode) for it in (tmp_path / "state").iterdir()}
    finally:
        os.umask(before)
    assert modes == {"cache.sqlite": 0o600, "cache.sqlite-wal": 0o600, "cache.sqlite-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_it_opens_without_any_third_party() -> None:
    code = "import sys, supportdesk.store.cache; "
    code += "sys.exit(bool({'tinydb', 'httpx', 'keyring', 'textual', 'hashlib', 'asyncio'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_ten_thousand_tickets_are_no_trouble(cache: Cache) -> None:
    given = [ticket(str(n), after=n % 997, tags=(f"t{n % 50}",)) for n in range(10_000)]
    assert cache.put_tickets(given) == 10_000
    refs = cache.refs("open")
    assert len(refs) == cache.count("open") == 10_000
    window = cache.rows(refs[5000:5100])
    assert [row.ref for row in window] == refs[5000:5100]
    assert window[0].updated_at >= window[-1].updated_at > NOON - minutes(1)
