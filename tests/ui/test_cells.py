"""Fitting and wrapping by terminal cells."""

import random
import re

import pytest
from rich.cells import cell_len

from supportdesk.ui import cells
from supportdesk.ui.cells import Mark, fit, most, pad, pad_left, paragraphs, wrap

FAMILY = "👨‍👩‍👧‍👦"
ODD = [
    "plain words",
    "한글 파일 이름이 깨져요",
    f"{FAMILY} thanks {FAMILY}",
    "🇩🇪🇫🇷 flags",
    "cafe\u0301 olé",
    "नमस्ते जी",
    "❤️ love",
]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("width", range(12))
def test_a_padded_text_is_exactly_as_wide_as_its_column(text: str, width: int) -> None:
    assert cell_len(pad(text, width)) == width
    assert cell_len(pad_left(text, width)) == width


def test_a_family_and_a_flag_are_kept_whole_or_left_out() -> None:
    assert fit(FAMILY + "xyz", 9) == FAMILY + "…"
    assert fit(FAMILY + "xyz", 3) == "…"
    assert fit("🇩🇪🇫🇷", 5) == "🇩🇪…"
    assert fit("cafe\u0301s everywhere", 5) == "cafe\u0301…"


@pytest.mark.parametrize("text", [*ODD, "x" * 50, "one  two   three", " leading", ""])
@pytest.mark.parametrize("width", [2, 5, 9])
def test_wrapping_loses_no_character_and_keeps_to_the_width(text: str, width: int) -> None:
    spans = wrap(text, width)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(cell_len(text[start:end].rstrip()) <= width for start, end in spans)


@pytest.mark.parametrize(
    ("text", "cells"),
    [("plain", 5), ("登录", 4), (FAMILY, 8), ("❤️", 2), ("हि", 2), ("🇩🇪", 4), ("cafe\u0301", 4), ("👍🏽", 4)],
)
def test_a_terminal_that_joins_nothing_draws_it_in_that_many_cells(text: str, cells: int) -> None:
    assert most(text) == cells


def test_a_line_of_joined_emoji_breaks_where_the_simplest_terminal_would_run_over() -> None:
    assert [f"{FAMILY} {FAMILY}"[start:end].rstrip() for start, end in wrap(f"{FAMILY} {FAMILY}", 12)] == [FAMILY] * 2


def test_marks_follow_their_words_across_line_breaks() -> None:
    text = "please filter by month and join the files"
    start = text.index("by month")
    lines = list(paragraphs(text, 16, marks=[Mark(start, start + 8, "evidence")]))
    marked = [piece.text for line in lines for piece in line.pieces if piece.style == "evidence"]
    assert "".join(marked).replace(" ", "") == "bymonth"


def test_a_long_word_breaks_at_the_edge_whether_or_not_it_is_ascii() -> None:
    for word in ("x" * 25, "é" * 25, "x" * 20):
        assert [word[start:end] for start, end in wrap(word, 10)] == [word[n : n + 10] for n in range(0, len(word), 10)]
    assert [end - start for start, end in wrap("before " + "x" * 25, 10)] == [7, 10, 10, 5]


@pytest.mark.parametrize("width", range(7, 24))
def test_a_text_breaks_between_the_same_words_in_plain_letters_and_in_wide_script(width: int) -> None:
    plain = "the export of the report  stays blank   after every login since monday "
    mixed = plain.replace("the", "the\u200d")  # a joiner, which takes the way of the scripts that nobody is sure of
    assert [plain[a:b] for a, b in wrap(plain, width)] == [
        mixed[a:b].replace("\u200d", "") for a, b in wrap(mixed, width)
    ]


TRICKY = [
    "\u200d",
    "\ufe0f",
    "\u0301",
    "\u0903",
    "\u094d",
    "न",
    "🇩",
    "🇫",
    "👩",
    "🏽",
    "❤",
    "a",
    " ",
    "한",
    "\u200b",
    "\u20e3",
    "1",
]


def test_megabytes_break_between_the_clusters_that_a_short_text_does() -> None:
    dice = random.Random(5)
    for _ in range(3_000):
        text = "".join(dice.choices(TRICKY, k=dice.randint(1, 12)))
        split = [text[start:end] for start, end, _cells in cells.graphemes(text)]
        assert cells._clusters(text) == split, [hex(ord(one)) for one in text]


@pytest.mark.parametrize("mark", ["]", "^", "-", "\\", "\u0301"])
def test_a_mark_without_a_width_is_no_part_of_a_pattern(mark: str) -> None:
    assert re.fullmatch(cells._joined_by(mark), f"a{mark}{mark}") is not None


def test_joined_emoji_by_the_megabyte_are_not_gone_through_by_the_character(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "graphemes", lambda text: pytest.fail(f"{len(text)} characters one by one"))
    monkeypatch.setattr(cells, "_alone", lambda character: asked.append(character) or 1)
    cells._short.cache_clear()
    asked: list[str] = []
    spans = wrap(FAMILY * 13_000, 80)
    cells._short.cache_clear()
    assert spans[-1][1] == len(FAMILY) * 13_000
    assert len(asked) < 100
