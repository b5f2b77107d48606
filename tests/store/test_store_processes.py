"""The ledger among real processes: two that write, one that is killed, one whose disk is full, one that holds on."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from store_samples import NOON

from supportdesk.errors import StoreError
from supportdesk.store.files import Files
from supportdesk.store.ledger import Ledger
from supportdesk.store.locks import Lock, SenderLock

KILLS = 20
HERE = Path(__file__).parent
SETUP = f"""
import os, sys, threading, time
from pathlib import Path
sys.path.insert(0, {str(HERE)!r})
from store_samples import EVENT, NOON, draft, outgoing
from supportdesk.errors import StoreError
from supportdesk.store.files import Files
from supportdesk.store.ledger import Ledger
from supportdesk.store.locks import Lock, SenderLock
folder = Path(sys.argv[1])
def opened():
    return Ledger.open(folder, now=lambda: NOON)
"""


def start(folder: Path, code: str, *arguments: str, **options: object) -> subprocess.Popen:
    command = [sys.executable, "-c", SETUP + code, str(folder), *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)


def opened(folder: Path) -> Ledger:
    return Ledger.open(folder, now=lambda: NOON)


@pytest.mark.parametrize("writes", [30, pytest.param(500, marks=pytest.mark.gates)])
def test_two_processes_lose_nothing_and_share_no_number(tmp_path: Path, writes: int) -> None:
    code = """
ledger = opened()
def told_to_try_again(act):
    try:
        act()
    except StoreError as problem:  # the other writer, on a machine that lets nobody else in for seconds
        assert "has been writing" in problem.message, problem
        told_to_try_again(act)
def write(n):
    with ledger.transaction():
        ledger.put_outgoing(outgoing(f"{sys.argv[2]}-{n}", seq=ledger.next_seq()))
        ledger.add_event(EVENT)
for n in range(int(sys.argv[3])):
    told_to_try_again(lambda: write(n))
    if n % 40 == 0:
        told_to_try_again(ledger.compact)
    if n % 10 == 5:
        compacting = threading.Thread(target=ledger.compact_aside, args=(lambda: True,))
        compacting.start()
"""
    processes = [start(tmp_path, code, name, str(writes)) for name in ("one", "two")]
    ended = [(process.communicate(timeout=120), process.returncode) for process in processes]
    assert [code for _, code in ended] == [0, 0], ended
    ledger = opened(tmp_path)
    assert [it.seq for it in ledger.all_outgoing()] == list(range(1, 2 * writes + 1))
    assert len(ledger.events()) == 2 * writes
    assert ledger.notices == []


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    code = """
ledger = opened()
assert not ledger.notices, ledger.notices
print("ready", flush=True)
while True:
    seq = ledger.next_seq()
    op = f"{os.getpid()}-{seq}"
    ledger.put_outgoing(outgoing(op, seq=seq))
    ledger.put_draft(draft("x" * 30_000))
    print(op, flush=True)
"""
    acknowledged: list[str] = []
    for kill in range(KILLS):
        process = start(tmp_path, code)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.005 + 0.004 * kill)
        process.send_signal(signal.SIGKILL)
        told, _ = process.communicate(timeout=60)
        acknowledged += [line for line in told.split("\n")[:-1] if line]
    assert len(acknowledged) > KILLS
    ledger = opened(tmp_path)
    assert {it.op for it in ledger.all_outgoing()} >= set(acknowledged)
    assert ledger.notices == []


def test_a_full_disk_keeps_the_old_entries_and_says_not_written(tmp_path: Path) -> None:
    opened(tmp_path).close()
    code = """
ledger = opened()
kept = 0
try:
    while True:
        ledger.put_outgoing(outgoing(f"op-{kept}"))
        kept += 1
except StoreError as error:
    assert "disk is full" in error.message, error.message
    assert len(ledger.all_outgoing()) == kept
    assert len(opened().all_outgoing()) == kept
    print(kept, flush=True)
"""
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))  # noqa: E731
    told, _ = start(tmp_path, code, preexec_fn=limit).communicate(timeout=60)
    ledger = opened(tmp_path)
    assert len(ledger.all_outgoing()) == int(told) > 5
    assert ledger.notices == []


def test_a_process_that_keeps_the_lock_is_named_and_a_killed_one_keeps_nothing(tmp_path: Path) -> None:
    code = """
ledger = opened()
with ledger.transaction():
    print("held", flush=True)
    sys.stdin.read()
"""
    holder = start(tmp_path, code)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    ledger = opened(tmp_path)
    assert ledger.all_outgoing() == []  # reads never lock
    with pytest.raises(StoreError, match=f"process {holder.pid} "):
        ledger.next_seq()
    holder.kill()
    holder.communicate(timeout=60)
    assert ledger.next_seq() == 1


def test_one_process_sends_and_the_kernel_takes_over_from_a_killed_one(tmp_path: Path) -> None:
    code = """
lock = SenderLock(folder)
print(lock.try_acquire(), flush=True)
sys.stdin.read()
"""
    lock = SenderLock(tmp_path)
    assert lock.holder_pid() is None
    holder = start(tmp_path, code)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    assert lock.try_acquire() is False
    assert lock.holder_pid() == holder.pid
    holder.kill()
    holder.communicate(timeout=60)
    assert lock.holder_pid() is None
    assert lock.try_acquire() is True
    assert lock.try_acquire() is True
    assert lock.holder_pid() == os.getpid()
    lock.release()
    assert SenderLock(tmp_path).try_acquire() is True
    lock.close()


def test_a_lock_waits_for_its_turn(tmp_path: Path) -> None:
    one, two = (Lock(tmp_path / "lock", Files(), pid) for pid in (1, 2))
    assert one.acquire(0.0)
    assert not two.acquire(0.05)
    assert two.holder_pid() == 1
    one.release()
    assert two.acquire(0.0)
    assert (tmp_path / "lock").read_text() == "2\n"
    one.close()
    two.close()
