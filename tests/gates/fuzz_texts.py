"""Strangers' text and what is made of it: cleaned, split, fenced, redacted; whatever comes, a string goes out."""

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import strategies as st

from supportdesk.errors import Limited
from supportdesk.gate.compose import check
from supportdesk.gate.defang import fence, inert_body, inert_placeholders, inert_text, inert_title
from supportdesk.gate.environment import environment
from supportdesk.gate.guard import before_reply
from supportdesk.gate.known import normalise
from supportdesk.gate.redact import Known, redact
from supportdesk.insight.markup import looks_like_html, text_of
from supportdesk.insight.segment import issue_links, own_words, split
from supportdesk.model import TicketRef
from supportdesk.providers import Account, Response
from supportdesk.providers.answers import LONGEST_WAIT_S, segment, wait_of
from supportdesk.providers.github_rows import check as github_check
from supportdesk.providers.github_rows import next_url, origin
from supportdesk.providers.rt_html import text_of_html
from supportdesk.providers.rt_parse import priority_number, priority_word, quoted
from supportdesk.providers.zendesk_pages import elsewhere
from supportdesk.text import LONGEST, clean

PIECES = [
    *(
        "\x1b]52;c;",
        "\x1b\\",
        "\x07",
        "\x9b31m",
        "\x9d",
        "\x1b[",
        "\x1bP+q",
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200d",
        "\ufe0f",
    ),
    *(
        "\ud800",
        "\x00",
        "\r\n",
        "\r",
        "\n",
        "\x85",
        "\u2028",
        "\t",
        "\u0301" * 9,
        "\U000e0041",
        "\U0001f469\u200d\U0001f4bb",
    ),
    *(
        "```",
        "````",
        "~~~",
        "`",
        "``",
        "\\",
        "\\`",
        "|",
        "> ",
        "> > ",
        "On Mon, 1 Jan 2026, x wrote:",
        "-- \n",
        "#",
        "@octocat",
    ),
    *(
        "#12",
        "GH-3",
        "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
        "/close",
        "{{ticket.x}}",
        "{%",
        "%}",
        "![x](http://t/p)",
    ),
    *(
        "<p>",
        "</p>",
        "<br",
        "<!--",
        "-->",
        "<![CDATA[",
        "<script>",
        "</style",
        "&#27;",
        "&#x0;",
        "&amp",
        "&#999999999;",
        "<a href='",
        ">",
    ),
    *(
        "password: hunter22",
        "jane@corp.example",
        "ghp_" + "a1B2" * 9,
        "-----BEGIN RSA PRIVATE KEY-----",
        "%41%42",
        "eyJ",
        "=\n",
    ),
    *(
        "[email-1]",
        "[secret-99]",
        "DE89 3704 0044 0532 0130 00",
        "10.0.0.1",
        "::1",
        "C:\\Users\\x",
        "x" * 300,
        "1-" * 40,
    ),
    *(
        "https://github.com/a/b/issues/1",
        "https://[",
        "http://xn--",
        "[text](",
        "](",
        "<<EOF",
        "    code",
        "!",
        " ",
        "a",
        "\u0130",
        "\u00df",
        "\ufb03",
    ),
]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(PIECES), st.text(max_size=8)), max_size=14).map(
    "".join
)
KNOWN = [
    Known(kind="person", value="Siobh\u00e1n O'Connor"),
    Known(kind="email", value="jane.doe@corp.example"),
    Known(kind="phone", value="+49 221 123456"),
    Known(kind="organization", value="Okafor Trading Ltd."),
    Known(kind="host", value="okafor.zendesk.com"),
    Known(kind="secret", value="zdtoken-4Kq9Xw2Lm7Rt5Yv8"),
]
known_values = st.builds(
    Known,
    kind=st.sampled_from(("person", "email", "phone", "organization", "field", "host", "secret")),
    value=st.one_of(texts, st.text(max_size=20)),
)
_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
ACME = Account(name="acme", provider="zendesk", url="https://acme.zendesk.com")


def cleaned(text: str) -> None:
    """Cleaning is total and idempotent, and nothing that acts is left, in one line or many."""
    for multiline in (True, False):
        once = clean(text, multiline=multiline)
        assert clean(once, multiline=multiline) == once
        assert _ACTS.search(once) is None
        assert multiline or "\n" not in once
        assert len(once) <= LONGEST
        once.encode()


