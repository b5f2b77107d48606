"""One draft that two processes write to: nothing of either is written over."""

from pathlib import Path

import pytest
from house import House, open_house

from supportdesk.desk.drafting import together


@pytest.fixture
def houses(tmp_path: Path) -> tuple[House, House]:
    return open_house(tmp_path), open_house(tmp_path, synced=False)


def test_two_processes_that_write_one_draft_lose_nothing_of_it(houses: tuple[House, House]) -> None:
    one, two = (house.desk for house in houses)
    ref = houses[0].flagged()
    mine = one.save_draft(ref, "begun", public=True, was="")
    assert two.save_draft(ref, "something else", public=True, was="") == "something else\n\nbegun"
    mine = one.save_draft(ref, "begun, and gone on", public=True, was=mine)
    assert {*mine.splitlines()} >= {"begun, and gone on", "something else"}
    two.work.ledger.refresh()
    assert two.draft(ref, public=True) == mine
    assert two.draft(ref, public=False) == ""


def test_a_draft_that_is_forgotten_leaves_what_another_wrote_to_it(houses: tuple[House, House]) -> None:
    one, two = (house.desk for house in houses)
    ref = houses[0].flagged()
    mine = one.save_draft(ref, "sent", public=True, was="")
    two.save_draft(ref, "sent\nnot sent", public=True, was="sent")
    assert one.save_draft(ref, "", public=True, was=mine) == "not sent"


def test_words_as_they_are_on_disk_are_not_taken_for_kept_by_what_memory_holds(houses: tuple[House, House]) -> None:
    one, two = (house.desk for house in houses)
    ref = houses[0].flagged()
    one.save_draft(ref, "mine", public=False, was="")
    two.save_draft(ref, "", public=False)
    one.save_draft(ref, "mine", public=False, was="mine")
    two.work.ledger.refresh()
    assert two.draft(ref, public=False) == "mine"


@pytest.mark.parametrize("was", ["mine", None])
def test_who_only_looked_at_a_draft_waits_for_no_disk(houses: tuple[House, House], was: str | None) -> None:
    one, two = (house.desk for house in houses)
    ref = houses[0].flagged()
    one.save_draft(ref, "mine", public=True, was="")
    with one.work.ledger.transaction():  # which keeps every other writer out
        assert two.save_draft(ref, "mine", public=True, was=was) == "mine"


@pytest.mark.parametrize(
    ("body", "was", "there", "kept"),
    [
        ("a", "", "", "a"),
        ("a", "a", "a", "a"),
        ("", "a", "a", ""),
        ("a b", "a", "a c", "a b\n\na c"),
        ("a", "a", "", "a"),
        ("a\nb", "", "b", "a\nb"),
        ("", "a", "a\nb", "b"),
        ("{\n}", "", "if {\n\n}", "{\n}\n\nif {\n\n}"),
        ("a\nmine", "a", "a\nx\n\na\n", "a\nmine\n\nx\n\na"),
    ],
)
def test_what_others_wrote_stands_below_ours_once(body: str, was: str, there: str, kept: str) -> None:
    assert together(body, was, there) == kept
    assert together(kept, was, there) == kept
