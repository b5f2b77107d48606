"""The configuration: config.toml, the environment and the package's data files as frozen values; the only tomllib."""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_config_path, user_data_path

from supportdesk.config.desks import accounts_of, table_of
from supportdesk.config.keys import check_keys
from supportdesk.config.themes import load_cues, load_themes
from supportdesk.config.toml import LONGEST_S, Source, Toml, parse, percent_of, read
from supportdesk.errors import ConfigError, StoreError
from supportdesk.providers import Account

__all__ = [
    "Config",
    "check_keys",
    "config_path",
    "load",
    "load_cues",
    "load_themes",
    "write_desk",
]

SETTLE_S, UNDO_S, SYNC_DAYS, SHARE = 600.0, 8.0, 30, 0.5
PRIVATE = 0o700
_TOP = ("me", "theme", "desks", "outbox", "sync", "store", "shift", "keys")
_SHIFT = ("timezone", "people", "handover", "budget")
_ROTA = (("me",), *(("shift", name) for name in _SHIFT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the engineer configured; `path` need not exist yet, `home` does.

    `share` is how much of a service's limit is used for reading in the background, 0.01 to 1; `keep_s` how long the
    words of tickets long done stay in the cache, 0 for good. `shift` is the raw table with known keys, which
    `supportdesk.config.rota` reads; `key_places` holds file and line of each id in `keys`, `shift_places` of what a
    rota is made of.
    """

    path: Path
    home: Path
    me: str = ""
    accounts: dict[str, Account] = field(default_factory=dict)
    settle_s: float = SETTLE_S
    undo_s: float = UNDO_S
    sync_days: int = SYNC_DAYS
    share: float = SHARE
    keep_s: float = 0.0
    shift: dict[str, Toml] = field(default_factory=dict)
    shift_places: dict[str, str] = field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    key_places: dict[str, str] = field(default_factory=dict)
    theme: str | None = None


def config_path(path: Path | None, environ: Mapping[str, str]) -> Path:
    """Where the configuration is: the flag, `$SUPPORTDESK_CONFIG`, or the platform's folder."""
    if path is not None:
        return Path(os.path.expanduser(path))
    if named := environ.get("SUPPORTDESK_CONFIG"):
        return Path(os.path.expanduser(named))
    return user_config_path("supportdesk", appauthor=False) / "config.toml"


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration and make the state folder; without a file, a configuration without desks.

    `path` is what `--config` named: it must exist. ConfigError names file, line and the nearest known name;
    StoreError when the state folder cannot be made.
    """
    found = config_path(path, environ)
    home = _home(environ)
    try:
        source = read(found)
    except FileNotFoundError:
        if path is not None:
            raise ConfigError(f"{found}: there is no such file.", "Check --config.") from None
        source = parse(found, b"")
    except OSError as problem:
        raise ConfigError(f"{found}: cannot be read: {problem.strerror}.") from None
    return _config(source, home, environ)


def _config(source: Source, home: Path, environ: Mapping[str, str]) -> Config:
    table = source.table
    source.only(table, _TOP)
    outbox, sync = source.tables(table, "outbox"), source.tables(table, "sync")
    source.only(outbox, ("settle", "undo"), "outbox")
    source.only(sync, ("days", "share"), "sync")
    store = source.tables(table, "store")
    source.only(store, ("keep",), "store")
    keys = _keys(source)
    return Config(
        path=source.path,
        home=home,
        me=source.text(table, "me"),
        theme=source.text(table, "theme") or None,
        accounts=accounts_of(source),
        settle_s=_settle(environ, source.seconds(outbox, "settle", "outbox", default=SETTLE_S)),
        undo_s=source.seconds(outbox, "undo", "outbox", default=UNDO_S),
        sync_days=source.number(sync, "days", "sync", default=SYNC_DAYS, most=3650),
        share=_share(source, sync),
        keep_s=source.seconds(store, "keep", "store", default=0.0),
        shift=_shift(source),
        shift_places={keys[-1]: source.place(keys) for keys in _ROTA if "shift" in table},
        keys=keys,
        key_places={name: source.place(("keys", name)) for name in keys},
    )


def _share(source: Source, sync: dict[str, Toml]) -> float:
    share = percent_of(source.text(sync, "share", "sync", default=f"{SHARE:.0%}"))
    if share is None:
        raise source.wrong(("sync", "share"), 'share must be from "1%" to "100%".')
    return share


def _settle(environ: Mapping[str, str], configured: float) -> float:
    said = environ.get("SUPPORTDESK_SETTLE_S", "")
    if not said:
        return configured
    number = said.replace(".", "", 1).isdecimal() and said.isascii() and len(said) <= 12
    if not number or float(said) > LONGEST_S:
        raise ConfigError("$SUPPORTDESK_SETTLE_S must be a number of seconds, such as 600.")
    return float(said)


def _shift(source: Source) -> dict[str, Toml]:
    shift = source.tables(source.table, "shift")
    source.only(shift, _SHIFT, "shift")
    source.texts(shift, "people", "shift")
    for name in ("timezone", "handover", "budget"):
        source.text(shift, name, "shift")
    return shift


def _keys(source: Source) -> dict[str, tuple[str, ...]]:
    keys: dict[str, tuple[str, ...]] = {}
    for name, value in source.tables(source.table, "keys").items():
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or not given or not all(isinstance(key, str) and key.strip() for key in given):
            raise source.wrong(("keys", name), f"{name} must be a key, or a list of keys, in quotes.")
        keys[name] = tuple(key.strip() for key in given)
    return keys


def _home(environ: Mapping[str, str]) -> Path:
    """The state folder, made so that nobody else can look into it."""
    named = environ.get("SUPPORTDESK_HOME")
    home = Path(os.path.expanduser(named)) if named else user_data_path("supportdesk", appauthor=False)
    try:
        _make_private(home)
        found = home.stat()
        if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != PRIVATE:
            home.chmod(PRIVATE)
    except OSError as problem:
        why = problem.strerror
        raise StoreError(f"{home}: the state folder cannot be made: {why}.", "Set $SUPPORTDESK_HOME.") from None
    if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode):
        raise StoreError(f"{home} is not a folder of yours.", "Set $SUPPORTDESK_HOME to one that is.")
    return home


def _make_private(folder: Path) -> None:
    """Make a folder and what is missing above it, all 0700: `mkdir(parents=True)` would leave those to the umask."""
    for missing in (*reversed(folder.parents), folder):
        if not missing.exists():
            missing.mkdir(mode=PRIVATE, exist_ok=True)


def write_desk(path: Path, account: Account, put: Callable[[Path, bytes], None]) -> None:
    """Append `[desks.NAME]` to the configuration, leaving every byte before it as it was; the file becomes 0600.

    `put` gives a path its whole new content, or leaves it as it was and raises OSError. ConfigError when the desk is
    there already, or when the whole would not be a configuration any more.
    """
    target = path.resolve()
    try:
        before = target.read_bytes() if target.exists() else b""
        if before:
            read(target)  # refuses a file that others may write
        gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
        after = before + gap + table_of(account).encode()
        if account.name in parse(path, before).table.get("desks", {}):
            raise ConfigError(f"{path}: there is a desk called {account.name} already.", "Choose another name.")
        accounts_of(parse(path, after))
        _make_private(target.parent)
        put(target, after)
    except OSError as problem:
        raise ConfigError(f"{path}: cannot be written: {problem.strerror}.") from None
