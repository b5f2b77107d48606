"""What the desk works with: its connections, the cache, the ledger, the clock, and the marks between them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from supportdesk import late, model, outbox, providers
from supportdesk.desk.attention import Attention
from supportdesk.desk.clocks import as_it_is
from supportdesk.desk.pace import Pace
from supportdesk.desk.reader import Reader
from supportdesk.errors import NotFoundError, StoreError, UsageError
from supportdesk.model import Decision, State, TicketRef
from supportdesk.providers import Account
from supportdesk.store import records
from supportdesk.store.cache import Cache
from supportdesk.store.locks import Presence, SenderLock

KEPT = timedelta(days=7)  # how long what was sent or dropped stays in the outbox


async def no_tokens(*desks: str) -> Sequence[str]:
    """The tokens where there are none: the demo."""
    return ()


class Connection:
    """One configured desk at run time: how it is reached, who we are there, and how that went.

    `ready` has its token at hand, so that nothing is written down as being sent while a keyring is still asked.
    """

    def __init__(
        self,
        account: Account,
        make_wire: Callable[[], providers.Wire],
        ready: Callable[[], Awaitable[object]] = no_tokens,
    ) -> None:
        self.account, self.ready, self._make_wire = account, ready, make_wire
        self.identity: providers.Identity | None = None
        self.asked, self.pace, self.reader = False, Pace(), Reader()
        self.online: bool | None = None
        self.visit: object = None  # while it is being read
        self.gaps: late.gaps.Gaps | None = None  # what could not be read, once somebody asked
        self.synced_at: datetime | None = None
        self.read: tuple[int, int] | None = None  # tickets here, and those without their words; None until counted
        self.trouble = self.barred = ""  # `barred`: what lets us in again, where the trouble is the sign-in

    @cached_property
    def provider(self) -> providers.Provider:
        """The flows this desk speaks."""
        return providers.open_provider(self.account)

    @cached_property
    def wire(self) -> providers.Wire:
        """Whatever drives them."""
        return self._make_wire()

    @property
    def tracker(self) -> providers.Tracker:
        """The same desk as a place for bugs; UsageError when its service is none."""
        if isinstance(self.provider, providers.Tracker):
            return self.provider
        raise UsageError(
            f"Desk {self.account.name} cannot take issues: {self.account.provider} is no issue tracker.",
            "Set escalate_to to a github or rt desk.",
        )

    def require_tracker(self) -> None:
        """UsageError when this desk's service is no issue tracker."""
        _ = self.tracker

    @property
    def address(self) -> str:
        """What the desk's tickets are tickets of; another address is another set of tickets."""
        account = self.account
        return "|".join((account.provider, account.url, account.repo, account.queue))

    @property
    def capabilities(self) -> providers.Capabilities:
        """What we may do there; everything while nobody was asked, the service decides then."""
        return self.identity.capabilities if self.identity else providers.Capabilities()

    async def close(self, wait_s: float) -> None:
        """Close the wire if it was ever opened, after what is being written was given `wait_s` to end."""
        self.reader.leave()
        if "wire" in self.__dict__:
            await self.wire.close(wait_s)


