"""The outbox: everything on its way, why it waits, and what can be done about it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from supportdesk.errors import SupportdeskError
from supportdesk.model import Escalate, Link, Note, Outgoing, Reply, State, TicketRef
from supportdesk.outbox import NEVER_TOLD, NOT_THERE, STOPPED, may_have_arrived
from supportdesk.ui.ask import Ask
from supportdesk.ui.cells import Line, line, paragraphs
from supportdesk.ui.inert import Bar
from supportdesk.ui.keys import key
from supportdesk.ui.lines import LineList, Pager
from supportdesk.ui.rows import outgoing_line
from supportdesk.ui.screens import DeskScreen
from supportdesk.ui.words import ago, change_words, counted, moment, state_words, update_words

_NEXT = {
    State.HELD: "Next: enter reads the ticket as it is now, e takes the words back into a draft, "
    "R sends it on the ticket as it is now, x drops it.",
    State.REJECTED: "Next: it is never tried again by itself. e takes the words back into a draft, "
    "R tries once more, x drops it.",
    State.UNCERTAIN: "Next: nothing to do. It is looked for on the service first, and sent again "
    "only if it is not there; R looks now.",
    State.QUEUED: "Next: nothing to do. e takes the words back into a draft, x drops it.",
    State.SENDING: "Next: wait for the answer.",
    State.SENT: "It arrived.",
    State.DROPPED: "It was taken back and never sent.",
}
_NEEDS = {
    "outbox.edit": "edit",
    "outbox.retry": "retry",
    "outbox.make_private": "make private",
    "outbox.drop": "drop",
    "outbox.undo": "undo",
}
_GONE = (State.SENDING, State.SENT, State.DROPPED)
_MAYBE = "An attempt that was not answered may have arrived."
_SOON = timedelta(minutes=1)


class OutboxScreen(DeskScreen[TicketRef | None]):
    """The outbox as a list with the chosen entry told below it; closes with the ticket to open, if any."""

    AUTO_FOCUS = "#outbox"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "open", "open the ticket", "Go to the ticket it belongs to", id="outbox.open", show=True),
        key("e", "edit", "edit", "Take the words back into the ticket's draft", id="outbox.edit", show=True),
        key("R", "retry", "try again", "Send it again on the ticket as it is now", id="outbox.retry", show=True),
        key("P", "make_private", "make private", "Hide a note that became public", id="outbox.make_private"),
        key("x", "drop", "drop", "Take it back for good; asks first", id="outbox.drop", show=True),
        key("escape,q", "leave", "back", "Back to the queue", id="outbox.leave", show=True),
        key("u", "undo", "undo", "Take back the newest action while its window is open", id="outbox.undo", show=True),
        key("j,down", "move(1)", "down", "The next entry", id="outbox.down"),
        key("k,up", "move(-1)", "up", "The entry before", id="outbox.up"),
        key("g,home", "move(-100000)", "top", "The newest entry", id="outbox.top"),
        key("G,end", "move(100000)", "bottom", "The oldest entry", id="outbox.bottom"),
        key(
            "ctrl+d,pagedown", "scroll(10)", "page down", "Scroll what is told of the entry down", id="outbox.page_down"
        ),
        key("ctrl+u,pageup", "scroll(-10)", "page up", "Scroll what is told of the entry up", id="outbox.page_up"),
    ]

    def __init__(self, chosen: str = "") -> None:
        super().__init__()
        self.chosen = chosen

    def compose(self) -> ComposeResult:
        """The list, and what there is to know about the chosen entry."""
        yield Bar(id="outbox-title")
        with Vertical(id="outbox-panes"):
            yield LineList(self._line, _op, empty=_nothing_waits, id="outbox")
            yield Pager(id="entry")
        yield Bar(id="keys")

    def _line(self, outgoing: Outgoing, width: int) -> Line:
        return outgoing_line(outgoing, width, self.console.now())

    @property
    def _list(self) -> LineList[Outgoing]:
        return self.query_one("#outbox", LineList)

    def redraw(self) -> None:
        """Read the outbox again."""
        entries = self.desk.outbox()
        if self.chosen:
            self._list.selected, self.chosen = self.chosen, ""
        self._list.fill(entries)
        self._list.styles.height = max(3, min(len(entries), self.size.height * 2 // 5))
        waiting = sum(1 for entry in entries if entry.state not in (State.SENT, State.DROPPED))
        words = f"{counted(waiting, 'entry')} on the way" if waiting else "nothing waits"
        self.query_one("#outbox-title", Bar).draw(line((" Outbox  ", "strong"), (words, "dim")))
        self._tell(keep=True)

    def _tell(self, *, keep: bool = False) -> None:
        chosen, now = self._list.row, self.console.now()
        pager = self.query_one("#entry", Pager)
        behind = self.desk.waits_for(chosen) if chosen is not None else None
        pager.show(lambda width: list(told(chosen, width, now, behind)) if chosen is not None else [], keep=keep)

    def action_move(self, rows: int) -> None:
        """Another entry."""
        self._list.move(rows)
        self.on_line_list_moved()

    def on_line_list_moved(self) -> None:
        """Another entry is chosen: other keys are on."""
        self._tell()
        self.draw_keys()

    def on_line_list_opened(self) -> None:
        """A second click opens its ticket."""
        self.action_open()

    def action_scroll(self, rows: int) -> None:
        """Scroll what is told of the chosen one."""
        self.query_one("#entry", Pager).scroll_by(rows)

    def action_open(self) -> None:
        """Go to its ticket."""
        chosen = self._list.row
        self.dismiss(chosen.ref if chosen is not None else None)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)

    def reason(self, id_: str) -> str:
        """Why a key is off, from the chosen entry and from the desk's one predicate."""
        chosen, action = self._list.row, _NEEDS.get(id_)
        if action is None:
            return ""
        why = self.desk.disabled_reason(action, chosen.ref if chosen else None)
        return why or ("" if action == "undo" else _ended(chosen, action))

    def _allowed(self, action: str) -> Outgoing | None:
        """The chosen entry when that may be done with it; otherwise the reason is said."""
        chosen = self._list.row
        if chosen is not None and (reason := self.desk.disabled_reason(action, chosen.ref)):
            self.console.say(reason, grave=True)
            return None
        if ended := _ended(chosen, action):
            self.console.say(ended)
            return None
        return chosen

    def action_edit(self) -> None:
        """Back into the draft, and to its ticket."""
        if (chosen := self._allowed("edit")) is None:
            return
        said = self.attempt(lambda: self.desk.edit(chosen.op))
        if said is not None:
            key_ = "r" if isinstance(chosen.change, Reply) else "i"
            self.console.say(f"{said} {key_} goes on with them.")
            self.dismiss(chosen.ref)

    def action_retry(self) -> None:
        """Once more."""
        if (chosen := self._allowed("retry")) is not None:
            self._retry(chosen)

    @work(group="retry")
    async def _retry(self, chosen: Outgoing) -> None:
        """Read the ticket as it is now, then send again on that; what was stopped, not over words nobody has read."""
        try:
            news = await self.desk.refresh(chosen.ref)
            if news and chosen.state in (State.HELD, State.REJECTED):
                came = counted(news, "message")
                self.console.say(
                    f"Not sent: {chosen.ref} has {came} that had not come yet. enter shows it, R sends.", grave=True
                )
                return
            self.desk.retry(chosen.op)
        except SupportdeskError as problem:
            self.console.tell(problem)
            return
        self.console.say(f"Trying again: {change_words(chosen.change)} on {chosen.ref}")
        self.console.wake()

    def action_make_private(self) -> None:
        """Take a note from the customer's eyes again."""
        if (chosen := self._allowed("make private")) is not None:
            self._make_private(chosen)

    @work(group="make private")
    async def _make_private(self, chosen: Outgoing) -> None:
        try:
            self.console.say(await self.desk.make_private(chosen.op), grave=True)
        except SupportdeskError as problem:
            self.console.tell(problem)

    async def action_drop(self) -> None:
        """Ask, then take it back for good."""
        if (chosen := self._allowed("drop")) is None:
            return
        question = f"Drop the {change_words(chosen.change)} on {chosen.ref}?"
        gone = f"{_MAYBE} It is not sent again," if chosen.unknowns else "It is not sent,"
        ask = Ask(question, f"{gone} and its words are gone.", yes="drop it", no="keep it", grave=True)
        await self.app.push_screen(ask, lambda yes: self._drop(chosen.op) if yes else None)

    def _drop(self, op: str) -> None:
        dropped = self.attempt(lambda: self.desk.drop(op))
        if dropped is not None:
            self.console.say(f"Dropped. {_MAYBE}" if dropped.unknowns else "Dropped; nothing was sent.")

    def action_undo(self) -> None:
        """Take back the newest action."""
        words = self.attempt(self.desk.undo)
        if words:
            self.console.say(words, topic="undo")


