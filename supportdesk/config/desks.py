"""The desks of a configuration: tables into accounts, and an account into a new table."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

from supportdesk.config.toml import Source, Toml, meant
from supportdesk.errors import ConfigError
from supportdesk.model import TicketRef
from supportdesk.providers import Account
from supportdesk.providers.credentials import token_variable, unfit

KEYS = tuple(field.name for field in dataclasses.fields(Account) if field.name != "name")
NEEDS = {"zendesk": ("url",), "github": ("repo",), "rt": ("url", "queue")}
URLS = {"github": "https://api.github.com"}
SHARES = ("off", "tags")
_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}/(?!\.\.?$)[A-Za-z0-9._-]{1,100}")
_SECRETS = ("token", "password", "api_key", "secret")


def accounts_of(source: Source) -> dict[str, Account]:
    """Every `[desks.NAME]`, checked by itself and against the others."""
    tables = source.tables(source.table, "desks")
    accounts = {name: _account(source, name) for name in tables}
    for account in accounts.values():
        if account.escalate_to and account.escalate_to not in accounts:
            raise source.wrong(
                ("desks", account.name, "escalate_to"),
                f"escalate_to names {account.escalate_to!r}, and there is no such desk.",
                meant(account.escalate_to, accounts),
            )
    _refuse_shared_variables(source, accounts)
    return accounts


def _refuse_shared_variables(source: Source, accounts: dict[str, Account]) -> None:
    taken: dict[str, str] = {}
    for name in accounts:
        other = taken.setdefault(token_variable(name), name)
        if other != name:
            raise source.wrong(
                ("desks", name), f"desks {other} and {name} would share ${token_variable(name)}.", "Rename one."
            )


def _account(source: Source, name: str) -> Account:
    keys = ("desks", name)
    if not _is_name(name):
        raise source.wrong(keys, f"{name!r} cannot be a desk's name.", "Use letters, digits, - and _, at most 64.")
    table = source.tables(source.tables(source.table, "desks"), name, "desks")
    for secret in _SECRETS:
        if secret in table:
            raise source.wrong(
                (*keys, secret),
                f"{secret} must not stand in this file.",
                f"Remove it and run `supportdesk login {name}`.",
            )
    source.only(table, KEYS, *keys)
    account = Account(name=name, **_values(source, table, keys))
    _check(source, table, account)
    return account


def _is_name(name: str) -> bool:
    try:
        return TicketRef.parse(f"{name}#1").desk == name
    except ValueError:
        return False


def _values(source: Source, table: dict[str, Toml], keys: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {
        key: source.text(table, key, *keys) for key in KEYS if key not in ("read_only", "token_command", "share")
    }
    values["url"] = values["url"].rstrip("/") or URLS.get(values["provider"], "")
    values["share"] = source.text(table, "share", *keys, default="off")
    values["read_only"] = source.flag(table, "read_only", *keys)
    values["token_command"] = source.texts(table, "token_command", *keys)
    if values["ca_file"]:
        values["ca_file"] = _path(source, values["ca_file"], (*keys, "ca_file"))
    return values


def _path(source: Source, given: str, keys: tuple[str, ...]) -> str:
    """A file, seen from the configuration's folder; `~` and `~name` are homes."""
    try:
        return str(source.path.parent / Path(given).expanduser())
    except RuntimeError:  # a user that there is not
        problem = f"{given!r} names a user that this machine does not have."
        raise source.wrong(keys, problem, "Write the whole path.") from None


def _check(source: Source, table: dict[str, Toml], account: Account) -> None:
    keys = ("desks", account.name)
    if "provider" not in table:
        raise source.wrong(keys, f"desk {account.name} needs a provider.", f"Known are {', '.join(NEEDS)}.")
    if account.provider not in NEEDS and not _installed(account.provider):
        problem = f"no provider is called {account.provider!r}."
        raise source.wrong((*keys, "provider"), problem, meant(account.provider, NEEDS))
    for needed in NEEDS.get(account.provider, ("url",)):
        if not getattr(account, needed):
            raise source.wrong(keys, f"desk {account.name} ({account.provider}) needs {needed}.")
    if why := unfit(account.url):
        raise source.wrong((*keys, "url"), f"url {why}.")
    if account.repo and _REPO.fullmatch(account.repo) is None:
        raise source.wrong((*keys, "repo"), "repo must look like owner/name.")
    if account.share not in SHARES:
        raise source.wrong((*keys, "share"), 'share must be "off" or "tags".', meant(account.share, SHARES))
    if re.search(r"[^!-~]", account.client_id):
        raise source.wrong((*keys, "client_id"), "client_id must be one word, as the service shows it.")
    if re.search(r"[\s,]", account.tag_prefix):
        raise source.wrong((*keys, "tag_prefix"), "tag_prefix must not hold spaces or commas.")
    if "token_command" in table and not account.token_command:
        raise source.wrong((*keys, "token_command"), 'token_command must name a program, as in ["pass", "show", "x"].')


def _installed(provider: str) -> bool:
    from importlib.metadata import entry_points  # 46 ms, only for a provider that is not ours

    return bool(entry_points(group="supportdesk.providers", name=provider))


def table_of(account: Account) -> str:
    """An account as the TOML table that reads back as it; what has its default value is left out."""
    lines = [f"[desks.{account.name}]"]
    for field in dataclasses.fields(account):
        value = getattr(account, field.name)
        if (
            field.name == "name"
            or value == field.default
            or (field.name == "url" and value == URLS.get(account.provider))
        ):
            continue
        lines.append(f"{field.name} = {json.dumps(value, ensure_ascii=False)}")
    if not _is_name(account.name):
        raise ConfigError(f"{account.name!r} cannot be a desk's name.", "Use letters, digits, - and _, at most 64.")
    return "\n".join(lines) + "\n"
