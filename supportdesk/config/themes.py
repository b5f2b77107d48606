"""Themes and cues: the data files that come with the package."""

import re
from pathlib import Path

from supportdesk.config.toml import Source, Toml, parse
from supportdesk.errors import ConfigError

COLOURS = (
    "primary",
    "secondary",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
    "success",
    "warning",
    "error",
)
_PACKAGE = Path(__file__).parent.parent
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
_STYLE = r"(?:none|bold|dim|italic|underline|reverse|strike|not|transparent|b|u|i)"
_VARIABLE = re.compile(rf"(?:#[0-9a-fA-F]{{6}}|auto)(?: \d{{1,3}}%)?|{_STYLE}(?: {_STYLE}){{0,4}}")


def load_cues() -> dict[str, Toml]:
    """The tables of `insight/cues.toml` and `kinds.toml`, with those of `weights.toml`, which were learned."""
    cues, kinds = _shipped("cues.toml"), _shipped("kinds.toml")
    return {**cues, **_shipped("weights.toml"), **kinds, "cue": {**cues["cue"], **kinds["cue"]}}


def _shipped(name: str) -> dict[str, Toml]:
    path = _PACKAGE / "insight" / name
    try:
        return parse(path, path.read_bytes()).table
    except OSError:
        raise ConfigError(f"{path} cannot be read.", "Install supportdesk again.") from None


def themes_folder() -> Path:
    """Where the shipped themes are: inside an installed package, or beside it in a checkout."""
    installed = _PACKAGE / "themes"
    return installed if installed.is_dir() else _PACKAGE.parent / "themes"


def load_themes(folder: Path | None = None) -> tuple[dict[str, dict[str, Toml]], tuple[str, ...]]:
    """Every good theme of a folder (the shipped ones without it), as arguments of a Textual Theme; and what was wrong.

    A theme that is wrong is skipped with a sentence; a folder that is not there holds none.
    """
    themes: dict[str, dict[str, Toml]] = {}
    problems: list[str] = []
    for path in sorted((folder or themes_folder()).glob("*.toml")):
        try:
            theme = _theme(parse(path, path.read_bytes()))
        except ConfigError as problem:
            problems.append(f"{problem.message} The theme is skipped.")
        except OSError as problem:
            problems.append(f"{path}: {problem.strerror}. The theme is skipped.")
        else:
            themes[theme["name"]] = theme
    return themes, tuple(problems)


def _theme(source: Source) -> dict[str, Toml]:
    table = source.table
    source.only(table, ("name", "dark", "variables", *COLOURS))
    name = source.text(table, "name")
    if _NAME.fullmatch(name) is None:
        raise source.wrong(("name",), "name must be lower-case letters, digits and -.")
    theme: dict[str, Toml] = {"name": name, "dark": source.flag(table, "dark", default=True)}
    for key in COLOURS:
        theme[key] = source.text(table, key)
        if _COLOUR.fullmatch(theme[key]) is None:
            raise source.wrong((key,), f"{key} must be a colour such as #1f6f78.")
    theme["variables"] = _variables(source)
    return theme


def _variables(source: Source) -> dict[str, str]:
    variables = source.tables(source.table, "variables")
    for name, value in variables.items():
        if _NAME.fullmatch(name) is None or not isinstance(value, str) or _VARIABLE.fullmatch(value) is None:
            raise source.wrong(("variables", name), f"{name!r} must be a colour such as #1f6f78 35%, or a text style.")
    return dict(variables)
