"""The main job on a real Request Tracker by keys in a terminal: read, reply, note, and make the bug an issue."""

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from rt_server import MARIA, Server
from terminal import Terminal
from test_rt_cli import Console

pytestmark = pytest.mark.real

ANSWER = (
    "Sorry about this, it is a known bug in the export since 4.2. Until it is fixed, please export month by month "
    "as a workaround and join the files by hand. You will have to do this each time."
)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Console:
    made = Console(server=Server.of_environment(), home=tmp_path_factory.mktemp("keys"))
    made.configure(made.server.url)
    return made


@pytest.fixture
def ticket(console: Console) -> str:
    """A ticket whose subject nobody else has, answered with a workaround."""
    subject = f"Export ends at row 500 {uuid4().hex[:12]}"
    number = console.server.new_ticket(subject, "The export always ends at row 500. It is broken since the update.")
    console.server.call(
        "alice", "POST", f"/ticket/{number}/correspond", {"Content": ANSWER, "ContentType": "text/plain"}
    )
    console.run("sync")
    return f"help#{number}"


@pytest.fixture
def terminal(console: Console, ticket: str) -> Iterator[Terminal]:
    token = console.server.tokens["alice"]
    opened = Terminal(
        "--config",
        str(console.home / "config.toml"),
        environ={
            "SUPPORTDESK_HOME": str(console.home / "home"),
            "SUPPORTDESK_TOKEN_HELP": token,
            "SUPPORTDESK_TOKEN_ENG": token,
        },
    )
    try:
        opened.wait_for("synced just now")
        yield opened
    finally:
        opened.close()


def find(terminal: Terminal, ref: str) -> None:
    """Narrow the queue to one ticket and open it; the console begins where the last test left it."""
    for _ in range(2):  # out of the conversation, and back to the whole queue
        terminal.keys("Escape")
        time.sleep(0.5)
    terminal.type(f"/{ref}")
    terminal.wait_for("1 ticket")
    terminal.keys("Enter")
    time.sleep(1)  # a key in the same instant would still be a letter of the filter
    terminal.keys("Enter")
    terminal.wait_for("Export ends at row 500", "customer")


def test_a_reply_by_keys_is_mailed_to_the_customer_once(terminal: Terminal, console: Console, ticket: str) -> None:
    find(terminal, ticket)
    words = f"Please try again {uuid4().hex[:12]}"
    terminal.keys("r")
    terminal.wait_for("PUBLIC", MARIA)
    terminal.type(words)
    terminal.wait_for(words)
    terminal.keys("C-s")
    terminal.wait_for("Send this PUBLIC reply?")
    _press_until_gone(terminal, "y", "Send this PUBLIC reply?")
    _until_sent(terminal, console, ticket, words)
    assert console.server.mails_with(words) == [MARIA]


def test_a_note_by_keys_is_mailed_to_nobody(terminal: Terminal, console: Console, ticket: str) -> None:
    find(terminal, ticket)
    words = f"Between us {uuid4().hex[:12]}"
    terminal.keys("i")
    terminal.wait_for("INTERNAL")
    terminal.type(words)
    terminal.wait_for(words)
    terminal.keys("C-s")
    terminal.wait_for("INTERNAL note?")
    _press_until_gone(terminal, "y", "INTERNAL note?")
    _until_sent(terminal, console, ticket, words)
    assert console.server.mails_with(words) == []


def test_one_key_files_the_bug_and_links_it_back(terminal: Terminal, console: Console, ticket: str) -> None:
    find(terminal, ticket)
    terminal.wait_for("workaround for a bug", "for:")
    terminal.keys("b")
    terminal.wait_for("u undo")
    terminal.wait_for("Filed eng#")
    terminal.wait_for("on hold")
    shown = console.run("show", ticket, "--fresh")
    issue = shown["ticket"]["escalation"]["issue"]
    assert issue.startswith("eng#")
    filed = console.server.call("alice", "GET", f"/ticket/{issue.partition('#')[2]}")
    engineering = console.server.call("alice", "GET", "/queue/Engineering")
    assert filed["Queue"]["id"] == str(engineering["id"])
    assert shown["ticket"]["status"] in ("pending", "hold")
    note = shown["conversation"][-1]
    assert (note["public"], issue in note["body"]) == (False, True)


def _press_until_gone(terminal: Terminal, key: str, words: str) -> None:
    """A review ignores keys in its first instant; press until it is answered."""
    for _ in range(20):
        terminal.keys(key)
        time.sleep(0.3)
        if words not in terminal.screen:
            return
    raise AssertionError(terminal.screen)


def _until_sent(terminal: Terminal, console: Console, ticket: str, words: str) -> None:
    terminal.wait_for(words, gone="queued")
    shown = console.run("show", ticket, "--fresh")
    assert [entry["body"] for entry in shown["conversation"]].count(words) == 1
