"""The commands as a script meets them: configuration on disk, tokens in the environment, services on sockets."""

import copy
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from serving import serve

from supportdesk.cli import run
from supportdesk.demo import REPO, Answer, Helpdesk, Server, Tracker
from supportdesk.providers import Request

TOKEN = "canary-token-5f1e"
TOKENS = {"SUPPORTDESK_TOKEN_WREN": TOKEN, "SUPPORTDESK_TOKEN_APP": TOKEN}


class Stage:
    """One address behind which a fresh copy of a server can be put for every test."""

    def __init__(self, server: Server) -> None:
        self.pristine = self.now_on = server
        self.before_answering: Callable[[Request], None] = lambda request: None

    def fresh(self) -> Any:
        self.before_answering = lambda request: None
        self.now_on = copy.deepcopy(self.pristine)
        return self.now_on

    @property
    def url(self) -> str:
        return self.now_on.url

    @url.setter
    def url(self, value: str) -> None:
        self.now_on.url = value

    def answer(self, request: Request) -> Answer:
        answer = self.now_on.answer(request)
        self.before_answering(request)
        return answer

    def refuse(self, status: int, said: str) -> Answer:
        return self.now_on.refuse(status, said)


@dataclass
class House:
    """Both services on their sockets, and homes that know them: an empty one and a synced one."""

    helpdesk: Stage
    tracker: Stage
    empty: Path
    synced: Path


@dataclass
class Shell:
    """Runs commands in a home of its own against the demo's two servers."""

    home: Path
    helpdesk: Helpdesk
    tracker: Tracker
    patch: pytest.MonkeyPatch
    caught: pytest.CaptureFixture[str]
    errors: str = ""

    def __call__(self, *arguments: str, stdin: str = "", tokens: bool = True) -> tuple[int, str]:
        for name, token in TOKENS.items() if tokens else ():
            self.patch.setenv(name, token)
        self.patch.setattr("sys.stdin", StringIO(stdin))
        self.caught.readouterr()
        code = run(list(arguments))
        shown = self.caught.readouterr()
        self.errors = shown.err
        assert TOKEN not in shown.out + shown.err
        return code, shown.out

    def json(self, *arguments: str, stdin: str = "") -> tuple[int, Any]:
        code, shown = self(*arguments, "--json", stdin=stdin)
        return code, json.loads(shown)

    def start(self, *arguments: str, **more: str) -> "subprocess.Popen[str]":
        """A command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "supportdesk", *arguments],
            env={**self.environ, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # a suite in the background ignores it
        )

    @property
    def environ(self) -> dict[str, str]:
        """What a process of its own needs to be a command in this home."""
        return {**os.environ, **TOKENS, **places(self.home)}

    def flagged(self) -> str:
        """The flagged ticket of the helpdesk with the surest flag, not yet escalated."""
        _, answer = self.json("list", "flagged", "--desk", "wren")
        free = [ticket for ticket in answer["tickets"] if not ticket["escalation"]]
        return str(max(free, key=lambda ticket: ticket["finding"]["p"])["ref"])


def places(home: Path) -> dict[str, str]:
    return {"SUPPORTDESK_CONFIG": str(home / "config.toml"), "SUPPORTDESK_HOME": str(home / "state")}


def open_house(folder: Path, stack: ExitStack) -> House:
    """Serve both services and sync once, for all tests of a run."""
    helpdesk = Stage(Helpdesk(lambda: datetime.now(UTC)))
    tracker = Stage(Tracker(lambda: datetime.now(UTC)))
    empty = folder / "empty"
    empty.mkdir()
    config = empty / "config.toml"
    config.write_text(
        f"""
[desks.wren]
provider = "zendesk"
url = "{stack.enter_context(serve(helpdesk, token=TOKEN))}"
escalate_to = "app"

[desks.app]
provider = "github"
url = "{stack.enter_context(serve(tracker, token=TOKEN))}"
repo = "{REPO}"
""",
        encoding="utf-8",
    )
    config.chmod(0o600)
    synced = shutil.copytree(empty, folder / "synced")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**TOKENS, **places(synced)}.items():
            patch.setenv(name, value)
        assert run(["sync", "--quiet"]) == 0
    return House(helpdesk=helpdesk, tracker=tracker, empty=empty, synced=synced)


def open_shell(
    house: House, home: Path, patch: pytest.MonkeyPatch, caught: pytest.CaptureFixture[str], *, synced: bool
) -> Shell:
    shutil.copytree(house.synced if synced else house.empty, home, dirs_exist_ok=True)
    for name, value in places(home).items():
        patch.setenv(name, value)
    return Shell(home=home, helpdesk=house.helpdesk.fresh(), tracker=house.tracker.fresh(), patch=patch, caught=caught)
