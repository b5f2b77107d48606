"""A ticket of ten megabytes: read and scored while keys are answered, and no more of it than anybody can read."""

import asyncio
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from house import START, open_house, run
from serving import serve

from supportdesk.config import load
from supportdesk.demo import Helpdesk
from supportdesk.demo.story import open_story
from supportdesk.desk import Desk, SyncReport, open_desk
from supportdesk.desk.assessing import judge, store
from supportdesk.desk.notes import filed_note
from supportdesk.insight.similar import telling_words
from supportdesk.insight.workaround import assess
from supportdesk.model import Comment, Conversation, IssueRef, Kind, Person, Role, TicketRef
from supportdesk.secrets import Secrets
from supportdesk.store.cache_search import LONGEST_TEXT
from supportdesk.text import CUT

US = Person(name="Maren Vogt", id="7", role=Role.AGENT)
THEM = Person(name="Rosa Lind", id="8")
MIB = 1024 * 1024
SQLITE_MAY = 16 * MIB
FILING = """
import sys
from pathlib import Path
from supportdesk.store.cache import Cache
cache = Cache.open(Path(sys.argv[1]))
cache._run(f"PRAGMA hard_heap_limit = {sys.argv[2]}")
cache.texts.file_all()
"""
ANSWER = "It is a known bug. As a workaround, sign out and clear the cache of your browser until it is fixed. "
LEVER = "Pull the quokka lever until then. "
MEGABYTES = "slow since Monday " * 600_000


def test_a_conversation_of_many_answers_is_scored_while_the_loop_turns(tmp_path: Path) -> None:
    desk = open_house(tmp_path).desk
    ref = desk.queue("all").refs[0]
    ticket = desk.work.cache.ticket(ref)
    assert ticket is not None
    newer = replace(ticket, updated_at=START, stamp="vast")
    said = tuple(
        Comment(id=f"v{at}", author=US, public=True, created_at=START, body=ANSWER + "It is slow. " * 400)
        for at in range(120)
    )
    turns = run(_turns_of_the_loop_while_storing(desk.work, Conversation(ticket=newer, comments=said)))
    assert turns > 5
    read = desk.read(ref)
    assert read is not None
    assert len(read.comments) == len(said)
    assert {"v0", "v119"} <= {one.comment_id for one in read.findings}
    run(desk.close())


@pytest.mark.parametrize("again", [False, True])
def test_words_added_while_a_conversation_is_scored_are_looked_for_in_it_next(tmp_path: Path, again: bool) -> None:
    desk = open_house(tmp_path).desk
    found = _many_answers(desk)
    if again:
        desk.work.cache.put_conversation(found)
    run(_meanwhile(desk, judge(desk.work) if again else store(desk.work, found), _teach))
    assert again or found.ticket.ref in desk.work.cache.unscored(desk.work.rules.version, 1000)
    run(desk.rescore())
    assert not desk.work.cache.unscored(desk.work.rules.version, 1000)
    findings = desk.work.cache.findings(found.ticket.ref)
    assert "quokka lever" in {evidence.text for one in findings for evidence in one.evidence}
    run(desk.close())


def test_an_answer_that_comes_while_its_conversation_is_read_again_is_read_as_well(tmp_path: Path) -> None:
    desk = open_house(tmp_path).desk
    found = _many_answers(desk)
    desk.work.cache.put_conversation(found)
    newest = replace(found.comments[0], id="newest")
    more = Conversation(ticket=found.ticket, comments=(*found.comments, newest))
    run(_meanwhile(desk, judge(desk.work), lambda _: desk.work.cache.put_conversation(more)))
    run(desk.rescore())
    assert "newest" in {one.comment_id for one in desk.work.cache.findings(found.ticket.ref)}
    run(desk.close())


@pytest.mark.gates
def test_megabytes_are_read_again_to_the_same_end_and_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    desk = open_house(tmp_path).desk
    found = _megabytes(desk)
    ref, cache = found.ticket.ref, desk.work.cache
    cache.put_conversation(found)
    with _within(2 * MIB):
        run(judge(desk.work))
    flags = [one for one in cache.findings(ref) if one.kind is Kind.WORKAROUND]
    assert flags == [one for one in assess(desk.work.rules, found) if one.kind is Kind.WORKAROUND]
    assert [one.comment_id for one in flags] == ["v401"]
    assert [one.words for one in cache.answers.told(ref)] == [telling_words(found.comments[401].body, flags[0])]
    run(desk.close())


def test_a_colleagues_link_somewhere_in_megabytes_is_found(tmp_path: Path) -> None:
    desk = open_house(tmp_path).desk
    links = filed_note(IssueRef("app", "845"), "https://issues.example/845", "Slow", "0f9c2a4e1b7d", linked=False)
    found = _megabytes(desk, links)
    desk.work.cache.put_conversation(found)
    run(judge(desk.work))
    (row,) = desk.work.cache.rows([found.ticket.ref])
    assert row.issue == "app#845"
    run(desk.close())


