import pytest

from supportdesk.model import Status
from supportdesk.providers import Account
from supportdesk.providers.rt_html import text_of_html
from supportdesk.providers.rt_parse import (
    STATUS_READ,
    STATUS_WRITTEN,
    linked_ticket,
    priority_number,
    priority_word,
    said,
    same_words,
)

ACCOUNT = Account(name="eng", provider="rt", url="https://rt.acme.example/rt/", queue="Engineering")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("spaces   and\nlines", "spaces and lines"),
        ("<pre>  kept\n   as is</pre>", "  kept\n   as is"),
        ("<a href='https://x.example/'>https://x.example/</a>", "https://x.example/"),
        ("<a href='javascript:alert(1)'>here</a>", "here"),
        ("<style>p{}</style><script>x()</script>left", "left"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("&lt;b&gt; &amp; &copy;", "<b> & ©"),
        ("x < y", "x < y"),
        ("", ""),
    ],
)
def test_html_reads_as_a_person_would_read_it(html: str, text: str) -> None:
    assert text_of_html(html) == text


def test_what_an_entity_hides_is_made_inert_after_it_is_resolved() -> None:
    assert "\x1b" not in text_of_html("&#27;]0;owned&#7;")
    assert "\u202e" not in text_of_html("&#x202e;exe")


@pytest.mark.parametrize(
    "broken", ["<p", "</p></p>", "<a href=", "<!--", "<script>never closed", "<" * 5000, "&#xffffffff;"]
)
def test_broken_html_never_fails(broken: str) -> None:
    assert isinstance(text_of_html(broken), str)


@pytest.mark.parametrize("number", ["0", "20", "50", "80", "100"])
def test_every_priority_word_survives_the_way_there_and_back(number: str) -> None:
    assert priority_number(priority_word(number)) == int(number)


@pytest.mark.parametrize(
    ("word", "number"), [("High", 80), ("35", 35), ("101", None), ("-1", None), ("soon", None), ("²", None)]
)
def test_priorities_are_words_or_numbers_to_a_hundred(word: str, number: int | None) -> None:
    assert priority_number(word) == number


def test_a_written_status_reads_back_as_itself_but_hold_reads_as_pending() -> None:
    back = {status: STATUS_READ[word] for status, word in STATUS_WRITTEN.items()}
    assert back.pop(Status.HOLD) is Status.PENDING
    assert all(status is read for status, read in back.items())


def test_words_are_the_same_through_line_ends_and_outer_blank_lines() -> None:
    assert same_words("\nHi,  \r\n\r\nyes\t\n\n", "Hi,\n\nyes")
    assert not same_words("Hi, yes", "Hi, no")
    assert not same_words("  indented\nx", "x")


def test_rt_is_quoted_without_the_line_of_its_source() -> None:
    assert said({"message": "Unknown field at /usr/share/rt/lib/RT/Tickets.pm line 3187.\n"}) == "Unknown field"
    assert said(["one", "two", 3]) == "one; two"


def test_only_an_address_on_this_very_server_is_a_ticket_to_link() -> None:
    assert linked_ticket(ACCOUNT, "https://rt.acme.example/rt/Ticket/Display.html?id=12") == "12"
    for other in (
        "",
        "https://rt.other.example/rt/Ticket/Display.html?id=12",
        "https://rt.acme.example/rt/Ticket/Display.html?id=12;drop",
        "https://rt.acme.example/rt/Ticket/Display.html?id=",
    ):
        assert linked_ticket(ACCOUNT, other) == ""
