"""Reading what services answer: bytes into inert JSON, statuses into errors, errors into outcomes."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from urllib.parse import quote

from supportdesk.errors import (
    Distrusted,
    Forbidden,
    Limited,
    Lost,
    Missing,
    Refused,
    ServiceError,
    Unauthorized,
)
from supportdesk.providers import Json, NotSent, Outcome, Rejected, Response, Unknown
from supportdesk.text import clean

LONGEST_WAIT_S = 3600.0
DEFAULT_WAIT_S = 60.0
MOST_VALUES = 400_000  # a hundred tickets with four hundred custom fields each have 250,000
LONGEST_WORD = 4 * 1024 * 1024
MOST_MEMORY = 34 * 1024 * 1024  # for the text and its words, which Python keeps as wide as their widest character
_SMALL = 1024 * 1024  # bytes that cannot hold enough to hurt
_FOUR = re.compile(rb"[\xf0-\xf4]|\\u[dD][89abAB]")
_TWO = re.compile(rb"[\xc4-\xef]|\\u")
_OUTER = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}")
_LEADS, _REST = bytes(range(0xF0, 0xF5)), bytes(range(0x80, 0xC0))
_ESCAPED = 12  # bytes of a pair of escapes
_WORD = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # to the end where it is not closed: each byte is read once
_SECONDS = re.compile(r"-?[0-9]{1,19}")


def marker(op: str) -> str:
    """The hidden last line by which our issues and comments are found again; it names nothing but the op."""
    return f"<!-- sd-op:{op} -->"


def segment(text: str) -> str:
    """One path segment, quoted so that it can never leave its place; ValueError for `.` and `..`."""
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} cannot be part of an address")
    return quote(text, safe="")


def decode(status: int, headers: Mapping[str, str], raw: bytes) -> Response:
    """Turn an answer's bytes into a Response; Lost when it should be JSON and is not (HTML, cut off, a bomb)."""
    lowered = {name.lower(): clean(value, multiline=False) for name, value in headers.items()}
    kind = lowered.get("content-type", "").partition(";")[0].strip().lower()
    if status in (204, 304) or not raw.strip():
        return Response(status=status, headers=lowered)
    if not (kind == "application/json" or kind.endswith("+json")):
        if 200 <= status < 300:
            raise Lost(f"The service answered {kind or 'something without a type'} instead of JSON.", status=status)
        return Response(status=status, headers=lowered)
    if len(raw) > _SMALL and not _modest(raw):
        raise Lost("The service's answer holds more than any list of tickets does.", status=status)
    try:
        body = _inert(json.loads(_narrow(raw), parse_constant=_no_constant, parse_float=_finite, parse_int=_number))
    except (ValueError, RecursionError) as problem:
        if 200 <= status < 300:
            raise Lost("The service's answer was cut off or is not JSON.", status=status) from problem
        body = None
    return Response(status=status, headers=lowered, body=body)


def _modest(raw: bytes) -> bool:
    """Whether JSON has no more values and no longer words than we have memory for, by a look that costs none."""
    if raw.count(b'"') > 4 * MOST_VALUES:  # a key and a word for each value
        return False
    inside = 0
    memory = _memory_of_text(raw)
    for word in _WORD.finditer(raw):
        if word.end() - word.start() > LONGEST_WORD:
            return False
        inside += _values(word[0])
        memory += _memory_of(word[0])
        if memory > MOST_MEMORY:
            return False
    return _values(raw) - inside <= MOST_VALUES


def _memory_of(word: bytes) -> int:
    """Bytes that a word takes once it is read: its widest character decides for all of them."""
    if _FOUR.search(word):
        return 4 * len(word.translate(None, _REST))
    return 2 * len(word.translate(None, _REST)) if _TWO.search(word) else len(word)


def _memory_of_text(raw: bytes) -> int:
    pairs = len(raw) - len(raw.translate(None, _LEADS))
    width = 2 if _TWO.search(raw) else 1
    return width * (len(raw.translate(None, _REST)) + _ESCAPED * pairs)


