"""The screen one works on: every key of the views, the queue and the conversation."""

from contextlib import suppress
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.timer import Timer
from textual.widgets import Input

from supportdesk.errors import SupportdeskError
from supportdesk.model import TicketRef
from supportdesk.ui.acts import NONE_SELECTED
from supportdesk.ui.board import ENDLESS, FilterLine
from supportdesk.ui.keys import key
from supportdesk.ui.lines import LineList, LineView, Pager
from supportdesk.ui.place import Place
from supportdesk.ui.returning import ReturningScreen

PREVIEW_AFTER_S = 0.12
VIEW_KEYS = 9
MOST_MARKED = 500  # at once


class QueueScreen(ReturningScreen):
    """Moving about: all of it acts before the next key is read."""

    WHILE_TYPING = frozenset({"keep_filter", "stop_filter"})
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "open", "open", "Read the conversation", id="queue.open"),
        key("escape", "back", "back", "One step back, to the queue and to the whole of it", id="queue.back"),
        key("q", "leave", "back or leave", "Back to the queue; on the queue, leave after a question", id="queue.leave"),
        key("j,down", "down", "down", "The next line", id="queue.down"),
        key("k,up", "up", "up", "The line before", id="queue.up"),
        key("g,home", "top", "top", "The first line", id="queue.top"),
        key("G,end", "bottom", "bottom", "The last line", id="queue.bottom"),
        key("ctrl+d,pagedown", "half_page(1)", "half a page down", "Half a page down", id="queue.page_down"),
        key("ctrl+u,pageup", "half_page(-1)", "half a page up", "Half a page up", id="queue.page_up"),
        key("J", "neighbour(1)", "next ticket", "The next ticket, also while reading", id="queue.next"),
        key("K", "neighbour(-1)", "previous ticket", "The ticket before, also while reading", id="queue.previous"),
        key("l,tab,right", "pane(1)", "pane to the right", "Go to the pane on the right", id="queue.pane_right"),
        key("h,shift+tab,left", "pane(-1)", "pane to the left", "Go to the pane on the left", id="queue.pane_left"),
        key("]", "turn_view(1)", "next view", "The next view", id="queue.view_next"),
        key("[", "turn_view(-1)", "previous view", "The view before", id="queue.view_previous"),
        *(
            key(f"{n}", f"view({n})", f"view {n}", f"Go to view {n}", id=f"queue.view_{n}")
            for n in range(1, VIEW_KEYS + 1)
        ),
        key("/", "filter", "filter", "Narrow this list while you type; !word leaves out", id="queue.filter"),
        key("v", "everything", "show everything", "Show the lines that a long entry hides", id="queue.everything"),
        key("R", "refresh", "refresh", "Ask the services now, and take in what is newer", id="queue.refresh"),
        key("space", "mark", "mark", "Mark the ticket, so that a, s, p, t, A or e act on all marked", id="queue.mark"),
        key("*", "mark_all", "mark all", "Mark all that the list shows; once more takes it back", id="queue.mark_all"),
        key("ctrl+f", "search", "search", "Find tickets by anything that was said on them", id="queue.search"),
        key("O", "outbox", "outbox", "What is on its way, and why it waits", id="queue.outbox"),
        key("P", "problems", "problems", "Workarounds given more than once, worst first", id="queue.problems"),
    ]

    def __init__(self, place: Place | None = None) -> None:
        super().__init__(place)
        self._preview: Timer | None = None
        self._shown: TicketRef | None = None  # what the keys and the conversation were last drawn for, or soon will be
        self._searched = ""

    def _chosen(self) -> None:
        """Another ticket is selected: show it, at once while reading, in a moment beside the list."""
        self._shown = self.ref
        self.draw_keys()
        if self.reading:
            self.show_talk()
        elif self.wide:
            if self._preview is not None:
                self._preview.stop()
            self._preview = self.set_timer(PREVIEW_AFTER_S, self.show_beside)
            self.let_move_along()

    @on(LineList.Moved, "#queue")
    def _queue_clicked(self) -> None:
        if self.ref != self._shown:
            self._chosen()

    @on(LineList.Opened, "#queue")
    def _queue_opened(self) -> None:
        self.open()

    @on(LineList.Moved, "#views")
    def _view_clicked(self, message: LineList.Moved) -> None:
        if isinstance(message.lines.selected, str):
            self._go_to(message.lines.selected)

    def _pane(self) -> LineView:
        focused = self.focused
        return focused if isinstance(focused, LineView) else self.pager if self.reading else self.queue

    def _move(self, rows: int) -> None:
        pane = self._pane()
        if isinstance(pane, Pager):
            pane.scroll_by(rows)
        elif isinstance(pane, LineList):
            pane.move(rows)
            self._moved(pane)

    def _moved(self, pane: LineView) -> None:
        if pane is self.queue:
            self._chosen()
        elif isinstance(pane, LineList) and isinstance(pane.selected, str):
            self._go_to(pane.selected)

    def action_down(self) -> None:
        """One line down."""
        self._move(1)

    def action_up(self) -> None:
        """One line up."""
        self._move(-1)

    def action_top(self) -> None:
        """The first line."""
        self._move(-10_000_000)

    def action_bottom(self) -> None:
        """The last line."""
        self._move(10_000_000)

    def action_half_page(self, way: int) -> None:
        """Half a page."""
        self._move(way * max(1, self._pane().size.height // 2))

    def action_neighbour(self, way: int) -> None:
        """The next ticket or the one before, whatever pane has the keys."""
        self.queue.move(way)
        self._chosen()

    def go_on(self) -> None:
        """The next ticket."""
        self.action_neighbour(1)

    async def action_open(self) -> None:
        """Read the conversation; right after an issue was filed from it, the issue."""
        from supportdesk.ui.outbox import OutboxScreen

        op = self.leaving_issue()
        if op:
            self.console.say("The issue as it leaves. u takes it back.", topic="undo")
            await self.app.push_screen(OutboxScreen(op), self._from_outbox)
        else:
            self.open()

    def open(self) -> None:
        """Read the conversation."""
        if self._pane() is not self.queue and not self.reading:
            self.set_focus(self.queue)
            return
        if self.ref is None:
            self.console.say(NONE_SELECTED)
            return
        self.add_class("-reading")
        self.show_talk()
        self.set_focus(self.pager)

    def action_back(self) -> None:
        """One step back; on the whole queue the banner goes for today, and then there is none."""
        if not self._step_back() and not self.desk.hush():
            self.console.say("q leaves supportdesk.", brief=True, topic="leave")

    async def action_leave(self) -> None:
        """One step back; from the whole queue, ask whether to leave."""
        if not self._step_back():
            await self.app.run_action("leave")

    def _step_back(self) -> bool:
        if self.reading:
            self.remove_class("-reading")
            self.set_focus(self.queue)
        elif self._pane() is not self.queue:
            self.set_focus(self.queue)
        elif self.queue.marked:
            self.unmark()
        elif self.letters:
            self.action_stop_filter()
        else:
            return False
        return True

    def action_pane(self, way: int) -> None:
        """The pane beside this one; where there is room for one alone, the conversation lies to the right."""
        if not self.wide:
            if way > 0:
                self.open()
            elif self.reading:
                self._step_back()
            return
        panes: list[LineView] = [self.query_one("#views", LineList), self.queue, self.pager]
        panes = [pane for pane in panes if pane.display and pane.region.width]
        here = panes.index(self._pane()) if self._pane() in panes else 0
        there = panes[max(0, min(len(panes) - 1, here + way))]
        if there is self.pager and not self.reading:
            self.show_talk()
        self.set_focus(there)

    def _go_to(self, view: str) -> None:
        if view == self.view:
            return
        self.view = view
        self._let_letters_go()
        self.queue.forget()
        self._fill_views()
        self.refill()
        self._chosen()

    def action_view(self, number: int) -> None:
        """The view with this digit."""
        if number <= len(self.views):
            self._go_to(self.views[number - 1].id)
        else:
            self.console.say(f"There are {len(self.views)} views.")

    def action_turn_view(self, way: int) -> None:
        """The next view."""
        ids = [view.id for view in self.views]
        if ids:
            here = ids.index(self.view) if self.view in ids else 0
            self._go_to(ids[(here + way) % len(ids)])

    def action_filter(self) -> None:
        """Type to narrow the queue."""
        self.remove_class("-reading")
        self.add_class("-filtering")
        field = self.query_one(FilterLine)
        field.cursor_position = len(field.value)
        self.set_focus(field)
        self._hold()

    @work(group="filter")
    async def _hold(self) -> None:
        over = True
        with suppress(SupportdeskError):  # then every letter asks the disk, and says what is wrong with it
            over = await self.desk.filtering.prepare(self.view)
        if over and self.awaited:
            self._narrowed()

    @on(Input.Changed, "#filter")
    def _narrow(self, event: Input.Changed) -> None:
        if event.value == self.letters:
            return
        self.letters = event.value
        self.awaited = len(self.steady or ()) > ENDLESS and not self.desk.filtering.ready(self.view)
        if self.awaited:
            self._draw_queue_title()
        else:
            self._narrowed()
        if not self.desk.filtering.ready(self.view):
            self._hold()

    def _narrowed(self) -> None:
        """Show what the letters leave."""
        self.awaited, self.steady = False, None
        self.queue.forget()
        self.refill()
        self._chosen()

    @on(Input.Submitted, "#filter")
    def action_keep_filter(self) -> None:
        """Back to the list, narrowed; at once where it waits for its rows, as the next key acts on what is chosen."""
        if self.awaited:
            self._narrowed()
        self.set_focus(self.queue)

    def action_stop_filter(self) -> None:
        """The whole list again, on the same ticket."""
        chosen = self.queue.selected
        self._let_letters_go()
        self.queue.selected = chosen
        self.refill()
        self.set_focus(self.queue)

    def _let_letters_go(self) -> None:
        self.letters, self.steady, self.awaited = "", None, False
        self.query_one(FilterLine).value = ""
        self.remove_class("-filtering")
        self.desk.filtering.leave()

    def action_mark(self) -> None:
        """Mark the ticket and go to the next; in the conversation, mark it alone."""
        self.queue.mark()
        self._draw_queue_title()
        if self.ref is None:
            self.console.say(NONE_SELECTED)
        elif self.reading:
            self._say_marked(f"{'Marked' if self.ref in self.marked else 'No longer marked'}: {self.ref}.")
        else:
            self.action_neighbour(1)

    def _say_marked(self, words: str = "") -> None:
        """How many are marked, where the queue that shows it is covered or empty."""
        number = len(self.queue.marked)
        count = f"{number:,} {'is' if number == 1 else 'are'}" if number else "None is"
        self.console.say(f"{words} {count} marked.".strip(), topic="marks")

    def action_mark_all(self) -> None:
        """Mark all in the list, where they are few enough to be looked over."""
        if len(self.queue.rows) > MOST_MARKED:
            self.console.say(f"More than {MOST_MARKED} tickets are not marked at once: / narrows the list.")
            return
        self.queue.mark_all()
        self._draw_queue_title()
        if self.reading or not self.queue.rows:
            self._say_marked()

    def action_everything(self) -> None:
        """The hidden lines too."""
        if not (self.reading or self.wide):
            self.console.say("enter opens the conversation; v then shows what it hides.")
            return
        before, self.everything = len(self.told.lines), True
        self.show_talk()
        if len(self.told.lines) == before:
            self.console.say("Nothing more of this conversation can be shown here.")

    def action_next_flag(self) -> None:
        """The next flagged answer: in this conversation, else in the next flagged ticket; it is opened."""
        in_sight = self.reading or self.wide
        further = self._flag_ahead() if in_sight and self.drawn == self.ref else None
        if further is not None:
            self.go_to_flag(further)
            return
        found = self._flagged_below(self.queue.index + in_sight)
        if found is None:
            reading = self.desk.status().syncing
            more = "The conversations are still being read." if reading else "4 shows all flagged tickets."
            self.console.say(f"No flag further down. {more}")
            return
        self.queue.choose(found)
        self.to_flag, self.last = self.ref, None
        if in_sight:
            self._chosen()
        else:
            self.open()

    def _flag_ahead(self) -> int | None:
        """The next flag of this conversation that is not on screen as it would be shown: a key moves something."""
        here, most = self.pager.scroll_offset.y, self.pager.max_scroll_y
        ahead = range(self.flag + 1, len(self.told.flags))
        return next((n for n in ahead if min(self._row_of_flag(n), most) != here), None)

    def _flagged_below(self, start: int) -> int | None:
        if self.steady is None:
            return None
        return self.steady.order.next_in(self.desk.queue("flagged").refs, start)

    def action_refresh(self) -> None:
        """Take in what is newer, and ask the services; the whole screen is sent anew, whatever has written over it."""
        self.refresh()
        self.steady = self.last = None
        self.trouble.clear()
        self.asked.clear()
        self.redraw()
        self.console.fetch(self.ref)

    async def action_search(self) -> None:
        """Look through everything that was said."""
        from supportdesk.ui.search import SearchScreen

        await self.app.push_screen(SearchScreen(self._searched), self._from_search)

    def _from_search(self, found: tuple[TicketRef | None, str] | None) -> None:
        ref, self._searched = found or (None, "")
        if ref is not None:
            self.show(ref)

    async def action_outbox(self) -> None:
        """What is on its way."""
        from supportdesk.ui.outbox import OutboxScreen

        await self.app.push_screen(OutboxScreen(), self._from_outbox)

    async def action_problems(self) -> None:
        """Which workarounds were given most."""
        from supportdesk.ui.problems import ProblemsScreen

        await self.app.push_screen(ProblemsScreen(), self._from_outbox)

    def _from_outbox(self, ref: TicketRef | None) -> None:
        if ref is not None:
            self.show(ref)

    def show(self, ref: TicketRef) -> None:
        """Open a ticket, wherever it stands."""
        if self.steady is None or self.steady.index_of(ref) is None:
            self.view = "all"
            self._let_letters_go()
            self.queue.forget()
        self.queue.selected = ref
        self.redraw()
        self.open()
