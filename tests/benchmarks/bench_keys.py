"""Keys: milliseconds and bytes from a key to the repaint, in a real pty, at every size, against neomutt."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from figures import Run, median, percentile, say
from pty_terminal import SIZE, Press, Terminal
from subjects import SETTLED_S, Subject, console, neomutt

from supportdesk.ui.glyphs import CURSOR

SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
PRESSES = 25
DOWN, UP, PAGE = b"j", b"k", b"\x04"
WORD = b"syn"
TITLE = b"\x1b[3;"  # something is drawn on its line
VAST_SIZE = (300, 100)
HELD = 200  # so many presses of a key: most of them scroll the list, beside other panes too
FLOOR = (
    "neomutt's own keys at 1.6 ms down and 2.5 ms page (C, no styles to lay out); Textual answers at its next frame, "
    "8 ms at 120 frames a second, half of it on average"
)
Keyed = dict[str, list[Press]]


def measure(run: Run, folder: Path) -> None:
    """Every key on every size, console and neomutt in turn."""
    run.theme("keys to repaint", FLOOR)
    found: dict[int, Keyed] = {}
    for size in (*SIZES, MILLION) if run.million else SIZES:
        found[size] = _of_console(run, console(folder, size, 1_000 if size == MILLION else None), size)
        if size < MILLION:
            _of_neomutt(run, folder, size)
    _curves(run, found)
    _budgets(run, found[100_000])
    _first(run, console(folder, 100_000))
    _bytes(run, console(folder, 10_000))


@contextmanager
def session(subject: Subject, size: tuple[int, int] = SIZE) -> Iterator[Terminal]:
    """The subject in a terminal, when it has come to rest."""
    with subject.start(size) as terminal:
        subject.painted(terminal)
        terminal.quiet(SETTLED_S, 15.0)
        yield terminal


def _of_console(run: Run, subject: Subject, size: int) -> Keyed:
    keyed: Keyed = {}
    with session(subject) as terminal:
        keyed["down"] = [terminal.press(DOWN) for _ in range(PRESSES)]
        keyed["page"] = [terminal.press(PAGE) for _ in range(PRESSES)]
        keyed["filter"] = _filtered(terminal)
        memory = terminal.memory_mib()
    for what, found in keyed.items():
        _tell(subject.name, what, found)
    say(f"   {subject.name:34} memory {memory:.0f} MiB at most")
    if size in (10_000, 100_000):
        must, aim = (90, 70) if size == 10_000 else (160, 120)
        run.budget(f"memory, console with {size // 1000}k tickets", "MiB", memory, bounds=(must, aim))
    run.curve("memory", "supportdesk", "MiB", {size: memory})
    return keyed


def _filtered(terminal: Terminal) -> list[Press]:
    """Letters of words typed after `/`, until the list shows what they leave, and taken back in between."""
    found = []
    for _ in range(max(1, PRESSES // (2 * len(WORD)))):
        terminal.press(b"/")
        found += [_letter(terminal, bytes([letter])) for letter in WORD]
        found += [_letter(terminal, b"\x7f") for _ in WORD]
        terminal.press(b"\x1b", settle_s=0.4)
        terminal.quiet(0.4)
    return found


def _letter(terminal: Terminal, key: bytes) -> Press:
    """A letter is answered when the queue's title says it too: the field alone is drawn before the list is filtered."""
    terminal.quiet(0.4)
    before, worked, pressed = len(terminal.seen), terminal.cpu_s(), monotonic()
    os.write(terminal.fd, key)
    took = terminal.until(TITLE, 10.0, after=before) + terminal.started - pressed
    worked = terminal.cpu_s() - worked
    terminal.quiet(0.03, 0.2)
    return Press(took * 1000, len(terminal.seen) - before, worked * 1000)


def _of_neomutt(run: Run, folder: Path, size: int) -> None:
    for subject in neomutt(folder, size, run.skip)[-1:]:
        with session(subject) as terminal:
            keys = {"down": DOWN, "page": b"z"}
            keyed = {what: [terminal.press(key) for _ in range(PRESSES)] for what, key in keys.items()}
        for what, found in keyed.items():
            _tell(subject.name, what, found)


def _tell(who: str, what: str, found: list[Press]) -> None:
    took, size, worked = zip(*found, strict=True)
    times = f"p50 {median(took):7.1f} ms  p95 {percentile(took, 0.95):7.1f} ms  cpu {median(worked):6.1f} ms"
    say(f"   {who:34} {what:8} {times}  {median(size):7.0f} bytes")


def _curves(run: Run, found: dict[int, Keyed]) -> None:
    for what in ("down", "page", "filter"):
        points = {size: median([press.took for press in keyed[what]]) for size, keyed in found.items()}
        run.curve(f"{what}, median", "supportdesk", "ms", points)


def _budgets(run: Run, keyed: Keyed) -> None:
    for what, words, must, aim in (
        ("down", "key down, p95 at 100k rows", 25, 12),
        ("page", "key page, p95 at 100k rows", 50, 25),
        ("filter", "filter a letter, p95 at 100k", 80, 40),
    ):
        took = [press.took for press in keyed[what]]
        remark = f"median {median(took):.1f}, processor {median([press.worked for press in keyed[what]]):.1f}"
        run.budget(words, "ms", percentile(took, 0.95), bounds=(must, aim), remark=remark)


def _first(run: Run, subject: Subject) -> None:
    """A key pressed the moment the first screenful is there, until the cursor has moved; the console has just begun."""
    took = []
    for _ in range(run.rounds):
        with subject.start((80, 24)) as terminal:
            subject.painted(terminal)
            before, pressed = len(terminal.seen), monotonic()
            os.write(terminal.fd, DOWN)
            took.append((terminal.until(CURSOR.encode(), 10.0, after=before) + terminal.started - pressed) * 1000)
    run.budget("first key after start at 100k, median", "ms", median(took), bounds=(float("inf"), float("inf")))


def _bytes(run: Run, subject: Subject) -> None:
    """A key that is held, by itself, and what is drawn beside the list when it is let go."""
    for size in ((80, 24), SIZE, (160, 50), VAST_SIZE):
        with session(subject, size) as terminal:
            sizes = [terminal.press(key, settle_s=0.01).size for key in (DOWN, UP) for _ in range(HELD)]
            terminal.quiet(0.5)
            before = len(terminal.seen)
            moved = terminal.press(DOWN).size
            terminal.quiet(0.5)
            rest = len(terminal.seen) - before - moved
        name, worst = f"bytes of a cursor move at {size[0]}x{size[1]}, p95", percentile(sizes, 0.95)
        each = f"median {median(sizes):.0f}, mean {sum(sizes) / len(sizes):.0f}, most {max(sizes)}"
        run.budget(name, "bytes", worst, bounds=(2_000, 1_000), remark=f"{each}; then the talk {rest}")
