"""A verdict by keys changes what is shown: the flag it was given on, its group, and the figures of all other flags."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from drive import console, shown
from standin import NOW, StandIn
from standin_story import busy, story
from test_teaching_screens import RECORD, smell
from textual.pilot import Pilot

from supportdesk.desk import Desk, open_demo
from supportdesk.model import Decision, TicketRef
from supportdesk.ui.app import SupportDesk

REASON = "asked for by law"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    opened = open_demo(tmp_path, now=lambda: NOW)
    asyncio.run(opened.sync())
    return opened


def figures(desk: Desk) -> dict[TicketRef, float]:
    cache = desk.work.cache
    return {ref: cache.rows([ref])[0].p for ref in cache.refs("found") if ref.desk == "wren"}


async def settled(pilot: Pilot[None], desk: Desk) -> None:
    for _ in range(100):
        await pilot.pause(0.05)
        if not desk.status().syncing and not desk.work.lessons.outdated("wren"):
            return


def test_a_flag_that_is_dismissed_by_keys_fades_its_like_and_says_why_it_did(desk: Desk) -> None:
    before = figures(desk)
    app = console(desk)  # type: ignore[arg-type]  # the real one here

    async def steps() -> TicketRef:
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await settled(pilot, desk)
            await pilot.press("w")
            await pilot.pause(0.2)
            judged: TicketRef = app.screen.ref  # type: ignore[attr-defined]  # the board
            assert "you confirmed" not in shown(app)
            await pilot.press("W", *REASON.replace(" ", "_"), "enter")
            await settled(pilot, desk)
            await pilot.pause(0.3)
            words = " ".join(shown(app).split())
            assert "not a workaround, says" in words
            assert REASON.replace(" ", "_") in words
            await pilot.press("w")
            await pilot.pause(0.3)
            assert judged != app.screen.ref  # type: ignore[attr-defined]
            await pilot.press("L")
            await pilot.pause(0.2)
            assert "you confirmed 0" in shown(app)
            return judged

    judged = asyncio.run(steps())
    (kept,) = desk.work.ledger.verdicts()
    assert (kept.ref, kept.decision, kept.why) == (judged, Decision.DISMISSED, REASON.replace(" ", "_"))
    after = figures(desk)
    others = [ref for ref in before if ref != judged]
    assert sum(after[ref] < before[ref] for ref in others) > len(others) / 2
    group = {ref for ref, _ in desk.work.advice.alike(judged, kept.comment_id)} or {judged}
    assert {desk.work.cache.rows([ref])[0].decision for ref in group} == {Decision.DISMISSED}
    asyncio.run(desk.close())


def test_u_takes_a_verdict_back_while_it_says_so(desk: Desk) -> None:
    app: SupportDesk = console(desk)  # type: ignore[arg-type]  # the real one here

    async def steps() -> None:
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await settled(pilot, desk)
            await pilot.press("w", "C")
            await settled(pilot, desk)
            assert desk.work.ledger.verdicts()
            await pilot.press("u")
            await settled(pilot, desk)
            assert desk.work.ledger.verdicts() == []

    asyncio.run(steps())
    asyncio.run(desk.close())


@pytest.fixture
def picture(snap_compare: Any) -> Any:
    def compare(desk: StandIn, *keys: str, size: tuple[int, int], theme: str = "harbor-dark") -> bool:
        async def before(pilot: Pilot[None]) -> None:
            await pilot.pause(0.2)
            for key in keys:
                await pilot.press(key)
                await pilot.pause(0.2)

        return bool(snap_compare(console(desk, theme=theme), terminal_size=size, run_before=before))

    return compare


def learned() -> StandIn:
    desk = story()
    desk.teaching.learned = (RECORD,)
    desk.teaching.add_word("quokka lever")
    desk.teaching.report = smell()
    return desk


def test_a_flag_at_the_usual_size(picture: Any) -> None:
    assert picture(busy(), "w", "w", size=(80, 24))


def test_a_flag_beside_the_queue_by_day(picture: Any) -> None:
    assert picture(busy(), "w", size=(120, 40), theme="harbor-light")


def test_the_record_at_the_usual_size(picture: Any) -> None:
    assert picture(learned(), "L", size=(80, 24))


def test_the_record_on_a_wide_screen_by_day(picture: Any) -> None:
    assert picture(learned(), "L", size=(120, 40), theme="harbor-light")


def test_macros_that_smell(picture: Any) -> None:
    assert picture(learned(), "M", size=(80, 24))
