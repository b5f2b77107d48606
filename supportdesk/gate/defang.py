"""Makes words inert where they end up: no mention, no reference, no command, no markup, no way out of a quotation."""

import re
from collections.abc import Iterator

LONGEST_TITLE = 256
CUT = " [...]"

_RUNS = re.compile(r"`+")
_MENTION = re.compile(r"@(?=\w)")
_NUMBER = re.compile(r"#(?=\d)")
_GH = re.compile(r"\b([Gg][Hh])-(?=\d)")
_SHA = re.compile(r"(?:(?<!\\)\\++|(?<![\w`\\]))(?=[0-9a-f]{0,39}[a-f])(?=[0-9a-f]{0,39}\d)[0-9a-f]{7,40}(?![\w`])")
_IN_URL = r"[^\s<>`()\[\]\\|'\"]{1,300}"
_ISSUE_URL = re.compile(
    rf"(?<!\\)\\*+https?://{_IN_URL}/(?:issues|pulls?|commits?|discussions|merge_requests)/{_IN_URL}"
)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_COMMAND = re.compile(r"(?m)^([ \t]{0,8})/(?=[a-z][a-z_]{1,30}(?:[ \t]|$))")
_OPENING = re.compile(r"\{(?=[{%])")
_CLOSING = re.compile(r"(?<=[}%])\}")
_TILDES = re.compile(r"~{3,}")
_FENCE = re.compile(r"(?P<run>`{3,}|~{3,})(?P<info>[^`\n]*)")


def inert_title(text: str) -> str:
    """One line of at most 256 characters that names, links, closes and marks up nothing."""
    line = _inert_line(" ".join(text.split()))
    if len(line) <= LONGEST_TITLE:
        return line
    room = LONGEST_TITLE - len(CUT)
    cuts = (_inert_line(line[:length]).rstrip() for length in range(room, 0, -8))
    return next(kept for kept in cuts if len(kept) <= room) + CUT


def inert_text(text: str) -> str:
    """Prose in which nothing acts; code between backticks stays as it is, since nothing acts there."""
    return "\n".join(_inert_line(line) for line in text.split("\n"))


def _inert_line(line: str) -> str:
    line = _COMMAND.sub("\\1\N{DIVISION SLASH}", line.replace("\\`", "'"))
    kept: list[str] = []
    at = 0
    for start, end in _code_spans(line):
        if "|" in line[start:end]:
            continue  # a table would cut the code there
        kept += [_plain(_RUNS.sub("'", line[at:start])), line[start:end]]
        at = end
    kept.append(_plain(_RUNS.sub("'", line[at:])))
    return inert_placeholders(_side_by_side(kept))


def _side_by_side(parts: list[str]) -> str:
    """The parts in a row, with a space where two pieces of code would touch and become one."""
    line = ""
    for part in parts:
        line += " " + part if line.endswith("`") and part.startswith("`") else part
    return line


def _code_spans(line: str) -> Iterator[tuple[int, int]]:
    """Where a run of backticks is closed by the next run of the same length, as CommonMark reads it."""
    runs = [found.span() for found in _RUNS.finditer(line)]
    last = {end - start: start for start, end in runs}
    at = 0
    for index, (start, end) in enumerate(runs):
        length = end - start
        if start < at or last[length] <= start:
            continue
        at = next(stop for begin, stop in runs[index + 1 :] if stop - begin == length)
        yield start, at


def _plain(text: str) -> str:
    text = _TAG.sub("\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", text)
    text = _TILDES.sub("~~", text)
    pieces = _ISSUE_URL.split(text)
    quoted = [f"`{found[0]}`" for found in _ISSUE_URL.finditer(text)]
    inert = [_unlinked(piece) for piece in pieces]
    return "".join(one for pair in zip(inert, [*quoted, ""], strict=True) for one in pair)


def _unlinked(text: str) -> str:
    text = text.replace("![", "! [").replace("](", "] (")
    text = _SHA.sub(lambda found: f"`{found[0]}`", text)
    return _unnamed(_GH.sub("\\1\N{HYPHEN}", text))


def _unnamed(text: str) -> str:
    return _NUMBER.sub("＃", _MENTION.sub("＠", text))


def inert_placeholders(text: str) -> str:
    """Text whose `{{…}}` and `{%…%}` no helpdesk fills in."""
    return _CLOSING.sub(" }", _OPENING.sub("{ ", text))


def fence(text: str, limit: int = 600) -> str:
    """A quotation that its own words cannot leave: at most `limit` characters in a fence longer than any in it."""
    words = text.strip()
    if len(words) > limit:
        words = words[: max(limit - len(CUT), 0)].rstrip() + CUT
    ticks = "`" * max(3, max((len(run) for run in _RUNS.findall(words)), default=0) + 1)
    return f"{ticks}text\n{words}\n{ticks}"


def inert_body(text: str) -> str:
    """A whole body: fences at the margin stay and are closed at the end, the rest is made inert."""
    out: list[str] = []
    closing = ""
    for line in text.split("\n"):
        if closing:
            out.append(line)
            closing = "" if _closes(line, closing) else closing
        elif (opened := _FENCE.fullmatch(line)) is not None:
            closing = opened["run"]
            out.append(line)
        else:
            out.append(_inert_line(line))
    if closing:
        out.append(closing)
    return "\n".join(out)


def _closes(line: str, opening: str) -> bool:
    run = line.strip(" ")
    return len(line) - len(line.lstrip(" ")) < 4 and len(run) >= len(opening) and set(run) == {opening[0]}
