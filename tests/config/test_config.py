"""config.toml and the environment: what is read, and what a mistake is told."""

import os
import stat

import pytest

from supportdesk.config import Config, load
from supportdesk.errors import ConfigError, StoreError
from supportdesk.providers.credentials import token_variable

WHOLE = """\
me = "alice@acme.example"
theme = "harbor-dark"

[desks.acme]
provider = "zendesk"
url = "https://acme.zendesk.com/"
user = "alice@acme.example"
escalate_to = "app"
token_command = ["pass", "show", "zendesk"]
ca_file = "ca.pem"

[desks.app]
provider = "github"
repo = "acme/app"
read_only = true

[desks.rt-1]
provider = "rt"
url = "http://127.0.0.1:8080/rt"
queue = "Support"
tags_field = "Tags"
share = "tags"

[outbox]
settle = "10m"
undo = "0s"

[sync]
days = 90
share = "25%"

[shift]
timezone = "Europe/Berlin"
people = ["alice@acme.example", "bob@acme.example"]
handover = "Mon 09:00"
budget = "20%"

[keys]
"queue.escalate" = "X"
"ticket.reply" = ["r", "ctrl+r"]
"""


@pytest.fixture
def read(tmp_path):
    """Load a configuration from its text, with some environment."""

    def load_text(text, mode=0o600, **environ):
        path = tmp_path / "config.toml"
        path.write_text(text)
        path.chmod(mode)
        return load(path, {"SUPPORTDESK_HOME": str(tmp_path / "home"), **environ})

    return load_text


def test_a_whole_configuration_is_read(read, tmp_path):
    config = read(WHOLE)
    acme, app, rt = config.accounts["acme"], config.accounts["app"], config.accounts["rt-1"]
    assert (config.me, config.theme) == ("alice@acme.example", "harbor-dark")
    assert (acme.url, acme.escalate_to) == ("https://acme.zendesk.com", "app")
    assert acme.token_command == ("pass", "show", "zendesk")
    assert acme.ca_file == str(tmp_path / "ca.pem")
    assert (app.url, app.repo, app.read_only) == ("https://api.github.com", "acme/app", True)
    assert (rt.queue, rt.tags_field, rt.share) == ("Support", "Tags", "tags")
    assert (config.settle_s, config.undo_s, config.sync_days, config.share) == (600, 0, 90, 0.25)
    assert config.shift["people"] == ["alice@acme.example", "bob@acme.example"]
    assert config.keys == {"queue.escalate": ("X",), "ticket.reply": ("r", "ctrl+r")}
    assert config.key_places["ticket.reply"].endswith("config.toml:40")


@pytest.mark.parametrize(
    "line",
    ['ca_file = "~no-such-user/ca.pem"', 'ca_file = "~\\u0000"', 'token_command = ["pass", "a\\u0000b"]'],
)
def test_a_path_or_a_program_that_no_system_takes_is_refused_by_its_line(tmp_path, line):
    path = tmp_path / "config.toml"
    path.write_text(f'[desks.acme]\nprovider = "zendesk"\nurl = "https://acme.example"\n{line}\n')
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"config\.toml:4: "):
        load(path, {"SUPPORTDESK_HOME": str(tmp_path / "home")})


def test_without_a_file_there_are_no_desks_and_no_error(tmp_path):
    path = tmp_path / "none" / "config.toml"
    config = load(None, {"SUPPORTDESK_HOME": str(tmp_path / "home"), "SUPPORTDESK_CONFIG": str(path)})
    assert config == Config(path=path, home=tmp_path / "home")
    assert (config.settle_s, config.undo_s, config.sync_days, config.theme) == (600, 8, 30, None)


def test_a_file_that_was_named_must_exist(tmp_path):
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "config.toml", {"SUPPORTDESK_HOME": str(tmp_path)})


def test_the_flag_goes_before_the_environment(read, tmp_path):
    assert read('me = "flag"', SUPPORTDESK_CONFIG=str(tmp_path / "other.toml")).me == "flag"


def test_the_environment_goes_before_the_file(read):
    assert read('[outbox]\nsettle = "1h"', SUPPORTDESK_SETTLE_S="2.5").settle_s == 2.5
    assert read('[outbox]\nsettle = "1h"', SUPPORTDESK_SETTLE_S="").settle_s == 3600
    for wrong in ("soon", "-1", "nan", "1e9", "."):
        with pytest.raises(ConfigError, match="SUPPORTDESK_SETTLE_S"):
            read("", SUPPORTDESK_SETTLE_S=wrong)


@pytest.mark.parametrize(
    ("text", "seconds"), [("8s", 8), ("600s", 600), ("10m", 600), ("1h", 3600), ("90d", 7776000), ("1.5s", 1.5)]
)
def test_durations(read, text, seconds):
    assert read(f'[outbox]\nundo = "{text}"').undo_s == seconds


GITHUB = '[desks.app]\nprovider = "github"\nrepo = "acme/app"\n'


