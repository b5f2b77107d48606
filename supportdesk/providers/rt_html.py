"""HTML mail as plain text: what a reader would see, with nothing that acts."""

import re
from html import unescape

from supportdesk.text import clean

_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
_APART = frozenset({"p", "pre", "blockquote", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _APART | {"address", "article", "dd", "div", "dl", "dt", "footer", "header", "hr", "li", "section", "tr"}
_SPACES = re.compile(r"[ \t\n\r\f]+")
_GAPS = re.compile(r"\n{3,}")
_TOKEN = re.compile(r"<!--|<(/?)([A-Za-z][A-Za-z0-9]{0,15})((?:[\s/][^<>]{0,2000})?)>|<[!?][^<>]{0,500}>")
_HREF = re.compile(r"\shref\s{0,3}=\s{0,3}(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"']{1,2000}))", re.IGNORECASE)


def text_of_html(source: str) -> str:
    """Return the readable text of an HTML part: lines kept, links with their address, scripts and styles dropped."""
    reader = _Reader()
    reader.read(source)
    lines = "".join(reader.pieces).split("\n")
    return clean(_GAPS.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n"))


class _Reader:
    """Collects text; entities are resolved here, so the result must be cleaned once more.

    Not `html.parser`, which takes minutes for a megabyte of `<a <a <a`: this takes one look at each character.
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._silent = ""
        self._verbatim = 0
        self._links: list[tuple[str, int]] = []

    def read(self, source: str) -> None:
        """Read a part from its beginning to its end."""
        at = 0
        comments = "-->" in source
        while (token := _TOKEN.search(source, at)) is not None:
            self._say(source[at : token.start()])
            at = token.end()
            if token[0] == "<!--" and comments:
                end = source.find("-->", at)
                comments, at = (True, end + 3) if end >= 0 else (False, at)
            elif token[2]:
                self._tag(token[2].lower(), token[3], closing=bool(token[1]))
        self._say(source[at:])

    def _tag(self, tag: str, rest: str, *, closing: bool) -> None:
        if self._silent:
            self._silent = "" if closing and tag == self._silent else self._silent
        elif tag in _SILENT:
            self._silent = "" if closing else tag
        elif closing:
            self._end(tag)
        else:
            self._begin(tag, rest)

    def _begin(self, tag: str, rest: str) -> None:
        if tag == "br":
            self.pieces.append("\n")
        elif tag in ("td", "th") and not self._at_line_start():
            self.pieces.append(" ")
        elif tag == "a":
            self._links.append((_address(rest), len(self.pieces)))
        if tag in _BLOCKS:
            self._break(tag)
        if tag == "li":
            self.pieces.append("- ")
        if tag == "pre":
            self._verbatim += 1

    def _end(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._say_where(*self._links.pop())
        if tag == "pre":
            self._verbatim = max(self._verbatim - 1, 0)
        if tag in _BLOCKS:
            self._break(tag)

    def _say(self, source: str) -> None:
        if self._silent or not source:
            return
        data = unescape(source)
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


def _address(rest: str) -> str:
    found = _HREF.search(rest)
    return unescape(next(filter(None, found.groups()), "")) if found else ""
