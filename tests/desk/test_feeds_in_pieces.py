"""What was said, from a feed that fails, comes in pieces or is too large: what was taken back never stays on screen."""

import asyncio
from pathlib import Path

import pytest
from crowds import Place, open_place

from supportdesk.demo import exports
from supportdesk.demo.wire import Answer
from supportdesk.model import TicketRef
from supportdesk.providers import Request, answers, extent

REF = TicketRef("acme", "10003")


def minutes(place: Place, number: int) -> None:
    for _ in range(number):
        asyncio.run(place.desk.sync(for_s=30))
        place.pass_time(60)


def refused(place: Place, status: int, part: str) -> None:
    """Answer whatever has this in its path with an error, until `del place.server.answer`."""
    answer = place.server.answer

    def refusing(request: Request) -> Answer:
        return place.server.refuse(status, "No.") if part in request.path else answer(request)

    place.server.answer = refusing  # type: ignore[method-assign]  # its weather


def redact(place: Place) -> None:
    """The third entry loses its words, as Zendesk's redaction has it."""
    records = place.server.records  # type: ignore[attr-defined]  # a helpdesk
    entry = records.comments[int(REF.id)][2]
    entry |= {name: "[redacted]" for name in ("body", "plain_body", "html_body") if name in entry}
    records.write(int(REF.id), records.ids["ben"], place.at[0], changes={})
    redaction = {"id": 1, "type": "CommentRedactionEvent", "comment_id": entry["id"]}
    records.audits[int(REF.id)][-1]["events"].append(redaction)


def hide(place: Place) -> None:
    """The third entry becomes an internal note; the feed goes on telling that it was public, and then of the change."""
    records = place.server.records  # type: ignore[attr-defined]  # a helpdesk
    entry = records.comments[int(REF.id)][2]
    entry["public"] = False
    records.write(int(REF.id), records.ids["ben"], place.at[0], changes={})
    records.audits[int(REF.id)][-1]["events"].append(
        {"id": 1, "type": "CommentPrivacyChange", "comment_id": entry["id"]}
    )


def public(place: Place) -> list[bool]:
    return [comment.public for comment in place.desk.work.cache.comments(REF) or ()]


def words(place: Place, ref: TicketRef = REF) -> list[str]:
    return [comment.body for comment in place.desk.work.cache.comments(ref) or ()]


@pytest.mark.parametrize("status", [403, 500])
def test_what_was_redacted_while_the_feed_failed_goes(tmp_path: Path, status: int) -> None:
    place = open_place(tmp_path, "zendesk admin", 30)
    minutes(place, 5)
    redact(place)
    place.pass_time(120)
    refused(place, status, "ticket_events")
    minutes(place, 1)
    del place.server.answer
    minutes(place, 2)
    assert words(place)[2] == "[redacted]"
    assert len(words(place)) == 5


def test_what_a_later_page_of_the_feed_takes_back_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = open_place(tmp_path, "zendesk admin", 30)
    minutes(place, 5)
    monkeypatch.setattr(exports, "LONGEST", 3)
    place.server.colleague_writes(int(REF.id), "Done.", public=True)  # type: ignore[attr-defined]  # a helpdesk
    for number in range(4, 9):
        place.pass_time(3)
        place.reply(number)
    place.pass_time(20)
    redact(place)
    place.pass_time(120)
    minutes(place, 3)
    assert words(place)[2] == "[redacted]"
    assert words(place)[5:] == ["Done."]


def test_words_of_which_the_feed_tells_what_they_were_before_stay_as_their_ticket_has_them(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk admin", 30)
    refused(place, 403, "ticket_events")
    minutes(place, 1)
    place.pass_time(700)
    hide(place)
    asyncio.run(place.desk.sync(again=True))  # views tell of it at once, the exports a minute later
    assert public(place) == [True, True, False, True, True]
    del place.server.answer
    place.pass_time(30)
    minutes(place, 1)
    assert public(place) == [True, True, False, True, True]


def test_an_old_comment_that_was_edited_after_a_new_one_is_shown_as_edited(tmp_path: Path) -> None:
    place = open_place(tmp_path, "github", 130, comments=3)
    minutes(place, 5)
    tracker = place.server
    for number in range(3, 130):
        place.reply(number)
    place.pass_time(60)
    edited = tracker.comments[10_003][0]  # type: ignore[attr-defined]  # a tracker
    edited |= {"body": "Edited.", "updated_at": f"{place.at[0]:%Y-%m-%dT%H:%M:%SZ}"}
    tracker.issues[10_003]["updated_at"] = edited["updated_at"]  # type: ignore[attr-defined]  # as above
    place.pass_time(60)
    minutes(place, 3)
    assert "Edited." in words(place, TicketRef("app", "10003"))
    assert place.desk.work.cache.stale("app", 9) == []


def test_authors_who_may_not_be_asked_for_keep_no_conversation_unread(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk admin", 30)
    refused(place, 403, "users/show_many")
    minutes(place, 3)
    assert place.desk.work.cache.stale("acme", 9) == []


def test_tickets_of_hundreds_of_fields_are_exported_fewer_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = open_place(tmp_path, "zendesk admin", 600, comments=1)
    monkeypatch.setattr(answers, "SMALL", 0)
    monkeypatch.setattr(extent, "MOST_VALUES", 16_000)
    report = asyncio.run(place.desk.sync())
    assert report.failed == ()
    cache = place.desk.work.cache
    assert cache.count("open") == 600
    assert cache.stale("acme", 9) == [], "comments of which there are more than we read are read ticket by ticket"
    asked = [dict(it.query)["per_page"] for it in place.server.requests if "tickets/cursor" in it.path]
    assert asked[:3] == ["1000", "250", "250"]


def test_a_pause_lets_through_the_open_ticket_alone(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 30, comments=1)
    minutes(place, 3)
    for number in range(10):
        place.reply(number)
    place.pass_time(120)
    attention = place.desk.work.attention
    attention.show([TicketRef("acme", str(10_000 + number)) for number in range(10)])
    attention.opened = REF
    attention.pause("half")
    place.server.requests.clear()
    minutes(place, 1)
    assert [it.path.split("/")[-2] for it in place.server.requests if "/comments" in it.path] == [REF.id]
