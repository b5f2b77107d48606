"""What the demo's tests share: a clock that moves only when told, and the two servers with their providers."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from supportdesk.demo import DESK, TRACKER, Embedded, Helpdesk, Server, Tracker, demo_accounts
from supportdesk.model import Ticket, TicketRef
from supportdesk.providers import Flow, Request
from supportdesk.providers.github import GitHub
from supportdesk.providers.zendesk import Zendesk

T = TypeVar("T")
OP = "0f9c2a4e-1b7d-4c55-8e0a-9d3f5a6b7c81"
STAR = TicketRef(DESK, "4321")


@dataclass
class StoodClock:
    """A clock that moves only when told."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 14, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def run(server: Server, flow: Flow[T]) -> T:
    return asyncio.run(Embedded(server).run(flow))


def ask(server: Server, method: str, path: str, body: Any = None, **query: str) -> Any:
    """A call by hand: the answer's status and decoded body."""

    def flow() -> Flow[Any]:
        return (yield Request(method=method, path=path, body=body, query=tuple(query.items())))

    response = run(server, flow())
    return response.status, response.body


def zendesk() -> Zendesk:
    return Zendesk(demo_accounts()[DESK])


def github() -> GitHub:
    return GitHub(demo_accounts()[TRACKER])


def helpdesk(**options: Any) -> Helpdesk:
    return Helpdesk(StoodClock(), **options)


def tracker(**options: Any) -> Tracker:
    return Tracker(StoodClock(), **options)


def read(desk: Helpdesk, ref: TicketRef = STAR) -> Ticket:
    return run(desk, zendesk().ticket(ref))
