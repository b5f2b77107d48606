"""The commands about accounts: login, logout and doctor."""

import getpass
import os
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from supportdesk.cli.output import emit, err, out
from supportdesk.config import Config, write_desk
from supportdesk.desk import Desk, open_desk
from supportdesk.desk.doctor import Check, examine
from supportdesk.errors import NotFoundError, SignInError, UsageError
from supportdesk.providers import Account
from supportdesk.secrets import Secrets, delete_token, store_token

URLS = {"github": "https://api.github.com"}
LONGEST_TOKEN = 8192


async def login(config: Config, secrets: Secrets, arguments: Namespace) -> int:
    """Ask for a token, try it, then keep it; a desk that is new is written to the configuration."""
    name = arguments.name
    account = config.accounts.get(name) or _new(arguments)
    token = _token(arguments, account)
    secrets.keep(name, token)
    trial = replace(config, accounts={**config.accounts, name: account})
    desk = open_desk(trial, secrets, undo_s=0.0)
    try:
        connection = desk.work.connection(name)
        identity = await connection.wire.run(connection.provider.whoami())
        desk.work.remember_identity(name, identity)
    finally:
        await desk.close()
    if name not in config.accounts:
        write_desk(config.path, account)
    store_token(name, token)
    who = f"{identity.person.name} ({identity.role})"
    if arguments.json:
        emit(desk=name, person=identity.person.name, role=identity.role)
    else:
        out(f"Signed in to {name} as {who}. Run `supportdesk doctor`, then `supportdesk`.")
    return 0


def _new(arguments: Namespace) -> Account:
    provider = arguments.provider or _ask("Which service (zendesk, github, rt)", "--provider")
    url = arguments.url or URLS.get(provider) or _ask("Its address, for example https://acme.zendesk.com", "--url")
    repo = arguments.repo or (_ask("Repository, OWNER/NAME", "--repo") if provider == "github" else "")
    queue = arguments.queue or (_ask("Queue", "--queue") if provider == "rt" else "")
    return Account(
        name=arguments.name,
        provider=provider,
        url=url,
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
    if arguments.token or not sys.stdin.isatty():
        token = sys.stdin.readline(LONGEST_TOKEN).strip()
    else:
        token = getpass.getpass(f"Token for {account.name} ({account.url}): ").strip()
    if not token:
        raise SignInError("No token was given.", "Pipe it in: `pass show zendesk | supportdesk login DESK --token`.")
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
    checks = [_configuration(config)]
    sources = {name: _source(secrets, account) for name, account in config.accounts.items()}
    checks += await examine(desk.work, sources)
    checks.append(_log(config.home / "debug.log"))
    failed = [check for check in checks if check.state == "fail"]
    if arguments.json:
        emit(ok=not failed, checks=[_check_json(check) for check in checks])
    else:
        for check in checks:
            where = f"{check.desk} {check.check}".strip()
            out(f"{check.state:5} {where:18} {check.message}{f'  → {check.next}' if check.next else ''}")
        for line in (line for connection in desk.work.connections.values() for line in _way(connection.wire)):
            err(line)
    return failed[0].exit_code if failed else 0


def _way(wire: object) -> list[str]:
    describe = getattr(wire, "describe", None)
    return list(describe()) if describe else []


def _source(secrets: Secrets, account: Account) -> str:
    try:
        return secrets.source(account)
    except SignInError as problem:
        return f"!{problem.message} {problem.hint}".rstrip()


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
