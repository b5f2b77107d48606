"""Reading what services answer: bytes into inert JSON, statuses into errors, errors into outcomes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any
from urllib.parse import quote

from supportdesk import providers, typed
from supportdesk.errors import (
    Distrusted,
    Forbidden,
    Limited,
    Lost,
    Missing,
    Refused,
    ServiceError,
    TooLarge,
    Unauthorized,
)
from supportdesk.providers import Json, Response
from supportdesk.providers.extent import SMALL, absurd, modest, narrow
from supportdesk.text import LONGEST, clean

LONGEST_WAIT_S = 3600.0
DEFAULT_WAIT_S = 60.0
_SECONDS = re.compile(r"-?[0-9]{1,19}")


def marker(op: str) -> str:
    """The hidden last line by which our issues and comments are found again; it names nothing but the op."""
    return f"<!-- sd-op:{op} -->"


def copied(what: str, name: str) -> Refused:
    """What a marker in nobody's words but a stranger's means: a person has to look."""
    said = f"{what}: the mark of these words stands in a comment by {name}, and in none of yours."
    return Refused(said, "Look there: drop these words if they have arrived.")


def segment(text: str) -> str:
    """One path segment, quoted so that it can never leave its place; ValueError for `.` and `..`."""
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} cannot be part of an address")
    return quote(text, safe="")


def decode(status: int, headers: Mapping[str, str], raw: bytes, kind: Any = None) -> Response:
    """Turn an answer's bytes into a Response; Lost when it should be JSON and is not (HTML, cut off, a bomb).

    A 200 is read as `kind` where it fits; where it does not, one odd row costs the page that much time and no more.
    """
    lowered = {name.lower(): clean(value, multiline=False) for name, value in headers.items()}
    media = lowered.get("content-type", "").partition(";")[0].strip().lower()
    if status in (204, 304) or not raw.strip():
        return Response(status=status, headers=lowered)
    if not (media == "application/json" or media.endswith("+json")):
        if 200 <= status < 300:
            raise Lost(f"The service answered {media or 'something without a type'} instead of JSON.", status=status)
        return Response(status=status, headers=lowered)
    if len(raw) > SMALL and not modest(raw):
        raise TooLarge("The service's answer holds more than any list of tickets does.", status=status)
    try:
        body = _inert(_parsed(raw, kind if status == 200 else None))
    except (ValueError, RecursionError) as problem:
        if 200 <= status < 300:
            raise Lost("The service's answer was cut off or is not JSON.", status=status) from problem
        body = None
    return Response(status=status, headers=lowered, body=body)


def _parsed(raw: bytes, kind: Any) -> Json:
    if kind is not None:
        with suppress(typed.Misfit):  # as a number of forty digits is
            return typed.read(kind, raw)
    whole = _number if absurd(raw) else None  # a call for every number is what it would cost
    return json.loads(narrow(raw), parse_constant=_no_constant, parse_float=_finite, parse_int=whole)


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
    kind = type(value)
    if kind is str:
        return value if value.isascii() and value.isprintable() and len(value) <= LONGEST else clean(value)
    if kind is list:
        value[:] = map(_inert, value)  # in place: a large answer is not in memory twice
        return value
    return _inert_record(value) if kind is dict else value


def _inert_record(record: dict[str, Json]) -> dict[str, Json]:
    """The same record with clean words; it runs for every one of a sync, so what is clean already costs no call."""
    names = "".join(record)
    if not (names.isascii() and names.isprintable() and len(names) <= LONGEST):
        record = {clean(name): value for name, value in record.items()}
    for name, value in record.items():
        kind = type(value)
        if kind is str:
            if not (value.isascii() and value.isprintable() and len(value) <= LONGEST):
                record[name] = clean(value)
        elif kind is dict or kind is list:
            record[name] = _inert(value)
    return record


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
                return it_said(value, 200)
    return ""


def it_said(words: str, most: int) -> str:
    """A service's own words as a sentence that another one may follow; nothing where there are none."""
    said = clean(words, multiline=False)[:most].strip()
    return f" It said: {said}{'' if said.endswith(('.', '!', '?')) else '.'}" if said else ""


def outcome_of(error: ServiceError) -> providers.Outcome:
    """What a failure on the way means for a write."""
    if error.resend is True:
        return providers.NotSent(why=error.message, wait_s=error.wait_s)
    if error.resend is False or isinstance(error, Distrusted):
        return providers.Rejected(why=error.message)
    return providers.Unknown(why=error.message)


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
    if found.tzinfo is UTC:
        return found
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        found.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{value[:40]!r} is before or after all time") from None
    return found
