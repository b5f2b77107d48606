"""A keyring in a file, which the processes of a test share; `$FILERING` names it."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordSetError


class Ring(KeyringBackend):
    """Whole before and after every write."""

    priority = 1  # type: ignore[assignment]  # keyring's own way to say it

    def _kept(self) -> dict[str, str]:
        path = Path(os.environ["FILERING"])
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def _keep(self, kept: dict[str, str]) -> None:
        fresh = Path(f"{os.environ['FILERING']}.{os.getpid()}")
        fresh.write_text(json.dumps(kept))
        fresh.replace(os.environ["FILERING"])

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept().get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._keep({**self._kept(), username: password})

    def delete_password(self, service: str, username: str) -> None:
        self._keep({name: token for name, token in self._kept().items() if name != username})


class Sealed(Ring):
    """A keyring that can be read and takes nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise PasswordSetError("sealed")
