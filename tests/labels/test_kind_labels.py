"""The labels of the other kinds are what they say they are, and hints are as sure as they were when they were read."""

import pytest
from agreement import labels
from corpus import absent, natural
from heldout import look
from kinds import KINDS, LABELS, OTHER, SECOND, counted, rows

from supportdesk.config import load_cues
from supportdesk.insight.rules import Rules

LEAST_READ, LEAST_TWICE, LEAST_OF_A_KIND = 150, 60, 60
RARE = "by-hand"
LABELLED, AGAIN = rows(LABELS.name), rows(SECOND.name)
DRAWS = {"random", *(f"{how}:{kind.value}" for how in ("hint", "words", "after") for kind in KINDS)}


def test_every_label_of_a_kind_is_well_formed_and_short() -> None:
    for row in LABELLED.values():
        assert row.keys() == {"id", "comment_id", "kind", "label", "why", "draw"}
        assert row["label"] in (True, False)
        assert row["draw"] in DRAWS
        assert 0 < len(str(row["why"]).split()) <= 16


@pytest.mark.parametrize("kind", KINDS)
def test_enough_answers_were_read_for_each_kind(kind: str) -> None:
    labels = [row["label"] for (_, name), row in LABELLED.items() if name == kind]
    assert len(labels) >= LEAST_READ
    assert sum(labels) >= LEAST_OF_A_KIND or kind == RARE
    assert sum(name == kind for _, name in AGAIN) >= LEAST_TWICE


def test_the_second_reading_is_of_answers_of_the_first_and_the_other_of_those_that_others_read() -> None:
    assert AGAIN.keys() <= LABELLED.keys()
    others = {one for one, _ in rows(OTHER.name)}
    assert len(others) >= LEAST_TWICE
    assert others <= labels("answers.jsonl").keys()
    assert others.isdisjoint(one for one, _ in LABELLED)


def test_a_hint_is_as_sure_as_hints_of_its_kind_were_right() -> None:
    cues = load_cues()
    rules = Rules.load(cues)
    assert cues["kind"].keys() == set(KINDS)
    for hint in rules.hints:
        right, read = cues["kind"][hint.kind.value]
        assert hint.p == pytest.approx(right / read if right else hint.p)
        assert 0 < hint.p < 1


@pytest.mark.skipif(bool(absent()), reason=absent())
def test_what_the_rules_say_of_hints_is_what_was_counted() -> None:
    cues = load_cues()
    later = {one for (one, _), row in LABELLED.items() if str(row["draw"]).startswith("after:")}
    seen = look(Rules.load(cues), (one for one in natural() if one.id in later))
    assert {kind: list(counted(kind, seen, LABELLED)) for kind in KINDS} == cues["kind"]
