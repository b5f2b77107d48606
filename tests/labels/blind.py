"""Draws the answers that are read to check the finder, and takes what blind readers made of them.

    python tests/labels/blind.py draw FOLDER        items to read, without score, band, evidence or list
    python tests/labels/blind.py keep FILE...       what the readers wrote, rows of {n, label, clear, why}

The list holds the first hundred of the 24,000 answers, each scored by weights that never saw its product, mixed with
as many that are not flagged; then answers shown by default that nobody had read, mixed with a third as many that are
not flagged. `first100.json` keeps the ids, the seed and the numbers that the readers see.
These readings measure; nothing is fitted to them.
"""

import json
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from corpus import Example, absent
from evaluate import SHOWN, Scored, ranked, unseen
from reading import LIST, READ, Drawn, drawn
from train import band

from supportdesk.config import load_cues
from supportdesk.insight.rules import Rules, Scale
from supportdesk.model import Role

SEED = 20261122
FIRST, SHOWN_UNREAD, BESIDE = 100, 60, 20
FILES = (100, 200, 280)  # the number of the last item in each
SPEAKERS = {Role.CUSTOMER: "customer", Role.AGENT: "support"}


def main() -> None:
    """Draw the items, or keep the readings."""
    if why := absent():
        sys.exit(why)
    command, *paths = sys.argv[1:] or [""]
    if command == "draw" and len(paths) == 1:
        _draw(Path(paths[0]))
    elif command == "keep" and paths:
        _keep(Path(path) for path in paths)
    else:
        sys.exit(__doc__)


def _draw(folder: Path) -> None:
    scored = [one for one in unseen() if not one[0].example.tuned]
    lists = drawn_from(Rules.load(load_cues()).scale, scored)
    LIST.write_text(json.dumps({"about": ABOUT, **lists}, indent=1) + "\n", encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    examples = {one.example.id: one.example for one, _ in scored}
    begin = 0
    for number, end in enumerate(FILES, 1):
        items = [item(n, examples[lists["items"][n]]) for n in range(begin, min(end, len(lists["items"])))]
        lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in items)
        (folder / f"items_{number}.jsonl").write_text("".join(lines), encoding="utf-8")
        begin = end


ABOUT = (
    "first: the first hundred in rank order; unflagged: drawn at random from the answers that are not flagged;"
    " shown: drawn at random from those shown by default that are not in first and had no label; beside: unflagged"
    " answers mixed among them; items: all, in the order and by the number in which blind readers saw them."
)


def drawn_from(scale: Scale, scored: Sequence[Scored]) -> Drawn:
    """Return the lists, by a fixed seed."""
    dice = random.Random(SEED)
    flags = {one.example.id: band(scale, one, score) for one, score in scored}
    first = [one.example.id for one, _ in ranked(scored)[:FIRST]]
    labelled = {one.example.id for one, _ in scored if one.example.label}
    shown = [one for one, flag in flags.items() if flag in SHOWN and one not in labelled and one not in first]
    unread = sorted(dice.sample(shown, min(SHOWN_UNREAD, len(shown))))
    silent = dice.sample([one for one, flag in flags.items() if flag is None], len(first) + BESIDE)
    mixed, rest = [*first, *silent[: len(first)]], [*unread, *silent[len(first) :]]
    dice.shuffle(mixed)
    dice.shuffle(rest)
    return {
        "seed": SEED,
        "first": first,
        "unflagged": silent[: len(first)],
        "shown": unread,
        "beside": silent[len(first) :],
        "items": [*mixed, *rest],
    }


def item(number: int, example: Example) -> dict[str, object]:
    """Return what a reader sees: the conversation, the answer marked, nothing of what the finder makes of it."""
    at = next(at for at, one in enumerate(example.said) if one.id == example.judged)
    said = [
        {"who": SPEAKERS.get(one.role, "somebody else"), "text": one.body, **({"answer": True} if place == at else {})}
        for place, one in enumerate(example.said)
    ]
    return {"n": number, "subject": example.subject, "conversation": said[: at + 1], "afterwards": said[at + 1 :]}


def _keep(paths: Iterable[Path]) -> None:
    lists = drawn()
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]
    read = {lists["items"][row["n"]]: row for row in rows}
    for path, names in READ.items():
        ids = [one for name in names for one in lists[name] if one in read]
        lines = (json.dumps(_kept(one, read[one]), ensure_ascii=False) + "\n" for one in sorted(ids))
        path.write_text("".join(lines), encoding="utf-8")
        sys.stdout.write(f"{path}: {len(ids)} answers\n")


def _kept(name: str, row: dict[str, object]) -> dict[str, object]:
    if not (isinstance(row["label"], bool) and isinstance(row["clear"], bool)):
        sys.exit(f"item {row['n']}: label and clear are true or false")
    return {"id": name, "comment_id": "a", **{key: row[key] for key in ("label", "clear", "why")}}


if __name__ == "__main__":
    main()
