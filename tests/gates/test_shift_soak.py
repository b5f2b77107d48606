"""A compressed shift: dropped reads, polls, resizes, new tokens and set clocks leave nothing behind (G9, A44)."""

import asyncio
import gc
import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from shift_service import Helpdesk
from textual.pilot import Pilot
from textual.timer import Timer

from supportdesk.config import load
from supportdesk.desk.desk import Desk
from supportdesk.desk.opening import open_desk
from supportdesk.errors import SupportdeskError
from supportdesk.model import TicketRef
from supportdesk.providers import Account
from supportdesk.secrets import Secrets
from supportdesk.transport import Transport
from supportdesk.ui.app import SupportDesk

HOURS = 8
COLUMNS, LINES = (1, 20, 60, 80, 120, 200), (1, 10, 24, 40, 60)


@dataclass(frozen=True)
class Shift:
    """How much of everything; `rounds` of it, one after the other."""

    dropped: int
    polls: int
    resizes: int
    tokens: int
    jumps: int
    rounds: int


QUICK = Shift(dropped=600, polls=10, resizes=10, tokens=2, jumps=1, rounds=2)
SMOKE = Shift(dropped=60, polls=4, resizes=4, tokens=2, jumps=1, rounds=2)
UNTIL_IT_FAILS = replace(QUICK, dropped=9_000, polls=150, resizes=150, rounds=30)
FULL = Shift(dropped=10_000, polls=2_000, resizes=500, tokens=16, jumps=3, rounds=100)


@dataclass
class World:
    """A console on a real transport, and the clocks and tokens that a test moves."""

    helpdesk: Helpdesk
    desk: Desk
    wire: Transport
    app: SupportDesk
    set_by: timedelta = timedelta(0)


class Wire(Transport):
    """The transport, with an error in it on request: callers that go away take their request with them."""

    drops_requests = False

    async def _kept(self, work, client, *, writes=False):
        return await (work if self.drops_requests else super()._kept(work, client, writes=writes))


def world(folder: Path, helpdesk: Helpdesk, wire: type[Transport] = Transport) -> World:
    config = folder / "config.toml"
    config.write_text(f'[desks.acme]\nprovider = "zendesk"\nurl = "{helpdesk.url}"\n')
    config.chmod(0o600)

    async def signed() -> dict[str, str]:
        return {"Authorization": f"Bearer {helpdesk.token}"}

    def now() -> datetime:
        return datetime.now(UTC) + made.set_by

    way = wire(Account(name="acme", provider="zendesk", url=helpdesk.url), signed)
    found = load(config, {"SUPPORTDESK_HOME": str(folder / "home")})
    desk = open_desk(found, Secrets({}, {}), undo_s=0.0, wires={"acme": way}, now=now)
    app = SupportDesk(desk)
    app.sync = lambda **_: None  # type: ignore[method-assign, assignment]  # the syncs are ours to start
    made = World(helpdesk, desk, way, app)
    return made


@dataclass(frozen=True)
class Load:
    """What a process holds."""

    handles: int
    tasks: int
    armed: Counter[str]
    threads: int
    mib: float


def tasks_now() -> tuple[int, Counter[str]]:
    """Tasks with the timers that stay, and by name the timers that are armed to ring once and go."""
    tasks, armed = asyncio.all_tasks(), Counter[str]()
    for task in tasks:
        timer = task.get_coro().cr_frame.f_locals.get("self")
        if isinstance(timer, Timer) and timer._repeat == 0:
            armed[getattr(timer._callback, "__qualname__", str(timer._callback))] += 1
    return len(tasks) - armed.total(), armed


def load_now() -> Load:
    gc.collect()
    status = Path("/proc/self/status").read_text().splitlines()
    kib = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return Load(len(os.listdir("/proc/self/fd")), *tasks_now(), threading.active_count(), kib / 1024)


async def every_size(pilot: Pilot) -> None:
    """Draw once in the small sizes: Textual makes a scroll bar when one is first needed, and keeps it."""
    for columns, lines in product(COLUMNS, LINES[:2]):
        await pilot.resize_terminal(columns, lines)
    await pilot.resize_terminal(120, 40)


async def settled(made: World, before: Load | None = None) -> Load:
    """The load once every connection is closed and the console's own short timers have run; five seconds at most."""
    await made.wire.close()
    await made.desk.texts.file()  # sqlite keeps the handle of this thread's connection for the next one
    for _ in range(50 if before else 5):
        await asyncio.sleep(0.1)
        load = load_now()
        if before and load.tasks <= before.tasks and load.handles <= before.handles:
            break
    return load


async def drop_reads(made: World, count: int, dice: random.Random) -> None:
    """Begin to read conversations and go away, eight at a time."""
    refs = [TicketRef("acme", str(number + 1)) for number in range(made.helpdesk.tickets)]
    for _ in range(0, count, 8):
        readers = [asyncio.create_task(made.desk.refresh(dice.choice(refs))) for _ in range(8)]
        await asyncio.sleep(dice.random() * 0.05)
        for reader in readers:
            reader.cancel()
        for done in await asyncio.gather(*readers, return_exceptions=True):
            assert isinstance(done, int | asyncio.CancelledError | SupportdeskError), done


