"""What changed on a ticket since it was read, as the engineer is told before deciding."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from supportdesk.model import Comment, Person, Status, Ticket, TicketRef
from supportdesk.providers.differences import differences

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BEN, NGOZI = Person(name="Ben", id="8"), Person(name="Ngozi", id="1")
SEEN = Ticket(
    ref=TicketRef("acme", "1"),
    subject="Export",
    status=Status.OPEN,
    requester=NGOZI,
    created_at=NOON,
    updated_at=NOON,
    tags=("vip", "old"),
)


def said(minutes: int, words: str, *, public: bool = True) -> Comment:
    return Comment(
        id=str(minutes), author=NGOZI, public=public, created_at=NOON + timedelta(minutes=minutes), body=words
    )


def test_every_field_that_moved_is_named_with_both_values() -> None:
    now = replace(SEEN, status=Status.PENDING, assignee=BEN, priority="high", tags=("vip", "new"), subject="Exports")
    assert differences(SEEN, now) == (
        "status open → pending; assignee nobody → Ben; priority none → high; tags +new -old; subject now “Exports”"
    )


def test_new_comments_are_counted_and_the_last_is_quoted() -> None:
    comments = (said(-5, "before"), said(1, "one"), said(2, "It\nhappened  again. " + "x" * 200, public=False))
    words = differences(SEEN, SEEN, comments)
    assert words.startswith("2 new comments, the last by Ngozi (internal): “It happened again. xxx")
    assert words.endswith("…”")
    assert len(words) < 200


def test_nothing_new_is_nothing_to_say() -> None:
    assert differences(SEEN, SEEN, (said(0, "as read"),)) == ""
