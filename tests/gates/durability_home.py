"""Homes that were synced with the demo's two servers on sockets, and a look into what they hold afterwards."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from serving import serve

from supportdesk.demo import REPO, Helpdesk, Tracker

TOKEN = "canary-token-5f1e"
GATES = Path(__file__).parent


def clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Place:
    """Both servers, and a synced home to copy."""

    folder: Path
    helpdesk: Helpdesk
    tracker: Tracker
    homes: int = 0

    def home(self) -> Path:
        """Another home, as a first sync left it."""
        self.homes += 1
        return Path(shutil.copytree(self.folder / "synced", self.folder / f"home-{self.homes}"))

    def said(self) -> list[str]:
        """Every comment on the helpdesk, whoever wrote it."""
        return [comment["body"] for said in self.helpdesk.records.comments.values() for comment in said]


def environ(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SUPPORTDESK_CONFIG": str(home / "config.toml"),
        "SUPPORTDESK_HOME": str(home / "state"),
        "SUPPORTDESK_TOKEN_WREN": TOKEN,
        "SUPPORTDESK_TOKEN_APP": TOKEN,
        "SUPPORTDESK_SETTLE_S": "0",
    }


def command(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    """The shipped command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "supportdesk", *arguments],
        env=environ(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ran(home: Path, *arguments: str) -> tuple[int, str, str]:
    process = command(home, *arguments)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


@contextmanager
def open_place(folder: Path) -> Iterator[Place]:
    """Serve both services and sync a home with them."""
    place = Place(folder, Helpdesk(clock), Tracker(clock))
    with ExitStack() as stack:
        synced = folder / "synced"
        synced.mkdir()
        config = synced / "config.toml"
        config.write_text(
            f"""
[desks.wren]
provider = "zendesk"
url = "{stack.enter_context(serve(place.helpdesk, token=TOKEN))}"
escalate_to = "app"

[desks.app]
provider = "github"
url = "{stack.enter_context(serve(place.tracker, token=TOKEN))}"
repo = "{REPO}"
""",
            encoding="utf-8",
        )
        config.chmod(0o600)
        code, _, err = ran(synced, "sync", "--quiet")
        assert code == 0, err
        yield place
