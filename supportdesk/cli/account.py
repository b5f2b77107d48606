"""The commands about accounts: login, logout and doctor."""

import asyncio
import getpass
import os
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from supportdesk.cli.output import emit, out, say
from supportdesk.cli.reading import parsed
from supportdesk.config import Config, write_desk
from supportdesk.desk import Desk, open_desk
from supportdesk.desk.doctor import Check, examine
from supportdesk.errors import NotFoundError, SignInError, UsageError
from supportdesk.providers import Account, Identity
from supportdesk.secrets import Secrets, delete_token, keyring_name, store_token

URLS = {"github": "https://api.github.com"}
LONGEST_TOKEN = 8192
NEW_DESK = ("provider", "url", "user", "repo", "queue", "escalate_to")


def login(config: Config, secrets: Secrets, arguments: Namespace) -> int:
    """Ask for a token, try it, then keep it; a desk that is new is written to the configuration last."""
    name, known = arguments.name, config.accounts.get(arguments.name)
    account = _as_configured(known, arguments) if known else _new(arguments)
    token = _token(arguments, account)
    secrets.keep(name, token)
    desk = open_desk(replace(config, accounts={**config.accounts, name: account}), secrets, undo_s=0.0)
    identity = asyncio.run(_tried(desk, name))
    store_token(name, token)
    if known is None:
        _write(config, account)
    if arguments.json:
        emit(desk=name, person=identity.person.name, role=identity.role)
    else:
        who = f"{identity.person.name} ({identity.role})"
        out(f"Signed in to {name} as {who}. Run `supportdesk doctor`, then `supportdesk`.")
    return 0


async def _tried(desk: Desk, name: str) -> Identity:
    try:
        connection = desk.work.connection(name)
        identity = await connection.wire.run(connection.provider.whoami())
        desk.work.remember_identity(name, identity)
    finally:
        await desk.close()
    return identity


def _write(config: Config, account: Account) -> None:
    """Write a new desk down; where that fails nothing of it stays, its token included."""
    written = False
    try:
        write_desk(config.path, account)
        written = True
    finally:
        if not written:
            delete_token(account.name)


def _as_configured(account: Account, arguments: Namespace) -> Account:
    given = [f"--{name.replace('_', '-')}" for name in NEW_DESK if getattr(arguments, name)]
    if given:
        raise UsageError(
            f"Desk {account.name} is configured already, so {' and '.join(given)} would change nothing.",
            "Edit the configuration, or choose another name.",
        )
    return account


def _new(arguments: Namespace) -> Account:
    if parsed(f"{arguments.name}#1").desk != arguments.name:
        raise UsageError(f"{arguments.name!r} cannot be a desk's name.", "Use letters, digits, - and _.")
    provider = arguments.provider or _ask("Which service (zendesk, github, rt)", "--provider")
    url = arguments.url or URLS.get(provider) or _ask("Its address, for example https://acme.zendesk.com", "--url")
    repo = arguments.repo or (_ask("Repository, OWNER/NAME", "--repo") if provider == "github" else "")
    queue = arguments.queue or (_ask("Queue", "--queue") if provider == "rt" else "")
    return Account(
        name=arguments.name,
        provider=provider,
        url=url.rstrip("/"),
        user=arguments.user,
        repo=repo,
        queue=queue,
        escalate_to=arguments.escalate_to,
    )


def _ask(what: str, flag: str) -> str:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"{what}? There is no terminal to ask at.", f"Give {flag}.")
    sys.stderr.write(f"{what}: ")
    sys.stderr.flush()
    return sys.stdin.readline(1024).strip()


def _token(arguments: Namespace, account: Account) -> str:
    if sys.stdin.isatty():
        token = getpass.getpass(f"Token for {account.name} ({account.url}): ").strip()
    elif arguments.token:
        token = sys.stdin.readline(LONGEST_TOKEN).strip()
    else:
        raise UsageError(
            "There is no terminal to ask for the token at.",
            f"Give --token and pipe it in: `pass show zendesk | supportdesk login {account.name} --token`.",
        )
    if not token:
        raise SignInError("No token was given.", f"Run `supportdesk login {account.name}` again and paste it.")
    return token


def logout(config: Config, arguments: Namespace) -> int:
    """Forget a desk's token."""
    if arguments.name not in config.accounts:
        raise NotFoundError(f"There is no desk called {arguments.name!r}.", "See the configuration.")
    known = delete_token(arguments.name)
    if arguments.json:
        emit(desk=arguments.name, signed_out=known)
    else:
        out(f"The token of {arguments.name} is {'forgotten' if known else 'not in the keyring'}.")
    return 0


async def doctor(desk: Desk, config: Config, secrets: Secrets, arguments: Namespace) -> int:
    """Every check with its next step; exit 0 when nothing failed."""
    names = [name for name in config.accounts if arguments.desk in ("", name)]
    sources = {name: secrets.source(config.accounts[name]) for name in names}
    checks = [_configuration(config), _keyring(sources), *await examine(desk.work, sources)]
    checks.append(_log(config.home / "debug.log"))
    failed = [check for check in checks if check.state == "fail"]
    if arguments.json:
        emit(ok=not failed, checks=[_check_json(check) for check in checks])
    else:
        for check in checks:
            where = f"{check.desk} {check.check}".strip()
            out(f"{check.state:5} {where:18} {check.message}{f'  → {check.next}' if check.next else ''}")
        for line in (line for name in names for line in _way(desk.work.connection(name).wire)):
            say(arguments, line)
    return failed[0].exit_code if failed else 0


def _keyring(sources: dict[str, str]) -> Check:
    """Whether tokens can be kept; that they cannot is a failure only where one should come from there."""
    needed = [name for name, source in sources.items() if source == "keyring"]
    try:
        return Check(desk="", check="keyring", state="ok", message=f"{keyring_name()} answers.")
    except SignInError as problem:
        return Check(
            desk="",
            check="keyring",
            state="fail" if needed else "warn",
            message=problem.message,
            next="Unlock or start one, or give each desk a token_command or $SUPPORTDESK_TOKEN_<DESK>.",
            exit_code=3,
        )


def _way(wire: object) -> list[str]:
    describe = getattr(wire, "describe", None)
    return list(describe()) if describe else []


def _configuration(config: Config) -> Check:
    there = config.path.exists()
    words = f"{config.path} is in order." if there else f"No configuration yet ({config.path})."
    return Check(desk="", check="config", state="ok" if there else "warn", message=words)


def _log(path: Path) -> Check:
    size = f"{os.path.getsize(path)} bytes" if path.exists() else "written with --debug"
    return Check(desk="", check="log", state="ok", message=f"{path} ({size}).")


def _check_json(check: Check) -> dict[str, str]:
    return {
        "desk": check.desk,
        "check": check.check,
        "state": check.state,
        "message": check.message,
        "next": check.next,
    }
