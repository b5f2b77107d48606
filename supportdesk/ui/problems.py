"""The problems behind the flags, the one that hits most customers first, with the chosen one told below."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from supportdesk.desk import Problem, Problems
from supportdesk.errors import SupportdeskError
from supportdesk.model import Row, TicketRef
from supportdesk.ui import glyphs
from supportdesk.ui.cells import Line, Mark, Piece, line, pad, pad_left, paragraphs
from supportdesk.ui.inert import Bar
from supportdesk.ui.keys import key
from supportdesk.ui.lines import LineList, Pager
from supportdesk.ui.rows import ticket_line
from supportdesk.ui.screens import DeskScreen
from supportdesk.ui.words import ago, counted

MOST_TICKETS = 50  # of a problem, told below the list
ISSUE, WIDE = 14, 60  # cells of an issue, and columns from which on there is room for it
HEAD, NARROW_HEAD = " customers  tickets  issue          problem", " cust. problem"
NOT_ONE = (
    "No workaround was given on more than one ticket. As soon as one is, it stands here, with how often it was given "
    "and to how many customers; esc goes back."
)


class ProblemsScreen(DeskScreen[TicketRef | None]):
    """Workarounds that were given again and again; closes with the ticket to open, if any."""

    AUTO_FOCUS = "#problems"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "open", "open the ticket", "Go to the ticket that is most typical of it", id="problems.open",
            show=True),
        key("escape,q", "leave", "back", "Back to the queue", id="problems.leave", show=True),
        key("j,down", "move(1)", "down", "The next problem", id="problems.down", show=True),
        key("k,up", "move(-1)", "up", "The problem before", id="problems.up", show=True),
        key("g,home", "move(-10000000)", "top", "The problem that hits most customers", id="problems.top"),
        key("G,end", "move(10000000)", "bottom", "The problem that hits fewest", id="problems.bottom"),
        key("ctrl+d,pagedown", "scroll(10)", "page down", "Scroll what is told of it down", id="problems.page_down"),
        key("ctrl+u,pageup", "scroll(-10)", "page up", "Scroll what is told of it up", id="problems.page_up"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.found: Problems | None = None
        self.trouble = ""
        self.so_far = "the answers are being compared…"

    def compose(self) -> ComposeResult:
        """The list, and what there is to know about the chosen problem."""
        yield Bar(id="problems-title", classes="screen-title")
        with Vertical(id="problems-panes"):
            yield Bar(id="problems-head")
            yield LineList(_row, _id, empty=self._nothing, id="problems")
            yield Pager(id="problem")
        yield Bar(id="keys")

    def on_mount(self) -> None:
        """Compare the answers once; keys are answered meanwhile."""
        self._ask()

    def on_resize(self) -> None:
        """Other widths have other columns."""
        self.call_after_refresh(self.redraw)

    @work(group="problems")
    async def _ask(self) -> None:
        try:
            self.found = await self.desk.problems(self._progressed)
        except SupportdeskError as problem:
            self.trouble = f"{problem.message} {problem.hint}".strip()
        if self in self.app.screen_stack:  # who has left it takes its parts away
            self.redraw()

    def _progressed(self, words: str) -> None:
        if self in self.app.screen_stack:
            self.so_far = f"{words}…"
            self._title()

    @property
    def _list(self) -> LineList[Problem]:
        return self.query_one("#problems", LineList)

    def redraw(self) -> None:
        """Draw what is known so far."""
        several = self.found.problems if self.found is not None else ()
        self._list.fill(several)
        head = HEAD if self.size.width >= WIDE else NARROW_HEAD
        self.query_one("#problems-head", Bar).draw(line((head, "dim")))
        self._list.styles.height = max(3, min(len(several), self.size.height // 3))
        self._title()
        self._tell(keep=True)

    def _title(self) -> None:
        words = self._counts() if self.found is not None else self.so_far
        self.query_one("#problems-title", Bar).draw(line((" Problems  ", "strong"), (words, "dim")))

    def _counts(self) -> str:
        found = self.found or Problems(problems=(), beside=0)
        beside = f", {counted(found.beside, 'flagged ticket')} beside them" if found.beside else ""
        return counted(len(found.problems), "workaround") + " given more than once" + beside

    def _tell(self, *, keep: bool = False) -> None:
        chosen = self._list.row
        rows = self.desk.rows(chosen.refs[:MOST_TICKETS]) if chosen is not None else []
        lay = partial(_told, chosen, rows, self.console.now())
        self.query_one("#problem", Pager).show(lambda width: list(lay(width)), keep=keep)

    def _nothing(self, width: int) -> Sequence[Line]:
        if self.trouble:
            return list(paragraphs(self.trouble, width - 2, style="danger", indent=" "))
        words = NOT_ONE if self.found is not None else "Comparing what the flagged answers tell customers to do…"
        return list(paragraphs(words, min(width, 80) - 2, style="dim", indent=" "))

    def on_line_list_moved(self) -> None:
        """A click chose another problem."""
        self._tell()

    def on_line_list_opened(self) -> None:
        """A second click opens its ticket."""
        self.action_open()

    def action_move(self, rows: int) -> None:
        """Another problem."""
        self._list.move(rows)
        self._tell()

    def action_scroll(self, rows: int) -> None:
        """Scroll what is told of the chosen one."""
        self.query_one("#problem", Pager).scroll_by(rows)

    def action_open(self) -> None:
        """Go to its most typical ticket."""
        chosen = self._list.row
        self.dismiss(chosen.refs[0] if chosen is not None else None)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)


def _id(problem: Problem) -> TicketRef:
    return problem.refs[0]


def _row(problem: Problem, width: int) -> Line:
    """Its counts, its issue where there is room for one, and what the customers wrote of."""
    issue = str(problem.escalation.issue) if problem.escalation is not None else ""
    counts = f"{pad_left(f'{problem.customers:,}', 9)}{pad_left(f'{len(problem.refs):,}', 9)}  "
    if width < WIDE:
        counts, issue = f"{pad_left(f'{problem.customers:,}', 5)} ", ""
    pieces = [Piece(" "), Piece(counts, "dim"), *([Piece(pad(issue, ISSUE) + " ", "good")] if width >= WIDE else [])]
    room = width - sum(len(piece.text) for piece in pieces)
    return Line((*pieces, Piece(pad(problem.subject or "(no subject)", max(1, room)))))


def _told(problem: Problem | None, rows: Sequence[Row], now: datetime, width: int) -> Iterator[Line]:
    """What it cost, what stands between it and a fix, the answer with its evidence underlined, and its tickets."""
    if problem is None:
        return
    yield Line()
    yield line(" ", (problem.subject or "(no subject)", "strong"))
    cost = f"The same workaround on {counted(len(problem.refs), 'ticket')} of {counted(problem.customers, 'customer')}"
    since = f"; the first of them wrote {ago(problem.since, now)}."
    yield from paragraphs(f"{glyphs.FLAG} {cost}{since}", width - 2, style="flag", indent=" ")
    yield from paragraphs(_next(problem), width - 2, style="dim", indent=" ")
    yield Line()
    marks = [Mark(one.start, one.end, "evidence") for one in problem.finding.evidence if one.weight > 0]
    yield from paragraphs(problem.advice, min(width, 100) - 2, marks=marks, indent="  ")
    yield Line()
    desks = max(len(row.ref.desk) for row in rows) if len({row.ref.desk for row in rows}) > 1 else 0
    for row in rows:
        yield ticket_line(row, width, now, desks=desks)
    if (more := len(problem.refs) - len(rows)) > 0:
        yield line(f"  and {counted(more, 'ticket')} more")


def _next(problem: Problem) -> str:
    link = problem.escalation
    if link is not None:
        return f"Filed as {link.issue}. A ticket that is not linked yet joins it with B."
    return "No issue yet. enter opens its most typical ticket, b there makes the issue."
