"""What a command line asks for; the console alone is asked for by none, and waits for no grammar."""

from types import SimpleNamespace
from typing import Any

DEFAULTS: dict[str, Any] = {
    "config": None,
    "desk": "",
    "json": False,
    "read_only": False,
    "quiet": False,
    "debug": False,
    "command": "",
}


def asked(arguments: list[str]) -> SimpleNamespace:
    """Read the arguments; UsageError when they make no sense."""
    found = SimpleNamespace()
    if arguments:
        from supportdesk.cli.parser import grammar

        grammar().parse_args(arguments, found)
    for name, value in DEFAULTS.items():
        if getattr(found, name, None) is None:
            setattr(found, name, value)
    return found
