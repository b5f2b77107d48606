"""What a desk learns from its verdicts: replayed, at once, never the wrong way, and nothing from nonsense."""

import json
import math
import random
import time
from dataclasses import replace

import pytest
from verdict_samples import (
    MIDDLING,
    NOON,
    SCALE,
    SHIPPED,
    STRONG,
    UNTAUGHT,
    WEIGHTS,
    Truth,
    answer,
    flag,
    often,
    said,
    taught,
)

from supportdesk.insight.learning import ONE_IN, Learned, Shipped, Tally, adjusted, asks_at_random, judged, replay
from supportdesk.insight.rules import Rules
from supportdesk.insight.workaround import Said, score
from supportdesk.model import Band, Decision, Kind, Role, Verdict
from supportdesk.store.records import decode, encode

GENEROUS_S = 60.0


def p(learned: Learned, *cues: str) -> float:
    return adjusted(learned, flag(*cues)).p


def test_the_same_verdicts_give_the_same_state_from_memory_and_from_disk() -> None:
    verdicts = Truth(1, offset=0.5, weights={"restart": 0.0}).verdicts(150)
    kept = [decode(Verdict, json.loads(json.dumps(encode(one)))) for one in verdicts]
    assert kept == verdicts
    assert taught(kept) == taught(verdicts)
    assert taught(reversed(verdicts)) == taught(verdicts)  # one verdict an answer: their order says nothing


def test_without_a_verdict_everything_is_as_shipped() -> None:
    assert (UNTAUGHT.scale, UNTAUGHT.weights) == (SCALE, WEIGHTS)
    shown = adjusted(UNTAUGHT, flag(*STRONG))
    assert shown.p == pytest.approx(flag(*STRONG).p)
    assert replace(shown, p=flag(*STRONG).p) == flag(*STRONG)


def test_a_verdict_moves_the_same_flag_at_once() -> None:
    before = p(UNTAUGHT, *MIDDLING)
    assert p(taught([said(1, MIDDLING, right=True)]), *MIDDLING) > before + 0.02
    assert p(taught([said(1, MIDDLING, right=False)]), *MIDDLING) < before - 0.01


@pytest.mark.parametrize("seed", range(12))
def test_a_confirmation_never_lowers_and_a_dismissal_never_raises_the_same_flag(seed: int) -> None:
    draw = random.Random(seed)
    desk = Truth(seed, offset=draw.uniform(-3, 3), weights={cue: draw.uniform(-3, 3) for cue in WEIGHTS})
    history = desk.verdicts(draw.choice([0, 3, 8, 25, 80, 200]))
    before = taught(history)
    for cues in [*(desk.cues() for _ in range(6)), STRONG, MIDDLING]:
        now = p(before, *cues)
        assert p(taught([*history, said(999, cues, right=True)]), *cues) > now - 1e-9
        assert p(taught([*history, said(999, cues, right=False)]), *cues) < now + 1e-9


def test_a_later_verdict_on_an_answer_replaces_the_earlier() -> None:
    first, second = said(1, STRONG, right=True), said(1, STRONG, right=False)
    assert taught([first, second]) == taught([second])


DESKS = [
    (0.8, {"restart": 0.0}),
    (-0.8, {"restart": 0.0, "manually": -0.5}),
    (1.2, {}),
    (0.4, {"workaround": 0.5, "downgrade": 2.5}),
]


@pytest.mark.parametrize(("offset", "own_weights"), DESKS)
def test_after_a_hundred_verdicts_the_confidence_is_truer_and_the_ranking_stands(
    offset: float, own_weights: dict[str, float]
) -> None:
    errors, rankings = [], []
    for seed in range(5):
        desk = Truth(seed, offset=offset, weights=own_weights)
        learned = taught(desk.verdicts(100))
        fresh = [desk.cues() for _ in range(400)]
        errors.append([error(one, desk, fresh) for one in (UNTAUGHT, learned)])
        rankings.append([well_ranked(one, desk, fresh) for one in (UNTAUGHT, learned)])
    shipped, own = (sum(column) / 5 for column in zip(*errors, strict=True))
    assert own < 0.8 * shipped
    before, after = (sum(column) / 5 for column in zip(*rankings, strict=True))
    assert after > before - 0.06  # where the shipped order was perfect, one pair of twenty may turn


def error(learned: Learned, desk: Truth, fresh: list[tuple[str, ...]]) -> float:
    return sum(abs(p(learned, *cues) - desk.p(cues)) for cues in fresh) / len(fresh)


