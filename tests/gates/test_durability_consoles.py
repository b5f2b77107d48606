"""Consoles in real terminals: ended by a signal or a kill they lose no word, and a second one says who sends."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from durability_home import GATES, Place, environ, open_place, ran
from durability_writers import ledger_of

sys.path.insert(0, str(GATES.parent / "real"))

from terminal import Terminal

from supportdesk.store.locks import SenderLock

LIMIT_S = 2.0  # between the last key and the disk
pytestmark = pytest.mark.gates


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with open_place(tmp_path_factory.mktemp("consoles")) as place:
        yield place


@contextmanager
def console(home: Path) -> Iterator[Terminal]:
    ours = {name: value for name, value in environ(home).items() if name.startswith("SUPPORTDESK_")}
    terminal = Terminal(environ=ours, status=status_file(home))
    try:
        terminal.wait_for("synced just now", "? keys")
        yield terminal
    finally:
        terminal.close()


def pid_of(terminal: Terminal) -> int:
    """The console's, which runs below the shell that writes down how it ended."""
    shell = terminal._tmux("display-message", "-p", "-t", "t", "#{pane_pid}").strip()
    return int(Path(f"/proc/{shell}/task/{shell}/children").read_text())


def status_file(home: Path) -> Path:
    return home.with_name(f"{home.name}-status")


def drafts(home: Path) -> list[str]:
    with closing(ledger_of(home / "state", "shipped")) as ledger:
        return [it.body for it in ledger.drafts()]


def wait_until_gone(pid: int) -> None:
    until = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]:
        assert time.monotonic() < until
        time.sleep(0.02)


def typed(terminal: Terminal, words: str) -> None:
    terminal.keys("r")
    terminal.wait_for("PUBLIC")
    terminal.type(words)
    terminal.wait_for(words)


def test_a_draft_is_on_disk_two_seconds_after_the_last_key_whatever_comes_then(place: Place) -> None:
    home = place.home()
    with console(home) as terminal:
        typed(terminal, "half a thought")
        time.sleep(LIMIT_S)
        os.kill(pid_of(terminal), signal.SIGKILL)
        assert drafts(home) == ["half a thought"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_console_with_every_word_on_disk(place: Place, number: signal.Signals) -> None:
    home = place.home()
    with console(home) as terminal:
        typed(terminal, "typed a moment ago")
        terminal.type(" and now")
        time.sleep(0.05)
        pid = pid_of(terminal)
        os.kill(pid, number)
        terminal.wait_for_the_end()
        assert int(status_file(home).read_text()) == 128 + number
        assert drafts(home) == ["typed a moment ago and now"]


def test_a_terminal_that_closes_takes_no_word_with_it(place: Place) -> None:
    home = place.home()
    with console(home) as terminal:
        typed(terminal, "the terminal goes")
        pid = pid_of(terminal)
    wait_until_gone(pid)
    assert drafts(home) == ["the terminal goes"]


def test_a_second_console_says_who_sends_and_queues_and_takes_over_from_a_killed_one(place: Place) -> None:
    """A35."""
    home = place.home()
    with console(home) as first:
        pid = pid_of(first)
        with console(home) as second:
            second.wait_for("Another supportdesk", f"pid {pid}")
            typed(second, "From the second one.")
            second.keys("C-s")
            second.wait_for("Send this PUBLIC reply?")
            second.keys("y")
            second.wait_for("u undo")
            assert SenderLock(home / "state").holder_pid() == pid
            os.kill(pid, signal.SIGKILL)
            until = time.monotonic() + 40
            while "From the second one." not in place.said():
                assert time.monotonic() < until, second.screen
                time.sleep(0.1)
            assert SenderLock(home / "state").holder_pid() == pid_of(second)
    assert place.said().count("From the second one.") == 1
    assert ran(home, "outbox", "--json")[1].count('"sent"') == 1


def test_two_consoles_that_type_in_one_draft_write_apart_and_then_one_below_the_other(place: Place) -> None:
    home = place.home()
    with console(home) as first, console(home) as second:
        typed(first, "Dear Ada,")
        second.keys("r")
        second.wait_for("has this draft open")
        for one, other in (("it is", "we shall"), ("fixed", "see")):
            first.type(f" {one}")
            second.type(f" {other}")
            first.wait_for("draft saved", one)
            second.wait_for("draft saved", other)
            time.sleep(0.7)  # longer than either waits before it writes to disk
        assert sorted(drafts(home)) == [" we shall see", "Dear Ada, it is fixed"]
        second.keys("Escape")
        second.wait_for("stands below the draft")
        first.type(".")
        first.wait_for("stand below yours")
    assert drafts(home) == ["Dear Ada, it is fixed.\n\n we shall see"]


def test_an_issues_own_wording_is_there_again_after_a_kill(place: Place) -> None:
    home = place.home()
    with console(home) as terminal:
        terminal.keys("B")
        terminal.wait_for("Link to which issue?")
        terminal.keys("Escape")
        terminal.wait_for("e edit", gone="Link to which issue?")
        terminal.keys("e")
        terminal.wait_for("check again")
        terminal.type("In my own words.")
        terminal.wait_for("In my own words.")
        time.sleep(LIMIT_S)
        os.kill(pid_of(terminal), signal.SIGKILL)
    with console(home) as terminal:
        terminal.keys("b")
        terminal.wait_for("your own wording", "In my own words.")
