"""The only keyring: what it keeps for a desk, each of its failures a sentence of its own.

A keyring may hang for ever on a prompt that nobody sees (https://github.com/jaraco/keyring/pull/735), so every call is
made in a daemon thread with a limit: the app neither waits for it nor is kept from exiting.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

from supportdesk.errors import SignInError
from supportdesk.providers.credentials import token_variable

SERVICE = "supportdesk"
KEYRING_S = 2.5
ANY_DESK = "keyring"  # whom the keyring is probed for
_ELSEWHERE = "Set token_command for the desk, or ${}, or start a keyring (gnome-keyring, KWallet)."


def kept(desk: str, *, limit_s: float = KEYRING_S) -> str:
    """What the keyring keeps for a desk, empty when that is nothing; SignInError when it cannot be asked."""
    return str(_ask(desk, lambda keyring: keyring.get_password(SERVICE, desk), limit_s) or "")


def store_token(desk: str, token: str, *, limit_s: float = KEYRING_S) -> None:
    """Put a token into the keyring and read it back; SignInError when it was not kept, or is no token."""
    if not token or token != token.strip() or not (token.isascii() and token.isprintable()):
        raise SignInError(f"{desk}: this is no token: it is empty or holds unusual characters.", "Paste it again.")
    _ask(desk, lambda keyring: keyring.set_password(SERVICE, desk, token), limit_s)
    if kept(desk, limit_s=limit_s) != token:
        raise SignInError(
            f"{desk}: the keyring took the token and kept nothing.",
            "Check PYTHON_KEYRING_BACKEND. " + _ELSEWHERE.format(token_variable(desk)),
        )


def delete_token(desk: str) -> bool:
    """Remove a token from the keyring; whether there was one."""
    if not kept(desk):
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


class Call(threading.Thread):
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


def _ask(desk: str, question: Callable[[Any], Any], limit_s: float = KEYRING_S) -> Any:
    """Ask the keyring module in a daemon thread; SignInError for whatever goes wrong."""

    def asked() -> Any:
        logging.getLogger("keyring").setLevel(logging.CRITICAL)  # it prints tracebacks of backends it cannot load
        import keyring

        return question(keyring)

    call = Call(asked)
    call.join(limit_s)
    if call.is_alive():
        raise SignInError(
            f"{desk}: the keyring did not answer within {limit_s:g} s.",
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
