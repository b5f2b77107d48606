"""Who we are on a desk, and what we may do there."""

from dataclasses import dataclass

from supportdesk.model import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What this account may do here, how the service behaves, and in `why_not` why something is off."""

    public_reply: bool = True
    internal_note: bool = True
    update: bool = True
    hold: bool = True
    tags: bool = True
    bundles: bool = False  # words and field changes travel in one request
    settles: bool = True  # an unknown outcome must be waited for before it is sent again
    exports: bool = False  # every change may be followed from a cursor (bulk.Exporter)
    feeds: bool = False  # and so may everything said (bulk.Feed)
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are on a desk; `role` is in the service's words (agent, light agent, admin, look-only)."""

    person: Person
    role: str
    capabilities: Capabilities
