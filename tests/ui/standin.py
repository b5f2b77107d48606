"""A desk made of plain values for the console's tests: it answers like the real one and remembers what it was told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from standin_parts import NOW, StandInFiltering, StandInProblems, StandInTeaching, StandInTexts, StandInWriting

from supportdesk.desk import (
    DeskLine,
    DeskStatus,
    Family,
    Proposal,
    Queue,
    Reading,
    Recipients,
    SyncReport,
    ViewCount,
)
from supportdesk.desk.drafting import together
from supportdesk.desk.queueing import Batch
from supportdesk.errors import HeldError, NotFoundError, ServiceError, UsageError
from supportdesk.model import (
    Change,
    Comment,
    Decision,
    Escalate,
    Escalation,
    Finding,
    Note,
    Outgoing,
    Person,
    Reply,
    Role,
    Row,
    State,
    Status,
    Ticket,
    TicketRef,
    Update,
    Verdict,
)
from supportdesk.outbox import blocker
from supportdesk.providers import Account
from supportdesk.store.cache_refs import Refs
from supportdesk.store.wordings import Wording

US = Person(name="Maren Vogt", email="maren@lumen.example", id="1", role=Role.AGENT)
WAITS = (State.QUEUED, State.SENDING, State.UNCERTAIN, State.HELD, State.REJECTED)
VIEWS = {
    "open": "Open",
    "mine": "Mine",
    "unassigned": "Unassigned",
    "flagged": "Flagged",
    "waiting": "Waiting",
    "escalated": "Escalated",
    "solved": "Solved",
    "all": "All",
}


@dataclass
class StandIn(StandInWriting, StandInProblems):
    """The interface of `supportdesk.desk.Desk` over dictionaries; `done` lists what it was asked to do."""

    tickets: dict[TicketRef, Ticket] = field(default_factory=dict)
    comments: dict[TicketRef, tuple[Comment, ...]] = field(default_factory=dict)
    news: dict[TicketRef, int] = field(default_factory=dict)
    found: dict[TicketRef, tuple[Finding, ...]] = field(default_factory=dict)
    verdicts: dict[TicketRef, Verdict] = field(default_factory=dict)
    families: dict[TicketRef, Family] = field(default_factory=dict)
    escalations: dict[TicketRef, Escalation] = field(default_factory=dict)
    drafts: dict[tuple[TicketRef, bool], str] = field(default_factory=dict)
    entries: list[Outgoing] = field(default_factory=list)
    wordings: dict[TicketRef, Wording] = field(default_factory=dict)
    numbers: dict[TicketRef, int] = field(default_factory=dict)
    unread: set[TicketRef] = field(default_factory=set)
    off: dict[str, str] = field(default_factory=dict)
    proposal: Proposal | None = None
    banner: str = ""
    outsiders: tuple[Person, ...] = ()
    teaching: StandInTeaching = field(default_factory=StandInTeaching)
    texts: Any = None
    filtering: StandInFiltering = field(default_factory=StandInFiltering)
    undo_s: float = 8.0
    read_only: bool = False
    desks: tuple[DeskLine, ...] = (
        DeskLine(
            name="acme",
            provider="zendesk",
            person="Maren Vogt",
            role="agent",
            online=True,
            synced_at=NOW - timedelta(seconds=20),
        ),
    )
    trouble: ServiceError | None = None
    done: list[tuple[Any, ...]] = field(default_factory=list)
    listeners: list[Callable[[], None]] = field(default_factory=list)
    accounts: dict[str, Account] = field(
        default_factory=lambda: {
            "acme": Account(name="acme", provider="zendesk", url="https://acme.zendesk.com", escalate_to="app")
        }
    )

    def __post_init__(self) -> None:
        self.texts = StandInTexts(self)

    def add(self, new: Ticket, *comments: Comment, findings: Sequence[Finding] = (), unread: bool = False) -> None:
        """Put a ticket on the desk."""
        self.tickets[new.ref] = new
        if comments:
            self.comments[new.ref] = comments
        if findings:
            self.found[new.ref] = tuple(findings)
        if unread:
            self.unread.add(new.ref)

    def changed(self) -> None:
        """Tell the console."""
        self.attention.awaited = True
        for listener in tuple(self.listeners):
            listener()

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def prepare(self) -> None:
        pass

    def wake(self) -> None:
        self.done.append(("wake",))

    def views(self) -> tuple[ViewCount, ...]:
        return tuple(ViewCount(id=v, name=name, desk="", count=len(self._refs(v, ""))) for v, name in VIEWS.items())

    def _refs(self, view: str, text: str) -> list[TicketRef]:
        inverse, words = text.startswith("!"), text.removeprefix("!").casefold()
        keep = {
            "open": lambda t: t.status not in (Status.SOLVED, Status.CLOSED),
            "mine": lambda t: t.assignee == US,
            "unassigned": lambda t: t.assignee is None and t.status not in (Status.SOLVED, Status.CLOSED),
            "flagged": lambda t: t.ref in self.found and t.ref not in self.verdicts,
            "waiting": lambda t: t.status is Status.PENDING,
            "escalated": lambda t: t.ref in self.escalations,
            "solved": lambda t: t.status is Status.SOLVED,
        }.get(view, lambda t: True)
        mine = [
            t for t in self.tickets.values() if keep(t) and (words in t.subject.casefold()) != (inverse and bool(words))
        ]
        return [t.ref for t in sorted(mine, key=lambda t: t.updated_at, reverse=True)]

    def queue(self, view: str = "open", text: str = "") -> Queue:
        refs = Refs([self.number(ref) for ref in self._refs(view, text)], self._named_by, self.number)
        return Queue(refs, lambda refs: [self._row(ref) for ref in refs])

    def number(self, ref: TicketRef) -> int:
        """The number under which a ticket is listed."""
        return self.numbers.setdefault(ref, len(self.numbers))

    def _named_by(self, numbers: Sequence[int]) -> list[TicketRef]:
        named = list(self.numbers)
        return [named[number] for number in numbers]

    def _row(self, ref: TicketRef) -> Row:
        known = self.tickets[ref]
        finding = self.found.get(ref, ())
        mine = [entry for entry in self.entries if entry.ref == ref]
        verdict = self.verdicts.get(ref)
        made = self.escalations.get(ref)
        asked = known.requester.organization
        return Row(
            ref=ref,
            subject=known.subject,
            status=known.status,
            priority=known.priority,
            requester=known.requester.name,
            organization=asked.name if asked else "",
            assignee=known.assignee.name if known.assignee else "",
            created_at=known.created_at,
            updated_at=known.updated_at,
            band=finding[0].band if finding else None,
            decision=verdict.decision if verdict else None,
            issue=str(made.issue) if made else "",
            queued=sum(entry.state is State.QUEUED for entry in mine),
            held=sum(entry.state in (State.HELD, State.REJECTED) for entry in mine),
            draft=any((ref, public) in self.drafts for public in (True, False)),
            unread=ref in self.unread,
        )

    def rows(self, refs: Sequence[TicketRef]) -> list[Row]:
        return [self._row(ref) for ref in refs if ref in self.tickets]

    def read(self, ref: TicketRef) -> Reading | None:
        if ref not in self.tickets:
            return None
        self.unread.discard(ref)
        verdict = self.verdicts.get(ref)
        return Reading(
            ticket=self.tickets[ref],
            comments=self.comments.get(ref, ()),
            loaded=ref in self.comments,
            findings=self.found.get(ref, ()),
            verdicts={verdict.comment_id: verdict} if verdict else {},
            escalation=self.escalations.get(ref),
            outgoing=tuple(entry for entry in self.entries if entry.ref == ref and entry.state in WAITS),
            reply_draft=self.draft(ref, public=True),
            note_draft=self.draft(ref, public=False),
            family=self.families.get(ref, Family(tickets=1, customers=1, refs=(ref,))),
        )

    def status(self) -> DeskStatus:
        states = [entry.state for entry in self.entries]
        return DeskStatus(
            desks=self.desks,
            queued=states.count(State.QUEUED),
            held=states.count(State.HELD),
            uncertain=states.count(State.UNCERTAIN),
            rejected=states.count(State.REJECTED),
            flags=len(self._refs("flagged", "")),
            read_only=self.read_only,
            banner=self.banner,
            paused=self.attention.halted,
        )

    def hush(self) -> bool:
        hidden, self.banner = bool(self.banner), ""
        self.changed()
        return hidden

    def outbox(self) -> tuple[Outgoing, ...]:
        return tuple(reversed(self.entries))

    def disabled_reason(self, action: str, ref: TicketRef | None) -> str | None:
        if ref is None:
            return "No ticket is selected."
        return self.off.get(action)

    def recipients(self, ref: TicketRef) -> Recipients:
        known = self.tickets[ref]
        return Recipients(people=(known.requester, *known.cc, *self.outsiders), outsiders=self.outsiders)

    def cautions(self, ref: TicketRef, body: str) -> tuple[str, ...]:
        warning = self.recipients(ref).warning
        return (*((warning,) if warning else ()), *(("It still says TODO.",) if "TODO" in body else ()))  # a guard

    def agents(self, desk: str) -> tuple[Person, ...]:
        return (US, Person(name="Tomasz Zielinski", email="tomasz@lumen.example", id="2", role=Role.AGENT))

    def draft(self, ref: TicketRef, *, public: bool) -> str:
        return self.drafts.get((ref, public), "")

    def save_draft(self, ref: TicketRef, body: str, *, public: bool, was: str | None = None) -> str:
        there = self.draft(ref, public=public)
        body = body if was is None else together(body, was, there)
        if body.strip():
            self.drafts[ref, public] = body
        else:
            self.drafts.pop((ref, public), None)
        return body

    def _forget(self, ref: TicketRef, body: str, *, public: bool) -> None:
        if self.draft(ref, public=public).strip() == body:
            self.save_draft(ref, "", public=public)

    def update_all(self, refs: Sequence[TicketRef], update: Update) -> Batch:
        self.done.append(("update_all", tuple(refs), update))
        return Batch(queued=tuple(self.put(ref, update) for ref in refs), refused={})

    def put(self, ref: TicketRef, change: Change, **more: Any) -> Outgoing:
        """Queue something."""
        entry = Outgoing(
            op=f"op-{len(self.entries) + 1}",
            change=change,
            ref=ref,
            desk=more.pop("desk", ref.desk),
            seen=self.tickets[ref],
            created_at=more.pop("created_at", NOW),
            seq=len(self.entries) + 1,
            **more,
        )
        self.entries.append(entry)
        self.changed()
        return entry

    def reply(self, ref: TicketRef, body: str, update: Update | None = None) -> Outgoing:
        self._forget(ref, body, public=True)
        return self.put(ref, Reply(body=body, update=update or Update()))

    def note(self, ref: TicketRef, body: str, update: Update | None = None) -> Outgoing:
        self._forget(ref, body, public=False)
        return self.put(ref, Note(body=body, update=update or Update()))

    def update(self, ref: TicketRef, update: Update) -> Outgoing:
        return self.put(ref, update)

    def verdict(
        self,
        ref: TicketRef,
        decision: Decision,
        *,
        comment_id: str | None = None,
        why: str = "",
        sampled: bool = False,
    ) -> Verdict:
        judged = comment_id or self.found[ref][0].comment_id
        made = Verdict(ref=ref, comment_id=judged, decision=decision, agent="maren", at=NOW, why=why, sampled=sampled)
        self.verdicts[ref] = made
        self.changed()
        return made

    async def rescore(self) -> None:
        self.done.append(("rescore",))

    async def propose(self, ref: TicketRef, *, tracker: str = "", quotes: bool | None = None) -> Proposal:
        self.done.append(("propose", ref, tracker, quotes))
        if self.proposal is None:
            raise UsageError("Desk acme does not say where its bugs go.", "Set escalate_to.")
        quoted = self.proposal.quotes if quotes is None else quotes
        return replace(self.proposal, quotes=quoted, kept=self.wordings.get(ref))

    async def revise(self, proposal: Proposal, *, title: str, body: str) -> Proposal:
        return replace(proposal, draft=replace(proposal.draft, title=title, body=body), own=True)

    def escalate(self, proposal: Proposal, *, again: bool = False, public_ok: str = "") -> Outgoing:
        if proposal.blocks or (proposal.existing and not again):
            raise HeldError("Something stands in the way.", "Nothing was sent.")
        self.done.append(("escalate", proposal.ref, again, public_ok))
        until = NOW + timedelta(seconds=self.undo_s)
        change = Escalate(draft=proposal.draft, public_ok=public_ok)
        return self.put(proposal.ref, change, desk="app", not_before=until)

    async def link(self, proposal: Proposal, issue: str, *, public_ok: str = "") -> Outgoing:
        self.done.append(("link", proposal.ref, issue, public_ok))
        return self.put(proposal.ref, Escalate(draft=proposal.draft, public_ok=public_ok), desk="app")

    def undo(self) -> str:
        waiting = [entry for entry in self.entries if entry.state is State.QUEUED]
        if not waiting:
            raise UsageError("Nothing can be taken back any more.", "The outbox shows what was sent.")
        self.move(waiting[-1].op, State.DROPPED)
        return f"Taken back on {waiting[-1].ref}. Nothing was sent."

    def move(self, op: str, state: State, **more: Any) -> Outgoing:
        """Let an entry get somewhere."""
        for place, entry in enumerate(self.entries):
            if entry.op == op:
                self.entries[place] = replace(entry, state=state, **more)
                self.changed()
                return self.entries[place]
        raise NotFoundError(f"Nothing in the outbox starts with {op!r}.")

    def drop(self, op: str) -> Outgoing:
        return self.move(op, State.DROPPED)

    def retry(self, op: str) -> Outgoing:
        return self.move(op, State.QUEUED, why="")

    def edit(self, op: str) -> str:
        entry = self.move(op, State.DROPPED)
        if not isinstance(entry.change, Reply | Note):
            raise UsageError("It has no words to edit.", "Drop it, and do it anew.")
        self.drafts[entry.ref, isinstance(entry.change, Reply)] = entry.change.body
        return f"The words are in the draft of {entry.ref} again."

    def sync_due(self, *, pressed: bool = False) -> bool:
        return False

    async def sync(self, progress: Callable[[str], object] = str, **how: object) -> SyncReport:
        self.done.append(("sync",))
        return SyncReport(lines=("acme: nothing new.",), failed=())

    async def refresh(self, ref: TicketRef) -> int:
        self.done.append(("refresh", ref))
        if self.trouble is not None:
            raise self.trouble
        self.comments.setdefault(ref, ())
        return self.news.pop(ref, 0)

    async def drain(self, wait_s: float = 0.0) -> tuple[Outgoing, ...]:
        self.done.append(("drain",))
        return ()

    def waits_for(self, entry: Outgoing) -> Outgoing | None:
        return blocker(entry, self.entries)

    def glance(self) -> None:
        self.done.append(("glance",))

    async def make_private(self, op: str) -> str:
        self.done.append(("make private", op))
        return "The note is internal again."

    def due_in(self) -> float | None:
        return None

    async def close(self) -> int:
        return 0
