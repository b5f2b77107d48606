"""Our own token in a service's answer: a debugging page or an error that repeats the request says it no further."""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator, Mapping
from urllib.parse import quote_from_bytes

SIGNING = ("authorization", "private-token")
UNSAID = b"[our token]"
_SHORTEST = 8


def unsaid(raw: bytes, headers: Mapping[str, str]) -> bytes:
    """An answer without the credentials that the request's headers (lower case) carried, however they are written."""
    for secret in sorted(_secrets(headers), key=len, reverse=True):
        raw = raw.replace(secret, UNSAID)
    return raw


def unsaid_headers(given: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
    """The answer's headers likewise."""
    return {name: unsaid(value.encode(), headers).decode() for name, value in given.items()}


def _secrets(headers: Mapping[str, str]) -> Iterator[bytes]:
    for name in SIGNING:
        kind, _, token = headers.get(name, "").rpartition(" ")
        plain = token.encode()
        yield from _written(plain)
        if kind.lower() == "basic":
            yield from _written(_inside(plain))


def _inside(pair: bytes) -> bytes:
    """The password of Basic credentials; Zendesk's is the token behind `USER/token:`."""
    try:
        return b64decode(pair, validate=True).rpartition(b":")[2]
    except Error:
        return b""


def _written(secret: bytes) -> Iterator[bytes]:
    if len(secret) >= _SHORTEST:
        yield from {secret, secret.replace(b"/", b"\\/"), quote_from_bytes(secret, safe="").encode()}
