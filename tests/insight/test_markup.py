"""HTML bodies as text."""

import time

import pytest

from supportdesk.insight.markup import looks_like_html, text_of
from supportdesk.insight.segment import own_words

LETTER = """<html><head><title>Re: upload</title><style>p {color: red}</style></head><body>
<p>Hi Ann,<br>this is a&nbsp;known bug &amp; ours, see <a href="https://bugs.example/issues/7">the issue</a>.</p>
<!-- <p>tracking</p> --><ul><li>clear the <b>cache</b></li><li>sign in</li></ul>
<blockquote>The upload<br>is <blockquote>stuck</blockquote> again</blockquote>
<script>alert("x < y")</script><pre>a  =
  b</pre></body></html>"""


def test_a_letter_reads_as_it_is_seen() -> None:
    assert text_of(LETTER).splitlines() == [
        "Hi Ann,",
        "this is a known bug & ours, see https://bugs.example/issues/7 the issue.",
        "",
        "- clear the cache",
        "- sign in",
        "",
        "> The upload",
        "> is",
        "",
        "> > stuck",
        "",
        "> again",
        "",
        "```",
        "a  =",
        "b",
        "```",
    ]


def test_quotes_and_code_are_not_the_writers_own_words() -> None:
    words = own_words(text_of(LETTER)).split()
    assert {"cache", "known"} <= set(words)
    assert not {"stuck", "upload", "a  ="} & set(words)


@pytest.mark.parametrize("body", ["<p>Hi</p>", " \n<div class='x'>Hi", "<!DOCTYPE html>\n<b>", "<br/>Hi", "<HTML>"])
def test_a_body_that_begins_with_a_tag_is_html(body: str) -> None:
    assert looks_like_html(body)


@pytest.mark.parametrize(
    "body", ["", "Hi", "Write <p> here", "<script>", "< p >", "<pa>", "<ann@x.example> wrote", "a<b"]
)
def test_text_that_mentions_a_tag_is_text(body: str) -> None:
    assert not looks_like_html(body)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("", ""),
        ("<p>", ""),
        ("<p>a<b", "a<b"),
        ("a < b and c > d", "a < b and c > d"),
        ("<!-- open", ""),
        ("<style>p{}", ""),
        ("</p></blockquote>a", "a"),
        ("&lt;p&gt; &#x1F600; &bogus;", "<p> 😀 &bogus;"),
        ("<p>\x0ea\x0f</p>b", "a\n\nb"),
    ],
)
def test_broken_html_loses_no_words(source: str, text: str) -> None:
    assert text_of(source) == text


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<a ", "<a b='", "<![CDATA[", "&#", "</", "<", "<script>", "<blockquote>", "<p>", "-->", "<a/ ", " "],
)
def test_hostile_html_takes_no_time(piece: str) -> None:
    start = time.process_time()
    text_of("<p>" + piece * (200_000 // len(piece)))
    looks_like_html(piece * 50_000)
    assert time.process_time() - start < 5
