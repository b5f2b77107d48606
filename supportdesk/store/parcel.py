"""What of a ledger can move to another machine, as lines of JSON: what was decided and done, and words not yet sent.

The first line is `{"supportdesk": "ledger", "schema": 1, "records": N}`, each other `{"table": NAME, "record": {…}}`.
What is on its way stays where it is: sent from two machines it would arrive twice.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from supportdesk.errors import UsageError
from supportdesk.insight.teamwords import TeamWord
from supportdesk.model import Draft, Escalation, Event, TicketRef, Verdict
from supportdesk.shift.timesheet import Punch
from supportdesk.store.changes import Document, Tables
from supportdesk.store.ledger import DRAFTS, ESCALATIONS, EVENTS, PHRASES, VERDICTS, Ledger
from supportdesk.store.records import decode, encode
from supportdesk.store.schema import CURRENT
from supportdesk.store.timesheet import SHIFTS, add_punch, punches
from supportdesk.store.wordings import WORDINGS, Wording, put_wording, wording, wordings
from supportdesk.text import clean

LARGEST = 256 * 1024 * 1024  # bytes
KINDS: dict[str, Any] = {
    VERDICTS: Verdict,
    ESCALATIONS: Escalation,
    PHRASES: TeamWord,
    DRAFTS: Draft,
    WORDINGS: Wording,
    EVENTS: Event,
    SHIFTS: Punch,
}
_IS = "ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What an import came to: new records by table, how many were known, and whose draft here was left as it is."""

    new: Counter[str]
    known: int
    kept: tuple[TicketRef, ...]


def pack(ledger: Ledger) -> bytes:
    """The ledger as the content of a file."""
    nouns: dict[str, list[Any]] = {
        VERDICTS: ledger.verdicts(),
        ESCALATIONS: ledger.escalations(),
        PHRASES: ledger.team_words(),
        DRAFTS: ledger.drafts(),
        WORDINGS: wordings(ledger),
        EVENTS: ledger.events(),
        SHIFTS: punches(ledger),
    }
    lines = [_line({"table": table, "record": encode(noun)}) for table, found in nouns.items() for noun in found]
    return b"".join((_line({"supportdesk": _IS, "schema": CURRENT.number, "records": len(lines)}), *lines))


def unpack(raw: bytes, name: str) -> dict[str, list[Any]]:
    """The nouns of a file by table, in order; UsageError naming file and line when it is none, or not whole."""
    lines = raw.split(b"\n")
    schema, records = _header(lines[0], name)
    if len(lines) != records + 2 or lines[-1]:
        raise UsageError(f"{name} is not whole: it should hold {records} records.", "Export it again.")
    tables: Tables = {}
    places: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines[1:-1], start=2):
        table, record = _record(line, name, number)
        tables.setdefault(table, {})[str(number)] = record
        places[table, str(number)] = number
    tables = CURRENT.migrated(tables, schema)
    return {
        table: [_noun(table, it, name, places.get((table, key), 1)) for key, it in tables.get(table, {}).items()]
        for table in KINDS
    }


def take_in(ledger: Ledger, nouns: dict[str, list[Any]]) -> Taken:
    """Keep what is new in one transaction; a second time nothing is. What is newer here, and every draft, stays."""
    new: Counter[str] = Counter()
    kept: list[TicketRef] = []
    with ledger.transaction():
        for table, put in _fresh(ledger, nouns, kept):
            put()
            new[table] += 1
    total = sum(len(found) for found in nouns.values())
    return Taken(new=new, known=total - sum(new.values()) - len(kept), kept=tuple(kept))


def _fresh(
    ledger: Ledger, nouns: dict[str, list[Any]], kept: list[TicketRef]
) -> Iterator[tuple[str, Callable[[], None]]]:
    said = {(it.ref, it.comment_id): it.at for it in ledger.verdicts()}
    for verdict in nouns[VERDICTS]:
        key = verdict.ref, verdict.comment_id
        if key not in said or said[key] < verdict.at:
            said[key] = verdict.at
            yield VERDICTS, partial(ledger.put_verdict, verdict)
    linked = {it.op for it in ledger.escalations()}
    for link in nouns[ESCALATIONS]:
        if link.op not in linked:
            linked.add(link.op)
            yield ESCALATIONS, partial(ledger.put_escalation, link)
    yield from ((PHRASES, partial(ledger.add_team_word, word)) for word in _newer_words(ledger, nouns[PHRASES]))
    yield from _drafts(ledger, nouns, kept)
    for event in _unknown(ledger.events(), nouns[EVENTS]):
        yield EVENTS, partial(ledger.add_event, event)
    for punch in _unknown(punches(ledger), nouns[SHIFTS]):
        yield SHIFTS, partial(add_punch, ledger, punch)


def _drafts(
    ledger: Ledger, nouns: dict[str, list[Any]], kept: list[TicketRef]
) -> Iterator[tuple[str, Callable[[], None]]]:
    for draft in nouns[DRAFTS]:
        mine = ledger.draft(draft.ref, draft.public, draft.aside)
        if mine is None:
            yield DRAFTS, partial(ledger.put_draft, draft)
        elif mine.body != draft.body:
            kept.append(draft.ref)
    for one in nouns[WORDINGS]:
        if (own := wording(ledger, one.ref)) is None:
            yield WORDINGS, partial(put_wording, ledger, replace(one, op=""))
        elif (own.title, own.body) != (one.title, one.body):
            kept.append(one.ref)


def _unknown(here: list[Any], there: list[Any]) -> list[Any]:
    """The facts that are not here yet, each once."""
    known = {*here}
    return [fact for fact in dict.fromkeys(there) if fact not in known]


def _newer_words(ledger: Ledger, words: list[TeamWord]) -> Iterator[TeamWord]:
    """Those said later than what is known of the same phrase: the latest record of a phrase is the one that counts."""
    latest = {it.words: it.at for it in ledger.team_words()}
    for word in words:
        if word.words not in latest or latest[word.words] < word.at:
            latest[word.words] = word.at
            yield word


def _header(line: bytes, name: str) -> tuple[int, int]:
    header = _json(line)
    schema, records = header.get("schema"), header.get("records")
    if header.get("supportdesk") != _IS or type(schema) is not int or type(records) is not int or records < 0:
        raise UsageError(f"{name} is no export of supportdesk.", "Name a file that `supportdesk export` wrote.")
    if not 0 <= schema <= CURRENT.number:
        raise UsageError(
            f"{name} was exported by another supportdesk (schema {schema}; this one knows {CURRENT.number}).",
            "Import it with that version, or a newer one.",
        )
    return schema, records


def _record(line: bytes, name: str, number: int) -> tuple[str, Document]:
    found = _json(line)
    table, record = found.get("table"), found.get("record")
    if not isinstance(table, str) or table not in KINDS or not isinstance(record, dict):
        raise UsageError(f"{name}:{number}: this is no record of a ledger.", "Nothing was imported.")
    return table, record


def _noun(table: str, record: Document, name: str, number: int) -> Any:
    try:
        return decode(KINDS[table], _inert(record))
    except ValueError as problem:
        raise UsageError(f"{name}:{number}: {clean(str(problem))}.", "Nothing was imported.") from None


def _inert(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_inert(each) for each in value]
    if isinstance(value, dict):
        return {key: _inert(each) for key, each in value.items()}
    return value


def _json(line: bytes) -> Document:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _line(value: Document) -> bytes:
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"
