"""The commands against a real Request Tracker, as processes of their own with a home of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from rt_server import MARIA, Server, Valve, proxied

pytestmark = pytest.mark.real

CONFIG = """
[desks.help]
provider = "rt"
url = "{url}"
queue = "Support"
escalate_to = "eng"

[desks.eng]
provider = "rt"
url = "{url}"
queue = "Engineering"

[outbox]
settle = "60s"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """supportdesk with its own home, signed in as alice by the environment."""

    server: Server
    home: Path
    valve: Valve = field(default_factory=lambda: Valve(then_mute=True))

    def run(self, *words: str, who: str = "alice", exits: int = 0, **streams: Any) -> Any:
        """One command; the JSON that it printed, after its exit code was checked."""
        token = self.server.tokens[who]
        ours = {"SUPPORTDESK_HOME": str(self.home / "home"), "SUPPORTDESK_TOKEN_HELP": token}
        command = [sys.executable, "-m", "supportdesk", "--config", str(self.home / "config.toml"), "--json", *words]
        done = subprocess.run(
            command,
            cwd=self.home,
            env=os.environ | ours | {"SUPPORTDESK_TOKEN_ENG": token},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            **streams,
        )
        assert done.returncode == exits, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert token not in done.stdout + done.stderr
        return json.loads(done.stdout)

    def configure(self, url: str) -> None:
        """Point both desks at an address."""
        file = self.home / "config.toml"
        file.write_text(CONFIG.format(url=url), encoding="utf-8")
        file.chmod(0o600)

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """One write reaches the server; its answer does not reach us, and nothing else gets through after it."""
        self.valve.shut = True
        try:
            yield
        finally:
            self.valve.shut = self.valve.muted = False

    def new_ticket(self, subject: str, content: str = "The export is empty since 4.2.\n\nMaria") -> str:
        """A new ticket that the console has read whole; its reference."""
        ref = f"help#{self.server.new_ticket(subject, content)}"
        self.run("show", ref, "--fresh")
        return ref

    def row(self, ref: str) -> Any:
        """The ticket as the server has it now."""
        return self.server.call("alice", "GET", f"/ticket/{ref.partition('#')[2]}")


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = Console(server=Server.of_environment(), home=tmp_path_factory.mktemp("console"))
    with proxied(made.server.url, made.valve) as url:
        made.configure(url)
        made.run("sync")
        yield made


def test_doctor_finds_nothing_wrong(console: Console) -> None:
    found = console.run("doctor")
    assert found["ok"]
    assert [check for check in found["checks"] if check["state"] == "fail"] == []


def test_sync_brings_new_tickets_to_the_list_and_show_tells_them_from_disk(console: Console) -> None:
    subject = f"Fresh {uuid4().hex}"
    number = console.server.new_ticket(subject)
    console.run("sync")
    listed = {ticket["ref"]: ticket for ticket in console.run("list")["tickets"]}
    assert listed[f"help#{number}"]["subject"] == subject
    shown = console.run("show", f"help#{number}")
    (entry,) = shown["conversation"]
    assert (entry["role"], entry["public"], entry["author"]["name"]) == ("customer", True, "María Álvarez")


def test_a_reply_is_mailed_to_the_customer_once(console: Console) -> None:
    ref, words = console.new_ticket("Reply"), f"Please update. {uuid4().hex}"
    sent = console.run("reply", ref, "--text", words)
    assert (sent["state"], [person["email"] for person in sent["recipients"]]) == ("sent", [MARIA])
    assert console.server.mails_with(words) == [MARIA]
    assert console.run("show", ref)["conversation"][-1]["body"] == words


def test_a_note_is_mailed_to_nobody(console: Console) -> None:
    ref, words = console.new_ticket("Note"), f"Between us. {uuid4().hex}"
    assert console.run("note", ref, "--text", words)["state"] == "sent"
    assert console.server.mails_with(words) == []
    (entry,) = [entry for entry in console.run("show", ref)["conversation"] if entry["body"] == words]
    assert (entry["public"], entry["role"]) == (False, "agent")


def test_set_changes_what_the_server_has(console: Console) -> None:
    ref = console.new_ticket("Set")
    wanted = ("--status", "pending", "--assignee", "me", "--priority", "high", "--add-tag", "vip", "--add-tag", "eu")
    assert console.run("set", ref, *wanted)["state"] == "sent"
    row = console.row(ref)
    assert (row["Status"], row["Owner"]["id"], row["Priority"]) == ("stalled", "alice", "80")
    tags = next(field["values"] for field in row["CustomFields"] if field["name"] == "Tags")
    assert set(tags) == {"vip", "eu"}
    assert (
        console.run("set", ref, "--assignee", "nobody", "--remove-tag", "eu", "--status", "solved")["state"] == "sent"
    )
    row = console.row(ref)
    assert (row["Status"], row["Owner"]["id"]) == ("resolved", "Nobody")


