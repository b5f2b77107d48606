"""The issue before it is filed: exactly what will be sent, what the gate found, and what is filed already."""

from collections.abc import Awaitable
from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical

from supportdesk.desk import Proposal
from supportdesk.errors import SupportdeskError
from supportdesk.model import Outgoing
from supportdesk.ui.ask import Ask, AskText
from supportdesk.ui.cells import paragraphs
from supportdesk.ui.inert import Bar
from supportdesk.ui.keys import key
from supportdesk.ui.lines import Pager
from supportdesk.ui.picker import Choice, Picker
from supportdesk.ui.proposal import body_lines, gate_lines, heading
from supportdesk.ui.screens import DeskScreen
from supportdesk.ui.wording import IssueEditor, Wording
from supportdesk.ui.words import ago, seconds

CONSENT = "public"


class EscalationScreen(DeskScreen[None]):
    """One proposal under review; nothing leaves before `y` or `l`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("y", "file", "file it", "File exactly this issue", id="escalation.file", show=True),
        key(
            "e",
            "edit",
            "edit",
            "Change the title and the text; it goes through the gate again",
            id="escalation.edit",
            show=True,
        ),
        key("l", "link", "link instead", "Add this ticket to an issue that exists", id="escalation.link", show=True),
        key(
            "c",
            "quotes",
            "customer's words",
            "Put the customer's own words in, or take them out",
            id="escalation.quotes",
            show=True,
        ),
        key("x", "reset", "as drafted", "Throw your own wording away; asks first", id="escalation.reset"),
        key("n", "again", "file another", "File a new one although this ticket has an issue", id="escalation.again"),
        key(
            "escape,q",
            "leave",
            "back",
            "Back to the ticket; nothing is sent, your wording is kept",
            id="escalation.leave",
            show=True,
        ),
        key("j,down", "scroll(1)", "down", "Scroll down", id="escalation.down"),
        key("k,up", "scroll(-1)", "up", "Scroll up", id="escalation.up"),
        key("ctrl+d,pagedown", "scroll(10)", "page down", "Scroll half a page down", id="escalation.page_down"),
        key("ctrl+u,pageup", "scroll(-10)", "page up", "Scroll half a page up", id="escalation.page_up"),
    ]

    SEEN_AFTER_S = 0.4  # a review can open under typing fingers: what they type was not meant for it

    def __init__(self, proposal: Proposal, *, linking: bool = False) -> None:
        super().__init__(classes="public" if proposal.public else "private")
        self.proposal = proposal
        self.again = False
        self._linking = linking
        self._seen = False
        self._awaits = ""  # why what stands here is not what was asked for last
        self._wording: Wording | None = None  # what the gate has not read yet
        self._on_disk = True

    def compose(self) -> ComposeResult:
        """The issue, and beside it what the gate says."""
        yield Bar(id="issue-head")
        with Container(id="issue"):
            with Vertical(id="issue-body"):
                yield Bar(id="issue-title")
                yield Pager(id="body")
            yield Pager(id="gate")
        yield Bar(id="keys")

    def on_mount(self) -> None:
        """Where linking was asked for, offer the issues at once."""
        self.set_timer(self.SEEN_AFTER_S, self._was_seen)
        if (kept := self.proposal.kept) is not None:
            self._read(Wording(kept.title, kept.body))
            self.console.say(f"This is your own wording, kept {ago(kept.at, self.console.now())}: x throws it away.")
        elif self._linking:
            self.call_after_refresh(self.action_link)

    def _was_seen(self) -> None:
        self._seen = True

    def redraw(self) -> None:
        """Lay the proposal out."""
        proposal = self.proposal
        self.query_one("#body", Pager).show(lambda width: body_lines(proposal, width), keep=True)
        self.query_one("#gate", Pager).show(lambda width: gate_lines(proposal, width, again=self.again), keep=True)
        self._draw_heads()

    def on_resize(self) -> None:
        """The heading is as wide as the screen."""
        self.call_after_refresh(self._draw_heads)

    def _draw_heads(self) -> None:
        self.query_one("#issue-head", Bar).draw(*heading(self.proposal, self.size.width))
        title = self.query_one("#issue-title", Bar)
        title.draw(*paragraphs(self.proposal.draft.title, max(20, title.size.width - 2), style="strong", indent=" "))

    def action_scroll(self, rows: int) -> None:
        """Scroll the issue's text."""
        self.query_one("#body", Pager).scroll_by(rows)

    @property
    def _own(self) -> bool:
        """Whether it is the engineer's own wording that stands here, or is on its way through the gate."""
        return self.proposal.own or self._wording is not None

    async def action_leave(self) -> None:
        """Nothing was sent; a wording that could not be kept is not lost without a word."""
        if self._on_disk:
            self.dismiss(None)
            return
        words = "Your wording could not be saved: whoever leaves now loses it."
        ask = Ask("Leave this issue?", words, yes="lose it", no="stay", grave=True)
        await self.app.push_screen(ask, lambda yes: self._left() if yes else None)

    def _left(self) -> None:
        self.dismiss(None)

    async def action_reset(self) -> None:
        """Draft it anew, without the engineer's own wording."""
        if self._awaited():
            return
        if not self._own:
            self.console.say("This is the issue as it was drafted: e changes it.")
            return
        words = "The issue is drafted anew from the ticket, and your own wording of it is gone."
        ask = Ask("Throw your wording away?", words, yes="throw it away", no="keep it", grave=True)
        await self.app.push_screen(ask, lambda yes: self._reset() if yes else None)

    def _reset(self) -> None:
        proposal = self.proposal
        self.attempt(lambda: self.desk.drop_wording(proposal.ref))
        self._wording, self._on_disk = None, True
        self._take(self.desk.propose(proposal.ref, tracker=proposal.draft.tracker, quotes=proposal.quotes))

    def action_again(self) -> None:
        """Say yes to a second issue."""
        if self.proposal.existing is None:
            self.console.say("This ticket has no issue yet: y files it.")
            return
        self.again = True
        self.redraw()
        self.console.say("y files another issue for this ticket.")

    async def action_file(self) -> None:
        """File it; a public tracker wants the word typed, a block says why not."""
        proposal = self.proposal
        if self._awaited() or self._unread() or not self._seen:
            return
        if proposal.blocks:
            self.console.say(" ".join(proposal.blocks) + " e edits the text.", grave=True)
        elif proposal.existing is not None and not self.again:
            self.console.say(
                f"This ticket has {proposal.existing.issue} already: l links to it, n files another.", grave=True
            )
        elif proposal.public and proposal.place is not None:
            words = f"Everybody can read {proposal.place.name}. Type {CONSENT} to publish this issue there."
            await self.app.push_screen(AskText(f"Publish in {proposal.place.name}?", words), self._consented)
        else:
            self._file("")

    def _consented(self, typed: str | None) -> None:
        if typed == CONSENT and self.proposal.place is not None:
            self._file(self.proposal.place.name)
        elif typed is not None:
            self.console.say(f"Nothing was sent: the word to type is {CONSENT}.")

    def _file(self, public_ok: str) -> None:
        outgoing = self.attempt(lambda: self.desk.escalate(self.proposal, again=self.again, public_ok=public_ok))
        if outgoing is not None:
            self._queued(outgoing, "Issue")

    def _queued(self, outgoing: Outgoing, what: str) -> None:
        window = f" in {seconds(self.desk.undo_s)} · u undo" if self.desk.undo_s else " on its way"
        self.console.undoable(f"{what}{window} · O outbox")
        self.dismiss(None)

    async def action_link(self) -> None:
        """Choose an issue that exists."""
        if self._awaited() or self._unread():
            return
        choices = []
        if (made := self.proposal.existing) is not None:
            choices.append(Choice(str(made.issue), str(made.issue), f"{made.title}  filed for this ticket"))
        choices += [Choice(str(d.ref), str(d.ref), f"{d.title}  {d.score:.0%} alike") for d in self.proposal.duplicates]
        title = "Link to which issue? Type its number if it is not here."
        await self.app.push_screen(Picker(title, choices, free=True), self._linked)

    async def _linked(self, issue: str | None) -> None:
        if issue is None:
            return
        place = self.proposal.place
        if place is None or place.public is False:
            self._link(issue, "")
            return
        words = f"Everybody can read {place.name}. Type {CONSENT} to publish this ticket's evidence there."
        await self.app.push_screen(
            AskText(f"Publish in {place.name}?", words), partial(self._link_consented, issue, place.name)
        )

    def _link_consented(self, issue: str, place: str, typed: str | None) -> None:
        if typed == CONSENT:
            self._link(issue, place)
        elif typed is not None:
            self.console.say(f"Nothing was sent: the word to type is {CONSENT}.")

    @work(group="propose")
    async def _link(self, issue: str, public_ok: str) -> None:
        self._awaits = f"{issue} is looked up, and linked to."
        try:
            outgoing = await self.desk.link(self.proposal, issue, public_ok=public_ok)
        except SupportdeskError as problem:
            self.console.tell(problem)
            return
        finally:
            self._awaits = ""
        if self.app.screen is self:
            self._queued(outgoing, f"Link to {issue}")

    async def action_edit(self) -> None:
        """Change the words."""
        if self._awaited():
            return
        draft = self.proposal.draft
        wording = self._wording or Wording(draft.title, draft.body)
        if (claim := self.attempt(lambda: self.desk.open_wording(self.proposal.ref))) is None:
            return
        await self.app.push_screen(IssueEditor(self.proposal, wording, claim), self._edited)

    def _edited(self, wording: Wording | None) -> None:
        if wording is not None:
            self._on_disk = wording.saved
            self._read(wording)

    def _read(self, wording: Wording) -> None:
        """Put a wording through the gate; what was kept is read like what was typed just now."""
        self._wording = wording
        self._take(self.desk.revise(self.proposal, title=wording.title, body=wording.body))

    def action_quotes(self) -> None:
        """Draft it again with the customer's words in or out."""
        if self._awaited():
            return
        if self._own:
            self.console.say("This is your own wording: x drafts the issue anew, then c puts the customer's words in.")
            return
        draft = self.proposal.draft
        self._take(self.desk.propose(self.proposal.ref, tracker=draft.tracker, quotes=not self.proposal.quotes))

    def _awaited(self) -> bool:
        """Whether another wording is on its way, and what stands here is not what was asked for."""
        if self._awaits:
            self.console.say(self._awaits)
        return bool(self._awaits)

    def _unread(self) -> bool:
        """Whether a wording was written that does not stand here, because the gate could not read it."""
        if self._wording is not None:
            why = " ".join(self.proposal.blocks)
            said = "Nothing is sent: your own wording is not read yet. e goes on with it, x throws it away."
            self.console.say(f"{why} {said}".strip(), grave=True)
        return self._wording is not None

    def _take(self, coming: Awaitable[Proposal]) -> None:
        self._awaits, self._seen = "The gate still reads the new wording: look at it first.", False
        self._taken(coming)

    @work(group="propose")
    async def _taken(self, coming: Awaitable[Proposal]) -> None:
        try:
            self.proposal = await coming
            if self.proposal.draft.body:  # a gate that failed hands nothing back: e goes on with what it was given
                self._wording = None
        except SupportdeskError as problem:
            self.console.tell(problem)
            if self._wording is not None:
                self.console.say("This is the old wording. Yours is kept: e goes on with it.", grave=True)
        finally:
            self._awaits = ""
        if self in self.app.screen_stack:  # who has left it takes its parts away
            self.redraw()
            self.set_timer(self.SEEN_AFTER_S, self._was_seen)
