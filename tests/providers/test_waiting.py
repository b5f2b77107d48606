"""A41: what a service says in Retry-After, and how long that makes us wait."""

import pytest

from supportdesk.providers import Response
from supportdesk.providers.answers import it_said, wait_of

NOON = "Sun, 22 Nov 2026 12:00:00 GMT"
SAID = {
    "7": 7.0,
    "Sun, 22 Nov 2026 12:01:30 GMT": 90.0,
    "Sun, 22 Nov 2026 11:00:00 GMT": 1.0,
    "-5": 1.0,
    "abc": 60.0,
    "999999999": 3600.0,
    "": 60.0,
}


@pytest.mark.parametrize(("said", "wait_s"), SAID.items())
def test_retry_after_is_read_by_the_services_own_clock_and_bounded(said: str, wait_s: float) -> None:
    headers = {"date": NOON, **({"retry-after": said} if said else {})}
    assert wait_of(Response(status=429, headers=headers)) == wait_s


@pytest.mark.parametrize(
    ("said", "told"), [("oops", " It said: oops."), ("No!", " It said: No!"), (" ", ""), ("x" * 9, " It said: xxxxx.")]
)
def test_what_a_service_says_is_a_sentence_that_another_one_may_follow(said: str, told: str) -> None:
    assert it_said(said, 5) == told
