"""What blind readers made of the answers drawn to check the finder: measured against, never learned from.

A row is {id, comment_id, label, clear, why}: label says whether the answer is a workaround by the rule of the labels,
clear whether that is clear-cut.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LIST = HERE / "first100.json"
READ = {HERE / "first100_read.jsonl": ("first", "unflagged"), HERE / "shown_read.jsonl": ("shown", "beside")}
Drawn = dict[str, Any]


def drawn() -> Drawn:
    """Return the lists that were drawn, empty when none were."""
    return json.loads(LIST.read_text(encoding="utf-8")) if LIST.exists() else {}  # type: ignore[no-any-return]


def readings() -> dict[str, bool]:
    """Return, by id, whether readers called the answer a workaround."""
    files = [path for path in READ if path.exists()]
    rows = (json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: bool(row["label"]) for row in rows}


def right_of(ids: Iterable[str], read: Mapping[str, bool]) -> list[bool]:
    """Return what readers said of those of `ids` that they read."""
    return [read[one] for one in ids if one in read]


def stale(first: Sequence[str]) -> int:
    """Return how many of the list's first hundred are among the first hundred no more."""
    return len(set(drawn().get("first", ())) - set(first))
