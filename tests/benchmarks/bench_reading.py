"""Reading, searching and acting: a conversation opened, a query typed live, a change on disk behind its key."""

import asyncio
import os
from pathlib import Path
from time import monotonic, perf_counter, sleep

from bench_keys import session
from bench_store import append, fsync
from bigdesk import LONG_ONE, VAST_ONE, fill
from figures import Run, median, percentile, say
from pty_terminal import Terminal
from subjects import Subject, console

from supportdesk.config import load
from supportdesk.desk import Desk, open_desk
from supportdesk.secrets import Secrets

ALONE = (100, 30)  # the list has the screen to itself: a conversation is read and laid out when it is opened
ACTS = 40
SETTLED_S = 0.35  # shorter than a field's cursor takes to blink, or nothing ever settles
THERE = b"from Person"  # the head of a conversation
WORDS = ("export", "crash", "invoice", "calendar", "photo", "person", "company", "upload", "printer", "error", "blank")
PASSES = 2
SCREENFUL = 18  # of what was found, with the words around it
NEVER = float("inf")
FLOOR = (
    "Textual answers at its next frame, 8 ms at 120 a second; sqlite's full text finds the newest 50 in 0.1 ms; "
    "a change is not on disk before the disk has synced it, which takes what `fsync` says below"
)


def measure(run: Run, folder: Path) -> None:
    """A long conversation and one of 10 MB on a desk of 10,000; queries and changes on one of 100,000."""
    run.theme("reading, searching, acting", FLOOR)
    _opening(run, console(folder, 10_000))
    home = fill(folder / "desk-100000", 100_000)
    asyncio.run(_within(run, home))
    _acting(run, console(folder, 100_000), home / "journal", fsync(folder))


def _opening(run: Run, subject: Subject) -> None:
    """Milliseconds from enter until the conversation is drawn; then until a key that scrolls it is answered."""
    for word, words, must, aim in (
        (LONG_ONE, "open a 200-comment ticket, median", 100, 50),
        (VAST_ONE, "open a ticket of 10 MB, median (no budget)", NEVER, NEVER),
    ):
        opened, scrolled, memory = [], [], 0.0
        for _ in range(run.rounds):
            with session(subject, ALONE) as terminal:
                terminal.press(b"/")
                os.write(terminal.fd, word.encode())
                terminal.quiet(SETTLED_S, 5.0)
                terminal.press(b"\r", settle_s=SETTLED_S)
                terminal.quiet(SETTLED_S, 5.0)
                opened.append(_until(terminal, b"\r", THERE))
                scrolled.append(terminal.press(b"\x04", settle_s=0.05).took)
                memory = max(memory, terminal.memory_mib())
        remark = f"p95 {percentile(opened, 0.95):.0f}; half a page down then {median(scrolled):.0f}; {memory:.0f} MiB"
        run.budget(words, "ms", median(opened), bounds=(must, aim), remark=remark)


def _until(terminal: Terminal, key: bytes, words: bytes) -> float:
    """Milliseconds from a key until words are drawn."""
    before, pressed = len(terminal.seen), monotonic()
    os.write(terminal.fd, key)
    return (terminal.until(words, 10.0, after=before) + terminal.started - pressed) * 1000


async def _within(run: Run, home: Path) -> None:
    """The calls alone, without a terminal: a query at each letter from the third on, and a reply queued."""
    config = load(home / "config.toml", {"SUPPORTDESK_HOME": str(home)})
    desk = open_desk(config, Secrets({}, {}), undo_s=3600.0)
    desk.work.catch_up()
    live = [took for _ in range(PASSES) for word in WORDS for took in _typed(desk, word)]
    remark = f"median {median(live):.2f}, at most {max(live):.1f}, of {len(live)} letters"
    run.budget("full-text query, p95 at 100k, typed live", "ms", percentile(live, 0.95), bounds=(20, 5), remark=remark)
    took = []
    for ref in desk.queue("open").refs[100 : 100 + ACTS]:
        start = perf_counter()
        op = desk.reply(ref, "On disk before the key is answered.").op
        took.append((perf_counter() - start) * 1000)
        desk.drop(op)
        sleep(0.005)
    say(f"   a reply queued, the call alone: p50 {median(took):.2f} ms, p95 {percentile(took, 0.95):.2f} ms")
    await desk.close()


def _typed(desk: Desk, word: str) -> list[float]:
    took = []
    for end in range(3, len(word) + 1):
        start = perf_counter()
        desk.texts.search(word[:end])[:SCREENFUL]
        took.append((perf_counter() - start) * 1000)
    return took


def _acting(run: Run, subject: Subject, journal: Path, synced: float) -> None:
    """The key that solves a ticket, and the one that takes it back, each until the journal has it; and the sync.

    The floor, a bare append and its sync, is measured before each: a busy disk or machine is in both.
    """
    took, said, worked, floor = [], [], [], []
    with session(subject) as terminal:
        for at in range(2 * ACTS):
            terminal.quiet(SETTLED_S, 2.0)
            floor.append(append(journal.parent.parent))
            size, before, pressed = _size(journal), terminal.cpu_s(), monotonic()
            os.write(terminal.fd, b"u" if at % 2 else b"e")
            while _size(journal) == size and monotonic() < pressed + 2.0:
                sleep(0.0002)
            took.append((monotonic() - pressed) * 1000 + synced)
            worked.append((terminal.cpu_s() - before) * 1000)
            terminal.read(1.0)
            said.append((monotonic() - pressed) * 1000)
    bare = f"p50 {median(floor):.2f} ms  p95 {percentile(floor, 0.95):.2f} ms"
    say(f"   a bare append and its sync, one before each: {bare}; processor until then {median(worked):.1f} ms")
    remark = f"median {median(took):.1f}, bare append p95 {percentile(floor, 0.95):.1f}; drawn {median(said):.1f}"
    run.budget("durable action, key to disk, p95", "ms", percentile(took, 0.95), bounds=(10, 3), remark=remark)


def _size(journal: Path) -> int:
    return journal.stat().st_size if journal.exists() else 0
