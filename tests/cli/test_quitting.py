"""Leaving the console while something is being sent: it waits for a while, says so, and nothing is lost or doubled."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from shell import House, Shell

from supportdesk.providers import Request

QUIT = b"\x11"  # ctrl+q
LIMIT_S = 40.0


@contextmanager
def console(shell: Shell) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """The console in a terminal of its own; the number is the terminal's other side."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "supportdesk"],
        env={**shell.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield ours, process
    finally:
        process.kill()
        process.wait(LIMIT_S)
        os.close(ours)


def read_until_the_end(ours: int, process: "subprocess.Popen[bytes]") -> str:
    """Everything the terminal was told until its process ended."""
    told, until = b"", time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        ready, _, _ = select.select([ours], [], [], 0.05)
        try:
            told += os.read(ours, 65536) if ready else b""
        except OSError:  # the terminal's last user is gone
            break
        if process.poll() is not None and not ready:
            break
    process.wait(LIMIT_S)
    return told.decode(errors="replace")


def drained(ours: int, arrived: Event) -> None:
    """Read what the console draws until its request has arrived."""
    until = time.monotonic() + LIMIT_S
    while not arrived.is_set():
        assert time.monotonic() < until
        if select.select([ours], [], [], 0.05)[0]:
            os.read(ours, 65536)


def test_leaving_with_a_reply_in_flight_waits_says_so_and_sends_it_once(house: House, shell: Shell) -> None:
    ref = shell.flagged()
    shell.json("reply", ref, "--text", "On its way.", "--later")
    arrived, go_on = Event(), Event()

    def hold(request: Request) -> None:
        if request.writes:
            arrived.set()
            go_on.wait(LIMIT_S)

    house.helpdesk.before_answering = hold
    with console(shell) as (ours, process):
        drained(ours, arrived)
        os.write(ours, QUIT)
        told = read_until_the_end(ours, process)
    assert "Waiting for 1 entry being sent, 5 s at most" in told
    assert "looked for at the next start, and not sent twice" in told
    assert "Traceback" not in told
    go_on.set()
    _, listed = shell.json("outbox")
    assert next(entry["state"] for entry in listed["outgoing"]) in ("sending", "uncertain")
    code, left = shell.json("outbox", "drain")
    assert (code, left["outgoing"]) == (0, [])
    said = house.helpdesk.now_on.records.comments[int(ref.partition("#")[2])]
    assert [comment["body"] for comment in said].count("On its way.") == 1


def test_what_a_command_queues_is_sent_by_the_console_that_is_open(house: House, shell: Shell) -> None:
    ref = shell.flagged()
    synced, arrived = Event(), Event()

    def look(request: Request) -> None:
        if "users/me" in request.path:
            synced.set()
        if request.writes:
            arrived.set()

    house.helpdesk.before_answering = look
    with console(shell) as (ours, process):
        drained(ours, synced)
        assert shell.json("reply", ref, "--text", "From a script.", "--later")[1]["state"] == "queued"
        began = time.monotonic()
        drained(ours, arrived)
        assert time.monotonic() - began < 30  # the next sync would be a minute away
        os.write(ours, QUIT)
        read_until_the_end(ours, process)
    said = house.helpdesk.now_on.records.comments[int(ref.partition("#")[2])]
    assert [comment["body"] for comment in said].count("From a script.") == 1
