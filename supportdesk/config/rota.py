"""The rota of a configuration: `[shift]` and `me`, checked when a command asks for them; the only zoneinfo."""

import re
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from supportdesk.config import Config
from supportdesk.config.toml import meant, percent_of
from supportdesk.errors import ConfigError, UsageError
from supportdesk.shift.rota import Rota
from supportdesk.text import clean

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HANDOVER = "Mon 09:00"
SUCH = "Name one such as Europe/Berlin."


def rota_of(config: Config) -> Rota:
    """Who takes turns, and when they hand over.

    ConfigError names file and line; UsageError when the machine has no time zone database.
    """
    if not config.shift_places:
        raise ConfigError(f"{config.path}: there is no [shift].", "Add one with timezone, people and handover.")
    people = tuple(clean(name, multiline=False) for name in config.shift.get("people", ()))
    if not people:
        raise _wrong(config, "people", "[shift] needs people.", 'Write people = ["alice@acme.example"].')
    weekday, at = _handover(config)
    return Rota(people=people, weekday=weekday, at=at, zone=_zone(config))


def budget_of(config: Config) -> float | None:
    """The share of a week that is meant for shifts; None where none is set."""
    share = percent_of(config.shift.get("budget", "100%"))
    if share is None:
        raise _wrong(config, "budget", 'budget must be from "1%" to "100%".')
    return share if "budget" in config.shift else None


def me_of(config: Config, rota: Rota) -> str:
    """Which of its people we are; ConfigError when that is not said, or is nobody there."""
    if not config.me:
        raise _wrong(config, "me", "me is not set.", 'Write me = "…" at the top of the file, as in people.')
    me = clean(config.me, multiline=False)
    if me not in rota.people:
        raise _wrong(config, "me", f"me is {me!r}, and people has no such name.", meant(me, rota.people))
    return me


def _handover(config: Config) -> tuple[int, time]:
    found = re.fullmatch(r"\s*([A-Za-z]{3,9})\s+([0-9]{1,2}):([0-9]{2})\s*", config.shift.get("handover", HANDOVER))
    days = [number for number, day in enumerate(DAYS) if found and day.startswith(found[1].casefold())]
    if not found or not days or int(found[2]) > 23 or int(found[3]) > 59:
        raise _wrong(config, "handover", f'handover must be a day and a time, such as "{HANDOVER}".')
    return days[0], time(int(found[2]), int(found[3]))


def _zone(config: Config) -> ZoneInfo:
    name = config.shift.get("timezone", "")
    if not name:
        raise _wrong(config, "timezone", "[shift] needs a timezone.", SUCH)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: it names a folder, or is too long for a file
        known = available_timezones()
    if not known:
        raise UsageError(
            "This machine has no time zone database, so shifts cannot be timed.",
            "Install your system's tzdata package, or run `pip install tzdata`.",
        )
    raise _wrong(config, "timezone", f"there is no time zone {name!r}.", meant(name, known, SUCH))


def _wrong(config: Config, key: str, problem: str, hint: str = "") -> ConfigError:
    return ConfigError(f"{config.shift_places[key]}: {clean(problem, multiline=False)}", hint)
