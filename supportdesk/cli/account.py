"""The commands about accounts: login, logout and doctor."""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from supportdesk.cli.output import emit, out, say
from supportdesk.cli.reading import parsed
from supportdesk.cli.sign_in import granted
from supportdesk.config import Config, write_desk
from supportdesk.desk import Desk, open_desk
from supportdesk.desk.doctor import LEGACY, Check, examine
from supportdesk.desk.identity import remember
from supportdesk.desk.wiping import Wiped, wipe
from supportdesk.errors import NotFoundError, ServiceError, SignInError, UsageError
from supportdesk.providers import Account, Identity
from supportdesk.providers.credentials import legacy
from supportdesk.providers.oauth import Grant, door, give_back
from supportdesk.secrets import Secrets, delete_token, keyring_name, store_token
from supportdesk.store.files import Files

REVOKED = " and withdrawn at the service"
URLS = {"github": "https://api.github.com"}
NEW_DESK = ("provider", "url", "user", "client_id", "repo", "queue", "escalate_to")


def login(config: Config, secrets: Secrets, arguments: SimpleNamespace) -> int:
    """Sign in, try what that gave, then keep it; a desk that is new is written to the configuration last."""
    name, known = arguments.name, config.accounts.get(arguments.name)
    account = _as_configured(known, arguments) if known else _new(config, arguments)
    grant = granted(account, arguments, os.environ)
    secrets.keep(name, grant)
    wider = replace(config, accounts={**config.accounts, name: account})
    identity = asyncio.run(_tried(open_desk(wider, secrets, undo_s=0.0), name))
    _keep(wider, secrets, name, grant)
    if known is None:
        _write(config, account)
    if legacy(account):
        say(arguments, f"{name}: {' '.join(LEGACY)}")
    if arguments.json:
        emit(desk=name, person=identity.person.name, role=identity.role)
    else:
        who = f"{identity.person.name} ({identity.role})"
        out(f"Signed in to {name} as {who}. Run `supportdesk doctor`, then `supportdesk`.")
    return 0


def _keep(config: Config, secrets: Secrets, name: str, grant: Grant) -> None:
    """Put what signs a desk's requests into the keyring; where that refuses, what was granted to us is given back."""
    try:
        store_token(name, grant.text)
    except SignInError as refused:
        if not grant.ours:
            raise
        became = asyncio.run(_given_back(config, secrets, config.accounts[name]))
        said = f"{refused.message} The sign-in was dropped{became}."
        raise SignInError(said, refused.hint) from None


async def _tried(desk: Desk, name: str) -> Identity:
    try:
        connection = desk.work.connection(name)
        identity = await connection.wire.run(connection.provider.whoami())
        remember(desk.work, name, identity)
    finally:
        await desk.close()
    return identity


def _write(config: Config, account: Account) -> None:
    """Write a new desk down; where that fails nothing of it stays, its token included."""
    written = False
    try:
        write_desk(config.path, account, Files().put)
        written = True
    finally:
        if not written:
            delete_token(account.name)


def _as_configured(account: Account, arguments: SimpleNamespace) -> Account:
    given = [f"--{name.replace('_', '-')}" for name in NEW_DESK if getattr(arguments, name)]
    if given:
        raise UsageError(
            f"Desk {account.name} is configured already, so {' and '.join(given)} would change nothing.",
            "Edit the configuration, or choose another name.",
        )
    return account


