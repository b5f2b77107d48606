"""Exports in every layout, read piece by piece."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from supportdesk.insight.exports import (
    LONGEST_ENTRY,
    Entry,
    Shape,
    Wrong,
    shape_of,
    tickets_of_document,
    tickets_of_lines,
)
from supportdesk.insight.scan import ScanTicket
from supportdesk.model import Role

SAMPLES = Path(__file__).parent.parent / "samples" / "zendesk"
PLAIN = {"id": 1, "subject": "S", "comments": [{"id": "a", "role": "agent", "body": "Hello"}]}
ZENDESK = {
    "id": 4312,
    "subject": "Export stops",
    "requester": {"id": 5001, "name": "Dana", "email": "dana@roof.example"},
    "comments": [
        {"id": 1, "author_id": 5001, "body": "It stops.", "public": True, "created_at": "2026-10-01T09:00:00Z"},
        {"id": 2, "author_id": 9001, "body": "Restart it.", "public": True, "created_at": "2026-10-01T10:00:00Z"},
    ],
}


def bytewise(source: bytes, size: int = 1) -> Iterator[bytes]:
    return (source[at : at + size] for at in range(0, len(source), size))


def document(*values: Any, size: int = 7, indent: int | None = None) -> list[Entry]:
    source = "\n".join(json.dumps(value, indent=indent) for value in values).encode()
    return list(tickets_of_document(bytewise(source, size)))


def tickets(entries: Iterable[Entry]) -> list[ScanTicket]:
    found = list(entries)
    assert not [one for one in found if isinstance(one, Wrong)]
    return [one for one in found if isinstance(one, ScanTicket)]


@pytest.mark.parametrize(
    ("head", "shape"),
    [
        (b"", Shape.LINES),
        (b"garbage", Shape.LINES),
        (b'{"id": 1, "comments": []}\n{"id": 2}', Shape.LINES),
        (b"{\n\n" + json.dumps(PLAIN).encode() + b"\n", Shape.LINES),
        (b'{"id": 1, "subject": "cut of\n' + json.dumps(PLAIN).encode(), Shape.LINES),
        (b'{"id": 1, "subject": "cut off",\n' + json.dumps(PLAIN).encode() + b"\n{", Shape.LINES),
        (b'{"id": 1, "subject": "' + b"long " * 20_000, Shape.LINES),
        (b'{"ticket": {"id": 1}, "comments": []}\n', Shape.LINES),
        (b'\xef\xbb\xbf{"tickets": [{"id"', Shape.DOCUMENT),
        (b'{"count": 2, "next_page": null, "tickets"', Shape.DOCUMENT),
        (b'{\n  "tickets": [\n', Shape.DOCUMENT),
        (b'{\n "id": 1,\n "subject": "S"', Shape.DOCUMENT),
        (b'[{"id": 1}]', Shape.DOCUMENT),
        (b" \n[\n {", Shape.DOCUMENT),
        (b"[\n" + json.dumps(PLAIN).encode() + b"\n]", Shape.DOCUMENT),
        (b'[{"id": 1},\n' + json.dumps(PLAIN).encode() + b"\n]", Shape.DOCUMENT),
        (b'[{"id": 1}]\n' + json.dumps(PLAIN).encode() + b"\n", Shape.DOCUMENT),
        (b"[]\n" + json.dumps(PLAIN).encode() + b"\n", Shape.LINES),
        (b"[2026-10-05] exported\n" + json.dumps(PLAIN).encode() + b"\n", Shape.LINES),
        (b"[" * 60_000, Shape.LINES),
        (b"From ann@acme.example Mon Oct  5 09:12:31 2026\nFrom: Ann\n", Shape.MAIL),
        (b"From what we know it is broken.\n", Shape.LINES),
    ],
    ids=range(22),
)
def test_the_layout_is_told_by_the_first_bytes(head: bytes, shape: Shape) -> None:
    assert shape_of(head) is shape


@pytest.mark.parametrize("size", [1, 2, 3, 50, 10_000])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_document_reads_the_same_in_pieces_of_any_size(size: int, indent: int | None) -> None:
    page = {"count": 2.5, "tickets": [PLAIN, {**PLAIN, "id": 'ü\\"[]'}], "next_page": None}
    found = tickets(document(page, [PLAIN, [], 3][:1], {**PLAIN, "id": 3}, size=size, indent=indent))
    assert [one.id for one in found] == [1, 'ü\\"[]', 1, 3]


def test_a_bad_entry_in_a_document_costs_only_itself() -> None:
    entries = document([PLAIN, 3, {"id": 2}, {**PLAIN, "id": 4}])
    assert [one.where if isinstance(one, Wrong) else one.id for one in entries] == [1, "entry 2", "entry 3", 4]


@pytest.mark.parametrize(
    "rest",
    [b'{"id": 2, "comm', b"}", b", 3]", b'"open', b"{3: 4}", b'{"a" "b"}', b"[1 2]", b"nul", b"\xff", b"[" * 100_000],
    ids=range(10),
)
def test_a_document_that_breaks_off_gives_what_came_before(rest: bytes) -> None:
    first, *others = tickets_of_document(bytewise(json.dumps(PLAIN).encode() + b"\n" + rest, 1_000))
    assert isinstance(first, ScanTicket)
    assert all(isinstance(one, Wrong) and one.why.endswith(".") for one in others)
    assert len(others) >= 1


def test_an_entry_that_never_ends_is_given_up() -> None:
    endless = (b'["' + b"x" * 1_000_000 if at == 0 else b"x" * 1_000_000 for at in range(LONGEST_ENTRY // 100_000))
    (wrong,) = tickets_of_document(endless)
    assert isinstance(wrong, Wrong)
    assert "longer than" in wrong.why


def test_lines_are_numbered_and_a_bad_one_costs_only_itself() -> None:
    good = json.dumps(PLAIN).encode()
    lines = [b"\xef\xbb\xbf" + good + b"\r\n", b"\n", b"{\n", b"\xff\n", good + good + b"\n", b"[]\n", good]
    entries = list(tickets_of_lines(lines))
    assert [one.where if isinstance(one, Wrong) else one.id for one in entries] == [
        *(1, "line 3", "line 4", "line 5", "line 6"),
        1,
    ]


def test_a_zendesk_export_is_a_ticket_a_line() -> None:
    (ticket,) = tickets(tickets_of_lines([json.dumps(ZENDESK).encode()]))
    assert (ticket.id, ticket.subject, ticket.requester.email) == (4312, "Export stops", "dana@roof.example")
    assert [(one.id, one.role) for one in ticket.comments] == [("1", Role.CUSTOMER), ("2", Role.AGENT)]


def test_a_page_of_tickets_and_a_ticket_beside_its_comments_may_be_a_line_too() -> None:
    inside = {key: value for key, value in ZENDESK.items() if key != "comments"}
    page = {"tickets": [ZENDESK, 7, {**ZENDESK, "id": 5}]}
    beside = {"ticket": inside, "comments": ZENDESK["comments"]}
    entries = list(tickets_of_lines([json.dumps(page).encode(), json.dumps(beside).encode()]))
    assert [one.where if isinstance(one, Wrong) else one.id for one in entries] == [4312, "line 1", 5, 4312]


def test_the_api_s_own_answers_are_read_as_they_are() -> None:
    source = b"".join((SAMPLES / name).read_bytes() for name in ("view_tickets.json", "comments.json"))
    *listed, conversation = tickets(tickets_of_document(bytewise(source, 100)))
    assert [ticket.id for ticket in listed] == [4312, 4310]
    assert [one.id for one in listed[0].comments] == ["description"]
    assert (conversation.id, [(one.id, one.role) for one in conversation.comments][:3]) == (
        "entry 3",
        [("810001", Role.CUSTOMER), ("810002", Role.AGENT), ("810003", Role.AGENT)],
    )


def test_comments_that_name_their_ticket_are_put_together() -> None:
    comments = [{**one, "ticket_id": 7 + at % 2} for at, one in enumerate([*ZENDESK["comments"]] * 2)]  # type: ignore[misc]
    found = tickets(document({"comments": comments}))
    assert [(ticket.id, len(ticket.comments)) for ticket in found] == [("7", 2), ("8", 2)]
