"""The README's first minute, in a real terminal: read a flag, press one key, and see it become an issue."""

from collections.abc import Iterator

import pytest
from terminal import Terminal

pytestmark = pytest.mark.real


@pytest.fixture
def console() -> Iterator[Terminal]:
    terminal = Terminal("demo")
    try:
        terminal.wait_for("synced just now", "⚑", "? keys")
        yield terminal
    finally:
        terminal.close()


def test_a_flag_is_read_and_one_key_makes_it_an_issue(console: Terminal) -> None:
    console.keys("w")
    console.wait_for("workaround for a bug", "for:")
    console.keys("b")
    console.wait_for("u undo")
    console.wait_for("Filed app#", "on hold")


def test_undo_takes_the_issue_back_while_it_counts_down(console: Terminal) -> None:
    console.keys("w")
    console.wait_for("workaround for a bug")
    console.keys("b")
    console.wait_for("u undo")
    console.keys("u")
    console.wait_for("Taken back", "Nothing was sent")


def test_keys_typed_in_the_instant_of_r_are_text_and_no_commands(console: Terminal) -> None:
    console.keys("w")
    console.wait_for("workaround for a bug")
    console.type("rbad ideas")
    shown = console.wait_for("PUBLIC", "bad ideas")
    assert "u undo" not in shown


def test_a_reply_goes_out_after_two_different_keys(console: Terminal) -> None:
    console.keys("w")
    console.wait_for("workaround for a bug")
    console.keys("r")
    console.wait_for("PUBLIC")
    console.type("We found it, thank you for waiting.")
    console.wait_for("thank you for waiting")
    console.keys("C-s")
    console.wait_for("Send this PUBLIC reply?")
    console.keys("y")
    console.wait_for("queued · PUBLIC reply", "We found it, thank you for waiting.", "u undo")
    console.wait_for("Sent: public reply on wren#", "We found it, thank you for waiting.", gone="queued")


def test_a_strangers_subject_touches_neither_title_nor_clipboard(console: Terminal) -> None:
    title = console.title
    console.type("/invoice overdue")
    console.keys("Enter")
    console.wait_for("Invoice overdue")
    console.keys("Enter")
    console.wait_for("Invoice overdue", "customer")
    assert (console.title, console.buffers) == (title, "")
    assert not console.ended


def test_every_size_paints(console: Terminal) -> None:
    for columns, lines in ((80, 24), (40, 10), (160, 50), (120, 40)):
        console.resize(columns, lines)
        console.wait_for("b make the bug issue", *(("wren#",) if columns > 40 else ()))
    assert not console.ended


def test_quitting_asks_nothing_when_nothing_is_under_way_and_restores_the_terminal(console: Terminal) -> None:
    console.keys("C-q")
    console.wait_for_the_end()
