"""What does not depend on the machine: bytes of a cursor move, and what is imported when the first screenful stands.

Requests of a sync are counted in tests/desk/test_call_counts.py.
"""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bigdesk import fill
from figures import Curve, Run, percentile
from plot import picture
from pty_terminal import SIZE
from subjects import CONSOLE, LIVE, NEWEST, SETTLED_S, Subject, desk_environ, frame, leave_frame

from supportdesk.late import PLACES

TICKETS = 300
MOST_BYTES = 2_000
HELD = 24  # presses of a key
OTHERS = ((80, 24), (119, 60), (160, 50), (300, 100))
SIZES = [SIZE, *(pytest.param(it, marks=pytest.mark.gates) for it in OTHERS)]
MOST_MODULES, MOST_OF_OURS = 105, 85  # above a bare Textual app's, and ours among them; 86 and 71 when it was written
NOT_YET = {"httpx", "keyring", "oauthlib", "polars", "jinja2", "tree_sitter", "tinydb", "hashlib", "email", "html"}
CODE = """
import asyncio, os, sys
from pathlib import Path

async def hello():
    from hello import Hello
    async with Hello().run_test() as pilot:
        await pilot.pause()

async def console():
    from supportdesk.config import load
    from supportdesk.desk import open_desk
    from supportdesk.secrets import Secrets
    from supportdesk.ui.app import SupportDesk
    home = Path(os.environ["SUPPORTDESK_HOME"])
    config = load(home / "config.toml", os.environ)

    app = SupportDesk(open_desk(config, Secrets({}, {}), undo_s=8.0))

    def revealed():
        print(*sorted(sys.modules))
        app.exit()

    app._reveal = revealed
    await app.run_async(headless=True, size=(120, 40))

asyncio.run({"hello": hello, "console": console}[sys.argv[1]]())
if sys.argv[1] == "hello":
    print(*sorted(sys.modules))
"""


MOVES = """
import supportdesk.ui.queue
supportdesk.ui.queue.PREVIEW_AFTER_S = 600.0
from supportdesk.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("counts") / "desk", TICKETS)


def subject(home: Path) -> Subject:
    return Subject("console", CONSOLE, desk_environ(home), NEWEST, LIVE)


def alone(home: Path) -> Subject:
    """The moves by themselves: the conversation beside the list, which is drawn when a key is let go, comes never."""
    return replace(subject(home), command=[sys.executable, "-c", MOVES])


def held(home: Path, size: tuple[int, int]) -> tuple[list[int], list[int], bytes]:
    """Bytes of some moves down and of some up, all of them past the edge of the window, and all that was sent."""
    with alone(home).start(size) as terminal:
        assert subject(home).painted(terminal) > 0
        terminal.quiet(SETTLED_S, 15.0)
        found = []
        for key in (b"j", b"k"):
            os.write(terminal.fd, key * size[1])
            terminal.quiet(0.5, 15.0)
            found.append([terminal.press(key, settle_s=0.01).size for _ in range(HELD)])
        return found[0], found[1], terminal.seen


def modules(home: Path, what: str, code: str = CODE) -> set[str]:
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", code, what], capture_output=True, text=True, cwd=here, env=desk_environ(home), timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("size", SIZES)
def test_a_cursor_move_is_two_kilobytes_at_most_also_where_the_list_scrolls(home: Path, size: tuple[int, int]) -> None:
    """By itself and beside other panes; 0.8 kB at most at 80x24, 0.9 at 120x40, 1.4 at 300x100 when it was written."""
    down, up, seen = held(home, size)
    for sizes in (down, up):
        assert min(sizes) > 0
        assert max(sizes) <= MOST_BYTES, sizes
    assert seen.count(b"\x1b[1M\x1b[r") >= HELD // 2  # the terminal has moved the rows
    assert seen.count(b"\x1b[1L\x1b[r") >= HELD // 2


def test_the_frame_of_the_last_session_comes_before_the_live_console(home: Path) -> None:
    leave_frame(subject(home))
    with subject(home).start() as terminal:
        first = frame(subject(home)).painted(terminal)
        assert LIVE not in terminal.seen
        assert first < subject(home).painted(terminal)


def test_what_is_imported_for_the_first_screenful_is_bounded(home: Path) -> None:
    ours = modules(home, "console")
    assert not NOT_YET & ours
    assert not {f"supportdesk.{room}.{name}" for name, room in PLACES.items()} & ours
    assert not {name for name in ours if name.startswith(("supportdesk.insight.", "supportdesk.gate."))}
    more = ours - modules(home, "hello")
    assert len(more) <= MOST_MODULES
    assert len([name for name in more if name.startswith("supportdesk")]) <= MOST_OF_OURS


def test_too_much_for_a_first_screenful_is_found(home: Path) -> None:
    early = CODE.replace("home = Path", "import supportdesk.insight.rules; home = Path")
    with pytest.raises(AssertionError):
        assert not {name for name in modules(home, "console", early) if name.startswith("supportdesk.insight.")}


def test_a_budget_says_whether_it_is_met_and_a_curve_is_drawn() -> None:
    run = Run(1)
    for measured in (1.0, 2.0, 4.0):
        run.budget("a key", "ms", measured, bounds=(3.0, 1.5))
    assert [budget.verdict for budget in run.budgets] == ["aim met", "must met", "NOT MET"]
    assert percentile([3.0, 1.0, 2.0], 0.95) == 3.0
    assert picture("a key", [Curve("a key", "us", "ms", {1_000: 1.0, 100_000: 20.0})]).count("<circle") == 2