def told(outgoing: Outgoing, width: int, now: datetime, behind: Outgoing | None = None) -> Iterator[Line]:
    """Everything about one entry: state, why, the next step, the words; `behind` is the older one it waits for."""
    width = min(width, 100)
    style = {State.HELD: "flag", State.UNCERTAIN: "flag", State.REJECTED: "danger", State.SENT: "good"}.get(
        outgoing.state, "accent"
    )
    style = "danger" if outgoing.exposed else style
    yield Line()
    yield line(
        (f" {change_words(outgoing.change)} on {outgoing.ref}", "strong"),
        ("  ", ""),
        (state_words(outgoing.state), style),
    )
    tries = f", {counted(outgoing.attempts, 'attempt')}" if outgoing.attempts else ""
    wait = outgoing.not_before
    due = f", {_due(outgoing.state, wait, now)}" if wait is not None and wait > now else ""
    yield line((f" written {ago(outgoing.created_at, now)}{tries}{due}", "dim"))
    if outgoing.why:
        yield from paragraphs(outgoing.why, width - 2, style=style, indent=" ")
    if behind is not None:
        words = f"Waits for the {change_words(behind.change)} before it on this ticket, which is {behind.state}."
        yield from paragraphs(words, width - 2, style="flag", indent=" ")
    stuck = behind is not None and behind.state is State.HELD
    words = "Next: decide on that one; this one then leaves by itself." if stuck else _next(outgoing)
    yield from paragraphs(words, width - 2, style="dim", indent=" ")
    yield Line()
    yield from paragraphs(_words(outgoing), width - 2, indent="  ")