def well_ranked(learned: Learned, desk: Truth, fresh: list[tuple[str, ...]]) -> float:
    """The share of pairs that stand in the true order."""
    pairs = [(one, other) for one, other in zip(fresh[::2], fresh[1::2], strict=True) if desk.p(one) != desk.p(other)]
    right = [(p(learned, *one) > p(learned, *other)) == (desk.p(one) > desk.p(other)) for one, other in pairs]
    return sum(right) / len(right)


def test_a_cue_never_changes_sides_and_does_not_leave_its_weight_in_a_few_verdicts() -> None:
    for count in (7, 300):
        learned = taught([*often(("restart", "known-bug"), 0, count), *often(STRONG, 20, 0, start=400)])
        assert all(learned.weights[cue] * weight > 0 for cue, weight in WEIGHTS.items())
    few = taught(often(("restart", "known-bug"), 0, 7))
    assert few.weights["restart"] > 0.75 * WEIGHTS["restart"]
    against = taught(often(("asks-how", "question", "workaround", "known-bug"), 200, 0))
    assert against.weights["asks-how"] < 0


def test_a_cue_that_nobody_judged_keeps_its_weight() -> None:
    learned = taught(often(STRONG, 3, 20))
    assert learned.weights["by-design"] == WEIGHTS["by-design"]


def test_the_rules_with_the_learned_scale_and_weights_say_what_is_shown(rules: Rules) -> None:
    shipped = Shipped.of(rules)
    reply = Said(id="a", role=Role.AGENT, body="It's a known bug. Please restart the agent by hand every time for now.")
    seen = score(rules, reply)
    finding = replace(flag(), p=seen.p, band=seen.band, evidence=seen.evidence)
    verdicts = [
        judged(replay([], shipped), finding, answer=answer(at), decision=Decision.DISMISSED, agent="m", at=NOON)
        for at in range(30)
    ]
    learned = replay(verdicts, shipped)
    shown = adjusted(learned, finding)
    again = score(with_weights(rules, learned), reply)
    assert again.p == pytest.approx(shown.p)
    assert {one.cue: one.weight for one in again.evidence} == {one.cue: one.weight for one in shown.evidence}
    assert shown.p < seen.p / 2


def with_weights(rules: Rules, learned: Learned) -> Rules:
    own = learned.weights
    return replace(
        rules,
        scale=learned.scale,
        books={
            side: replace(book, cues=tuple(replace(cue, weight=own.get(cue.name, 0.0)) for cue in book.cues))
            for side, book in rules.books.items()
        },
        combinations=tuple(replace(one, weight=own.get(one.name, 0.0)) for one in rules.combinations),
    )


def test_verdicts_of_other_rules_count_by_the_weights_of_today() -> None:
    old = replace(said(1, STRONG, right=False), rules="r0", logit=17.0)
    assert taught([old]).weights == taught([said(1, STRONG, right=False)]).weights
    renamed = replace(old, cues=(*old.cues, ("gone", 1.5)))
    assert set(taught([renamed]).weights) == set(WEIGHTS)


def test_a_verdict_that_kept_only_its_probability_still_counts() -> None:
    old = Verdict(ref=answer(1)[0], comment_id="a", decision=Decision.DISMISSED, agent="m", at=NOON, p=0.5)
    assert p(taught([old]), *STRONG) < p(UNTAUGHT, *STRONG)


GARBAGE = [
    {"logit": math.nan},
    {"logit": math.inf},
    {"logit": 1e300},
    {"cues": (("restart", math.nan),)},
    {"cues": (("restart", 1e308), ("redo", -1e308))},
    {"logit": None, "p": 7.0},
    {"logit": None, "p": math.nan},
    {"logit": None, "p": 0.0},
]


@pytest.mark.parametrize("wrong", GARBAGE, ids=str)
def test_nonsense_teaches_nothing(wrong: dict[str, object]) -> None:
    odd = replace(said(9, STRONG, right=True), **wrong)
    real = often(MIDDLING, 4, 6, start=20)
    learned = taught([odd, *real])
    assert replace(learned, count=10) == taught(real)


def test_unknown_and_doubled_cues_and_hostile_names_are_taken_as_they_are() -> None:
    odd = replace(said(9, STRONG, right=True), cues=(("restart", 1.1), ("restart", 1.1), ("\x1b]0;x\x07" * 99, 2.0)))
    learned = taught([odd])
    assert learned.cues == {"restart": Tally(1, 0)}
    assert math.isfinite(p(learned, *STRONG))


def test_thousands_of_one_sided_verdicts_leave_probabilities_between_nothing_and_certainty() -> None:
    for right in (True, False):
        learned = taught(often(STRONG, 3_000 * right, 3_000 * (not right)))
        assert 0 < p(learned, "by-design", "question") <= p(learned, *STRONG) < 1
        assert learned.scale.slope > 0


