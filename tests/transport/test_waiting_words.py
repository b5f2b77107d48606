"""How long a service wants us to wait: whatever it says, a wait of at least a second and at most an hour (A41)."""

import time

import pytest

from supportdesk.errors import Limited
from supportdesk.providers import Response
from supportdesk.providers.answers import check, wait_of
from supportdesk.providers.github_rows import check as github_check

NOON = "Sun, 22 Nov 2026 12:00:00 GMT"
LATER = "Sun, 22 Nov 2026 12:02:30 GMT"


@pytest.fixture
def new_york(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def asked(**headers: str) -> Response:
    return Response(status=429, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": " 7 "}, 7.0),
        ({"retry_after": "-5"}, 1.0),
        ({"retry_after": "0"}, 1.0),
        ({"retry_after": "abc"}, 60.0),
        ({"retry_after": "--5"}, 60.0),
        ({"retry_after": "\u00b2"}, 60.0),
        ({"retry_after": "1e9"}, 60.0),
        ({"retry_after": "999999999"}, 3600.0),
        ({"retry_after": "9" * 400}, 60.0),
        ({}, 60.0),
        ({"retry_after": LATER, "date": NOON}, 150.0),
        ({"retry_after": NOON, "date": LATER}, 1.0),
        ({"retry_after": "Tue, 24 Nov 2026 12:00:00 GMT", "date": NOON}, 3600.0),
        ({"retry_after": LATER}, 60.0),  # without the service's own time its date says nothing
        ({"retry_after": "Fri, 31 Dec 9999 23:59:59 -1400", "date": NOON}, 3600.0),
        ({"retry_after": ", :", "date": ", :"}, 60.0),
    ],
)
def test_retry_after_is_read_by_the_services_own_clock(headers, wait_s):
    assert wait_of(asked(**headers)) == wait_s


def test_a_limit_says_how_long_it_is():
    with pytest.raises(Limited, match="wait 3600 s") as limit:
        check(asked(retry_after="999999999"), "the queue")
    assert limit.value.wait_s == 3600.0


@pytest.mark.parametrize(
    ("reset", "date", "wait_s"),
    [
        ("1795348840", NOON, 40.0),
        ("1795348840", "Sun, 22 Nov 2026 12:00:00 -0000", 40.0),
        ("0", NOON, 1.0),
        ("9" * 12, NOON, 3600.0),
        ("9" * 40, NOON, 60.0),
        ("soon", NOON, 60.0),
        ("1795348840", "", 60.0),
        ("1795348840", ", :", 60.0),
    ],
)
def test_a_reset_is_compared_with_the_answers_date_and_never_with_our_clock(reset, date, wait_s, new_york):
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset, "date": date}
    with pytest.raises(Limited) as limit:
        github_check(Response(status=403, headers=headers), "the queue")
    assert limit.value.wait_s == wait_s
