"""The finder against labelled real answers, where they are at hand; they are no part of the project."""

import json
from pathlib import Path

import pytest

from supportdesk.insight.rules import Rules
from supportdesk.insight.scan import read_line, scan_ticket

LABELLED = Path(__file__).parents[3] / "shared" / "eval" / "workaround_dev.jsonl"
LEAST_PRECISION = 0.66

pytestmark = pytest.mark.skipif(not LABELLED.exists(), reason=f"the labelled answers are not at {LABELLED}")


def answers(rules: Rules) -> list[tuple[bool, dict[str, object]]]:
    found = []
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        wanted = json.loads(line)
        row = scan_ticket(rules, read_line(line), every_answer=True)
        answer = next(one for one in row["answers"] if one["comment_id"] == wanted["judge"])
        found.append((bool(wanted["label"]["workaround"]), answer))
    return found


def average_precision(ranked: list[bool]) -> float:
    hits = [at for at, right in enumerate(ranked, 1) if right]
    return sum(nth / at for nth, at in enumerate(hits, 1)) / len(hits)


def test_workarounds_come_first(rules: Rules) -> None:
    judged = sorted(answers(rules), key=lambda one: (-float(str(one[1]["p"])), one[0]))
    assert average_precision([right for right, _ in judged]) >= LEAST_PRECISION


def test_no_flag_lacks_words_of_the_answer(rules: Rules) -> None:
    flagged = [answer for _, answer in answers(rules) if answer["band"] != "weak"]
    assert flagged
    assert all(answer["evidence"] for answer in flagged)
