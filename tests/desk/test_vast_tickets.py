"""A ticket of ten megabytes: read and scored while keys are answered, and no more of it than anybody can read."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from house import START, open_house, run
from serving import serve

from supportdesk.config import load
from supportdesk.demo import Helpdesk
from supportdesk.demo.story import open_story
from supportdesk.desk import Desk, SyncReport, open_desk
from supportdesk.desk.assessing import store
from supportdesk.model import Comment, Conversation, Person, Role, TicketRef
from supportdesk.secrets import Secrets
from supportdesk.text import CUT

US = Person(name="Maren Vogt", id="7", role=Role.AGENT)
ANSWER = "It is a known bug. As a workaround, sign out and clear the cache of your browser until it is fixed. "
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
