"""A process that runs the shipped commands of its input, a JSON list a line: `python sending_process.py BUILD`."""

import json
import os
import sys
from io import StringIO
from typing import Any

from supportdesk.cli import run
from supportdesk.desk import lessons, sending
from supportdesk.insight.rules import Rules
from supportdesk.model import Outgoing, Ticket


async def as_it_was_seen(work: object, entry: Outgoing) -> Ticket:
    """The broken build: what we sent ourselves meanwhile is somebody else's."""
    return entry.seen


def answered(words: list[str], tokens: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """One command's exit code and what it printed."""
    os.environ |= tokens  # each command takes them out of it
    sys.stdout = caught = StringIO()
    try:
        code = run([*words, "--json", "--quiet"])
    finally:
        sys.stdout = sys.__stdout__
    return code, json.loads(caught.getvalue())


def read_rules_once() -> None:
    """The rules of workarounds, which each command reads anew, are not what is tried here, and half of its time."""
    cues = lessons.load_cues()
    rules = Rules.load(cues)
    lessons.load_cues = lambda: cues
    Rules.load = lambda cues: rules  # type: ignore[method-assign, assignment]  # the same for every command


def main() -> None:
    read_rules_once()
    if sys.argv[1] == "naive":
        sending.as_we_left_it = as_it_was_seen  # type: ignore[assignment]  # it takes any workplace
    tokens = {name: value for name, value in os.environ.items() if "TOKEN" in name}
    for line in sys.stdin:
        print(json.dumps(answered(json.loads(line), tokens)), flush=True)  # noqa: T201 - the pipe to the test


if __name__ == "__main__":
    main()