@dataclass(kw_only=True)
class Workplace:
    """The state that syncing, sending and escalating share."""

    folder: Path
    connections: dict[str, Connection]
    cache: Cache
    now: Callable[[], datetime]
    new_op: Callable[[], str]
    settle_s: float
    undo_s: float
    sync_days: int
    read_only: bool = False
    keep_s: float = 0.0  # how long the words of tickets long done stay in the cache; 0 for good
    syncing: str = ""
    attention: Attention = field(default_factory=Attention)
    follow_at_once: int = 20  # flags that move while somebody waits; the others do in a moment, or with the next sync
    tokens: Callable[..., Awaitable[Sequence[str]]] = no_tokens
    steadied: Callable[[model.Outgoing], model.Outgoing] = as_it_is
    presence: Presence | None = None
    listeners: list[Callable[[], None]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # what became of the cache at the start, in sentences

    @cached_property
    def ledger(self) -> late.ledger.Ledger:
        """The precious part, opened when it is first needed."""
        return late.ledger.Ledger.open(self.folder, now=self.now)

    @property
    def notices(self) -> Sequence[str]:
        """What was found changed or damaged on disk, in sentences."""
        return (*self.told, *(self.ledger.notices if "ledger" in self.__dict__ else ()))

    @cached_property
    def lock(self) -> SenderLock:
        """Whoever holds it sends."""
        return SenderLock(self.folder)

    @cached_property
    def lessons(self) -> late.lessons.Lessons:
        """What the verdicts of each desk teach."""
        return late.lessons.Lessons(self.cache, lambda: self.ledger)

    @property
    def rules(self) -> late.rules.Rules:
        """The cues that answers are read with."""
        return self.lessons.rules

    @cached_property
    def advice(self) -> late.families.Advice:
        """What flagged tickets were told to do."""
        return late.families.Advice(self.cache, self.lessons.findings, lambda: self.lessons.shipped.scale.weak)

    @cached_property
    def spreading(self) -> late.spreading.Spreading:
        """The verdicts that hold for a ticket, wherever they were given."""
        return late.spreading.Spreading(self.advice, lambda: self.ledger)

    def changed(self) -> None:
        """Tell everybody who draws."""
        self.attention.awaited = True
        self.progressed()

    def progressed(self) -> None:
        """Tell them that the background got on, which is drawn once nobody types."""
        for listener in tuple(self.listeners):
            listener()

    def connection(self, desk: str) -> Connection:
        """A desk by name; NotFoundError naming those that there are."""
        found = self.connections.get(desk)
        if found is None:
            known = ", ".join(self.connections) or "none"
            raise NotFoundError(f"There is no desk called {desk!r}.", f"Configured desks: {known}.")
        return found

    def ticket(self, ref: TicketRef) -> model.Ticket:
        """A ticket as last seen; NotFoundError when it never was."""
        self.connection(ref.desk)
        found = self.cache.ticket(ref)
        if found is None:
            raise NotFoundError(f"{ref} is not on disk.", "Run `supportdesk sync`, or check the number.")
        return found

    def me(self) -> dict[str, set[str]]:
        """For each desk the ids, names and addresses that are us."""
        found: dict[str, set[str]] = {}
        for name, connection in self.connections.items():
            if connection.identity:
                person = connection.identity.person
                found[name] = {value for value in (person.id, person.email, person.name) if value}
        return found

    def agent(self, desk: str) -> str:
        """Our own name on a desk, for verdicts and events."""
        connection = self.connections.get(desk)
        person = connection.identity.person if connection and connection.identity else None
        return (person.email or person.name) if person else ""

    def recall(self) -> None:
        """Read from the cache who we are and when each desk was synced, and forget what is of no desk any more."""
        self._forget_strangers()
        for name, connection in self.connections.items():
            if kept := self.cache.meta(f"identity:{name}"):
                try:
                    connection.identity = records.decode(providers.Identity, json.loads(kept))
                except ValueError:
                    connection.identity = None
            at = self.cache.meta(f"synced:{name}")
            connection.synced_at = datetime.fromisoformat(at) if at else None

    def _forget_strangers(self) -> None:
        """Take the tickets of desks that are gone, or that lead elsewhere now, out of the cache."""
        desks = {name: connection.address for name, connection in self.connections.items()}
        kept: dict[str, str] = json.loads(self.cache.meta("desks") or "{}")
        if kept == desks:
            return
        strange = {name for name, address in kept.items() if desks.get(name) != address}
        with self.cache.batch():
            for name in sorted(strange):
                if (held := self.cache.held(name)) and name in desks:
                    self.told.append(f"{name} leads elsewhere now: its {held:,} tickets of before are let go of.")
                self.cache.upkeep.disown(name, wholly=not desks)  # else their words go behind a sync
            self.cache.set_meta("desks", json.dumps(desks))

    def read_afresh(self, desk: str) -> None:
        """Let the next sync of a desk read everything."""
        for what in ("synced", "reading", "gaps"):
            self.cache.set_meta(f"{what}:{desk}", "")
        if desk in self.connections:
            self.connections[desk].synced_at = self.connections[desk].gaps = None

    def outgoing(self) -> list[model.Outgoing]:
        """Everything on its way or just gone, oldest first."""
        return self.ledger.all_outgoing()

    def put(self, *entries: model.Outgoing) -> None:
        """Write entries down in one durable append and bring their marks along."""
        with self.ledger.transaction():
            for entry in entries:
                self.ledger.put_outgoing(self.steadied(entry))
        self.show_marks({entry.ref for entry in entries})

    def step(self, entry: model.Outgoing, move: Callable[[model.Outgoing], model.Outgoing]) -> model.Outgoing | None:
        """Move an entry on if it still is as it was looked at; None when somebody else moved it meanwhile."""
        with self.ledger.transaction():
            if self.ledger.outgoing(entry.op) != entry:
                return None
            moved = move(self.steadied(entry))
            for each in outbox.along(moved, self.ledger.all_outgoing):
                self.ledger.put_outgoing(each)
        self.show_marks({entry.ref})
        return moved

    def record(self, kind: str, ref: TicketRef, detail: str = "") -> None:
        """Append an event; inside a transaction it is part of it."""
        event = model.Event(at=self.now(), kind=kind, ticket=ref, agent=self.agent(ref.desk), detail=detail)
        self.ledger.add_event(event)

    def escalation(self, ref: TicketRef, said: Sequence[model.Comment] | None = None) -> model.Escalation | None:
        """The newest link of a ticket to an issue: ours from the ledger, else a colleague's from the notes."""
        ours = self.ledger.escalations(ref)
        if ours:
            return ours[-1]
        return late.notes.filed_by_colleagues(ref, self.cache.comments(ref) or () if said is None else said)

    def counts(self) -> Counter[str]:
        """How many entries are in each state; from the cache's projection while the ledger is not open."""
        if "ledger" in self.__dict__:
            return Counter(entry.state for entry in self.ledger.all_outgoing())
        return Counter(json.loads(self.cache.meta("counts") or "{}"))

    def catch_up(self) -> None:
        """Take in what other processes wrote, and redo every mark when the projection is behind the ledger."""
        moved = self.ledger.refresh()
        if moved or self.cache.meta("journal") != str(self.ledger.length):
            with self.cache.batch():
                refs = self._marked()
                self.cache.clear_marks()
                self.project(refs)
                for desk in self.connections:
                    self.reflag(desk)
            self.changed()

    def _marked(self) -> set[TicketRef]:
        refs = {*self.cache.refs("escalated"), *self.cache.refs("decided")}  # colleagues' are in no ledger of ours
        refs |= {entry.ref for entry in self.ledger.all_outgoing()}
        refs |= self.spreading.touched(self.ledger.verdicts())
        refs |= {escalation.ticket for escalation in self.ledger.escalations()}
        return refs | late.wordings.begun(self.ledger)

    def project(self, refs: Iterable[TicketRef]) -> None:
        """Bring the cache's marks of these tickets in line with the ledger."""
        waiting: Counter[TicketRef] = Counter()
        held: Counter[TicketRef] = Counter()
        for entry in self.ledger.all_outgoing():
            if entry.state in (State.QUEUED, State.SENDING, State.UNCERTAIN):
                waiting[entry.ref] += 1
            elif entry.state in (State.HELD, State.REJECTED):
                held[entry.ref] += 1
        begun = late.wordings.begun(self.ledger)
        for ref in refs:
            escalation = self.escalation(ref)
            self.cache.set_marks(
                ref,
                decision=self.decision(ref),
                issue=str(escalation.issue) if escalation else "",
                queued=waiting[ref],
                held=held[ref],
                draft=ref in begun,
            )
        self.cache.set_meta("counts", json.dumps(self.counts()))
        self.cache.set_meta("journal", str(self.ledger.length))

    def show_marks(self, refs: Iterable[TicketRef]) -> None:
        """Like `project`, but what is in the ledger already does not fail because its marks cannot be drawn.

        They are redone when they can be: the projection is behind the ledger until then.
        """
        try:
            self.project(refs)
        except StoreError as problem:
            words = f"It is on disk, and the queue does not show it yet: {problem.message}"
            if words not in self.ledger.notices:
                self.ledger.notices.append(words)

    def decision(self, ref: TicketRef) -> Decision | None:
        """What the engineer said of the ticket: one answer confirmed is enough, dismissed are all but weak flags."""
        said = {answer: verdict.decision for answer, verdict in self.verdicts(ref).items()}
        if not said or Decision.CONFIRMED in said.values():
            return Decision.CONFIRMED if said else None
        found = [one for one in self.lessons.lately(ref) if one.kind is model.Kind.WORKAROUND]
        asked = [one for at, one in enumerate(found) if at == 0 or one.band is not model.Band.WEAK]
        return Decision.DISMISSED if all(one.comment_id in said for one in asked) else None

    def verdicts(self, ref: TicketRef) -> dict[str, model.Verdict]:
        """What was said of each answer: by us, by us of the same answer elsewhere, or by a colleague's tag."""
        held = self.spreading.verdicts(ref)
        connection, ticket = self.connections.get(ref.desk), self.cache.ticket(ref)
        if held or connection is None or ticket is None or connection.account.share != "tags":
            return held
        strongest = next(iter(self.lessons.lately(ref)), None)
        tagged = late.spreading.by_colleagues(connection.account, ticket, strongest)
        return {tagged.comment_id: tagged} if tagged else held

    def reflag(self, desk: str) -> None:
        """Let the flags of a desk follow its newest verdicts, those of tickets that changed last at once."""
        stamp, refs = self.lessons.stamp(desk), self.lessons.outdated(desk)
        self.follow(refs[: self.follow_at_once])
        if len(refs) <= self.follow_at_once:
            self.lessons.settle(desk, stamp)

    def follow(self, refs: Sequence[TicketRef]) -> None:
        """Bring the flags and the marks of these tickets in line with the verdicts."""
        self.lessons.reflag(refs)
        for ref in refs:
            self.advice.put(ref)
        if said := {ref for ref in refs if self.verdicts(ref)}:
            self.project(said)

    def recover(self) -> None:
        """Read what was left half sent as uncertain; only for the one who may send, and while nothing is under way."""
        cut = [entry for entry in self.outgoing() if entry.state is State.SENDING]
        if cut:
            self.put(*(outbox.recovered(entry) for entry in cut))

    def undo_until(self) -> datetime | None:
        """When the undo window of something queued now closes; None where there is none."""
        return self.now() + timedelta(seconds=self.undo_s) if self.undo_s else None

    def writable(self, desk: str) -> bool:
        """Whether a desk is configured, and for writing."""
        connection = self.connections.get(desk)
        return connection is not None and not connection.account.read_only

    def settle_of(self, desk: str) -> float:
        """Seconds an unknown outcome is looked for before it is sent again."""
        return self.settle_s if self.connection(desk).capabilities.settles else 0.0

    def sender(self) -> str:
        """Who sends when it is not us, as a sentence; empty when it is us or nobody."""
        if self.lock.held or (pid := self.lock.holder_pid()) is None:
            return ""
        return f"Another supportdesk (pid {pid}) sends; this one queues."

    def close(self) -> None:
        """Let go of the files and the lock."""
        if "lock" in self.__dict__:
            self.lock.close()
        if "ledger" in self.__dict__:
            self.ledger.close()
        self.cache.close()
        if self.presence is not None:
            self.presence.close()

    def may_send(self) -> bool:
        """Take the sender's lock, or say no when another process has it; with it comes what the last one left."""
        if self.ledger.closed:
            return False
        if not self.lock.held and self.lock.try_acquire():
            self.catch_up()  # whoever sent until now has written down how that went
            self.recover()
            self.ledger.forget_sent(self.now() - KEPT)
        return self.lock.held
