"""How fast answers are scored and grouped, as ratios that hold on any machine: `python bench_insight.py EXPORT [N]`.

Figures from one run over N answers (default 100,000) of an export that `supportdesk scan` reads as lines:
scoring against searching every expression of the rules one by one with `re` (in every tenth ticket, times ten),
grouping of repeats against scoring, and matching 20 macros against scoring. With fewer answers in the export than asked
for, further ones are made of a third of each of three, so that no answer is there twice.
"""

import gzip
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from time import process_time

from supportdesk.config import load_cues
from supportdesk.insight.macros import Given, Macro, smelly
from supportdesk.insight.repeats import Groups
from supportdesk.insight.rules import Rules, Side
from supportdesk.insight.scan import ScanTicket, read_line
from supportdesk.insight.workaround import READ, Said, score_all
from supportdesk.model import Role

Answer = tuple[str, str, float]
EVERY = 10


def tickets(path: Path, wanted: int) -> list[ScanTicket]:
    """So many answers with what was asked, made of an export."""
    found = read(path)
    return list(islice(enough(found), tickets_for(found, wanted)))


def read(path: Path) -> list[ScanTicket]:
    """An export of lines, packed or not."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as source:
        return [read_line(line.decode()) for line in source]


def tickets_for(found: list[ScanTicket], wanted: int) -> int:
    """How many of these tickets, over and over, have so many answers."""
    answers = sum(one.role is Role.AGENT for ticket in found for one in ticket.comments)
    return round(wanted * len(found) / answers)


def enough(found: list[ScanTicket]) -> Iterator[ScanTicket]:
    """The tickets, then as many others as are asked for."""
    yield from found
    bodies = [one.body for ticket in found for one in ticket.comments if one.role is Role.AGENT]
    for apart in range(1, len(found)):
        for at, ticket in enumerate(found):
            others = bodies[(at + 37 * apart) % len(bodies)], bodies[(at + 1_001 * apart) % len(bodies)]
            yield ScanTicket(
                id=f"{ticket.id}+{apart}",
                subject=ticket.subject,
                comments=tuple(_mixed(one, *others) if one.role is Role.AGENT else one for one in ticket.comments),
            )


def _mixed(answer: Said, second: str, third: str) -> Said:
    pieces = (answer.body[: len(answer.body) // 3], second[len(second) // 3 : 2 * len(second) // 3])
    return Said(id=answer.id, role=answer.role, body="".join((*pieces, third[2 * len(third) // 3 :])))


def timed(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def search(rules: Rules, read: list[ScanTicket]) -> None:
    """What scoring looks for, without its filing by literals: the questions' cues in what customers said."""
    asked = [one.expression for cue in rules.books[Side.QUESTION].cues for one in cue.patterns]
    answered = [
        one.expression
        for side in (Side.ANSWER, Side.AGAINST, Side.REMARK, Side.LINK)
        for cue in rules.books[side].cues
        for one in cue.patterns
    ]
    for ticket in read:
        for comment in ticket.comments:
            text = comment.body[:READ].lower()
            for expression in answered if comment.role is Role.AGENT else asked:
                expression.search(text)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(path: str, wanted: int = 100_000) -> tuple[float, float]:
    """Print what scoring and grouping take; returns scoring against one by one, and grouping against scoring."""
    rules = Rules.load(load_cues())
    known = tickets(Path(path), wanted)
    answers: list[Answer] = []

    def score() -> None:
        for ticket in known:
            bodies = {one.id: one.body for one in ticket.comments}
            scores = score_all(rules, ticket.subject, ticket.comments)
            answers.extend((f"{ticket.id}/{one.comment_id}", bodies[one.comment_id], one.p) for one in scores)

    groups = Groups(workaround=rules.scale.weak)

    def group() -> None:
        for key, body, p in answers:
            groups.add(key, body, p, key)

    macros = [Macro(id=str(at), name="", body=body) for at, (_, body, _) in enumerate(answers[: 20 * 97 : 97])]
    scoring, grouping = timed(score), timed(group)
    matching = timed(lambda: smelly(rules, macros, (Given(body=body, customer=key) for key, body, _ in answers)))
    one_by_one = EVERY * timed(lambda: search(rules, known[::EVERY]))
    repeated = list(groups.groups())
    say(f"{len(answers):,} answers in {len(known):,} tickets")
    say(f"scoring    {scoring:7.1f} s  {len(answers) / scoring:8,.0f} answers/s")
    say(f"one by one {one_by_one:7.1f} s  scoring takes {scoring / one_by_one:.2f} of it (must 0.35, aim 0.1)")
    say(f"grouping   {grouping:7.1f} s  {grouping / scoring:.2f} of scoring (must 1, aim 0.5)")
    say(f"macros     {matching:7.1f} s  {matching / scoring:.2f} of scoring")
    say(f"{len(repeated):,} groups of {sum(len(one.members) for one in repeated):,} answers")
    return scoring / one_by_one, grouping / scoring


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
