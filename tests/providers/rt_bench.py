"""What RT's tests share: accounts, and tapes of RT 5.0.3 as tests/real/record_rt.py recorded them."""

import json
from pathlib import Path

from driving import drive

from supportdesk.model import Ticket, TicketRef
from supportdesk.providers import Account, Flow, Json, Request, Response, T
from supportdesk.providers.answers import decode
from supportdesk.providers.rt import RequestTracker

SAMPLES = Path(__file__).parent.parent / "samples" / "rt"
HOME = "https://rt.acme.example"
OP = "5b8f2a60-3f7e-4a52-9d0e-0c9d2f6f7a11"
ONE = TicketRef("help", "1")


ALICE, WATCHER = 29, 33


def desk(
    queue: str = "Support", name: str = "help", who: int = ALICE, tags_field: str = "", user: str = ""
) -> RequestTracker:
    """The provider under test, signed in as a user of the tapes by the id in the token."""
    provider = RequestTracker(
        Account(name=name, provider="rt", url=HOME, queue=queue, tags_field=tags_field, user=user)
    )
    provider.authorize(f"1-{who}-0123456789abcdef0123456789abcdef")
    return provider


def tape(name: str) -> list[Response]:
    """The answers on a tape, decoded as the transport does it."""
    return [decode(kept["status"], kept["headers"], kept["body"].encode()) for kept in _load(name)]


def play(flow: Flow[T], name: str) -> tuple[T, list[Request]]:
    """Drive a flow over a tape; it must ask for what was asked for when the tape was made."""
    value, requests = drive(flow, tape(name))
    assert [[request.method, request.path] for request in requests] == [kept["request"][:2] for kept in _load(name)]
    return value, requests


def json_answer(body: Json, status: int = 200, **headers: str) -> Response:
    """Any JSON as RT would answer it."""
    raw = json.dumps(body).encode()
    return decode(status, {"Content-Type": "application/json; charset=utf-8", **headers}, raw)


def seen(name: str = "ticket") -> Ticket:
    """Ticket 1 as the engineer had read it."""
    ticket, _ = play(desk().ticket(ONE), name)
    return ticket


def read_before() -> Ticket:
    """Ticket 1 as it was read together with its conversation, just before bob's second note."""
    conversation, _ = play(desk().conversation(ONE), "conversation_before")
    return conversation.ticket


def _load(name: str) -> list[Json]:
    loaded: list[Json] = json.loads((SAMPLES / f"{name}.json").read_bytes())
    return loaded
