"""The cue data: complete, bounded, and every pattern has an example that it finds."""

import json
import re
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from supportdesk.config import load_cues
from supportdesk.insight.patterns import headed, unbounded
from supportdesk.insight.rules import JUST_ASKED, TWICE, Cue, Rules, Side
from supportdesk.insight.segment import own_words
from supportdesk.insight.workaround import Said, score_all
from supportdesk.model import Grade, Kind, Role

LABELLED = Path(__file__).parents[3] / "shared" / "eval" / "workaround_dev.jsonl"
CUES = load_cues()
RULES = Rules.load(CUES)
ALL: list[Cue] = [cue for book in RULES.books.values() for cue in book.cues]
GENEROUS_S = 10.0


@pytest.mark.parametrize("cue", ALL, ids=lambda cue: cue.name)
def test_every_pattern_finds_one_of_its_examples_and_every_example_is_found(cue: Cue) -> None:
    examples = CUES["cue"][cue.name].get("examples", [])
    for pattern in cue.patterns:
        assert any(pattern.occurs(example) for example in examples), pattern.expression.pattern
    for example in examples:
        assert any(pattern.occurs(example) for pattern in cue.patterns), example


@pytest.mark.parametrize("cue", ALL, ids=lambda cue: cue.name)
def test_a_cue_says_why_in_plain_words_and_pulls_the_way_of_its_side(cue: Cue) -> None:
    assert re.fullmatch(r"[a-z][a-z' ,]{8,70}", cue.says)
    assert cue.weight <= 0 or cue.side is not Side.AGAINST
    assert cue.weight >= 0 or cue.side is not Side.ANSWER


@pytest.mark.parametrize("tickets", [10, pytest.param(None, marks=pytest.mark.gates)])
def test_no_expression_can_match_where_its_literals_do_not_let_it_through(tickets: int | None) -> None:
    texts = [example for table in CUES["cue"].values() for example in table.get("examples", [])]
    if LABELLED.exists():
        rows = map(json.loads, LABELLED.read_text(encoding="utf-8").splitlines()[:tickets])
        texts += [own_words(comment["body"][:4_000]) for row in rows for comment in row["comments"]]
    for book in RULES.books.values():
        for text in texts:
            opened = {id(pattern): starts for _, tries in book.open(text) for pattern, starts in tries}
            for pattern in (one for cue in book.cues for one in cue.patterns if one.lead is None):
                found = pattern.expression.search(text)
                tried = next(pattern.places(text, opened.get(id(pattern), ())), None)
                assert tried == (found and found.span()), (pattern, text)


def test_combinations_and_hints_ask_for_cues_that_exist() -> None:
    known = {cue.name for cue in ALL} | {cue.group for cue in ALL}
    made = {JUST_ASKED} | {f"{cue.group}{TWICE}" for cue in ALL}
    for one in (*RULES.combinations, *(hint.when for hint in RULES.hints)):
        assert {*one.every, *one.none} <= known | made, one.name
    assert {cue.of for cue in ALL if cue.side is Side.OURS} <= known


def test_every_other_kind_has_a_hint_and_no_hint_is_called_a_workaround() -> None:
    assert {hint.kind for hint in RULES.hints} == set(Kind) - {Kind.WORKAROUND}
    assert {grade for grade, _ in RULES.grades} == set(Grade) - {Grade.ONE_STEP, Grade.MANY_STEPS}


HOSTILE = [
    "a" * 100_000,
    "for now " * 12_500,
    "until " * 16_000,
    "delete the " * 9_000,
    "you can " * 12_500,
    "try restarting " * 6_000,
    "i have " * 14_000,
    "?" * 100_000,
    "not " * 25_000,
    "how do " * 14_000,
    "https://" + "a/" * 49_000,
    "> " * 50_000,
    ">\n" * 50_000,
    "`" * 100_000,
    "```\n" * 25_000,
    " " * 100_000,
    "\n" * 100_000,
    "On 1 wrote:" * 9_000,
    "github.com/a\nopened 2024\n" * 4_000,
    "-- \n" * 25_000,
    "switch it off and then " * 4_500,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_a_hostile_body_is_read_in_bounded_time(text: str) -> None:
    said = [Said(id="1", role=Role.CUSTOMER, body=text), Said(id="2", role=Role.AGENT, body=text)]
    before = time.monotonic()
    score_all(RULES, text[:200], said)
    assert time.monotonic() - before < GENEROUS_S


@pytest.mark.parametrize("cue", ALL, ids=lambda cue: cue.name)
def test_no_pattern_runs_away_on_its_own_examples_repeated(cue: Cue) -> None:
    before = time.monotonic()
    for example in CUES["cue"][cue.name].get("examples", []):
        hostile = (" ".join(example.split()[:-1]) + " ") * 8_000
        for pattern in cue.patterns:
            pattern.expression.search(hostile[:8_000])
    assert time.monotonic() - before < GENEROUS_S


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("a+", "without a limit"),
        ("a*b", "without a limit"),
        ("a{2,}", "without a limit"),
        ("(?:a{0,3}b){0,9}", "a group"),
        ("a.{0,40}b.{0,40}c.{0,40}d.{0,40}e", "gaps"),
    ],
)
def test_an_unbounded_expression_is_refused(expression: str, why: str) -> None:
    assert why in unbounded(expression)


def changed(**cue: Any) -> dict[str, Any]:
    cues = deepcopy(CUES) | {"learned": {}}
    cues["cue"]["workaround"] |= cue
    return cues


@pytest.mark.parametrize("patterns", [["a.b"], [["", "a"]], [["a+"]], [["a", "a+"]], [[" a", "a"]]])
def test_a_pattern_that_is_wrong_is_refused_with_the_name_of_its_cue(patterns: list[Any]) -> None:
    with pytest.raises(ValueError, match="cue workaround"):
        Rules.load(changed(patterns=patterns))


def test_the_version_follows_the_data_and_the_base_rate() -> None:
    assert Rules.load(deepcopy(CUES)).version == RULES.version
    assert Rules.load(changed(weight=1.8)).version != RULES.version
    assert Rules.load(CUES, base_rate=0.2).version != RULES.version


@pytest.mark.parametrize(
    ("expression", "literals", "begins"),
    [
        (r"\bglitch", ["glitch"], True),
        (r"\b(?:delet|remov)(?:e|ing)\b", ["delet", "remov"], True),
        (r"\b(?:delet|remov)(?:e|ing)\b", ["delet"], False),
        (r"\bwork-?around", ["work"], True),
        (r"\bworks?\b", ["works"], False),
        (r"\b(?:a|the) glitch", ["glitch"], False),
        (r"\b(?:please )?clear", ["clear"], False),
        (r"\bglitch|\bbug", ["glitch", "bug"], False),
    ],
)
def test_a_pattern_is_known_to_begin_with_its_literal_only_where_it_surely_does(
    expression: str, literals: list[str], begins: bool
) -> None:
    assert headed(expression, literals) is begins
