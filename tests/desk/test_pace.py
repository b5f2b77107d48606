"""How fast a desk is read: shares, reserves, waits and lanes; and how often it is asked at all."""

from datetime import UTC, datetime, timedelta

import pytest

from supportdesk.desk.attention import Attention
from supportdesk.desk.pace import CALLS, EXPORTS, MOST_LANES, Pace
from supportdesk.model import TicketRef
from supportdesk.providers import Request, Response

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TICKETS = Request(method="GET", path="/api/v2/tickets/1/comments.json")
EXPORT = Request(method="GET", path="/api/v2/incremental/tickets/cursor.json")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def told(**headers: str) -> Response:
    return Response(status=200, headers={name.replace("_", "-"): value for name, value in headers.items()})


def zendesk(left: int = 699) -> Response:
    return told(x_rate_limit="700", x_rate_limit_remaining=str(left), ratelimit_reset="30")


def test_half_of_a_limit_is_used_and_the_rest_is_left_to_colleagues() -> None:
    clock = Clock()
    pace = Pace(0.5, clock)
    pace.heed(zendesk())
    asked = 0
    while not pace.wait_s():
        pace.spend(TICKETS)
        asked += 1
    assert asked == 350
    assert pace.wait_s() == pytest.approx(60 / 350)
    clock.now += 60
    assert pace.wait_s() == 0
    assert "at most 50%" in pace.said()
    assert "350 requests a minute" in pace.said()


def test_the_last_tenth_is_left_alone_until_the_limit_starts_anew() -> None:
    clock = Clock()
    pace = Pace(0.5, clock)
    pace.heed(zendesk(left=70))
    assert pace.wait_s() == 30
    clock.now += 30
    assert pace.wait_s() == 0


def test_githubs_hour_is_counted_by_the_services_own_clock() -> None:
    pace = Pace(0.5, Clock())
    date = "Sun, 22 Nov 2026 12:00:00 GMT"
    reset = str(int((NOON + timedelta(minutes=20)).timestamp()))
    pace.heed(told(x_ratelimit_limit="5000", x_ratelimit_remaining="10", x_ratelimit_reset=reset, date=date))
    assert pace.wait_s() == pytest.approx(1200)


def test_the_share_is_named_and_taking_everything_is_not() -> None:
    assert Pace(0.25).brief() == "at most 25% of its limit"
    assert Pace(1.0).brief() == ""


def test_exports_have_a_limit_of_their_own_before_any_answer_tells_of_it() -> None:
    pace = Pace(0.5, Clock())
    for _ in range(5):
        assert pace.wait_s(EXPORTS) == 0
        pace.spend(EXPORT)
    assert pace.wait_s(EXPORTS) == pytest.approx(12)
    assert pace.wait_s(CALLS) == 0
    pace.heed(told(zendesk_ratelimit_incremental_exports="total=10; remaining=1; resets=41"))
    assert pace.wait_s(EXPORTS) == 41


def test_being_asked_to_wait_halves_what_goes_at_once_and_no_more_than_eight_ever_do() -> None:
    clock = Clock()
    pace = Pace(1.0, clock)
    for _ in range(20):
        pace.went_well()
    assert pace.lanes == MOST_LANES == 8
    pace.hold(7)
    assert (pace.lanes, pace.wait_s()) == (4, 7)
    clock.now += 7
    assert pace.wait_s() == 0


@pytest.mark.parametrize("value", ["", "many", "-5", "0", "9" * 40, "١٢"])
def test_a_limit_that_is_no_number_changes_nothing(value: str) -> None:
    pace = Pace(0.5, Clock())
    pace.heed(told(x_rate_limit=value, x_rate_limit_remaining=value))
    assert pace.wait_s() == 0


def test_nobody_at_the_keys_for_ten_minutes_makes_it_every_five() -> None:
    watched = Attention()
    assert watched.due(NOON, pressed=True)
    watched.polled_at = NOON
    assert not watched.due(NOON + timedelta(seconds=59))
    assert watched.due(NOON + timedelta(seconds=60))
    later = NOON + timedelta(minutes=11)
    watched.polled_at = later
    assert not watched.due(later + timedelta(minutes=4))
    assert watched.due(later + timedelta(minutes=5))
    assert watched.due(later + timedelta(minutes=2), pressed=True), "somebody is back: at once"


def test_a_clock_that_is_set_back_silences_no_desk() -> None:
    watched = Attention(polled_at=NOON)
    assert watched.due(NOON - timedelta(hours=3))


def test_the_open_ticket_comes_first_then_the_rows_looked_at_last() -> None:
    one, two, three = (TicketRef("acme", str(number)) for number in range(3))
    watched = Attention(opened=three)
    for rows in ((one,), (two, three), (one,)):
        watched.show(rows)
    assert watched.first() == (three, one, two)
