"""How often hints of the other kinds and grades are right: python tests/labels/kinds.py.

`kinds.jsonl` holds five labels for each of 721 answers, each read whole (code, logs and long posts cut in the middle)
and asked of every kind, so that an answer may be of several. The rules:

- known-bug: our answer acknowledges a defect of the product (confirms it, links its report, says that it will be
  repaired or is in builds to come) and gives nothing that the customer can do about it now.
- howto: the customer asks how, where or whether something is done in the product as designed, and our answer tells it.
- slow: the customer's trouble is that the product takes too long, hangs, or uses too much memory or processor.
- by-hand: our side did, or offers to do, something to what is the customer's (post, thread, account, file, build) that
  a better product would let them do; advice and sample code are not.
- missing: the product does not do what the customer wants, and our answer says so or takes it as a wish, whether it
  names another way or not.

A draw is `hint:` by hints of the time, `words:` by loose words, `random`, each shared out evenly among the products, or
`after:` by the hints as they are: read when the words were done, so that no word was written from them. Those alone
tell how sure a hint is; over all labels it looks better than it is. All by-hand labels are from public forums, where
hardly anything is done by hand (23 of 721, found by searching all 24,000), and their words were written from them:
nothing is known of how they do elsewhere.

The reader was a language model. `kinds_second.jsonl` is its second reading of 70, shuffled and without the first labels
at hand, but in the same session: agreement with oneself, which says little. `kinds_other.jsonl` is its reading of 66
answers of answers.jsonl, whose labels by other readers it had not seen: those have one class for each answer, where a
kind here may stand beside another, so that some of the difference is in the rules.

Grades are those of the workarounds in answers.jsonl. Standard library only.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from agreement import kappa
from agreement import labels as labelled
from corpus import HERE, Example, absent, natural, of_products
from heldout import Seen, look

from supportdesk.config import load_cues
from supportdesk.insight.rules import Rules
from supportdesk.insight.segment import own_words
from supportdesk.insight.workaround import READ, grade_of
from supportdesk.model import Grade, Kind

LABELS, SECOND, OTHER = (HERE / f"kinds{name}.jsonl" for name in ("", "_second", "_other"))
KINDS = tuple(kind for kind in Kind if kind is not Kind.WORKAROUND)
NAMES = {"repeated": Grade.REPEATED, "scripted": Grade.SCRIPTED}
Labels = dict[tuple[str, str], dict[str, object]]


def rows(name: str) -> Labels:
    """The labels of a file by answer and kind."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return {(row["id"], row["kind"]): row for row in map(json.loads, lines)}


def main() -> None:
    """Print the tables."""
    if why := absent():
        sys.exit(why)
    for line in report():
        sys.stdout.write(f"{line}\n")


def report() -> Iterable[str]:
    """Yield the lines of the report."""
    labels, rules = rows(LABELS.name), Rules.load(load_cues())
    read = {one for one, _ in labels}
    every = natural()
    seen = look(rules, (one for one in every if one.id in read))
    yield f"hints of other kinds: {len(seen)} answers read, each asked of every kind"
    for kind in KINDS:
        yield from _kind(kind, seen, labels)
    yield from _left_out(seen, labels)
    yield from _twice(labels)
    yield from _grades(rules, [one for one in every if one.right])
    measured = ", ".join(f"{kind.value} = {list(counted(kind, seen, labels))}" for kind in KINDS)
    yield f"for [kind] of kinds.toml: {measured}"


def hinted(kind: Kind, one: Seen) -> bool:
    """Whether it has a hint of a kind."""
    return any(hint.kind is kind for hint in one.hints)


def counted(kind: Kind, seen: Iterable[Seen], labels: Labels) -> tuple[int, int]:
    """How many hints of a kind were right, and how many there are, among those drawn after the words were done."""
    later = [one for one in seen if hinted(kind, one) and labels[one.example.id, kind]["draw"] == f"after:{kind}"]
    return sum(bool(labels[one.example.id, kind]["label"]) for one in later), len(later)


