"""Files of ours and of others: configuration, themes, keys, the journal, exports and mail; a value or our own error."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fuzz_answers import HOSTILE
from fuzz_texts import PIECES
from hypothesis import strategies as st

from supportdesk.config import Config, check_keys, load, load_themes
from supportdesk.config.rota import budget_of, me_of, rota_of
from supportdesk.errors import ConfigError, StoreError
from supportdesk.model import Conversation, Draft, Escalation, Event, Outgoing, Reply, Ticket, TicketRef, Verdict
from supportdesk.store import frames
from supportdesk.store.files import Files
from supportdesk.store.journal import Journal
from supportdesk.store.ledger import DRAFTS, EVENTS, OUTGOING, VERDICTS, Ledger
from supportdesk.store.records import decode
from supportdesk.ui.theme import shades, themes

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

CONFIG = (
    *("[desks.acme]", 'provider = "zendesk"', 'url = "https://acme.zendesk.com"', "[desks.app]", 'provider = "github"'),
    *('repo = "acme/app"', 'escalate_to = "app"', "[outbox]", 'undo = "8s"', 'settle = "10m"', "[sync]", "days = 30"),
    *("[shift]", 'timezone = "Europe/Berlin"', 'people = ["a"]', "[keys]", '"queue.sync" = "r"', 'me = "mira"'),
    *('theme = "harbor-dark"', 'token = "x"', "read_only = true", 'token_command = ["pass"]', "[desks]", "desks = 1"),
    *("[[desks.acme]]", '[desks."\\u001b[2J"]', "[keys.x]", 'ca_file = "~\\u0000"', 'url = "http://["', "days = 0"),
    *(
        'share = "tags"',
        'tag_prefix = "a b"',
        'undo = "999999999d"',
        "undo = 8",
        "a.b.c = 1",
        'queue = "x"',
        "=",
        "[",
        "#",
    ),
)
THEME = (
    *(
        'name = "x"',
        "dark = true",
        'primary = "#1f6f78"',
        'primary = "[@click]"',
        "[variables]",
        'quiet = "#123456 35%"',
    ),
    *('"a b" = "bold"', "name = 1", 'background = "red"', 'name = "../x"', 'border = "\\u001b"', "x = 1", "[", "="),
)


def _lines(known: tuple[str, ...]) -> st.SearchStrategy[str]:
    line = st.one_of(st.sampled_from(known), st.sampled_from(known), st.sampled_from(PIECES), st.text(max_size=20))
    return st.lists(line, max_size=12).map("\n".join)


def configured(given: tuple[str, bytes]) -> None:
    """A configuration, or a sentence that names the file and the line."""
    text, tail = given
    with TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        path.write_bytes(text.encode("utf-8", "surrogatepass") + tail)
        path.chmod(0o600)
        problem = _refusal(lambda: load(path, {"SUPPORTDESK_HOME": folder}))
        assert not problem or problem.startswith(f"{path}:"), problem


def on_a_rota(text: str) -> None:
    """A rota that has a week for now, or a sentence that names the file and the line."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        path.chmod(0o600)
        problem = _refusal(lambda: _on_a_rota(load(path, {"SUPPORTDESK_HOME": folder})))
        assert not problem or problem.startswith(f"{path}:"), problem


def _on_a_rota(config: Config) -> None:
    rota, _ = rota_of(config), budget_of(config)
    week = rota.week(NOON)
    assert week.start <= NOON < week.end
    assert me_of(config, rota) in rota.people


