"""The learned weights come from this project's labels and cues, say so, and hold only what the rules know."""

import tomllib

import pytest
from corpus import LABELS, Example
from heldout import Seen, fit, platt, sigmoid, written
from train import CUES, SCRIPT, WEIGHTS, by_hand, digest

from supportdesk.config import load_cues
from supportdesk.insight.rules import Rules
from supportdesk.model import Band

FILE = tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))
LARGEST = 300_000


def test_the_file_names_the_script_and_the_state_of_what_it_was_made_of() -> None:
    assert FILE["source"] == {"script": SCRIPT, "labels": digest(LABELS), "cues": digest(CUES)}
    assert WEIGHTS.stat().st_size < LARGEST


def test_every_cue_and_combination_with_a_weight_has_learned_one_of_the_same_sign() -> None:
    prior = written(by_hand())
    assert FILE["learned"].keys() == prior.keys()
    assert all(FILE["learned"][name] * weight >= 0 for name, weight in prior.items())


def test_what_was_learned_is_what_the_rules_weigh() -> None:
    assert written(Rules.load(load_cues())) == {name: weight for name, weight in FILE["learned"].items() if weight}


def test_the_bands_are_in_order_and_each_has_a_record() -> None:
    scale, record = FILE["scale"], FILE["record"]
    assert 1 > scale["likely"] > scale["possible"] > scale["weak"] > 0
    shares = [right / read for right, read in (record[band.value] for band in Band)]
    assert shares == sorted(shares, reverse=True)
    assert 0 < record["recall"] < 1
    assert record["where"]


def seen(cue: str, *, right: bool) -> Seen:
    example = Example(id="1", product="A", subject="", said=(), judged="a", label={"workaround": right})
    return Seen(example=example, cues=frozenset({cue}), convincing=True, skipped=False, hints=(), grade=None)


def test_a_fit_follows_its_labels_and_keeps_to_the_prior_without_any() -> None:
    prior = {"helps": 1.0, "hurts": -1.0}
    assert fit([], prior) == prior
    labels = [seen("helps", right=at % 4 > 0) for at in range(80)] + [seen("hurts", right=False) for _ in range(80)]
    learned = fit(labels, prior)
    assert learned["helps"] > 1.0
    assert learned["hurts"] < -1.0
    assert fit(labels[::-1], prior) == pytest.approx(learned, abs=1e-3)


def test_a_cue_never_learns_to_speak_for_the_other_side() -> None:
    labels = [seen("helps", right=False) for _ in range(400)] + [seen("hurts", right=True) for _ in range(400)]
    learned = fit(labels, {"helps": 0.5, "hurts": -0.5})
    assert learned["helps"] >= 0 >= learned["hurts"]


def test_probabilities_are_fitted_to_shares() -> None:
    points = [(score, 0.0, at < right, 1.0) for score, right in ((-2.0, 10), (2.0, 90)) for at in range(100)]
    slope, offset = platt(points)
    assert sigmoid(slope * 2.0 + offset) == pytest.approx(0.9)
    richer = [(score, 1.0, right, weight) for score, _, right, weight in points]
    assert platt(richer) == (pytest.approx(slope), pytest.approx(offset - 1.0))
