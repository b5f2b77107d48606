"""Consoles of two versions on one cache: what the newer one's rules have read is not read again by the older one's."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from crowds import Place, open_place

from supportdesk.desk import versions

TICKETS = 40


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = open_place(tmp_path, "zendesk agent", TICKETS, comments=2)
    place.sync()
    return place


def scored_by(place: Place, version: str) -> int:
    """Sync with rules of that version; how many conversations they have read then."""
    lessons = place.desk.work.lessons
    lessons.__dict__["plain"] = replace(lessons.plain, version=version)
    lessons._taught = None
    place.pass_time(60)
    asyncio.run(place.desk.sync())
    rules = place.desk.work.cache._all("SELECT rules FROM tickets")
    return sum(found == version for (found,) in rules)


def test_a_console_left_open_over_an_upgrade_undoes_nothing(place: Place) -> None:
    assert scored_by(place, "b") == TICKETS
    assert scored_by(place, "a") == TICKETS, "newer is what came later"
    assert [scored_by(place, version) for version in ("b", "a", "b", "a")] == [0, TICKETS, 0, TICKETS]


def test_what_older_rules_read_meanwhile_is_read_by_the_newer_ones(place: Place) -> None:
    scored_by(place, "b")
    scored_by(place, "a")
    place.reply(3)
    assert scored_by(place, "b") == 1
    assert scored_by(place, "a") == TICKETS


def test_whoever_went_back_to_older_rules_for_good_has_them_after_a_day(place: Place) -> None:
    scored_by(place, "b")
    scored_by(place, "a")
    place.pass_time(versions.GONE_AFTER.total_seconds() + 3600)
    assert scored_by(place, "b") == TICKETS


@pytest.mark.parametrize("kept", ["[]", "{", '{"a": 3}', '"x"', '{"a": "never"}', '{"a": "2026-11-22"}'])
def test_a_record_of_versions_that_cannot_be_read_begins_anew(place: Place, kept: str) -> None:
    place.desk.work.cache.set_meta("rules", kept)
    assert scored_by(place, "b") == TICKETS


def test_the_console_with_older_rules_leaves_the_reading_to_the_other(place: Place) -> None:
    scored_by(place, "b")
    scored_by(place, "a")
    scored_by(place, "b")
    assert place.desk.work.connection("acme").reader._claim is None
    scored_by(place, "a")
    assert place.desk.work.connection("acme").reader._claim is not None
