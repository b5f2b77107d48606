"""A console-like writer that is made to be killed: `python durability_writers.py`, then `HOME BUILD SEED` a line.

Each line forks a process that opens the shipped desk on HOME and works until it is killed. What it was told is on disk
it acknowledges with a line: `op`, `dropped`, `draft`, `verdict`, `link`, `word` and what it is of.
"""

import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from durability_plain import PlainLedger

from supportdesk.config import load
from supportdesk.desk import Desk, open_desk
from supportdesk.model import Decision, Escalation, IssueRef, TicketRef, Update
from supportdesk.secrets import Secrets
from supportdesk.store.ledger import Ledger

WORDS = "the nightly export stops and has to be started again by hand every single morning "


def ledger_of(state: Path, build: str) -> Ledger:
    """The ledger in a state folder, of the shipped build or of the broken one."""
    return PlainLedger(state) if build == "plain" else Ledger.open(state, now=lambda: datetime.now(UTC))


def opened(home: Path, build: str) -> Desk:
    environ = {"SUPPORTDESK_HOME": str(home / "state")}
    config = load(home / "config.toml", environ)
    desk = open_desk(config, Secrets({}, environ), undo_s=0.0)
    if build == "plain":
        desk.work.__dict__["ledger"] = PlainLedger(home / "state")
    desk.work.catch_up()
    return desk


def told(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Writer:
    """Somebody who writes without a pause, and says what is on disk."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.compacting: Thread | None = None
        self.desk, self.chance, self.number = desk, random.Random(seed), seed * 100_000
        self.refs = self.chance.sample([ref for ref in desk.queue("open").refs if ref.desk == "wren"], 3)
        found = ((ref, desk.work.lessons.findings(ref)) for ref in desk.queue("found").refs if ref.desk == "wren")
        self.flagged = [(ref, findings[0].comment_id) for ref, findings in found if findings]
        self.acts = [self.reply, self.note, self.fields, *[self.draft] * 4, self.verdict, self.drop, self.link]

    def go_on(self) -> None:
        while True:
            self.number += 1
            chance = self.chance.random()
            act = self.compact if chance < 0.03 else self.word if chance < 0.04 else self.chance.choice(self.acts)
            act(self.chance.choice(self.refs))

    def reply(self, ref: TicketRef) -> None:
        told("op", self.desk.reply(ref, f"{self.number} {WORDS * self.chance.choice((1, 5, 300))}").op)

    def note(self, ref: TicketRef) -> None:
        told("op", self.desk.note(ref, f"{self.number} {WORDS}").op)

    def fields(self, ref: TicketRef) -> None:
        told("op", self.desk.update(ref, Update(add_tags=(f"t{self.number}",))).op)

    def draft(self, ref: TicketRef) -> None:
        public = self.chance.random() < 0.5
        self.desk.save_draft(ref, f"{self.number} {WORDS * self.chance.choice((1, 300))}", public=public)
        told("draft", ref, int(public), self.number)

    def verdict(self, ref: TicketRef) -> None:
        ref, answer = self.chance.choice(self.flagged)  # named, as what we teach takes the flags of others away
        self.desk.verdict(ref, self.chance.choice(list(Decision)), comment_id=answer, why=str(self.number))
        told("verdict", ref, self.number)

    def drop(self, ref: TicketRef) -> None:
        told("dropped", self.desk.drop(self.desk.reply(ref, f"{self.number} not this").op).op)

    def link(self, ref: TicketRef) -> None:
        op, now = f"link-{self.number}", datetime.now(UTC)
        link = Escalation(ticket=ref, issue=IssueRef("app", "17"), url="https://t.example/17", title="t", op=op, at=now)
        self.desk.work.ledger.put_escalation(link)
        told("link", op)

    def word(self, ref: TicketRef) -> None:
        told("word", self.desk.teaching.add_word(f"turn it off and on {self.number}").phrase.replace(" ", "_"))

    def compact(self, ref: TicketRef) -> None:
        if self.chance.random() < 0.3:
            self.desk.work.ledger.compact()
        elif self.compacting is None or not self.compacting.is_alive():
            ledger = self.desk.work.ledger
            self.compacting = Thread(target=ledger.compact_aside, args=(lambda: True,))
            self.compacting.start()  # and what comes next is written meanwhile


def work(home: Path, build: str, seed: int) -> None:
    desk = opened(home, build)
    writer = Writer(desk, seed)
    if build == "plain":
        writer.acts = [writer.draft]  # what grows and shrinks tears it soonest
    told("ready")
    writer.go_on()


def main() -> None:
    for line in sys.stdin:
        home, build, seed = line.split()
        child = os.fork()
        if child == 0:
            work(Path(home), build, int(seed))
        told("child", child)
        _, status = os.waitpid(child, 0)
        told("ended", os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
