"""What others could have written into our settings is refused with file and line, and no shell ever reads it (A37)."""

import os
from pathlib import Path

import pytest

from supportdesk.config import load, load_themes
from supportdesk.config.themes import COLOURS
from supportdesk.errors import ConfigError, UsageError
from supportdesk.ui.editor import edit, editor_command


def home(folder: Path) -> dict[str, str]:
    return {"SUPPORTDESK_HOME": str(folder / "state")}


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602], ids=oct)
def test_a37_a_configuration_that_others_may_write_is_refused_with_its_line(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(mode)
    with pytest.raises(ConfigError, match=r"config\.toml:1: others on this machine may write"):
        load(path, home(tmp_path))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a37_a_configuration_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    os.chown(path, 12_345, -1)
    with pytest.raises(ConfigError, match=r"config\.toml:1: the file belongs to somebody else"):
        load(path, home(tmp_path))


@pytest.mark.parametrize("line", ['editor = "vi; rm -rf ~"', 'shell = "sh"', 'plugins = ["x"]'])
def test_a37_an_unknown_key_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'me = "mira"\n{line}\n')
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"config\.toml:2: "):
        load(path, home(tmp_path))


@pytest.mark.parametrize("colour", ["[@click]", "[@click=app.quit]#102030", "#102030\\u001b]52;c;x\\u0007", "$accent"])
def test_a37_markup_in_a_theme_is_no_colour(tmp_path: Path, colour: str) -> None:
    good = "".join(f'{key} = "#102030"\n' for key in COLOURS if key != "primary")
    (tmp_path / "own.toml").write_text(f'name = "own"\nprimary = "{colour}"\n{good}')
    themes, problems = load_themes(tmp_path)
    assert themes == {}
    assert "own.toml:2" in problems[0]


def test_a37_an_editor_is_a_list_of_words_and_never_a_shell(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    command = editor_command({"EDITOR": f"true; rm -f {victim} && $(rm {victim})"})
    assert command[:2] == ["true;", "rm"]
    with pytest.raises(UsageError, match="could not be started"):
        edit("words", command, tmp_path)
    assert victim.exists()
