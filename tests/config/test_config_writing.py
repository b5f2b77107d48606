"""Signing in adds a desk to config.toml and harms nothing that stands there."""

import stat

import pytest

from supportdesk.config import load, write_desk
from supportdesk.errors import ConfigError
from supportdesk.providers import Account
from supportdesk.store.files import Files

ACME = Account(
    name="acme",
    provider="zendesk",
    url="https://acme.zendesk.com",
    user='al"ice\\@acme.example',
    share="tags",
    token_command=("pass", "show", "ü"),
)
APP = Account(name="app", provider="github", url="https://api.github.com", repo="acme/app", read_only=True)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "conf" / "config.toml"


def read(path):
    return load(path, {"SUPPORTDESK_HOME": str(path.parent / "home")})


def test_desks_are_added_one_after_another_and_read_back_as_they_were(path):
    write_desk(path, ACME, Files().put)
    write_desk(path, APP, Files().put)
    assert read(path).accounts == {"acme": ACME, "app": APP}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir() if file.is_file()] == ["config.toml"]


@pytest.mark.parametrize("before", ["# mine\r\nme = 'x'   # here\r\n", "me = 'x'", "\n\n[keys]\na='b'\n# end"])
def test_what_stood_there_stays_byte_for_byte(path, before):
    path.parent.mkdir()
    path.write_bytes(before.encode())
    path.chmod(0o644)
    write_desk(path, APP, Files().put)
    assert path.read_bytes().startswith(before.encode())
    assert read(path).accounts == {"app": APP}


@pytest.mark.parametrize("before", ["desks = {}", "[desks.app]\nprovider = 'github'\nrepo = 'a/b'", "me = ", "\ufeff["])
def test_a_file_that_cannot_take_the_desk_is_left_alone(path, before):
    path.parent.mkdir()
    path.write_text(before)
    path.chmod(0o600)
    with pytest.raises(ConfigError):
        write_desk(path, APP, Files().put)
    assert path.read_text() == before


def test_a_file_that_others_may_write_gets_no_desk(path):
    path.parent.mkdir()
    path.write_text("# hm")
    path.chmod(0o666)
    with pytest.raises(ConfigError, match="others"):
        write_desk(path, APP, Files().put)


def test_a_link_to_the_file_stays_a_link(path, tmp_path):
    path.parent.mkdir()
    real = tmp_path / "dotfiles.toml"
    real.write_text("me = 'x'\n")
    real.chmod(0o600)
    path.symlink_to(real)
    write_desk(path, APP, Files().put)
    assert path.is_symlink()
    assert "[desks.app]" in real.read_text()


def test_a_desk_that_cannot_be_is_not_written(path):
    for account in (
        Account(name="a b", provider="github", url="https://api.github.com", repo="a/b"),
        Account(name="app", provider="github", url="http://evil.example", repo="a/b"),
    ):
        with pytest.raises(ConfigError):
            write_desk(path, account, Files().put)
    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        write_desk(tmp_path / "file" / "config.toml", APP, Files().put)
