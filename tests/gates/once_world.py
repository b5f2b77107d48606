"""A desk with the shipped store, transport and sending code, against services that fail on their writes."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from once_door import Door, Fate
from once_rt import ME, TOKEN, FakeRT

from supportdesk.config import Config, load_cues
from supportdesk.demo import DESK, REPO, TRACKER, Answer, Helpdesk, Tracker
from supportdesk.demo.story import Story, open_story
from supportdesk.desk import Desk, Proposal, open_desk
from supportdesk.errors import SupportdeskError
from supportdesk.insight.rules import Rules
from supportdesk.model import IssueDraft, Outgoing, Status, TicketRef, Update
from supportdesk.providers import Account, Flow, Place, Request, T
from supportdesk.providers.answers import marker
from supportdesk.secrets import Secrets
from supportdesk.transport import Transport

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WORDS = "It is fixed in 4.3; please update."
OPERATIONS = ("reply", "note", "update", "issue", "link")
PROVIDERS = ("zendesk", "github", "rt")
TAG = "once"
ROUNDS = 40


class Killed(BaseException):
    """The process is gone."""


class SlowLists(Tracker):
    """A GitHub whose lists learn of what is new only after a while, and which counts how often an issue was closed."""

    def __init__(self, *arguments: Any, lag_s: float, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.lag_s, self.closings = lag_s, 0

    def _listed(self, row: Any, asked: dict[str, str]) -> bool:
        return self._known(row) and super()._listed(row, asked)

    def _known(self, row: Any) -> bool:
        at = datetime.fromisoformat(row["created_at"])
        return self.now() >= at + timedelta(seconds=self.lag_s) or at < START

    def _list_comments(self, request: Request, number: int) -> Answer:
        rows, self.comments[number] = self.comments[number], [row for row in self.comments[number] if self._known(row)]
        try:
            return super()._list_comments(request, number)
        finally:
            self.comments[number] = rows

    def _edit(self, request: Request, number: int) -> Answer:
        before = self.issues[number]["state"]
        answer = super()._edit(request, number)
        self.closings += before == "open" and self.issues[number]["state"] == "closed"
        return answer


class Mortal:
    """The shipped transport, in a process that can die: before a write, under it, or before its answer is kept."""

    def __init__(self, transport: Transport, world: "World", door: Door) -> None:
        self._transport, self._world, self._door = transport, world, door
        self.server_time_offset_s = 0.0  # by the world's clock: the transport's is the machine's

    async def run(self, flow: Flow[T]) -> T:
        task = asyncio.ensure_future(self._transport.run(self._dying(flow)))
        death = self._world.death
        await asyncio.wait({task, death}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        task.cancel()
        raise Killed

    def _dying(self, flow: Flow[T]) -> Flow[T]:
        fate, door = self._door.fate, self._door
        try:
            request = next(flow)
            while True:
                mortal = fate is not None and fate.dies and request.writes and fate.times
                mortal = mortal and any(part in f"{request.method} {request.path}" for part in door.on)
                if fate is not None and mortal and fate.dies == "before":
                    fate.times -= 1
                    raise Killed
                try:
                    response = yield request
                except SupportdeskError as problem:
                    request = flow.throw(problem)
                    continue
                if fate is not None and mortal and fate.dies == "answered":
                    raise Killed
                self.server_time_offset_s = (self._world.true_now() - self._world.wall()).total_seconds() or 1e-6
                request = flow.send(response)
        except StopIteration as end:
            value: T = end.value
            return value
        finally:
            flow.close()

    async def close(self, wait_s: float = 0.0) -> None:
        """The next desk goes on with it."""


@dataclass
class Case:
    """What one case came to: how often it took effect, how it is shown, and what else was wrong."""

    effects: tuple[int, ...]
    entries: list[Outgoing]
    early: int
    refused: str = ""

    @property
    def right(self) -> bool:
        """Exactly one effect and said to be sent, or none and shown as rejected or held with a reason."""
        if self.early:
            return False
        if self.refused:
            return not any(self.effects)
        states = {entry.state.value for entry in self.entries}
        if states == {"sent"}:
            return set(self.effects) == {1}
        stopped = [entry for entry in self.entries if entry.state.value in ("held", "rejected")]
        said = bool(stopped) and all(entry.why for entry in stopped)
        if self.entries[0] in stopped and self.effects[0] and not isinstance(self.entries[0].change, Update):
            return False  # the op itself landed, and is shown as if it had not
        return said and states <= {"held", "rejected", "sent"} and max(self.effects) <= 1 and min(self.effects) == 0

    def __str__(self) -> str:
        said = [(type(e.change).__name__, e.state.value, e.attempts, e.unknowns, e.why) for e in self.entries]
        return f"{self.effects} effects, {self.early} early, {self.refused or said}"


class World:
    """One loop's services and transports; each case gets fresh servers and a folder as a sync leaves it."""

    def __init__(
        self,
        folder: Path,
        provider: str,
        *,
        settle_s: float = 600.0,
        wire: Callable[[Any], Any] | None = None,
        steady: bool = True,
    ) -> None:
        self.folder, self.provider, self.settle_s = folder, provider, settle_s
        self._steady = steady
        self._wrap = wire or (lambda given: given)
        self._loop = asyncio.get_running_loop()
        self._began, self.skew = self._loop.time(), timedelta(0)
        self.death: asyncio.Future[None] = self._loop.create_future()
        self.helpdesk_door, self.tracker_door = Door(self.true_now), Door(self.true_now)
        self._transports: dict[str, Transport] = {}
        self._pristine = folder / "pristine"
        self._cases = 0
        self.desk: Desk
        self.home = folder

    def true_now(self) -> datetime:
        return START + timedelta(seconds=self._loop.time() - self._began)

    def wall(self) -> datetime:
        """What our clock shows: somebody may have set it."""
        return self.true_now() + self.skew

    def uptime(self) -> tuple[str, float]:
        return "boot" if self._steady else f"boot {self._loop.time()}", self._loop.time()

    async def open(self) -> None:
        for door in (self.helpdesk_door, self.tracker_door):
            await door.open()
            door.jump = self._jump
            door.killed = self._kill
        for name, account in self._accounts().items():
            self._transports[name] = Transport(account, self._credential(name))
        self._fresh(None, "")
        self.home = self._pristine
        self.desk = self._opened()
        report = await self.desk.sync()
        assert not report.failed, report.failed
        await self.desk.close()

    async def close(self, wait_s: float = 0.0) -> None:
        for transport in self._transports.values():
            await transport.close(0.0)
        for door in (self.helpdesk_door, self.tracker_door):
            await door.close()
        await asyncio.sleep(0.1)

    def _jump(self, by: timedelta) -> None:
        self.skew += by

    def _kill(self) -> None:
        if not self.death.done():
            self.death.set_result(None)

    def _credential(self, name: str) -> Any:
        async def credential() -> dict[str, str]:
            return self.desk.work.connection(name).provider.authorize(TOKEN)

        return credential

    def _accounts(self) -> dict[str, Account]:
        one, two = self.helpdesk_door.url, self.tracker_door.url
        if self.provider == "rt":
            return {
                DESK: Account(name=DESK, provider="rt", url=one, queue="Support", escalate_to=TRACKER),
                TRACKER: Account(name=TRACKER, provider="rt", url=one, queue="Engineering"),
            }
        return {
            DESK: Account(name=DESK, provider="zendesk", url=one, escalate_to=TRACKER),
            TRACKER: Account(name=TRACKER, provider="github", url=two, repo=REPO),
        }

    def _fresh(self, fate: Fate | None, operation: str) -> None:
        self._began, self.skew = self._loop.time(), timedelta(0)
        self.death = self._loop.create_future()
        faulty = fate if operation else None
        if self.provider == "rt":
            rt = FakeRT(self.true_now)
            rt.open_ticket(
                "Support", "Printer settings vanish", "Since 4.2 the tray is forgotten.", "maria@example.com"
            )
            rt.open_ticket("Engineering", "Trays are forgotten", "Seen by two customers.", "bob@desk.test")
            self.helpdesk_door.behind(rt, faulty, _ON["rt", operation])
            return
        helpdesk = Helpdesk(self.true_now, story=_story())
        tracker = SlowLists(self.true_now, story=_story(), lag_s=fate.lag_s if fate else 0.0)
        here = self.provider == "zendesk"
        self.helpdesk_door.behind(helpdesk, faulty if here else None, _ON["zendesk", operation])
        self.tracker_door.behind(tracker, None if here else faulty, _ON["github", operation])

    def _opened(self) -> Desk:
        accounts = self._accounts()
        config = Config(path=self.home / "config.toml", home=self.home, accounts=accounts, settle_s=self.settle_s)
        doors = {DESK: self.helpdesk_door, TRACKER: self.helpdesk_door if self.provider == "rt" else self.tracker_door}
        wires = {name: self._wrap(Mortal(self._transports[name], self, doors[name])) for name in accounts}
        desk = open_desk(config, Secrets({}, {}), undo_s=0.0, wires=wires, now=self.wall, uptime=self.uptime)
        desk.work.lessons.__dict__ |= {"_cues": _cues(), "plain": _rules()}  # read once for all cases
        return desk

    async def play(self, operation: str, fate: Fate) -> Case:
        """One case, from the key to the end of everything that follows from it."""
        self._cases += 1
        self.home = self.folder / f"case-{self._cases}"
        shutil.copytree(self._pristine, self.home)
        self._fresh(fate, operation)
        self.desk = self._opened()
        try:
            try:
                await self._ask(operation)
            except SupportdeskError as problem:
                asked = [row for door in (self.helpdesk_door, self.tracker_door) for _, row in door.asked]
                assert not [row for row in asked if not row.startswith("GET")]
                return Case(effects=self._effects(operation), entries=[], early=0, refused=problem.message)
            await self._drained()
            entries = list(reversed(self.desk.outbox()))
            early = self.helpdesk_door.early + self.tracker_door.early
            return Case(effects=self._effects(operation), entries=entries, early=early)
        finally:
            self._abandon()
            shutil.rmtree(self.home)

    def _abandon(self) -> None:
        self.desk.work.close()

    async def _drained(self) -> None:
        for _ in range(ROUNDS):
            try:
                left = await self.desk.drain(4000.0, hurry=True)
            except Killed:
                self._abandon()
                self.death = self._loop.create_future()
                self.desk = self._opened()
                continue
            if not left or (due_s := self.desk.due_in()) is None:
                break
            await asyncio.sleep(due_s)
        await asyncio.sleep(1000.0)  # whatever is still under way arrives, and is counted
        await self.desk.drain()  # and the sweep has nothing to close

    async def _ask(self, operation: str) -> None:
        ref = self.ref(operation)
        match operation:
            case "reply":
                self.desk.reply(ref, WORDS)
            case "note":
                self.desk.note(ref, WORDS)
            case "update":
                self.desk.update(ref, Update(status=Status.SOLVED, add_tags=(TAG,)))
            case "issue":
                self.desk.escalate(self._proposal())
            case "link":
                await self.desk.link(self._proposal(), f"{TRACKER}#{self._issue}")

    def ref(self, operation: str = "") -> TicketRef:
        """The ticket that an operation is about; on GitHub an issue that is worked as a ticket."""
        if self.provider == "rt":
            return TicketRef(DESK, "1")
        if self.provider == "github" and operation in ("reply", "note", "update"):
            return TicketRef(TRACKER, "1")
        return TicketRef(DESK, str(_story().tickets[0].id))

    @property
    def _issue(self) -> str:
        return "2" if self.provider == "rt" else "1"

    def _proposal(self) -> Proposal:
        op = str(UUID(int=(1 << 120) + self._cases))
        body = f"Steps: update, print.\n\n{marker(op)}"
        draft = IssueDraft(tracker=TRACKER, title="Trays are lost", body=body, labels=("from-support",))
        place = Place(name="Engineering" if self.provider == "rt" else REPO, public=False)
        return Proposal(ref=self.ref(), op=op, draft=draft, place=place, tickets=1, customers=1)

    def _effects(self, operation: str) -> tuple[int, ...]:
        """How often each thing that was to happen did happen at the services."""
        inside = self.helpdesk_door.inside
        if self.provider == "rt":
            return _on_rt(inside, operation)
        tracker, number = self.tracker_door.inside, int(self.ref().id)
        if operation in ("issue", "link"):
            return (_filed(tracker, operation), _said(inside, number, "INTERNAL"), _set(inside, number, "hold"))
        if self.provider == "zendesk":
            return (_set(inside, number, "solved"),) if operation == "update" else (_said(inside, number, operation),)
        words = [row for row in tracker.comments[1] if WORDS in row["body"]]
        return (tracker.closings,) if operation == "update" else (len(words),)