def test_ten_thousand_verdicts_are_replayed_within_a_generous_limit() -> None:
    verdicts = Truth(3, offset=0.5, weights={"restart": 0.1}).verdicts(10_000)
    started = time.perf_counter()
    learned = taught(verdicts)
    assert time.perf_counter() - started < GENEROUS_S
    assert learned.count == 10_000


def test_random_unflagged_answers_set_the_base_rate_and_no_flag_does() -> None:
    quiet = [said(at, ("restart",), right=False, sampled=True) for at in range(60)]
    loud = [said(at, ("restart",), right=at % 4 == 0, sampled=True) for at in range(60)]
    flags = often(STRONG, 9, 1, start=100)
    low, high = taught([*quiet, *flags]), taught([*loud, *flags])
    assert low.scale.base_rate < SCALE.base_rate < high.scale.base_rate < 0.25
    assert taught(flags).scale.base_rate == pytest.approx(SCALE.base_rate)
    assert p(low, *MIDDLING) < p(high, *MIDDLING)
    assert low.sampled == Tally(0, 60)
    assert high.bands.keys() == {(Kind.WORKAROUND, Band.LIKELY)}


def test_a_rate_among_unflagged_answers_is_read_with_what_the_rules_miss() -> None:
    half = replace(SHIPPED, recall=0.5)
    assert replay([], half).scale.base_rate == pytest.approx(SCALE.base_rate)
    met = [said(at, ("restart",), right=at == 0, sampled=True) for at in range(20)]
    assert replay(met, half).scale.base_rate > SCALE.base_rate


def test_a_verdict_is_counted_in_the_band_it_was_given_in_and_moves_none_out_of_it() -> None:
    """Counted where they would be shown now, what was confirmed climbs and what was dismissed sinks: a better record
    than the engineer ever saw."""
    before, after = taught([]), taught([said(1, STRONG, right=True), *often(STRONG, 0, 30, start=2)])
    was, now = (adjusted(learned, flag(*STRONG)).band for learned in (before, after))
    assert was is not now
    assert after.bands == {(Kind.WORKAROUND, was): Tally(1, 30)}


def test_what_was_marked_without_a_flag_is_counted_as_found_and_teaches_no_weight() -> None:
    missed = judged(UNTAUGHT, None, answer=answer(1), decision=Decision.CONFIRMED, agent="m", at=NOON)
    scored = replace(missed, logit=-2.1, cues=(("restart", 1.1),), rules="r1", comment_id="b")
    learned = taught([missed, scored])
    assert learned.found == 2
    assert (learned.scale, learned.weights) == (SCALE, WEIGHTS)


def test_hints_of_other_kinds_are_counted_apart_and_keep_their_probability() -> None:
    hint = replace(flag("restart"), kind=Kind.SLOW, p=0.4, band=Band.WEAK)
    seen = judged(UNTAUGHT, hint, answer=answer(1), decision=Decision.CONFIRMED, agent="m", at=NOON)
    learned = taught([seen])
    assert learned.bands == {(Kind.SLOW, Band.WEAK): Tally(1, 0)}
    assert adjusted(taught(often(STRONG, 0, 30)), hint) == hint


def test_a_verdict_keeps_what_was_seen() -> None:
    learned = taught(often(STRONG, 0, 12))
    seen = judged(learned, flag(*STRONG), answer=answer(1), decision=Decision.CONFIRMED, agent="maren", at=NOON)
    shown = adjusted(learned, flag(*STRONG))
    assert (seen.p, seen.band, seen.rules, seen.sampled) == (shown.p, shown.band, "r1", False)
    assert seen.logit == pytest.approx(SCALE.bias + sum(WEIGHTS[cue] for cue in STRONG))
    assert seen.cues == tuple((cue, WEIGHTS[cue]) for cue in STRONG)


@pytest.mark.parametrize(
    "record", [{"likely": 3}, {"weak": [5, 4]}, {"weak": [0, 0]}, {"possible": [1]}, {"recall": 1.0}]
)
def test_a_wrong_table_of_measured_figures_is_refused(rules: Rules, record: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="record: "):
        Shipped.of(rules, record)


def test_nobody_can_foresee_which_of_twenty_verdicts_asks_at_random() -> None:
    nothing = taught([])
    asked = [n for n in range(20 * ONE_IN) if asks_at_random(replace(nothing, count=n), "acme")]
    assert len(asked) == 20
    assert len({n % ONE_IN for n in asked}) > 5
