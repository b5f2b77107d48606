"""Views, queue and conversation as they are drawn, side by side where there is room and in turn where not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from supportdesk import late
from supportdesk.desk import ViewCount
from supportdesk.errors import NotFoundError, ServiceError, SupportdeskError
from supportdesk.model import Row, TicketRef
from supportdesk.ui import glyphs
from supportdesk.ui.cells import Line, line, paragraphs
from supportdesk.ui.inert import Bar
from supportdesk.ui.keys import RESUME, key_of, text_key
from supportdesk.ui.lines import LineList, Pager
from supportdesk.ui.panes import Pane, Panes
from supportdesk.ui.rows import ticket_line, view_line
from supportdesk.ui.steady import Steady
from supportdesk.ui.teach import TeachingScreen
from supportdesk.ui.topline import status_line
from supportdesk.ui.words import counted

VIEW_KEYS = 9
MOST_BESIDE = 28  # views that are put back beside a queue that scrolls
ENDLESS = 200_000  # rows that no letter looks through before they are in memory
VAST = 150  # columns from which the queue has room for the customer too


class FilterLine(Input):
    """The letters that narrow the queue while they are typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        text_key("enter", "screen.keep_filter", "to the list", "Go to what is left", id="filter.keep", show=True),
        text_key("down", "screen.keep_filter", "to the list", "Go to what is left", id="filter.down"),
        text_key("escape", "screen.stop_filter", "show all", "Forget the letters", id="filter.leave", show=True),
    ]

    def __init__(self, letters: str = "") -> None:
        super().__init__(
            letters, placeholder="words, or !words to leave out", select_on_focus=False, max_length=200, id="filter"
        )


