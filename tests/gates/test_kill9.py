"""Gate kill -9: at random times, on the shipped store; what was acknowledged is there, and all of it can be read."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from durability_home import GATES, Place, command, open_place, ran
from durability_writers import ledger_of

from supportdesk.model import State, TicketRef
from supportdesk.store.ledger import Ledger

SMOKE, QUICK, FULL = 3, 200, 1_000
PER_HOME = 25
OF_COMMANDS = 0.2  # this share of the kills hits commands, the rest a writer that was forked from a warm process

WHILE_OPENING = 0.15  # of the writers are killed while they open the desk, the rest after a few acknowledgements
MOST_HEARD = 12
KILLED = ["ended", "-9"]  # by signal 9, as `os.waitstatus_to_exitcode` says it


@dataclass
class Count:
    """What became of everything that was acknowledged."""

    writer: int = 0
    commands: int = 0
    unkilled: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)

    def check(self) -> None:
        print(  # noqa: T201  # a gate shows its count
            f"kill -9: {self.writer} kills of a writer, {self.commands} of commands: {self.acknowledged:,} "
            f"acknowledged, {len(self.lost)} lost, {len(self.unreadable)} unreadable, {len(self.twice)} sent twice"
        )
        assert (self.unreadable, self.lost, self.twice) == ([], [], [])
        assert self.acknowledged > self.writer // 2


class Server:
    """The warm process whose children are killed."""

    def __init__(self, process: "subprocess.Popen[str]", build: str, chance: random.Random, errors: Path) -> None:
        self.process, self.build, self.chance, self.errors = process, build, chance, errors

    def says(self) -> list[str]:
        assert self.process.stdout is not None
        words = self.process.stdout.readline().split()
        assert words[:1] not in ([], ["ended"]) or words == KILLED, (
            f"it was not us who ended the writer: {words}\n{self.errors.read_text()[-4000:]}"
        )
        return words

    def killed(self, home: Path, seed: int) -> list[list[str]]:
        """What a writer acknowledged before it was killed: while it opens, or after a random time of work."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{home} {self.build} {seed}\n")
        self.process.stdin.flush()
        heard = [self.says()]
        pid = int(heard[0][1])
        if self.chance.random() > WHILE_OPENING:
            for _ in range(self.chance.randint(1, MOST_HEARD)):
                heard.append(self.says())
        time.sleep(self.chance.uniform(0.0, 0.02))
        os.kill(pid, signal.SIGKILL)
        while heard[-1][0] != "ended":
            heard.append(self.says())
        return [words for words in heard if words[0] not in ("child", "ready", "ended")]


@contextmanager
def served(folder: Path, build: str, chance: random.Random) -> Iterator[Server]:
    script = [sys.executable, str(GATES / "durability_writers.py")]
    pipe, errors = subprocess.PIPE, folder / f"errors-{build}"
    with (
        errors.open("wb") as file,
        subprocess.Popen(script, stdin=pipe, stdout=pipe, stderr=file, text=True) as process,
    ):
        yield Server(process, build, chance, errors)
        assert process.stdin is not None
        process.stdin.close()


def look(home: Path, build: str, told: list[list[str]], count: Count) -> None:
    """Read the home as the next start would, and look for all that was acknowledged there so far."""
    with closing(ledger_of(home / "state", build)) as ledger:
        try:
            count.lost += missing(ledger, told)
        except ValueError as problem:  # what plain storage says of itself
            count.unreadable.append(f"{home}: {problem}")
        count.unreadable += ledger.notices


def missing(ledger: Ledger, told: list[list[str]]) -> list[str]:
    """What was acknowledged and is not there; of a draft and a verdict the newest, or one that is newer still."""
    entries = ledger.all_outgoing()
    kept = {
        "op": {it.op for it in entries},
        "dropped": {it.op for it in entries if it.state is State.DROPPED},
        "link": {it.op for it in ledger.escalations()},
        "word": {it.phrase.replace(" ", "_") for it in ledger.team_words()},
    }
    newest = {f"verdict {it.ref}": int(it.why) for it in ledger.verdicts()}
    newest |= {f"draft {it.ref} {int(it.public)}": int(it.body.split()[0]) for it in ledger.drafts()}
    lost = [" ".join(words) for words in told if words[0] in kept and words[1] not in kept[words[0]]]
    numbered = {" ".join(words[:-1]): int(words[-1]) for words in told if words[0] in ("draft", "verdict")}
    return lost + [f"{what} {number}" for what, number in numbered.items() if newest.get(what, -1) < number]


