"""The commands as a script meets them: configuration on disk, tokens in the environment, services on sockets."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from serving import serve

from supportdesk.cli import run
from supportdesk.demo import REPO, Helpdesk, Tracker

TOKEN = "canary-token-5f1e"


@dataclass
class Shell:
    """Runs commands in a home of its own against the demo's two servers."""

    home: Path
    helpdesk: Helpdesk
    tracker: Tracker
    patch: pytest.MonkeyPatch
    caught: pytest.CaptureFixture[str]
    errors: str = ""

    def __call__(self, *arguments: str, stdin: str = "") -> tuple[int, str]:
        self.patch.setenv("SUPPORTDESK_TOKEN_WREN", TOKEN)
        self.patch.setenv("SUPPORTDESK_TOKEN_APP", TOKEN)
        if stdin:
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

    def flagged(self) -> str:
        """The flagged ticket of the helpdesk with the surest flag, not yet escalated."""
        _, answer = self.json("list", "flagged", "--desk", "wren")
        free = [ticket for ticket in answer["tickets"] if not ticket["escalation"]]
        return str(max(free, key=lambda ticket: ticket["finding"]["p"])["ref"])


def open_shell(home: Path, patch: pytest.MonkeyPatch, caught: pytest.CaptureFixture[str], stack: ExitStack) -> Shell:
    helpdesk, tracker = Helpdesk(lambda: datetime.now(UTC)), Tracker(lambda: datetime.now(UTC))
    config = home / "config.toml"
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
    patch.setenv("SUPPORTDESK_CONFIG", str(config))
    patch.setenv("SUPPORTDESK_HOME", str(home / "state"))
    return Shell(home=home, helpdesk=helpdesk, tracker=tracker, patch=patch, caught=caught)
