"""How fast a desk is read: within a share of what its service allows, with few requests at once, and with patience."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

from supportdesk import late, providers

MOST_LANES, FIRST_LANES = 8, 4
RESERVE = 0.1  # of a limit, that the background never touches
MINUTE_S, HOUR_S = 60.0, 3600.0
GITHUB_A_MINUTE = 900.0  # points of its second limit, which no header tells of; a read costs one
EXPORTS_A_MINUTE = 10.0
CALLS, EXPORTS = "requests", "exports"
_EXPORT_LIMIT = re.compile(r"total=(\d{1,9}); ?remaining=(\d{1,9}); ?resets=(\d{1,9})")


@dataclass(slots=True)
class Meter:
    """One limit: `most` requests in `window_s`, of which `left` are said to be left until `resets`."""

    most: float
    window_s: float
    burst: float
    tokens: float
    filled: float
    left: float | None = None
    resets: float = 0.0


class Pace:
    """What one desk may ask in the background; `share` from 0 to 1 of the service's limits, 1 for no limit of ours."""

    def __init__(self, share: float = 1.0, clock: Callable[[], float] = monotonic) -> None:
        self.share, self.clock = share, clock
        self.lanes = FIRST_LANES
        self.calls = 0
        self._meters: dict[str, Meter] = {}
        self._held_until = 0.0
        self._set(EXPORTS, EXPORTS_A_MINUTE, MINUTE_S, EXPORTS_A_MINUTE)

    def spend(self, request: providers.Request) -> None:
        """A request is under way."""
        self.calls += 1
        meter = self._meter(EXPORTS if "/incremental/" in request.path else CALLS)
        if meter is not None:
            meter.tokens = max(meter.tokens - 1.0, -meter.burst)

    def heed(self, response: providers.Response) -> None:
        """Take in what an answer says of the service's limits."""
        headers = response.headers
        if found := _EXPORT_LIMIT.search(headers.get("zendesk-ratelimit-incremental-exports", "")):
            most, left, resets = map(float, found.groups())
            self._said(EXPORTS, most, MINUTE_S, most, left, resets)
        if most := _number(headers, "x-rate-limit", 0.0):
            left = _number(headers, "x-rate-limit-remaining", most)
            self._said(CALLS, most, MINUTE_S, most, left, _number(headers, "ratelimit-reset", MINUTE_S))
        elif most := _number(headers, "x-ratelimit-limit", 0.0):
            left, now = _number(headers, "x-ratelimit-remaining", most), late.answers.date_of(headers.get("date", ""))
            resets = _number(headers, "x-ratelimit-reset", 0.0) - now.timestamp() if now else HOUR_S
            self._said(CALLS, most, HOUR_S, min(most, GITHUB_A_MINUTE), left, resets)

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
        now, meter = self.clock(), self._meter(kind)
        held_s = self.held_s()
        if meter is None:
            return held_s
        if meter.left is not None and now < meter.resets and meter.left <= self._reserve(meter):
            return max(held_s, meter.resets - now)
        if self.share >= 1.0 or meter.tokens >= 1.0:
            return held_s
        return max(held_s, (1.0 - meter.tokens) * meter.window_s / (self.share * meter.most))

    def said(self) -> str:
        """The share and what it comes to, as a sentence."""
        meter = self._meters.get(CALLS)
        if self.share >= 1.0:
            return "Reading in the background takes what the service gives."
        words = f"Reading in the background takes at most {self.share:.0%} of the service's limit"
        if meter is None:
            return f"{words}; this one names none."
        a_minute = self.share * meter.most * MINUTE_S / meter.window_s
        return f"{words}: {a_minute:,.0f} requests a minute."

    def brief(self) -> str:
        """The same for the status line; empty where nothing is left to others."""
        return "" if self.share >= 1.0 else f"at most {self.share:.0%} of its limit"

    def _reserve(self, meter: Meter) -> float:
        return 0.0 if self.share >= 1.0 else RESERVE * meter.most

    def _said(self, kind: str, most: float, window_s: float, burst: float, left: float, resets: float) -> None:
        meter = self._meters.get(kind)
        if meter is None or (meter.most, meter.window_s) != (most, window_s):
            self._set(kind, most, window_s, burst)
        meter = self._meters[kind]
        meter.left, meter.resets = left, self.clock() + min(max(resets, 1.0), HOUR_S)

    def _set(self, kind: str, most: float, window_s: float, burst: float) -> None:
        own = max(self.share * burst, 1.0)
        self._meters[kind] = Meter(max(most, 1.0), window_s, own, own, self.clock())

    def _meter(self, kind: str) -> Meter | None:
        meter, now = self._meters.get(kind), self.clock()
        if meter is not None:
            grown = (now - meter.filled) * self.share * meter.most / meter.window_s
            meter.tokens, meter.filled = min(meter.tokens + grown, meter.burst), now
        return meter


def _number(headers: Mapping[str, str], name: str, otherwise: float) -> float:
    text = headers.get(name, "")
    return float(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else otherwise
