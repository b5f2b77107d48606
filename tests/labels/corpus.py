"""The labelled answers with the conversations they stand in, as the finder reads them.

The texts are no part of this project: they lie beside it, in ../shared, and what needs them says so when they do not.
`draws.json` tells how the labels were drawn from the 24,000 answers, so that shares among all can be estimated: three
strata by what the first finder had made of them, each read whole or by a random sample.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supportdesk.insight.workaround import Said
from supportdesk.model import Role

Json = Any
HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared"
NATURAL = SHARED / "data" / "support-answers.jsonl.gz"
TUNED = SHARED / "eval" / "workaround_dev.jsonl"
LABELS, DRAWS = HERE / "answers.jsonl", HERE / "draws.json"
ROLES = {"customer": Role.CUSTOMER, "agent": Role.AGENT, "support": Role.AGENT}
_LATER = re.compile(r" \|\| (?=\[(?:customer|support|community)\] )")
_SPEAKER = re.compile(r"\[(customer|support|community)\] ?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An answer in its conversation; `label` is None where nobody read it, `weight` how many answers it stands for."""

    id: str
    product: str
    subject: str
    said: tuple[Said, ...]
    judged: str
    label: Json = None
    tuned: bool = False
    weight: float = 0.0

    @property
    def right(self) -> bool:
        """Whether it was labelled a workaround."""
        return bool(self.label and self.label["workaround"])

    @property
    def clear(self) -> bool:
        """Whether the label is clear-cut."""
        return bool(self.label and self.label["certainty"] == "clear")

    @property
    def unread(self) -> bool:
        """Whether its thread is of the half whose answers nobody read to write cues."""
        return not self.tuned and hashlib.sha256(self.id.rsplit("-", 1)[0].encode()).digest()[-1] % 2 == 1


def absent() -> str:
    """Return a sentence when the texts are not there."""
    gone = [str(path) for path in (NATURAL, TUNED) if not path.exists()]
    return f"Nothing to do: the labelled texts are not at {' and '.join(gone)}." if gone else ""


def natural() -> list[Example]:
    """Return the 24,000 answers at their natural rate, with the labels that there are."""
    labels = {row["id"]: row for row in _rows(LABELS)}
    weights = _weights(labels)
    with gzip.open(NATURAL, "rt", encoding="utf-8") as lines:
        return [_example(row, labels.get(row["id"]), weights.get(row["id"], 0.0)) for row in map(json.loads, lines)]


def tuned() -> list[Example]:
    """Return the 285 answers that the first cues were tuned on."""
    return [_example(row, row["label"], 0.0, tuned=True) for row in _rows(TUNED)]


def _rows(path: Path) -> Iterator[Json]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _example(row: Json, label: Json, weight: float, *, tuned: bool = False) -> Example:
    comments = [
        Said(id=one["id"], role=ROLES.get(one["role"], Role.SYSTEM), body=one["body"]) for one in row["comments"]
    ]
    return Example(
        id=row["id"],
        product=row["product"],
        subject=row["subject"],
        said=(*comments, *_later(row.get("later") or "")),
        judged=row.get("judge", comments[-1].id),
        label=label,
        tuned=tuned,
        weight=weight,
    )


def _later(text: str) -> Iterator[Said]:
    """What followed, kept as one text; another customer's post (community) is neither side's."""
    for number, part in enumerate(_LATER.split(text)):
        if speaker := _SPEAKER.match(part):
            yield Said(id=f"later-{number}", role=ROLES.get(speaker[1], Role.SYSTEM), body=part[speaker.end() :])


def _weights(labels: dict[str, Json]) -> dict[str, float]:
    """How many of the 24,000 each label stands for; those chosen by words stand for none but themselves."""
    draws = json.loads(DRAWS.read_text(encoding="utf-8"))
    strata = {name: [one for one in labels if _stratum(labels[one], draws) == name] for name in draws["strata"]}
    return {one: draws["strata"][name] / len(ids) for name, ids in strata.items() for one in ids}


def _stratum(label: Json, draws: Json) -> str:
    if label["draw"] == "random":
        return next((name for name, ids in draws["random_in"].items() if label["id"] in ids), "rest")
    return {"top": "top", "uncertain": "middle"}.get(label["draw"], "")


def of_products(examples: Iterable[Example]) -> list[str]:
    """Return the products in the order of their names."""
    return sorted({one.product for one in examples})
