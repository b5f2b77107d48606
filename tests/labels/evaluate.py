"""How well the finder does on products that it never saw: python tests/labels/evaluate.py [--ids].

Each product is scored by weights fitted to the labels of the others, then all are pooled. That holds for the weights
alone: the cues and the weights they start from were written by somebody who had read errors in half of the threads of
each product, the tuning set before that. `the half nobody read` is the other half, of which only sums had been seen:
which words and which cues went with workarounds over all labels. Expect that figure, not the first, of a new desk.
The combinations that count how a remedy is given (just after the customer wrote, in how long an answer, beside how many
others) were chosen among some forty by these figures. Chosen by the other half alone, step by step, they lift the half
nobody read as well: average precision 0.60 -> 0.66, clear-cut 0.69 -> 0.76. Code shown in an answer was left out: it
stands in one product alone, so that no other could tell whether it carries over.
What blind readers made of the first hundred and of what is shown is reported when it is there (blind.py). `--ids` lists
what has no label among the first hundred and among what is shown by default. Standard library only.
"""

import math
import sys
from collections.abc import Callable, Iterable, Sequence

import kinds
from corpus import absent, natural, of_products, tuned
from heldout import Seen, look, unseen_scores, written
from reading import drawn, readings, right_of, stale
from train import band, by_hand, chance

from supportdesk.config import load_cues
from supportdesk.insight.rules import Rules, Scale
from supportdesk.model import Band

Scored = tuple[Seen, float]
SHOWN = (Band.LIKELY, Band.POSSIBLE)
LEAST = 25  # positives for a product to be reported alone


def main() -> None:
    """Print the table of the targets."""
    if why := absent():
        sys.exit(why)
    scale, scored = Rules.load(load_cues()).scale, unseen()
    for line in report(scale, scored):
        sys.stdout.write(f"{line}\n")
    if "--ids" in sys.argv:
        for line in unread_ids(scale, scored):
            sys.stdout.write(f"{line}\n")


def unseen() -> list[Scored]:
    """Return the 24,000 answers and the tuning set, each scored by weights fitted to the labels of other products."""
    rules = by_hand()
    among, other = look(rules, natural()), look(rules, tuned())
    labelled = [*(one for one in among if one.example.label), *other]
    every = [*among, *other]
    return list(zip(every, unseen_scores(labelled, every, written(rules)), strict=True))


def report(scale: Scale, scored: Sequence[Scored]) -> Iterable[str]:
    """Yield the lines of the report."""
    natural_ = [one for one in scored if not one[0].example.tuned]
    labelled = [one for one in scored if one[0].example.label]
    yield "average precision (clear-cut labels; F1 at best F1)"
    yield from _precisions(labelled)
    yield from _natural(scale, natural_)
    yield from _blind(scale, natural_)
    yield from _calibration(scale, labelled)
    yield from kinds.report()


def _precisions(labelled: Sequence[Scored]) -> Iterable[str]:
    parts: list[tuple[str, Callable[[Seen], bool]]] = [
        ("all labels, product unseen", lambda one: True),
        ("285 of the tuning set", lambda one: one.example.tuned),
        ("2,571 labels", lambda one: not one.example.tuned),
        ("the half nobody read for cues", lambda one: one.example.unread),
    ]
    for product in of_products(one.example for one, _ in labelled):
        parts.append((product, lambda one, product=product: one.example.product == product))  # type: ignore[misc]
    for name, wanted in parts:
        part = [one for one in labelled if wanted(one[0])]
        count = sum(one.example.right for one, _ in part)
        if count >= LEAST:
            clear = [one for one in part if one[0].example.clear]
            yield (
                f"  {name:32} {len(part):5} answers {count:4} right   AP {average_precision(part):.3f}   "
                f"clear AP {average_precision(clear):.3f} F1 {best_f1(clear):.3f}"
            )


def average_precision(scored: Sequence[Scored]) -> float:
    """Return the mean precision at each right answer."""
    ranked = sorted(scored, key=lambda one: (-one[1], one[0].example.right))
    hits = [at for at, (one, _) in enumerate(ranked, 1) if one.example.right]
    return sum(nth / at for nth, at in enumerate(hits, 1)) / len(hits)


def best_f1(scored: Sequence[Scored]) -> float:
    """Return F1 at the threshold where it is best."""
    ranked = sorted(scored, key=lambda one: (-one[1], one[0].example.right))
    right, hits, best = sum(one.example.right for one, _ in scored), 0, 0.0
    for at, (one, _) in enumerate(ranked, 1):
        hits += one.example.right
        best = max(best, 2 * hits / (at + right))
    return best


def wilson(right: int, total: int) -> str:
    """Return a share with its interval, 19 times of 20."""
    p, z = right / total, 1.96
    middle, width = p + z * z / (2 * total), z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    low, high = max(0.0, middle - width) / (1 + z * z / total), (middle + width) / (1 + z * z / total)
    return f"{p:.3f} [{low:.2f} {high:.2f}] ({right} of {total})"


