"""Answers that were given again and again."""

import os
import subprocess
import sys

import pytest

from supportdesk.insight import workaround
from supportdesk.insight.repeats import READ, Group, Groups, Label, Sketch

REPAIR = (
    "Hello {name},\n\nthis happens when the index of a folder no longer fits what is in it. Right-click the folder, "
    "open its properties, choose Repair and wait until the bar is gone. {more}\n\nKind regards\n{agent}"
)
ASK = "Please send us the log of the exporter and tell us which version you use, so that we can look into it."
HOWTO = "Open the settings of the project, choose Members, and invite your colleague with the role that suits them."


def given(name: str, agent: str = "Ben", more: str = "") -> str:
    return REPAIR.format(name=name, agent=agent, more=more)


def spelled(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def filled(*answers: tuple[str, str, float, str]) -> Groups:
    groups = Groups(workaround=0.1)
    for answer in answers:
        groups.add(*answer)
    return groups


def only(groups: Groups) -> Group:
    (group,) = groups.groups()
    return group


def test_answers_that_differ_in_greeting_name_and_a_sentence_are_one() -> None:
    groups = filled(
        ("1", given("Ann"), 0.4, "acme"),
        ("2", HOWTO, 0.01, "acme"),
        ("3", given("Bob", "Eve", "Tell me how it went."), 0.3, "zeta"),
        ("4", given("Cid").upper(), 0.2, "acme"),
    )
    group = only(groups)
    assert (group.id, group.members, group.customers) == ("1", ("1", "3", "4"), ("acme", "zeta"))
    assert group.p_sum == pytest.approx(0.9)
    assert group.p == pytest.approx(0.3)
    assert groups.group_of("4") == group
    assert groups.group_of("2").members == ("2",)
    assert groups.repeated() == {"1": "1", "3": "1", "4": "1"}


def test_a_version_or_an_address_that_differs_makes_no_other_answer() -> None:
    text = "Until this is repaired go back to version {} with the installer from https://get.example/{} and stay there."
    groups = filled(("1", text.format("4.8.1", 7), 0.5, "a"), ("2", text.format("4.9", "x"), 0.5, "b"))
    assert only(groups).members == ("1", "2")


def test_what_a_customer_is_quoted_with_makes_answers_neither_alike_nor_different() -> None:
    quoted = "\n".join(f"> {word} is what I wrote in my long mail about the folder" for word in ("This", "That", "It"))
    groups = filled(
        ("1", f"{quoted}\n\n{given('Ann')}", 0.4, "a"),
        ("2", f"{quoted}\n\n{HOWTO}", 0.0, "b"),
        ("3", given("Bob"), 0.4, "c"),
    )
    assert only(groups).members == ("1", "3")


@pytest.mark.parametrize(
    "text", ["", "Thanks!", "Thank you very much for your help", "¿Qué?", "1 2 3 4 5 6 7 8 9 10 11 12"]
)
def test_a_few_words_are_no_answer_that_could_be_repeated(text: str) -> None:
    assert list(filled(("1", text, 0.0, "a"), ("2", text, 0.0, "b")).groups()) == []


@pytest.mark.parametrize(
    ("text", "p", "label"),
    [
        (given("Ann"), 0.3, Label.WORKAROUND),
        (HOWTO, 0.02, Label.COMMON),
        (ASK, 0.02, Label.BOILERPLATE),
        ("See the page about exports, it has all the steps: https://help.example/exports", 0.02, Label.BOILERPLATE),
        ("You are very welcome, I was glad to be of help with this matter.", 0.02, Label.BOILERPLATE),
        (
            "Which version do you have? Is it the same in safe mode? Does it also happen to colleagues?",
            0.0,
            "boilerplate",
        ),
        ("Does it help to right-click the folder and to choose Repair there? That is the only way.", 0.4, "workaround"),
    ],
)
def test_boilerplate_is_told_from_workarounds_and_from_common_answers(text: str, p: float, label: Label) -> None:
    assert only(filled(("1", text, p, "a"), ("2", text, p, "b"))).label == label


def test_a_group_is_what_its_answers_are_on_the_whole() -> None:
    groups = filled(("1", given("A"), 0.3, "a"), ("2", given("B"), 0.0, "b"))
    assert only(groups).label is Label.WORKAROUND
    groups.add("3", given("C"), 0.0, "c")
    groups.add("4", given("D"), 0.0, "d")
    assert only(groups).label is Label.COMMON


def test_an_answer_that_is_scored_again_counts_once_with_its_new_probability() -> None:
    groups = filled(("1", given("A"), 0.3, "a"), ("2", given("B"), 0.0, "b"))
    groups.add("2", "Other words by now.", 0.5, "b2")
    assert len(groups) == 2
    assert only(groups).p_sum == pytest.approx(0.8)
    assert only(groups).customers == ("a", "b2")


def test_groups_that_grow_together_keep_the_earlier_id() -> None:
    steps = (
        "Close the program on every computer.",
        "Remove the cache folder of your profile.",
        "Unplug the network for a moment.",
        "Start the service from the control panel.",
        "Sign in from a private window.",
        "Invite the colleague a second time.",
    )
    first, second, between = (" ".join(steps[at : at + 4]) for at in (0, 2, 1))
    apart = filled(("1", first, 0.2, "a"), ("2", second, 0.2, "b"))
    assert list(apart.groups()) == []
    groups = filled(("1", first, 0.2, "a"), ("2", second, 0.2, "b"), ("3", between, 0.2, "c"))
    assert groups.group_of("2") == groups.group_of("3") == only(groups)
    assert only(groups).id == "1"


def test_an_unknown_answer_has_no_group() -> None:
    with pytest.raises(KeyError):
        Groups(workaround=0.1).group_of("1")


def test_a_phrase_that_a_thousand_answers_share_neither_joins_them_nor_takes_long() -> None:
    groups = Groups(workaround=0.1)
    for at in range(2_000):
        own = " ".join(spelled(at * 100 + place) for place in range(18))
        groups.add(str(at), f"Please let us know if there is anything else that we can do for you. {own}", 0.0, str(at))
    assert list(groups.groups()) == []


def test_hostile_text_takes_no_time() -> None:
    groups = Groups(workaround=0.1)
    for at, text in enumerate(("a" * 1_000_000, "a b " * 250_000, "?" * 1_000_000, "\n> " * 300_000, "😀" * 300_000)):
        groups.add(str(at), text, 0.0, "a")
    assert len(groups) == 5


def test_groups_are_the_same_in_every_process() -> None:
    code = (
        "from supportdesk.insight.repeats import Groups, shingles\n"
        "groups = Groups(workaround=0.1)\n"
        "for n in range(30): groups.add(str(n), f'{n % 2 * 9 * \"a\"} one two three four five six seven', 0, '')\n"
        "print([group.members for group in groups.groups()], sorted(shingles('only words that matter'.split())))"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(shown) == 1


QUOTED = "".join(f"> line {number} of the log that the customer sent to us\n" for number in range(400))


def test_an_answer_below_a_long_quote_is_read_as_far_as_the_finder_reads_it() -> None:
    groups = filled(("1", given("Ann"), 0.3, "a"), ("2", QUOTED + given("Bob"), 0.3, "b"))
    assert only(groups).members == ("1", "2")
    assert Sketch.of(QUOTED + given("Bob")) == Sketch.of(given("Bob"))


def test_of_an_answers_own_words_no_more_are_read_than_the_finder_reads() -> None:
    long = "".join(f"Then press the button {spelled(number)} and wait. " for number in range(READ // 30))
    assert len(long) > READ
    assert Sketch.of(long) == Sketch.of(long + "Nobody reads what stands here at the very end of it all.")
    assert READ == workaround.READ
