"""One draft that two processes write to: nothing of either is written over."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from house import House, open_house

from supportdesk.desk.drafting import together
from supportdesk.errors import HeldError


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


def test_words_that_are_queued_are_no_draft_any_more_whatever_blanks_stood_around_them(
    houses: tuple[House, House],
) -> None:
    desk = houses[0].desk
    ref = houses[0].flagged()
    desk.save_draft(ref, "\n  It is fixed.\n\n", public=True, was="")
    desk.reply(ref, "It is fixed.")  # as the review shows it; a kill here must not leave it to be sent again
    assert desk.draft(ref, public=True) == ""


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


def test_two_that_write_one_draft_at_once_never_write_in_each_others_lines(houses: tuple[House, House]) -> None:
    one, two = (house.desk for house in houses)
    ref = houses[0].flagged()
    assert one.open_draft(ref, public=True) == ""
    first = one.save_draft(ref, "Dear Ada,", public=True, was="")
    said = two.open_draft(ref, public=True)
    assert re.search(r"Another console \(pid \d+\) has this draft open", said)
    assert two.draft(ref, public=True) == ""
    second = ""
    for more in (" half", " of a", " line"):
        second = two.save_draft(ref, second + more, public=True, was=second)
        first = one.save_draft(ref, first + more, public=True, was=first)
    assert (first, second) == ("Dear Ada, half of a line", " half of a line")
    assert two.close_draft(ref, public=True) == "What you wrote stands below the draft that another console has open."
    assert one.save_draft(ref, first, public=True, was=first) == f"{first}\n\n{second}"
    assert one.close_draft(ref, public=True) == ""
    assert two.open_draft(ref, public=True) == ""
    assert two.draft(ref, public=True) == f"{first}\n\n{second}"


def test_what_is_sent_from_beside_leaves_the_draft_of_the_other_alone(houses: tuple[House, House]) -> None:
    one, two = (house.desk for house in houses)
    ref = houses[0].flagged()
    for desk, body in ((one, "Dear Ada"), (two, "It is fixed.")):
        desk.open_draft(ref, public=True)
        desk.save_draft(ref, body, public=True, was="")
    two.reply(ref, "It is fixed.")
    assert two.draft(ref, public=True) == ""
    assert two.close_draft(ref, public=True) == ""
    one.work.ledger.refresh()
    assert one.draft(ref, public=True) == "Dear Ada"


def test_words_of_a_console_that_was_killed_beside_another_are_found_once_when_the_draft_is_opened(
    tmp_path: Path,
) -> None:
    one = open_house(tmp_path)
    ref = one.flagged()
    one.desk.open_draft(ref, public=False)
    one.desk.save_draft(ref, "mine", public=False, was="")
    code = (
        "import os, sys; from pathlib import Path; from house import open_house; "
        "desk = open_house(Path(sys.argv[1]), synced=False).desk; from supportdesk.model import TicketRef; "
        "ref = TicketRef.parse(sys.argv[2]); desk.open_draft(ref, public=False); "
        "desk.save_draft(ref, 'theirs', public=False, was=''); os.kill(os.getpid(), 9)"
    )
    run = [sys.executable, "-c", code, str(tmp_path), str(ref)]
    paths = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))
    ended = subprocess.run(run, check=False, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True)
    assert ended.returncode == -9, ended.stderr
    one.desk.close_draft(ref, public=False)
    for _ in range(2):
        assert one.desk.open_draft(ref, public=False) == ""
        assert one.desk.draft(ref, public=False) == "mine\n\ntheirs"
        one.desk.close_draft(ref, public=False)
    assert [path.name for path in tmp_path.glob("draft-*")] == []


def test_a_draft_that_is_opened_twice_on_one_console_is_its_own(houses: tuple[House, House]) -> None:
    one, two = (house.desk for house in houses)
    ref = houses[0].flagged()
    assert one.open_draft(ref, public=True) == one.open_draft(ref, public=True) == ""
    one.close_draft(ref, public=True)
    assert two.open_draft(ref, public=True) != ""
    two.close_draft(ref, public=True)
    one.close_draft(ref, public=True)
    assert two.open_draft(ref, public=True) == ""


def test_asking_for_what_another_console_writes_keeps_no_file_open(houses: tuple[House, House]) -> None:
    one, two = (house.desk for house in houses)
    ref = houses[0].flagged()
    one.open_draft(ref, public=True)
    claim = one.open_wording(ref)
    opened = []
    for _ in range(3):
        assert "Another console" in two.open_draft(ref, public=True)
        two.close_draft(ref, public=True)
        with pytest.raises(HeldError):
            two.open_wording(ref)
        opened.append(len(os.listdir("/dev/fd")))
    assert opened[0] == opened[-1]  # the first one may open the ledger
    claim.leave()


def test_a_log_of_equal_lines_in_a_draft_that_was_written_to_elsewhere_does_not_stop_the_screen() -> None:
    log = "\n".join(["retrying"] * 20_000)
    began = time.monotonic()
    assert together(f"{log}\nmine", log, f"{log}\ntheirs") == f"{log}\nmine\n\ntheirs"
    torn = together(f"{log}\nmine", f"begun\n{log}\nended", f"theirs\n{log}\nat both ends").splitlines()
    assert {"mine", "theirs", "at both ends"} <= {*torn}
    assert time.monotonic() - began < 10  # it took minutes
