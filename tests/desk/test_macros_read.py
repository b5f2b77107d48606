"""Macros: those that are workarounds, what was sent from them, and how far the look is."""

from pathlib import Path

import pytest
from house import open_house, run

from supportdesk.demo import DESK


def test_macros_that_are_workarounds_are_listed_with_what_was_sent_from_them(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    report = run(house.desk.teaching.macros())
    assert report.macros == 4, "one of five only sets fields"
    first, second = report.smells
    assert (first.macro.name, first.uses, first.customers, first.macro.used) == (
        "Uploads: stuck on “Waiting to upload”",
        3,
        3,
        14,
    )
    assert second.macro.name == "Sync: a contact with an apostrophe"
    assert report.notes == ("app: GitHub's saved replies are not in its API: no macros here.",)


def test_how_many_conversations_were_looked_through_for_macros_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = open_house(tmp_path)
    monkeypatch.setattr("supportdesk.desk.prepared.TOLD", 5)
    said: list[str] = []
    run(house.desk.teaching.macros(said.append))
    held = house.desk.work.cache.held(DESK)
    assert said[:2] == [
        f"{DESK}: reading its macros",
        f"{DESK}: 5 conversations of {held} tickets looked through",
    ]
    assert len(said) == 1 + held // 5


def test_a_desk_whose_macros_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    house.helpdesk.fail_next("403", on="macros")
    report = run(house.desk.teaching.macros(desk=DESK))
    assert report.smells == ()
    assert report.notes[0].startswith(f"{DESK}: ")
    assert len(report.problems) == 1
