"""Several processes, signals and pipes: nothing is sent twice, nothing is lost, and nobody sees a traceback."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from shell import House, Shell

from supportdesk.cli.reading import LEFT
from supportdesk.providers import Request


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock as another process would, with our own pid in it."""
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        os.ftruncate(number, 0)
        os.write(number, b"4711\n")
        yield
    finally:
        os.close(number)


def bodies(shell: Shell, words: str) -> int:
    return sum(comment["body"] == words for said in shell.helpdesk.records.comments.values() for comment in said)


def test_many_processes_at_once_send_everything_once(shell: Shell) -> None:
    _, listed = shell.json("list", "--desk", "wren")
    refs = [ticket["ref"] for ticket in listed["tickets"] if ticket["status"] in ("open", "pending")][:5]
    running = [shell.start("reply", ref, "--text", f"To {ref}.", "--json") for ref in refs]
    answers = [(process.communicate(timeout=60), process.returncode) for process in running]
    assert [code for _, code in answers] == [0] * len(refs)
    assert all(json.loads(out)["state"] in ("queued", "sending", "sent") for (out, _), _ in answers)
    code, left = shell.json("outbox", "drain")
    assert (code, left["outgoing"]) == (0, [])
    assert [bodies(shell, f"To {ref}.") for ref in refs] == [1] * len(refs)


def test_while_another_process_sends_a_reply_is_queued_and_its_pid_is_said(shell: Shell) -> None:
    ref = shell.flagged()
    with locked(shell.home / "state" / "drain.lock"):
        code, queued = shell.json("reply", ref, "--text", "Later.")
        assert (code, queued["state"]) == (0, "queued")
        assert "pid 4711" in shell.errors
        _, answer = shell.json("doctor")
        assert [check["state"] for check in answer["checks"] if check["check"] == "sender"] == ["warn"]
    assert shell.json("outbox", "drain")[1]["outgoing"] == []


def test_a_ledger_that_another_process_keeps_locked_is_exit_1_naming_its_pid(shell: Shell) -> None:
    ref = shell.flagged()
    with locked(shell.home / "state" / "journal.lock"):
        code, answer = shell.json("reply", ref, "--text", "Not kept.")
    assert (code, answer["error"]["code"]) == (1, "store")
    assert "4711" in answer["error"]["message"]
    assert shell.json("outbox")[1]["outgoing"] == []


def test_a_process_killed_while_its_reply_is_on_the_way_leaves_one_reply(house: House, shell: Shell) -> None:
    ref = shell.flagged()
    arrived, go_on = Event(), Event()

    def hold(request: Request) -> None:
        if request.writes:
            arrived.set()
            go_on.wait(20)

    house.helpdesk.before_answering = hold
    process = shell.start("reply", ref, "--text", "Once.")
    assert arrived.wait(20)
    process.kill()
    process.communicate(timeout=20)
    go_on.set()
    _, listed = shell.json("outbox")
    assert [entry["state"] for entry in listed["outgoing"]] == ["sending"]
    code, left = shell.json("outbox", "drain")
    assert (code, left["outgoing"]) == (0, [])
    assert bodies(shell, "Once.") == 1


def test_ctrl_c_ends_a_sync_with_130_and_says_that_the_next_one_goes_on_from_there(
    house: House, new_shell: Shell
) -> None:
    arrived = Event()

    def slowly(request: Request) -> None:
        arrived.set()
        time.sleep(0.05)

    house.helpdesk.before_answering = slowly
    process = new_shell.start("sync")
    assert arrived.wait(20)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.endswith(f"{LEFT}\n")
    assert "Traceback" not in said
    house.helpdesk.before_answering = lambda _: None
    assert new_shell("sync")[0] == 0


def test_a_reader_that_goes_away_is_no_error(shell: Shell) -> None:
    process = shell.start("list", "--json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(20) == 0


@pytest.mark.parametrize("command", ["list", "views", "outbox"])
def test_damage_is_said_once_and_repaired(shell: Shell, command: str) -> None:
    ref = shell.flagged()
    shell.json("reply", ref, "--text", "Kept.", "--later")
    with (shell.home / "state" / "journal").open("ab") as journal:
        journal.write(b"\x00garbage\xff" * 9)
    with (shell.home / "state" / "journal").open("r+b") as journal:
        journal.seek(20)
        journal.write(b"#")
    assert shell(command)[0] == 0
    assert "The ledger was damaged" in shell.errors
    assert shell(command)[0] == 0
    assert "damaged" not in shell.errors