def test_three_writes_on_one_view_do_not_conflict_with_each_other(console: Console) -> None:
    ref = console.new_ticket("In a row")
    console.run("reply", ref, "--text", "First.", "--later")
    console.run("note", ref, "--text", "Second.", "--later")
    console.run("set", ref, "--status", "solved", "--later")
    console.run("outbox", "drain")
    states = [entry["state"] for entry in console.run("outbox")["outgoing"] if entry["ref"] == ref]
    assert states == ["sent", "sent", "sent"]
    assert console.row(ref)["Status"] == "resolved"


def test_a_reply_on_a_ticket_that_a_colleague_touched_is_held(console: Console) -> None:
    ref, words = console.new_ticket("Held"), f"Too late. {uuid4().hex}"
    console.server.comment("bob", ref.partition("#")[2], "I am on it.")
    held = console.run("reply", ref, "--text", words, exits=5)
    assert held["state"] == "held"
    assert "Bob Backline commented" in held["why"]
    assert console.run("outbox", "drain", exits=5)["outgoing"][0]["state"] == "held"
    assert console.server.mails_with(words) == []
    console.run("outbox", "drop", held["op"])


def test_a_note_without_the_right_is_refused_by_role_and_sends_nothing(console: Console, tmp_path: Path) -> None:
    watcher = Console(server=console.server, home=tmp_path)
    watcher.configure(console.server.url)
    ref = f"help#{console.server.new_ticket('Look only')}"
    watcher.run("sync", who="watcher")
    refused = watcher.run("note", ref, "--text", "x", who="watcher", exits=3)
    assert refused["error"]["code"] == "role"


def test_a_reply_whose_answer_is_cut_off_is_uncertain_then_found_and_mailed_once(console: Console) -> None:
    ref, words = console.new_ticket("Cut off"), f"Did it arrive? {uuid4().hex}"
    with console.cut_off():
        assert console.run("reply", ref, "--text", words)["state"] == "uncertain"
    console.run("outbox", "drain")
    (entry,) = [entry for entry in console.run("outbox")["outgoing"] if entry["ref"] == ref]
    assert (entry["state"], entry["attempts"]) == ("sent", 1)
    assert console.server.mails_with(words) == [MARIA]


def test_an_escalation_files_one_linked_issue_and_leaves_a_note_a_tag_and_a_hold(console: Console) -> None:
    ref = console.new_ticket(f"Escalated {uuid4().hex}")
    console.run("reply", ref, "--text", "As a workaround, restart the export service; a fix is not planned yet.")
    filed = console.run("escalate", ref)
    assert (filed["state"], filed["public"]) == ("sent", False)
    console.run("outbox", "drain")
    number = filed["issue"]["ref"].removeprefix("eng#")
    row = console.row(ref)
    assert [link["id"] for link in row["_hyperlinks"] if link["ref"] == "refers-to"] == [number]
    assert row["Status"] == "stalled"
    shown = console.run("show", ref, "--fresh")
    assert "escalated" in shown["ticket"]["tags"]
    assert shown["ticket"]["escalation"]
    (note,) = [entry for entry in shown["conversation"] if filed["issue"]["ref"] in entry["body"]]
    assert note["public"] is False
    assert MARIA not in json.dumps(filed["issue"])
    again = console.run("escalate", ref, exits=5)
    assert again["state"] == "held"


def test_an_escalation_whose_answer_is_cut_off_files_one_issue(console: Console) -> None:
    subject = f"Lost on the way {''.join(chr(97 + int(digit, 16)) for digit in uuid4().hex[:10])}"  # no secret's look
    ref = console.new_ticket(subject)
    with console.cut_off():
        assert console.run("escalate", ref)["state"] == "uncertain"
    console.run("outbox", "drain")
    (entry, *_) = [
        entry for entry in console.run("outbox")["outgoing"] if entry["change"] == "escalate" and entry["ref"] == ref
    ]
    assert entry["state"] == "sent"
    query = f"Queue%20%3D%20'Engineering'%20AND%20Subject%20LIKE%20'{subject.replace(' ', '%20')}'"
    assert console.server.call("bob", "GET", f"/tickets?query={query}")["total"] == 1
