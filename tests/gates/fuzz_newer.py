"""Names of files, addresses in strangers' words, what a sign-in is answered with, and ledgers from elsewhere."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from fuzz_answers import bent, play, sound, tape
from fuzz_files import documents, json_values
from fuzz_texts import texts
from hypothesis import strategies as st

from supportdesk.errors import UsageError
from supportdesk.providers import Account
from supportdesk.providers.oauth import Grant, ask_device, door, give_back, grant_of, trade
from supportdesk.store.parcel import KINDS, unpack
from supportdesk.store.schema import CURRENT
from supportdesk.text import clean, safe_name
from supportdesk.ui.links import addresses, judge

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ZENDESK = Account(name="acme", provider="zendesk", url="https://acme.zendesk.com")
GITHUB = Account(name="app", provider="github", url="https://api.github.com", repo="acme/app")
TRAPS = (
    *("../../.ssh/authorized_keys", "..\\x.bat", "C:\\con.txt", "-rf", "\u202etxt.exe", "a\x1b]0;x\x07.log", ".", ".."),
    *(
        "CON",
        "nul.txt.gz",
        "x" * 500,
        "\U0001f469" * 90 + ".png",
        "a/b",
        " .hidden",
        "a:b",
        "~",
        "%2e%2e%2f",
        "\ufb03." * 60,
    ),
)
URLS = (
    *("file:///etc/passwd", "vscode://x", "ssh://-oProxyCommand=x", "https://good.com@evil.com", "https://аррӏе.com/"),
    *(
        "http://169.254.169.254",
        "https://[::1]/",
        "https://[",
        "http://0x7f.1",
        "https://x:99999",
        "javascript:alert(1)",
    ),
    *(
        "https://" + "a" * 70 + ".com",
        "https://\u0130.com",
        "https://..",
        "https://xn--",
        "data:text/html,x",
        "mailto:a@b",
    ),
)


def named(text: str) -> None:
    """Whatever a stranger calls a file, it is one part, short, and stays what it is when it is named again."""
    name = safe_name(text)
    assert 0 < len(name.encode()) <= 120
    assert not set(name) & set('/\\:*?"<>|\x00\n')
    assert name not in (".", "..")
    assert not name.startswith((".", "-", " "))
    assert clean(name, multiline=False) == name


def addressed(text: str) -> None:
    """Addresses are found and judged; only http and https are ever opened, and never with what hides in them."""
    for url in (*addresses((text,)), text):
        found = judge(url, "https://acme.zendesk.com")
        assert found.refused or url.lower().startswith(("https:", "http:"))
        assert found.refused or found.host.isascii()


GRANT = {"access_token": "a" * 20, "refresh_token": "b" * 20, "expires_in": 1800, "token_type": "bearer"}
DEVICE = {
    "device_code": "c" * 20,
    "user_code": "AB-12",
    "verification_uri": "https://github.com/login/device",
    "interval": 5,
}
DATED = {"content-type": "application/json", "date": "Sun, 22 Nov 2026 12:00:00 GMT"}
TAPES = [
    tape((200, DATED, GRANT)),
    tape((200, {**DATED, "date": "Fri, 31 Dec 9999 23:59:59 GMT"}, {**GRANT, "expires_in": 900_000_000})),
    tape((200, DATED, DEVICE)),
    tape((400, DATED, {"error": "invalid_grant", "error_description": "x"})),
]
FLOWS = (
    lambda: trade(door(ZENDESK), {"grant_type": "refresh_token"}, NOON),  # type: ignore[arg-type]  # it has one
    lambda: ask_device(door(GITHUB), "client"),  # type: ignore[arg-type]
    lambda: give_back(ZENDESK),
)


def signed_in(given: tuple[Callable[[], Any], list[Any]]) -> None:
    """A grant, a code, a refusal in OAuth's words or an error that we know; and a grant can be kept."""
    flow, answers = given
    found = play(flow(), answers)
    sound(found)
    if isinstance(found, Grant):
        found.due(NOON)
        assert grant_of(found.text) == found


def imported(raw: bytes) -> None:
    """A ledger from elsewhere is nouns, or one sentence."""
    with suppress(UsageError):
        assert set(unpack(raw, "x.jsonl")) == set(KINDS)


def _parcel(given: tuple[int, list[tuple[str, Any]], bytes]) -> bytes:
    schema, records, tail = given
    lines = [json.dumps({"table": table, "record": record}).encode() for table, record in records]
    head = json.dumps({"supportdesk": "ledger", "schema": schema, "records": len(lines)}).encode()
    return b"\n".join((head, *lines, tail))


parcels = st.tuples(
    st.integers(-1, CURRENT.number + 1),
    st.lists(st.tuples(st.sampled_from([*KINDS, "x"]), st.one_of(documents, json_values)), max_size=4),
    st.one_of(st.just(b""), st.binary(max_size=8)),
).map(_parcel)

NEWER: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], None]]] = {
    "file names": (st.one_of(st.sampled_from(TRAPS), texts, st.text(max_size=300)), named),
    "addresses": (st.one_of(st.sampled_from(URLS), texts, st.text(max_size=60).map("https://{}".format)), addressed),
    "sign-in": (st.tuples(st.sampled_from(FLOWS), bent(TAPES)), signed_in),
    "ledger import": (st.one_of(parcels, st.binary(max_size=60)), imported),
}
