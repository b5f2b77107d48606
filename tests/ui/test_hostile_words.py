"""Strangers' characters: what hides is marked, what people write is left alone, rows keep their width (A1, A3, A4)."""

import pytest
from rich.cells import cell_len

from supportdesk.text import clean
from supportdesk.ui.cells import fit, pad, paragraphs

HARMLESS = ["Grüße", "한글", "👨‍👩‍👧‍👦", "नमस्ते", "שלום", "x[0] = [1, 2, 3]", "C:\\new", "می‌خواهم"]
HIDING = [
    "invoice\u202egnp.exe",
    "ad\u200bmin@corp",
    "Z" + "\u0301" * 300,
    "a\U000e0041b",
    "a\ud800b",
    "\x9b2J",
    "a\x00",
]


@pytest.mark.parametrize("words", HARMLESS, ids=lambda words: f"A4-{words}")
def test_a4_what_people_write_is_left_as_it_is(words: str) -> None:
    assert clean(words) == words
    assert "".join(line.text for line in paragraphs(words, 80)) == words


@pytest.mark.parametrize("words", HIDING, ids=lambda words: f"A3-{words[:8]!a}")
def test_a3_what_hides_is_marked_and_the_row_is_as_wide_as_it_was(words: str) -> None:
    shown = clean(words, multiline=False)
    assert "\ufffd" in shown or shown.count("\u0301") == 8
    assert clean(shown) == shown
    for width in range(1, 30):
        assert cell_len(pad(shown, width)) == width
        assert cell_len(fit(shown, width)) <= width


@pytest.mark.parametrize("words", ["HELLO\x1b]52;c;Y3VybCBldmlsfHNoCg==\x1b\\END", "HELLO\x9d52;c;QUJD\x9cEND"])
def test_a1_a_sequence_leaves_one_mark(words: str) -> None:
    assert clean(words) == "HELLO\ufffdEND"
