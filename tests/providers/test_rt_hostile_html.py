"""Strangers' HTML costs one look at each character, and never more than it is long."""

import time

import pytest

from supportdesk.providers.rt_html import text_of_html


@pytest.mark.parametrize(
    "unit",
    ["<a <a ", "<a", "<!--", "<!", "<a href='", "&", "&#", "</", "<p>", "<a href=x>", "<script>", "<!---->", "\x00<"],
)
def test_a_megabyte_of_hostile_markup_is_read_in_time(unit: str) -> None:
    began = time.process_time()
    text_of_html(unit * (1_000_000 // len(unit)))
    assert time.process_time() - began < 20  # it takes a second or two; html.parser takes minutes


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a<!-- <p>no</p> -->b</p>", "ab"),
        ("<!-- never closed <p>seen</p>", "never closed\n\nseen"),
        ("<script>if (a<b) x()</script>y", "y"),
        ("<A HREF='https://a.example/?x=1&amp;y=2'>here</A>", "here <https://a.example/?x=1&y=2>"),
        ("1 < 2 &lt;b&gt; <b>bold</b>", "1 < 2 <b> bold"),
        ("&#27;]52;c;x&#7; &#x202e;", "]52;c;x \ufffd"),
    ],
)
def test_what_is_read_is_what_a_reader_would_see(html: str, text: str) -> None:
    assert text_of_html(html).replace(" \n", "\n").strip() == text.replace(" \n", "\n")
