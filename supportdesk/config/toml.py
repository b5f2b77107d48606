"""A TOML file read so that every complaint can name its line, and the values that our files are made of."""

import os
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from supportdesk.errors import ConfigError
from supportdesk.text import clean

Toml = Any  # a parsed value is unknown until it has been looked at
LARGEST_BYTES = 1024 * 1024
LONGEST_S = 36_500 * 86_400.0  # beyond it, a moment would lie outside of what a clock can say
_KEY = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_KEYS = re.compile(rf"\s*\[*\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*(?=[=\]])")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Source:
    """A TOML file's text and tables; `wrong` makes the error that names file and line of a key."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self._text = text
        try:
            self.table: dict[str, Toml] = tomllib.loads(text)
        except (ValueError, RecursionError) as problem:
            raise self._unreadable(str(problem)) from None

    def wrong(self, keys: Iterable[str], problem: str, hint: str = "") -> ConfigError:
        """The error for a key, given as the path to it: `config.toml:7: problem`."""
        return ConfigError(f"{self.place(keys)}: {clean(problem, multiline=False)}", hint)

    def place(self, keys: Iterable[str]) -> str:
        """File and line of a key, or of the innermost table around it."""
        return f"{self.path}:{self._line(tuple(keys))}"

    def _line(self, keys: tuple[str, ...]) -> int:
        table: tuple[str, ...] = ()
        best, depth = 1, 0
        for number, line in enumerate(self._text.split("\n"), 1):
            found = _KEYS.match(line)
            if found is None:
                continue
            here = tuple(part.strip("\"'") for part in re.findall(_KEY, found[1]))
            if line.lstrip().startswith("["):
                table = here
            else:
                here = table + here
            if here == keys:
                return number
            if len(here) > depth and keys[: len(here)] == here:
                best, depth = number, len(here)
        return best

    def _unreadable(self, said: str) -> ConfigError:
        found = re.search(r"\(at (?:line (\d+)|end)", said)
        line = int(found[1]) if found and found[1] else self._text.count("\n") + 1
        why = clean(said.partition(" (at ")[0], multiline=False)
        return ConfigError(f"{self.path}:{line}: this is not TOML: {why}.", "Correct the line.")

    def only(self, table: Mapping[str, Toml], known: Iterable[str], *keys: str) -> None:
        """Refuse a key that nobody knows, naming the nearest that is known."""
        names = tuple(known)
        for name in table:
            if name not in names:
                where = f" in [{'.'.join(keys)}]" if keys else ""
                raise self.wrong((*keys, name), f"there is no {name!r}{where}.", meant(name, names))

    def tables(self, table: Mapping[str, Toml], name: str, *keys: str) -> dict[str, Toml]:
        """A table inside another, empty when it is not there."""
        found = table.get(name, {})
        if not isinstance(found, dict):
            raise self.wrong((*keys, name), f"{name} must be a table.", f"Write [{'.'.join((*keys, name))}].")
        return found

    def text(self, table: Mapping[str, Toml], name: str, *keys: str, default: str = "") -> str:
        """A string, without the one character that no file's name and no argument can hold."""
        found = table.get(name, default)
        if not _is_text(found):
            raise self.wrong((*keys, name), f"{name} must be a text in quotes, without a NUL.")
        return found

    def texts(self, table: Mapping[str, Toml], name: str, *keys: str) -> tuple[str, ...]:
        """A list of strings, none of them empty, none with a NUL."""
        found = table.get(name, [])
        if not isinstance(found, list) or not all(item and _is_text(item) for item in found):
            raise self.wrong((*keys, name), f"{name} must be a list of texts in quotes, without a NUL.")
        return tuple(found)

    def flag(self, table: Mapping[str, Toml], name: str, *keys: str, default: bool = False) -> bool:
        """A truth value."""
        found = table.get(name, default)
        if not isinstance(found, bool):
            raise self.wrong((*keys, name), f"{name} must be true or false.")
        return found

    def number(self, table: Mapping[str, Toml], name: str, *keys: str, default: int, most: int) -> int:
        """A whole number of at least 1."""
        found = table.get(name, default)
        if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= most:
            raise self.wrong((*keys, name), f"{name} must be a whole number from 1 to {most}.")
        return found

    def seconds(self, table: Mapping[str, Toml], name: str, *keys: str, default: float) -> float:
        """A duration such as "8s", "10m", "1h" or "90d", in seconds."""
        if name not in table:
            return default
        found = seconds_of(table[name])
        if found is None or found > LONGEST_S:
            said = (
                f'{name} must be a duration such as "8s", "10m", "1h" or "90d", of {LONGEST_S / 86400:,.0f}d at most.'
            )
            raise self.wrong((*keys, name), said)
        return found


def _is_text(value: Toml) -> TypeGuard[str]:
    return isinstance(value, str) and "\0" not in value


def read(path: Path) -> Source:
    """Read a file that nobody else can have written; ConfigError otherwise, OSError when it cannot be opened."""
    with path.open("rb") as stream:
        _refuse_if_others_may_write(path, os.fstat(stream.fileno()))
        raw = stream.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        raise ConfigError(f"{path}: larger than {LARGEST_BYTES:,} bytes; this is no configuration.")
    return parse(path, raw)


def parse(path: Path, raw: bytes) -> Source:
    """Bytes as a source; ConfigError when they are not TOML."""
    try:
        return Source(path, raw.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise ConfigError(f"{path}:{line}: this is not UTF-8.", "Save the file as UTF-8.") from None


def _refuse_if_others_may_write(path: Path, found: os.stat_result) -> None:
    if found.st_uid not in (os.geteuid(), 0):
        raise ConfigError(f"{path}:1: the file belongs to somebody else.", f"Run: chown $(id -u) {path}")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigError(f"{path}:1: others on this machine may write this file.", f"Run: chmod 600 {path}")


def seconds_of(value: Toml) -> float | None:
    """A duration's seconds, or None when it is not one."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)\s*([smhd])", value) if isinstance(value, str) else None
    return float(found[1]) * _UNITS[found[2]] if found else None


def percent_of(text: str) -> float | None:
    """A percentage from "1%" to "100%" as a share of one, or None when it is not one."""
    found = re.fullmatch(r"([0-9]{1,3})\s*%", text.strip())
    return int(found[1]) / 100 if found and 1 <= int(found[1]) <= 100 else None


def meant(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint that names the nearest known name; `otherwise`, or all of them, when none is near."""
    import difflib  # 3 ms, only for a mistake

    names = sorted(known)
    if near := difflib.get_close_matches(name, names, 1, 0.6):
        return f"Did you mean {near[0]}?"
    return otherwise or f"Known are {', '.join(names)}."