def test_megabytes_are_on_screen_without_their_text_beside_them_and_never_as_they_were(tmp_path: Path) -> None:
    desk = open_house(tmp_path).desk
    found, cache = _megabytes(desk), desk.work.cache
    ref, said = found.ticket.ref, found.comments
    cache.put_conversation(found)
    with _within(9 * MIB):
        assert cache.comments(ref) == said
        assert cache.comments(ref) is cache.comments(ref), "every redraw asks for them"
    for now in ((replace(said[0], body=said[0].body.upper()), *said[1:]), said[:3]):
        cache.put_conversation(replace(found, comments=now))
        assert cache.comments(ref) == now
    run(desk.close())


def test_of_megabytes_the_beginning_is_filed_and_the_rest_is_not_looked_at(tmp_path: Path) -> None:
    desk = open_house(tmp_path).desk
    found = _megabytes(desk)
    desk.work.cache.put_conversation(found)
    filing = [sys.executable, "-c", FILING, str(tmp_path / "cache.sqlite3"), str(SQLITE_MAY)]
    subprocess.run(filing, check=True, timeout=60)
    texts = desk.work.cache.texts
    (hit,) = texts.search("day 12 lists", 50)
    assert hit.ref == found.ticket.ref
    assert texts.text(hit, LONGEST_TEXT * 2) == "\n".join(one.body for one in found.comments)[:LONGEST_TEXT]
    run(desk.close())


def _megabytes(desk: Desk, note: str = "") -> Conversation:
    """Six of them, by a customer and us in turn: one answer is a way round, and one is internal."""
    ticket = desk.work.cache.ticket(desk.queue("all").refs[0])
    assert ticket is not None
    said = tuple(
        Comment(
            id=f"v{at}",
            author=US if at % 2 else THEM,
            public=at != 701,
            created_at=START,
            body={401: ANSWER, 701: note}.get(
                at, f"On day {at} the ledger lists {at} more rows than it did before " * 100
            ),
        )
        for at in range(1_200)
    )
    return Conversation(ticket=replace(ticket, updated_at=START, stamp="vast"), comments=said)


@contextmanager
def _within(most: int) -> Iterator[None]:
    """No more than so many bytes of Python's are in use at any time in between."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < most


def _many_answers(desk: Desk) -> Conversation:
    ticket = desk.work.cache.ticket(desk.queue("all").refs[0])
    assert ticket is not None
    said = tuple(
        Comment(id=f"v{at}", author=US, public=True, created_at=START, body=f"{ANSWER}{LEVER}{'It is slow. ' * 400}")
        for at in range(60)
    )
    return Conversation(ticket=replace(ticket, updated_at=START, stamp="vast"), comments=said)


def _teach(desk: Desk) -> None:
    desk.teaching.add_word("quokka lever")


async def _meanwhile(desk: Desk, work: Coroutine[None, None, None], happens: Callable[[Desk], None]) -> None:
    """Let something happen between two steps of the work."""
    task = asyncio.create_task(work)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not task.done()
    happens(desk)
    await task


async def _turns_of_the_loop_while_storing(work: object, found: Conversation) -> int:
    turns = 0
    storing = asyncio.create_task(store(work, found))  # type: ignore[arg-type]  # a workplace
    while not storing.done():
        turns += 1
        await asyncio.sleep(0)
    await storing
    return turns


@pytest.mark.parametrize("role", ["admin", "agent"])
def test_a_body_of_ten_megabytes_is_read_beside_the_others_and_cut(tmp_path: Path, role: str) -> None:
    told = open_story(START, 0)
    first, *others = told.tickets
    vast = replace(first, entries=(replace(first.entries[0], body=MEGABYTES), *first.entries[1:]))
    helpdesk = Helpdesk(lambda: START, role=role, story=replace(told, tickets=(vast, *others[:20])))
    with serve(helpdesk) as url:
        (tmp_path / "config.toml").write_text(f'[desks.acme]\nprovider = "zendesk"\nurl = "{url}"\n')
        config = load(tmp_path / "config.toml", {"SUPPORTDESK_HOME": str(tmp_path)})
        desk = open_desk(config, Secrets({"acme": "canary"}, {}), undo_s=0.0, now=lambda: START)
        report, first_body, read = run(_synced(desk, TicketRef("acme", str(first.id))))
    assert not report.failed
    assert not report.unread
    assert first_body.endswith(CUT)
    assert read == 21


async def _synced(desk: Desk, ref: TicketRef) -> tuple[SyncReport, str, int]:
    """What a sync reports, the first body of a ticket, and how many conversations are there."""
    report = await desk.sync()
    every = [one for each in desk.queue("all").refs if (one := desk.read(each)) is not None and one.loaded]
    found = next(one.comments[0].body for one in every if one.ticket.ref == ref)
    await desk.close()
    return report, found, len(every)
