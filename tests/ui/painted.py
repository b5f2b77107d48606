"""A small terminal for tests: what stands in each of its cells after everything that was written to it."""

import re

from rich.cells import cell_len

from supportdesk.ui.cells import graphemes

_TOKEN = re.compile(
    r"\x1b\[(?P<private>\??)(?P<numbers>[0-9;]*)(?P<what>[A-Za-z])|\x1b(?P<cursor>[78])|(?P<line>\n)|(?P<text>[^\x1b\n]+)"
)
Style = tuple[frozenset[str], str, str]
PLAIN: Style = (frozenset(), "", "")
Cell = tuple[str, Style]


class Painted:
    """A grid of cells; whatever it does not know is an error."""

    def __init__(self, columns: int, lines: int) -> None:
        self.columns, self.lines = columns, lines
        self.cells: list[list[Cell]] = [self._empty() for _ in range(lines)]
        self.row = self.column = 0
        self.kept = (0, 0)
        self.margins = (0, lines)
        self.style = PLAIN
        self._obeyed = {
            "H": self._place,
            "C": self._skip,
            "M": self._take_out,
            "L": self._put_in,
            "r": self._bound,
            "m": self._draw_in,
        }

    def _empty(self) -> list[Cell]:
        return [(" ", PLAIN)] * self.columns

    def text(self) -> list[str]:
        """The rows without their styles."""
        return ["".join(character for character, _ in row) for row in self.cells]

    def write(self, data: str) -> None:
        """Obey."""
        at = 0
        for token in _TOKEN.finditer(data):
            assert token.start() == at, data[at : at + 20]
            at = token.end()
            if token["text"]:
                self._print(token["text"])
            elif token["line"]:
                self.row = min(self.lines - 1, self.row + 1)
            elif token["cursor"] == "7":
                self.kept = self.row, self.column
            elif token["cursor"] == "8":
                self.row, self.column = self.kept
            elif not token["private"]:
                numbers = [int(number or 0) for number in token["numbers"].split(";")]
                self._obeyed[token["what"]](numbers, token["numbers"])
        assert at == len(data)

    def _print(self, text: str) -> None:
        for start, end, cells in graphemes(text):
            width = cells or cell_len(text[start:end])
            self._break(self.column)
            self._break(self.column + width)
            style = _behind(self.style) if text[start:end] == " " else self.style
            for on in range(width):
                self.cells[self.row][self.column + on] = (text[start:end] if not on else "", style)
            self.column += width

    def _break(self, column: int) -> None:
        """Half of a wide character is none."""
        row = self.cells[self.row]
        if column >= self.columns or row[column][0]:
            return
        start = next(at for at in range(column, -1, -1) if row[at][0])
        for at in range(start, self.columns):
            if at > start and row[at][0]:
                break
            row[at] = (" ", row[at][1])

    def _place(self, numbers: list[int], _: str) -> None:
        self.row, self.column = (numbers[0] or 1) - 1, (numbers[1] if len(numbers) > 1 else 1) - 1
        assert self.row < self.lines
        assert self.column < self.columns

    def _skip(self, numbers: list[int], _: str) -> None:
        self.column = min(self.columns - 1, self.column + numbers[0])

    def _bound(self, numbers: list[int], raw: str) -> None:
        self.margins = (numbers[0] - 1, numbers[1]) if raw else (0, self.lines)
        self.row = self.column = 0

    def _take_out(self, numbers: list[int], _: str) -> None:
        top, bottom = self.row, self.margins[1]
        rows = self.cells[top:bottom]
        self.cells[top:bottom] = [*rows[numbers[0] :], *(self._empty() for _ in range(numbers[0]))]

    def _put_in(self, numbers: list[int], _: str) -> None:
        top, bottom = self.row, self.margins[1]
        rows = self.cells[top:bottom]
        self.cells[top:bottom] = [*(self._empty() for _ in range(numbers[0])), *rows[: -numbers[0]]]

    def _draw_in(self, numbers: list[int], _: str) -> None:
        marks, ink, ground = self.style
        while numbers:
            number, *numbers = numbers
            if number == 0:
                marks, ink, ground = PLAIN
            elif number in (38, 48):
                colour, numbers = str(numbers[:4]), numbers[4:]
                ink, ground = (colour, ground) if number == 38 else (ink, colour)
            elif 30 <= number <= 39 or 90 <= number <= 97:
                ink = "" if number == 39 else str(number)
            elif 40 <= number <= 49 or 100 <= number <= 107:
                ground = "" if number == 49 else str(number)
            else:
                marks = marks | {str(number)}
        self.style = marks, ink, ground


def _behind(style: Style) -> Style:
    """What is seen of a style on a blank."""
    marks, _, ground = style
    return (frozenset(), "", ground) if marks <= {"1", "2", "3"} else style
