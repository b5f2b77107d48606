"""The OAuth client of a desk: read, written back, and refused where it cannot be one."""

from pathlib import Path

import pytest

from supportdesk.config import load, write_desk
from supportdesk.errors import ConfigError
from supportdesk.providers import Account
from supportdesk.store.files import Files


def configured(folder: Path, client_id: str) -> Path:
    path = folder / "config.toml"
    path.write_text(
        f'[desks.acme]\nprovider = "zendesk"\nurl = "https://acme.zendesk.com"\nclient_id = "{client_id}"\n'
    )
    path.chmod(0o600)
    return path


def test_a_client_id_is_read_and_written_back(tmp_path: Path) -> None:
    path = configured(tmp_path, "supportdesk_acme")
    environ = {"SUPPORTDESK_HOME": str(tmp_path / "state")}
    account = load(path, environ).accounts["acme"]
    assert account.client_id == "supportdesk_acme"
    other = Account(name="app", provider="github", url="https://api.github.com", repo="acme/app", client_id="Iv1.abc")
    write_desk(path, other, Files().put)
    assert load(path, environ).accounts["app"] == other


@pytest.mark.parametrize("client_id", ["two words", "tab\\there", "ümlaut", "\\u202e"])
def test_what_cannot_be_a_client_id_is_refused_with_its_line(tmp_path: Path, client_id: str) -> None:
    path = configured(tmp_path, client_id)
    with pytest.raises(ConfigError, match=r"config\.toml:4: client_id must be one word"):
        load(path, {"SUPPORTDESK_HOME": str(tmp_path / "state")})
