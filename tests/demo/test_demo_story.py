"""What the demo tells: a desk worth working on, and no word of it outside its own room."""

import json
import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from demo_desk import StoodClock, helpdesk, read, run, zendesk

import supportdesk
from supportdesk.config import load_cues
from supportdesk.demo import DESK, TRACKER, Tracker
from supportdesk.demo.story import FOLDER, age, open_story
from supportdesk.desk.notes import filed_by_colleagues
from supportdesk.insight.rules import Rules
from supportdesk.insight.workaround import assess
from supportdesk.model import Band, Conversation, IssueRef, Kind, Role, Status, TicketRef

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
PACKAGE = Path(supportdesk.__file__).parent
UPLOADS = ("4211", "4221", "4233", "4241", "4260", "4270", "4291", "4321")
OTHER_WORKAROUNDS = ("4193", "4240", "4250", "4261", "4300")
LOOK_ALIKES = ("4210", "4201", "4196", "4230", "4246", "4186", "4236", "4283", "4223", "4226", "4190", "4243", "4266")
HOSTILE, OUTSIDE_COPY, INSIDE_COPY, LINKED = "4323", "4320", "4296", "4193"
SCRIPTS = {"ja": "HIRAGANA", "he": "HEBREW", "ar": "ARABIC", "hi": "DEVANAGARI"}


@pytest.fixture(scope="module")
def conversations() -> dict[str, Conversation]:
    desk = helpdesk()
    page = run(desk, zendesk().changes(NOW - timedelta(days=30), "", ""))
    return {ticket.ref.id: run(desk, zendesk().conversation(ticket.ref)) for ticket in page.tickets}


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules.load(load_cues())


def flagged(rules: Rules, conversation: Conversation) -> bool:
    sure = (Band.LIKELY, Band.POSSIBLE)
    return any(one.kind is Kind.WORKAROUND and one.band in sure for one in assess(rules, conversation))


def test_the_same_workaround_went_to_eight_customers_by_three_engineers_over_two_weeks(conversations):
    answers = [
        comment
        for id_ in UPLOADS
        for comment in conversations[id_].comments
        if comment.author.role is Role.AGENT and "Clear cache" in comment.body
    ]
    customers = {conversations[id_].ticket.requester.organization for id_ in UPLOADS}
    days = {(NOW - comment.created_at).days for comment in answers}

    assert len(customers) == 8
    assert len({comment.author.name for comment in answers}) == 3
    assert max(days) >= 13
    assert min(days) == 0


@pytest.mark.parametrize("id_", [*UPLOADS, *OTHER_WORKAROUNDS])
def test_a_workaround_of_the_story_is_flagged(conversations, rules, id_):
    assert flagged(rules, conversations[id_])


@pytest.mark.parametrize("id_", LOOK_ALIKES)
def test_what_only_looks_like_one_is_not(conversations, rules, id_):
    assert not flagged(rules, conversations[id_])


def test_nothing_else_in_the_story_is_flagged(conversations, rules):
    found = {id_ for id_, conversation in conversations.items() if flagged(rules, conversation)}

    assert found == {*UPLOADS, *OTHER_WORKAROUNDS}


def test_every_kind_of_finding_can_be_seen(conversations, rules):
    kinds = {finding.kind for conversation in conversations.values() for finding in assess(rules, conversation)}

    assert kinds == set(Kind)


def test_the_desk_is_busy_in_every_state(conversations):
    states = Counter(one.ticket.status for one in conversations.values())

    assert len(conversations) >= 60
    assert set(states) == set(Status)
    assert {one.ticket.priority for one in conversations.values()} == {"", "low", "normal", "high", "urgent"}


def test_the_newest_is_minutes_old_and_the_oldest_three_weeks(conversations):
    ages = [NOW - one.ticket.created_at for one in conversations.values()]

    assert min(ages) < timedelta(minutes=20)
    assert timedelta(days=20) < max(ages) < timedelta(days=22)


def test_three_threads_are_long(conversations):
    lengths = sorted(len(one.comments) for one in conversations.values())[-3:]

    assert all(20 <= length <= 60 for length in lengths)


@pytest.mark.parametrize("script", SCRIPTS.values())
def test_customers_write_in_their_own_script_and_are_called_so(conversations, script):
    def written(text: str) -> bool:
        return any(script in unicodedata.name(letter, "") for letter in text)

    def named(text: str) -> bool:
        return written(text) or (script == "HIRAGANA" and any("CJK" in unicodedata.name(one, "") for one in text))

    found = [one for one in conversations.values() if written(one.comments[0].body)]

    assert found
    assert all(named(one.ticket.requester.name) for one in found)