def segmented(text: str) -> None:
    """The parts of a body cover it from end to end, and what is quoted from it can be found in it."""
    body = clean(text)
    found = split(body)
    assert "".join(body[one.start : one.end] for one in found) == body
    assert isinstance(own_words(body), str)
    for start, end in issue_links(body):
        assert 0 <= start < end <= len(body)


def marked_up(text: str) -> None:
    """HTML becomes text whatever it is."""
    looks_like_html(text)
    assert isinstance(text_of(text), str)
    readable = text_of_html(text)
    assert clean(readable) == readable


def fenced(text: str) -> None:
    """No words leave their fence, and none of the inert forms is undone by being made inert again."""
    for words in (text, clean(text)):
        first, *inside, last = fence(words).split("\n")
        ticks = first.removesuffix("text")
        assert set(ticks) == {"`"}
        assert last == ticks
        assert not any(ticks in line for line in inside)
    title = inert_title(text)
    assert len(title) <= 256
    assert "\n" not in title
    assert not re.search(r"@\w|#\d|<[A-Za-z/!?]", re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", title)), title
    placeholders = inert_placeholders(text)
    assert not re.search(r"\{\{|\{%|\}\}|%\}", placeholders)
    inert_text(text)
    body = inert_body(text)
    assert inert_body(body) == body or inert_body(inert_body(body)) == inert_body(body)


def redacted(given: tuple[str, list[Known]]) -> None:
    """Redaction always ends in text; a token of ours always blocks or is gone; twice is not less than once."""
    text, known = given
    done = redact(text, known)
    again = redact(done.text, known)
    assert isinstance(again.text, str)
    composed = check(text[:200], text, known)
    assert composed.title == composed.title.strip()
    environment(normalise(text))
    before_reply(text, known)


def waited(text: str) -> None:
    """Retry-After, Date and the rate-limit headers make a wait between a second and an hour."""
    for other in ("", "Sun, 22 Nov 2026 12:00:00 GMT", text):
        answer = Response(status=429, headers={"retry-after": clean(text, multiline=False), "date": other})
        assert 1.0 <= wait_of(answer) <= LONGEST_WAIT_S
        limits = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": text, "date": other}
        with pytest.raises(Limited) as asked:
            github_check(Response(status=403, headers=limits), "x")
        assert 1.0 <= (asked.value.wait_s or 0) <= LONGEST_WAIT_S


def linked(text: str) -> None:
    """Links, addresses and path segments of strangers are read, or refused with a ValueError."""
    url = next_url(Response(status=200, headers={"link": text}))
    origin(url)
    origin(text)
    elsewhere(ACME, text)
    try:
        quoted_segment = segment(text)
    except ValueError:
        return
    assert "/" not in quoted_segment


def worded(text: str) -> None:
    """References, priorities and TicketSQL strings."""
    with suppress(ValueError):
        assert str(TicketRef.parse(text)) == text.strip()
    priority_number(text)
    assert quoted(text).startswith("'")
    with suppress(ValueError):
        priority_word(text)


HEADERS = st.one_of(
    st.sampled_from(
        ["7", "-5", "--5", "abc", "999999999", "\u00b2", "\u0661", "1e9", "nan", "inf", "0x10", "1_000", "+7", " 7 "]
    ),
    st.text("0123456789-+.,:; GMTSunNov/", max_size=30),
    st.from_regex(
        r"\A(Sun|Mon), [0-9]{1,2} (Jan|Nov|Foo) [0-9]{1,5} [0-9]{1,3}:[0-9]{1,2}:[0-9]{1,2} (GMT|[+-][0-9]{4}|)\Z"
    ),
    st.text(max_size=40),
)
LINKS = st.one_of(
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                ";",
                ",",
                ' rel="next"',
                "rel=next",
                "https://",
                "api.github.com",
                "[",
                "]",
                "@",
                ":",
                "99999",
                "/x",
                "\\",
                "?page=2",
                "%2f",
                "..",
                "\ud800",
                " ",
            ]
        ),
        max_size=14,
    ).map("".join),
    texts,
)

TEXTS: dict[str, tuple[st.SearchStrategy[Any], Any]] = {
    "clean": (texts, cleaned),
    "segments": (texts, segmented),
    "markup and RT's html": (texts, marked_up),
    "fence and defang": (texts, fenced),
    "redact": (st.tuples(texts, st.one_of(st.just(KNOWN), st.lists(known_values, max_size=3))), redacted),
    "Retry-After": (HEADERS, waited),
    "Link header": (LINKS, linked),
    "references": (texts, worded),
}
