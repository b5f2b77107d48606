"""What a queue is drawn from: a ticket's identity, its line, and the closed sets that every noun draws on."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self


class Status(StrEnum):
    """Zendesk's ladder; other services map onto it in their own file."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    HOLD = "hold"
    SOLVED = "solved"
    CLOSED = "closed"


class Role(StrEnum):
    """Which side of the conversation somebody is on."""

    AGENT = "agent"
    CUSTOMER = "customer"
    SYSTEM = "system"


class Kind(StrEnum):
    """What the rules can make of an answer."""

    WORKAROUND = "workaround"
    KNOWN_BUG = "known-bug"
    HOWTO = "howto"
    SLOW = "slow"
    BY_HAND = "by-hand"
    MISSING = "missing"


class Band(StrEnum):
    """How sure a finding is, strongest first."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    WEAK = "weak"


class Grade(StrEnum):
    """How painful a workaround is for the customer."""

    ONE_STEP = "one step"
    MANY_STEPS = "many steps"
    REPEATED = "must be repeated"
    SCRIPTED = "scripted by us"
    DESTRUCTIVE = "destructive"


class Decision(StrEnum):
    """What the engineer said of a finding."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class State(StrEnum):
    """Where something on its way is; contract.md says what leads where."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    HELD = "held"
    REJECTED = "rejected"
    DROPPED = "dropped"


_REF = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63})#([A-Za-z0-9._-]{1,64})")


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket's identity, `acme#4312`: the desk's name in the configuration and the service's own id."""

    desk: str
    id: str

    def __str__(self) -> str:
        return f"{self.desk}#{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `DESK#ID`; ValueError when it is not one."""
        found = _REF.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is not DESK#ID, for example acme#4312")
        return cls(found[1], found[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the queue: a ticket with the marks that the console puts on it."""

    ref: TicketRef
    subject: str
    status: Status
    priority: str
    requester: str
    organization: str
    assignee: str
    created_at: datetime
    updated_at: datetime
    band: Band | None = None
    p: float = 0.0
    decision: Decision | None = None
    issue: str = ""
    queued: int = 0
    held: int = 0
    draft: bool = False
    unread: bool = False
