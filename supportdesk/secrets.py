"""The only keyring: where a desk's token comes from and where it is kept, each failure a sentence of its own.

A keyring may hang for ever on a prompt that nobody sees (https://github.com/jaraco/keyring/pull/735), so every call is
made in a daemon thread with a limit: the app neither waits for it nor is kept from exiting.
"""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any

from supportdesk.errors import SignInError
from supportdesk.providers import Account
from supportdesk.providers.credentials import TOKEN_PREFIX, token_variable

SERVICE = "supportdesk"
KEYRING_S = 3.0
COMMAND_S = 10.0
LONGEST = 64 * 1024
_TICK_S = 0.02
ANY_DESK = "keyring"  # whom the keyring is probed for
_ELSEWHERE = "Set token_command for the desk, or ${}, or start a keyring (gnome-keyring, KWallet)."


class Secrets:
    """The tokens of one run: taken from the environment, given in this session, or fetched once and kept in memory."""

    def __init__(self, taken: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._tokens = dict(taken)
        self._taken = frozenset(taken)
        self._environ = environ
        self._asked: dict[str, asyncio.Task[str]] = {}

    def __repr__(self) -> str:
        return f"Secrets(desks={sorted(self._tokens)})"

    async def token(self, account: Account) -> str:
        """A desk's token without blocking the loop; those who ask at the same time share one question.

        SignInError when it cannot be had.
        """
        if account.name in self._tokens:
            return self._tokens[account.name]
        if account.name not in self._asked:
            task = self._asked[account.name] = asyncio.create_task(self._fetched(account))
            task.add_done_callback(lambda done: self._answered(account.name, done))
        return await asyncio.shield(self._asked[account.name])

    def _answered(self, desk: str, task: asyncio.Task[str]) -> None:
        del self._asked[desk]
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report what an absent caller never collected

    async def _fetched(self, account: Account) -> str:
        call = _Call(lambda: token_for(account, self._environ))
        while call.is_alive():
            await asyncio.sleep(_TICK_S)
        if isinstance(call.outcome, Exception):
            raise call.outcome
        return self._tokens.setdefault(account.name, str(call.outcome))

    def keep(self, desk: str, token: str) -> None:
        """Use a token for this session only."""
        self._tokens[desk] = token

    def forget(self, desk: str) -> None:
        """Ask again next time; what came from the environment stays, for it cannot be asked for twice."""
        if desk not in self._taken:
            self._tokens.pop(desk, None)

    def held(self) -> tuple[str, ...]:
        """Every token in memory, for the gate that keeps them from leaving in a text."""
        return tuple(self._tokens.values())

    def source(self, account: Account) -> str:
        """Where a desk's token comes from: "environment", "token_command" or "keyring"."""
        if account.name in self._taken:
            return "environment"
        return "token_command" if account.token_command else "keyring"


def take_tokens(environ: MutableMapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The desks' tokens from the environment; every `SUPPORTDESK_TOKEN_*` is removed from it, for any child to miss."""
    taken = {name: environ.get(token_variable(name), "").strip() for name in names}
    for variable in [name for name in environ if name.startswith(TOKEN_PREFIX)]:
        del environ[variable]
    return {name: token for name, token in taken.items() if token}


def token_for(account: Account, environ: Mapping[str, str], *, command_s: float = COMMAND_S) -> str:
    """A desk's token from its environment variable, its `token_command` or the keyring; blocks for up to 10 s.

    SignInError when none has it.
    """
    if token := environ.get(token_variable(account.name), "").strip():
        return token
    if account.token_command:
        return _printed(account, environ, command_s)
    kept = _ask(account.name, lambda keyring: keyring.get_password(SERVICE, account.name))
    if not kept:
        raise SignInError(
            f"{account.name}: there is no token in the keyring.",
            f"Run `supportdesk login {account.name}`, or set token_command or ${token_variable(account.name)}.",
        )
    return str(kept)


def store_token(desk: str, token: str) -> None:
    """Put a token into the keyring and read it back; SignInError when it was not kept, or is no token."""
    if not token or token != token.strip() or not (token.isascii() and token.isprintable()):
        raise SignInError(f"{desk}: this is no token: it is empty or holds unusual characters.", "Paste it again.")
    _ask(desk, lambda keyring: keyring.set_password(SERVICE, desk, token))
    if _ask(desk, lambda keyring: keyring.get_password(SERVICE, desk)) != token:
        raise SignInError(
            f"{desk}: the keyring took the token and kept nothing.",
            "Check PYTHON_KEYRING_BACKEND. " + _ELSEWHERE.format(token_variable(desk)),
        )


def delete_token(desk: str) -> bool:
    """Remove a token from the keyring; whether there was one."""
    if not _ask(desk, lambda keyring: keyring.get_password(SERVICE, desk)):
        return False
    _ask(desk, lambda keyring: keyring.delete_password(SERVICE, desk))
    return True


def keyring_name() -> str:
    """The keyring in use, for doctor; SignInError when it cannot be used."""

    def probe(keyring: Any) -> str:
        keyring.get_password(SERVICE, "doctor")
        backend = type(keyring.get_keyring())
        return f"{backend.__module__}.{backend.__qualname__}"

    name: str = _ask(ANY_DESK, probe)
    if name == "keyring.backends.null.Keyring":
        raise SignInError("keyring: the null backend keeps nothing.", "Unset PYTHON_KEYRING_BACKEND.")
    return name


class _Call(threading.Thread):
    """A call in a daemon thread, started at once; `outcome` holds its value or its error once it is over."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__(daemon=True, name="supportdesk-secrets")
        self._call = call
        self.outcome: Any = None
        self.start()

    def run(self) -> None:
        """Leave the value or the error in `outcome`."""
        self.outcome = asyncio.run(_outcome(self._call))


async def _outcome(call: Callable[[], Any]) -> Any:
    """What a call returned or raised, whatever it is: keyring's backends are plug-ins with errors of their own."""

    async def awaited() -> Any:
        return call()

    return (await asyncio.gather(awaited(), return_exceptions=True))[0]


def _ask(desk: str, question: Callable[[Any], Any]) -> Any:
    """Ask the keyring module in a daemon thread; SignInError for whatever goes wrong."""

    def asked() -> Any:
        logging.getLogger("keyring").setLevel(logging.CRITICAL)  # it prints tracebacks of backends it cannot load
        import keyring

        return question(keyring)

    call = _Call(asked)
    call.join(KEYRING_S)
    if call.is_alive():
        raise SignInError(
            f"{desk}: the keyring did not answer within {KEYRING_S:g} s.",
            "It may be asking for its password in a window: unlock it and try again.",
        )
    outcome = call.outcome
    if isinstance(outcome, Exception):
        raise _sentence(desk, outcome)
    return outcome


def _sentence(desk: str, problem: Exception) -> SignInError:
    """What a keyring's error means, without its words: a backend may put anything into them."""
    elsewhere = _ELSEWHERE.format(token_variable(desk) if desk != ANY_DESK else "SUPPORTDESK_TOKEN_<DESK>")
    if isinstance(problem, ImportError):
        return SignInError(
            f"{desk}: the keyring's backend is not installed.", f"Check PYTHON_KEYRING_BACKEND. {elsewhere}"
        )
    from keyring import errors

    if isinstance(problem, errors.NoKeyringError):
        return SignInError(f"{desk}: there is no keyring on this machine or in this session.", elsewhere)
    if isinstance(problem, errors.KeyringLocked):
        return SignInError(f"{desk}: the keyring is locked; nothing in it was changed.", "Unlock it and try again.")
    if isinstance(problem, errors.InitError):
        return SignInError(
            f"{desk}: the keyring could not ask for its password.", f"Unlock it in the desktop. {elsewhere}"
        )
    if isinstance(problem, errors.PasswordSetError):
        return SignInError(f"{desk}: the keyring refused to keep the token.", elsewhere)
    return SignInError(f"{desk}: the keyring failed ({type(problem).__name__}).", f"Try again. {elsewhere}")


def _printed(account: Account, environ: Mapping[str, str], limit_s: float) -> str:
    """The first line that `token_command` prints; what it prints never reaches a message."""
    name, program = account.name, account.token_command[0]
    hint = f"Run it by hand, then `supportdesk doctor --desk {name}`."
    try:
        said, code, late = _run(account.token_command, environ, limit_s)
    except OSError as problem:
        raise SignInError(f"{name}: token_command {program}: {problem.strerror}.", "Check token_command.") from None
    if late:
        raise SignInError(f"{name}: token_command {program} did not end within {limit_s:g} s.", hint)
    if len(said) > LONGEST:
        raise SignInError(f"{name}: token_command {program} printed more than a token.", hint)
    if code != 0:
        raise SignInError(f"{name}: token_command {program} failed with exit code {code}.", hint)
    token = said.decode("ascii", errors="replace").partition("\n")[0].strip()
    if not token or not token.isascii() or not token.isprintable():
        raise SignInError(f"{name}: token_command {program} printed no token on its first line.", hint)
    return token


def _run(argv: tuple[str, ...], environ: Mapping[str, str], limit_s: float) -> tuple[bytes, int, bool]:
    """Run a program without a shell and without our tokens: its output, its exit code, and whether it was cut off."""
    late = threading.Event()
    child = {name: value for name, value in environ.items() if not name.startswith(TOKEN_PREFIX)}
    with subprocess.Popen(  # noqa: S603 (the engineer's own command, as a list)
        argv,
        env=child,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:

        def cut_off() -> None:
            late.set()
            _end(process)

        timer = threading.Timer(limit_s, cut_off)
        timer.daemon = True
        timer.start()
        said = process.stdout.read(LONGEST + 1) if process.stdout else b""
        if len(said) > LONGEST:
            _end(process)
        code = process.wait()
        timer.cancel()
    return said, code, late.is_set()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it started: a child that lives on would hold its output open."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
