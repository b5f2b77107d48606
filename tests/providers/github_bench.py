"""What GitHub's tests share: an account, answers as bytes, and a ticket as the engineer had read it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from supportdesk.model import Person, Role, Status, Ticket, TicketRef
from supportdesk.providers import Account, Json, Response
from supportdesk.providers.answers import decode
from supportdesk.providers.github import GitHub

SAMPLES = Path(__file__).parent.parent / "samples" / "github"
OP = "6f1c0c1e-6a53-4f6e-9f38-0d7c9a1b2c3d"
MARK = f"<!-- sd-op:{OP} -->"
ACCOUNT = Account(name="app", provider="github", url="https://api.github.com", repo="acme/app")
SINCE = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REF = TicketRef("app", "17")
SEEN = Ticket(
    ref=REF,
    subject="CSV export drops the last column",
    status=Status.OPEN,
    requester=Person(name="mira-kovac", id="mira-kovac"),
    created_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    updated_at=datetime(2026, 11, 21, 10, 15, tzinfo=UTC),
    stamp="2026-11-21T10:15:00Z",
    url="https://github.com/acme/app/issues/17",
    assignee=Person(name="alice-sd", id="alice-sd", role=Role.AGENT),
    tags=("workaround", "export"),
    comment_count=3,
)


def github() -> GitHub:
    """The provider under test."""
    return GitHub(ACCOUNT)


def load(name: str) -> Json:
    """A sample as plain JSON."""
    return json.loads((SAMPLES / f"{name}.json").read_bytes())


def sample(name: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A sample as the transport would decode it."""
    return raw((SAMPLES / f"{name}.json").read_bytes(), status, headers)


def said(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Any JSON as the transport would decode it."""
    return raw(json.dumps(body).encode(), status, headers)


def raw(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Bytes as the transport would decode them."""
    return decode(status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, body)
