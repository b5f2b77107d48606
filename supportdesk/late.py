"""Modules of ours that a first screenful does not need, each imported when it is first asked for: `late.sending.drain`.

`late.pyi` tells the checker what stands in PLACES. Such a module may not import whoever asks for it here, and its floor
is that of its room; a module that names one in its annotations has them unread (`from __future__ import annotations`).
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import ModuleType

PLACES = {  # lower rooms first: what arrives by itself comes in small pieces
    "macros": "insight",
    "record": "insight",
    "repeats": "insight",
    "rules": "insight",
    "scan": "insight",
    "answers": "providers",
    "oauth": "providers",
    "guard": "gate",
    "cache_answers": "store",
    "ledger": "store",
    "wordings": "store",
    "assessing": "desk",
    "compacting": "desk",
    "drafting": "desk",
    "escalation": "desk",
    "exposing": "desk",
    "families": "desk",
    "gaps": "desk",
    "lessons": "desk",
    "notes": "desk",
    "problems": "desk",
    "queueing": "desk",
    "readings": "desk",
    "recalling": "desk",
    "saving": "desk",
    "searching": "desk",
    "sending": "desk",
    "spreading": "desk",
    "sweeping": "desk",
    "sync": "desk",
    "teaching": "desk",
    "wording": "desk",
    "ask": "ui",
    "crash": "ui",
    "cramped": "ui",
    "links": "ui",
    "once": "ui",
    "palette": "ui",
    "picker": "ui",
    "several": "ui",
    "talk": "ui",
}


def __getattr__(name: str) -> ModuleType:
    if name not in PLACES:
        raise AttributeError(f"{name} is not imported late")
    return import_module(f"supportdesk.{PLACES[name]}.{name}")


def arrive() -> Iterator[str]:
    """Import what nobody has asked for yet, one at a time, so that keys can be answered in between."""
    for name, room in PLACES.items():
        if f"supportdesk.{room}.{name}" not in sys.modules:
            import_module(f"supportdesk.{room}.{name}")
            yield name


def names(package: str, places: Mapping[str, str]) -> Callable[[str], object]:
    """The `__getattr__` of a package whose names come from its modules, each when somebody first asks for it."""

    def find(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{places[name]}"), name)
        setattr(sys.modules[package], name, found)  # so that it is looked for once
        return found

    return find
