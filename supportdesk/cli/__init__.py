"""The command line: finds the command, opens what it needs, and turns failures into sentences and exit codes."""

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from supportdesk import late
from supportdesk.cli.asked import asked
from supportdesk.cli.output import Unwritable, emit, err, error_json, finish
from supportdesk.config import Config, load
from supportdesk.desk import Desk, open_demo, open_desk
from supportdesk.desk.attention import COMMAND_SLICE_S
from supportdesk.errors import NotFoundError, SupportdeskError, UsageError
from supportdesk.secrets import Secrets, take_tokens
from supportdesk.store.files import open_log, trouble

CONSOLES = ("", "demo")
PLATFORMS = ("linux", "darwin")
# Each command by the module that is imported for it: a start waits for no other, and the console for none of them.
ASYNC = {
    "sync": "reading:sync",
    "show": "reading:show",
    "cue": "cues:cue",
    "reply": "writing:reply",
    "note": "writing:note",
    "set": "writing:fields",
    "escalate": "writing:escalate",
    "outbox": "writing:outbox",
    "macros": "macros:macros",
    "problems": "problems:problems",
    "verdict": "cues:verdict",
}
PLAIN = {
    "views": "reading:views",
    "list": "reading:tickets",
    "search": "reading:search",
    "export": "exporting:export",
    "import": "exporting:bring_in",
}


def run(arguments: list[str], clear_screen: Callable[[], None] = lambda: None) -> int:
    """Run one command and return its exit code; errors are sentences, never tracebacks.

    `clear_screen` is called before one is said, where something may lie over it.
    """
    wants_json = "--json" in arguments
    try:
        if sys.platform not in PLATFORMS:
            raise UsageError(f"supportdesk does not run on {sys.platform}.", "It runs on Linux and macOS.")
        code = _command(asked(arguments))
        finish()
        return code
    except SupportdeskError as problem:
        clear_screen()
        if wants_json and not isinstance(problem, Unwritable):
            emit(error=error_json(problem))
        else:
            err(f"{problem.message} {problem.hint}".strip())
        return problem.exit_code
    except KeyboardInterrupt:
        clear_screen()
        return 130
    except BrokenPipeError:  # `supportdesk list | head`: what is still buffered has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _command(arguments: SimpleNamespace) -> int:
    if arguments.command in ("scan", "login", "logout"):
        gc.enable()
    if arguments.command == "scan":
        asked = {"as_json": arguments.json, "every": arguments.all, "quiet": arguments.quiet}
        return int(_named("scan:run")(arguments.file, **asked, ours=arguments.ours, jobs=arguments.jobs))
    if arguments.command == "demo":
        return _demo(arguments)
    config = load(Path(arguments.config) if arguments.config else None, os.environ)
    secrets = Secrets(take_tokens(os.environ, config.accounts), os.environ)
    if arguments.debug:
        _log_to(config)
    if arguments.command == "login":
        return int(_named("account:login")(config, secrets, arguments))
    if arguments.command == "logout":
        return int(_named("account:logout")(config, secrets, arguments))
    if arguments.desk and arguments.desk not in config.accounts:
        known = ", ".join(config.accounts) or "none"
        raise NotFoundError(f"There is no desk called {arguments.desk!r}.", f"Configured desks: {known}.")
    if arguments.command == "":
        return _console(config, secrets, arguments)
    if arguments.command in ("reply", "note"):
        # before the loop: there a Ctrl-C would wait for the end of the input
        arguments.text = _named("writing:words")(arguments)
    desk = open_desk(config, secrets, undo_s=0.0, read_only=arguments.read_only)
    desk.attention.slice_s = COMMAND_SLICE_S
    gc.freeze()  # what is there stays
    gc.enable()
    return asyncio.run(_with(desk, config, secrets, arguments))


async def _with(desk: Desk, config: Config, secrets: Secrets, arguments: SimpleNamespace) -> int:
    try:
        desk.work.catch_up()
        for notice in () if arguments.quiet else desk.work.notices:
            err(notice)
        before = desk.work.ledger.length
        code = await _run(desk, config, secrets, arguments)
        if desk.work.ledger.length != before:  # whoever writes makes room
            await late.compacting.compact(desk.work, 0.0)
        return code
    finally:
        await desk.close()


async def _run(desk: Desk, config: Config, secrets: Secrets, arguments: SimpleNamespace) -> int:
    if arguments.command == "doctor":
        return int(await _named("account:doctor")(desk, config, secrets, arguments))
    if arguments.command == "shift":
        return int(_named("shift:shift")(desk, config, arguments))
    if (plain := PLAIN.get(arguments.command)) is not None:
        return int(_named(plain)(desk, arguments))
    return int(await _named(ASYNC[arguments.command])(desk, arguments))


def _named(command: str) -> Callable[..., Any]:
    """What runs a command, by `module:function` in this room."""
    module, _, name = command.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"supportdesk.cli.{module}"), name)
    return found


def _terminal() -> None:
    if not (sys.stdin and sys.stdin.isatty() and sys.__stderr__ and sys.__stderr__.isatty()):
        raise UsageError("The console needs a terminal.", "Use the commands in scripts: `supportdesk --help`.")


def _demo(arguments: SimpleNamespace) -> int:
    _terminal()
    from supportdesk.ui.console import run_console  # commands start without Textual

    with TemporaryDirectory(prefix="supportdesk-demo-") as folder:
        return run_console(
            open_demo(Path(folder), seed=arguments.seed),
            Config(path=Path(folder) / "config.toml", home=Path(folder)),
            demo=True,
        )


def _console(config: Config, secrets: Secrets, arguments: SimpleNamespace) -> int:
    _terminal()
    from supportdesk.ui.console import run_console

    desk = open_desk(config, secrets, undo_s=config.undo_s, read_only=arguments.read_only)
    return run_console(desk, config, demo=False)


def _log_to(config: Config) -> None:
    path = config.home / "debug.log"
    try:
        descriptor = open_log(path)
    except OSError as error:
        raise trouble(error, path, "Opening the log") from error
    handler = logging.StreamHandler(os.fdopen(descriptor, "a", encoding="utf-8"))
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    log = logging.getLogger("supportdesk")
    log.setLevel(logging.DEBUG)
    log.addHandler(handler)
