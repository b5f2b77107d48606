"""What a list does when the cursor reaches its edge, by itself and beside other panes."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from drive import drive
from standin_story import OKAFOR, story, ticket
from textual.pilot import Pilot

from supportdesk.desk import ViewCount
from supportdesk.ui.board import MOST_BESIDE
from supportdesk.ui.lines import LineList
from supportdesk.ui.queue import QueueScreen

MANY = 120
MARGIN = LineList.MARGIN


def tops(size: tuple[int, int], keys: Sequence[str], *, leaps: bool = False) -> tuple[list[tuple[int, int, int]], int]:
    """Behind every key the first row in sight, the chosen one and the chosen ticket; and the rows of the window."""
    desk = story()
    for number in range(MANY):
        desk.add(ticket(5_000 + number, f"Row {number}", OKAFOR, hours=100 + number))
    found: list[tuple[int, int, int]] = []
    height = 0

    async def steps(pilot: Pilot[None]) -> None:
        nonlocal height
        assert isinstance(pilot.app.screen, QueueScreen)
        queue = pilot.app.screen.queue
        height = queue.size.height
        for pressed in keys:
            queue.leaps = leaps
            await pilot.press(pressed)
            assert queue.row is not None
            assert queue.selected == queue.row.ref
            found.append((int(queue.scroll_offset.y), queue.index, int(queue.row.ref.id)))

    drive(desk, steps, size=size)
    return found, height


@pytest.mark.parametrize(
    "size", [(80, 24), *(pytest.param(size, marks=pytest.mark.gates) for size in ((120, 40), (300, 100)))]
)
def test_who_walks_past_the_edge_sees_the_list_scroll_line_by_line(size: tuple[int, int]) -> None:
    found, height = tops(size, "j" * 105 + "k" * 105)
    assert [index for _, index, _ in found] == [*range(1, 106), *range(104, -1, -1)]
    assert {abs(now[0] - before[0]) for before, now in pairwise(found)} == {0, 1}
    assert found[104][0] == 105 - height + MARGIN + 1
    assert found[-1][0] == 0


def test_beside_very_many_views_the_queue_scrolls_seldom() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, QueueScreen)
        for many in (MOST_BESIDE, MOST_BESIDE + 1):
            screen.views = [ViewCount(id=f"{n}", name=f"View {n}", desk="", count=n) for n in range(many)]
            screen._fill_views()
            assert screen.queue.leaps == (many > MOST_BESIDE)

    drive(story(), steps)


@pytest.mark.parametrize("size", [(120, 40)])
def test_beside_very_many_views_the_cursor_that_walks_past_the_edge_is_a_quarter_into_the_next_window(
    size: tuple[int, int],
) -> None:
    found, height = tops(size, "j" * 80 + "k" * 80, leaps=True)
    assert [index for _, index, _ in found] == [*range(1, 81), *range(79, -1, -1)]
    assert all(0 <= index - top < height for top, index, _ in found)
    down = [now for before, now in pairwise(found) if now[0] > before[0]]
    up = [now for before, now in pairwise(found) if now[0] < before[0]]
    assert 2 <= len(down + up) <= 1 + len(found) // (height * 3 // 4 - MARGIN)
    assert {index - top for top, index, _ in down} == {height // 4}
    assert {index - top for top, index, _ in up if top} <= {height - 1 - height // 4}
    assert found[-1][0] == 0


def test_beside_other_panes_a_leap_past_the_edge_ends_in_the_middle_and_half_pages_are_half_pages() -> None:
    found, height = tops((120, 40), ["ctrl+d"] * 4 + ["ctrl+u"] * 2)
    half = height // 2
    assert [index for _, index, _ in found] == [half, 2 * half, 3 * half, 4 * half, 3 * half, 2 * half]
    assert [top for top, _, _ in found] == [0, half, 2 * half, 3 * half, 2 * half, half]


def test_beside_other_panes_the_edge_is_left_a_margin_at_both_ends() -> None:
    found, height = tops((120, 40), "j" * 60 + "k" * 60, leaps=True)
    first = next(at for at, (top, _, _) in enumerate(found) if top)
    assert found[first][1] == height - MARGIN
    assert all(index - top >= MARGIN or not top for top, index, _ in found)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_first_and_the_last_line_are_seen_wherever_a_jump_would_have_gone(size: tuple[int, int]) -> None:
    found, height = tops(size, "GkjjgjkGg")
    rows = found[0][1] + 1
    assert found[0] == (rows - height, rows - 1, found[0][2])
    assert found[3][:2] == found[0][:2]
    assert found[4][:2] == (0, 0)
    assert found[-1] == found[4]


def test_a_line_that_is_drawn_again_is_the_same_strip_until_it_is_another_or_the_theme_is() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app.screen, QueueScreen)
        queue = pilot.app.screen.queue
        dark, chosen = queue.render_line(3), queue.render_line(0)
        assert queue.render_line(3) is dark
        await pilot.press("j")
        assert queue.render_line(3) is dark
        assert queue.render_line(0) != chosen
        await pilot.press("k")
        assert queue.render_line(0) is chosen
        pilot.app.theme = "harbor-light"
        await pilot.pause()
        assert queue.render_line(3).text == dark.text
        assert queue.render_line(3) != dark

    drive(story(), steps, size=(80, 24))
