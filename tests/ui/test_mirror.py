"""What a frame leaves on a terminal is the same whether all of it is sent or only what differs."""

import random
from collections.abc import Iterator, Sequence

import pytest
from painted import Painted

from supportdesk.ui.cells import pad
from supportdesk.ui.mirror import Mirror, Patch
from supportdesk.ui.pen import turn
from supportdesk.ui.terminal import hold, steady

STYLES = (
    "",
    "1",
    "1;38;2;9;9;9;48;2;1;2;3",
    "38;2;9;9;9;48;2;1;2;3",
    "38;2;7;7;7;48;2;1;2;3",
    "2;31",
    "4;94;104",
    "49;39",
)
WORDS = ("export", "sync error", "登录 失败", "⚑", "✎ draft", "한글", "row", "naïve", "❤️ ok", "🇩🇪")
SIZE = (60, 20)
SIDE = 40
BESIDE = Patch(top=2, bottom=18, left=SIDE, right=60)
SEEDS = [*range(15), *(pytest.param(seed, marks=pytest.mark.gates) for seed in range(15, 40))]


def styled(style: str, text: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


def row(chance: random.Random, width: int) -> str:
    """Words of all styles, exactly so wide."""
    parts, left = [], width
    while left > 0:
        cells = min(left, chance.randint(1, 12))
        parts.append(styled(chance.choice(STYLES), pad(chance.choice(WORDS), cells)))
        left -= cells
    return "".join(parts)


def frame(rows: dict[int, str], column: int = 0) -> str:
    return "\n".join(f"\x1b[{at + 1};{column + 1}H{words}" for at, words in rows.items()) + "\x1b[1;1H"


def frames(chance: random.Random, *, dialogs: bool = True) -> Iterator[str]:
    """The whole screen, then a list that moves about beside something else, rows that change, dialogs over them.

    A dialog may cut wide characters in two, as Textual never does: what is left of them nobody knows.
    """
    width, height = SIZE
    side = SIDE if chance.random() < 0.5 else width
    lines, top = [row(chance, side) for _ in range(90)], 40
    yield frame({at: row(chance, width) for at in range(height)})
    for _ in range(30):
        top = max(0, min(70, top + chance.choice((-9, -8, -2, -1, -1, 0, 1, 1, 3, 8, 15, 17))))
        shown = {at: lines[top + at] for at in range(2, height - 2)}
        shown[chance.choice(sorted(shown))] = row(chance, side)
        yield frame(shown)
        if dialogs and chance.random() < 0.3:
            left = chance.randint(0, width - 10)
            yield frame({at: row(chance, 10) for at in range(5, 9)}, left)
        if side < width and chance.random() < 0.4:
            yield frame({at: row(chance, width - side) for at in range(height)}, side)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_screen_is_the_same_as_if_everything_had_been_sent(seed: int) -> None:
    mirror, all_of_it, sparing = Mirror(hold), Painted(*SIZE), Painted(*SIZE)
    for data in frames(random.Random(seed)):
        all_of_it.write(steady(data))
        found = mirror.frame(data, SIZE)
        assert found is not None
        sparing.write(found)
        assert sparing.margins == (0, SIZE[1])
        assert sparing.text() == all_of_it.text()
        assert sparing.cells == all_of_it.cells


@pytest.mark.parametrize("seed", SEEDS)
def test_what_moved_along_is_back_with_the_first_frame_for_which_it_may_not(seed: int) -> None:
    chance = random.Random(seed)
    mirror, all_of_it, sparing = Mirror(hold), Painted(*SIZE), Painted(*SIZE)
    for data in frames(chance, dialogs=False):
        if chance.random() < 0.4:
            mirror.loose = BESIDE
        elif chance.random() < 0.3:
            mirror.fasten()
        all_of_it.write(steady(data))
        sparing.write(mirror.frame(data, SIZE) or "")
        known = SIDE if mirror.loose else SIZE[0]
        assert [row[:known] for row in sparing.cells] == [row[:known] for row in all_of_it.cells]
    mirror.fasten()
    sparing.write(mirror.frame("\x1b[1;1Hx", SIZE) or "")
    all_of_it.write("\x1b[1;1Hx")
    assert sparing.cells == all_of_it.cells


def of_list(top: int, rows: Sequence[int] = range(2, 18)) -> str:
    return frame({at: styled("38;2;9;9;9", f"#{top + at} says {chr(top + at) * 20}".ljust(60)) for at in rows})


def painted(mirror: Mirror) -> None:
    assert mirror.frame(frame(dict.fromkeys(range(20), "x" * 60)), SIZE) is not None
    mirror.frame(of_list(100), SIZE)


def test_rows_that_moved_are_moved_by_the_terminal_and_one_is_written() -> None:
    mirror = Mirror(hold)
    painted(mirror)
    down = mirror.frame(of_list(101), SIZE) or ""
    assert down.startswith("\x1b[3;18r\x1b[3;1H\x1b[1M\x1b[r")
    assert f"#118 says {chr(118) * 20}" in down
    assert chr(117) * 2 not in down
    assert (mirror.frame(of_list(98), SIZE) or "").startswith("\x1b[3;18r\x1b[3;1H\x1b[3L\x1b[r")


def beside(top: int, rows: Sequence[int] = range(2, 18)) -> str:
    """The list as wide as `SIDE`; what stands beside it is not drawn."""
    return frame({at: styled("38;2;9;9;9", f"#{top + at} says {chr(top + at) * 20}".ljust(SIDE)) for at in rows})


@pytest.mark.parametrize("forgotten", [False, True])
def test_beside_a_loose_pane_rows_are_moved_and_the_pane_is_not_put_back_until_it_is_fastened(forgotten: bool) -> None:
    mirror, terminal = Mirror(hold), Painted(*SIZE)
    text = {at: f"{at:02}{chr(97 + at) * 56}  " for at in range(20)}
    for data in (frame(text), beside(100)):
        terminal.write(mirror.frame(data, SIZE) or "")
    assert "\x1b[1M" not in (mirror.frame(beside(101), SIZE) or "\x1b[1M")  # what stands beside it is dearer
    terminal.write(mirror.frame(beside(100), SIZE) or "")
    mirror.loose = BESIDE
    terminal.write(moved := mirror.frame(beside(101), SIZE) or "")
    assert "\x1b[1M" in moved
    assert "eeee" not in moved
    assert [row[SIDE:] for row in terminal.text()[16:19]] == [text[17][SIDE:], " " * 20, text[18][SIDE:]]
    if forgotten:  # what was moved along stands where it was moved to, whatever else is written
        mirror.forget()
        assert mirror.fasten()
        assert not mirror.fasten()
        return
    assert mirror.fasten()
    terminal.write(mirror.frame("\x1b[1;1H!", SIZE) or "")
    assert [row[SIDE:] for row in terminal.text()] == [words[SIDE:] for words in text.values()]
    assert not mirror.fasten()


def test_what_is_drawn_of_a_loose_pane_stands_where_it_was_drawn() -> None:
    mirror, terminal = Mirror(hold), Painted(*SIZE)
    mirror.loose = BESIDE
    for data in (frame(dict.fromkeys(range(20), "a" * 60)), beside(100), beside(101)):
        terminal.write(mirror.frame(data, SIZE) or "")
    terminal.write(mirror.frame(frame({5: "b" * 20}, SIDE), SIZE) or "")
    assert terminal.text()[5].endswith("b" * 20)
    terminal.write(mirror.frame(beside(102) + frame({9: "c" * 20}, SIDE), SIZE) or "")
    assert [row[SIDE:] for row in terminal.text()[4:10]] == ["b" * 20, *["a" * 20] * 4, "c" * 20]


def test_the_ink_of_a_blank_is_not_seen_and_not_sent() -> None:
    mirror = Mirror(hold)
    painted(mirror)
    mirror.frame(frame({0: styled("31;44", "red   ") + styled("32;44", "green")}), SIZE)
    assert mirror.frame(
        frame({0: styled("31;44", "red") + styled("1;35;44", "   ") + styled("32;44", "green")}), SIZE
    ) == ("\x1b[1;1H")
    assert mirror.frame(frame({0: styled("4;31;44", "red   ")}), SIZE) != "\x1b[1;1H"  # underlined, they are


def test_what_stands_there_is_not_sent_again() -> None:
    mirror = Mirror(hold)
    painted(mirror)
    assert mirror.frame(of_list(100), SIZE) == "\x1b[1;1H"


def test_the_whole_screen_is_sent_when_all_of_it_is_painted() -> None:
    mirror = Mirror(hold)
    whole = frame({at: f"{at:60}" for at in range(20)})
    assert mirror.frame(whole, SIZE) == mirror.frame(whole, SIZE) == whole.replace("\n", "")


def test_what_stood_on_a_part_that_is_left_stays_until_all_of_it_is_drawn() -> None:
    mirror, terminal = Mirror(hold), Painted(*SIZE)
    before, after = (frame(dict.fromkeys(range(20), word * 60)) for word in "ab")
    terminal.write(before)
    mirror.left = Patch(top=2, bottom=20, left=SIDE, right=60)
    terminal.write(mirror.frame(after, SIZE) or "")
    terminal.write(mirror.frame(frame({5: "a b c"}, SIDE), SIZE) or "")
    assert terminal.text() == ["b" * 60] * 2 + ["b" * SIDE + "a" * 20] * 18
    mirror.left = None
    terminal.write(mirror.frame(frame(dict.fromkeys(range(2, 20), "b" * 20), SIDE), SIZE) or "")
    assert terminal.text() == ["b" * 60] * 20


@pytest.mark.parametrize(
    ("data", "size"),
    [
        ("\x1b[2J", SIZE),
        ("\x1b]8;;https://a.example\x1b\\x", SIZE),
        ("no place", SIZE),
        (of_list(1), (10, 20)),
        ("\a", SIZE),
    ],
)
def test_anything_else_is_no_frame(data: str, size: tuple[int, int]) -> None:
    assert Mirror(hold).frame(data, size) is None


def test_nothing_is_known_on_a_screen_of_another_size_or_behind_something_else() -> None:
    mirror = Mirror(hold)
    painted(mirror)
    mirror.frame(frame({0: "a"}), (60, 21))
    assert len(mirror.frame(of_list(100), (60, 21)) or "") > 16 * 60
    mirror.forget()
    assert len(mirror.frame(of_list(100), (60, 21)) or "") > 16 * 60


def test_a_style_is_reached_by_what_differs() -> None:
    assert turn("1;38;2;9;9;9;48;2;1;2;3", "1;38;2;7;7;7;48;2;1;2;3") == "\x1b[38;2;7;7;7m"
    assert turn("38;2;9;9;9;48;2;1;2;3", "1;38;2;9;9;9") == "\x1b[1;49m"
    assert turn("1;31", "31") == "\x1b[0;31m"
    assert turn("31", "") == "\x1b[0m"
    assert turn("31", "31") == ""
