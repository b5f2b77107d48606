"""Writing: a public reply and an internal note are two screens with two buffers, and no key joins them."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.widgets import TextArea

from supportdesk.desk import Recipients
from supportdesk.errors import UsageError
from supportdesk.model import Comment, Status, TicketRef, Update
from supportdesk.text import LONGEST, clean
from supportdesk.ui import glyphs
from supportdesk.ui.ask import Ask
from supportdesk.ui.cells import Line, line, paragraphs
from supportdesk.ui.editor import edit, editor_command
from supportdesk.ui.inert import Bar
from supportdesk.ui.keeping import Keeping
from supportdesk.ui.keys import key, text_key
from supportdesk.ui.lines import Pager
from supportdesk.ui.screens import DeskScreen
from supportdesk.ui.talk import talk, title
from supportdesk.ui.words import address, seconds

PASTE_LIMIT = 64_000
TOO_LONG = f"The text is longer than {LONGEST:,} characters."


class Words(TextArea):
    """A text field that asks before it swallows a whole log file, and that never holds a control character."""

    async def on_paste(self, event: events.Paste) -> None:
        """Insert cleaned text; ask first when it is long."""
        event.prevent_default()
        event.stop()
        text = clean(event.text)
        if len(event.text) <= PASTE_LIMIT:
            self.insert(text)
            return
        size = f"{len(event.text) // 1000:,} kB"
        ask = Ask(
            f"Paste {size}?", "That is long for a reply. An attachment may serve the reader better.", yes="paste it"
        )
        await self.app.push_screen(ask, lambda yes: self._pasted(text) if yes else None)

    def _pasted(self, text: str) -> None:
        self.insert(text)


class ComposeScreen(DeskScreen[bool]):
    """One draft for one ticket, public or internal for life; closes with whether to show its end."""

    AUTO_FOCUS = "#words"
    WHILE_TYPING = frozenset({"review", "editor", "leave", "scroll_talk"})
    BINDINGS: ClassVar[list[BindingType]] = [
        text_key(
            "ctrl+s,ctrl+enter",
            "review",
            "review",
            "See exactly what will be sent, and to whom",
            id="compose.review",
            show=True,
        ),
        text_key("f4", "editor", "your editor", "Go on in $VISUAL or $EDITOR", id="compose.editor", show=True),
        text_key("escape", "leave", "keep the draft", "Leave; the draft stays on disk", id="compose.leave", show=True),
        text_key("ctrl+up", "scroll_talk(-3)", "scroll up", "Scroll the conversation up", id="compose.scroll_up"),
        text_key(
            "ctrl+down", "scroll_talk(3)", "scroll down", "Scroll the conversation down", id="compose.scroll_down"
        ),
    ]

    def __init__(self, ref: TicketRef, *, public: bool, go_on: Callable[[], None]) -> None:
        super().__init__(classes="public" if public else "internal")
        self.ref, self.public, self._go_on = ref, public, go_on
        self.words = Words(id="words")
        self.keeping = Keeping(self, self._write, self._draw_head)
        self._heard: frozenset[str] | None = None  # what had been said when the words were begun
        self._apart = ""  # what is to be said where another console has the draft open
        self._known = ""  # what the disk holds, as far as this screen has read or written it

    def compose(self) -> ComposeResult:
        """The conversation, and beside or below it the words."""
        with Container(id="compose"):
            yield Pager(id="talk")
            with Vertical(id="composer"):
                yield Bar(id="compose-head")
                self._apart = self.attempt(lambda: self.desk.open_draft(self.ref, public=self.public)) or ""
                self._known = self.desk.draft(self.ref, public=self.public)
                self.words.load_text(self._known)
                yield self.words
        yield Bar(id="keys")

    def on_mount(self) -> None:
        """Start at the end of the draft and of the conversation."""
        self.words.move_cursor(self.words.document.end)
        self.query_one("#talk", Pager).show_end()
        if self._apart:
            self.console.say(self._apart, grave=True)

    def redraw(self) -> None:
        """The conversation may have grown while we write."""
        reading = self.desk.read(self.ref)
        if reading is not None:
            if self._heard is None and reading.loaded:
                self._heard = frozenset(comment.id for comment in reading.comments)
            now = self.console.now()
            head = title(reading.ticket, self.size.width)
            self.query_one("#talk", Pager).show(lambda width: [head, *talk(reading, width, now).lines], keep=True)
        self._draw_head()

    def _draw_head(self) -> None:
        people = self.desk.recipients(self.ref) if self.public else None
        width = max(20, self.query_one("#compose-head", Bar).size.width or self.size.width - 2)
        self.query_one("#compose-head", Bar).draw(*head(self.ref, people, width, kept=self.keeping.said))

    def on_resize(self) -> None:
        """The list of recipients wraps."""
        self.call_after_refresh(self._draw_head)

    def on_text_area_changed(self) -> None:
        """Every change is on disk half a second later."""
        if self.words.text != self.desk.draft(self.ref, public=self.public):
            self.keeping.touched()

    def keep(self) -> None:
        """Put the words on disk now; while the disk refuses they stay here, and it is tried again."""
        self.keeping.keep()

    def _write(self) -> None:
        body = clean(self.words.text)
        self._known = self.desk.save_draft(self.ref, body, public=self.public, was=self._known)
        if self._known != body and self.words.is_attached:
            at = self.words.selection
            self.words.insert(self._known.removeprefix(body), self.words.document.end)
            self.words.selection = at
            self.console.say("This draft was written to elsewhere as well: those words stand below yours.", grave=True)
        if self._too_long():
            raise UsageError(TOO_LONG, "Shorten it: what is behind them is only here.")

    def on_unmount(self) -> None:
        """Nothing typed is lost, however the screen ends."""
        if not self.keeping.saved or self.words.text != self._known:  # a field tells of a letter a moment later
            self.keep()
        if said := self.attempt(lambda: self.desk.close_draft(self.ref, public=self.public)):
            self.console.say(said)

    async def action_leave(self) -> None:
        """Back to the ticket; the draft stays, and where it cannot be kept nobody leaves without a word."""
        self.keeping.save()
        if self.keeping.saved:
            self.dismiss(False)
            return
        ask = Ask(
            "Leave these words?",
            "They could not be saved: whoever leaves now loses them.",
            yes="lose them",
            no="stay",
            grave=True,
        )
        await self.app.push_screen(ask, self._give_up)

    def _give_up(self, yes: bool | None) -> None:
        if yes:
            self.dismiss(False)

    def action_scroll_talk(self, rows: int) -> None:
        """Scroll the conversation."""
        self.query_one("#talk", Pager).scroll_by(rows)

    def action_editor(self) -> None:
        """Go on in the engineer's own editor."""
        try:
            command = editor_command(os.environ)
            with self.app.suspend():
                text = edit(self.words.text, command, self.console.folder)
        except UsageError as problem:
            self.console.tell(problem)
            return
        except SuspendNotSupported:
            self.console.say("This terminal cannot be handed to an editor.", grave=True)
            return
        self.words.text = text
        self.words.move_cursor(self.words.document.end)

    def _too_long(self) -> bool:
        """Whether some of it would be cut off on its way."""
        return len(self.words.text) > LONGEST

    async def action_review(self) -> None:
        """Show exactly what would be sent."""
        self.keeping.save()  # which may bring in what was written elsewhere
        if self._too_long():
            self.console.say(f"{TOO_LONG} Shorten it.", grave=True)
            return
        body = clean(self.words.text).strip()
        if not body:
            self.console.say("There is nothing to send yet.")
            return
        await self.app.push_screen(ReviewScreen(self.ref, body, partial(self._look, body)), self._reviewed)

    def _look(self, body: str) -> "Look":
        """Whom the words reach, and what to look at before they do, as far as is known now."""
        if not self.public:
            return Look(None, ())
        us = [person.id for person in self.desk.agents(self.ref.desk)[:1]]
        others = [comment for comment in self._said() if comment.author.id not in us]
        names = [comment.author.name for comment in others if comment.id not in (self._heard or ())]
        new = f"{' and '.join(dict.fromkeys(names))} wrote on {self.ref} since you began: read that first."
        cautions = (*self.desk.cautions(self.ref, body), *([new] if names and self._heard is not None else []))
        return Look(self.desk.recipients(self.ref), cautions)

    def _said(self) -> Sequence[Comment]:
        reading = self.desk.read(self.ref)
        return reading.comments if reading is not None else ()

    def _reviewed(self, decided: "Decided | None") -> None:
        if decided is None:
            if self._heard is not None:  # who goes on writing was told of it
                self._heard |= frozenset(comment.id for comment in self._said())
            return
        update = Update(status=decided.status)
        send = self.desk.reply if self.public else self.desk.note
        if self.attempt(lambda: send(self.ref, decided.body, update)) is None:
            return
        self.keeping.end()
        self.attempt(lambda: self.desk.save_draft(self.ref, "", public=self.public, was=self._known))
        window = f" in {seconds(self.desk.undo_s)} · u undo" if self.desk.undo_s else ""
        what = "Public reply to" if self.public else "Internal note on"
        self.console.undoable(f"{what} {self.ref}{window}")
        self.dismiss(not decided.go_on)
        if decided.go_on:
            self._go_on()


