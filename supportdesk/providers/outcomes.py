"""What flows come back with beside pages: a tracker as it is, and what became of a write."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A tracker as it is now: its name and whether the world can read it (None: it would not say)."""

    name: str
    public: bool | None
    issues_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """It landed; `notes` says in sentences what the service dropped or lacks.

    `twins` are the ids under which it stands there once more; `exposed`: an internal note that the customer sees.
    """

    remote: str
    url: str = ""
    notes: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()
    exposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """It certainly did not land; try again after `wait_s` (None: our own back-off)."""

    why: str
    wait_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """The ticket changed since it was read; nothing was written."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may have landed: look before sending again."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The service said no; a person has to look."""

    why: str


Outcome = Done | NotSent | Conflict | Unknown | Rejected
