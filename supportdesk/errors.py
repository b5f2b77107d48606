"""Everything that can go wrong, as a tree in which each class answers one question.

SupportdeskError            a sentence for the engineer, a hint, and the exit code of the command
├── UsageError              2  the command line cannot be understood or would have to ask
│   └── ConfigError         2  a configuration file is wrong: file, line, nearest known name
├── SignInError             3  not signed in, or the token cannot be had
│   └── RoleError           3  signed in, but this role may not do it
├── NotFoundError           4  no such ticket, view or desk
├── HeldError               5  stopped by the gate or by a change on the ticket
├── StoreError              1  the disk, the lock or the ledger
└── ServiceError               what a service did; `resend`: is a write safe to send again?
    ├── NotWritten          7  the request never left: safe
    ├── Lost                7  no answer, or one that cannot be read, after the request was written: look first
    │   └── TooLarge        7  there is more of an answer than we read: one to a smaller question may fit
    ├── Limited             7  429 or a rate limit in disguise: safe after `wait_s`
    ├── Unauthorized        3  401: safe once signed in again
    ├── Refused             6  400, 403, 404, 410, 413, 422, or a redirected write: never by itself
    │   ├── Forbidden       3  403
    │   └── Missing         4  404 or 410
    └── Distrusted          6  the answer leads off the account's origin, or is not what was asked for
"""

from collections.abc import Callable, Iterator
from traceback import extract_tb
from typing import ClassVar


class SupportdeskError(Exception):
    """What happened, to what, and what the engineer can do now."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SupportdeskError):
    """The command line cannot be understood, or the command would have to ask."""

    exit_code = 2
    code = "usage"


class ConfigError(UsageError):
    """A configuration file is wrong; the message names file and line."""

    code = "config"


class SignInError(SupportdeskError):
    """There is no usable token for a desk."""

    exit_code = 3
    code = "not-signed-in"


class RoleError(SignInError):
    """Signed in, but the role on this desk may not do it."""

    code = "role"


class NotFoundError(SupportdeskError):
    """No such ticket, view or desk."""

    exit_code = 4
    code = "not-found"


class HeldError(SupportdeskError):
    """The gate stopped it, or the ticket changed since it was read."""

    exit_code = 5
    code = "held"


class StoreError(SupportdeskError):
    """The disk is full, the folder cannot be written or another process holds the lock."""

    code = "store"


class ServiceError(SupportdeskError):
    """A service, or the way to it, failed; `resend` tells whether the same write is safe to send again."""

    exit_code = 7
    code = "service"
    resend: ClassVar[bool | None] = None

    def __init__(self, message: str, hint: str = "", *, status: int = 0, wait_s: float | None = None) -> None:
        super().__init__(message, hint)
        self.status = status
        self.wait_s = wait_s


class NotWritten(ServiceError):
    """The request never reached the service: name, connection, TLS, proxy or pool failed first."""

    code = "unreachable"
    resend = True


class Lost(ServiceError):
    """The request was written and its outcome is unknown: a time-out, a reset, a 5xx, an unreadable answer."""

    code = "uncertain"
    resend = None


class TooLarge(Lost):
    """An answer of which there is more than we have memory for."""

    code = "too-large"


class Limited(ServiceError):
    """The service asks us to wait; `wait_s` is how long by its own clock."""

    code = "rate-limited"
    resend = True


class Unauthorized(ServiceError):
    """The token is wrong, expired or deactivated."""

    exit_code = 3
    code = "unauthorized"
    resend = True


class Refused(ServiceError):
    """The service understood and said no."""

    exit_code = 6
    code = "rejected"
    resend = False


class Forbidden(Refused):
    """The role may not do this."""

    exit_code = 3
    code = "forbidden"


class Missing(Refused):
    """The thing is gone, switched off, or not visible to this account."""

    exit_code = 4
    code = "missing"


class Distrusted(ServiceError):
    """An answer that leads off the account's origin or is not what was asked for."""

    exit_code = 6
    code = "distrusted"
    resend = None


def trail(error: BaseException, before: Callable[[BaseException], BaseException | None]) -> Iterator[str]:
    """Where an error came from, each of the errors that led to it by its type and places; no message and no value.

    `before` tells what led to an error.
    """
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield f"\n{type(current).__module__}.{type(current).__qualname__}"
        yield from (f"  {f.filename}:{f.lineno} in {f.name}" for f in extract_tb(current.__traceback__))
        current = before(current)


def led_to(error: BaseException) -> BaseException | None:
    """The error that was being dealt with when this one came."""
    return error.__cause__ or error.__context__
