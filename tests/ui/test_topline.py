"""The status line."""

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len
from standin import NOW
from standin_story import busy

from supportdesk.ui.topline import status_line


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_it_fills_the_line_and_no_more(width: int) -> None:
    drawn = status_line(busy().status(), width, NOW, demo=False, newer=3)
    assert cell_len(drawn.text) == width


def test_it_tells_who_we_are_what_waits_and_how_old_the_screen_is() -> None:
    drawn = status_line(busy().status(), 160, NOW, demo=False, newer=3).text
    for words in (
        "acme · Maren Vogt · agent",
        "1 held",
        "1 uncertain",
        "1 queued",
        "3 newer, R shows",
        "synced just now",
    ):
        assert words in drawn


def test_offline_is_said_in_words_with_the_age_of_what_is_shown() -> None:
    status = busy().status()
    off = replace(status.desks[0], online=False, synced_at=NOW - timedelta(hours=2))
    drawn = status_line(replace(status, desks=(off,)), 120, NOW, demo=False).text
    assert "○ offline synced 2h ago" in drawn


def test_a_first_reading_that_is_not_through_says_how_far_it_came() -> None:
    status = busy().status()
    part = replace(status.desks[0], synced_at=None, read=2300)
    assert "● 2,300 tickets read so far" in status_line(replace(status, desks=(part,)), 120, NOW, demo=False).text
    assert "read so far · goes on by itself " in status_line(replace(status, desks=(part,)), 160, NOW, demo=False).text
    off = replace(part, online=False, read=1)
    assert "○ offline 1 ticket read so far" in status_line(replace(status, desks=(off,)), 120, NOW, demo=False).text
    both = replace(status, desks=(part, replace(part, name="app", read=0)))
    assert "2,300 tickets read so far" in status_line(both, 120, NOW, demo=False).text
    none = replace(status, desks=(replace(part, read=0),))
    assert "not synced yet" in status_line(none, 120, NOW, demo=False).text


def test_read_only_is_never_left_out_for_lack_of_room() -> None:
    assert "read-only" in status_line(replace(busy().status(), read_only=True), 60, NOW, demo=False, newer=9).text


def test_a_sync_says_what_it_takes_of_the_services_limit_where_there_is_room() -> None:
    status = replace(busy().status(), syncing="acme: 3,200 tickets", share="at most 25% of its limit")
    assert "3,200 tickets · at most 25% of its limit" in status_line(status, 160, NOW, demo=False).text
    narrow = status_line(status, 80, NOW, demo=False).text
    assert "3,200 tickets" in narrow
    assert "limit" not in narrow
    assert "limit" not in status_line(replace(status, syncing=""), 160, NOW, demo=False).text


def test_what_the_next_readings_will_bring_stands_beside_the_freshness_where_there_is_room() -> None:
    status = busy().status()
    status = replace(status, desks=(replace(status.desks[0], unheard=8904),))
    assert "● synced just now · 8,904 conversations to go " in status_line(status, 160, NOW, demo=False).text
    assert "to go" not in status_line(status, 60, NOW, demo=False).text
    assert (
        "conversations to go" not in status_line(replace(status, syncing="acme: 3 tickets"), 160, NOW, demo=False).text
    )


@pytest.mark.parametrize(
    ("width", "says"),
    [
        (160, "● acme: 5,000 tickets so far; goes on at 20:31:05, leaving room for others "),
        (80, "supportdesk      ⏸ 1   ? 1   ● acme: 5,000 tickets so far; goes on at 20:31:05 "),
        (60, "⏸ 1   ? 1   ● acme: 5,000 tickets so far "),
        (40, "⏸ 1   ● acme: 5,000 ticket… "),
    ],
)
def test_a_long_word_on_the_reading_gives_way_by_clauses_and_is_never_cut_off(width: int, says: str) -> None:
    words = "acme: 5,000 tickets so far; goes on at 20:31:05, leaving room for others"
    drawn = status_line(replace(busy().status(), syncing=words, flags=8), width, NOW, demo=False)
    assert drawn.text.endswith(says)
    assert cell_len(drawn.text) <= width
