"""The desk on a disk that refuses, that is old, that is another's, and one that is full of work."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import START, House, open_house, run

from supportdesk.desk.keeping import retire
from supportdesk.errors import StoreError
from supportdesk.model import Conversation, Decision, Outgoing, Reply, State, Status, TicketRef
from supportdesk.store.cache import Cache
from supportdesk.store.cache_rows import instant
from supportdesk.store.cache_upkeep import FRAME, Upkeep
from supportdesk.store.cache_words import vocabulary
from supportdesk.store.frames import frame

ENTRIES, LIMIT_S = 10_000, 6.0  # measured: see the README; the limit only protects
DAY_S = 86_400.0


class Refusing(Cache):
    """A cache that cannot be written."""

    refuses = True

    def set_marks(self, ref: TicketRef, **marks: object) -> None:
        if self.refuses:
            raise StoreError("The cache failed: the disk is full.", "Free some space.")
        super().set_marks(ref, **marks)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def test_what_is_queued_is_not_said_to_have_failed_when_only_its_mark_could_not_be_drawn(house: House) -> None:
    work, ref = house.desk.work, house.flagged()
    work.cache.__class__ = Refusing
    entry = house.desk.reply(ref, "Kept all the same.")
    assert work.ledger.outgoing(entry.op) is not None
    assert [notice for notice in work.notices if "It is on disk" in notice]
    assert work.cache.rows([ref])[0].queued == 0
    work.cache.refuses = False
    work.catch_up()
    assert work.cache.rows([ref])[0].queued == 1


def test_what_could_not_be_kept_says_not_queued_and_the_words_stay_a_draft(house: House) -> None:
    ref, journal = house.flagged(), house.folder / "journal"
    house.desk.save_draft(ref, "my words", public=True)
    before = journal.read_bytes()

    def refuse(fd: int) -> None:
        raise OSError(28, "No space left on device")

    house.desk.work.ledger._journal._files.sync = refuse  # type: ignore[method-assign]  # a full disk
    with pytest.raises(StoreError, match=r"^Not queued: .*the disk is full"):
        house.desk.reply(ref, "my words")
    assert house.desk.outbox() == ()
    assert house.desk.draft(ref, public=True) == "my words"
    assert journal.read_bytes() == before


def test_a_verdict_and_the_tags_that_tell_of_it_are_kept_together_or_not_at_all(house: House) -> None:
    work, ref = house.desk.work, house.flagged()

    def fail() -> str:
        raise StoreError("The disk is full.")

    work.new_op, sound = fail, work.new_op
    with pytest.raises(StoreError):
        house.desk.verdict(ref, Decision.CONFIRMED)
    assert (work.ledger.verdicts(), work.outgoing()) == ([], [])
    assert work.cache.rows([ref])[0].decision is None
    work.new_op = sound
    house.desk.verdict(ref, Decision.CONFIRMED)
    assert (len(work.ledger.verdicts()), len(work.outgoing())) == (1, 1)
    assert work.cache.rows([ref])[0].decision is Decision.CONFIRMED


def test_a_ledger_of_a_newer_version_opens_the_console_read_only(tmp_path: Path) -> None:
    first = open_house(tmp_path)
    ref = first.flagged()
    first.desk.reply(ref, "from the newer one")
    run(first.desk.close())
    journal = tmp_path / "journal"
    journal.write_bytes(frame(b'{"schema":2,"base":1}') + journal.read_bytes().partition(b"\n")[2])
    content = journal.read_bytes()
    house = open_house(tmp_path, synced=False)
    assert house.desk.read_only
    assert "newer supportdesk" in " ".join(house.desk.status().notices)
    assert [it.state for it in house.desk.outbox()] == [State.QUEUED]
    house.desk.read_only = False  # ctrl+r: it is refused all the same
    run(house.desk.drain())
    with pytest.raises(StoreError, match=r"Not queued: .*newer supportdesk"):
        house.desk.reply(ref, "x")
    assert journal.read_bytes() == content


def test_words_of_tickets_long_done_are_let_go_of_and_stay_away(house: House) -> None:
    desk, work = house.desk, house.desk.work
    done = [ref for ref in desk.queue("solved").refs if work.cache.comments(ref)]
    kept, judged = done[0], done[1]
    desk.save_draft(kept, "not yet", public=False)
    asked = lambda: {ref: work.cache.comments(ref) for ref in done}  # noqa: E731
    work.keep_s = 90 * DAY_S
    run(desk.sync())
    assert all(asked().values())
    house.pass_time(400 * DAY_S)
    run(desk.sync())
    left = [ref for ref, comments in asked().items() if comments]
    assert left == [kept]
    assert work.cache.findings(judged) == ()
    assert not set(work.cache.unscored("another", 1000)) & set(done[1:])  # there is nothing to read again
    assert {row.ref for row in work.cache.rows(done)} == set(done)
    assert [ref for ref in desk.queue("open").refs if work.cache.comments(ref)]
    run(desk.sync())
    assert [ref for ref, comments in asked().items() if comments] == [kept]
    desk.save_draft(kept, "", public=False)
    run(desk.sync())
    assert work.cache.comments(kept), "every ticket is looked at once an hour"
    house.pass_time(3600)
    run(desk.sync())
    assert not any(asked().values())
    run(desk.refresh(judged))
    assert work.cache.comments(judged)


def test_a_word_that_was_let_go_of_is_completed_no_longer(house: House) -> None:
    work = house.desk.work
    work.cache.texts.file_all()
    ascii_ = lambda words: {word for word in words if word.isascii()}  # noqa: E731  # no other is looked up
    terms = lambda: ascii_(term for (term,) in work.cache._all("SELECT term FROM terms"))  # noqa: E731
    before = terms()
    work.keep_s = 90 * DAY_S
    house.pass_time(400 * DAY_S)
    run(retire(work))
    work.cache.texts.file_all()
    assert terms() == before
    house.pass_time(3600)
    house.desk.attention.pause("")
    run(retire(work))
    assert terms() == before
    house.desk.attention.resume()
    run(retire(work))
    said = work.cache._all("SELECT subject, body FROM texts")
    assert terms() == ascii_(vocabulary(" ".join(f"{subject} {body}" for subject, body in said))) < before


def test_paused_on_the_way_old_words_wait_and_resumed_they_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    work, attention = house.desk.work, house.desk.attention
    done = [ref for ref in house.desk.queue("solved").refs if work.cache.comments(ref)]
    house.pass_time(400 * DAY_S)
    work.keep_s, let_go = 90 * DAY_S, Upkeep.let_go

    def one(upkeep: Upkeep, n: int, before: int) -> None:
        let_go(upkeep, n, before)
        attention.pause("")

    left = lambda: sum(bool(work.cache.comments(ref)) for ref in done)  # noqa: E731
    with monkeypatch.context() as patch:
        patch.setattr(Upkeep, "let_go", one)
        run(retire(work))
        assert left() == len(done) - 1 > 0
        run(retire(work))
        assert left() == len(done) - 1
    attention.resume()
    run(retire(work))
    assert left() == 0


def test_a_desk_that_leads_elsewhere_shows_none_of_its_tickets_and_their_words_go_behind_the_first_screenful(
    house: House,
) -> None:
    work = house.desk.work
    ref = house.flagged()

    def ours() -> list[TicketRef]:
        return [ref for ref in house.desk.queue("all").refs if ref.desk == "wren"]

    count = len(ours())
    addresses = {name: connection.address for name, connection in work.connections.items()}
    work.cache.set_meta("desks", json.dumps(addresses | {"wren": "https://elsewhere.example"}))
    work.recall()
    assert ours() == []
    assert house.desk.status().flags == 0
    assert work.notices == (f"wren leads elsewhere now: its {count} tickets of before are let go of.",)
    assert work.cache._one("SELECT count(*) FROM conversations")[0] > 0
    assert work.connections["wren"].synced_at is None
    (work.folder / FRAME).write_text("a screen")
    run(retire(work))
    assert not (work.folder / FRAME).exists()
    for table in ("whole", "conversations", "findings", "answers", "told"):
        left = f"SELECT count(*) FROM {table} WHERE n NOT IN (SELECT n FROM tickets)"
        assert work.cache._one(left) == (0,)
    run(house.desk.sync())
    assert work.cache.comments(ref)
    assert len(ours()) == count


@pytest.mark.parametrize("left", ["another desk", "no desk"])
def test_words_of_an_address_of_before_go_with_a_wipe_or_at_once_where_no_desk_is_left(house: House, left: str) -> None:
    work = house.desk.work
    work.cache.set_meta("desks", json.dumps({"wren": "https://elsewhere.example"}))
    if left == "no desk":
        work.connections.clear()
    work.recall()
    if left == "another desk":
        assert work.cache.wipe("wren") == 0
    for table in ("whole", "conversations", "findings", "answers", "told", "filed"):
        still = f"SELECT count(*) FROM {table} WHERE n NOT IN (SELECT n FROM tickets)"
        assert work.cache._one(still) == (0,), table


def test_a_conversation_that_came_while_old_words_were_let_go_of_stays(house: House) -> None:
    cache = house.desk.work.cache
    ref = next(ref for ref in house.desk.queue("solved").refs if cache.comments(ref))
    before = instant(START + timedelta(days=900))
    found = [n for n in cache.upkeep.old(before) if n is not None]
    ticket, comments = cache.ticket(ref), cache.comments(ref)
    assert ticket is not None
    assert comments
    again = replace(ticket, status=Status.OPEN, updated_at=ticket.updated_at + timedelta(hours=1))
    cache.put_conversation(Conversation(ticket=again, comments=comments))
    for n in found:
        cache.upkeep.let_go(n, before)
    assert cache.comments(ref) == comments
    assert not [it for it in house.desk.queue("solved").refs if cache.comments(it)]


@pytest.mark.gates
def test_ten_thousand_entries_are_taken_up_again_at_once(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    ticket = house.desk.work.ticket(house.flagged())
    ledger = house.desk.work.ledger
    with ledger.transaction():
        for number in range(ENTRIES):
            state = State.SENDING if number % 200 == 0 else State.QUEUED
            ledger.put_outgoing(
                Outgoing(
                    op=f"op-{number}",
                    change=Reply(body=f"Words number {number}. " * 5),
                    ref=ticket.ref,
                    desk=ticket.ref.desk,
                    seen=ticket,
                    created_at=START,
                    seq=number,
                    state=state,
                    asked_at=START,
                )
            )
    run(house.desk.close())
    house = open_house(tmp_path, synced=False, awake=False)
    began, on_clock = time.process_time(), time.perf_counter()
    house.desk.wake()
    spent, waited = time.process_time() - began, time.perf_counter() - on_clock
    print(f"start-up recovery: {ENTRIES:,} entries in {spent:.2f} s of one core, {waited:.2f} s")  # noqa: T201
    states = [it.state for it in house.desk.outbox()]
    assert (states.count(State.UNCERTAIN), states.count(State.QUEUED)) == (ENTRIES // 200, ENTRIES - ENTRIES // 200)
    assert spent < LIMIT_S