def themed(text: str) -> None:
    """A theme that Textual takes, or a sentence and no theme."""
    with TemporaryDirectory() as folder:
        Path(folder, "x.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
        tables, problems = load_themes(Path(folder))
    assert len(tables) + len(problems) == 1
    for theme in themes(tables):
        shades({**theme.to_color_system().generate(), **theme.variables}, dark=theme.dark)


def bound(given: tuple[dict[str, tuple[str, ...]], dict[str, str]]) -> None:
    """Keys are fine, or it is said which are not."""
    keys, known = given
    _refusal(lambda: check_keys(keys, known))


def _refusal(doing: Callable[[], object]) -> str:
    try:
        doing()
    except ConfigError as problem:
        return problem.message
    return ""


class QuickFiles(Files):
    """Files that are not synced: nothing here outlives its example."""

    def sync(self, fd: int) -> None:
        pass

    def sync_folder(self, folder: Path) -> None:
        pass


def framed(data: bytes) -> None:
    """Whatever stands in the journal, reading ends; what was framed is read back."""
    found = frames.read(data)
    assert 0 <= found.end <= len(data)
    assert 0 <= found.damage <= len(data)
    whole = frames.frame(b"[]") + data
    assert frames.read(whole).payloads[:1] == (b"[]",)


def opened(data: bytes) -> None:
    """Whatever stands in the journal, the ledger opens, or says that another version wrote it; and it can be used."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        home.joinpath("journal").write_bytes(data)
        try:
            ledger = Ledger.open(home, now=lambda: NOON, files=QuickFiles())
        except StoreError as problem:
            _by_another_version(problem)
            return
        for read in (ledger.all_outgoing, ledger.verdicts, ledger.drafts, ledger.events, ledger.team_words):
            read()
        try:
            ledger.add_event(Event(at=NOON, kind="opened", ticket=TicketRef("acme", "1")))
        except StoreError as problem:
            _by_another_version(problem)
            return
        ledger.close()
        again = Journal.open(home, QuickFiles(), lambda: NOON)
        assert len(again.tables[EVENTS]) >= 1
        again.close()


def _by_another_version(problem: StoreError) -> None:
    assert "another version" in problem.message or "newer" in f"{problem.message} {problem.hint}", problem.message


KINDS: tuple[type, ...] = (Ticket, Conversation, Outgoing, Verdict, Draft, Escalation, Event, Reply)


def kept(given: tuple[type, Any]) -> None:
    """A record is a noun, or a ValueError; a noun can be kept again."""
    kind, record = given
    with suppress(ValueError):
        decode(kind, record)


hostile = st.one_of(
    st.sampled_from([one for one in HOSTILE if not (isinstance(one, str) and len(one) > 100)]), st.text(max_size=6)
)
json_values = st.recursive(
    hostile,
    lambda inside: st.one_of(st.lists(inside, max_size=3), st.dictionaries(st.text(max_size=5), inside, max_size=3)),
    max_leaves=8,
)
FIELDS = (
    *(
        "id",
        "subject",
        "comments",
        "requester",
        "requester_id",
        "description",
        "ticket",
        "tickets",
        "results",
        "users",
        "body",
    ),
    *(
        "role",
        "public",
        "author",
        "author_id",
        "created_at",
        "name",
        "email",
        "organization",
        "html_body",
        "custom_fields",
        "via",
    ),
)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


documents = st.dictionaries(
    st.sampled_from([*FIELDS, "op", "state", "seen", "at", "ref", "change", "is"]), json_values, max_size=5
)
changes = st.tuples(
    st.sampled_from([OUTGOING, VERDICTS, DRAFTS, EVENTS, "numbers", "", "x"]),
    st.one_of(st.sampled_from(["1", "x", "", "-1"]), st.text(max_size=3)),
    st.one_of(st.none(), documents),
)
journals = st.lists(
    st.one_of(
        st.just(frames.frame(b'{"schema": 1, "base": 0}')),
        st.lists(changes, max_size=3).map(_json).map(frames.frame),
        json_values.map(_json).map(frames.frame),
        st.sampled_from(
            [
                b"\n",
                b"00000000 2 []\n",
                b"00000000 ",
                b"0" * 9,
                b"ffffffff 9999999999 ",
                b"\x00" * 40,
                frames.frame(b"[]")[:-3],
                frames.frame(b'{"schema": 9}'),
                frames.frame(b'{"schema": 1, "base": "x"}'),
                frames.frame(b"[" * 5000),
            ]
        ),
        st.binary(max_size=12),
    ),
    max_size=7,
).map(b"".join)
names = st.one_of(st.sampled_from(["queue.sync", "app.quit", "ticket.reply", "", "."]), st.text(max_size=8))


def _written(right: str, *wrong: str) -> st.SearchStrategy[str]:
    """A text in quotes, right as often as not."""
    found = st.one_of(st.just(right), st.just(right), st.sampled_from((right, *wrong, *PIECES)), st.text(max_size=12))
    return found.map(partial(json.dumps, ensure_ascii=False))


rotas = st.builds(
    lambda me, shift: "\n".join((f"me = {me}", "[shift]", *(f"{key} = {value}" for key, value in shift.items()))),
    _written("a", "b", "", "\x1b[2J"),
    st.fixed_dictionaries(
        {
            "people": st.lists(_written("a", "b", "\x1b[2J"), max_size=3).map(lambda them: f"[{', '.join(them)}]"),
            "timezone": _written("Pacific/Apia", "Europe", "../x", "localtime", "tzdata.zi", "é/é", "x" * 300),
        },
        optional={
            "handover": _written("fri 9:00", "Sunday 2:30", "Mon 24:00", "Mon ٩:٠٠", "t 1:00"),
            "budget": _written("20%", "0%", "٢٠%", "100 %"),
        },
    ),
)

FILES: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], None]]] = {
    "config": (st.tuples(_lines(CONFIG), st.one_of(st.just(b""), st.binary(max_size=6))), configured),
    "rota": (rotas, on_a_rota),
    "theme": (_lines(THEME), themed),
    "keys": (
        st.tuples(st.dictionaries(names, st.tuples(names), max_size=3), st.dictionaries(names, names, max_size=5)),
        bound,
    ),
    "journal frames": (st.one_of(journals, st.binary(max_size=200)), framed),
    "journal": (journals, opened),
    "records": (st.tuples(st.sampled_from(KINDS), st.one_of(documents, json_values)), kept),
}
