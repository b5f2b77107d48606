"""Start: seconds until something is on screen, in a real pty, against a bare Textual app and neomutt."""

from collections import defaultdict
from pathlib import Path

from figures import Run, median, say
from subjects import Subject, console, frame, hello, leave_frame, neomutt

SIZES = (0, 1_000, 10_000, 100_000)
MILLION, TALKED = 1_000_000, 1_000  # rows, and those of them with conversations
FLOOR = (
    "a bare Textual app (`hello`) at 1.00: four fifths of it is importing Textual, which everything live here needs; "
    "python itself, printing a stored frame, is 0.07"
)
Costs = dict[str, list[tuple[float, float]]]


def measure(run: Run, folder: Path) -> None:
    """All subjects in turn, round by round, so that a busy moment meets each of them."""
    run.theme("start to painted", FLOOR)
    live = {size: console(folder, size) for size in SIZES}
    if run.million:
        live[MILLION] = console(folder, MILLION, TALKED)
    mails = {size: neomutt(folder, size, run.skip) for size in SIZES[1:]}
    first, reference = frame(live[10_000]), hello()
    leave_frame(live[10_000])
    subjects = [reference, first, *live.values(), *(mail for some in mails.values() for mail in some)]
    costs = _rounds(run.rounds, subjects)
    ratio = _tell(costs, reference)
    run.curve(
        "start, wall clock", "supportdesk", "x hello", {size: ratio[one.name] for size, one in live.items() if size}
    )
    for at, kind in enumerate(("mbox", "maildir", "header cache")):
        points = {size: ratio[some[at].name] for size, some in mails.items() if some}
        run.curve("start, wall clock", f"neomutt {kind}", "x hello", points)
    run.budget("last frame back on screen, 10k tickets on disk", "x hello", ratio[first.name], bounds=(0.3, 0.15))
    run.budget("live console, 10k tickets on disk", "x hello", ratio[live[10_000].name], bounds=(1.5, 1.3))
    run.budget("live console, 100k tickets on disk", "x hello", ratio[live[100_000].name], bounds=(1.8, 1.5))


def _rounds(rounds: int, subjects: list[Subject]) -> Costs:
    costs: Costs = defaultdict(list)
    for number in range(rounds + 1):
        for subject in subjects:
            with subject.start() as terminal:
                painted = subject.painted(terminal)
                found = (painted, terminal.cpu_s())
            if number:  # the first round only warms the disk's cache
                costs[subject.name].append(found)
    return costs


def _tell(costs: Costs, reference: Subject) -> dict[str, float]:
    """Print the medians; the ratio of each subject's wall clock to the bare app's."""
    wall = {name: median([one for one, _ in found]) for name, found in costs.items()}
    cpu = {name: median([one for _, one in found]) for name, found in costs.items()}
    say(f"   {'':34} {'wall ms':>8} {'x hello':>8} {'cpu ms':>8} {'x hello':>8}")
    for name in wall:
        ratios = wall[name] / wall[reference.name], cpu[name] / cpu[reference.name]
        say(f"   {name:34} {wall[name] * 1000:8.0f} {ratios[0]:8.2f} {cpu[name] * 1000:8.0f} {ratios[1]:8.2f}")
    return {name: found / wall[reference.name] for name, found in wall.items()}