def _on_rt(rt: FakeRT, operation: str) -> tuple[int, ...]:
    if operation in ("reply", "note"):
        kind = "Correspond" if operation == "reply" else "Comment"
        return (sum(WORDS in row["Content"] for row in rt.on(1, kind)),)
    if operation == "update":
        return len(rt.on(1, "Status")), len(rt.on(1, "CustomField"))
    made = [row for row in rt.tickets.values() if (row["Queue"], row["Creator"]) == ("Engineering", ME)]
    made = made if operation == "issue" else rt.on(2, "Comment")
    return len(made), len(rt.on(1, "Comment")), len(rt.on(1, "Status"))


def _filed(tracker: SlowLists, operation: str) -> int:
    if operation == "link":
        return sum("sd-op:" in row["body"] for row in tracker.comments[1])
    return sum("sd-op:" in row["body"] for number, row in tracker.issues.items() if number != 1)


def _said(helpdesk: Helpdesk, number: int, operation: str) -> int:
    rows = [row for row in helpdesk.records.comments[number] if row["author_id"] == helpdesk.me]
    fresh = [row for row in rows if datetime.fromisoformat(row["created_at"]) >= START]
    assert all(row["public"] is (operation == "reply") for row in fresh)
    return len(fresh)


def _set(helpdesk: Helpdesk, number: int, status: str) -> int:
    events = [event for audit in helpdesk.records.audits[number] for event in audit["events"]]
    return sum(event.get("field_name") == "status" and event["value"] == status for event in events)


_ON = {
    ("zendesk", ""): (),
    ("github", ""): (),
    ("rt", ""): (),
    **{("zendesk", operation): ("PUT ",) for operation in OPERATIONS},
    **{("github", operation): ("POST ", "PATCH ", "DELETE ") for operation in OPERATIONS},
    **{("rt", operation): ("POST ", "PUT ") for operation in OPERATIONS},
}


@cache
def _cues() -> Any:
    return load_cues()


@cache
def _rules() -> Rules:
    return Rules.load(_cues())


@cache
def _story() -> Story:
    told = open_story(START)
    tickets = tuple(case for case in told.tickets if case.status == "open")[:1]
    issues = tuple(case for case in told.issues if case.status == "open")[:1]
    return replace(told, tickets=tickets, issues=issues)
