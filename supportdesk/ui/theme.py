"""Themes as Textual's, and the few shades of our own that follow from any of them."""

from collections.abc import Mapping
from typing import Any

from textual.color import Color
from textual.theme import Theme


def themes(tables: Mapping[str, Mapping[str, Any]]) -> list[Theme]:
    """The configured themes."""
    return [Theme(**table) for table in tables.values()]


def shades(variables: Mapping[str, str], *, dark: bool) -> dict[str, str]:
    """Quiet text, rules, cursors and tints, mixed from a theme's own colours; a theme may set them itself."""
    ground = _colour(variables, "background", "#101418" if dark else "#f8f8f8")
    ink = _colour(variables, "foreground", "#e0e0e0" if dark else "#202020")
    accent = _colour(variables, "accent", "#4fa3b1")
    amber = _colour(variables, "warning", "#e2ad55")
    red = _colour(variables, "error", "#f08a86")
    mixed = {
        "quiet": ground.blend(ink, 0.62),
        "faint": ground.blend(ink, 0.24),
        "raised": ground.blend(ink, 0.04 if dark else 0.035),
        "chosen": ground.blend(accent, 0.24),
        "chosen-idle": ground.blend(ink, 0.09),
        "tint-internal": ground.blend(amber, 0.13),
        "tint-queued": ground.blend(accent, 0.10),
        "tint-public": ground.blend(red, 0.16),
    }
    return {name: colour.hex for name, colour in mixed.items()} | {
        name: variables[name] for name in mixed if name in variables
    }


def _colour(variables: Mapping[str, str], name: str, otherwise: str) -> Color:
    try:
        colour = Color.parse(variables.get(name, otherwise))
    except ValueError:
        return Color.parse(otherwise)
    return colour if colour.a == 1 and not colour.ansi else Color.parse(otherwise)
