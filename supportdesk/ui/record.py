"""What the desk has learned, and the answer that it asks about now and then: two screens."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from supportdesk.desk import DeskRecord, Sample
from supportdesk.insight.learning import ONE_IN
from supportdesk.insight.record import ENOUGH, BandRecord
from supportdesk.insight.teamwords import TeamWord
from supportdesk.model import Band, Decision
from supportdesk.ui import glyphs
from supportdesk.ui.cells import Line, Piece, line, pad, paragraphs
from supportdesk.ui.inert import Bar, Headline
from supportdesk.ui.keys import key
from supportdesk.ui.lines import Pager
from supportdesk.ui.picker import Choice, Picker
from supportdesk.ui.screens import DeskScreen
from supportdesk.ui.words import ago, counted, moment

MEASURE = 100
NAME, BAR = 11, 20
_QUESTION_LINES = 12
NO_PHRASE = "Your team has added no phrase yet: T adds one."
_STYLES = {Band.LIKELY: "flag strong", Band.POSSIBLE: "flag", Band.WEAK: "dim"}


class RecordScreen(DeskScreen[bool]):
    """How right the flags were on each desk, what was missed, what has faded, and the team's own words.

    It closes with whether a phrase was taken away.
    """

    AUTO_FOCUS = "#record"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,q", "leave", "back", "Back to where you were", id="record.leave", show=True),
        key(
            "x",
            "remove",
            "take a phrase away",
            "Let one of the team's phrases no longer count",
            id="record.remove",
            show=True,
        ),
        key("j,down", "scroll(1)", "down", "Scroll down", id="record.down"),
        key("k,up", "scroll(-1)", "up", "Scroll up", id="record.up"),
        key("ctrl+d,pagedown", "scroll(10)", "page down", "Scroll half a page down", id="record.page_down"),
        key("ctrl+u,pageup", "scroll(-10)", "page up", "Scroll half a page up", id="record.page_up"),
        key("g,home", "scroll(-100000)", "top", "To the top", id="record.top"),
        key("G,end", "scroll(100000)", "bottom", "To the end", id="record.bottom"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.removed = False

    def compose(self) -> ComposeResult:
        """A heading and the record."""
        whence = "   from your verdicts, kept on this machine"
        yield Headline(line((" What this desk has learned", "strong"), (whence, "dim")), classes="screen-title")
        yield Pager(id="record")
        yield Bar(id="keys")

    def redraw(self) -> None:
        """Read the record again."""
        records, words, now = self.desk.teaching.records(), self.desk.teaching.words, self.console.now()
        self.query_one("#record", Pager).show(lambda width: list(record_lines(records, words, width, now)), keep=True)

    def reason(self, id_: str) -> str:
        """Without phrases there is none to take away."""
        return NO_PHRASE if id_ == "record.remove" and not self.desk.teaching.words else ""

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(self.removed)

    def action_scroll(self, rows: int) -> None:
        """Scroll."""
        self.query_one("#record", Pager).scroll_by(rows)

    async def action_remove(self) -> None:
        """Ask which phrase."""
        words = self.desk.teaching.words
        if not words:
            self.console.say(NO_PHRASE)
            return
        choices = [Choice(one.phrase, one.phrase, one.added_by) for one in words]
        await self.app.push_screen(Picker("Which phrase no longer counts?", choices), self._remove)

    def _remove(self, phrase: str | None) -> None:
        if phrase is not None and self.attempt(lambda: self.desk.teaching.remove_word(phrase)) is not None:
            self.removed = True
            self.console.say(f"“{phrase}” no longer counts.")
            self.redraw()


class SampleScreen(DeskScreen[Decision | None]):
    """An answer that was not flagged, with the question before it; closes with the verdict, or with none."""

    AUTO_FOCUS = "#sample"
    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "C", "decide('confirmed')", "a workaround", "It hides a bug: it was missed", id="sample.confirm", show=True
        ),
        key("W", "decide('dismissed')", "not one", "It is no workaround for a bug", id="sample.dismiss", show=True),
        key("escape,q", "leave", "skip", "Say nothing; nobody asks again", id="sample.leave", show=True),
        key("j,down", "scroll(1)", "down", "Scroll down", id="sample.down"),
        key("k,up", "scroll(-1)", "up", "Scroll up", id="sample.up"),
        key("ctrl+d,pagedown", "scroll(10)", "page down", "Scroll half a page down", id="sample.page_down"),
        key("ctrl+u,pageup", "scroll(-10)", "page up", "Scroll half a page up", id="sample.page_up"),
        key("g,home", "scroll(-100000)", "top", "To the top", id="sample.top"),
        key("G,end", "scroll(100000)", "bottom", "To the end", id="sample.bottom"),
    ]

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self.sample = sample

    def compose(self) -> ComposeResult:
        """The question that is asked, and the answer."""
        yield Headline(line((" One we did not flag: is this a workaround?", "strong")), classes="screen-title")
        yield Pager(id="sample")
        yield Bar(id="keys")

    def redraw(self) -> None:
        """Lay the answer out."""
        now = self.console.now()
        pager = self.query_one("#sample", Pager)
        pager.show(lambda width: list(sample_lines(self.sample, width, now)), keep=True)

    def action_decide(self, decision: str) -> None:
        """The verdict."""
        self.dismiss(Decision(decision))

    def action_leave(self) -> None:
        """No verdict."""
        self.dismiss(None)

    def action_scroll(self, rows: int) -> None:
        """Scroll."""
        self.query_one("#sample", Pager).scroll_by(rows)


def sample_lines(sample: Sample, width: int, now: datetime) -> Iterator[Line]:
    """The ticket, what was asked, our answer."""
    width = min(width, MEASURE)
    yield Line()
    yield from paragraphs(f"{sample.ref}  {sample.subject}", width - 1, style="strong", indent=" ")
    yield Line()
    asked = [*paragraphs(sample.question, width - 4, style="dim", indent=f"  {glyphs.QUOTE} ")]
    yield from asked[:_QUESTION_LINES]
    if len(asked) > _QUESTION_LINES:
        yield line((f"  {glyphs.QUOTE} …", "dim"))
    yield Line()
    answer = sample.answer
    yield line(
        " ", (answer.author.name, "strong"), (f" {glyphs.DOT} us {glyphs.DOT} ", "dim"), moment_piece(sample, now)
    )
    yield from paragraphs(answer.body, width - 2, indent="  ")
    yield Line()
    words = f"One in {ONE_IN} verdicts asks about an answer without a flag, so that the desk learns what it misses."
    yield from paragraphs(words, width - 2, style="dim", indent="  ")


def moment_piece(sample: Sample, now: datetime) -> Piece:
    """When it was answered."""
    return Piece(moment(sample.answer.created_at, now), "dim")


def record_lines(records: Sequence[DeskRecord], words: Sequence[TeamWord], width: int, now: datetime) -> Iterator[Line]:
    """Desk by desk, then the words that all of them share."""
    width = min(width, MEASURE)
    for record in records:
        yield Line()
        said = counted(record.verdicts, "verdict") if record.verdicts else "no verdict yet"
        yield line(" ", (record.desk, "accent"), (f"  {said}", "dim"))
        if not record.verdicts:
            yield from paragraphs(_elsewhere(record), width - 2, style="dim", indent="  ")
            continue
        for band in record.bands:
            yield from _band(band, width)
        yield from _rest(record, width)
    yield Line()
    yield line((" Your team's own words", "accent"))
    for word in words:
        yield line(("  ", ""), (f"“{word.phrase}”", ""), (f"  {word.added_by}, {ago(word.at, now)}", "dim"))
    taken = "T on an answer adds one, x here takes one away." if words else "None yet: T on an answer adds one."
    yield from paragraphs(taken, width - 2, style="dim", indent="  ")


def _elsewhere(record: DeskRecord) -> str:
    """What its flags are worth while nobody has judged one."""
    told = [f"{one.band} {one.elsewhere.confirmed:,} of {one.elsewhere.total:,}" for one in record.bands]
    where = f" in {record.where}" if record.where else ""
    return f"Its flags quote what was measured{where}, where so many were workarounds: {', '.join(told)}."


def _band(band: BandRecord, width: int) -> Iterator[Line]:
    here, elsewhere = band.here, band.elsewhere
    name = Piece(pad(band.band.value, NAME), _STYLES[band.band])
    words = f"of {here.total:,} you confirmed {here.confirmed:,}" if here.total else "no verdict on these yet"
    yield Line((Piece("  "), name, *_bar(band), Piece("  "), Piece(words)))
    told = [f"{100 * band.low:.0f} to {100 * band.high:.0f} of 100 are right"] if here.total else []
    if not band.enough and elsewhere.total:
        told.append(f"measured elsewhere: {elsewhere.confirmed:,} of {elsewhere.total:,}")
    yield from _under("; ".join(told), width) if told else ()


def _under(words: str, width: int) -> Iterator[Line]:
    return paragraphs(words, width - 1, style="dim", indent=" " * (NAME + 2))


def _bar(band: BandRecord) -> tuple[Piece, ...]:
    """From none to all of them: where the true share lies, and in it the share that was confirmed."""
    if not band.here.total:
        return (Piece(glyphs.RULE * BAR, "rule"),)
    low, high = int(band.low * BAR), min(BAR - 1, int(band.high * BAR))
    at = min(BAR - 1, int(BAR * band.here.confirmed / band.here.total))
    return (
        Piece(glyphs.RULE * low, "rule"),
        Piece("━" * (at - low), "flag"),
        Piece(glyphs.ONLINE, "flag"),
        Piece("━" * (high - at), "flag"),
        Piece(glyphs.RULE * (BAR - 1 - high), "rule"),
    )


def _rest(record: DeskRecord, width: int) -> Iterator[Line]:
    told = [("missed", record.missed or f"not known yet: one in {ONE_IN} verdicts asks about an answer without a flag")]
    if record.found:
        told.append(("found", f"{record.found:,} by you that the rules had missed"))
    told += [("faded", words) for words in record.faded]
    if not all(band.enough for band in record.bands):
        where = f" in {record.where}" if record.where else ""
        told.append(("trust", f"a flag quotes what was measured{where} until its band has {ENOUGH} verdicts here"))
    for name, words in told:
        first, *others = paragraphs(words, width - NAME - 3)
        yield Line((Piece("  "), Piece(pad(name, NAME), "dim"), *first.pieces))
        yield from (Line((Piece(" " * (NAME + 2)), *other.pieces)) for other in others)
