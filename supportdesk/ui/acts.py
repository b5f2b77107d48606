"""What can be done to the selected ticket, with the same keys in the list and while reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from supportdesk import late, model
from supportdesk.errors import SupportdeskError
from supportdesk.model import Status, TicketRef
from supportdesk.outbox import undoable
from supportdesk.ui.keys import key
from supportdesk.ui.screens import DeskScreen
from supportdesk.ui.words import counted, seconds

STATUSES = tuple(status.value for status in Status if status not in (Status.NEW, Status.CLOSED))
PRIORITIES = ("urgent", "high", "normal", "low")
NONE_SELECTED = "No ticket is selected."
NEEDS = {
    "queue.escalate": "escalate",
    "queue.link": "link",
    "queue.dismiss": "dismiss",
    "queue.confirm": "confirm",
    "queue.reply": "reply",
    "queue.note": "note",
    "queue.assign": "assign",
    "queue.take": "take",
    "queue.status": "status",
    "queue.priority": "priority",
    "queue.tags": "tags",
    "queue.solve": "solve",
    "queue.undo": "undo",
}


class TicketScreen(DeskScreen[None]):
    """A screen on which one ticket is selected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "b",
            "escalate",
            "make the bug issue",
            "Draft the bug report behind this ticket and file it",
            id="queue.escalate",
            show=True,
        ),
        key("r", "reply", "reply", "Write to the customer, in public", id="queue.reply", show=True),
        key("i", "note", "note", "Write an internal note that only we see", id="queue.note", show=True),
        key(
            "w",
            "next_flag",
            "next flag",
            "Go to the next answer that reads like a workaround",
            id="queue.next_flag",
            show=True,
        ),
        key("e", "solve", "solve", "Set the ticket to solved", id="queue.solve", show=True),
        key("B", "link", "link to an issue", "Add this ticket to an issue that exists", id="queue.link"),
        key("a", "assign", "assign", "Give the ticket to somebody", id="queue.assign"),
        key("A", "take", "take it", "Assign the ticket to yourself", id="queue.take"),
        key("s", "status", "status", "Set another status", id="queue.status"),
        key("p", "priority", "priority", "Set another priority", id="queue.priority"),
        key("t", "tags", "tags", "Add tags, or take some off with -tag", id="queue.tags"),
        key("u", "undo", "undo", "Take back the newest action while its window is open", id="queue.undo"),
        key("o", "browser", "open in the browser", "Open the ticket where it lives", id="queue.browser"),
        key("y", "copy_ref", "copy the id", "Put the ticket's id on the clipboard", id="queue.copy_ref"),
        key("Y", "copy_url", "copy the address", "Put the ticket's address on the clipboard", id="queue.copy_url"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._filed = ""  # the op of the issue that was filed last

    @property
    def ref(self) -> TicketRef | None:
        """The selected ticket."""
        raise NotImplementedError  # each screen says which; Textual's own metaclass leaves no room for an ABC

    def go_on(self) -> None:
        """Select the next ticket, after something was sent."""

    def show_newest(self) -> None:
        """Show the end of the conversation, where something of ours is queued now."""

    def _written(self, sent: bool | None) -> None:
        if sent:
            self.show_newest()

    def reason(self, id_: str) -> str:
        """Why a ticket key is off, from the desk's one predicate."""
        action = NEEDS.get(id_)
        return (self.desk.disabled_reason(action, self.ref) if action else None) or ""

    def _allowed(self, action: str) -> TicketRef | None:
        """The selected ticket when the action may be done on it; otherwise the reason is said."""
        if self.ref is None:
            self.console.say(NONE_SELECTED)
            return None
        reason = self.desk.disabled_reason(action, self.ref)
        if reason:
            self.console.say(reason, grave=True)
            return None
        return self.ref

    async def action_reply(self) -> None:
        """Write to the customer; who may not is offered a note before a word is written."""
        from supportdesk.ui.compose import ComposeScreen

        if not self._single():
            return
        if (ref := self.ref) is not None and self._only_notes(ref):
            why = self.desk.disabled_reason("reply", ref) or ""
            ask = late.ask.Ask("Write an internal note?", f"{why} A note is read by us alone.", yes="write a note")
            await self.app.push_screen(ask, lambda yes: self._note(ref) if yes else None)
        elif (ref := self._allowed("reply")) is not None:
            await self.app.push_screen(ComposeScreen(ref, public=True, go_on=self.go_on), self._written)

    def _only_notes(self, ref: TicketRef) -> bool:
        return bool(self.desk.disabled_reason("reply", ref)) and not self.desk.disabled_reason("note", ref)

    def _note(self, ref: TicketRef) -> None:
        from supportdesk.ui.compose import ComposeScreen

        self.app.push_screen(ComposeScreen(ref, public=False, go_on=self.go_on), self._written)

    async def action_note(self) -> None:
        """Write a note that only we see."""
        from supportdesk.ui.compose import ComposeScreen

        if self._single() and (ref := self._allowed("note")) is not None:
            await self.app.push_screen(ComposeScreen(ref, public=False, go_on=self.go_on), self._written)

    @property
    def marked(self) -> Sequence[TicketRef]:
        """The tickets that are marked to be changed together."""
        return ()

    def unmark(self) -> None:
        """Forget the marks, after they were acted on."""

    def _several(self, action: str) -> late.several.Several | None:
        """The marked tickets, else the chosen one, as far as the action may be done; otherwise the reason is said."""
        if not self.marked:
            ref = self._allowed(action)
            return None if ref is None else late.several.Several(refs=(ref,))
        found = late.several.sorted_out(self.marked, partial(self.desk.disabled_reason, action))
        if not found.refs:
            self.console.say(" ".join(late.several.left_out(found.refused)), grave=True)
            return None
        return found

    def _single(self) -> bool:
        """Whether words may be written; never to several tickets at once."""
        if self.marked:
            self.console.say("Words go to one ticket at a time: esc clears the marks first.", grave=True)
        return not self.marked

    def action_solve(self) -> None:
        """Set the ticket to solved."""
        if (several := self._several("solve")) is not None:
            self._update(several, model.Update(status=Status.SOLVED), "Solved")

    def action_take(self) -> None:
        """Assign the ticket to ourselves."""
        if (several := self._several("take")) is not None:
            self._update(several, model.Update(assignee="me"), "Taken")

    async def action_assign(self) -> None:
        """Ask who gets the ticket; people of one desk only are no choice for tickets of several."""
        if (several := self._several("assign")) is None:
            return
        people = [
            late.picker.Choice("me", "me", "take it"),
            late.picker.Choice("", "nobody", "give it back to the queue"),
        ]
        known = [person for desk in several.desks for person in self.desk.agents(desk) if len(several.desks) == 1]
        people += [late.picker.Choice(p.email or p.id or p.name, p.name, p.email) for p in known]
        done = partial(self._assigned, several)
        await self.app.push_screen(late.picker.Picker(f"Assign {several.name} to", people), done)

    def _assigned(self, several: late.several.Several, chosen: str | None) -> None:
        if chosen is not None:
            self._update(several, model.Update(assignee=chosen), f"Assigned to {chosen or 'nobody'}")

    async def action_status(self) -> None:
        """Ask for another status."""
        if (several := self._several("status")) is not None:
            now = "" if several.marked else self._value(lambda ticket: ticket.status.value)
            choices = [late.picker.Choice(s, s, "as it is" if s == now else "") for s in STATUSES]
            await self.app.push_screen(
                late.picker.Picker(f"Status of {several.name}", choices), partial(self._status, several)
            )

    def _value(self, value: Callable[[model.Ticket], str]) -> str:
        reading: late.readings.Reading | None = self.desk.read(self.ref) if self.ref is not None else None
        return value(reading.ticket) if reading is not None else ""

    def _status(self, several: late.several.Several, chosen: str | None) -> None:
        if chosen is not None:
            self._update(several, model.Update(status=Status(chosen)), f"Status {chosen}")

    async def action_priority(self) -> None:
        """Ask for another priority."""
        if (several := self._several("priority")) is not None:
            now = "" if several.marked else self._value(lambda ticket: ticket.priority)
            choices = [late.picker.Choice(p, p, "as it is" if p == now else "") for p in PRIORITIES]
            await self.app.push_screen(
                late.picker.Picker(f"Priority of {several.name}", choices), partial(self._priority, several)
            )

    def _priority(self, several: late.several.Several, chosen: str | None) -> None:
        if chosen is not None:
            self._update(several, model.Update(priority=chosen), f"Priority {chosen}")

    async def action_tags(self) -> None:
        """Ask for tags to add and to take off."""
        if (several := self._several("tags")) is None:
            return
        now = "" if several.marked else self._value(lambda ticket: ", ".join(ticket.tags))
        words = f"It has {now}. " if now else ""
        ask = late.ask.AskText(f"Tags of {several.name}", f"{words}Add with words, take off with -word.")
        await self.app.push_screen(ask, partial(self._tagged, several))

    def _tagged(self, several: late.several.Several, said: str | None) -> None:
        words = (said or "").replace(",", " ").split()
        off = tuple(word[1:] for word in words if word.startswith("-") and word[1:])
        on = tuple(word.removeprefix("+") for word in words if not word.startswith("-") and word != "+")
        if on or off:
            self._update(several, model.Update(add_tags=on, remove_tags=off), "Tags changed")

    def _update(self, several: late.several.Several, update: model.Update, words: str) -> None:
        if several.marked:
            undo = f"u takes all of it back within {seconds(self.desk.undo_s)}." if self.desk.undo_s else ""
            ask = late.ask.Ask(
                several.question(update), several.told(undo), yes="change them", grave=bool(several.refused)
            )
            self.app.push_screen(ask, lambda yes: self._update_all(several, update, words) if yes else None)
        elif self.attempt(lambda: self.desk.update(several.refs[0], update)) is not None:
            self.queued(f"{words}: {several.name}")

    def _update_all(self, several: late.several.Several, update: model.Update, words: str) -> None:
        batch = self.attempt(lambda: self.desk.update_all(several.refs, update))
        if batch is None:
            return
        self.unmark()
        if batch.queued:
            self.queued(f"{words}: {counted(len({entry.ref for entry in batch.queued}), 'ticket')}")
        if batch.refused:
            self.console.say(" ".join(late.several.left_out(batch.refused.items())), grave=True)

    def queued(self, words: str) -> None:
        """Say that something is on its way, and how it is taken back."""
        window = f" in {seconds(self.desk.undo_s)} · u undo" if self.desk.undo_s else ""
        self.console.undoable(f"{words}{window}")

    def action_undo(self) -> None:
        """Take back the newest action."""
        words = self.attempt(self.desk.undo)
        if words:
            self.console.say(words, topic="undo")

    def action_escalate(self) -> None:
        """Draft the issue; file it at once where nothing speaks against it, else show it first."""
        if (ref := self._allowed("escalate")) is not None:
            self.console.say(f"Drafting the issue behind {ref}…", brief=True, topic="undo")
            self._propose(ref)

    @work(group="propose")
    async def _propose(self, ref: TicketRef) -> None:
        try:
            proposal = await self.desk.propose(ref)
            if proposal.needs_review:
                await self._review(proposal)
                return
            self._filed = self.desk.escalate(proposal).op
        except SupportdeskError as problem:
            self.console.tell(problem)
            return
        window = f"Issue in {seconds(self.desk.undo_s)} · u undo" if self.desk.undo_s else "Issue on its way"
        self.console.undoable(f"{window} · enter look")

    def leaving_issue(self) -> str:
        """The op of the issue that was just filed from the selected ticket, while it can be taken back."""
        now = self.console.now()
        for entry in self.desk.outbox():
            if entry.op == self._filed and entry.ref == self.ref and undoable(entry, now):
                return entry.op
        return ""

    async def _review(self, proposal: late.readings.Proposal, *, linking: bool = False) -> None:
        from supportdesk.ui.escalate import EscalationScreen

        if self.app.screen is not self:
            self.console.say(f"The issue for {proposal.ref} wants a look: press b on it again.")
            return
        await self.app.push_screen(EscalationScreen(proposal, linking=linking))

    def action_link(self) -> None:
        """Show the issue with those that are like it, ready to be linked."""
        if (ref := self._allowed("link")) is not None:
            self.console.say(f"Looking for issues like {ref}…", brief=True, topic="undo")
            self._propose_link(ref)

    @work(group="propose")
    async def _propose_link(self, ref: TicketRef) -> None:
        try:
            proposal = await self.desk.propose(ref)
        except SupportdeskError as problem:
            self.console.tell(problem)
            return
        await self._review(proposal, linking=True)

    def _url(self) -> str:
        url = self._value(lambda ticket: ticket.url)
        if not url:
            self.console.say("This ticket has no address on the web.")
        return url

    async def action_browser(self) -> None:
        """Open the ticket's page; https only, and asked about where it is not the desk's own."""
        url = self._url()
        if not url or self.ref is None:
            return
        link = late.links.judge(url, self.desk.accounts[self.ref.desk].url)
        if link.refused or not url.startswith("https:"):
            why = link.refused or "Only https addresses are opened; this one is not."
            self.console.say(f"{why} Y copies it.", grave=True)
            return
        if not link.doubts:
            self._open(url, link.host)
            return
        ask = late.ask.Ask(f"Open a page on {link.host}?", " ".join(link.doubts), yes="open it")
        await self.app.push_screen(ask, lambda yes: self._open(url, link.host) if yes else None)

    def _open(self, url: str, host: str) -> None:
        self.app.open_url(url)
        self.console.say(f"{self.ref} is opened in the browser, on {host}.", brief=True)

    def action_copy_ref(self) -> None:
        """Put the id on the clipboard."""
        if self.ref is None:
            self.console.say(NONE_SELECTED)
        else:
            self.app.copy_to_clipboard(str(self.ref))
            self.console.say(f"Copied {self.ref}")

    def action_copy_url(self) -> None:
        """Put the address on the clipboard."""
        if url := self._url():
            self.app.copy_to_clipboard(url)
            self.console.say("Copied the address")
