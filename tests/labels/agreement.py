"""How well two readings of the same answers agree: python tests/labels/agreement.py.

`answers.jsonl` holds one label a line for 2,571 answers of ../shared/data/support-answers.jsonl.gz: 840 drawn at random
(`draw` is random) and 1,731 chosen by what the first finder made of them (top, uncertain), by disagreement between it
and what the customer said later (disagree), and by words for the rarer kinds (slow, by-hand, known-bug). Each was read
with its question, the post before and what followed, by the label rule of the plan. `second.jsonl` is a second reading
of 310 of them by another reader who had not seen the first. The readers were language models, each given whole items
and the rule, no detector's output. Ids, labels and reasons only: the texts are not in this project.
"""

import json
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent


def labels(name: str) -> dict[str, dict[str, object]]:
    """The labels of a file by id."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def kappa(first: list[object], second: list[object]) -> float:
    """Cohen's kappa of two readings, 1 is perfect agreement, 0 is chance."""
    total = len(first)
    agreed = sum(one == other for one, other in zip(first, second, strict=True)) / total
    left, right = Counter(first), Counter(second)
    chance = sum(left[value] * right[value] for value in left) / total**2
    return (agreed - chance) / (1 - chance)


def main() -> None:
    first, second = labels("answers.jsonl"), labels("second.jsonl")
    both = [name for name in second if name in first]
    for what in ("workaround", "class"):
        one, other = [first[name][what] for name in both], [second[name][what] for name in both]
        same = sum(a == b for a, b in zip(one, other, strict=True))
        sys.stdout.write(f"{what}: {same} of {len(both)} the same, kappa {kappa(one, other):.3f}\n")


if __name__ == "__main__":
    main()
