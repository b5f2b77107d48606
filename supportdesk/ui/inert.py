"""The only widgets that show strangers' text, and the filter that stands last between it and the terminal."""

from collections.abc import Iterable, Sequence
from functools import cache, cached_property

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from supportdesk.text import clean
from supportdesk.ui.cells import Line, Piece, unsure
from supportdesk.ui.glyphs import STAND_INS, encodes

STYLES = (
    "dim",
    "strong",
    "accent",
    "flag",
    "danger",
    "good",
    "evidence",
    "match",
    "internal",
    "public",
    "queued",
    "head",
    "cursor",
    "cursor-idle",
    "key",
    "rule",
    "public-word",
    "internal-word",
)
COMPONENTS = {f"line--{name}" for name in STYLES}
MOST_PAINTED = 256  # lines of a widget that are kept as cells: more than a tall screen shows


class ControlFilter(LineFilter):
    """Cleans every line on its way to the terminal, so that a string that was missed does no harm either."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without anything a terminal would obey."""
        if all(segment.control or segment.text.isprintable() for segment in segments):
            return segments
        return [self._harmless(segment) for segment in segments]

    def _harmless(self, segment: Segment) -> Segment:
        if segment.control or segment.text.isprintable():
            return segment
        return Segment(clean(segment.text, multiline=False), segment.style)


class AsciiFilter(LineFilter):
    """Puts stand-ins of the same width where a terminal's encoding has no sign of ours."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self.encoding = encoding

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments in characters that the terminal can take."""
        return [s if s.control or s.text.isascii() else Segment(self._plain(s.text), s.style) for s in segments]

    def _plain(self, text: str) -> str:
        text = text.translate(STAND_INS)
        return "".join(c if self._encodes(c) else "?" * cell_len(c) for c in text)

    def _encodes(self, character: str) -> bool:
        try:
            character.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True


@cache
def last_filters(encoding: str) -> Sequence[LineFilter]:
    """What everything passes last; the same ones every time: a line remembers what a filter has made of it."""
    return [ControlFilter()] if encodes(encoding) else [ControlFilter(), AsciiFilter(encoding)]


class Painter(Widget):
    """Draws lines of styled text cell by cell; what they say is never read as markup.

    Their styles are components of its screen: reckoned once, and not once for every widget of it.
    """

    _ground: Style | None = None

    def notify_style_update(self) -> None:
        """Forget the styles of the theme before."""
        self._palette.clear()
        self._painted.clear()
        super().notify_style_update()

    @cached_property
    def _palette(self) -> dict[str, Style]:
        return {}

    @cached_property
    def _painted(self) -> dict[tuple[Line, int, str, Style], Strip]:
        return {}

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of one frame, all on the same ground: it is reckoned from every widget around this one."""
        self._ground = None
        return super().render_lines(crop)

    @property
    def ground(self) -> Style:
        """What the lines of this frame stand on."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    def paint(self, line: Line, width: int, over: str = "") -> Strip:
        """A line as cells, exactly `width` wide; `over` is laid over the line's own fill.

        A line that was painted before is the same strip again, which remembers what Textual has made of it.
        """
        if self._ground is None:
            self._ground = self.rich_style
        known = (line, width, over, self._ground)
        strip = self._painted.get(known)
        if strip is None:
            fill = self._ground + self._ink(line.fill) + self._ink(over)
            cells = (Segment(text, fill + self._ink(style)) for text, style in _with_room(line, width) if text)
            if len(self._painted) >= MOST_PAINTED:
                self._painted.clear()
            strip = self._painted[known] = Strip(_joined(cells)).adjust_cell_length(width, fill)
        return strip

    def _ink(self, names: str) -> Style:
        style = self._palette.get(names)
        if style is None:
            style = Style()
            for name in names.split():
                style += self.screen.get_component_rich_style(f"line--{name}", partial=True)
            self._palette[names] = style
        return style


def _with_room(line: Line, width: int) -> Sequence[Piece]:
    """The pieces, the last one with the room behind it where a terminal may need more cells than we reckon with."""
    if not line.pieces or "evidence" in line.pieces[-1].style or not unsure(line.pieces[-1].text):
        return line.pieces
    *before, (text, style) = line.pieces
    return [*before, Piece(text + " " * (width - cell_len(line.text)), style)]


def _joined(cells: Iterable[Segment]) -> list[Segment]:
    """Neighbours of one style as one, for slow lines; what is of uncertain width stays by itself, where it is held."""
    found: list[Segment] = []
    for cell in cells:
        last = found[-1] if found else None
        if last is None or last.style != cell.style or unsure(last.text) or unsure(cell.text):
            found.append(cell)
        else:
            found[-1] = Segment(last.text + cell.text, cell.style)
    return found


class Bar(Painter):
    """A few fixed lines, cut at its edge: the status line, titles, the keys."""

    DEFAULT_CSS = "Bar { height: auto; width: 1fr; }"

    def __init__(self, *lines: Line, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.lines: Sequence[Line] = lines or (Line(),)

    def draw(self, *lines: Line) -> None:
        """Show other lines, where they are others."""
        if lines == self.lines:
            return
        taller = len(lines) != len(self.lines)
        self.lines = lines
        self.refresh(layout=taller)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines."""
        return len(self.lines)

    def render_line(self, y: int) -> Strip:
        """One row."""
        width = self.size.width
        return self.paint(self.lines[y], width) if y < len(self.lines) else Strip.blank(width, self.ground)


class Headline(Bar):
    """A screen's name with words behind it, which are left out where they would be cut."""

    def render_line(self, y: int) -> Strip:
        """The one row."""
        width, (name, *_) = self.size.width, self.lines[0].pieces
        return self.paint(self.lines[0] if cell_len(self.lines[0].text) <= width else Line((name,)), width)


class Inert(Static):
    """A static text that is shown as it is: never markup, never a link."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(Content(text), id=id, classes=classes, markup=False)

    def say(self, text: str) -> None:
        """Show other words."""
        self.update(Content(text))


def explain(widget: Widget, text: str) -> None:
    """Give a widget a tooltip that is shown as it is."""
    widget.tooltip = Content(clean(text))
