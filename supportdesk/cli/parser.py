"""The command line's grammar: every command with its options; global options are accepted before and after it."""

import argparse
from math import isfinite
from typing import Any, NoReturn

from supportdesk import __version__
from supportdesk.errors import UsageError
from supportdesk.model import Status
from supportdesk.text import clean


class _Parser(argparse.ArgumentParser):
    """No abbreviations: a script's `--j` would mean something else with the next option that begins so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}.", f"See `{self.prog} --help`.")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def _seconds(text: str) -> float:
    try:
        found = float(text.removesuffix("s"))
    except ValueError:
        found = -1.0
    if not isfinite(found) or found < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return found


def _globals() -> _Parser:
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = shared.add_argument_group("global options")
    group.add_argument("--config", metavar="FILE", help="configuration file")
    group.add_argument("--desk", metavar="NAME", help="only this desk")
    group.add_argument("--json", action="store_true", help="results as JSON on standard output")
    group.add_argument("--read-only", action="store_true", help="refuse every write")
    group.add_argument("--quiet", action="store_true", help="no progress and no messages on standard error")
    group.add_argument("--debug", action="store_true", help="write a redacted log; `doctor` shows where")
    group.add_argument("--version", action="version", version=f"supportdesk {__version__}")
    return shared


def grammar() -> argparse.ArgumentParser:
    """What reads a command line; UsageError where it makes no sense."""
    shared = _globals()
    top = _Parser(
        prog="supportdesk",
        parents=[shared],
        description="A helpdesk console for the terminal that finds the bugs behind our workarounds.",
        epilog="Without a command: the console on the configured desks. DESK#ID names a ticket, for example acme#4312.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    def command(name: str, says: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[shared], help=says, description=says)

    demo = command("demo", "the console on the embedded helpdesk: no account, no network, nothing to set up")
    demo.add_argument("--seed", type=int, default=0, metavar="N", help="another arrangement of the demo")
    _sign_in(command)
    command("doctor", "check configuration, keyring, reachability, role, limits and clock")
    command("sync", "fetch what changed, then send what is queued")
    command("problems", "workarounds given on more than one ticket, the one that hits most customers first")
    command("macros", "macros whose text is itself a workaround, and how often each was used")
    command("views", "the views and how many tickets each holds")
    _reading(command)
    _writing(command)
    _outbox(command)
    shift = command("shift", "go on shift and off it; status: whose week it is, until when, and your hours")
    shift.add_argument("action", choices=["start", "stop", "status"], metavar="start|stop|status")
    for name, says in (
        ("export", "write verdicts, links, team words, drafts, events and shifts into a new file"),
        ("import", "take such a file in; a second time nothing is new"),
    ):
        command(name, says).add_argument("file", metavar="FILE")
    scan = command(
        "scan",
        "findings over exported tickets, offline (JSON Lines, Zendesk's JSON, mbox; gzip too; Parquet; folders of "
        "lines or Parquet)",
    )
    scan.add_argument("file", metavar="FILE", help="the export, - for standard input")
    scan.add_argument("--all", action="store_true", help="score every answer by the support side")
    scan.add_argument(
        "--ours", action="append", default=[], metavar="ADDRESS|DOMAIN", help="who is support, in an mbox; repeatable"
    )
    scan.add_argument("--jobs", type=_count, default=0, metavar="N", help="processes that score; one a core by default")
    return top


def _sign_in(command: Any) -> None:
    login = command("login", "sign in to a desk; the token goes to the keyring")
    login.add_argument("name", metavar="DESK")
    how = login.add_mutually_exclusive_group()
    how.add_argument("--token", action="store_true", help="read the token from standard input")
    how.add_argument("--paste", action="store_true", help="show the address to sign in at, and ask where it ended")
    how.add_argument("--device", action="store_true", help="show a code to enter in a browser anywhere (GitHub)")
    login.add_argument("--provider", metavar="P", default="", help="zendesk, github or rt, for a desk that is new")
    login.add_argument("--url", metavar="URL", default="", help="the service's address")
    login.add_argument("--user", metavar="ADDRESS", default="", help="the address of a Zendesk API token's owner")
    login.add_argument("--client-id", metavar="ID", default="", help="the OAuth client that signs in")
    login.add_argument("--repo", metavar="OWNER/NAME", default="", help="the GitHub repository")
    login.add_argument("--queue", metavar="QUEUE", default="", help="the Request Tracker queue")
    login.add_argument("--escalate-to", metavar="DESK", default="", help="where this desk's bugs are filed")
    logout = command("logout", "forget a desk's token")
    logout.add_argument("name", metavar="DESK")
    gone = "also delete its tickets, index, drafts, outbox and saved files here; leave every console first"
    logout.add_argument("--wipe", action="store_true", help=gone)
    logout.add_argument("--yes", action="store_true", help="wipe although something has not been sent")


def _reading(command: Any) -> None:
    tickets = command("list", "the tickets of a view, newest change first")
    tickets.add_argument(
        "view", nargs="?", default="", metavar="VIEW", help="default: all that are not closed; or mine, …"
    )
    tickets.add_argument(
        "--query", default="", type=clean, metavar="TEXT", help="only tickets with this text; !TEXT without it"
    )
    tickets.add_argument("--flagged", action="store_true", help="only tickets with a flag")
    tickets.add_argument("--limit", type=_count, default=None, metavar="N", help="at most N tickets")
    search = command("search", "tickets by the words in their subjects and conversations, newest change first")
    search.add_argument("text", metavar="TEXT", help="every word must begin a word of the ticket")
    search.add_argument("--limit", type=_count, default=None, metavar="N", help="at most N tickets")
    show = command("show", "a ticket with its conversation and findings")
    show.add_argument("ref", metavar="REF")
    show.add_argument("--fresh", action="store_true", help="ask the service first")


def _writing(command: Any) -> None:
    for name, says in (("reply", "a public reply: the customer sees it"), ("note", "an internal note: only we see it")):
        words = command(name, says)
        words.add_argument("ref", metavar="REF")
        source = words.add_mutually_exclusive_group()
        source.add_argument("--text", metavar="T", help="the text")
        source.add_argument("--file", metavar="F", help="a file with the text")
        source.add_argument("stdin", nargs="?", choices=["-"], metavar="-", help="the text from standard input")
        _later(words)
    fields = command("set", "status, assignee, priority and tags of a ticket")
    fields.add_argument("ref", metavar="REF")
    fields.add_argument("--status", choices=[status.value for status in Status], metavar="S")
    fields.add_argument("--assignee", metavar="A", help="an address or a name, me, or nobody")
    fields.add_argument("--priority", metavar="P")
    fields.add_argument("--add-tag", action="append", default=[], metavar="T")
    fields.add_argument("--remove-tag", action="append", default=[], metavar="T")
    _later(fields)
    _escalate(command)
    verdict = command("verdict", "confirm or dismiss a finding, by default the strongest, or withdraw what was said")
    verdict.add_argument("ref", metavar="REF")
    verdict.add_argument("decision", choices=["confirm", "dismiss", "withdraw"])
    verdict.add_argument("--comment", default=None, metavar="ID")
    verdict.add_argument("--why", default="", metavar="TEXT")
    cue = command("cue", "the team's own words: phrases that speak for a workaround")
    cue.add_argument("action", choices=["add", "remove", "list"], metavar="add|remove|list")
    cue.add_argument("phrase", nargs="?", default="", metavar="PHRASE")


def _escalate(command: Any) -> None:
    escalate = command("escalate", "turn a ticket into an issue")
    escalate.add_argument("ref", metavar="REF")
    escalate.add_argument("--to", default="", metavar="DESK", help="the tracker (default: the desk's escalate_to)")
    escalate.add_argument("--dry-run", action="store_true", help="print exactly what would be sent, and send nothing")
    escalate.add_argument(
        "--link", default="", metavar="ISSUE", help="add this ticket's evidence to an issue that exists"
    )
    escalate.add_argument(
        "--again", action="store_true", help="file although there is an issue of ours for this ticket"
    )
    escalate.add_argument("--yes-public", default="", metavar="REPO", help="agree to publish on this public tracker")
    escalate.add_argument("--quotes", action="store_true", help="quote the customer on a public tracker too")
    escalate.add_argument("--public-link", action="store_true", help="also link from the ticket where all can see it")
    _later(escalate)


def _outbox(command: Any) -> None:
    outbox = command("outbox", "what is on its way; drain, drop, retry, edit it, or make-private a note")
    outbox.add_argument(
        "action",
        nargs="?",
        default="",
        choices=["", "drain", "drop", "retry", "edit", "make-private"],
        metavar="ACTION",
    )
    outbox.add_argument("op", nargs="?", default="", metavar="OP", help="an entry's op, or the beginning of it")
    outbox.add_argument(
        "--wait", type=_seconds, default=30.0, metavar="S", help="how long drain waits for a service's word"
    )


def _later(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--later", action="store_true", help="only queue it")
