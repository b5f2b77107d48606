"""What terminals measure differently is held in the cells that were reckoned with; tests/real has it in tmux."""

import asyncio
import os

import pytest
from drive import console
from rich.cells import cell_len
from standin_story import story
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message

from supportdesk.ui.inert import AsciiFilter, ControlFilter
from supportdesk.ui.terminal import SteadyDriver, steady

FAMILY = "👩‍👩‍👧‍🐕‍🦺"


@pytest.mark.parametrize("text", ["plain", "“quoted” – naïve · …", "登录 한글 カナ", "\x1b[1;31mред\x1b[0m ┃"])
def test_what_every_terminal_agrees_on_is_written_as_it_is(text: str) -> None:
    assert steady(text) == text


@pytest.mark.parametrize("text", [FAMILY, "हिंदी", "طلب", "❤️", "🇩🇪", "cafe\u0301", "⚑"])
def test_a_run_of_uncertain_width_is_drawn_into_cleared_cells_and_left_behind_them(text: str) -> None:
    width = cell_len(text)
    held = f"\x1b[?7l\x1b7{' ' * width}\x1b8{text}\x1b8\x1b[?7h\x1b[{width}C"
    assert steady(f"\x1b[2;5H\x1b[1mab\x1b[0m\x1b[31m{text}\x1b[0m\x1b[1mright\x1b[0m") == (
        f"\x1b[2;5H\x1b[1mab\x1b[0m\x1b[31m{held}\x1b[0m\x1b[1mright\x1b[0m"
    )


def test_the_room_behind_a_run_is_cleared_and_not_drawn_with_it() -> None:
    assert steady("❤️   ") == "\x1b[?7l\x1b7     \x1b8❤️\x1b8\x1b[?7h\x1b[5C"


def test_hyperlinks_and_other_sequences_are_not_touched() -> None:
    link = "\x1b]8;id=1;https://a.example/é\x1b\\"
    assert steady(f"{link}❤️\x1b]8;;\x1b\\").startswith(f"{link}\x1b[?7l")


def test_the_console_writes_through_it_where_it_speaks_to_the_terminal_itself() -> None:
    assert issubclass(SteadyDriver, LinuxDriver)
    assert console(story()).get_driver_class() is SteadyDriver


def test_the_filters_of_a_line_are_the_same_ones_each_time_so_that_lines_remember_what_they_made() -> None:
    app = console(story())
    assert app.get_line_filters() == app.get_line_filters()
    assert isinstance(app.get_line_filters()[-1], ControlFilter | AsciiFilter)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("\x1bke", "escape k e"),
        ("\x1b\r\x1b/", "escape enter escape slash"),
        ("j\x1b\x1b[Aj\x1bOB", "j escape up j down"),
        ("\x1b\x1bj\x1b1", "escape escape j escape 1"),
    ],
)
def test_an_esc_typed_before_anybody_listened_is_a_key_whatever_comes_with_it(typed: str, keys: str) -> None:
    assert " ".join(asyncio.run(pressed(typed, ready=False))) == keys
    assert asyncio.run(pressed("\x1b\x7f", ready=True)) == ["ctrl+w"]


async def pressed(typed: str, *, ready: bool) -> list[str]:
    """The keys that the driver makes of what stands in the terminal when it begins to listen."""
    app, found = console(story()), list[Message]()
    app.ready = ready
    driver = SteadyDriver(app)
    driver.fileno, other = os.pipe()
    driver.process_message = found.append  # type: ignore[method-assign]  # instead of a running app
    os.write(other, typed.encode())
    os.close(other)
    driver.run_input_thread()
    os.close(driver.fileno)
    return [event.key for event in found if isinstance(event, Key)]
