"""Starts supportdesk with a fault inside it, or as a build that was broken on purpose.

`python canary_build.py shipped|defaults|crash [ARGUMENTS]`: `defaults` makes the credentials the client's own and lets
it follow redirects, `crash` raises in a worker of the console with the token in its variables and its message.
"""

import fcntl
import os
import sys
import termios
from typing import Any


def defaults() -> None:
    """What httpx does when it is told to: credentials for every request, redirects followed, origins not looked at."""
    from supportdesk.transport import Transport

    signed = Transport._signed

    def remembered(self: Any, request: Any, signature: dict[str, str]) -> dict[str, str]:
        self._client.headers.update(signature)
        return signed(self, request, {})

    Transport._signed = remembered  # type: ignore[method-assign]
    Transport._at_home = lambda self, url: True  # type: ignore[method-assign]


def crash() -> None:
    """A worker of the console fails with the token at hand."""
    from supportdesk.desk import Desk

    token = os.environ["SUPPORTDESK_TOKEN_WREN"]

    async def sync(self: Any, *arguments: Any, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        raise RuntimeError(f"{token} in {headers}")

    Desk.sync = sync  # type: ignore[method-assign]


BUILDS = {"shipped": lambda: None, "defaults": defaults, "crash": crash}

if __name__ == "__main__":
    if sys.stdin.isatty():
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    build, sys.argv[1:] = sys.argv[1], sys.argv[2:]
    BUILDS[build]()
    from supportdesk.__main__ import main

    main()
