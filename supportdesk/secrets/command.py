"""A desk's `token_command`: run without a shell and without our tokens, for as long as it may take."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping

from supportdesk.errors import SignInError
from supportdesk.providers import Account
from supportdesk.providers.credentials import TOKEN_PREFIX

COMMAND_S = 10.0
LONGEST = 64 * 1024


def printed(account: Account, environ: Mapping[str, str], limit_s: float) -> str:
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
