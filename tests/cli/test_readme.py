"""What the README tells people to type and to write down is taken as it stands there."""

import re
import shlex
from pathlib import Path

from supportdesk.cli.parser import grammar
from supportdesk.config import check_keys, load, write_desk
from supportdesk.config.rota import rota_of
from supportdesk.providers import Account
from supportdesk.store.files import Files
from supportdesk.ui.bindings import every_binding

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
ELLIPSES = (("start|stop|status", "status"), (" …", " words"))
URLS = {"github": "https://api.github.com"}


def commands() -> list[list[str]]:
    """Every command line of the README, without what it says beside it."""
    lines = [re.split(r"\s{3,}", line)[0] for line in README.splitlines() if re.match(r"supportdesk [a-z]", line)]
    for shown, typed in ELLIPSES:
        lines = [line.replace(shown, typed) for line in lines]
    return [shlex.split(line)[1:] for line in lines]


def test_every_command_line_of_the_readme_is_one() -> None:
    found = [grammar().parse_args(words).command for words in commands()]
    assert len(found) > 15
    assert {"login", "sync", "list", "reply", "escalate", "scan", "export", "shift", "logout"} <= {*found}


def test_the_desks_of_the_readme_can_be_signed_in_to_in_its_order(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    for words in commands():
        asked = grammar().parse_args(words)
        if asked.command == "login":
            url = asked.url or URLS[asked.provider]
            desk = Account(
                name=asked.name, provider=asked.provider, url=url, repo=asked.repo, escalate_to=asked.escalate_to
            )
            write_desk(config, desk, Files().put)
    accounts = load(config, {"SUPPORTDESK_HOME": str(tmp_path / "home")}).accounts
    assert accounts["acme"].escalate_to == "app"


def test_the_configuration_of_the_readme_is_one(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", README, re.DOTALL)
    assert found is not None
    path = tmp_path / "config.toml"
    path.write_text(found[1], encoding="utf-8")
    config = load(path, {"SUPPORTDESK_HOME": str(tmp_path / "home")})
    check_keys(config.keys, {binding.id: binding.key for binding in every_binding() if binding.id}, config.key_places)
    assert rota_of(config).people == ("alice@acme.example", "bob@acme.example")
    assert {account.provider for account in config.accounts.values()} == {"zendesk", "github", "rt"}