@pytest.mark.parametrize(
    ("text", "line", "says", "hint"),
    [
        ("mee = 'a'", 1, "no 'mee'", "Did you mean me?"),
        ("[outbox]\nsettel = '1s'", 2, "no 'settel' in [outbox]", "Did you mean settle?"),
        ("[outbox]\n\nsettle = '1 week'", 3, "settle must be a duration", ""),
        ("[outbox]\nundo = 8", 2, "undo must be a duration", ""),
        ("[outbox]\nundo = '-8s'", 2, "undo must be a duration", ""),
        ("[store]\nkeep = '999999999d'", 2, "36,500d at most", ""),
        ("outbox = 3", 1, "outbox must be a table", "[outbox]"),
        ('[sync]\nshare = "0%"', 2, "share must be from", ""),
        ('[sync]\nshare = "half"', 2, "share must be from", ""),
        ("[sync]\nshare = 50", 2, "share must be", ""),
        ("[sync]\ndays = true", 2, "days must be a whole number", ""),
        ("[sync]\ndays = 0", 2, "days must be a whole number", ""),
        ("me = 3", 1, "me must be a text", ""),
        ("[shift]\npeople = 'bob'", 2, "people must be a list", ""),
        ("[shift]\ntimezon = 'x'", 2, "no 'timezon' in [shift]", "timezone"),
        ("[keys]\na = 1", 2, "a must be a key", ""),
        ("[keys]\na = []", 2, "a must be a key", ""),
        ("me = 'x'\n[desks.acme]\nurl = 'https://x'", 2, "needs a provider", "zendesk, github, rt"),
        ("[desks.acme]\nprovider = 'zendesk'", 1, "needs url", ""),
        ("[desks.app]\nprovider = 'github'", 1, "needs repo", ""),
        ("[desks.rt]\nprovider = 'rt'\nurl = 'https://x'", 1, "needs queue", ""),
        ("[desks.acme]\nprovider = 'zendsk'\nurl = 'https://x'", 2, "no provider is called 'zendsk'", "zendesk?"),
        ("[desks.acme]\nprovider = 'zendesk'\nurl = 'http://acme.example'", 3, "must start with https", ""),
        ("[desks.acme]\nprovider = 'zendesk'\nurl = 'https://a:b@acme.example'", 3, "name or a password", ""),
        ("[desks.acme]\nprovider = 'zendesk'\nurl = 'acme'", 3, "must look like https", ""),
        (GITHUB + "repo_ = 1", 4, "no 'repo_' in [desks.app]", "repo?"),
        (GITHUB + "share = 'all'", 4, "share must be", ""),
        (GITHUB + "read_only = 'yes'", 4, "true or false", ""),
        (GITHUB + "token_command = 'pass show x'", 4, "list of texts", ""),
        (GITHUB + "token_command = []", 4, "name a program", ""),
        (GITHUB + "tag_prefix = 'a b'", 4, "tag_prefix", ""),
        (GITHUB + "token = 'ghp_canary'", 4, "must not stand in this file", "supportdesk login app"),
        (GITHUB + "escalate_to = 'ap'", 4, "names 'ap'", "Did you mean app?"),
        ("[desks.app]\nprovider = 'github'\nrepo = 'acme/..'", 3, "owner/name", ""),
        ("[desks.app]\nprovider = 'github'\nrepo = 'acme/a/b'", 3, "owner/name", ""),
        ("[desks.'a b']\nprovider = 'github'", 1, "cannot be a desk's name", ""),
        ("[desks]\napp = 3", 2, "app must be a table", ""),
        (GITHUB + GITHUB.replace("desks.app", "desks.APP"), 4, "would share $SUPPORTDESK_TOKEN_APP", "Rename"),
        ("me = 'x'\nme = 'y'", 2, "not TOML", ""),
        ("me = 'x'\n\n[desks", 3, "not TOML", ""),
        ("me = 'x'\nkeys = " + "[" * 100_000, 2, "not TOML", ""),
    ],
)
def test_a_mistake_names_its_line_and_what_was_meant(read, text, line, says, hint):
    with pytest.raises(ConfigError) as raised:
        read(text)
    assert f"config.toml:{line}: " in raised.value.message
    assert says in raised.value.message
    assert hint in raised.value.hint
    assert "canary" not in raised.value.message + raised.value.hint


def test_bytes_that_are_no_text_name_their_line(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"# ok\nme = '\xff'\n")
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"config\.toml:2: this is not UTF-8"):
        load(path, {"SUPPORTDESK_HOME": str(tmp_path / "home")})


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_a_file_that_others_may_write_is_refused(read, mode):
    with pytest.raises(ConfigError, match="others on this machine") as raised:
        read(WHOLE, mode)
    assert raised.value.hint.startswith("Run: chmod 600 /")


def test_a_file_that_others_may_only_read_is_fine(read):
    assert read(WHOLE, 0o644).accounts


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_refused(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(WHOLE)
    path.chmod(0o600)
    os.chown(path, 12345, 12345)
    with pytest.raises(ConfigError, match="somebody else") as raised:
        load(path, {"SUPPORTDESK_HOME": str(tmp_path / "home")})
    assert "chown" in raised.value.hint


def test_the_state_folder_is_private_under_any_umask(read, tmp_path):
    before = os.umask(0)
    try:
        home = read("", SUPPORTDESK_HOME=str(tmp_path / "a" / "b")).home
    finally:
        os.umask(before)
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (home, home.parent)] == [0o700, 0o700]


def test_a_state_folder_that_was_open_is_closed(read, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home").chmod(0o777)
    assert stat.S_IMODE(read("").home.stat().st_mode) == 0o700


def test_a_state_folder_that_cannot_be_is_a_sentence(read, tmp_path):
    (tmp_path / "file").write_text("")
    for home in ("file", "file/below"):
        with pytest.raises(StoreError, match="folder"):
            read("", SUPPORTDESK_HOME=str(tmp_path / home))


def test_without_a_named_state_folder_the_platforms_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    config = load(None, {})
    assert config.path.parts[-2:] == ("supportdesk", "config.toml")
    assert config.home.name == "supportdesk"
    assert tmp_path in config.home.parents


def test_a_token_variable_is_upper_case_with_underscores():
    assert token_variable("rt-1") == "SUPPORTDESK_TOKEN_RT_1"