class Look(NamedTuple):
    """Whom words would reach, nobody outside for a note, and what to look at before they go."""

    people: Recipients | None
    cautions: tuple[str, ...]


class Decided(NamedTuple):
    """What was decided in the review."""

    body: str
    status: Status | None
    go_on: bool


class ReviewScreen(DeskScreen["Decided | None"]):
    """The exact words, everybody they reach, and what happens to the ticket; only `y` sends."""

    STATUSES = (None, Status.PENDING, Status.SOLVED, Status.HOLD, Status.OPEN)
    BINDINGS: ClassVar[list[BindingType]] = [
        key("y", "send(False)", "send", "Send exactly this", id="review.send", show=True),
        key(
            "Y",
            "send(True)",
            "send & next",
            "Send exactly this and go on to the next ticket",
            id="review.send_next",
            show=True,
        ),
        key(
            "s",
            "status",
            "and set a status",
            "Choose the status the ticket gets with it",
            id="review.status",
            show=True,
        ),
        key(
            "e,escape,n,q", "leave", "go on writing", "Back to the words; nothing is sent", id="review.leave", show=True
        ),
        key("j,down", "scroll(1)", "down", "Scroll down", id="review.down"),
        key("k,up", "scroll(-1)", "up", "Scroll up", id="review.up"),
    ]

    def __init__(self, ref: TicketRef, body: str, look: Callable[[], Look]) -> None:
        self.shown = look()
        super().__init__(classes="internal" if self.shown.people is None else "public")
        self.ref, self.body, self._look = ref, body, look
        self.status: Status | None = None
        self._opened_at = monotonic()

    def compose(self) -> ComposeResult:
        """To whom, what, and what else happens."""
        with Vertical(id="composer"):
            yield Bar(id="compose-head")
            yield Pager(id="exact")
            yield Bar(id="outcome")
        yield Bar(id="keys")

    def redraw(self) -> None:
        """Lay everything out."""
        self.query_one("#exact", Pager).show(
            lambda width: list(paragraphs(self.body, width - 2, indent=" ")), keep=True
        )
        self._draw_bars()

    def on_resize(self) -> None:
        """The list of recipients wraps."""
        self.call_after_refresh(self._draw_bars)

    def _draw_bars(self) -> None:
        bar = self.query_one("#compose-head", Bar)
        width = max(20, bar.size.width or self.size.width - 2)
        bar.draw(*head(self.ref, self.shown.people, width, self.shown.cautions, asking=True))
        status = self.status.value if self.status else "as it is"
        outcome = line(
            (f" {self.ref} ", "accent"),
            ("the status stays " if self.status is None else "is set to ", "dim"),
            (status, "strong"),
        )
        self.query_one("#outcome", Bar).draw(outcome)

    def action_status(self) -> None:
        """The next status of the few that go with an answer."""
        place = self.STATUSES.index(self.status)
        self.status = self.STATUSES[(place + 1) % len(self.STATUSES)]
        self._draw_bars()

    async def action_send(self, go_on: bool) -> None:
        """Send exactly what is shown; where there is a caution, a second yes is asked for."""
        if self.console.pressed_at < self._opened_at:  # it opened under typing fingers: this was not meant for it
            self.console.say("Nothing was sent: read what stands here, then y.")
            return
        if not self.shown.cautions:
            self._send(go_on)
            return
        ask = Ask("Send it all the same?", " ".join(self.shown.cautions), yes="send it", no="go on writing", grave=True)
        await self.app.push_screen(ask, lambda yes: self._send(go_on) if yes else None)

    def _send(self, go_on: bool) -> None:
        now = self._look()
        if now != self.shown:
            self.shown = now
            self._draw_bars()
            self.console.say("Nothing was sent: this changed while you looked. Look again, then y.", grave=True)
            return
        self.dismiss(Decided(self.body, self.status, go_on))

    def action_leave(self) -> None:
        """Send nothing."""
        self.dismiss(None)

    def action_scroll(self, rows: int) -> None:
        """Scroll the words."""
        self.query_one("#exact", Pager).scroll_by(rows)


def head(
    ref: TicketRef,
    people: Recipients | None,
    width: int,
    cautions: Sequence[str] = (),
    *,
    kept: str = "",
    asking: bool = False,
) -> list[Line]:
    """Who will read this: loud for the public, calm for us."""
    if people is None:
        word = " Save this INTERNAL note?" if asking else " INTERNAL note"
        where = f" {glyphs.DOT} only us {glyphs.DOT} on {ref}"
        gap = " " * max(1, width - len(word) - cell_len(where) - len(kept) - 1)
        return [line((word, "internal-word"), (where, "dim"), gap, (kept, "dim"))]
    word = " Send this PUBLIC reply? " if asking else " PUBLIC reply "
    where = f" on {ref}"
    gap = " " * max(1, width - len(word) - cell_len(where) - len(kept) - 1)
    lines = [line((word, "public-word"), (where, "dim"), gap, (kept, "dim"))]
    everybody = "to " + ", ".join(address(person) for person in people.people)
    lines += paragraphs(everybody if people.people else "to nobody we know of", width - 2, indent=" ", style="strong")
    for caution in cautions or filter(None, (people.warning,)):
        lines += paragraphs(f"! {caution}", width - 2, indent=" ", style="danger strong")
    return lines