async def one_round(made: World, pilot: Pilot, shift: Shift, number: int, dice: random.Random) -> None:
    await drop_reads(made, shift.dropped // shift.rounds, dice)
    for _ in range(shift.polls // shift.rounds):
        assert (await made.desk.sync()).failed == (), f"round {number}"
    for _ in range(shift.resizes // shift.rounds):
        await pilot.resize_terminal(dice.choice(COLUMNS), dice.choice(LINES))
    if _falls_here(number, shift.tokens, shift.rounds):
        made.helpdesk.token = f"token-{number}"
    if _falls_here(number, shift.jumps, shift.rounds):
        made.set_by += timedelta(hours=dice.choice((-26, 2, 26)))


def _falls_here(number: int, times: int, rounds: int) -> bool:
    """Whether one of so many times, spread over the rounds, falls into this round."""
    return (number + 1) * times // rounds > number * times // rounds


async def whole_shift(folder: Path, shift: Shift, wire: type[Transport] = Transport) -> None:
    helpdesk, dice, began = Helpdesk(delay_s=0.001), random.Random(8), time.monotonic()
    made = world(folder, helpdesk, wire)
    async with made.app.run_test(size=(120, 40)) as pilot:
        await made.desk.sync()
        await drop_reads(made, 16, dice)
        await every_size(pilot)
        before, loads = await settled(made), []
        for number in range(shift.rounds):
            await one_round(made, pilot, shift, number, dice)
            loads.append(load_now().mib)
        await pilot.resize_terminal(120, 40)
        await made.desk.refresh(TicketRef("acme", "1"))
        report = await made.desk.sync()
        after = await settled(made, before)
        left = Counter(str(task.get_coro().cr_frame.f_locals.get("self", task)) for task in asyncio.all_tasks())
    await made.desk.close()
    helpdesk.close()
    early = loads[len(loads) // 5]
    print(  # noqa: T201  # a gate shows its count
        f"compressed shift: {shift.dropped:,} dropped reads, {shift.polls:,} polls, {shift.resizes} resizes,"
        f" {shift.tokens} tokens, {shift.jumps} clock jumps in {time.monotonic() - began:.0f} s,"
        f" {helpdesk.asked:,} requests: no poll failed, next request OK; handles {before.handles} → {after.handles},"
        f" tasks {before.tasks} → {after.tasks}, armed {dict(before.armed)} → {dict(after.armed)},"
        f" threads {before.threads} → {after.threads},"
        f" memory {early:.0f} → {loads[-1]:.0f} MiB ({(loads[-1] - early) / (0.8 * HOURS):.1f} MiB an hour)"
    )
    assert report.failed == ()
    assert after.handles <= before.handles
    assert after.tasks <= before.tasks, left
    assert set(after.armed.values()) <= {1}, after.armed


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts what Linux shows in /proc")
def test_a_short_shift_leaves_nothing_behind(tmp_path):
    asyncio.run(whole_shift(tmp_path, SMOKE))


@pytest.mark.full
def test_compressed_shift_full(tmp_path):
    asyncio.run(whole_shift(tmp_path, FULL))


@pytest.mark.gates
def test_a_build_whose_callers_take_their_requests_with_them_fails_the_gate(tmp_path):
    class Broken(Wire):
        drops_requests = True

    with pytest.raises(AssertionError, match=r"round \d"):
        asyncio.run(whole_shift(tmp_path, UNTIL_IT_FAILS, Broken))


async def _held_key(folder: Path, presses: int) -> tuple[list[str], Load, Load, int]:
    helpdesk = Helpdesk(tickets=40)
    made = world(folder, helpdesk)
    async with made.app.run_test(size=(120, 40)) as pilot:
        await made.desk.sync()
        before = await settled(made)
        helpdesk.delay_s = 0.2
        helpdesk.conversations.clear()
        for _ in range(presses):
            await pilot.press("j")
        opened = made.app.screen.queue.selected
        await pilot.press("enter")
        for _ in range(100):
            await asyncio.sleep(0.05)
            if opened.id in helpdesk.conversations:
                break
        await made.desk.refresh(opened)
        after, comments = await settled(made, before), len(made.desk.read(opened).comments)
    await made.desk.close()
    helpdesk.close()
    return helpdesk.conversations, before, after, comments


@pytest.mark.gates
def test_a_key_that_was_held_leaves_the_next_ticket_to_open(tmp_path):
    asked, before, after, comments = asyncio.run(_held_key(tmp_path, 100))
    print(  # noqa: T201  # a gate shows its count
        f"compressed shift: j held for 100 presses, {len(asked)} conversations read,"
        f" the next ticket opens; tasks {before.tasks} → {after.tasks}, handles {before.handles} → {after.handles}"
    )
    assert comments > 0
    assert after.tasks <= before.tasks
    assert after.handles <= before.handles