def kill_writers(place: Place, kills: int, build: str, count: Count, chance: random.Random) -> None:
    with served(place.folder, build, chance) as server:
        home, told = place.home(), []
        for kill in range(1, kills + 1):
            acknowledged = server.killed(home, kill)
            told += acknowledged
            count.writer += 1
            count.acknowledged += len(acknowledged)
            look(home, build, told, count)
            if count.lost or count.unreadable:
                return
            if kill % PER_HOME == 0:
                home, told = place.home(), []


def commands(place: Place, home: Path, refs: list[str], number: int, chance: random.Random) -> tuple[str, list[str]]:
    """One command as a script would give it, and the words by which it is found on the service."""
    ref, words = chance.choice(refs), f"Words number {number}."
    kind = chance.choice(("later", "later", "note", "set", "reply", "drain"))
    if kind == "drain":
        return "", ["outbox", "drain"]
    if kind == "set":
        return "", ["set", ref, "--add-tag", f"t{number}", "--later"]
    later = [] if kind == "reply" else ["--later"]
    return words, ["note" if kind == "note" else "reply", ref, "--text", words, *later]


def kill_commands(place: Place, kills: int, count: Count, chance: random.Random) -> None:
    """Kill commands two at a time, then drain in peace: what was acknowledged arrived once, nothing arrived twice."""
    home = place.home()
    refs = [it["ref"] for it in json.loads(ran(home, "list", "--desk", "wren", "--json")[1])["tickets"]][:40]
    refs = [ref for ref in refs if place.helpdesk.records.tickets[int(TicketRef.parse(ref).id)]["status"] != "closed"]
    told, sent = [], []
    while count.commands < kills:
        pair = []
        for _ in range(2):
            words, arguments = commands(place, home, refs, len(sent), chance)
            pair.append((words, command(home, *arguments, "--json")))
            sent.append(words)
        for words, process in pair:
            time.sleep(chance.uniform(0.15, 0.6))
            process.kill()
            out, _ = process.communicate(timeout=60)
            count.commands += process.returncode == -signal.SIGKILL
            count.unkilled += process.returncode != -signal.SIGKILL
            answer = json.loads(out) if out.endswith("\n") else {}
            assert "error" not in answer or "has been writing" in answer["error"]["message"], answer
            if "op" in answer:
                told.append((["op", answer["op"]], words))
        look(home, "shipped", [op for op, _ in told], count)
    count.acknowledged += len(told)
    code, out, err = ran(home, "outbox", "drain", "--wait", "60", "--json")
    assert code == 0, (code, out, err)
    arrived = Counter(place.said())
    count.twice += [words for words in sent if words and arrived[words] > 1]
    count.lost += [words for _, words in told if words and not arrived[words]]


def gate(place: Place, kills: int, build: str = "shipped", seed: int = 4) -> None:
    chance, count = random.Random(seed), Count()
    of_commands = round(kills * OF_COMMANDS) if build == "shipped" else 0
    kill_writers(place, kills - of_commands, build, count, chance)
    if of_commands:
        kill_commands(place, of_commands, count, chance)
    count.check()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with open_place(tmp_path_factory.mktemp("kill9")) as place:
        yield place


def test_a_few_kills_lose_nothing(place: Place) -> None:
    gate(place, SMOKE)


@pytest.mark.gates
def test_kill_9(place: Place) -> None:
    gate(place, QUICK)


@pytest.mark.full
def test_kill_9_full(place: Place) -> None:
    gate(place, FULL)


@pytest.mark.gates
def test_kill_9_finds_plain_json_storage(place: Place) -> None:
    with pytest.raises(AssertionError, match=r"Extra data|Expecting|Unterminated"):
        gate(place, FULL, build="plain")
