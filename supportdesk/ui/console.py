"""How the console starts: there is a terminal, keys and themes make sense; and it ends with an exit code."""

import asyncio
import sys
from pathlib import Path
from tempfile import gettempdir

from supportdesk.config import Config, check_keys, load_themes
from supportdesk.desk import Desk
from supportdesk.errors import UsageError
from supportdesk.ui import lastframe, place
from supportdesk.ui.app import DEFAULT_THEME, SupportDesk
from supportdesk.ui.editor import left_behind
from supportdesk.ui.leaving import until_left
from supportdesk.ui.theme import themes


def run_console(desk: Desk, config: Config, *, demo: bool) -> int:
    """Run the console on an opened desk until the engineer leaves, and close the desk; returns the exit code.

    UsageError where there is no terminal, ConfigError for keys that do not exist or clash.
    """
    if not (sys.stdin and sys.stdin.isatty() and sys.__stderr__ and sys.__stderr__.isatty()):
        raise UsageError(
            "The console needs a terminal for its input and its screen.",
            "In a script use `supportdesk list --json`, `show`, `reply` and the others.",
        )
    if config.keys:
        from supportdesk.ui.bindings import every_binding

        check_keys(config.keys, {b.id: b.key for b in every_binding() if b.id}, config.key_places)
    tables, problems = load_themes()
    own, own_problems = load_themes(config.path.parent / "themes")
    app = SupportDesk(
        desk,
        keys=config.keys,
        themes=themes({**tables, **own}),
        theme=config.theme or DEFAULT_THEME,
        demo=demo,
        folder=Path(gettempdir()) if demo else config.home,  # the demo's own folder goes with it
        config_file=str(config.path),
        place=None if demo or (line := lastframe.place()) is None else place.read(line),
        problems=(*problems, *own_problems, *([] if demo else left_behind(config.home))),
    )
    return asyncio.run(until_left(app, desk, demo=demo))
