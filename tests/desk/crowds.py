"""Services with as many tickets as wanted, a desk over each, and what a sync of it costs in requests."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rt_crowd import URL as RT_URL
from rt_crowd import Crowd

from supportdesk.demo import API, REPO, URL, Embedded, Helpdesk, Server, Tracker
from supportdesk.demo.story import Case, Entry, Story, open_story
from supportdesk.desk import Desk
from supportdesk.desk.pace import Pace
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import NotWritten
from supportdesk.providers import Account, Request
from supportdesk.store.cache import Cache

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
COMMENTS = 5
KINDS = ("zendesk admin", "zendesk agent", "github", "rt")
WORDS = ("/comments", "ticket_events", "/transactions", "/attachments", "/history", "users/show_many")
WHO = ("/users/me", "/user", "/rt", "/queue/", f"/repos/{REPO}")


@dataclass
class Place:
    """A desk of one account over a service in memory, and the clock of both."""

    desk: Desk
    server: Server
    reply: Callable[[int], None]
    at: list[datetime] = field(default_factory=lambda: [START])

    def pass_time(self, seconds: float) -> None:
        self.at[0] += timedelta(seconds=seconds)

    def sync(self, for_s: float | None = None) -> Counter[str]:
        """Sync, and count the requests by what they were for."""
        self.server.requests.clear()
        report = asyncio.run(self.desk.sync(for_s=for_s))
        assert report.failed == (), report.failed
        return Counter(purpose(request) for request in self.server.requests)


def purpose(request: Request) -> str:
    """What a request is for: who we are, views, tickets or words."""
    path = request.path.removesuffix(".json")
    if any(part in path for part in WORDS):
        return "words"
    if "/views" in path or path.endswith("/searches"):
        return "views"
    if path.endswith(WHO) or any(part in path for part in ("/user/", "/queue/")) or ("per_page", "1") in request.query:
        return "who"
    return "tickets"


def story(at: datetime, tickets: int, comments: int) -> Story:
    """Tickets changed ten minutes after each other, each with so many entries by its customer and by two of us."""
    told = open_story(at, 0)
    asker = next(key for key, someone in told.people.items() if someone.side == "customer")
    writers = (asker, "ben", "alice")

    def case(number: int) -> Case:
        last = at - timedelta(minutes=10 + number)
        entries = tuple(
            Entry(
                author=writers[place % 3],
                at=last - timedelta(minutes=5 * (comments - 1 - place)),
                body=f"Words {place} on {number}, such as somebody writes who has a question about an export.",
            )
            for place in range(comments)
        )
        return Case(id=10_000 + number, subject=f"Question {number}", author=asker, status="open", entries=entries)

    cases = tuple(case(number) for number in range(tickets))
    people = {
        key: it if it.login else type(it)(key=key, name=it.name, email=it.email, side=it.side, login=f"u-{key}")
        for key, it in told.people.items()
    }
    return Story(organizations=told.organizations, people=people, tickets=cases, issues=cases)


def open_place(folder: Path, kind: str, tickets: int, comments: int = COMMENTS, share: float = 1.0) -> Place:
    """A desk that has never been synced over a service of that kind."""
    at = [START]
    account, server, reply = service(kind, lambda: at[0], tickets, comments)
    connection = Connection(account, lambda: Embedded(server))
    connection.pace = Pace(share)
    if kind == "rt":
        connection.provider.authorize("1-29-0123456789abcdef0123456789abcdef")
    work = Workplace(
        folder=folder,
        connections={account.name: connection},
        cache=Cache.open(folder / "cache.sqlite3"),
        now=lambda: at[0],
        new_op=lambda: "op",
        settle_s=0,
        undo_s=0,
        sync_days=30,
    )
    return Place(desk=Desk(work), server=server, reply=reply, at=at)


def service(
    kind: str, now: Callable[[], datetime], tickets: int, comments: int
) -> tuple[Account, Server, Callable[[int], None]]:
    """An account of a service of that kind, the service in memory, and how a customer says more on a ticket."""
    if kind == "rt":
        crowd = Crowd(now, tickets, comments)
        account = Account(name="help", provider="rt", url=RT_URL, queue="Support")
        return account, crowd, lambda number: crowd.say(number + 1, "Correspond", "And another thing.", now())
    told = story(now(), tickets, comments)
    if kind == "github":
        tracker = Tracker(now, story=told)
        account = Account(name="app", provider="github", url=API, repo=REPO)
        return account, tracker, lambda number: tracker.colleague_writes(10_000 + number, "And another thing.")
    helpdesk = Helpdesk(now, role=kind.removeprefix("zendesk "), story=told)
    account = Account(name="acme", provider="zendesk", url=URL)
    return account, helpdesk, lambda number: helpdesk.customer_replies(10_000 + number, "And another thing.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Requests of a first sync, of one after some tickets were answered, and of one after which nothing happened."""

    full: Counter[str]
    changed: Counter[str]
    idle: Counter[str]


def costs(place: Place, answered: Sequence[int]) -> Costs:
    """Sync a desk for the first time, then after answers on some tickets, then after nothing for a while."""
    full = place.sync()
    place.pass_time(120)
    place.sync()
    for number in answered:
        place.reply(number)
    place.pass_time(120)
    changed = place.sync()
    place.pass_time(60)
    place.sync()
    place.pass_time(60)
    return Costs(full=full, changed=changed, idle=place.sync())


def fail_after(place: Place, requests: int) -> None:
    """The service is gone after so many requests more."""
    answer = place.server.answer
    left = [requests]

    def failing(request: Request) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise NotWritten("gone.")
        return answer(request)

    place.server.answer = failing  # type: ignore[method-assign]  # a cable is pulled


def put_back(place: Place) -> None:
    """It is there again."""
    del place.server.answer