def _kind(kind: Kind, seen: Sequence[Seen], labels: Labels) -> Iterable[str]:
    there = [one for one in seen if labels[one.example.id, kind]["label"]]
    shown = [one for one in seen if hinted(kind, one)]
    found = sum(one in there for one in shown)
    drawn = [one for one in there if labels[one.example.id, kind]["draw"] == "random"]
    right, later = counted(kind, seen, labels)
    parts = [(name, *counted(kind, _of(name, seen), labels)) for name in of_products(one.example for one in seen)]
    split = ", ".join(f"{name} {hits} of {count}" for name, hits, count in parts)
    yield (
        f"  {kind.value:10} {len(there):4} are; drawn after: {right} of {later} right ({split}); all labels: "
        f"{found} of {len(shown)} right, {found} of {len(there)} found; "
        f"of {len(drawn)} met at random {sum(hinted(kind, one) for one in drawn)} found"
    )


def _of(product: str, seen: Iterable[Seen]) -> list[Seen]:
    return [one for one in seen if one.example.product == product]


def _left_out(seen: Sequence[Seen], labels: Labels) -> Iterable[str]:
    """Each product by the hints alone that are right half of the time or more on the labels of the others."""
    yield "each product by the hints that the labels of the others would keep: right of hinted, found of all"
    for kind in KINDS:
        hits = count = 0
        for product in of_products(one.example for one in seen):
            others = [one for one in seen if one.example.product != product]
            kept = {name for name in _names(kind, others) if _half(kind, name, others, labels)}
            shown = [one for one in _of(product, seen) if kept & _names(kind, [one])]
            hits += sum(bool(labels[one.example.id, kind]["label"]) for one in shown)
            count += len(shown)
        total = sum(bool(labels[one.example.id, kind]["label"]) for one in seen)
        yield f"  {kind.value:10} {hits} of {count}, {hits} of {total}"


def _names(kind: Kind, seen: Iterable[Seen]) -> set[str]:
    return {hint.evidence[0].cue for one in seen for hint in one.hints if hint.kind is kind}


def _half(kind: Kind, name: str, seen: Iterable[Seen], labels: Labels) -> bool:
    right = [bool(labels[one.example.id, kind]["label"]) for one in seen if name in _names(kind, [one])]
    return 2 * sum(right) >= len(right)


def _twice(labels: Labels) -> Iterable[str]:
    again = rows(SECOND.name)
    for kind in KINDS:
        both = [one for one in again if one[1] == kind.value]
        first, second = [labels[one]["label"] for one in both], [again[one]["label"] for one in both]
        yield (
            f"  {kind.value:10} {len(both)} read again by the same reader, kappa {kappa(first, second):.2f}; "
            f"against another reader's class {_apart(kind)}"
        )


def _apart(kind: Kind) -> str:
    classes, ours = labelled("answers.jsonl"), rows(OTHER.name)
    both = [one for one in ours if one[1] == kind.value]
    theirs: list[object] = [classes[one]["class"] == kind.value for one, _ in both]
    return f"{kappa(theirs, [ours[one]['label'] for one in both]):.2f} of {len(both)}" if any(theirs) else "none"


def _grades(rules: Rules, right: Sequence[Example]) -> Iterable[str]:
    pairs = [(one.product, _said(rules, one), _labelled(one)) for one in right]
    split = ", ".join(f"{name} {_same(pair for pair in pairs if pair[0] == name)}" for name in of_products(right))
    yield f"grades: {_same(pairs)} as labelled ({split})"
    for grade in Grade:
        names = Counter(label.value for _, said, label in pairs if said is grade)
        yield f"  said {grade.value:16} labelled {dict(names.most_common())}"


def _same(pairs: Iterable[tuple[str, Grade, Grade]]) -> str:
    same = [said is label for _, said, label in pairs]
    return f"{sum(same)} of {len(same)}"


def _said(rules: Rules, one: Example) -> Grade:
    words = own_words(next(said.body for said in one.said if said.id == one.judged)[:READ])
    return grade_of(rules, words, len(words) - words.count("\n"))


def _labelled(one: Example) -> Grade:
    name = one.label["grade"]
    return NAMES.get(name) or Grade(name.replace("-", " "))


if __name__ == "__main__":
    main()
