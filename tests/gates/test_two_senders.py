"""Two processes queue and send at once, on the same and on other tickets: none lost, none twice, none held for us."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest
from durability_home import GATES, Place, environ, open_place, ran

PROCESSES = 2
LABELS = ("bug", "question")
MOST_ROUNDS = 10  # in which a broken build must have met its other half: one in so many goes by without
Said = tuple[list[str], int, dict[str, Any]]


def commands(refs: dict[str, list[str]], who: int, count: int) -> Iterator[list[str]]:
    """What one process does: words and fields, by turns on tickets that the other writes on too and on its own."""
    for number in range(count):
        desk = ("wren", "app")[number % 2]
        shared, *own = refs[desk]
        ref = shared if number % 4 < 2 else own[who]
        words = f"Process {who}, number {number}."
        note = "reply" if desk == "app" else "note"  # an issue has no internal notes
        yield (
            ["reply", ref, "--text", words],
            [note, ref, "--text", words],
            ["set", ref, "--add-tag", LABELS[who] if desk == "app" else f"p{who}n{number}"],
            ["set", ref, "--status", ("open", "solved" if desk == "app" else "pending")[number % 3 == 0]],
        )[number // 2 % 4]


class Process:
    """A process of its own that runs the shipped commands one after another."""

    def __init__(self, home: Path, build: str) -> None:
        self._child = Popen(  # closed by its end of input
            [sys.executable, GATES / "sending_process.py", build], env=environ(home), stdin=PIPE, stdout=PIPE, text=True
        )

    def runs(self, asked: list[list[str]]) -> list[Said]:
        out, _ = self._child.communicate("\n".join(map(json.dumps, asked)), timeout=300)
        answers = [json.loads(line) for line in out.splitlines()]
        return [(words, code, answer) for words, (code, answer) in zip(asked, answers, strict=True)]


def both_write(place: Place, count: int, build: str = "shipped") -> str:
    """Let both processes write and see what became of it; returns a line of figures."""
    home = place.home()
    refs = {desk: _refs(home, desk) for desk in ("wren", "app")}
    processes = [Process(home, build) for _ in range(PROCESSES)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        asked = [list(commands(refs, who, count)) for who in range(PROCESSES)]
        found = [said for each in pool.map(Process.runs, processes, asked) for said in each]
    code, out, err = ran(home, "outbox", "drain", "--json")
    assert (code, json.loads(out)["outgoing"]) == (0, []), err or out
    states = Counter(entry["state"] for entry in json.loads(ran(home, "outbox", "--json")[1])["outgoing"])
    assert states == {"sent": PROCESSES * count}
    assert {code for _, code, _ in found} == {0}, [said for said in found if said[1]]
    heard = Counter([*place.said(), *_issue_words(place)])
    times = {words[3]: heard[words[3]] for words, _, _ in found if "--text" in words}
    assert set(times.values()) == {1}, times
    tags = [(words[1], words[3]) for words, _, _ in found if "--add-tag" in words]
    assert [(ref, tag) for ref, tag in tags if tag not in _tags(place, ref)] == []
    met = sum(answer["state"] == "queued" for _, _, answer in found)
    return f"{PROCESSES} processes × {count} writes: 0 lost, 0 double, 0 held; {met} were queued for the other to send"


def _refs(home: Path, desk: str) -> list[str]:
    listed = json.loads(ran(home, "list", "--desk", desk, "--json")[1])["tickets"]
    return [ticket["ref"] for ticket in listed if ticket["status"] in ("open", "pending")][: 1 + PROCESSES]


def _issue_words(place: Place) -> list[str]:
    """Our words on issues, without the marker line."""
    return [said["body"].split("\n")[0] for comments in place.tracker.comments.values() for said in comments]


def _tags(place: Place, ref: str) -> list[str]:
    desk, _, number = ref.partition("#")
    if desk == "wren":
        return list(place.helpdesk.records.tickets[int(number)]["tags"])
    return [label["name"] for label in place.tracker.issues[int(number)]["labels"]]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_place(tmp_path) as place:
        yield place


@pytest.mark.parametrize(
    "count",
    [4, pytest.param(40, marks=pytest.mark.gates), pytest.param(400, marks=pytest.mark.full)],
)
def test_what_two_processes_write_at_once_is_neither_lost_nor_doubled_nor_held(place: Place, count: int) -> None:
    print(both_write(place, count))  # noqa: T201 - the figures


@pytest.mark.gates
def test_a_build_that_sends_on_the_ticket_as_it_was_first_seen_holds_our_own_writes(tmp_path: Path) -> None:
    def rounds() -> None:
        for number in range(MOST_ROUNDS):
            (tmp_path / str(number)).mkdir()
            with open_place(tmp_path / str(number)) as place:
                both_write(place, 16, "naive")

    with pytest.raises(AssertionError, match="held"):
        rounds()
