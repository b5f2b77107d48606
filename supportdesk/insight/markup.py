"""HTML bodies as the text that a reader would see: quotes marked, code fenced, links with their address.

Not `html.parser`: it takes seconds for a few kilobytes of hostile markup; this takes one look at each character.
"""

import re

LONGEST_TAG = 2_000
_TAGS = r"html|head|body|div|p|span|table|br|blockquote|font|ul|ol|pre|h[1-6]"
_LOOKS = re.compile(rf"\s{{0,50}}(?:<!doctype html|<(?:{_TAGS})\b[^<>]{{0,{LONGEST_TAG}}}>)", re.IGNORECASE)
_TOKEN = re.compile(
    rf"<!--|-->|<!doctype[^<>]{{0,200}}>|<(/?)([a-z][a-z0-9]{{0,15}})(?:[\s/]([^<>]{{0,{LONGEST_TAG}}}))?>",
    re.IGNORECASE,
)
_HREF = re.compile(r"\bhref\s{0,3}=\s{0,3}[\"']?(https?://[^\s\"'<>]{1,500})", re.IGNORECASE)
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_LINES = frozenset({"address", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "tr"})
_APART = frozenset({"blockquote", "ol", "p", "pre", "table", "ul"})
_QUOTE, _UNQUOTE = "\x0e", "\x0f"  # neither is left in a cleaned text
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_GAPS = re.compile(r"\n{3,}")


def looks_like_html(body: str) -> bool:
    """Whether a body begins as HTML does; text that mentions a tag further down is text."""
    return _LOOKS.match(body) is not None


def text_of(source: str) -> str:
    """Return the text of an HTML body: lines kept, `> ` before what is quoted, scripts, styles and comments dropped."""
    from html import unescape  # only exports hold HTML

    pieces: list[str] = []
    at, silent, verbatim = 0, "", False
    for token in _TOKEN.finditer(source):
        if not silent:
            text = unescape(source[at : token.start()]).replace(_QUOTE, "").replace(_UNQUOTE, "")
            pieces.append(text if verbatim else _SPACES.sub(" ", text))
        at = token.end()
        silent = _silence(token, silent)
        if silent or not token[2]:
            continue
        name = token[2].lower()
        verbatim = not token[1] if name == "pre" else verbatim
        pieces.append(_mark(name, closing=bool(token[1]), rest=token[3] or ""))
    if not silent:
        pieces.append(_SPACES.sub(" ", unescape(source[at:])))
    return _laid_out("".join(pieces))


def _silence(token: re.Match[str], silent: str) -> str:
    """What has to come before anything is heard again; empty when we listen."""
    name = (token[2] or "").lower()
    if silent:
        return "" if silent in (token[0], f"/{name}" if token[1] else "") else silent
    if token[0] == "<!--":
        return "-->"
    return f"/{name}" if name in _SILENT and not token[1] else ""


def _mark(name: str, *, closing: bool, rest: str) -> str:
    if name == "pre":
        return "\n```\n"
    if name == "blockquote":
        return f"\n{_UNQUOTE}\n" if closing else f"\n{_QUOTE}\n"
    if name in _APART:
        return "\n\n"
    if name in _LINES:
        return "\n"
    if name == "li":
        return "" if closing else "\n- "
    if name == "a" and not closing and (address := _HREF.search(rest)):
        return f"{address[1]} "
    return " " if name in ("td", "th") else ""


def _laid_out(text: str) -> str:
    depth = 0
    lines: list[str] = []
    for line in text.split("\n"):
        depth = max(depth + line.count(_QUOTE) - line.count(_UNQUOTE), 0)
        shown = line.replace(_QUOTE, "").replace(_UNQUOTE, "").strip(" ")
        lines.append(f"{'> ' * min(depth, 5)}{shown}" if shown and depth else shown)
    return _GAPS.sub("\n\n", "\n".join(lines)).strip("\n")