def _narrow(raw: bytes) -> bytes | str:
    """Large JSON with the characters escaped that would make all of its text four bytes wide."""
    if len(raw) <= _SMALL or _OUTER.search(raw) is None:
        return raw
    return _OUTER.sub(lambda found: json.dumps(found[0].decode())[1:-1].encode(), raw).decode()


def _values(raw: bytes) -> int:
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text[:40]} is out of range")
    return number


def _number(text: str) -> int | str:
    return int(text) if len(text) <= 40 else text  # stays text, so that one absurd id costs its row and not the page


def _inert(value: Json) -> Json:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        value[:] = map(_inert, value)  # in place: a large answer is not in memory twice
    if isinstance(value, dict):
        return {clean(key): _inert(item) for key, item in value.items()}
    return value


def wait_of(response: Response) -> float:
    """Seconds the service asks us to wait, by its own clock: 1 s to 1 h, 60 s when it does not say."""
    text = response.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return min(max(float(text), 1.0), LONGEST_WAIT_S)
    then, now = date_of(text), date_of(response.headers.get("date", ""))
    if then is not None and now is not None:
        return min(max((then - now).total_seconds(), 1.0), LONGEST_WAIT_S)
    return DEFAULT_WAIT_S


def date_of(text: str) -> datetime | None:
    """The aware moment of a Date header, None for what is none; a zone that is not told is UTC, never ours."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def check(response: Response, what: str) -> Response:
    """Pass a 2xx or 304 on; raise what any other status means, with `what` (a ticket, the queue) in the sentence."""
    status = response.status
    if response.ok or status == 304:
        return response
    said = _said(response.body)
    if status == 401:
        raise Unauthorized(
            f"{what}: the token was not accepted (401).{said}", "Run `supportdesk login`.", status=status
        )
    if status == 403:
        raise Forbidden(
            f"{what}: this account may not do that (403).{said}",
            "Ask for the right, or use another account.",
            status=status,
        )
    if status in (404, 410):
        raise Missing(
            f"{what}: not there, or not visible to this account ({status}).{said}",
            "Sync and look again.",
            status=status,
        )
    if status == 429:
        wait_s = wait_of(response)
        raise Limited(
            f"{what}: the service asks us to wait {wait_s:.0f} s (429).",
            "It is tried again by itself.",
            status=status,
            wait_s=wait_s,
        )
    if 300 <= status < 400:
        raise Distrusted(f"{what}: the service sent us elsewhere ({status}).", "Check the desk's url.", status=status)
    if status >= 500:
        wait = wait_of(response) if "retry-after" in response.headers else None
        raise Lost(
            f"{what}: the service failed ({status}).{said}", "It is tried again by itself.", status=status, wait_s=wait
        )
    raise Refused(f"{what}: the service refused it ({status}).{said}", "Change it and try again.", status=status)


def _said(body: Json) -> str:
    if isinstance(body, dict):
        for key in ("description", "message", "error"):
            value = body.get(key)
            if isinstance(value, str) and value:
                return f" It said: {clean(value, multiline=False)[:200]}"
    return ""


def outcome_of(error: ServiceError) -> Outcome:
    """What a failure on the way means for a write."""
    if error.resend is True:
        return NotSent(why=error.message, wait_s=error.wait_s)
    if error.resend is False or isinstance(error, Distrusted):
        return Rejected(why=error.message)
    return Unknown(why=error.message)


def text_of(value: Json) -> str:
    """A string or an integer id as text; ValueError for anything else: a bad row is not guessed at."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"expected text, got {type(value).__name__}")


def moment_of(value: Json) -> datetime:
    """An aware datetime from ISO 8601; ValueError for anything else."""
    if not isinstance(value, str):
        raise ValueError(f"expected a time, got {type(value).__name__}")
    found = datetime.fromisoformat(value)
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        found.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{value[:40]!r} is before or after all time") from None
    return found
