"""The full text: filed in slices, resumed after a kill and after a change of version, searched newest first."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from store_samples import ticket

from supportdesk.model import Comment, Conversation, Person, TicketRef
from supportdesk.store.cache import Cache
from supportdesk.store.cache_schema import VERSION
from supportdesk.store.cache_search import AT_ONCE, WORDS
from supportdesk.store.cache_words import vocabulary

_WORDS_COME = "CREATE TRIGGER words_come AFTER INSERT ON conversations BEGIN INSERT INTO unfiled VALUES (new.n); END"

_INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
_WIDER = {
    "tickets_shown": "shown, updated",
    "tickets_by_assignee": "desk, assignee_id, live, updated",
    "tickets_by_address": "desk, assignee_email, live, updated",
}


def say(cache: Cache, number: int, body: str) -> TicketRef:
    """A ticket whose conversation has one entry."""
    known = ticket(str(number), after=number)
    said = Comment(id="1", author=Person(name="Max"), public=True, created_at=known.created_at, body=body)
    cache.put_conversation(Conversation(ticket=known, comments=(said,)))
    return known.ref


def test_what_was_said_is_found_once_it_is_filed_and_the_rest_is_counted(tmp_path: Path) -> None:
    cache = Cache.open(tmp_path / "cache.sqlite3")
    for number in range(AT_ONCE + 3):
        say(cache, number, "The münchen export")
    assert cache.texts.unfiled() == AT_ONCE + 3
    assert cache.texts.search("export", 50) == []
    assert cache.texts.file_some()
    cache.close()  # left here
    again = Cache.open(tmp_path / "cache.sqlite3")
    assert again.texts.unfiled() == 3
    again.texts.file_all()
    found = [int(one.ref.id) for one in again.texts.search("expor munch", 50)]
    assert found == sorted(found, reverse=True)
    assert len(found) == AT_ONCE + 3


@pytest.mark.parametrize(
    ("text", "found"), [("ex", False), ("exp", True), ("expo", True), ("export 文", True), ("xport", False)]
)
def test_a_word_is_found_by_its_beginning_from_the_third_letter_on(tmp_path: Path, text: str, found: bool) -> None:
    cache = Cache.open(tmp_path / "cache.sqlite3")
    say(cache, 1, "The export 文字 stops")
    cache.texts.file_all()
    assert bool(cache.texts.search(text, 5)) is found


def test_what_changed_moves_up_and_what_is_gone_is_not_found(tmp_path: Path) -> None:
    cache = Cache.open(tmp_path / "cache.sqlite3")
    old, new = say(cache, 1, "export"), say(cache, 2, "export")
    cache.texts.file_all()
    later = ticket("1", after=9)
    cache.put_tickets([later])
    cache.texts.file_all()
    assert [one.ref for one in cache.texts.search("export", 5)] == [old, new]
    cache.forget_ticket(old)
    assert [one.ref for one in cache.texts.search("export", 5)] == [new]
    cache.texts.file_all()
    assert cache._one("SELECT count(*) FROM filed") == (1,)


def test_a_word_that_no_ticket_says_any_more_is_forgotten_and_the_others_are_completed(tmp_path: Path) -> None:
    cache = Cache.open(tmp_path / "cache.sqlite3")
    words = [f"zanzibar{number}" for number in range(2 * WORDS)]
    ref = say(cache, 1, f"The password is hunter4111, not Münchnerin: {' '.join(words)}")
    other = say(cache, 2, "Not that of the Münchnerin")
    cache.texts.file_all()
    say(cache, 1, f"It was taken out: {words[-1]}")
    assert [one.ref for one in cache.texts.search("hunter", 5)] == [ref], "what is not filed yet is as it was"
    assert list(cache.texts.unsay(0))[-1] == 0
    cache.texts.file_all()
    assert next(cache.texts.unsay(1)) <= WORDS, "what goes is not counted: the rest moves up"
    assert list(cache.texts.unsay(0))[-1] == 0
    said = vocabulary(" ".join(f"{subject} {body}" for subject, body in cache._all("SELECT subject, body FROM texts")))
    assert {term for (term,) in cache._all("SELECT term FROM terms")} == said
    assert "hunter4111" not in said
    assert [one.ref for one in cache.texts.search("munchn", 5)] == [other]
    assert [one.ref for one in cache.texts.search("zanzib", 5)] == [ref]


def test_the_version_before_keeps_its_tickets_and_is_filed_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    cache = Cache.open(path)
    ref = say(cache, 1, "export")
    cache.close()
    _turn_back(path)
    again = Cache.open(path)
    assert again.refs("open") == again.refs("unassigned") == [ref]
    assert again.texts.unfiled() == 1
    again.texts.file_all()
    assert [one.ref for one in again.texts.search("export", 5)] == [ref]
    assert again._one("SELECT count(*) FROM sqlite_master WHERE name LIKE 'words%' AND type = 'table'") == (0,)
    assert again._one("PRAGMA user_version") == (VERSION,)


def test_no_word_of_a_desk_that_is_wiped_stays_on_disk_and_another_desks_are_found(tmp_path: Path) -> None:
    cache = Cache.open(tmp_path / "cache.sqlite3")
    say(cache, 1, "The password is zanzibar4111, export it")
    other = replace(ticket("2", after=2), ref=TicketRef("other", "2"))
    said = Comment(id="1", author=Person(name="Max"), public=True, created_at=other.created_at, body="An export")
    cache.put_conversation(Conversation(ticket=other, comments=(said,)))
    cache.texts.file_all()
    assert cache.wipe("acme") == 1
    assert cache.search("expor") == [other.ref]
    cache.close()
    assert b"zanzibar4111" not in (tmp_path / "cache.sqlite3").read_bytes()


def test_a_desk_is_wiped_from_what_a_version_before_had_filed_too(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    cache = Cache.open(path)
    say(cache, 1, "export")
    cache.close()
    _turn_back(path)
    again = Cache.open(path)
    assert again.wipe("acme") == 1
    assert again._one("SELECT count(*) FROM sqlite_master WHERE name LIKE 'words%' AND type = 'table'") == (0,)


def test_a_file_of_a_version_before_has_the_indexes_of_a_new_one(tmp_path: Path) -> None:
    new = Cache.open(tmp_path / "new.sqlite3")
    wanted = set(new._all(_INDEXES))
    assert wanted
    new.close()
    for version in (2, 4):
        path = tmp_path / f"{version}.sqlite3"
        Cache.open(path).close()
        connection = sqlite3.connect(path)
        for name, columns in _WIDER.items():
            connection.execute(f"DROP INDEX {name}")
            connection.execute(f"CREATE INDEX {name} ON tickets ({columns})")
        for name in ("words_come", "tickets_come"):
            connection.execute(f"CREATE TRIGGER {name} AFTER INSERT ON whole BEGIN SELECT 1; END")
        connection.execute("PRAGMA user_version = 4")
        connection.close()
        if version == 2:
            _turn_back(path)
        again = Cache.open(path)
        assert set(again._all(_INDEXES)) == wanted
        again.close()


def test_the_version_before_keeps_what_it_has_filed(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    cache = Cache.open(path)
    ref = say(cache, 1, "export")
    cache.texts.file_all()
    cache._run("CREATE TRIGGER tickets_come AFTER INSERT ON tickets BEGIN INSERT INTO unfiled VALUES (new.n); END")
    cache._run(_WORDS_COME)
    cache._run("PRAGMA user_version = 4")
    cache.close()
    again = Cache.open(path)
    assert again._one("PRAGMA user_version") == (VERSION,)
    assert [one.ref for one in again.texts.search("export", 5)] == [ref]
    new = ticket("2", after=2, subject="Export too")
    again.put_tickets([new])
    assert again.texts.unfiled() == 1
    again.texts.file_all()
    assert [one.ref for one in again.texts.search("export", 5)] == [new.ref, ref]


def test_the_last_version_but_this_keeps_what_it_has_filed_and_files_words_that_come(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    cache = Cache.open(path)
    ref = say(cache, 1, "export")
    cache.texts.file_all()
    cache._run(_WORDS_COME)
    cache._run("PRAGMA user_version = 5")
    cache.close()
    again = Cache.open(path)
    assert again._one("SELECT count(*) FROM sqlite_master WHERE name = 'words_come'") == (0,)
    assert [one.ref for one in again.texts.search("export", 5)] == [ref]
    say(again, 1, "import")
    assert again.texts.unfiled() == 1
    again.texts.file_all()
    assert [one.ref for one in again.texts.search("import", 5)] == [ref]


def _turn_back(path: Path) -> None:
    """Make the file one of version 2."""
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER IF EXISTS words_come")
    connection.execute(_WORDS_COME)
    for name in ("tickets_free", "tickets_waits", "tickets_by_assignee", "tickets_by_address"):
        connection.execute(f"DROP INDEX {name}")
    for name in ("tickets_change", "tickets_go", "words_come", "words_go"):
        connection.execute(f"DROP TRIGGER {name}")
    for name in ("texts", "filed", "unfiled", "terms"):
        connection.execute(f"DROP TABLE {name}")
    for column in ("free", "waits"):
        connection.execute(f"ALTER TABLE tickets DROP COLUMN {column}")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (subject, body)")
    connection.executemany("INSERT INTO words VALUES (?, ?)", [("a b", "c d e")] * 900)
    connection.execute("PRAGMA user_version = 2")
    connection.commit()
    connection.close()
