"""Answers of services as they were recorded, and every way in which a hostile or broken service bends them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from supportdesk.errors import SupportdeskError
from supportdesk.model import TicketRef
from supportdesk.providers import Flow, Response
from supportdesk.providers.answers import decode
from supportdesk.text import clean

SAMPLES = Path(__file__).parent.parent / "samples"
MOST_REQUESTS = 410  # four lists of a hundred pages, and what comes before them
ROWS_BENT = 2  # bending the seventh row of a page is bending the first
BIG = "a number of 5,000 digits"
JSON_TYPE = {"content-type": "application/json"}
EMPTY = b'{"items": [], "tickets": [], "comments": [], "audits": [], "results": [], "views": [], "users": []}'

HOSTILE = [
    *(None, True, False, 0, -1, 1.5, 10**30, "", " ", "0", "-1", "\u00b2", "\u0661\u0662", "false", "None", BIG),
    *("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z", "2026-11-22", "24:00"),
    *("\ud800", "\x1b]52;c;eA==\x07", "\u202etxt", "\x00", "a\nb", "\u200b", "[@click=app.quit]x[/]", "x" * 70_000),
    *("https://evil.example/x", "http://[", "https://acme.zendesk.com:99999/", "//evil.example", "javascript:1"),
    *("open", "closed", "system", "text/html", "multipart/mixed", "<b>&#27;]0;x&#7;</b>", "../..", "a#b"),
    *([], {}, [[]], [None], [{}], {"id": None}, {"name": []}, [1, "x", None]),
]
HEADERS = [
    *("7", "-5", "--5", "abc", "999999999", "", "\u00b2", "9" * 400, "1e9", "nan", "-"),
    *("Wed, 21 Oct 2026 07:28:00 GMT", "Mon, 1 Jan 0001 00:00:00 +1400", "Fri, 31 Dec 9999 23:59:59 -1400", ", :"),
    *('<https://api.github.com/x?page=2>; rel="next"', '<http://[>; rel="next"', "<" * 8000, '<>; rel="next"'),
    *("\x1b[2J", "a\x00b", "text/html", 'W/"x"'),
]
NAMES = (
    "retry-after",
    "date",
    "link",
    "etag",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "content-type",
    "location",
)
STATUSES = (*(200,) * 30, *(201,) * 5, 202, 204, 301, 302, 304, 400, 401, 403, 403, 404, 409, 410, 412, 413, 422, 429)
STATUSES = (*STATUSES, 429, 500, 502, 503)
BENT = (*("whole",) * 22, "cut", "twice", "deep", "NaN", "html", "not a string", "empty")

values = st.one_of(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE), st.text(max_size=12), st.integers())


@dataclass(frozen=True)
class Tape:
    """What a service answers, one after the other: status, headers and JSON; and every place in it that can be bent."""

    answers: tuple[tuple[int, dict[str, str], Any], ...]
    places: tuple[tuple[int, tuple[Any, ...]], ...]


@dataclass(frozen=True)
class Sent:
    """An answer on its way: what the transport makes of it depends on what was asked for."""

    status: int
    headers: dict[str, str]
    raw: bytes

    def arrived(self, kind: Any) -> Response:
        """The answer, read as a kind where it fits; a SupportdeskError where the transport says that there is none."""
        return decode(self.status, self.headers, self.raw, kind)


def tape(*answers: Any) -> Tape:
    """A tape of JSON bodies, or of (status, headers, body)."""
    whole = tuple(one if isinstance(one, tuple) else (200, JSON_TYPE, one) for one in answers)
    return Tape(whole, tuple((number, path) for number, one in enumerate(whole) for path in _places(one[2])))


def recorded(*names: str, status: int = 200) -> Tape:
    """Samples by name, such as `zendesk/ticket`."""
    return tape(*((status, JSON_TYPE, json.loads((SAMPLES / f"{name}.json").read_text())) for name in names))


def rt_tape(name: str) -> Tape:
    """One of the tapes that were recorded from RT."""
    kept = json.loads((SAMPLES / "rt" / f"{name}.json").read_text())
    return tape(*((one["status"], one["headers"], json.loads(one["body"] or "null")) for one in kept))


def _places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here]
    if isinstance(value, dict):
        for key, inside in value.items():
            found += _places(inside, (*here, key))
    if isinstance(value, list):
        for index, inside in enumerate(value[:ROWS_BENT]):
            found += _places(inside, (*here, index))
    return found


@st.composite
def bent(draw: Any, tapes: list[Tape]) -> list[Sent]:
    """The answers of one of the tapes, bent in up to four places and sometimes as bytes."""
    chosen = draw(st.sampled_from(tapes))
    answers = [list(one) for one in chosen.answers]
    for where, value in draw(st.lists(st.tuples(st.integers(0, len(chosen.places) - 1), values), max_size=4)):
        number, path = chosen.places[where]
        answers[number][2] = _with(answers[number][2], path, value)
    for number, status in draw(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(STATUSES)), max_size=1)):
        answers[number % len(answers)][0] = status
    for number, name, value in draw(
        st.lists(st.tuples(st.integers(0, 6), st.sampled_from(NAMES), st.sampled_from(HEADERS)), max_size=2)
    ):
        answer = answers[number % len(answers)]
        answer[1] = {**answer[1], name: value}
    damage, spot = draw(st.sampled_from(BENT)), draw(st.integers(0, 6))
    found = []
    for number, (status, headers, body) in enumerate(answers):
        raw = _raw(body)
        found.append(Sent(status, headers, _damaged(raw, damage) if number == spot % len(answers) else raw))
    return found


def answers_of(chosen: Tape) -> list[Sent]:
    """The answers of a tape as they were."""
    return [Sent(status, headers, _raw(body)) for status, headers, body in chosen.answers]


def _raw(body: Any) -> bytes:
    return json.dumps(body).replace(f'"{BIG}"', "9" * 5000).encode()


def _damaged(raw: bytes, damage: str) -> bytes:
    middle = len(raw) // 2
    kinds = {
        "whole": raw,
        "cut": raw[:middle],
        "twice": raw.replace(b'"id":', b'"id": null, "id": "x", "id":', 1),
        "deep": b"[" * 100_000 + raw,
        "NaN": raw.replace(b"1", b"NaN", 1),
        "html": b"<!DOCTYPE html><title>Sign in</title>",
        "not a string": b"\xff\xfe" + raw[middle:],
        "empty": b"",
    }
    return kinds[damage]


def _with(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The body with another value at a path, where that is still there."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(body, dict) and key in body:
        return {**body, key: _with(body[key], rest, value)}
    if isinstance(body, list) and isinstance(key, int) and key < len(body):
        return [*body[:key], _with(body[key], rest, value), *body[key + 1 :]]
    return body


def play(flow: Flow[Any], answers: list[Sent], *, stubborn: bool = False, whole: bool = False) -> Any:
    """A flow's value, or the error it may raise; where the answers end there is nothing more, or the last one again.

    With `whole`, no answer is read as the kind that the flow would have it read as.
    """
    left = list(answers)
    last = left[-1] if stubborn and left else Sent(200, JSON_TYPE, EMPTY)
    try:
        request = next(flow)
        for _ in range(MOST_REQUESTS):
            sent = left.pop(0) if left else last
            try:
                response = sent.arrived(None if whole else request.kind)
            except SupportdeskError as problem:
                request = flow.throw(problem)
            else:
                request = flow.send(response)
    except StopIteration as end:
        return end.value
    except SupportdeskError as problem:
        return problem
    raise AssertionError(f"still asking after {MOST_REQUESTS} requests")


def sound(value: Any) -> None:
    """What came of it can be drawn, kept and named: inert text, times with a zone, references that can be typed."""
    if isinstance(value, SupportdeskError):
        assert value.message
        assert value.message == clean(value.message), repr(value.message)
    elif isinstance(value, str):
        assert value == clean(value), repr(value)
    elif isinstance(value, datetime):
        assert value.tzinfo is not None
    elif isinstance(value, tuple | list):
        for one in value:
            sound(one)
    elif isinstance(value, Mapping):
        sound([*value, *value.values()])
    elif is_dataclass(value):
        if isinstance(value, TicketRef):
            assert type(value).parse(str(value)) == value, repr(value)
        for field in fields(value):
            sound(getattr(value, field.name))