def _ended(chosen: Outgoing | None, action: str) -> str:
    """Why nothing is left to be done with an entry, whoever may write."""
    if chosen is None:
        return "There is no entry here."
    if action == "make private":
        return "" if chosen.exposed else "It is not public."
    return f"It is {state_words(chosen.state)} already." if chosen.state in _GONE else ""


def _due(state: State, wait: datetime, now: datetime) -> str:
    """When it goes on: what may have arrived does not leave then, it is looked for."""
    if state is State.UNCERTAIN:
        return "looked for in a moment" if wait - now < _SOON else f"looked for at {moment(wait, now)}"
    return "leaves in a moment" if wait - now < _SOON else f"not before {moment(wait, now)}"


def _next(outgoing: Outgoing) -> str:
    if outgoing.exposed:
        return "Next: P makes it private on the service. What was mailed already cannot be taken back."
    if outgoing.state is State.DROPPED and outgoing.unknowns:
        looked = "It is looked for once more." if outgoing.sweep_at else "" if NEVER_TOLD in outgoing.why else NOT_THERE
        return f"It was taken back. {_MAYBE} {looked}".rstrip()
    if outgoing.state in STOPPED and may_have_arrived(outgoing):
        return "Next: wait, it is looked for once more. R looks now and sends it only if it is not there, x drops it."
    words = _NEXT[outgoing.state]
    if isinstance(outgoing.change, Reply | Note):
        return words
    return words.replace("e takes the words back into a draft, ", "")


def _words(outgoing: Outgoing) -> str:
    match outgoing.change:
        case Reply(body=body, update=update) | Note(body=body, update=update):
            return f"{body}\n\n{update_words(update)}" if update else body
        case Escalate(draft=draft):
            return f"{draft.title}\n\n{draft.body}"
        case Link(body=body):
            return body
        case update:
            return update_words(update)


def _op(outgoing: Outgoing) -> str:
    return outgoing.op


def _nothing_waits(width: int) -> Sequence[Line]:
    words = "Nothing is on its way. What you send stands here until the service has confirmed it; esc goes back."
    return [Line(), *paragraphs(words, min(width, 80) - 2, style="dim", indent=" ")]
