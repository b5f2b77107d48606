"""The note that links a ticket to its issue reads back as it was written, and nothing else does."""

from datetime import UTC, datetime

import pytest

from supportdesk.desk.notes import filed_by_colleagues, filed_note
from supportdesk.model import Comment, IssueRef, Person, TicketRef

REF = TicketRef("acme", "12")
ISSUE = IssueRef("app", "845")
URL = "https://github.example/acme/app/issues/845"
OP = "0f9c2a4e-1b7d-4c55-8e0a-9d3f5a6b7c81"


def comment(body: str, *, public: bool = False) -> Comment:
    author = Person(name="Ben")
    return Comment(id="1", author=author, public=public, created_at=datetime(2026, 11, 22, tzinfo=UTC), body=body)


@pytest.mark.parametrize("linked", [True, False])
def test_a_note_reads_back_as_it_was_written(linked: bool) -> None:
    found = filed_by_colleagues(REF, [comment(filed_note(ISSUE, URL, "It ends at row 500", OP, linked=linked))])
    assert found is not None
    assert (found.issue, found.url, found.op) == (ISSUE, URL, OP)


def test_the_newest_link_counts() -> None:
    older, newer = (
        filed_note(ISSUE, URL, "t", OP, linked=False),
        filed_note(IssueRef("app", "900"), "", "t", OP, linked=True),
    )
    found = filed_by_colleagues(REF, [comment(older), comment(newer)])
    assert found is not None
    assert (str(found.issue), found.url) == ("app#900", "")


@pytest.mark.parametrize(
    "body", ["Filed as app#845 in the old tracker", "sd-op:0f9c2a4e1b7d", "", "Filed as nothing sd-op:0f9c2a4e1b7d"]
)
def test_other_notes_are_no_links(body: str) -> None:
    assert filed_by_colleagues(REF, [comment(body)]) is None


def test_public_words_never_count() -> None:
    assert filed_by_colleagues(REF, [comment(filed_note(ISSUE, URL, "t", OP, linked=False), public=True)]) is None


def test_a24_a_linked_issues_title_fills_no_placeholder_of_the_helpdesk() -> None:
    note = filed_note(ISSUE, URL, "{{ticket.comments_formatted}} {% raw %}", OP, linked=True)
    assert "{{" not in note
    assert "{%" not in note
