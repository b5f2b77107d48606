"""HTML mail as plain text: what a reader would see, with nothing that acts."""

import re
from html.parser import HTMLParser

from supportdesk.text import clean

_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
_APART = frozenset({"p", "pre", "blockquote", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _APART | {"address", "article", "dd", "div", "dl", "dt", "footer", "header", "hr", "li", "section", "tr"}
_SPACES = re.compile(r"[ \t\n\r\f]+")
_GAPS = re.compile(r"\n{3,}")


def text_of_html(source: str) -> str:
    """Return the readable text of an HTML part: lines kept, links with their address, scripts and styles dropped."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    lines = "".join(reader.pieces).split("\n")
    return clean(_GAPS.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n"))


class _Reader(HTMLParser):
    """Collects text; entities are already resolved by the parser, so the result must be cleaned once more."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._verbatim = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self.pieces.append("\n")
        elif tag in ("td", "th") and not self._at_line_start():
            self.pieces.append(" ")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.pieces)))
        if tag in _BLOCKS:
            self._break(tag)
        if tag == "li":
            self.pieces.append("- ")
        if tag == "pre":
            self._verbatim += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag == "a" and self._links:
            self._say_where(*self._links.pop())
        if tag == "pre":
            self._verbatim = max(self._verbatim - 1, 0)
        if tag in _BLOCKS:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        text = data if self._verbatim else _SPACES.sub(" ", data)
        if not self._verbatim and self._at_line_start():
            text = text.lstrip(" ")
        if text:
            self.pieces.append(text)

    def _say_where(self, address: str, start: int) -> None:
        label = "".join(self.pieces[start:]).strip()
        if address.startswith(("http://", "https://")) and address != label:
            self.pieces.append(f" <{address}>")

    def _break(self, tag: str) -> None:
        if not self.pieces:
            return
        if not self._at_line_start():
            self.pieces.append("\n")
        if tag in _APART:
            self.pieces.append("\n")

    def _at_line_start(self) -> bool:
        return not self.pieces or self.pieces[-1].endswith("\n")