def test_the_hostile_ticket_arrives_inert_but_keeps_its_words(conversations):
    hostile = conversations[HOSTILE]
    text = hostile.ticket.subject + hostile.comments[0].body + hostile.comments[0].attachments[1].name

    assert "[@click=app.quit]" in text
    assert "closes #1" in text
    assert "{{api_token}}" in text
    assert "\ufffd" in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", text)


def test_the_hostile_ticket_is_hostile_before_it_is_read():
    raw = helpdesk().records.tickets[int(HOSTILE)]["subject"]

    assert "\x1b]52;" in raw
    assert "\u202e" in raw


def test_emoji_families_stay_together(conversations):
    assert any("👩‍👩‍👧‍👦" in one.ticket.subject for one in conversations.values())


def test_one_copy_goes_outside_the_requesters_organization_and_one_stays_inside(conversations):
    def outside(id_: str) -> bool:
        ticket = conversations[id_].ticket
        return any(person.organization != ticket.requester.organization for person in ticket.cc)

    assert outside(OUTSIDE_COPY)
    assert conversations[INSIDE_COPY].ticket.cc
    assert not outside(INSIDE_COPY)


def test_one_ticket_is_linked_to_its_issue_from_both_sides(conversations):
    linked = conversations[LINKED]
    link = filed_by_colleagues(linked.ticket.ref, linked.comments)
    issues = Tracker(StoodClock()).issues

    assert "escalated" in linked.ticket.tags
    assert link is not None
    body = issues[int(link.issue.id)]["body"]
    assert body.endswith(f"<!-- sd-op:{link.op} -->")
    assert f"{DESK}#{LINKED}" in body


def test_the_tracker_knows_a_bug_like_the_storys():
    titles = [row["title"] for row in Tracker(StoodClock()).issues.values()]

    assert len(titles) == 12
    assert IssueRef(TRACKER, "11") in {
        IssueRef(TRACKER, str(1 + at)) for at, one in enumerate(titles) if "upload" in one
    }


def test_everybody_says_things_in_the_order_they_are_told():
    story = open_story(NOW)

    for case in (*story.tickets, *story.issues):
        moments = [entry.at for entry in case.entries]
        assert moments == sorted(moments), case.subject
        assert moments[-1] < NOW


def test_the_same_seed_tells_the_same_story_and_another_moves_its_seconds():
    assert open_story(NOW, 7) == open_story(NOW, 7)
    assert open_story(NOW, 7) != open_story(NOW, 8)


def test_days_and_clocks_are_said_as_of_then():
    text = "\n".join(entry.body for case in open_story(NOW).tickets for entry in case.entries)

    assert "{weekday:" not in text
    assert "{clock:" not in text
    assert "Wednesday's outage" in text


def test_an_age_that_is_none_is_refused():
    assert age("1d 2h 3m") == timedelta(days=1, hours=2, minutes=3)
    with pytest.raises(ValueError, match="not an age"):
        age("yesterday")


def test_everyone_in_the_story_lives_at_an_example_address():
    people = open_story(NOW).people.values()

    assert all(person.email.endswith(".example") for person in people)
    assert len({person.email for person in people}) == len(people)


def test_no_line_of_the_story_hides_a_character_in_its_file():
    for path in FOLDER.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        hidden = {letter for letter in text if unicodedata.category(letter) in ("Cf", "Cc")} - {
            "\n",
            "\u200c",
            "\u200d",
        }
        assert not hidden, path.name


def test_no_word_of_the_story_is_known_outside_its_room():
    cast = json.loads((FOLDER / "people.json").read_text(encoding="utf-8"))
    story = open_story(NOW)
    words = {"wrenfield", *(name.lower() for name in cast["organizations"].values())}
    words |= {person["email"] for person in cast["people"].values()}
    words |= {case.subject.lower() for case in (*story.tickets, *story.issues)}
    ids = re.compile(rf"(?:#|/|'|\")(?:{'|'.join(str(case.id) for case in story.tickets)})\b")

    for path in PACKAGE.rglob("*"):
        if path.suffix in (".py", ".toml", ".tcss") and "demo" not in path.relative_to(PACKAGE).parts:
            text = path.read_text(encoding="utf-8").lower()
            assert not [word for word in words if word in text], path
            assert not ids.search(text), path


def test_a_ticket_that_waits_since_minutes_asks_what_eight_others_asked(conversations):
    newest = max(conversations.values(), key=lambda one: one.ticket.created_at)

    assert "Waiting to upload" in newest.comments[0].body
    assert newest.ticket.assignee is None
    assert read(helpdesk(), TicketRef(DESK, newest.ticket.ref.id)).status is Status.NEW
