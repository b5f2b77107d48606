"""How fast a desk is read: shares, reserves, waits and lanes; and how often it is asked at all."""

from bisect import bisect
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
    assert pace.wait_s() == pytest.approx(60, abs=2), "the next minute's share begins when this one's first is over"
    clock.now += 62
    assert pace.wait_s() == 0
    assert "at most 50%" in pace.said()
    assert "350 requests a minute" in pace.said()


@pytest.mark.parametrize(("most", "reset_s"), [(100, 60), (700, 60), (5000, 3600), (15_000, 3600)])
def test_no_window_of_the_service_sees_more_than_the_share_whenever_it_begins(most: int, reset_s: int) -> None:
    clock, date = Clock(), "Sun, 22 Nov 2026 12:00:00 GMT"
    pace, made = Pace(0.5, clock), list[float]()
    while clock.now < 1000 + 3 * reset_s:
        if wait_s := pace.wait_s():
            clock.now += wait_s
            continue
        pace.spend(TICKETS)
        made.append(clock.now)
        clock.now += 0.01
        if reset_s == 60:
            pace.heed(told(x_rate_limit=str(most), x_rate_limit_remaining=str(most - 1), ratelimit_reset="1"))
        else:
            pace.heed(told(x_ratelimit_limit=str(most), x_ratelimit_remaining=str(most - 1), date=date))
    windows = [bisect(made, at + reset_s) - number for number, at in enumerate(made)]
    assert max(windows) <= most / 2
    assert len(made) > 3 * most * 0.9 / 2, "and it is used"
    assert max(bisect(made, at + 60) - number for number, at in enumerate(made)) <= 450


def test_what_others_used_of_our_half_is_not_used_again(  # another process, or colleagues
) -> None:
    clock = Clock()
    pace = Pace(0.5, clock)
    pace.heed(zendesk(left=351))
    assert (pace.wait_s(), pace.room()) == (0, 1)
    pace.heed(zendesk(left=350))
    assert pace.wait_s() == 30


def test_as_many_go_at_once_as_there_is_room_for() -> None:
    pace = Pace(0.5, Clock())
    pace.heed(told(x_rate_limit="20", x_rate_limit_remaining="20", ratelimit_reset="30"))
    for left in (4, 4, 4, 4, 4, 4, 4, 3, 2, 1):
        assert pace.room() == left
        pace.spend(TICKETS)


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
    assert pace.wait_s(EXPORTS) == pytest.approx(60, abs=2)
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
