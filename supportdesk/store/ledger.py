"""The ledger: what the engineer wanted, decided and wrote, kept for good; TinyDB over the journal.

TinyDB is imported when a ledger is opened and not with this module. Its tables answer as stock TinyDB does; a change
commits only the documents that it touched, in one durable append. A record's number in its table is made of its key
(the op, or the ticket and the comment), so two processes never give one number to two records.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

from supportdesk.insight.teamwords import TeamWord
from supportdesk.model import Draft, Escalation, Event, Outgoing, State, TicketRef, Verdict
from supportdesk.store.changes import Document, Tables
from supportdesk.store.files import Files
from supportdesk.store.journal import Journal
from supportdesk.store.length import length_on_disk
from supportdesk.store.overlay import Overlay
from supportdesk.store.pauses import without_pauses
from supportdesk.store.records import decode, encode
from supportdesk.store.schema import CURRENT, Schema

T = TypeVar("T")
OUTGOING, VERDICTS, ESCALATIONS, DRAFTS, EVENTS, NUMBERS, PHRASES = (
    "outgoing",
    "verdicts",
    "escalations",
    "drafts",
    "events",
    "numbers",
    "phrases",
)
OF_DESKS = (DRAFTS, "wordings")  # tables of words that are unsent
_DONE = (State.SENT, State.DROPPED)
_ORDERS = {OUTGOING: attrgetter("seq"), VERDICTS: attrgetter("at"), ESCALATIONS: attrgetter("at")}


class Ledger:
    """Outgoing changes, verdicts, links, drafts, events and phrases of one engineer; every method is for one thread.

    Each `put_` is on disk when it returns. StoreError when the disk fails or another process keeps the lock; what was
    there before is then still there, in memory and on disk. `notices` are sentences about damage, for the engineer.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._tables = _tinydb(journal)
        self._seen: dict[tuple[str, int], tuple[Document, Any]] = {}
        self._lists: dict[str, tuple[object, tuple[Any, ...]]] = {}
        self._groups: dict[str, tuple[object, dict[TicketRef, list[Any]]]] = {}
        self._refused: set[tuple[str, int]] = set()

    @classmethod
    def open(
        cls, folder: Path, *, now: Callable[[], datetime], files: Files | None = None, schema: Schema = CURRENT
    ) -> "Ledger":
        """Read the ledger in a folder, repairing it where it is damaged; a missing one is an empty one.

        One of an older schema is brought up to date, of a newer one it is read only: `closed` says so. `now` is asked
        only to name a damaged file that is set aside.
        """
        return cls(Journal.open(folder, files or Files(), now, schema))

    @property
    def closed(self) -> str:
        """Why nothing can be written, as a sentence; empty when it can."""
        return self._journal.closed

    @staticmethod
    def length_on_disk(folder: Path) -> int:
        """What `length` would be, from the file alone and without TinyDB: 0 where there is none, -1 in doubt."""
        return length_on_disk(folder)

    @property
    def length(self) -> int:
        """Grows with every change, by whoever made it; equal lengths are equal ledgers."""
        return self._journal.length

    @property
    def notices(self) -> list[str]:
        """What was found damaged, in sentences; the caller shows them and may clear the list."""
        return self._journal.notices

    def table(self, name: str) -> Any:
        """The TinyDB table of a name."""
        return self._tables.table(name)

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside is kept in one durable append, or nothing is.

        No other process writes meanwhile, so nothing inside may wait for the network; one inside another joins it.
        """
        return self._journal.transaction()

    def refresh(self) -> bool:
        """Take in what other processes wrote; whether there was anything."""
        return self._journal.refresh()

    def compact(self) -> None:
        """Rewrite the journal without what is superseded; everything else waits."""
        self._journal.compact()

    @property
    def worth_compacting(self) -> bool:
        """Whether so much is superseded that somebody should compact; no `put_` does."""
        return self._journal.worth_compacting

    def compact_aside(self, pace: Callable[[], bool]) -> Callable[[], None]:
        """Compact in steps while this ledger is used: the one method that is for another thread.

        `pace` is called between the steps, may wait, and says whether to go on. What is returned is called in the
        ledger's own thread. StoreError when the disk fails: the ledger is as it was.
        """
        return self._journal.compact_aside(pace)

    def put_off_compacting(self) -> None:
        """Let the journal grow to twice its size before it is worth it again."""
        self._journal.put_off_compacting()

    def close(self) -> None:
        """Let go of the files."""
        self._journal.close()

    def put_outgoing(self, outgoing: Outgoing) -> None:
        """Keep a change on its way, or its newer state; its key is `op`."""
        self._put(OUTGOING, (outgoing.op,), outgoing)

    def outgoing(self, op: str) -> Outgoing | None:
        """The change of an op."""
        return self._get(OUTGOING, (op,), Outgoing)

    def all_outgoing(self) -> list[Outgoing]:
        """Every change that is not forgotten, in the order of `seq`."""
        return list(self._all(OUTGOING, Outgoing))

    def forget_sent(self, before: datetime) -> int:
        """Drop what was sent or dropped, and last written, before then, but for what is swept for; how many."""
        ended = [it for it in self._all(OUTGOING, Outgoing) if it.state in _DONE and it.sweep_at is None]
        old = [it for it in ended if (it.asked_at or it.created_at) < before]
        if old:
            self.table(OUTGOING).remove(doc_ids=[_number((it.op,)) for it in old])
        return len(old)

    def forget_desk(self, desk: str) -> int:
        """Drop every draft, every wording and every change, sent or not, of a desk or of its tickets; how many.

        Verdicts, links, events, phrases and shifts stay. The words are gone from the disk once `compact` has returned.
        """
        gone = {OUTGOING: [_number((it.op,)) for it in self.all_outgoing() if desk in (it.desk, it.ref.desk)]}
        for table in OF_DESKS:
            gone[table] = [row.doc_id for row in self.table(table).all() if _is_of(row, desk)]
        with self.transaction():
            for table, numbers in gone.items():
                if numbers:
                    self.table(table).remove(doc_ids=numbers)
        return sum(map(len, gone.values()))

    def put_verdict(self, verdict: Verdict) -> None:
        """Keep what was said of a finding; a later verdict on the same comment replaces it."""
        self._put(VERDICTS, (*_words(verdict.ref), verdict.comment_id), verdict)

    def delete_verdict(self, ref: TicketRef, comment_id: str) -> None:
        """Drop what was said of a finding; nothing happens where there is nothing."""
        self.delete_keyed(VERDICTS, (*_words(ref), comment_id))

    def verdicts(self, ref: TicketRef | None = None) -> list[Verdict]:
        """The verdicts on a ticket, or all of them; the last said is the last."""
        return list(self._all(VERDICTS, Verdict) if ref is None else self._of(ref, VERDICTS, Verdict, "ref"))

    def put_escalation(self, escalation: Escalation) -> None:
        """Keep the link between a ticket and its issue; its key is `op`."""
        self._put(ESCALATIONS, (escalation.op,), escalation)

    def escalations(self, ref: TicketRef | None = None) -> list[Escalation]:
        """The escalations of a ticket, or all of them; the last made is the last."""
        if ref is None:
            return list(self._all(ESCALATIONS, Escalation))
        return list(self._of(ref, ESCALATIONS, Escalation, "ticket"))

    def put_draft(self, draft: Draft) -> None:
        """Keep words not yet sent; a ticket has one reply draft and one note draft, and pages beside each."""
        self._put(DRAFTS, _draft_key(draft.ref, draft.public, draft.aside), draft)

    def draft(self, ref: TicketRef, public: bool, aside: str = "") -> Draft | None:
        """The reply draft of a ticket, or its note draft where `public` is off; or the page `aside` beside it."""
        return self._get(DRAFTS, _draft_key(ref, public, aside), Draft)

    def drafts(self) -> list[Draft]:
        """Every draft, in the order they were begun."""
        return list(self._all(DRAFTS, Draft))

    def delete_draft(self, ref: TicketRef, public: bool, aside: str = "") -> None:
        """Drop a draft; nothing happens where there is none."""
        self.delete_keyed(DRAFTS, _draft_key(ref, public, aside))

    def add_event(self, event: Event) -> None:
        """Keep a fact."""
        self.table(EVENTS).insert(encode(event))

    def events(self, since: datetime | None = None) -> list[Event]:
        """The facts from then on, in the order they were kept."""
        return [it for it in self._all(EVENTS, Event) if since is None or it.at >= since]

    def add_team_word(self, word: TeamWord) -> None:
        """Keep a phrase of the team's, or that it was removed: a record for each change."""
        self.table(PHRASES).insert(encode(word))

    def team_words(self) -> list[TeamWord]:
        """Every change of the team's phrases, in the order they were made."""
        return list(self._all(PHRASES, TeamWord))

    def add_fact(self, table: str, noun: object) -> None:
        """Keep a fact in a table that another module of this room has the name and the nouns of."""
        self.table(table).insert(encode(noun))

    def facts(self, table: str, kind: type[T]) -> list[T]:
        """Every fact of such a table, in the order they were kept."""
        return list(self._all(table, kind))

    def put_keyed(self, table: str, key: tuple[str, ...], noun: object) -> None:
        """Keep a noun of such a table in the place of the one that has its key."""
        self._put(table, key, noun)

    def keyed(self, table: str, key: tuple[str, ...], kind: type[T]) -> T | None:
        """The noun of such a table that has a key."""
        return self._get(table, key, kind)

    def delete_keyed(self, table: str, key: tuple[str, ...]) -> None:
        """Drop the record that has a key; nothing happens where there is none."""
        if self.table(table).contains(doc_id=(number := _number(key))):
            self.table(table).remove(doc_ids=[number])

    def next_seq(self) -> int:
        """A number above every earlier one, of all processes; to be kept, call it in the transaction that uses it."""
        with self.transaction():
            found = self.table(NUMBERS).get(doc_id=1)
            seq = 1 + (found["seq"] if found else 0)
            self._upsert(NUMBERS, 1, {"seq": seq})
        return seq

    def _put(self, table: str, key: tuple[str, ...], noun: object) -> None:
        self._upsert(table, _number(key), encode(noun))

    def _upsert(self, table: str, number: int, record: Document) -> None:
        rows = self.table(table)
        rows.upsert(rows.document_class(record, number))

    def _get(self, table: str, key: tuple[str, ...], kind: type[T]) -> T | None:
        number = _number(key)
        document = self._documents(table).get(str(number))
        return None if document is None else self._read(table, number, document, kind)

    def _all(self, table: str, kind: type[T]) -> tuple[T, ...]:
        version = self._journal.version(table)
        kept = self._lists.get(table)
        if kept is None or kept[0] != version:
            with without_pauses():
                read = (self._read(table, int(key), row, kind) for key, row in self._documents(table).items())
                found = [noun for noun in read if noun is not None]
                if table in _ORDERS:
                    found.sort(key=_ORDERS[table])
                kept = self._lists[table] = version, tuple(found)
        return kept[1]

    def _of(self, ref: TicketRef, table: str, kind: type[T], field: str) -> list[T]:
        version = self._journal.version(table)
        kept = self._groups.get(table)
        if kept is None or kept[0] != version:
            groups: dict[TicketRef, list[Any]] = {}
            for noun in self._all(table, kind):
                groups.setdefault(getattr(noun, field), []).append(noun)
            kept = self._groups[table] = version, groups
        return kept[1].get(ref, [])

    def _documents(self, table: str) -> Mapping[str, Document]:
        """The records of a table as they lie: TinyDB would copy each of them."""
        return self._journal.tables.get(table, {})

    def _read(self, table: str, number: int, document: Document, kind: type[T]) -> T | None:
        place = (table, number)
        known = self._seen.get(place)
        if known is not None and (known[0] is document or known[0] == document):
            noun: T | None = known[1]
            return noun
        try:
            noun = decode(kind, document)
        except ValueError as error:
            noun = None
            self._refuse(place, error)
        self._seen[place] = (document, noun)
        return noun

    def _refuse(self, place: tuple[str, int], error: ValueError) -> None:
        if place not in self._refused:
            self._refused.add(place)
            self.notices.append(f"A record of the ledger cannot be read and is left out ({place[0]}): {error}")


