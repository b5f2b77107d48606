"""What is said of a flag: elsewhere's figure, then the desk's count, then its own record; and which cues fade."""

from dataclasses import replace

import pytest
from verdict_samples import MIDDLING, SHIPPED, STRONG, UNTAUGHT, answer, flag, often, said, taught

from supportdesk.insight.learning import Learned, Slot, Tally, adjusted, next_slot, replay, spread
from supportdesk.insight.record import confidence, desk_record, interval, reminders, share, wilson
from supportdesk.model import Band, Kind


def words(learned: Learned, *cues: str) -> str:
    return confidence(learned, adjusted(learned, flag(*cues)))


def test_at_first_a_flag_is_worth_what_was_measured_elsewhere() -> None:
    assert words(UNTAUGHT, *STRONG) == "about 6 of 10 like this were workarounds in public forums"
    assert words(UNTAUGHT, "restart", "redo") == "about 3 of 20 like this were workarounds in public forums"


def test_the_first_verdict_is_counted_at_once_beside_the_measured_figure() -> None:
    assert words(taught(often(STRONG, 1, 0)), *STRONG).endswith("; of 1 flag like this you confirmed 1")
    learned = taught(often(STRONG, 11, 7))
    assert words(learned, *STRONG) == (
        "about 6 of 10 like this were workarounds in public forums; of 18 flags like this you confirmed 11"
    )


def test_after_thirty_verdicts_the_desk_speaks_for_itself() -> None:
    assert "public forums" in words(taught(often(STRONG, 18, 11)), *STRONG)
    assert words(taught(often(STRONG, 18, 12)), *STRONG) == (
        "of 30 flags like this you confirmed 18: between 4 and 8 of 10 are right"
    )


def test_without_measured_figures_the_rules_say_what_they_expect() -> None:
    bare = replay([], replace(SHIPPED, measured={}))
    assert words(bare, *MIDDLING) == "the rules expect about 4 of 20 like this to be workarounds"


def test_a_hint_says_only_what_was_counted_here() -> None:
    hint = replace(flag("restart"), kind=Kind.SLOW, band=Band.WEAK)
    assert confidence(UNTAUGHT, hint) == ""
    seen = replace(said(1, ("restart",), right=True), kind=Kind.SLOW)
    assert confidence(taught([seen]), hint) == "of 1 flag like this you confirmed 1"


@pytest.mark.parametrize(
    ("p", "said_as"),
    [
        (0.0, "fewer than 1 of 20"),
        (0.05, "about 1 of 20"),
        (0.15, "about 3 of 20"),
        (0.41, "about 4 of 10"),
        (0.949, "about 9 of 10"),
        (0.96, "nearly all"),
    ],
)
def test_a_share_is_said_as_people_say_it(p: float, said_as: str) -> None:
    assert share(p) == said_as


@pytest.mark.parametrize(
    ("tally", "said_as"),
    [
        (Tally(0, 30), "up to 1 of 10"),
        (Tally(0, 300), "fewer than 1 of 10"),
        (Tally(60, 240), "about 2 of 10"),
        (Tally(300, 0), "nearly all"),
        (Tally(19, 15), "between 4 and 7 of 10"),
    ],
)
def test_an_interval_is_said_as_people_say_it(tally: Tally, said_as: str) -> None:
    assert interval(tally) == said_as


def test_wilsons_interval_is_the_published_one() -> None:
    assert wilson(Tally(15, 10)) == pytest.approx((0.407, 0.766), abs=0.001)  # detection.md §4: 0.41 to 0.77
    assert wilson(Tally()) == (0.0, 1.0)


FADED = "“says restart” was dismissed 14 of 15 times here and counts for less"


def test_a_cue_that_is_usually_dismissed_fades_and_says_so() -> None:
    learned = taught([*often(("restart", "known-bug", "redo"), 1, 14), *often(("workaround", "known-bug"), 12, 0, 40)])
    assert learned.faded["restart"] == FADED
    assert "known-bug" not in learned.faded
    assert abs(learned.weights["restart"]) < 0.9 * SHIPPED.weights["restart"]
    assert FADED in reminders(learned, flag("workaround", "restart"))
    assert reminders(learned, flag("workaround")) == ()


def test_a_cue_against_fades_when_what_it_spoke_against_is_confirmed() -> None:
    learned = taught([*often(("workaround", "known-bug", "asks-how"), 40, 2), *often(MIDDLING, 0, 20, 50)])
    assert learned.faded["asks-how"] == "“says asks-how” was confirmed 40 of 42 times here and counts for less"


def test_nothing_is_said_of_a_cue_before_eight_verdicts() -> None:
    for count, expected in ((7, False), (12, True)):
        learned = taught([*often(("restart", "redo"), 0, count), *often(STRONG[:2], 9, 0, 40)])
        assert ("redo" in learned.faded) is expected


def test_the_desks_record_names_its_bands_what_is_missed_and_what_faded() -> None:
    assert desk_record(UNTAUGHT) == ()
    sampled = [said(200 + at, ("restart",), right=at == 0, sampled=True) for at in range(12)]
    learned = taught([*often(STRONG, 24, 8), *sampled])
    assert desk_record(learned) == (
        "likely: of 32 you confirmed 24: between 6 and 9 of 10 are right",
        "missed: of 12 answers without a flag, drawn at random, 1 was a workaround",
    )


def test_one_slot_of_twenty_offers_a_random_answer_without_a_flag() -> None:
    flagged, unflagged = ["f1", "f2"], [f"u{at}" for at in range(500)]
    for seed in ("acme", "app"):
        slots = [next_slot(replace(UNTAUGHT, count=count), flagged, unflagged, seed) for count in range(400)]
        assert [sum(slot.sampled for slot in slots[at : at + 20] if slot) for at in range(0, 400, 20)] == [1] * 20
        assert {slot.answer for slot in slots if slot and not slot.sampled} == {"f1"}
        assert len({slot.answer for slot in slots if slot and slot.sampled}) > 15
        assert slots == [next_slot(replace(UNTAUGHT, count=count), flagged, unflagged, seed) for count in range(400)]


def test_a_slot_offers_what_there_is() -> None:
    states = [replace(UNTAUGHT, count=count) for count in range(20)]
    none: list[str] = []
    assert {next_slot(state, none, none, "s") for state in states} == {None}
    assert [next_slot(state, ["f"], none, "s") for state in states] == [Slot("f", sampled=False)] * 20
    offered = [next_slot(state, none, ["u"], "s") for state in states]
    assert offered.count(Slot("u", sampled=True)) == 1
    assert offered.count(None) == 19


def test_one_verdict_serves_the_group_and_an_answers_own_verdict_goes_first() -> None:
    groups = {answer(at): "clear-the-cache" for at in range(1, 5)} | {answer(7): "other"}
    given = [said(1, STRONG, right=True), said(2, STRONG, right=False), said(9, MIDDLING, right=True)]
    holds = spread(given, groups)
    assert holds == {
        answer(1): given[0],
        answer(2): given[1],
        answer(3): given[1],  # the latest of the group
        answer(4): given[1],
        answer(9): given[2],
    }
    assert taught(given).count == 3
