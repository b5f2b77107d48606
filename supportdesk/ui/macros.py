"""The macros whose text is itself a workaround, the most used first, with the chosen one's words below."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from supportdesk.desk import MacroReport
from supportdesk.errors import SupportdeskError
from supportdesk.insight.macros import Smell
from supportdesk.ui import glyphs
from supportdesk.ui.cells import Line, Mark, Piece, line, pad, pad_left, paragraphs
from supportdesk.ui.inert import Bar
from supportdesk.ui.keys import key
from supportdesk.ui.lines import LineList, Pager
from supportdesk.ui.screens import DeskScreen
from supportdesk.ui.words import counted, verdict_sentence

COUNT = 6


class MacrosScreen(DeskScreen[None]):
    """Prepared words that hide a bug from every customer who gets them."""

    AUTO_FOCUS = "#macros"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,q", "leave", "back", "Back to where you were", id="macros.leave", show=True),
        key("j,down", "move(1)", "down", "The next macro", id="macros.down", show=True),
        key("k,up", "move(-1)", "up", "The macro before", id="macros.up", show=True),
        key("g,home", "move(-100000)", "top", "The macro used most", id="macros.top"),
        key("G,end", "move(100000)", "bottom", "The macro used least", id="macros.bottom"),
        key("ctrl+d,pagedown", "scroll(10)", "page down", "Scroll the chosen one's words down", id="macros.page_down"),
        key("ctrl+u,pageup", "scroll(-10)", "page up", "Scroll the chosen one's words up", id="macros.page_up"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.report: MacroReport | None = None
        self.trouble = ""
        self.so_far = "being read…"

    def compose(self) -> ComposeResult:
        """The list, and what there is to know about the chosen macro."""
        yield Bar(id="macros-title")
        with Vertical(id="macros-panes"):
            yield Bar(line((" answers  customers  30 days  macro", "dim")), id="macros-head")
            yield LineList(_row, _id, empty=self._nothing, id="macros")
            yield Pager(id="macro")
        yield Bar(id="keys")

    def on_mount(self) -> None:
        """Ask once; the answers on disk are looked through meanwhile."""
        self._ask()

    @work(group="macros")
    async def _ask(self) -> None:
        try:
            self.report = await self.desk.teaching.macros(self._progressed)
        except SupportdeskError as problem:
            self.trouble = f"{problem.message} {problem.hint}".strip()
        if self in self.app.screen_stack:  # who has left it takes its parts away
            self.redraw()

    def _progressed(self, words: str) -> None:
        if self in self.app.screen_stack:
            self.so_far = f"{words}…"
            self._title()

    @property
    def _list(self) -> LineList[Smell]:
        return self.query_one("#macros", LineList)

    def redraw(self) -> None:
        """Draw what is known so far."""
        report = self.report
        found = report.smells if report is not None else ()
        self._list.fill(found)
        self._list.styles.height = max(3, min(len(found), self.size.height // 3))
        self._title()
        self._tell(keep=True)

    def _title(self) -> None:
        report, words = self.report, self.so_far
        if report is not None:
            words = f"{len(report.smells)} of {counted(report.macros, 'macro')}"
        self.query_one("#macros-title", Bar).draw(line((" Macros that are workarounds  ", "strong"), (words, "dim")))

    def _tell(self, *, keep: bool = False) -> None:
        notes = self.report.notes if self.report is not None else ()
        lay = partial(_told, self._list.row, notes)
        self.query_one("#macro", Pager).show(lambda width: list(lay(width)), keep=keep)

    def _nothing(self, width: int) -> Sequence[Line]:
        if self.trouble:
            return list(paragraphs(self.trouble, width - 2, style="danger", indent=" "))
        words = "Reading the macros…"
        if self.report is not None:
            some = self.report.macros
            words = "None of the macros reads like a workaround." if some else "There are no macros here."
        return list(paragraphs(words, width - 2, style="dim", indent=" "))

    def on_line_list_moved(self) -> None:
        """A click chose another macro."""
        self._tell()

    def action_move(self, rows: int) -> None:
        """Another macro."""
        self._list.move(rows)
        self._tell()

    def action_scroll(self, rows: int) -> None:
        """Scroll what is told of the chosen one."""
        self.query_one("#macro", Pager).scroll_by(rows)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)


def _id(smell: Smell) -> str:
    return f"{smell.macro.desk} {smell.macro.id}"


def _row(smell: Smell, width: int) -> Line:
    used = "?" if smell.macro.used is None else f"{smell.macro.used:,}"
    counts = f"{pad_left(f'{smell.uses:,}', COUNT + 2)}{pad_left(f'{smell.customers:,}', COUNT + 5)}{pad_left(used, 9)}"
    return Line((Piece(" "), Piece(counts, "dim"), Piece("  "), Piece(pad(smell.macro.name, max(8, width - 33)))))


def _told(smell: Smell | None, notes: Sequence[str], width: int) -> Iterator[Line]:
    """The chosen macro's words with what speaks for a workaround underlined, then what could not be read."""
    if smell is not None:
        finding = smell.finding
        yield Line()
        yield line(" ", (smell.macro.name, "strong"), (f"  {smell.macro.desk}", "dim"))
        words = f"{glyphs.FLAG} {verdict_sentence(finding.kind, finding.band)}"
        yield from paragraphs(words, width - 2, style="flag", indent=" ")
        used = f"{counted(smell.uses, 'answer')} on disk to {counted(smell.customers, 'customer')}"
        service = (
            f"; used {smell.macro.used:,} times in 30 days, says the service" if smell.macro.used is not None else ""
        )
        yield from paragraphs(used + service, width - 2, style="dim", indent=" ")
        yield Line()
        marks = [Mark(one.start, one.end, "evidence") for one in finding.evidence if one.weight > 0]
        yield from paragraphs(smell.macro.body, min(width, 100) - 2, marks=marks, indent="  ")
    yield Line()
    for note in notes:
        yield from paragraphs(note, width - 2, style="dim", indent=" ")
