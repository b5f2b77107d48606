"""How fast a desk is read: within a share of what its service allows, with few requests at once, and with patience."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic

from supportdesk import late, providers

MOST_LANES, FIRST_LANES = 8, 4
MINUTE_S, HOUR_S = 60.0, 3600.0
SLACK_S = 1.0  # by which one request may take longer to arrive than another
TENTHS = 10  # an hour's limit is used in as many parts: else its share would be gone in a minute
GITHUB_A_MINUTE = 900.0  # points of its second limit, which no header tells of; a read costs one
EXPORTS_A_MINUTE = 10.0
CALLS, EXPORTS = "requests", "exports"
_EXPORT_LIMIT = re.compile(r"total=(\d{1,9}); ?remaining=(\d{1,9}); ?resets=(\d{1,9})")


@dataclass(slots=True)
class Meter:
    """One limit: `most` requests, of which `own` are ours in each `window_s`, and `left` said to be left till `resets`.

    `spent` is when each of our requests of the last window was made.
    """

    most: float
    own: int
    window_s: float
    spent: deque[float] = field(default_factory=deque)
    left: float | None = None
    resets: float = 0.0

    def room(self, now: float) -> int:
        """How many more are ours now."""
        while self.spent and self.spent[0] + self.window_s + SLACK_S <= now:
            self.spent.popleft()
        return self.own - len(self.spent)

    def wait_s(self, now: float) -> float:
        """Seconds until one more is ours."""
        over = -self.room(now)
        return 0.0 if over < 0 else self.spent[over] + self.window_s + SLACK_S - now


class Pace:
    """What one desk may ask in the background; `share` from 0 to 1 of the service's limits, 1 for no limit of ours.

    No window of the service, whenever it begins, sees more requests of this process than the share, and nothing is read
    in the background while less than the rest is left: then colleagues, or another process, have used our part.
    """

    def __init__(self, share: float = 1.0, clock: Callable[[], float] = monotonic) -> None:
        self.share, self.clock = share, clock
        self.lanes = FIRST_LANES
        self.calls = 0
        self._meters: dict[str, Meter] = {}
        self._unmetered: deque[float] = deque(maxlen=MOST_LANES)  # before an answer told of a limit
        self._held_until = 0.0
        self._set(EXPORTS, EXPORTS_A_MINUTE, EXPORTS_A_MINUTE, MINUTE_S)

    def spend(self, request: providers.Request) -> None:
        """A request is under way."""
        self.calls += 1
        meter = self._meters.get(EXPORTS if "/incremental/" in request.path else CALLS)
        if meter is None:
            self._unmetered.append(self.clock())
        else:
            meter.spent.append(self.clock())
            meter.room(self.clock())

    def heed(self, response: providers.Response) -> None:
        """Take in what an answer says of the service's limits."""
        headers = response.headers
        if found := _EXPORT_LIMIT.search(headers.get("zendesk-ratelimit-incremental-exports", "")):
            most, left, resets = map(float, found.groups())
            self._said(EXPORTS, most, most, MINUTE_S, left, resets)
        if most := _number(headers, "x-rate-limit", 0.0):
            left = _number(headers, "x-rate-limit-remaining", most)
            self._said(CALLS, most, most, MINUTE_S, left, _number(headers, "ratelimit-reset", MINUTE_S))
        elif most := _number(headers, "x-ratelimit-limit", 0.0):
            left, now = _number(headers, "x-ratelimit-remaining", most), late.answers.date_of(headers.get("date", ""))
            resets = _number(headers, "x-ratelimit-reset", 0.0) - now.timestamp() if now else HOUR_S
            part, window_s = most / TENTHS, HOUR_S / TENTHS
            if part > GITHUB_A_MINUTE:
                part, window_s = min(most * MINUTE_S / HOUR_S, GITHUB_A_MINUTE), MINUTE_S
            self._said(CALLS, most, part, window_s, left, resets)

    def hold(self, wait_s: float) -> None:
        """The service asked us to wait: nothing in the background until then, and half as much at once after it."""
        until = self.clock() + wait_s
        if until > self._held_until:
            self.lanes = max(self.lanes // 2, 1)
        self._held_until = max(self._held_until, until)

    def held_s(self) -> float:
        """Seconds for which the service asked us to wait."""
        return max(self._held_until - self.clock(), 0.0)

    def went_well(self) -> None:
        """A round of requests was answered: one more may go at once."""
        self.lanes = min(self.lanes + 1, MOST_LANES)

    def wait_s(self, kind: str = CALLS) -> float:
        """Seconds until the background may ask again."""
        now, meter = self.clock(), self._meters.get(kind)
        held_s = self.held_s()
        if meter is None:
            return held_s
        if meter.left is not None and now < meter.resets and meter.left <= self._rest(meter):
            return max(held_s, meter.resets - now)
        return held_s if self.share >= 1.0 else max(held_s, meter.wait_s(now))

    def room(self) -> int:
        """How many requests may go at once, when one may."""
        meter = self._meters.get(CALLS)
        if meter is None or self.share >= 1.0:
            return self.lanes
        left = meter.own if meter.left is None else int(meter.left - self._rest(meter))
        return max(min(self.lanes, meter.room(self.clock()), left), 1)

    def said(self) -> str:
        """The share and what it comes to, as a sentence."""
        meter = self._meters.get(CALLS)
        if self.share >= 1.0:
            return "Reading in the background takes what the service gives."
        words = f"Reading in the background takes at most {self.share:.0%} of the service's limit"
        if meter is None:
            return f"{words}; this one names none."
        a_minute = meter.own * MINUTE_S / meter.window_s
        return f"{words}: {a_minute:,.0f} requests a minute, and none while less than the rest is left."

    def brief(self) -> str:
        """The same for the status line; empty where nothing is left to others."""
        return "" if self.share >= 1.0 else f"at most {self.share:.0%} of its limit"

    def _rest(self, meter: Meter) -> float:
        return (1.0 - self.share) * meter.most

    def _said(self, kind: str, most: float, part: float, window_s: float, left: float, resets: float) -> None:
        meter = self._meters.get(kind)
        if meter is None or (meter.most, meter.window_s) != (most, window_s):
            self._set(kind, most, part, window_s)
        meter = self._meters[kind]
        meter.left, meter.resets = left, self.clock() + min(max(resets, 1.0), HOUR_S)

    def _set(self, kind: str, most: float, part: float, window_s: float) -> None:
        before = self._meters.get(kind)
        spent = before.spent if before else self._unmetered if kind == CALLS else ()
        own = max(int(self.share * part), 1)
        self._meters[kind] = Meter(max(most, 1.0), own, window_s, deque(spent))


def _number(headers: Mapping[str, str], name: str, otherwise: float) -> float:
    text = headers.get(name, "")
    return float(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else otherwise
