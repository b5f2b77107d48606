"""The team's own phrases: which are taken, how they are found, whose they are, and that they can go again."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk.insight.learning import Shipped, adjusted, judged, replay
from supportdesk.insight.patterns import unbounded
from supportdesk.insight.rules import Rules, Side
from supportdesk.insight.teamwords import (
    MOST,
    TeamWord,
    is_theirs,
    propose,
    removal,
    standing,
    taught,
)
from supportdesk.insight.workaround import Said, findings, score, score_all
from supportdesk.model import Decision, Role, TicketRef
from supportdesk.store.records import decode, encode

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GENEROUS_S = 10.0


def word(phrase: str, **fields: object) -> TeamWord:
    return replace(TeamWord(phrase=phrase, added_by="maren", at=NOON), **fields)  # type: ignore[arg-type]  # by name


def agent(body: str) -> Said:
    return Said(id="a", role=Role.AGENT, body=body)


def test_a_phrase_becomes_a_cue_that_says_it_is_theirs(rules: Rules) -> None:
    body = "Sorry about that.\nKick the  sync-daemon from the admin shell, v4.8 is fine."
    added = propose(rules, (), " “Kick the\n sync-daemon”, ", added_by="maren", at=NOON)
    assert added == word("Kick the sync-daemon")
    before, after = (score(one, agent(body)) for one in (rules, taught(rules, [added])))
    assert after.logit == pytest.approx(before.logit + 1.0)
    (theirs,) = [one for one in after.evidence if is_theirs(one)]
    assert (theirs.text, theirs.says, theirs.weight) == ("Kick the  sync-daemon", "your team's phrase", 1.0)
    assert body[theirs.start : theirs.end] == theirs.text
    assert not any(is_theirs(one) for one in before.evidence)


@pytest.mark.parametrize(
    ("phrase", "answer"),
    [
        ("Straße räumen", "Bitte STRASSE Räumen, or: straße räumen in the shell"),
        ("v4.8 layout", "go on with the V4.8 layout"),
        ("don’t use Safari-view", "Please don't use safari-view."),
        ("C++ shim", "load the c++ shim"),
        ("the beige box", "then open\nthe beige box"),
    ],
)
def test_a_phrase_is_found_as_people_write_it(rules: Rules, phrase: str, answer: str) -> None:
    added = propose(rules, (), phrase, added_by="maren", at=NOON)
    assert any(is_theirs(one) for one in score(taught(rules, [added]), agent(answer)).evidence)


def test_a_phrase_is_found_as_words_outside_quotes_and_code_only(rules: Rules) -> None:
    learned = taught(rules, [propose(rules, (), "beige box", added_by="maren", at=NOON)])
    for body in ("the beige boxes", "> use the beige box", "run `beige box` now"):
        assert not any(is_theirs(one) for one in score(learned, agent(body)).evidence)
    customer = Said(id="q", role=Role.CUSTOMER, body="I used the beige box")
    assert not any(is_theirs(one) for one in score_all(learned, "", [customer, agent("Fine.")])[0].evidence)


REFUSED = [
    ("", "characters long"),
    ("abc", "characters long"),
    ("x" * 61, "characters long"),
    ("word " * 50_000, "characters long"),
    ("1234 5678", "letters"),
    ("please let us know", "nearly every answer"),
    ("Best regards", "nearly every answer"),
    ("see https://acme.example/kb", "address, code"),
    ("run `sync --hard`", "address, code"),
    ("kick \x1b]0;owned\x07it", "address, code"),
    ("as a workaround", "counts already: it "),
    ("there is no workaround", "counts already: it "),
    ("clear your cache", "counts already"),
    ("日本語の言葉", "Japanese: only English"),
    ("очистите кэш", "only English"),
]


@pytest.mark.parametrize(("phrase", "why"), REFUSED, ids=[ascii(phrase[:20]) for phrase, _ in REFUSED])
def test_a_phrase_that_would_mislead_is_refused_with_the_reason(rules: Rules, phrase: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        propose(rules, (), phrase, added_by="maren", at=NOON)


@pytest.mark.parametrize("weight", [0.0, 3.5, -9.0, float("nan"), float("inf")])
def test_a_phrase_counts_for_something_and_not_for_everything(rules: Rules, weight: float) -> None:
    with pytest.raises(ValueError, match="a weight is at most 3"):
        propose(rules, (), "kick the daemon", added_by="maren", at=NOON, weight=weight)


def test_a_phrase_is_added_once_and_only_so_many(rules: Rules) -> None:
    with pytest.raises(ValueError, match="already"):
        propose(rules, [word("Kick the daemon")], "kick the DAEMON", added_by="ben", at=NOON)
    many = [word(f"phrase number {at}") for at in range(MOST)]
    with pytest.raises(ValueError, match="remove one first"):
        propose(rules, many, "kick the daemon", added_by="ben", at=NOON)


def test_records_replay_to_what_stands_and_survive_the_disk() -> None:
    later = NOON + timedelta(days=1)
    first, second = word("kick the daemon"), word("beige box")
    gone = removal([first, second], "Kick the Daemon!", removed_by="ben", at=later)
    again = word("Kick the daemon", added_by="ben", at=later, weight=2.0)
    records = [first, second, gone]
    assert [decode(TeamWord, json.loads(json.dumps(encode(one)))) for one in records] == records
    assert standing(records) == (second,)
    assert standing([*records, again]) == (again, second)
    assert (gone.added_by, gone.at, gone.removed) == ("ben", later, True)


def test_only_what_stands_can_be_removed() -> None:
    with pytest.raises(ValueError, match="not one of your team's phrases"):
        removal([], "kick the daemon", removed_by="ben", at=NOON)


def test_records_that_could_never_have_been_proposed_are_left_out(rules: Rules) -> None:
    odd = [word(""), word("\x1b[2J"), word("x" * 10**6), word("(a+)+" * 9), word("fine phrase", weight=1e9)]
    kept = standing([*odd, word("kick the daemon")])
    assert [one.phrase for one in kept if "kick" in one.phrase] == ["kick the daemon"]
    assert score(taught(rules, kept), agent("aaaa")).logit < 0


def test_every_phrase_is_bounded_and_hostile_text_takes_no_time(rules: Rules) -> None:
    phrases = [f"a b c d e f g h i j{at} k l m n o p q" for at in range(MOST)]
    learned = taught(rules, standing(word(one) for one in phrases))
    theirs = [cue for cue in learned.books[Side.ANSWER].cues if cue.name.startswith("team:")]
    assert len(theirs) == MOST
    assert not any(unbounded(one.expression.pattern) for cue in theirs for one in cue.patterns)
    started = time.perf_counter()
    for hostile in ("a b c d e f g h i " * 6_000, "a   " * 25_000, "a" + " " * 99_999):
        score(learned, agent(hostile))
    assert time.perf_counter() - started < GENEROUS_S


def test_the_version_of_the_rules_tells_which_phrases_they_hold(rules: Rules) -> None:
    assert taught(rules, ()) is rules
    one, two = taught(rules, [word("beige box")]), taught(rules, [word("beige box", weight=2.0)])
    assert len({rules.version, one.version, two.version}) == 3


def test_a_phrase_learns_as_every_cue_does(rules: Rules) -> None:
    learned_rules = taught(rules, [word("beige box")])
    shipped = Shipped.of(learned_rules)
    untaught = replay([], shipped)
    seen = score(learned_rules, agent("It's a known bug: as a workaround use the beige box."))
    (finding,) = findings(learned_rules, [seen])
    verdicts = [
        judged(
            untaught,
            finding,
            answer=(TicketRef("acme", str(at)), "a"),
            decision=Decision.DISMISSED,
            agent="m",
            at=NOON,
        )
        for at in range(20)
    ]
    learned = replay(verdicts, shipped)
    assert 0 < learned.weights["team:beige box"] < 0.9
    assert learned.faded["team:beige box"] == ("“beige box” was dismissed 20 of 20 times here and counts for less")
    assert adjusted(learned, finding).p < finding.p
