"""What each outsider speaks: flows that yield a `Request`, are sent a `Response` and return a value; no I/O.

`Transport.run(flow)` (httpx) and the embedded demo drive the same flows; tests drive them by hand over recorded bytes.
A `ServiceError` is thrown into the flow when the way to the service fails, and usually passes straight through it.

Each name comes from its module when it is first asked for, as in `supportdesk.model`.
"""

from supportdesk import late

PLACES = {
    "Account": "account",
    "CLOSED_AS": "pages",
    "Capabilities": "identity",
    "Conflict": "outcomes",
    "DONE_WITH": "pages",
    "Done": "outcomes",
    "Flow": "flows",
    "Hider": "ports",
    "Identity": "identity",
    "Json": "flows",
    "MacroLibrary": "ports",
    "NotSent": "outcomes",
    "Outcome": "outcomes",
    "Page": "pages",
    "Place": "outcomes",
    "Provider": "ports",
    "Rejected": "outcomes",
    "Request": "flows",
    "Response": "flows",
    "T": "flows",
    "Tracker": "ports",
    "TwinCloser": "ports",
    "Unknown": "outcomes",
    "Wire": "ports",
    "open_provider": "ports",
}
__getattr__ = late.names(__name__, PLACES)
