"""The one object that the console and the commands talk to: reads come from disk, writes go to disk before the wire."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from supportdesk import outbox
from supportdesk.desk import escalation, looking, refusals, sending
from supportdesk.desk.shapes import (
    DeskStatus,
    Proposal,
    Queue,
    Reading,
    Recipients,
    SyncReport,
    ViewCount,
)
from supportdesk.desk.sync import refresh, sync
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import NotFoundError, RoleError, UsageError
from supportdesk.gate import guard
from supportdesk.model import (
    Change,
    Decision,
    Draft,
    Escalate,
    Kind,
    Link,
    Note,
    Outgoing,
    Person,
    Reply,
    TicketRef,
    Update,
    Verdict,
)
from supportdesk.providers import Account
from supportdesk.text import clean

GOODBYE_S = 5.0


class Desk:
    """All configured helpdesks as one: views, tickets, what the rules find, and everything on its way."""

    def __init__(self, work: Workplace) -> None:
        self.work = work
        self._running: set[asyncio.Task[None]] = set()
        work.recall()

    @property
    def accounts(self) -> dict[str, Account]:
        """The configured desks by name."""
        return {name: connection.account for name, connection in self.work.connections.items()}

    @property
    def undo_s(self) -> float:
        """Seconds in which an action can be taken back before anything leaves."""
        return self.work.undo_s

    @property
    def read_only(self) -> bool:
        """Whether every write is refused."""
        return self.work.read_only

    @read_only.setter
    def read_only(self, value: bool) -> None:
        self.work.read_only = value
        self.work.changed()

    def wake(self) -> None:
        """Open the ledger, take the sender's lock if it is free, and bring every mark up to date."""
        self.work.catch_up()
        if self.work.may_send():
            self.work.recover()
        self.work.changed()

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back whenever something to draw changed; returns what ends it."""
        self.work.listeners.append(callback)
        return lambda: self.work.listeners.remove(callback)

    def views(self) -> tuple[ViewCount, ...]:
        """Our own views, then the services'."""
        return looking.views(self.work)

    def queue(self, view: str = "open", text: str = "") -> Queue:
        """A view's tickets, newest change first; `text` narrows it, `!text` leaves out what matches."""
        return Queue(self.work.cache.refs(view, text, me=self.work.me()), self.work.cache.rows)

    def view_named(self, name: str) -> str:
        """A view's id from its id or name; NotFoundError naming what there is."""
        return looking.view_named(self.work, name)

    def read(self, ref: TicketRef) -> Reading | None:
        """Everything about one ticket, from disk, and marks it as read here; nothing is written on the service."""
        return looking.read(self.work, ref)

    def status(self) -> DeskStatus:
        """The status line's facts."""
        return looking.status(self.work)

    def outbox(self) -> tuple[Outgoing, ...]:
        """Everything on its way or lately gone, newest first."""
        return tuple(reversed(self.work.outgoing()))

    def agents(self, desk: str) -> tuple[Person, ...]:
        """Colleagues seen on a desk, ourselves first."""
        identity = self.work.connection(desk).identity
        me = [identity.person] if identity else []
        return tuple(dict.fromkeys((*me, *self.work.cache.agents(desk))))

    def disabled_reason(self, action: str, ref: TicketRef | None) -> str | None:
        """Why an action is off for a ticket, as a sentence; None when it is on."""
        return refusals.disabled_reason(self.work, action, ref)

    def recipients(self, ref: TicketRef) -> Recipients:
        """Everybody a public reply reaches."""
        return refusals.recipients(self.work.ticket(ref))

    def cautions(self, ref: TicketRef, body: str) -> tuple[str, ...]:
        """What to look at before a public reply is sent, as sentences."""
        warning = self.recipients(ref).warning
        return (*((warning,) if warning else ()), *guard.before_reply(body))

    def draft(self, ref: TicketRef, *, public: bool) -> str:
        """Words kept for later; a reply's and a note's never meet."""
        kept = self.work.ledger.draft(ref, public)
        return kept.body if kept else ""

    def save_draft(self, ref: TicketRef, body: str, *, public: bool) -> None:
        """Keep words on disk; none at all forgets the draft."""
        if body == self.draft(ref, public=public):
            return
        if body.strip():
            self.work.ledger.put_draft(Draft(ref=ref, public=public, body=body, at=self.work.now()))
        else:
            self.work.ledger.delete_draft(ref, public)
        self.work.project({ref})

    def reply(self, ref: TicketRef, body: str, update: Update | None = None) -> Outgoing:
        """Queue a public reply: on disk when this returns."""
        return self._enqueue("reply", ref, Reply(body=_words(body), update=update or Update()))

    def note(self, ref: TicketRef, body: str, update: Update | None = None) -> Outgoing:
        """Queue an internal note: on disk when this returns."""
        return self._enqueue("note", ref, Note(body=_words(body), update=update or Update()))

    def update(self, ref: TicketRef, update: Update) -> Outgoing:
        """Queue new field values: on disk when this returns."""
        if not update:
            raise UsageError("Nothing to change was given.", "Name a status, assignee, priority or tag.")
        return self._enqueue("update", ref, update)

    def _enqueue(self, action: str, ref: TicketRef, change: Change) -> Outgoing:
        work = self.work
        ticket = work.ticket(ref)
        needed = {action} if not getattr(change, "update", None) else {action, "update"}
        for each in sorted(needed):
            if (reason := self.disabled_reason(each, ref)) is not None:
                raise RoleError(reason, "Nothing was queued.")
        seq = work.ledger.next_seq()
        entries = [
            Outgoing(
                op=work.new_op(),
                change=part,
                ref=ref,
                desk=ref.desk,
                seen=ticket,
                created_at=work.now(),
                seq=seq + number,
                not_before=work.undo_until(),
            )
            for number, part in enumerate(sending.parts(change, bundles=work.connection(ref.desk).capabilities.bundles))
        ]
        with work.ledger.transaction():
            for entry in entries:
                work.ledger.put_outgoing(entry)
            if isinstance(change, Reply | Note):
                work.ledger.delete_draft(ref, isinstance(change, Reply))
        work.project({ref})
        work.changed()
        return entries[0]

    def verdict(self, ref: TicketRef, decision: Decision, *, comment_id: str | None = None, why: str = "") -> Verdict:
        """Keep what the engineer says of a finding, by default of the strongest one."""
        work = self.work
        work.ticket(ref)
        findings = work.cache.findings(ref)
        finding = next((each for each in findings if comment_id in (None, each.comment_id)), None)
        if finding is None and comment_id is None:
            raise NotFoundError(
                f"{ref} has no finding.", "Name the answer with --comment to mark one the rules missed."
            )
        if comment_id and comment_id not in {comment.id for comment in work.cache.comments(ref) or ()}:
            raise NotFoundError(f"{ref} has no comment {comment_id}.", f"See `supportdesk show {ref}`.")
        said = Verdict(
            ref=ref,
            comment_id=finding.comment_id if finding else comment_id or "",
            decision=decision,
            agent=work.agent(ref.desk),
            at=work.now(),
            kind=finding.kind if finding else Kind.WORKAROUND,
            p=finding.p if finding else None,
            why=why,
        )
        with work.ledger.transaction():
            work.ledger.put_verdict(said)
            work.record(f"verdict {decision.value}", ref, why)
        self._share(said)
        work.project({ref})
        work.changed()
        return said

    def _share(self, said: Verdict) -> None:
        """Tell colleagues' consoles through tags, where the desk asked for it."""
        connection = self.work.connection(said.ref.desk)
        able, prefix = connection.capabilities, connection.account.tag_prefix
        if connection.account.share != "tags" or not (able.tags and able.update):
            return
        add, remove = ("workaround", "not-workaround")
        if said.decision is Decision.DISMISSED:
            add, remove = remove, add
        self._enqueue("update", said.ref, Update(add_tags=(prefix + add,), remove_tags=(prefix + remove,)))

    async def propose(self, ref: TicketRef, *, tracker: str = "", quotes: bool | None = None) -> Proposal:
        """The issue as it would be sent, and what stands in its way."""
        self.work.ticket(ref)
        if (reason := self.disabled_reason("escalate", ref)) is not None and not tracker:
            raise RoleError(reason, "Nothing was drafted.")
        findings = self.work.cache.findings(ref)
        finding = findings[0] if findings else None
        return await escalation.propose(self.work, ref, finding, tracker, quotes)

    async def revise(self, proposal: Proposal, *, title: str, body: str) -> Proposal:
        """The proposal with the engineer's own wording, through the gate again."""
        return await escalation.revise(self.work, proposal, title, body)

    def escalate(
        self, proposal: Proposal, *, again: bool = False, public_ok: str = "", public_link: bool = False
    ) -> Outgoing:
        """Queue the issue; once it is filed, the note, the tag and the hold follow by themselves."""
        change = Escalate(draft=proposal.draft, public_ok=public_ok, public_link=public_link)
        return escalation.escalate(self.work, proposal, change, again=again)

    async def link(self, proposal: Proposal, issue: str, *, public_ok: str = "", public_link: bool = False) -> Outgoing:
        """Queue the ticket's evidence as a comment on an issue that exists."""
        found = await escalation.issue_named(self.work, proposal, issue)
        change = Link(
            issue=found.ref,
            url=found.url,
            title=found.title,
            body=proposal.draft.body,
            public_ok=public_ok,
            public_link=public_link,
        )
        return escalation.escalate(self.work, proposal, change, again=True)

    def undo(self) -> str:
        """Take back the newest action whose window is open, words to their draft; returns the sentence to show."""
        now = self.work.now()
        waiting = [entry for entry in self.outbox() if outbox.undoable(entry, now)]
        if not waiting:
            raise UsageError("Nothing can be taken back any more.", "The outbox shows what was sent.")
        taken = [
            entry for entry in waiting if entry.created_at == waiting[0].created_at and entry.ref == waiting[0].ref
        ]
        for entry in taken:
            self._back_to_draft(entry)
        self.work.put(*(outbox.dropped(entry) for entry in taken))
        self.work.changed()
        return f"Taken back on {waiting[0].ref}: {sending.describe(taken[-1].change)}. Nothing was sent."

    def _back_to_draft(self, entry: Outgoing) -> bool:
        if not isinstance(entry.change, Reply | Note):
            return False
        public = isinstance(entry.change, Reply)
        words = "\n\n".join(filter(None, (entry.change.body, self.draft(entry.ref, public=public))))
        self.save_draft(entry.ref, words, public=public)
        return True

    def entry(self, op: str) -> Outgoing:
        """Something in the outbox by its op, or the beginning of it; NotFoundError when there is none."""
        found = [entry for entry in self.outbox() if entry.op.startswith(op)] if op else []
        if len(found) != 1:
            how = "Several entries start" if found else "Nothing in the outbox starts"
            raise NotFoundError(f"{how} with {op!r}.", "See `supportdesk outbox`.")
        return found[0]

    def drop(self, op: str) -> Outgoing:
        """Give something up that has not been sent."""
        return self._move(op, outbox.dropped)

    def retry(self, op: str) -> Outgoing:
        """Send something held or rejected again, on the ticket as it is on disk now."""
        return self._move(op, lambda entry: outbox.retried(entry, self.work.ticket(entry.ref)))

    def edit(self, op: str) -> TicketRef:
        """Take words that have not been sent back into their draft."""
        entry = self.entry(op)
        if not isinstance(entry.change, Reply | Note):
            raise UsageError(f"{sending.describe(entry.change)} has no words to edit.", "Drop it, and do it anew.")
        self._move(op, outbox.dropped)
        self._back_to_draft(entry)
        return entry.ref

    def _move(self, op: str, step: Callable[[Outgoing], Outgoing]) -> Outgoing:
        self.work.ledger.refresh()
        entry = self.entry(op)
        try:
            moved = step(entry)
        except ValueError as problem:
            raise UsageError(
                f"{sending.describe(entry.change)} on {entry.ref}: {problem}.", "See the outbox."
            ) from None
        self.work.put(moved)
        self.work.changed()
        return moved

    async def sync(self, progress: Callable[[str], None] | None = None, *, desk: str = "") -> SyncReport:
        """Fetch what changed; a desk that cannot be read is a sentence in the report."""
        names = (desk,) if desk else tuple(self.work.connections)
        return await sync(self.work, names, progress or (lambda words: None))

    async def refresh(self, ref: TicketRef) -> None:
        """Ask the service for one ticket and its conversation; ServiceError when it cannot be had."""
        await refresh(self.work, ref)

    async def drain(self, wait_s: float = 0.0, *, hurry: bool = False) -> tuple[Outgoing, ...]:
        """Send what is due; what is under way is finished even if the caller is gone. Returns what is left."""
        await self._kept(sending.drain(self.work, wait_s, hurry=hurry))
        return tuple(entry for entry in self.work.outgoing() if entry.state in outbox.LIVE)

    async def _kept(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)

    def due_in(self) -> float | None:
        """Seconds until something on its way is due; None when nothing waits."""
        return outbox.due_in(self.work.outgoing(), self.work.now(), hurry=False)

    async def close(self, wait_s: float = GOODBYE_S) -> int:
        """Let what is being sent finish, for a bounded time; returns how much of it is left uncertain."""
        if self._running:
            await asyncio.wait(self._running, timeout=wait_s)
        left = len(self._running)
        for connection in self.work.connections.values():
            await connection.close()
        self.work.close()
        return left


def _words(body: str) -> str:
    if not body.strip():
        raise UsageError("There is nothing to send: the text is empty.", "Write something first.")
    return clean(body).rstrip()
