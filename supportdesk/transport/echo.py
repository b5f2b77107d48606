"""Our own token in a service's answer: a debugging page or an error that repeats the request says it no further."""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote_from_bytes

SIGNING = ("authorization", "private-token")
UNSAID = b"[our token]"
_SHORTEST = 8


def unsaid(raw: bytes, headers: Mapping[str, str]) -> bytes:
    """An answer without the credentials that the request's headers (lower case) carried, however they are written."""
    return _without(_secrets(headers), raw)


def unsaid_headers(given: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
    """The answer's headers likewise."""
    secrets = _secrets(headers)
    told = dict(given.items())
    whole = "\n".join(told.values()).encode()
    if not any(secret in whole for secret in secrets):
        return told
    return {name: _without(secrets, value.encode()).decode() for name, value in told.items()}


def _without(secrets: Sequence[bytes], raw: bytes) -> bytes:
    for secret in secrets:
        raw = raw.replace(secret, UNSAID)
    return raw


def _secrets(headers: Mapping[str, str]) -> list[bytes]:
    """What must not be said, the longest first: one may hold another."""
    return sorted(_carried(headers), key=len, reverse=True)


def _carried(headers: Mapping[str, str]) -> Iterator[bytes]:
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
