"""What `late` imports when it is asked for it, as the checker sees it."""
# ruff: noqa: I001  # a line a room

from collections.abc import Callable, Iterator, Mapping

from supportdesk.desk import (
    assessing as assessing,
    compacting as compacting,
    drafting as drafting,
    escalation as escalation,
    exposing as exposing,
    families as families,
    gaps as gaps,
    lessons as lessons,
    notes as notes,
    problems as problems,
    queueing as queueing,
    readings as readings,
    recalling as recalling,
    saving as saving,
    searching as searching,
    sending as sending,
    spreading as spreading,
    sweeping as sweeping,
    sync as sync,
    teaching as teaching,
    wording as wording,
)
from supportdesk.gate import (
    guard as guard,
)
from supportdesk.insight import (
    macros as macros,
    record as record,
    repeats as repeats,
    rules as rules,
    scan as scan,
)
from supportdesk.providers import (
    answers as answers,
    oauth as oauth,
)
from supportdesk.store import (
    cache_answers as cache_answers,
    ledger as ledger,
    wordings as wordings,
)
from supportdesk.ui import (
    ask as ask,
    crash as crash,
    cramped as cramped,
    links as links,
    once as once,
    palette as palette,
    picker as picker,
    several as several,
    talk as talk,
)

PLACES: dict[str, str]

def arrive() -> Iterator[str]: ...
def names(package: str, places: Mapping[str, str]) -> Callable[[str], object]: ...