class BoardScreen(TeachingScreen):
    """Keeps one fact: which ticket is selected. Everything else is read from the desk again."""

    AUTO_FOCUS = "#queue"

    def __init__(self) -> None:
        super().__init__()
        self.view = "open"
        self.letters = ""
        self.steady: Steady | None = None
        self.views: Sequence[ViewCount] = ()
        self.last: late.readings.Reading | None = None
        self.drawn: TicketRef | None = None
        self.everything = False
        self._laid = False  # `everything` as it was when the conversation was laid out
        self.asked: set[TicketRef] = set()
        self.trouble: dict[TicketRef, str] = {}
        self.to_flag: TicketRef | None = None  # whose first flagged answer is wanted
        self.flag = -1  # the flagged answer of this conversation that was gone to last
        self._counting = self._was_covered = False
        self.awaited = False  # the letters wait for the rows of a list that is too long to be read between two keys
        self._whole = False  # until all is loaded that a conversation is drawn with
        self._filling = False  # a desk's first tickets are coming in, and the queue takes them where they belong

    def compose(self) -> ComposeResult:
        """Status line, three panes, the keys."""
        yield Bar(id="top")
        yield Bar(id="banner")
        with Panes(id="panes"):
            with Pane(id="views-pane"):
                yield Bar(line((" Views", "dim")), classes="title")
                yield LineList(self._view_line, _view_id, id="views")
            with Pane(id="queue-pane"):
                yield Bar(id="queue-title", classes="title")
                if self.has_class("-filtering"):
                    yield FilterLine(self.letters)
                yield LineList(self._ticket_line, _ref, empty=self._no_rows, id="queue")
            with Pane(id="talk-pane"):
                yield Bar(id="talk-title", classes="title")
                yield Pager(id="talk")
        yield Bar(id="keys")

    @cached_property
    def told(self) -> late.talk.Talk:
        """The conversation as it was drawn last."""
        return late.talk.Talk()

    @property
    def queue(self) -> LineList[Row]:
        """The list of tickets."""
        return self.query_one("#queue", LineList)

    @property
    def pager(self) -> Pager:
        """The conversation."""
        return self.query_one("#talk", Pager)

    @property
    def ref(self) -> TicketRef | None:
        """The selected ticket; it stays selected when it leaves the list."""
        selected = self.queue.selected
        return selected if isinstance(selected, TicketRef) else None

    @property
    def marked(self) -> Sequence[TicketRef]:
        """The marked tickets, also those that are not in the list at the moment."""
        return [key for key in self.queue.marked if isinstance(key, TicketRef)]

    def unmark(self) -> None:
        """Forget the marks."""
        self.queue.unmark()
        self._draw_queue_title()

    @property
    def reading(self) -> bool:
        """Whether the conversation lies over the queue."""
        return self.has_class("-reading")

    @property
    def wide(self) -> bool:
        """Whether all three panes are in sight."""
        return self.has_class("-wide")

    def on_mount(self) -> None:
        """Times grow old on their own."""
        self.set_interval(20, self._tick)

    def on_screen_suspend(self) -> None:
        """Another screen may change what is drawn here."""
        self._was_covered = True

    def on_screen_resume(self) -> None:
        """A draft may have been written meanwhile."""
        if self._was_covered:
            self._was_covered = False
            self.redraw()

    def _tick(self) -> None:
        self._draw_top()
        self.queue.refresh()

    def on_resize(self) -> None:
        """Other widths show other panes."""
        self.set_class(self.size.width >= VAST, "-vast")
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        if self.is_current and (self.focused is None or not self.focused.region):
            self.set_focus(self.pager if self.reading else self.queue)  # what had the keys is out of sight
        self._draw_top()
        self.draw_keys()
        self._draw_queue_title()
        if self._whole and (self.reading or self.wide):
            self.show_talk()
            self._draw_talk_title()

    def unveil(self) -> None:
        """Draw the first screenful; the conversation beside it comes later."""
        if self.wide or self.reading:
            self.leave(self.query_one("#talk-pane"))
        super().unveil()

    def furnish(self) -> None:
        """Add the line for the filter's letters: it costs more than all the rest of the screen."""
        if not self.query(FilterLine):
            self.query_one("#queue-pane", Pane).mount(FilterLine(), after="#queue-title")

    def complete(self) -> None:
        """Draw the conversation beside the queue."""
        self._whole = True
        self._resized()
        self.lift()

    def redraw(self) -> None:
        """Read the desk again; nothing moves under the cursor."""
        self.refill()
        if not self._counting:
            self._counting = True
            self.call_after_refresh(self._count)

    def _count(self) -> None:
        """Count the views once the rows are drawn: with very many tickets it takes longer than a key may."""
        self._counting = False
        self.views = self.desk.views()
        self._fill_views()
        self._draw_queue_title()

    def refill(self) -> None:
        """Read the queue again."""
        if self.awaited:
            return
        try:
            live = self.desk.queue(self.view, self.letters)
        except NotFoundError:  # a service's view that is gone
            self.view, self.letters = "open", ""
            live = self.desk.queue(self.view)
        filling, self._filling = self._filling, any(desk.synced_at is None for desk in self.desk.status().desks)
        settled = self.steady is not None and self.steady.order and not filling
        self.steady = self.steady.after(live) if self.steady is not None and settled else Steady(live)
        self.queue.fill(self.steady, self._place)
        self._draw_top()
        self._draw_queue_title()
        if self._whole and (self.reading or (self.wide and self.drawn in (None, self.ref))):
            self.show_talk()  # beside the list that of another ticket comes in a moment: letters do not wait for it

    def _place(self, selected: object) -> int | None:
        return self.steady.index_of(selected) if self.steady and isinstance(selected, TicketRef) else None

    def _fill_views(self) -> None:
        views: LineList[ViewCount] = self.query_one("#views", LineList)
        views.selected = self.view
        views.fill(self.views)
        self.queue.leaps = len(self.views) > MOST_BESIDE

    def _draw_top(self) -> None:
        bar = self.query_one("#top", Bar)
        newer = self.steady.newer if self.steady is not None else 0
        status = self.desk.status()
        resume = key_of(self.app, RESUME) if status.paused is not None else ""
        now, demo = self.console.now(), self.console.demo
        bar.draw(status_line(status, self.size.width, now, demo=demo, newer=newer, resume=resume))
        words, banner = status.banner, self.query_one("#banner", Bar)
        banner.display = bool(words)
        banner.draw(*paragraphs(words, self.size.width - 2, style="flag", indent=" "))

    def _draw_queue_title(self) -> None:
        view = next((view for view in self.views if view.id == self.view), None)
        name = view.name if view else self.view.capitalize()
        found = counted(len(self.steady or ()), "ticket") if self.steady or not self._coming() else ""
        found = f"the first {found}" if view and view.more and not self.letters else found
        looking = " …looking" if self.awaited else ""
        letters = (("  / ", "key"), (self.letters, "accent"), (looking, "dim")) if self.letters else ()
        marked = len(self.queue.marked)
        marks = ((f"  {glyphs.MARK} {marked:,} marked", "key"),) if marked else ()
        self.query_one("#queue-title", Bar).draw(line((f" {name}", "strong"), (f"  {found}", "dim"), *marks, *letters))

    def _view_line(self, view: ViewCount, width: int) -> Line:
        number = next((n for n, other in enumerate(self.views, 1) if other.id == view.id), VIEW_KEYS + 1)
        return view_line(view, number, width, current=view.id == self.view)

    def _ticket_line(self, row: Row, width: int) -> Line:
        names = self.desk.accounts
        desks = max(map(len, names)) if len(names) > 1 else 0
        return ticket_line(row, width, self.console.now(), desks=desks, marked=row.ref in self.queue.marked)

    def _no_rows(self, width: int) -> Sequence[Line]:
        return [Line(), *paragraphs(self._why_empty(), min(width, 76) - 2, style="dim", indent="  ")]

    def _coming(self) -> bool:
        """Whether tickets are being read, or will be as soon as the console has started."""
        status = self.desk.status()
        return bool(status.syncing) or all(
            desk.online is None and desk.synced_at is None and not desk.read and not desk.trouble
            for desk in status.desks
        )

    def _why_empty(self) -> str:
        status = self.desk.status()
        if self.letters:
            return f"No ticket here fits “{self.letters}”. esc shows them all again."
        if self._coming():
            return "The first tickets are on their way…"
        trouble = [desk for desk in status.desks if desk.trouble]
        if trouble and all(desk.synced_at is None for desk in status.desks):
            first = trouble[0]
            why = first.trouble.removeprefix(f"{first.name}: ")
            return f"{first.name} could not be read: {why} R tries again; `supportdesk doctor` looks closer."
        if read := sum(desk.read for desk in status.desks):
            here = f"None of the {counted(read, 'ticket')} read so far is in this view."
            return f"{here} More come every minute; R asks for them now."
        if any(desk.synced_at is None for desk in status.desks):
            return "Nothing was fetched yet. R asks the services now."
        return "Nothing here, and that is that. ] goes to the next view."

    def let_move_along(self) -> None:
        """Let the conversation move along with the queue beside it: `show_beside` draws another in a moment."""
        if not self.queue.leaps:
            self.loosen(self.pager.text_region)

    def show_beside(self) -> None:
        """Show the conversation of the ticket that the cursor has come to rest on."""
        self.show_talk()
        self.fasten(self.pager)

    def show_talk(self) -> None:
        """Draw the selected ticket's conversation, and fetch it once where it was never read."""
        ref = self.ref
        reading = self.desk.read(ref) if ref is not None else None
        if ref is None or reading is None:
            self.drawn = self.last = None
            self._draw_talk_title()
            self.pager.show(self._nothing_chosen)
            return
        if not reading.loaded and ref not in self.asked:
            self.asked.add(ref)
            self._fetch(ref)
        same, self.drawn = ref == self.drawn, ref
        if same and self.everything == self._laid and reading == self.last:
            return
        self.last = reading
        self._laid = self.everything = self.everything and same
        if not same:
            self.flag = -1
            self._draw_as_read()
        self._draw_talk_title()
        now, trouble = self.console.now(), self.trouble.get(ref, "")

        def lay(width: int) -> Sequence[Line]:
            self.told = late.talk.talk(reading, width, now, everything=self.everything, trouble=trouble)
            return self.told.lines

        self.pager.show(lay, keep=same)
        if self.to_flag == ref:
            self.go_to_flag(0)
            self.to_flag = None if reading.loaded else ref

    def _draw_talk_title(self) -> None:
        bar = self.query_one("#talk-title", Bar)
        width = bar.size.width or self.size.width
        bar.draw(late.talk.title(self.last.ticket, width) if self.last is not None else Line())

    def _draw_as_read(self) -> None:
        """The row of what is read is bold no longer, whatever else has the queue drawn again."""
        row = self.queue.row
        if self.steady is not None and row is not None and row.ref == self.ref and row.unread:
            self.steady.seen(self.queue.index)
            self.queue.refresh_line(self.queue.index)

    def _row_of_flag(self, number: int) -> int:
        """The row above a flagged answer."""
        return self.told.flags[number] - (not self.has_class("-short"))

    def _reached(self, number: int) -> int:
        """The row that a flagged answer is gone to at."""
        if number >= len(self.told.flags):
            return 0
        self.flag = number
        return self._row_of_flag(number)

    def show_newest(self) -> None:
        """Show the newest entry of the conversation, where it is in sight."""
        if self.wide or self.reading:
            self.redraw()
            self.pager.go_to(lambda: self.told.newest - 1)

    def go_to_flag(self, number: int) -> None:
        """Show one of the flagged answers of this conversation."""
        self.pager.go_to(partial(self._reached, number))

    def _nothing_chosen(self, width: int) -> Sequence[Line]:
        return [Line(), *paragraphs("No ticket is selected.", width - 2, style="dim", indent="  ")]

    @work(group="conversation")
    async def _fetch(self, ref: TicketRef) -> None:
        try:
            await self.desk.refresh(ref)
        except ServiceError as problem:
            self.trouble[ref] = f"{problem.message} {problem.hint} R tries again.".replace("  ", " ")
        except SupportdeskError as problem:
            self.trouble[ref] = f"{problem.message} {problem.hint}".strip()
        else:
            self.trouble.pop(ref, None)
        self.last = None
        if ref == self.drawn:
            self.show_talk()


def _view_id(view: ViewCount) -> str:
    return view.id


def _ref(row: Row) -> TicketRef:
    return row.ref
