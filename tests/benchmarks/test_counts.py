"""What does not depend on the machine: bytes of a cursor move, and what is imported when the first screenful stands.

Requests of a sync are counted in tests/desk/test_call_counts.py.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from bigdesk import fill
from figures import Curve, Run, percentile
from plot import picture
from pty_terminal import SIZE
from subjects import CONSOLE, LIVE, NEWEST, Subject, desk_environ, frame, leave_frame

TICKETS = 120
MOST_BYTES = 2_000
MOST_MODULES = 240  # above a bare Textual app's, ours among them; 180 when it was written
NOT_YET = {"httpx", "keyring", "oauthlib", "polars", "jinja2", "tree_sitter"}
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


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("counts") / "desk", TICKETS)


def subject(home: Path) -> Subject:
    return Subject("console", CONSOLE, desk_environ(home), NEWEST, LIVE)


def modules(home: Path, what: str) -> set[str]:
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", CODE, what], capture_output=True, text=True, cwd=here, env=desk_environ(home), timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("size", [SIZE, (300, 100)])
def test_a_cursor_move_is_two_kilobytes_at_most_on_every_terminal(home: Path, size: tuple[int, int]) -> None:
    with subject(home).start(size) as terminal:
        assert subject(home).painted(terminal) > 0
        terminal.quiet(0.5)
        sizes = [size for _ in range(5) if (size := terminal.press(b"j", settle_s=0.3).size)]
    assert min(sizes) <= MOST_BYTES, sizes  # on a busy machine the talk beside the list may come at once


def test_the_frame_of_the_last_session_comes_before_the_live_console(home: Path) -> None:
    leave_frame(subject(home))
    with subject(home).start() as terminal:
        first = frame(subject(home)).painted(terminal)
        assert LIVE not in terminal.seen
        assert first < subject(home).painted(terminal)


def test_what_is_imported_for_the_first_screenful_is_bounded(home: Path) -> None:
    ours = modules(home, "console")
    assert not NOT_YET & ours
    assert len(ours - modules(home, "hello")) <= MOST_MODULES


def test_a_budget_says_whether_it_is_met_and_a_curve_is_drawn() -> None:
    run = Run(1)
    for measured in (1.0, 2.0, 4.0):
        run.budget("a key", "ms", measured, bounds=(3.0, 1.5))
    assert [budget.verdict for budget in run.budgets] == ["aim met", "must met", "NOT MET"]
    assert percentile([3.0, 1.0, 2.0], 0.95) == 3.0
    assert picture("a key", [Curve("a key", "us", "ms", {1_000: 1.0, 100_000: 20.0})]).count("<circle") == 2
