"""The desk: the one object that the console and the commands talk to, and the values it shows.

Each comes from its module when it is first asked for, as in `supportdesk.model`.
"""

from supportdesk import late

PLACES = {
    "COLLEAGUE": "shapes",
    "Desk": "desk",
    "DeskLine": "shapes",
    "DeskRecord": "readings",
    "DeskStatus": "shapes",
    "Duplicate": "readings",
    "Family": "readings",
    "MacroReport": "readings",
    "Problem": "readings",
    "Problems": "readings",
    "Proposal": "readings",
    "Queue": "shapes",
    "Reading": "readings",
    "Recipients": "readings",
    "Repeat": "readings",
    "Sample": "readings",
    "SyncReport": "readings",
    "ViewCount": "shapes",
    "open_demo": "opening",
    "open_desk": "opening",
}
__getattr__ = late.names(__name__, PLACES)