def _words(ref: TicketRef) -> tuple[str, str]:
    return ref.desk, ref.id


def _is_of(record: Document, desk: str) -> bool:
    ref = record.get("ref")
    return isinstance(ref, dict) and ref.get("desk") == desk


def _draft_key(ref: TicketRef, public: bool, aside: str) -> tuple[str, ...]:
    return (*_words(ref), "reply" if public else "note", *([aside] if aside else []))


def _number(key: tuple[str, ...]) -> int:
    return int.from_bytes(blake2b("\0".join(key).encode(), digest_size=8).digest()) >> 1


class _Storage:
    """All tables at once, for what TinyDB lists and drops; it asks for a storage by shape alone."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def read(self) -> Tables:
        return {name: dict(table) for name, table in self._journal.tables.items()}

    def write(self, tables: Tables) -> None:
        with self._journal.transaction():
            for name, table in self.read().items():
                for key in table.keys() - tables.get(name, {}).keys():
                    self._journal.put(name, key, None)

    def close(self) -> None:
        self._journal.close()


def _tinydb(journal: Journal) -> Any:
    """TinyDB with tables that live in the journal."""
    from tinydb import TinyDB
    from tinydb.table import Table

    class JournalTable(Table):
        """One table, read where it lies and changed by document; its number is chosen under the lock."""

        def _read_table(self) -> dict[str, Any]:
            return journal.tables.get(self.name, {})

        def _update_table(self, updater: Callable[[Any], None]) -> None:
            with journal.transaction():
                overlay = Overlay(journal.tables.get(self.name, {}))
                updater(overlay)
                for key, document in overlay.changes():
                    journal.put(self.name, key, document)
            self.clear_cache()

        def insert(self, document: Any) -> int:
            with journal.transaction():
                return super().insert(document)

        def insert_multiple(self, documents: Any) -> list[int]:
            with journal.transaction():
                return super().insert_multiple(documents)

        def upsert(self, document: Any, cond: Any = None) -> list[int]:
            with journal.transaction():
                return super().upsert(document, cond)

        def forget(self) -> None:
            """What this object remembers is not true any more."""
            self.clear_cache()
            self._next_id = None

    class JournalDB(TinyDB):
        """Tables of our kind."""

        table_class = JournalTable

    tables = JournalDB(storage=_Storage, journal=journal)
    journal.on_reload = lambda: _forget(tables)
    return tables


def _forget(tables: Any) -> None:
    for name in tables.tables():
        tables.table(name).forget()
