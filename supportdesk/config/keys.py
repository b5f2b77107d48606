"""The engineer's own keys, checked against the bindings that exist before they are applied."""

from collections.abc import Iterator, Mapping

from supportdesk.config.toml import meant
from supportdesk.errors import ConfigError

EVERYWHERE = "app"


def check_keys(
    keys: Mapping[str, tuple[str, ...]], known: Mapping[str, str], where: Mapping[str, str] | None = None
) -> None:
    """Refuse an unknown action and a key that would mean two things at once.

    `known` holds each binding's id and its default keys, comma-separated; ids are `SCREEN.ACTION`, and `app.` ones
    are active everywhere. `where` holds file and line of each of the engineer's ids.
    """
    places = where or {}
    for action in keys:
        if action not in known:
            raise ConfigError(f"{places.get(action, '[keys]')}: there is no action {action!r}.", meant(action, known))
    for action in keys:
        for key, other in _clashes(action, keys, known):
            raise ConfigError(
                f"{places.get(action, '[keys]')}: {key!r} would be both {action} and {other}.",
                f"Choose another key for {action}, or give {other} one too.",
            )


def _clashes(action: str, keys: Mapping[str, tuple[str, ...]], known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    mine = keys[action]
    for other, default in known.items():
        if other == action or not _meet(action, other):
            continue
        theirs = keys.get(other, tuple(key.strip() for key in default.split(",")))
        yield from ((key, other) for key in mine if key in theirs)


def _meet(one: str, other: str) -> bool:
    """Whether two actions can be active on the same screen."""
    screens = {one.partition(".")[0], other.partition(".")[0]}
    return len(screens) == 1 or EVERYWHERE in screens