def _natural(scale: Scale, among: Sequence[Scored]) -> Iterable[str]:
    first = [one for one, _ in ranked(among)[:100]]
    read = [one for one in first if one.example.label]
    right = wilson(sum(one.example.right for one in read), len(read))
    yield f"first 100 of {len(among):,}: right {right}, the rest unread"
    bands = {each: [one for one, score in among if band(scale, one, score) is each] for each in Band}
    for each, inside in bands.items():
        yield f"  {each.value:9} {_share(inside, among)}"
    shown = [one for each in SHOWN for one in bands[each]]
    yield f"shown by default: {_share(shown, among)}"
    flagged = {one.example.id for inside in bands.values() for one in inside}
    drawn = [one for one, _ in among if one.example.right and one.example.label["draw"] == "random"]
    found = wilson(sum(one.example.id in flagged for one in drawn), len(drawn))
    yield f"flagged: {len(flagged) / len(among):.4f} of all; recall on the random draw {found}"


def _blind(scale: Scale, among: Sequence[Scored]) -> Iterable[str]:
    """What readers who saw neither score nor list made of it."""
    lists, read = drawn(), readings()
    if not read:
        return
    shown = [one.example.id for one, score in among if band(scale, one, score) in SHOWN]
    now = [one.example.id for one, _ in ranked(among)[:100]]
    parts = [
        ("the first 100 as drawn", lists["first"]),
        ("the unflagged among them", lists["unflagged"]),
        ("shown by default, without a label before", [one for one in lists["shown"] if one in shown]),
        ("the unflagged among those", lists["beside"]),
    ]
    yield f"read blind; {stale(now)} of the first 100 as drawn are not among the first 100 of these weights"
    for name, ids in parts:
        if found := right_of(ids, read):
            yield f"  {name}: {wilson(sum(found), len(found))}"
    labels = {one.example.id: one.example.right for one, _ in among if one.example.label}
    every = right_of(shown, {**labels, **read})
    yield f"  shown by default, labels where not read blind: {wilson(sum(every), len(every))} of {len(shown)} shown"
    both = [one for one in read if one in labels]
    yield f"  read blind and labelled before: {sum(read[one] == labels[one] for one in both)} of {len(both)} the same"


def ranked(scored: Iterable[Scored]) -> list[Scored]:
    """Return the answers whose own words speak for a workaround, the surest first."""
    return sorted((one for one in scored if one[0].convincing), key=lambda one: (-one[1], one[0].example.id))


def _share(inside: Sequence[Seen], among: Sequence[Scored]) -> str:
    read = [one.example for one in inside if one.example.label]
    drawn = [one for one in read if one.weight]
    weighted = sum(one.weight for one in drawn if one.right) / max(1e-9, sum(one.weight for one in drawn))
    right = wilson(sum(one.right for one in read), len(read))
    return f"{len(inside) / len(among):.4f} of all, right {right}, to the draw {weighted:.3f}"


def _calibration(scale: Scale, labelled: Sequence[Scored]) -> Iterable[str]:
    drawn = [
        (chance(scale, score), one.example.right, one.example.weight) for one, score in labelled if one.example.weight
    ]
    yield f"calibration error at the natural rate {calibration_error(drawn):.4f}"
    tuned_ = [(one, score) for one, score in labelled if one.example.tuned]
    rate = sum(one.example.right for one, _ in tuned_) / len(tuned_)
    shift = math.log(rate / (1 - rate)) - math.log(scale.base_rate / (1 - scale.base_rate))
    moved = [(_shifted(chance(scale, score), shift), one.example.right, 1.0) for one, score in tuned_]
    yield f"calibration error on the tuning set, shifted to its rate {calibration_error(moved):.4f}"
    for name, stratum in (("hard", "hard_negative"), ("random", "stratum")):
        wrong = [
            band(scale, one, score) in SHOWN
            for one, score in tuned_
            if not one.example.right and one.example.label[stratum] in (True, "R")
        ]
        yield f"{name} negatives shown {sum(wrong) / len(wrong):.3f} of {len(wrong)}"


def _shifted(p: float, shift: float) -> float:
    return 1 / (1 + math.exp(-(math.log(p / (1 - p)) + shift)))


def calibration_error(rows: Sequence[tuple[float, bool, float]]) -> float:
    """Return how far probabilities are from shares, over ten bins of equal weight."""
    rows = sorted(rows)
    total, error, done = sum(weight for *_, weight in rows), 0.0, 0.0
    bins: list[list[tuple[float, bool, float]]] = [[] for _ in range(10)]
    for row in rows:
        bins[min(9, int(10 * done / total))].append(row)
        done += row[2]
    for part in bins:
        error += abs(sum(weight * (right - p) for p, right, weight in part)) / total
    return error


def unread_ids(scale: Scale, scored: Sequence[Scored]) -> Iterable[str]:
    """Yield the ids that nobody has read among the first hundred, then among what is shown."""
    among = ranked(one for one in scored if not one[0].example.tuned)
    first = [one.example.id for one, _ in among[:100] if not one.example.label]
    shown = [one.example.id for one, score in among if not one.example.label and band(scale, one, score) in SHOWN]
    yield f"unread among the first 100: {' '.join(first)}"
    yield f"unread among what is shown: {' '.join(one for one in shown if one not in first)}"


if __name__ == "__main__":
    main()
