"""A sync of a desk that asks for nothing but waits: left for the next one, with the code of something unfinished."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from supportdesk.cli import reading
from supportdesk.demo import DESK, Embedded
from supportdesk.desk import Desk, open_demo

ASKED = SimpleNamespace(desk=DESK, json=False, quiet=True)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_demo(tmp_path)


def weather(desk: Desk, what: str, on: str = "") -> None:
    wire = desk.work.connection(DESK).wire
    assert isinstance(wire, Embedded)
    wire.server.fail_next(what, on=on, times=50, wait_s=3600)


def test_a_desk_that_is_limited_is_left_for_the_next_sync(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    weather(desk, "429")
    assert asyncio.run(reading.sync(desk, ASKED)) == 8
    said = capsys.readouterr().err
    assert "asks us to wait 3600 s" in said
    assert "The next sync goes on from there." in said


def test_conversations_that_may_not_be_read_are_counted_and_named(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    weather(desk, "403", on="/comments")
    assert asyncio.run(reading.sync(desk, ASKED)) == 8
    assert f"conversations could not be read: {DESK}#" in capsys.readouterr().out
