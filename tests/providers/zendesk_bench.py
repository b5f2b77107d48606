"""What Zendesk's tests share: an account, answers as bytes, and a ticket as the engineer had read it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from supportdesk.model import Person, Status, Ticket, TicketRef
from supportdesk.providers import Account, Json, Response
from supportdesk.providers.answers import decode
from supportdesk.providers.zendesk import Zendesk

SAMPLES = Path(__file__).parent.parent / "samples" / "zendesk"
OP = "1b0e6a52-92a1-4c77-9f52-0f3a7f6f9b10"
ACCOUNT = Account(name="acme", provider="zendesk", url="https://acme.zendesk.com")
ZENDESK = Zendesk(ACCOUNT)
REF = TicketRef("acme", "4312")
SINCE = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
SEEN = Ticket(
    ref=REF,
    subject="Nightly export stops at row 2048",
    status=Status.OPEN,
    requester=Person(name="Priya Natarajan", id="5001"),
    created_at=datetime(2026, 10, 1, 9, 12, 31, tzinfo=UTC),
    updated_at=datetime(2026, 10, 2, 14, 3, 55, tzinfo=UTC),
    stamp="2026-10-02T14:03:55Z",
    tags=("export", "vip"),
)


def load(name: str) -> Json:
    """A sample as plain JSON."""
    return json.loads((SAMPLES / f"{name}.json").read_bytes())


def sample(name: str, status: int = 200) -> Response:
    """A sample as the transport would decode it."""
    return raw((SAMPLES / f"{name}.json").read_bytes(), status)


def said(body: Json, status: int = 200) -> Response:
    """Any JSON as the transport would decode it."""
    return raw(json.dumps(body).encode(), status)


def raw(body: bytes, status: int = 200) -> Response:
    """Bytes as the transport would decode them."""
    return decode(status, {"Content-Type": "application/json; charset=utf-8"}, body)
