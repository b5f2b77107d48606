"""The one object that the console and the commands talk to: reads come from disk, writes go to disk before the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from time import monotonic

from supportdesk import late, model, outbox
from supportdesk.desk import looking, refusals
from supportdesk.desk.banner import hush
from supportdesk.desk.filtering import Filtering
from supportdesk.desk.shapes import DeskStatus, Queue, ViewCount
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import UsageError
from supportdesk.model import Decision, TicketRef
from supportdesk.providers import Account
from supportdesk.store.locks import Claim

GOODBYE_S = 5.0
LOOK_AGAIN_S = 2.0  # for what another process sends


class Desk:
    """All configured helpdesks as one: views, tickets, what the rules find, and everything on its way."""

    def __init__(self, work: Workplace) -> None:
        self.work = work
        self.attention = work.attention
        self.filtering = Filtering(work)
        self._together: set[str] = set()  # the ops of the newest change of several tickets
        self._sending: asyncio.Task[None] | None = None
        work.recall()

    @cached_property
    def teaching(self) -> late.teaching.Teaching:
        """What the engineer and the desk teach each other."""
        return late.teaching.Teaching(self.work)

    @cached_property
    def texts(self) -> late.searching.Searching:
        """Everything that was said, to be searched."""
        return late.searching.Searching(self.work)

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

    def prepare(self) -> None:
        """Load the rules, in whatever thread: the first conversation with a flag would wait for them."""
        self.work.lessons.prepare()

    def wake(self) -> None:
        """Open the ledger, take the sender's lock if it is free, and bring every mark up to date."""
        self.work.catch_up()
        self.work.read_only |= bool(self.work.ledger.closed)  # the notices say why
        self.work.may_send()
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
        return Queue(self.filtering.listed(view, text), partial(looking.rows, self.work))

    def rows(self, refs: Sequence[TicketRef]) -> list[model.Row]:
        """The lines of tickets that are shown somewhere beside the queue."""
        return self.work.cache.rows(refs)

    def search(self, text: str, limit: int = 1000) -> list[TicketRef]:
        """Tickets in which every word of the text begins a word of the subject or of a comment, newest change first."""
        return self.work.cache.search(text, limit)

    async def problems(self, tell: Callable[[str], object] = str, *, desk: str = "") -> late.readings.Problems:
        """The problems behind the flags of a desk or all, the one that hits most customers first."""
        return await late.problems.problems(self.work, tell, desk)

    def view_named(self, name: str) -> str:
        """A view's id from its id or name; NotFoundError naming what there is."""
        return looking.view_named(self.work, name)

    def read(self, ref: TicketRef) -> late.readings.Reading | None:
        """Everything about one ticket, from disk, and marks it as read here; nothing is written on the service."""
        return looking.read(self.work, ref)

    def status(self) -> DeskStatus:
        """The status line's facts."""
        return looking.status(self.work)

    def hush(self) -> bool:
        """Hide the banner for the rest of the day; whether there was one that can wait."""
        return hush(self.work)

    def outbox(self) -> tuple[model.Outgoing, ...]:
        """Everything on its way or lately gone, newest first."""
        return tuple(reversed(self.work.outgoing()))

    def agents(self, desk: str) -> tuple[model.Person, ...]:
        """Colleagues seen on a desk, ourselves first."""
        identity = self.work.connection(desk).identity
        me = [identity.person] if identity else []
        return tuple(dict.fromkeys((*me, *self.work.cache.agents(desk))))

    def disabled_reason(self, action: str, ref: TicketRef | None) -> str | None:
        """Why an action is off for a ticket, as a sentence; None when it is on."""
        if action == "undo" and self.teaching.takeable is not None:
            return None
        return refusals.disabled_reason(self.work, action, ref)

    def recipients(self, ref: TicketRef) -> late.readings.Recipients:
        """Everybody a public reply reaches; nobody we know of where the ticket has gone meanwhile."""
        ticket = self.work.cache.ticket(ref)
        return refusals.recipients(ticket) if ticket is not None else late.readings.Recipients(people=(), outsiders=())

    def cautions(self, ref: TicketRef, body: str) -> tuple[str, ...]:
        """What to look at before a public reply is sent, as sentences."""
        warning = self.recipients(ref).warning
        return (*((warning,) if warning else ()), *late.guard.before_reply(body))

    def draft(self, ref: TicketRef, *, public: bool) -> str:
        """Words kept for later; a reply's and a note's never meet."""
        return late.drafting.kept(self.work, ref, public, late.drafting.page(self.work, ref, public))

    def save_draft(self, ref: TicketRef, body: str, *, public: bool, was: str | None = None) -> str:
        """Keep words on disk, none at all forgets the draft; returns what is kept.

        That is more than the body where another process wrote to the draft since it was as the writer knows it: `was`.
        """
        page = late.drafting.page(self.work, ref, public)
        return late.drafting.save(self.work, ref, body, public=public, was=was, aside=page)

    def open_draft(self, ref: TicketRef, *, public: bool) -> str:
        """Begin to write; where another console does, which is said, this one writes apart until it is closed."""
        return late.drafting.begin(self.work, ref, public)

    def close_draft(self, ref: TicketRef, *, public: bool) -> str:
        """Let other consoles write; what was written apart goes below the draft, as a sentence."""
        return late.drafting.end(self.work, ref, public)

    def reply(self, ref: TicketRef, body: str, update: model.Update | None = None) -> model.Outgoing:
        """Queue a public reply: on disk when this returns."""
        return self._enqueue("reply", ref, model.Reply(body=refusals.said(body), update=update or model.Update()))

    def note(self, ref: TicketRef, body: str, update: model.Update | None = None) -> model.Outgoing:
        """Queue an internal note: on disk when this returns."""
        return self._enqueue("note", ref, model.Note(body=refusals.said(body), update=update or model.Update()))

    def update(self, ref: TicketRef, update: model.Update) -> model.Outgoing:
        """Queue new field values: on disk when this returns."""
        if not update:
            raise UsageError("Nothing to change was given.", "Name a status, assignee, priority or tag.")
        return self._enqueue("update", ref, update)

    def update_all(self, refs: Sequence[TicketRef], update: model.Update) -> late.queueing.Batch:
        """Queue the same new values for several tickets; `undo` takes all of them back."""
        batch = late.queueing.enqueue_all(self.work, refs, update)
        self._together = {entry.op for entry in batch.queued}
        self.work.show_marks({entry.ref for entry in batch.queued})
        self.work.changed()
        return batch

    def _enqueue(self, action: str, ref: TicketRef, change: model.Change, *, shows: bool = True) -> model.Outgoing:
        entries = late.queueing.enqueue(self.work, action, ref, change)
        if shows:
            self._show(ref)
        return entries[0]

    def verdict(
        self,
        ref: TicketRef,
        decision: Decision,
        *,
        comment_id: str | None = None,
        why: str = "",
        sampled: bool = False,
    ) -> model.Verdict:
        """Keep what the engineer says of an answer, by default of the strongest flag's; all that was found in it.

        A later verdict on the same answer replaces it; near-duplicates of the answer share it. `sampled` is one that
        was offered without a flag.
        """
        with self.work.ledger.transaction():
            said = self.teaching.verdict(ref, decision, comment_id, why, sampled=sampled)
            # what nobody flagged is the desk's own question, and of what is still open there is nothing to tell
            if not sampled and (whole := self.work.decision(ref)) is not None:
                self._share(ref, whole)
        self._show(*self.work.spreading.touched([said]))
        return said

    def withdraw(self, ref: TicketRef, comment_id: str | None = None) -> model.Verdict:
        """Let a verdict of ours not have been given, by default the newest on a ticket; NotFoundError without one."""
        with self.work.ledger.transaction():
            said = self.teaching.withdraw(ref, comment_id)
            self._share(ref, self.work.decision(ref) if self.work.spreading.verdicts(ref) else None)
        self._show(*self.work.spreading.touched([said]))
        return said

    async def rescore(self) -> None:
        """Read again what was read with other cues; keys are answered meanwhile."""
        await late.assessing.judge(self.work)
        self.work.changed()

    def _share(self, ref: TicketRef, decision: Decision | None) -> None:
        """Tell colleagues' consoles through tags, where the desk asked for it."""
        to = self.work.connection(ref.desk)
        if to.account.share == "tags" and to.capabilities.tags and not self.disabled_reason("update", ref):
            # the marks are drawn when the verdict is on disk with its tags
            tags = late.spreading.verdict_tags(to.account, decision)
            self.teaching.shared(late.queueing.enqueue(self.work, "update", ref, tags)[0].op)

    async def propose(self, ref: TicketRef, *, tracker: str = "", quotes: bool | None = None) -> late.readings.Proposal:
        """The issue as it would be sent, and what stands in its way."""
        self.work.ticket(ref)
        findings = self.work.lessons.findings(ref)
        finding = findings[0] if findings else None
        return await late.escalation.propose(self.work, ref, finding, tracker, quotes)

    async def revise(self, proposal: late.readings.Proposal, *, title: str, body: str) -> late.readings.Proposal:
        """The proposal with the engineer's own wording, through the gate again."""
        return await late.escalation.revise(self.work, proposal, title, body)

    def save_wording(self, proposal: late.readings.Proposal, *, title: str, body: str) -> None:
        """Keep the engineer's own wording of an issue on disk until it is filed; none at all forgets it."""
        late.wording.save(self.work, proposal, title, body)

    def open_wording(self, ref: TicketRef) -> Claim:
        """Begin to write a ticket's wording, until what comes back is left; HeldError while another console does."""
        return late.wording.begin(self.work, ref)

    def drop_wording(self, ref: TicketRef) -> None:
        """Throw the engineer's own wording of a ticket's issue away."""
        late.wording.drop(self.work, ref)

    def escalate(
        self, proposal: late.readings.Proposal, *, again: bool = False, public_ok: str = "", public_link: bool = False
    ) -> model.Outgoing:
        """Queue the issue; once it is filed, the note, the tag and the hold follow by themselves."""
        change = model.Escalate(draft=proposal.draft, public_ok=public_ok, public_link=public_link)
        return late.escalation.escalate(self.work, proposal, change, again=again)

    async def link(
        self, proposal: late.readings.Proposal, issue: str, *, public_ok: str = "", public_link: bool = False
    ) -> model.Outgoing:
        """Queue the ticket's evidence as a comment on an issue that exists."""
        change = await late.escalation.linking(self.work, proposal, issue, public_ok=public_ok, public_link=public_link)
        return late.escalation.escalate(self.work, proposal, change, again=True)

    def undo(self) -> str:
        """Take back the newest action whose window is open, words to their draft; returns the sentence to show."""
        self.glance()
        now = self.work.now()
        waiting = [entry for entry in self.outbox() if outbox.undoable(entry, now)]
        if (given := self.teaching.takeable) and all(
            one.op == given.shared or one.created_at <= given.verdict.at for one in waiting[:1]
        ):
            return self._unsay(given)
        if not waiting:
            raise UsageError("Nothing can be taken back any more.", "The outbox shows what was sent.")
        taken = self._one_act(waiting)
        late.recalling.take_back(self.work, taken, now)
        refs = {entry.ref for entry in taken}
        self.work.show_marks(refs)
        self.work.changed()
        where = str(waiting[0].ref) if len(refs) == 1 else f"{len(refs)} tickets"
        what = late.sending.describe(taken[-1].change)
        return f"Taken back on {where}: {what}. Nothing was sent.{late.recalling.fields_of(taken)}"

    def _one_act(self, waiting: Sequence[model.Outgoing]) -> list[model.Outgoing]:
        newest = waiting[0]
        if newest.op in self._together:
            return [entry for entry in waiting if entry.op in self._together]
        return [entry for entry in waiting if entry.created_at == newest.created_at and entry.ref == newest.ref]

    def _unsay(self, given: late.teaching.Given) -> str:
        with self.work.ledger.transaction():
            words = self.teaching.take_back(given)
            if given.shared:
                late.recalling.moved(self.work, given.shared, outbox.dropped)
        self._show(*self.work.spreading.touched([given.verdict]))
        return words

    def entry(self, op: str) -> model.Outgoing:
        """Something in the outbox by its op, or the beginning of it; NotFoundError when there is none."""
        return late.recalling.entry_of(self.work, op)

    def drop(self, op: str) -> model.Outgoing:
        """Give something up that has not been sent."""
        return self._move(op, outbox.dropped)

    def retry(self, op: str) -> model.Outgoing:
        """Send something held or rejected again, on the ticket as it is on disk now."""
        return self._move(op, lambda entry: outbox.retried(entry, self.work.ticket(entry.ref)))

    def edit(self, op: str) -> str:
        """Take words that have not been sent back into their draft; returns the sentence to show."""
        words, ref = late.recalling.edit(self.work, op)
        self._show(ref)
        return words

    def _move(self, op: str, step: Callable[[model.Outgoing], model.Outgoing]) -> model.Outgoing:
        refusals.require_writing(self.work)
        moved = late.recalling.moved(self.work, op, step)
        self._show(moved.ref)
        return moved

    async def make_private(self, op: str) -> str:
        """Take a note that the service made public from the customer's eyes again; returns the sentence to show."""
        words = await late.exposing.make_private(self.work, self.entry(op))
        self.work.changed()
        return words

    def _show(self, *refs: TicketRef) -> None:
        self.work.show_marks(refs)
        self.work.changed()

    def waits_for(self, entry: model.Outgoing) -> model.Outgoing | None:
        """The older entry on the same ticket that has to leave or be decided first; None when there is none."""
        return outbox.blocker(entry, self.work.outgoing())

    async def sync(
        self, tell: Callable[[str], object] = str, *, desk: str = "", for_s: float | None = None, again: bool = False
    ) -> late.readings.SyncReport:
        """Fetch what changed, for about `for_s` at most; `again`: what could not be read lately is tried as well."""
        names = (desk,) if desk else tuple(self.work.connections)
        return await late.sync.sync(self.work, names, tell, for_s, again=again)

    def sync_due(self, *, pressed: bool = False) -> bool:
        """Whether it is time to ask the services again; `pressed` says that somebody is at the keys."""
        return self.work.attention.due(self.work.now(), pressed=pressed)

    async def refresh(self, ref: TicketRef) -> int:
        """Ask the service for one ticket; how many entries of others came. ServiceError when it cannot be had."""
        return await late.sync.refresh(self.work, ref)

    async def save_file(self, ref: TicketRef, attached: model.Attachment) -> str:
        """Save a file of a ticket in a folder of ours; returns where it is and whose bytes it holds."""
        return await late.saving.save_file(self.work, ref, attached)

    async def drain(self, wait_s: float = 0.0, *, hurry: bool = False, desk: str = "") -> tuple[model.Outgoing, ...]:
        """Send what is due, of one desk or all; what is under way is finished even if the caller is gone.

        One drain at a time: another waits for its end. Returns what is left.
        """
        while self._sending is not None and not self._sending.done():
            await asyncio.wait({self._sending})
        self._sending = asyncio.create_task(self._drained(wait_s, hurry=hurry, desk=desk))
        self._sending.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.shield(self._sending)
        return tuple(entry for entry in self.work.outgoing() if entry.state in outbox.LIVE)

    async def _drained(self, wait_s: float, *, hurry: bool, desk: str) -> None:
        await late.sending.drain(self.work, wait_s, hurry=hurry, desk=desk)
        await late.sweeping.sweep(self.work, desk)

    def glance(self) -> None:
        """Take in what other processes wrote, if they did: cheap where they did not."""
        if late.ledger.Ledger.length_on_disk(self.work.folder) != self.work.ledger.length:
            self.work.catch_up()
        late.sync.look(self.work)

    def due_in(self) -> float | None:
        """Seconds until something on its way is due; None when nothing waits, or when nothing may be sent."""
        work = self.work
        due_s = outbox.due_in([work.steadied(entry) for entry in late.sending.sendable(work)], work.now())
        return max(due_s, LOOK_AGAIN_S) if due_s is not None and work.sender() else due_s

    async def close(self, wait_s: float = GOODBYE_S) -> int:
        """Let what is being sent finish, everywhere within one bounded time; returns how much is left uncertain."""
        until = monotonic() + wait_s
        await self.texts.leave()
        left = await late.sending.finished(self.work, self._sending, wait_s)
        left_s = max(until - monotonic(), 0.0)
        await asyncio.gather(*(connection.close(left_s) for connection in self.work.connections.values()))
        self.work.close()
        return left
