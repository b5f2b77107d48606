"""Requests and responses, and the flows that yield the one and are sent the other."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
Json = Any  # decoded JSON is unknown until a parse function has looked at it


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call: `path` is below the account's URL (or an absolute URL on its origin), `body` is sent as JSON.

    `kind` is what its 200 is read as, where it fits (`typed.read`): of many rows, just what is wanted.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Json = None
    headers: tuple[tuple[str, str], ...] = ()
    kind: Any = None

    @property
    def writes(self) -> bool:
        """Whether the service may change by it."""
        return self.method not in ("GET", "HEAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer: header names in lower case, `body` decoded JSON with every string cleaned.

    Only rows of the class that the request's `kind` names hold strings as they came.
    """

    status: int
    headers: Mapping[str, str]
    body: Json = None

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


Flow = Generator[Request, Response, T]
