"""The cache: what the services last said, in sqlite3; it may be thrown away at any time and is fetched again.

It opens in a millisecond and imports no third party, since the first frame is drawn from it. The marks of the queue
(verdicts, issues, what is on its way, drafts) are a projection of the ledger and are written here by the desk.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from supportdesk import late, model
from supportdesk.model import Decision, Kind, Role, Row, TicketRef
from supportdesk.store import cache_put, cache_upkeep
from supportdesk.store import cache_rows as rows_of
from supportdesk.store import cache_views as views_of
from supportdesk.store.answers import answer_key
from supportdesk.store.cache_refs import Refs
from supportdesk.store.cache_schema import Named, connect
from supportdesk.store.cache_search import Texts
from supportdesk.store.cache_sieve import Sieves
from supportdesk.store.cache_talks import Talks
from supportdesk.store.cache_views import Me

_FORGET = (
    "DELETE FROM tickets WHERE n = ?",
    "DELETE FROM whole WHERE n = ?",
    "DELETE FROM conversations WHERE n = ?",
    "DELETE FROM findings WHERE n = ?",
    "DELETE FROM answers WHERE n = ?",
    "DELETE FROM told WHERE n = ?",
    "DELETE FROM texts WHERE rowid = (SELECT place FROM filed WHERE n = ?)",
    "DELETE FROM filed WHERE n = ?",
)
_NOBODY: Me = {}
_UNTOLD: cache_put.Openings = {}


class Cache:
    """Tickets, conversations, findings and marks of all desks; for one thread, StoreError when the disk fails."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._named = Named(path)
        self.talks = Talks(connection, self._all, self._named)
        self.texts = Texts(self._run, self._all, self.batch, self.talks.beginning)
        self.sieves = Sieves(connection, self._all, partial(Refs, look=self._named_by, number=self._n))

    @classmethod
    def open(cls, path: Path) -> Cache:
        """Open the cache; one that is damaged or of another version is replaced by an empty one."""
        return cls(path, connect(path))

    @cached_property
    def answers(self) -> late.cache_answers.Answers:
        """What is known of our own answers beside their words."""
        return late.cache_answers.Answers(self._run, self._many, self._all)

    def again(self) -> Cache:
        """The same cache through a connection of its own: for another thread, or for one reading in many steps."""
        return Cache.open(self._path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Make many changes at once: all of them are kept or none is, and it is much faster."""
        with self._named:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            done = False
            try:
                yield
                done = True
            finally:
                self._connection.execute("COMMIT" if done else "ROLLBACK")

    # tickets and conversations

    def put_tickets(self, tickets: Iterable[model.Ticket], openings: cache_put.Openings = _UNTOLD) -> int:
        """Keep tickets as last seen, leaving out any older than what is known; how many were new or different.

        `openings` are the entries that they were opened with, where a list tells of them.
        """
        page = list(tickets)
        agents = {(it.ref.desk, _person_key(it.assignee)): it.assignee for it in page if it.assignee is not None}
        with self.batch():
            changed = cache_put.put(page, openings, self._all, self._many)
            self._put_agents(agents)
        return changed

    def ticket(self, ref: TicketRef) -> model.Ticket | None:
        """The ticket as last seen."""
        found = self._one("SELECT ticket FROM tickets JOIN whole USING (n) WHERE desk = ? AND id = ?", _key(ref))
        return None if found is None else rows_of.from_json(model.Ticket, found[0])

    def forget_ticket(self, ref: TicketRef) -> None:
        """Take out a ticket that its service no longer has."""
        with self.batch():
            n = self._n(ref)
            for sql in _FORGET:
                self._run(sql, (n,))
        cache_upkeep.forget_frame(self._path.parent)

    def put_conversation(self, conversation: model.Conversation) -> None:
        """Keep a ticket with everything said on it; it has to be scored again if something new was said."""
        ticket = conversation.ticket
        with self.batch():
            self.put_tickets([ticket])
            n = self._n(ticket.ref)
            self._run("UPDATE tickets SET fetched = ? WHERE n = ?", (rows_of.instant(ticket.updated_at), n))
            text = rows_of.many_to_json(conversation.comments)
            if self._one("SELECT 1 FROM conversations WHERE n = ? AND comments = ?", (n, text)) is None:
                self._take_back(n, text)
                self._put_comments(n, ticket.ref, conversation.comments, text)

    def doubt(self, ref: TicketRef) -> None:
        """A conversation that is here may lack what was said within the second of its ticket's last change."""
        self._run("UPDATE tickets SET fetched = updated - 1 WHERE desk = ? AND id = ? AND fetched = updated", _key(ref))

    def put_part(self, ref: TicketRef, comments: Sequence[model.Comment]) -> None:
        """Keep what was fetched so far of a conversation that has to be fetched; nothing: as if it never had been."""
        with self.batch():
            if (n := self._n(ref)) is not None:
                if not comments:
                    self._run("UPDATE tickets SET fetched = NULL WHERE n = ?", (n,))
                text = rows_of.many_to_json(comments)
                self._take_back(n, text)
                cache_put.put_words([(n, text)], self._many)

    def comments(self, ref: TicketRef) -> tuple[model.Comment, ...] | None:
        """What was said, oldest first; None when it was never fetched."""
        return self.talks.whole(ref)

    def comment_count(self, ref: TicketRef) -> int | None:
        """How many comments were fetched; None when they never were."""
        sql = "SELECT json_array_length(comments) FROM tickets JOIN conversations USING (n) WHERE desk = ? AND id = ?"
        found = self._one(sql, _key(ref))
        return None if found is None else int(found[0])

    def conversation_stamp(self, ref: TicketRef) -> datetime | None:
        """The ticket's `updated_at` when its comments were fetched; None when they never were."""
        found = self._one("SELECT fetched FROM tickets WHERE desk = ? AND id = ?", _key(ref))
        return None if found is None or found[0] is None else rows_of.moment(found[0])

    def stale(self, desk: str, limit: int, *, live: bool = False) -> list[TicketRef]:
        """Tickets (`live`: only those) whose comments are missing or older than they are, newest change first."""
        return list(self.waiting(desk, limit, live=live))

    def waiting(self, desk: str, limit: int, *, live: bool = False) -> Refs:
        """Like `stale`, for many of them: each is looked up when its turn comes."""
        sql = (
            "SELECT n FROM tickets WHERE desk = ? AND fetched IS NOT updated AND live >= ?"
            " ORDER BY updated DESC, n DESC LIMIT ?"
        )
        return Refs([n for (n,) in self._all(sql, (desk, int(live), limit))], self._named_by, self._n)

    def agents(self, desk: str) -> tuple[model.Person, ...]:
        """Everybody seen on our side of a desk, by name."""
        found = self._all("SELECT person FROM agents WHERE desk = ?", (desk,))
        return tuple(
            sorted((rows_of.from_json(model.Person, text) for (text,) in found), key=lambda it: it.name.casefold())
        )

    def mark_read(self, ref: TicketRef) -> None:
        """The engineer has seen the ticket as it is now."""
        sql = "UPDATE tickets SET read = updated WHERE desk = ? AND id = ? AND read IS NOT updated"
        self.sieves.glances += self._run(sql, _key(ref)).rowcount

    # queues

    def refs(self, view: str, text: str = "", *, me: Me = _NOBODY) -> list[TicketRef]:
        """Like `listed`, with everybody looked up."""
        return list(self.listed(view, text, me=me))

    def listed(self, view: str, text: str = "", *, me: Me = _NOBODY) -> Refs:
        """The tickets of a view that match a filter, newest change first.

        Views: open, mine, unassigned, flagged, undecided, waiting, escalated, solved, all, and `DESK/ID` for a
        service's own. Every word of `text` must occur in ref, subject, requester, organization, assignee or tags;
        a word with `!` before it must not. NotFoundError when there is no such local view.
        """
        (numbers,) = self._one(*views_of.numbers(view, text, me))
        return self.sieves.listing(json.loads(numbers))

    def count(self, view: str, *, me: Me = _NOBODY) -> int:
        """How many tickets a view holds."""
        return int(self._one(*views_of.count(view, me))[0])

    def held(self, desk: str) -> int:
        """How many tickets of a desk are here."""
        return int(self._one("SELECT count(*) FROM tickets WHERE desk = ?", (desk,))[0])

    def come(self, desk: str, after: int) -> tuple[int, int]:
        """How many of its tickets came after the one with a number, and the last number of all."""
        sql = "SELECT count(*) FILTER (WHERE desk = ?1), coalesce(max(n), ?2) FROM tickets WHERE n > ?2"
        here, last = self._one(sql, (desk, after))
        return int(here), int(last)

    def last(self) -> int:
        """The number of the ticket that came last, 0 where there is none."""
        return int(self._one("SELECT coalesce(max(n), 0) FROM tickets")[0])

    def unheard(self, desk: str) -> int:
        """How many of them have comments that are missing or older than they are."""
        return int(self._one("SELECT count(*) FROM tickets WHERE desk = ? AND fetched IS NOT updated", (desk,))[0])

    def rows(self, refs: Sequence[TicketRef]) -> list[Row]:
        """The lines of the queue for these tickets, in this order; one that is not known is left out."""
        found = ((ref, self._one(rows_of.ROW, _key(ref))) for ref in refs)
        return [rows_of.row(ref, values) for ref, values in found if values is not None]

    def search(self, text: str, limit: int = 50) -> list[TicketRef]:
        """Tickets in which every word of the text begins a word of the subject or of a comment, newest first."""
        self.texts.file_all()
        return [found.ref for found in self.texts.search(text, limit)]

    def put_view(self, view: model.View, refs: Sequence[TicketRef]) -> None:
        """Keep a service's view and what it holds."""
        with self.batch():
            self._run("INSERT OR REPLACE INTO views VALUES (?, ?, ?)", (view.desk, view.id, view.name))
            self._run("DELETE FROM view_tickets WHERE desk = ? AND view = ?", (view.desk, view.id))
            self._many(
                "INSERT OR IGNORE INTO view_tickets VALUES (?, ?, ?)", [(it.desk, view.id, it.id) for it in refs]
            )

    def keep_views(self, desk: str, ids: Collection[str]) -> None:
        """Forget the views of a desk other than these."""
        with self.batch():
            gone = [(desk, view.id) for view in self.service_views() if view.desk == desk and view.id not in ids]
            self._many("DELETE FROM views WHERE desk = ? AND id = ?", gone)
            self._many("DELETE FROM view_tickets WHERE desk = ? AND view = ?", gone)

    def service_views(self) -> tuple[model.View, ...]:
        """The views that services have, by desk and name."""
        found = self._all("SELECT desk, id, name FROM views ORDER BY desk, name, id")
        return tuple(model.View(id=id_, name=name, desk=desk) for desk, id_, name in found)

    # letting go

    def log_is_long(self) -> bool:
        """Whether so much was written that it is time to put the log away."""
        return cache_upkeep.log_is_long(self._path)

    def put_log_away(self) -> None:
        """Bring what was written into the file itself; for any thread, since it waits for the disk."""
        cache_upkeep.put_log_away(self._path)

    @property
    def upkeep(self) -> cache_upkeep.Upkeep:
        """What is let go of a ticket at a time."""
        return cache_upkeep.Upkeep(self._run, self._all)

    def wipe(self, desk: str) -> int:
        """Take everything of a desk away, its bytes as well; how many tickets there were."""
        with self.batch():
            tickets = cache_upkeep.wipe(self._connection, desk)
        with self._named:
            cache_upkeep.scrub(self._connection)
        return tickets

    # what was concluded, decided and is on its way

    def put_findings(
        self, ref: TicketRef, findings: Sequence[model.Finding], rules: str, *, least: float = 0.0
    ) -> None:
        """Keep what these rules (their version) make of a conversation; a workaround from `least` on flags it."""
        ordered = sorted(findings, key=lambda it: (it.kind is not Kind.WORKAROUND, -it.p))
        with self.batch():
            if (n := self._n(ref)) is None:
                return
            self._run("UPDATE tickets SET rules = ? WHERE n = ?", (rules, n))
            self._run("INSERT OR REPLACE INTO findings VALUES (?, ?)", (n, rows_of.many_to_json(ordered)))
            self.put_flag(ref, ordered, least=least)

    def put_flag(self, ref: TicketRef, findings: Sequence[model.Finding], *, least: float = 0.0) -> None:
        """Show a ticket in the queue as the strongest workaround of these has it; what the rules made of it stays.

        Below `least` it is no flag there, and is remembered as one that may become one.
        """
        p = max((it.p for it in findings if it.kind is Kind.WORKAROUND), default=0.0)
        best = next((it for it in findings if it.kind is Kind.WORKAROUND and it.p == p), None)
        band = best.band.value if best is not None and p >= least else None
        self._run("UPDATE tickets SET band = ?, p = ? WHERE desk = ? AND id = ?", (band, p, *_key(ref)))

    def findings(self, ref: TicketRef) -> tuple[model.Finding, ...]:
        """What the rules made of a conversation: workarounds before hints, each strongest first."""
        found = self._one("SELECT findings FROM tickets JOIN findings USING (n) WHERE desk = ? AND id = ?", _key(ref))
        return () if found is None else rows_of.many_from_json(model.Finding, found[0])

    def unscored(self, rules: str, limit: int) -> list[TicketRef]:
        """Tickets whose comments these rules have not seen: those never scored first, then newest change first."""
        return self._named_by(self.talks.unscored(rules, limit))

    def set_marks(
        self, ref: TicketRef, *, decision: Decision | None, issue: str, queued: int, held: int, draft: bool
    ) -> None:
        """What the ledger says of a ticket, for its line in the queue; the ticket itself may come later."""
        marks = (None if decision is None else decision.value, issue, queued, held, draft)
        if any(marks):
            self._run("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?, ?, ?)", (*_key(ref), *marks))
        else:
            self._run("DELETE FROM marks WHERE desk = ? AND id = ?", _key(ref))

    def clear_marks(self) -> None:
        """Forget all marks, before they are projected from the ledger again."""
        self._run("DELETE FROM marks")

    def same_answer(self, ref: TicketRef, comment_id: str) -> list[TicketRef]:
        """Other tickets that were given the same public answer, newest change first."""
        n = self._n(ref)
        sql = (
            "SELECT n FROM tickets WHERE n <> ?1 AND n IN (SELECT n FROM answers WHERE key ="
            " (SELECT key FROM answers WHERE n = ?1 AND comment = ?2)) ORDER BY updated DESC, n DESC"
        )
        return self._refs_of(self._all(sql, (n, comment_id)))

    def customers(self, refs: Iterable[TicketRef]) -> int:
        """How many distinct customers asked: organizations, else mail domains of their own, else people."""
        sql = (
            "SELECT count(DISTINCT customer) FROM json_each(?)"
            " JOIN tickets ON desk = json_extract(value, '$[0]') AND tickets.id = json_extract(value, '$[1]')"
        )
        return int(self._one(sql, (json.dumps([_key(ref) for ref in refs]),))[0])

    def set_meta(self, key: str, value: str) -> None:
        """Keep a word about the cache itself: a cursor, an ETag, the ledger's length at the last projection."""
        self._run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def meta(self, key: str) -> str:
        """What was kept under a key, empty when nothing was."""
        found = self._one("SELECT value FROM meta WHERE key = ?", (key,))
        return "" if found is None else str(found[0])

    def _take_back(self, n: int | None, text: str) -> None:
        """The console's last screen goes where something of a conversation does, as these words tell."""
        if self._one(cache_upkeep.TAKEN_BACK, (text, n)) is not None:
            cache_upkeep.forget_frame(self._path.parent)

    def _put_comments(self, n: int | None, ref: TicketRef, comments: Sequence[model.Comment], text: str) -> None:
        cache_put.put_words([(n, text)], self._many)
        self._run("UPDATE tickets SET rules = '' WHERE n = ?", (n,))
        ours = [it for it in comments if it.author.role is Role.AGENT]
        self._put_agents({(ref.desk, _person_key(it.author)): it.author for it in ours})
        keys = ((n, it.id, answer_key(it.body)) for it in ours if it.public)
        self._run("DELETE FROM answers WHERE n = ?", (n,))
        self._many("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", [it for it in keys if it[2] is not None])

    def _put_agents(self, agents: Mapping[tuple[str, str], model.Person]) -> None:
        records = [(desk, key, rows_of.to_json(person)) for (desk, key), person in agents.items()]
        self._many("INSERT OR REPLACE INTO agents VALUES (?, ?, ?)", records)

    def _refs_of(self, found: Sequence[tuple[int]]) -> list[TicketRef]:
        return self._named_by([n for (n,) in found])

    def _named_by(self, numbers: Sequence[int]) -> list[TicketRef]:
        sql = "SELECT n, desk, id FROM tickets WHERE n IN (SELECT value FROM json_each(?))"
        known = {n: TicketRef(desk, id_) for n, desk, id_ in self._all(sql, (json.dumps(numbers),))}
        return [known[n] for n in numbers if n in known]

    def _n(self, ref: TicketRef) -> int | None:
        found = self._one("SELECT n FROM tickets WHERE desk = ? AND id = ?", _key(ref))
        return None if found is None else int(found[0])

    def _run(self, sql: str, arguments: Sequence[Any] = ()) -> sqlite3.Cursor:
        with self._named:
            return self._connection.execute(sql, arguments)

    def _many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        with self._named:
            self._connection.executemany(sql, rows)

    def _all(self, sql: str, arguments: Sequence[Any] = ()) -> list[Any]:
        with self._named:
            return self._connection.execute(sql, arguments).fetchall()

    def _one(self, sql: str, arguments: Sequence[Any] = ()) -> Any:
        with self._named:
            return self._connection.execute(sql, arguments).fetchone()


def _key(ref: TicketRef) -> tuple[str, str]:
    return ref.desk, ref.id


def _person_key(person: model.Person) -> str:
    return person.id or person.email.casefold() or person.name
