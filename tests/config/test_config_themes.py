"""Themes: the shipped ones can be read by everybody, a bad one is skipped with a sentence."""

import pytest

from supportdesk.config import load_themes
from supportdesk.config.themes import COLOURS

THEMES, PROBLEMS = load_themes()
GROUNDS = ("background", "surface", "panel")


def luminance(colour):
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_one_dark_and_one_light_theme_are_shipped():
    assert PROBLEMS == ()
    assert {name: theme["dark"] for name, theme in THEMES.items()} == {"harbor-dark": True, "harbor-light": False}


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_words_stand_out_from_every_ground(theme):
    grounds = [theme[ground] for ground in GROUNDS]
    assert min(contrast(theme["foreground"], ground) for ground in grounds) >= 7
    for colour in ("accent", "warning", "error", "success", "primary", "secondary"):
        assert min(contrast(theme[colour], ground) for ground in grounds) >= 4.5, colour


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_line_under_the_cursor_can_be_read(theme):
    ground = theme["variables"]["block-cursor-background"]
    assert contrast(theme["variables"]["block-cursor-foreground"], ground) >= 7
    for colour in ("accent", "warning", "error", "success"):
        assert contrast(theme[colour], ground) >= 4.5, colour


GOOD = "name = 'own'\n" + "".join(f"{key} = '#102030'\n" for key in COLOURS)


def test_a_theme_of_ones_own_is_read(tmp_path):
    (tmp_path / "own.toml").write_text(GOOD + "[variables]\nborder = '#102030 50%'\n")
    themes, problems = load_themes(tmp_path)
    assert problems == ()
    assert themes["own"]["variables"] == {"border": "#102030 50%"}
    assert themes["own"]["dark"] is True


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("primary = '#102030'", "primary = '[@click]'"), "own.toml:2: primary must be a colour"),
        (GOOD.replace("accent = '#102030'", "accent = 'red'"), "own.toml:4: accent must be a colour"),
        (GOOD.replace("error = '#102030'\n", ""), "error must be a colour"),
        (GOOD.replace("'own'", "'Own!'"), "own.toml:1: name must be"),
        (GOOD + "colour = '#102030'\n", "own.toml:12: there is no 'colour'"),
        (GOOD + "dark = 'yes'\n", "own.toml:12: dark must be true or false"),
        (GOOD + "[variables]\nborder = '[@click=app.quit]'\n", "own.toml:13: 'border' must be a colour"),
        (GOOD + "[variables]\nborder = '" + "bold " * 50_000 + "'\n", "own.toml:13"),
        ("name = ", "own.toml:1: this is not TOML"),
        ("\udcff", "own.toml:1: this is not UTF-8"),
    ],
)
def test_a_bad_theme_is_skipped_with_a_sentence(tmp_path, text, says):
    (tmp_path / "own.toml").write_bytes(text.encode(errors="surrogateescape"))
    themes, problems = load_themes(tmp_path)
    assert themes == {}
    assert says in problems[0]
    assert problems[0].endswith("The theme is skipped.")


def test_a_folder_that_is_not_there_holds_no_theme(tmp_path):
    assert load_themes(tmp_path / "none") == ({}, ())
