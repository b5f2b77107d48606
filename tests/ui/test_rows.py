"""Rows of the queue as lines of cells."""

from dataclasses import replace

import pytest
from rich.cells import cell_len
from standin import NOW
from standin_story import EXPORT, busy, story

from supportdesk.desk import ViewCount
from supportdesk.model import Band, Decision, Status, TicketRef
from supportdesk.ui import glyphs
from supportdesk.ui.rows import READABLE, outgoing_line, ticket_line, view_line


@pytest.mark.parametrize("width", [*range(30, 60), 80, 100, 120, 160])
def test_every_row_is_exactly_as_wide_as_the_list(width: int) -> None:
    desk = story()
    for row in desk.queue("all"):
        assert cell_len(ticket_line(row, width, NOW).text) <= width
        assert cell_len(ticket_line(row, width, NOW, desks=4).text) <= width


@pytest.mark.parametrize("width", [50, 80, 100, 120])
def test_the_subject_keeps_room_to_be_read_before_another_column_is_drawn(width: int) -> None:
    row = replace(story().queue()[0], subject="s" * 200)
    assert ticket_line(row, width, NOW).text.count("s") >= READABLE - 2


def test_a_narrow_row_has_clock_flag_and_subject_and_a_normal_one_the_id_and_the_status() -> None:
    row = story().queue()[0]
    assert "#4312" not in ticket_line(row, 40, NOW).text
    narrow, normal = ticket_line(row, 40, NOW).text, ticket_line(row, 80, NOW).text
    assert "24m" in narrow
    assert glyphs.FLAG in narrow
    assert "Export" in narrow
    assert all(word in normal for word in ("#4312", "Okafor Maritime", "open"))


def test_an_id_of_a_large_desk_stands_there_whole() -> None:
    row = replace(story().queue()[0], ref=TicketRef("acme", "1204312"))
    assert "#1204312 Export" in ticket_line(row, 50, NOW).text
    assert "#1204… Export" in ticket_line(row, 46, NOW).text


def test_a_dismissed_or_weak_finding_shows_no_flag_and_a_confirmed_one_a_green_one() -> None:
    row = story().queue()[0]
    styles = {}
    for name, changed in {
        "likely": row,
        "dismissed": replace(row, decision=Decision.DISMISSED),
        "weak": replace(row, band=Band.WEAK),
        "confirmed": replace(row, decision=Decision.CONFIRMED),
    }.items():
        drawn = ticket_line(changed, 80, NOW)
        styles[name] = [piece.style for piece in drawn.pieces if piece.text == glyphs.FLAG]
    assert styles == {"likely": ["flag"], "dismissed": [], "weak": [], "confirmed": ["good"]}


def test_what_is_on_its_way_is_told_before_a_draft_and_a_draft_before_an_issue() -> None:
    row = replace(story().queue()[0], held=1, queued=1, draft=True, issue="app#1", status=Status.SOLVED)
    signs = []
    for less in ({}, {"held": 0}, {"queued": 0}, {"draft": False}, {"issue": ""}):
        row = replace(row, **less)
        signs.append(ticket_line(row, 80, NOW).pieces[5].text)
    assert signs == [glyphs.HELD, glyphs.QUEUED, glyphs.DRAFT, glyphs.ISSUE, glyphs.DONE]


def test_unread_tickets_are_bold() -> None:
    desk = story()
    assert any(piece.style == "strong" for piece in ticket_line(desk.queue()[0], 80, NOW).pieces)
    desk.read(EXPORT)
    assert not any(piece.style == "strong" for piece in ticket_line(desk.queue()[0], 80, NOW).pieces)


def test_an_outbox_row_says_state_ticket_and_what_it_is() -> None:
    lines = [outgoing_line(entry, 100, NOW).text for entry in busy().outbox()]
    assert "queued" in lines[0]
    assert "status pending, tag sso" in lines[0]
    assert "held" in lines[2]
    assert "acme#4312" in lines[2]
    assert "public reply" in lines[2]


def test_a_mark_stands_apart_from_the_age_and_keeps_the_colour_of_urgency() -> None:
    for row in story().queue():
        for width in (40, 80, 120):
            drawn = ticket_line(row, width, NOW, marked=True)
            assert drawn.text[5] == " "
            assert drawn.text[6] == glyphs.MARK
            plain = ticket_line(row, width, NOW)
            assert plain.text[7:] == drawn.text[7:]
            if plain.text[6] == glyphs.URGENT:
                assert drawn.pieces[3].style == plain.pieces[3].style == "danger"


@pytest.mark.parametrize(
    ("count", "narrow", "roomy"),
    [
        (0, " 3 Unassigned      ", " 3 Unassigned         "),
        (999, " 3 Unassigned  999 ", " 3 Unassigned     999 "),
        (1_049, " 3 Unassigned 1.0k ", " 3 Unassigned   1,049 "),
        (8_100, " 3 Unassigned 8.1k ", " 3 Unassigned   8,100 "),
        (9_999, " 3 Unassigned 9.9k ", " 3 Unassigned   9,999 "),
        (10_000, " 3 Unassigned  10k ", " 3 Unassigned  10,000 "),
        (100_000, " 3 Unassigned 100k ", " 3 Unassigned 100,000 "),
        (999_600, " 3 Unassigned 0.9M ", " 3 Unassigned 999,600 "),
        (1_000_000, " 3 Unassigned 1.0M ", " 3 Unassig… 1,000,000 "),
    ],
)
def test_the_name_of_a_view_stays_whole_beside_ten_thousands(count: int, narrow: str, roomy: str) -> None:
    view = ViewCount(id="unassigned", name="Unassigned", desk="", count=count)
    assert view_line(view, 3, 19, current=False).text == narrow
    assert view_line(view, 3, 22, current=False).text == roomy


def test_a_view_of_which_the_first_are_here_says_that_there_are_more() -> None:
    view = ViewCount(id="acme/1", name="All unsolved", desk="acme", count=100, more=True)
    assert view_line(view, 9, 22, current=False).text.endswith(" 100+ ")
