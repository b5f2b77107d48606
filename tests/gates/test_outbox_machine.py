"""The outbox on its ledger against a model: whatever happens in whichever order, each op lands once and none is lost.

Two processes share the journal; answers get lost, effects land late, processes are killed, tails are torn, the file is
compacted, our clock is set, and the engineer holds, retries, drops and takes back as they like.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pytest
from fuzz_files import QuickFiles
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from supportdesk import outbox
from supportdesk.model import Outgoing, Person, Reply, State, Status, Ticket, TicketRef
from supportdesk.outbox import Attempt, Effect
from supportdesk.store import frames
from supportdesk.store.ledger import Ledger

SMOKE, QUICK, FULL = (10, 20), (200, 40), (1_000, 60)
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SETTLE_S = 600.0
REFS = (TicketRef("acme", "1"), TicketRef("acme", "2"), TicketRef("help", "1"))
DONE = (State.SENT, State.DROPPED, State.REJECTED)

FATES = ("landed", "not sent", "told to wait", "conflict", "rejected", "answer lost", "request lost", "late", "killed")
UNKNOWN_FATES = {"answer lost": 0.0, "request lost": None, "late": 300.0, "killed": 0.0}  # seconds until it lands
PLAIN = {
    "landed": Attempt(effect=Effect.LANDED, remote="r"),
    "not sent": Attempt(effect=Effect.NOT_SENT, why="x"),
    "told to wait": Attempt(effect=Effect.NOT_SENT, why="x", wait_s=120.0),
    "conflict": Attempt(effect=Effect.CONFLICT, why="x"),
    "rejected": Attempt(effect=Effect.REJECTED, why="x"),
}


def seen(ref: TicketRef) -> Ticket:
    return Ticket(
        ref=ref, subject="s", status=Status.OPEN, requester=Person(name="n"), created_at=START, updated_at=START
    )


class Machine(RuleBasedStateMachine):
    """The desk's two steps, sending and looking, with everything around them that can go wrong."""

    looked = staticmethod(partial(outbox.looked, settle_s=SETTLE_S))
    sweeps = staticmethod(outbox.sweeps)

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.real_s = 0.0
        self.set_by = timedelta(0)
        self.model: dict[str, Outgoing] = {}
        self.landings: dict[str, list[float]] = {}
        self.open()

    def open(self) -> None:
        self.ledgers = [Ledger.open(self.folder, now=self.now, files=QuickFiles()) for _ in range(2)]

    def now(self) -> datetime:
        return START + timedelta(seconds=self.real_s) + self.set_by

    def steady(self, entry: Outgoing) -> Outgoing:
        return outbox.steadied(entry, "boot", self.now() - timedelta(seconds=self.real_s))

    def entries(self, process: int) -> list[Outgoing]:
        self.ledgers[process].refresh()
        return [self.steady(entry) for entry in self.ledgers[process].all_outgoing()]

    def move(self, process: int, op: str, step: Callable[[Outgoing], Outgoing]) -> Outgoing:
        """As `Workplace.step`: what is on disk by then is moved, in one transaction."""
        ledger = self.ledgers[process]
        with ledger.transaction():
            entry = ledger.outgoing(op)
            assert entry is not None, f"{op} was acknowledged and is lost"
            moved = step(self.steady(entry))
            ledger.put_outgoing(moved)
        self.model[op] = moved
        return moved

    processes = st.integers(0, 1)

    @rule(process=processes, ref=st.sampled_from(REFS), undo_s=st.sampled_from([0, 8]))
    def enqueue(self, process: int, ref: TicketRef, undo_s: int) -> None:
        ledger = self.ledgers[process]
        op = f"op-{len(self.model)}"
        with ledger.transaction():
            entry = Outgoing(
                op=op, change=Reply(body=f"words of {op}"), ref=ref, desk=ref.desk, seen=seen(ref),
                created_at=self.now(), seq=ledger.next_seq(),
                not_before=self.now() + timedelta(seconds=undo_s) if undo_s else None,
            )  # fmt: skip
            entry = self.steady(entry)
            ledger.put_outgoing(entry)
        assert entry.seq > max((other.seq for other in self.model.values()), default=0)
        self.model[op] = entry

    @rule(process=processes, fate=st.sampled_from(FATES), hurry=st.booleans())
    def work_on_one(self, process: int, fate: str, hurry: bool) -> None:
        """Send or look for the first thing that is due."""
        due = outbox.due(self.entries(process), self.now(), hurry=hurry)
        if due and due[0].state is State.UNCERTAIN:
            self.look(process, due[0].op)
        elif due:
            self.send(process, due[0].op, fate)

    def send(self, process: int, op: str, fate: str) -> None:
        mine = self.model[op]
        earlier = [one for one in self.model.values() if outbox.lane(one) == outbox.lane(mine) and one.seq < mine.seq]
        assert all(one.state in DONE for one in earlier), "an older one of its ticket is not done"
        self.move(process, op, lambda entry: outbox.begin(entry, self.now()))
        if fate in PLAIN:
            self.land(op, 0.0 if fate == "landed" else None)
            self.move(process, op, lambda entry: outbox.delivered(entry, PLAIN[fate], self.now()))
            return
        self.land(op, UNKNOWN_FATES[fate])
        if fate == "killed":
            self.crash(torn=True)
        else:
            lost = Attempt(effect=Effect.UNKNOWN, why="no answer")
            self.move(process, op, lambda entry: outbox.delivered(entry, lost, self.now()))

    def land(self, op: str, after_s: float | None) -> None:
        if after_s is not None:
            assert not self.landings.get(op), f"{op} was sent again and lands twice"
            self.landings[op] = [self.real_s + after_s]

    def look(self, process: int, op: str) -> None:
        landed = any(at <= self.real_s for at in self.landings.get(op, ()))
        self.move(process, op, lambda entry: self.looked(entry, "r" if landed else None, self.now()))

    def pick(self, number: int, *states: State) -> str:
        fitting = [op for op, entry in self.model.items() if entry.state in states]
        return fitting[number % len(fitting)] if fitting else ""

    @rule(process=processes, number=st.integers(0, 9))
    def drop(self, process: int, number: int) -> None:
        if op := self.pick(number, State.QUEUED, State.HELD, State.REJECTED, State.UNCERTAIN):
            self.move(process, op, outbox.dropped)

    @rule(process=processes)
    def sweep(self, process: int) -> None:
        """Look once more for what was sent again, refused, held or dropped after an attempt without an answer."""
        for swept in self.sweeps(self.entries(process), self.now()):
            landed = any(at <= self.real_s for at in self.landings.get(swept.op, ()))
            if landed and swept.state is not State.SENT:
                self.move(process, swept.op, lambda entry: outbox.looked(entry, "r", self.now(), 0.0))
            else:
                self.move(process, swept.op, outbox.swept)

    @rule(process=processes, number=st.integers(0, 9))
    def retry(self, process: int, number: int) -> None:
        if op := self.pick(number, State.HELD, State.REJECTED, State.QUEUED, State.UNCERTAIN):
            self.move(process, op, lambda entry: outbox.retried(entry, seen(entry.ref)))

    @rule(process=processes, number=st.integers(0, 9))
    def hold(self, process: int, number: int) -> None:
        if op := self.pick(number, State.QUEUED):
            self.move(process, op, lambda entry: outbox.held(entry, "held"))

    @rule(process=processes)
    def undo(self, process: int) -> None:
        for entry in self.entries(process):
            if outbox.undoable(entry, self.now()):
                assert entry.op not in self.landings
                self.move(process, entry.op, outbox.dropped)

    @rule(seconds=st.sampled_from([1, 9, 40, 130, 700, 4000]))
    def pass_time(self, seconds: int) -> None:
        self.real_s += seconds

    @rule(hours=st.sampled_from([-24, -2, 2, 24, 24 * 365]))
    def set_the_clock(self, hours: int) -> None:
        self.set_by += timedelta(hours=hours)

    @rule(process=processes)
    def compact(self, process: int) -> None:
        self.ledgers[process].compact()

    @precondition(lambda self: self.model)
    @rule(process=processes)
    def fail_within_a_transaction(self, process: int) -> None:
        with pytest.raises(ZeroDivisionError):
            self._fail(self.ledgers[process], next(iter(self.model.values())))

    def _fail(self, ledger: Ledger, entry: Outgoing) -> None:
        with ledger.transaction():
            ledger.put_outgoing(replace(entry, why="never"))
            raise ZeroDivisionError

    @rule(torn=st.booleans())
    def crash(self, torn: bool) -> None:
        """Both processes end without a word, perhaps in the middle of a write; the next one recovers."""
        for ledger in self.ledgers:
            ledger.close()
        journal = self.folder / "journal"
        if torn and journal.exists():
            with journal.open("ab") as stream:
                stream.write(frames.frame(b'[["outgoing", "1", {"op": "never acknowledged"}]]')[:-9])
        self.open()
        for entry in self.entries(0):
            if entry.state is State.SENDING:
                self.move(0, entry.op, outbox.recovered)

    @invariant()
    def nothing_is_lost_or_different(self) -> None:
        for ledger in self.ledgers:
            ledger.refresh()
            assert {entry.op: entry for entry in ledger.all_outgoing()} == self.model

    @invariant()
    def what_landed_was_sent_and_what_was_sent_landed(self) -> None:
        for op, entry in self.model.items():
            assert entry.state is not State.SENT or op in self.landings, f"{op} is called sent and never landed"
            assert entry.state is not State.QUEUED or op not in self.landings, f"{op} landed and will be sent again"

    def teardown(self) -> None:
        """In the end everything that still waits is settled: nothing hangs for ever."""
        for _ in range(40 * (len(self.model) + 1)):
            if all(entry.state in (*DONE, State.HELD) for entry in self.model.values()):
                break
            self.real_s += SETTLE_S + 1
            self.work_on_one(0, "landed", hurry=True)
        waiting = [entry for entry in self.model.values() if entry.state in outbox.WAITING]
        held = {outbox.lane(entry) for entry in self.model.values() if entry.state is State.HELD}
        assert all(outbox.lane(entry) in held for entry in waiting), "something waits that nothing holds"
        self.real_s += 2 * outbox.SWEEP_AFTER.total_seconds()
        self.sweep(0)
        unsaid = [op for op in self.landings if self.model[op].state in (State.DROPPED, *outbox.STOPPED)]
        assert not unsaid, f"{unsaid} landed and are shown as if they had not"
        for ledger in self.ledgers:
            ledger.close()
        rmtree(self.folder)


class Naive(Machine):
    """A build that sends again whatever had no answer."""

    looked = staticmethod(lambda entry, remote, now: replace(entry, state=State.QUEUED, not_before=None))


class Forgetful(Machine):
    """A build that never looks again for what was given up."""

    sweeps = staticmethod(lambda entries, now: [])


def play(size: tuple[int, int], machine: type[Machine] = Machine, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    examples, steps = size
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            database=None,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"ledger and outbox against a model: {examples:,} lives of up to {steps} steps, 0 lost, 0 twice")  # noqa: T201


def test_an_outbox_lives_a_few_short_lives():
    play(SMOKE)


@pytest.mark.gates
def test_outbox_machine():
    play(QUICK)


@pytest.mark.full
def test_outbox_machine_full():
    play(FULL)


@pytest.mark.gates
def test_a_build_that_sends_again_what_had_no_answer_fails_the_gate():
    with pytest.raises((AssertionError, ExceptionGroup)):
        play(QUICK, Naive, (Phase.generate,))


@pytest.mark.gates
def test_a_build_that_never_looks_for_what_was_given_up_fails_the_gate():
    with pytest.raises((AssertionError, ExceptionGroup), match="as if they had not"):
        play(QUICK, Forgetful, (Phase.generate,))
