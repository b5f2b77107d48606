"""What is pasted is text and presses no keys, however it arrives."""

import os
from collections.abc import Iterator

import pytest

from supportdesk.ui.pasting import BEGIN, END, Pasted, listen


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 1000])
@pytest.mark.parametrize(
    ("typed", "passed"),
    [
        ("abc\x1b[A\x1b", "abc\x1b[A\x1b"),
        (f"{BEGIN}two\nlines\t한글{END}x", f"{BEGIN}two\nlines\t한글{END}x"),
        (f"{BEGIN}a\x1beb\x1b]52;c;x\x07y\x9b2J\x00{END}\x1b[B", f"{BEGIN}aeb]52;c;xy2J{END}\x1b[B"),
        (f"{BEGIN}\x1b\x1b[201\x1b[20{END}q", f"{BEGIN}[201[20{END}q"),
        (f"{BEGIN}{END}\x1b{BEGIN}\x13{END}", f"{BEGIN}{END}\x1b{BEGIN}{END}"),
    ],
)
def test_escapes_are_taken_out_of_a_paste_and_of_nothing_else(typed: str, passed: str, size: int) -> None:
    pasted = Pasted()
    assert "".join(pasted.take(typed[at : at + size]) for at in range(0, len(typed), size)) == passed


def test_bytes_that_are_no_text_do_not_make_the_console_deaf() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a\xff\xfeb")
    os.close(writing)

    def feed(text: str) -> Iterator[str]:
        yield text

    heard = "".join(listen(reading, lambda: False, feed))
    os.close(reading)
    assert heard == "a\ufffd\ufffdb"


def test_that_a_key_came_is_heard_before_it_is_read() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"j")
    os.close(writing)
    told: list[str] = []

    def feed(text: str) -> list[str]:
        told.append(f"read {text}" if text else "a moment")
        return []

    list(listen(reading, lambda: False, feed, lambda: told.append("heard")))
    os.close(reading)
    assert told[:2] == ["heard", "read j"]