def _new(config: Config, arguments: SimpleNamespace) -> Account:
    if parsed(f"{arguments.name}#1").desk != arguments.name:
        raise UsageError(f"{arguments.name!r} cannot be a desk's name.", "Use letters, digits, - and _.")
    tracker = arguments.escalate_to
    if tracker and tracker not in (*config.accounts, arguments.name):  # else nobody learns of it before the sign-in
        known = ", ".join(config.accounts) or "none"
        raise UsageError(
            f"--escalate-to names {tracker!r}, and there is no such desk yet.",
            f"Run `supportdesk login {tracker}` first. Configured desks: {known}.",
        )
    provider = arguments.provider or _ask("Which service (zendesk, github, rt)", "--provider")
    url = arguments.url or URLS.get(provider) or _ask("Its address, for example https://acme.zendesk.com", "--url")
    repo = arguments.repo or (_ask("Repository, OWNER/NAME", "--repo") if provider == "github" else "")
    queue = arguments.queue or (_ask("Queue", "--queue") if provider == "rt" else "")
    client_id = arguments.client_id
    if provider == "zendesk" and not (client_id or arguments.user or arguments.token):
        client_id = _ask("Client id of its OAuth client; Enter for a token instead", "--client-id, --user or --token")
    return Account(
        name=arguments.name,
        provider=provider,
        url=url.rstrip("/"),
        user=arguments.user,
        client_id=client_id,
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


def logout(config: Config, secrets: Secrets, arguments: SimpleNamespace) -> int:
    """Withdraw what our own sign-in brought, where the service lets us, and forget a desk's token."""
    name = arguments.name
    if name not in config.accounts:
        raise NotFoundError(f"There is no desk called {name!r}.", "See the configuration.")
    wiped = asyncio.run(_wiped(config, secrets, arguments)) if arguments.wipe else None
    said = asyncio.run(_withdrawn(config, secrets, name))
    known = _forgotten(name, wanted=wiped is None or secrets.source(config.accounts[name]) == "keyring")
    if arguments.json:
        counts = {"wiped": wiped and wiped.tickets, "wiped_files": wiped and wiped.files}
        emit(desk=name, signed_out=known, revoked=said == REVOKED, **counts)
    else:
        out(f"The token of {name} is {'forgotten' if known else 'not in the keyring'}{said}.")
        if wiped:
            out(
                f"Wiped here: {wiped.tickets} tickets, {wiped.records} drafts and changes, {wiped.files} saved files. "
                "Verdicts and links stay, and so does what you saved or exported elsewhere."
            )
    for copy in wiped.copies if wiped else ():
        say(arguments, f"A copy of the ledger from earlier may still hold words of {name}: {copy}")
    return 0


def _forgotten(name: str, *, wanted: bool) -> bool:
    """Whether the keyring had the token; that there is no keyring stops nothing where no token was `wanted` of it."""
    try:
        return delete_token(name)
    except SignInError:
        if wanted:
            raise
        return False


async def _wiped(config: Config, secrets: Secrets, arguments: SimpleNamespace) -> Wiped:
    """Take everything of the desk off this machine, before its token: what is refused then changes nothing."""
    desk = open_desk(config, secrets, undo_s=0.0)
    try:
        return wipe(desk.work, arguments.name, yes=arguments.yes)
    finally:
        await desk.close()


async def _withdrawn(config: Config, secrets: Secrets, name: str) -> str:
    """What became of a token at its service, as the end of a sentence; one that was given to us is left alone."""
    account = config.accounts[name]
    if secrets.source(account) != "keyring":
        return f"; what is used comes from {secrets.source(account)}"
    try:
        if not (await secrets.grant(account)).ours:
            return ""
    except SignInError:  # there is none, or it is damaged: the keyring says so itself in a moment
        return ""
    return await _given_back(config, secrets, account)


async def _given_back(config: Config, secrets: Secrets, account: Account) -> str:
    """What became of a token at its service when we took it back there, as the end of a sentence."""
    desk = open_desk(config, secrets, undo_s=0.0)
    try:
        if await desk.work.connection(account.name).wire.run(give_back(account)):
            return REVOKED
        place = door(account)
        return f"; to withdraw it there too, see the applications in your settings at {place.url if place else ''}"
    except (ServiceError, SignInError) as problem:
        return f"; it could not be withdrawn there ({problem.message.rstrip('.')})"
    finally:
        await desk.close()


async def doctor(desk: Desk, config: Config, secrets: Secrets, arguments: SimpleNamespace) -> int:
    """Every check with its next step; exit 0 when nothing failed."""
    names = [name for name in config.accounts if arguments.desk in ("", name)]
    sources = {name: secrets.source(config.accounts[name]) for name in names}
    asked = asyncio.to_thread(_keyring, sources)  # a mute keyring is waited for once, while the desks wait for it too
    keyring, found = await asyncio.gather(asked, examine(desk.work, sources))
    checks = [_configuration(config), keyring, *found]
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
    if path.is_symlink() or (path.exists() and not path.is_file()):
        words = f"{path} is no file of ours: --debug cannot write there."
        return Check(desk="", check="log", state="warn", message=words, next="Move it away.")
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
