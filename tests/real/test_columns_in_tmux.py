"""Joined emoji and shaped scripts shift nothing to their right, in a terminal that measures them differently."""

from collections.abc import Iterator

import pytest
from terminal import Terminal

pytestmark = pytest.mark.real

HARD = ("Thank you from all of us", "ऐप में हिंदी", "طلب إضافة", "לא מצליחים")
SIZE = {"columns": 120, "lines": 40}


@pytest.fixture
def console() -> Iterator[Terminal]:
    terminal = Terminal("demo", environ={"LC_ALL": "C.UTF-8"}, **SIZE)
    try:
        terminal.wait_for("synced just now", "⚑", "? keys")
        yield terminal
    finally:
        terminal.close()


def right_pane(shown: str) -> list[str]:
    """The conversation's lines, where only plain letters stand to their left."""
    rows = shown.split("\n")
    left = max(row.rfind("wren#4321  URGENT") for row in rows)
    return [row[left:].rstrip() for row in rows[3:-2]]


def beside(shown: str, lines: list[str]) -> list[tuple[str, str]]:
    """The rows with something hard in them, each with the line of the conversation that belongs to its right."""
    pairs = zip(shown.split("\n")[3:-2], lines, strict=False)
    return [(row, line) for row, line in pairs if any(words in row for words in HARD)]


def only_one(console: Terminal) -> list[str]:
    """The conversation's lines while the queue is narrowed to its ticket."""
    console.keys("w")
    console.wait_for("workaround for a bug", *HARD)
    console.type("/31 technicians")
    console.keys("Enter")
    return right_pane(console.wait_for("1 ticket ", "workaround for a bug"))


def test_the_conversation_beside_hard_subjects_keeps_every_character(console: Terminal) -> None:
    lines = only_one(console)
    console.keys("Escape")  # the queue is drawn again, and the conversation beside it is not
    shown = console.wait_for("43 tickets", *HARD)
    pairs = beside(shown, lines)
    assert len(pairs) == len(HARD)
    assert sum(len(line) > 20 for _row, line in pairs) >= 2
    for row, line in pairs:
        assert row.rstrip().endswith(line), shown


def test_the_whole_screen_drawn_at_once_keeps_them_too(console: Terminal) -> None:
    lines = only_one(console)
    console.keys("Escape")
    console.wait_for("43 tickets", *HARD)
    console.type("?")
    console.wait_for("Keys that act here")
    console.keys("Escape")
    shown = console.wait_for("43 tickets", *HARD, gone="Keys that act here")
    for row, line in beside(shown, lines):
        assert row.rstrip().endswith(line), shown
