"""Letting go of what the cache holds: old conversations by age, a desk for good, and the log of what was written."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from supportdesk.errors import StoreError

LONG_LOG = 8 * 1024 * 1024
FRAME = "last-frame"  # the console's last screen, in the same folder
LOOKED_AT = 200  # tickets at a time: whether they have words to let go of costs 5 µs each
TAKEN_BACK = (  # not only more was said: something may have been redacted
    "SELECT 1 FROM conversations WHERE substr(?, 1, length(comments) - 1) <> substr(comments, 1, length(comments) - 1)"
    " AND n = ?"
)
_SPARED = (
    "EXISTS (SELECT 1 FROM marks WHERE marks.desk = tickets.desk AND marks.id = tickets.id"
    " AND (queued OR held OR draft))"
)
_OLD = (
    f"SELECT updated, n, n IN (SELECT n FROM conversations) AND NOT {_SPARED}"  # noqa: S608  # words of this file
    " FROM tickets WHERE live = 0 AND updated < ? AND (updated, n) > (?, ?) ORDER BY updated, n LIMIT ?"
)
_STILL_OLD = f"SELECT 1 FROM tickets WHERE n = ? AND live = 0 AND updated < ? AND NOT {_SPARED}"  # noqa: S608  # as above
_ORPHANS = "SELECT n FROM whole WHERE n > ? AND n NOT IN (SELECT n FROM tickets) ORDER BY n LIMIT ?"
_SWEPT = (
    *(
        f"DELETE FROM {table} WHERE n NOT IN (SELECT n FROM tickets)"  # noqa: S608  # names of this file
        for table in ("whole", "conversations", "findings", "answers", "told")
    ),
    "DELETE FROM texts WHERE rowid IN (SELECT place FROM filed WHERE n NOT IN (SELECT n FROM tickets))",
    "DELETE FROM filed WHERE n NOT IN (SELECT n FROM tickets)",
    "DELETE FROM meta WHERE key = 'gone'",
    "DELETE FROM terms",  # of whose tickets a word is nobody knows: those that stay are filed anew
    "INSERT OR IGNORE INTO unfiled SELECT n FROM tickets",
)
_GONE = "gone"  # in meta while words of tickets are on disk that were taken out at once
_BODIES = (
    "DELETE FROM conversations WHERE n = ?",
    "DELETE FROM findings WHERE n = ?",
    "DELETE FROM answers WHERE n = ?",
    "DELETE FROM told WHERE n = ?",
    "DELETE FROM texts WHERE rowid IN (SELECT place FROM filed WHERE n = ?)",
    "DELETE FROM filed WHERE n = ?",
)
_LINES = (
    *(
        f"DELETE FROM {table} WHERE desk = ?"  # noqa: S608  # names of this file
        for table in ("tickets", "marks", "view_tickets", "agents", "views")
    ),
    "DELETE FROM meta WHERE key IN ('desks', 'counts', 'journal')"  # or WHAT:DESK, WHAT:DESK:PAGE, WHAT:DESK/VIEW
    " OR instr(replace(substr(key, instr(key, ':') + 1), '/', ':') || ':', ?1 || ':') = 1",
)
_OF_DESK = (
    *(
        f"DELETE FROM {table} WHERE n IN (SELECT n FROM tickets WHERE desk = ?)"  # noqa: S608  # names of this file
        for table in ("whole", "conversations", "findings", "answers", "told")
    ),
    "DELETE FROM texts WHERE rowid IN (SELECT place FROM filed JOIN tickets USING (n) WHERE desk = ?)",
    "DELETE FROM filed WHERE n IN (SELECT n FROM tickets WHERE desk = ?)",
    *_LINES,
)


class Upkeep:
    """One part of a `Cache`, which lends its ways to read and to write: what is let go of a ticket at a time."""

    def __init__(
        self, run: Callable[[str, Sequence[Any]], Any], read: Callable[[str, Sequence[Any]], list[Any]]
    ) -> None:
        self._run, self._read = run, read

    def old(self, before: int) -> Iterator[int | None]:
        """The numbers of tickets whose words may go: solved or closed, and last changed before then.

        `before` is in microseconds since 1970. What has a draft or something on its way is left alone. None stands for
        some tickets that were looked at and hold none.
        """
        at, n = 0, 0
        while found := self._read(_OLD, (before, at, n, LOOKED_AT)):
            at, n, _ = found[-1]
            yield None
            yield from (number for _, number, goes in found if goes)

    def let_go(self, n: int, before: int) -> None:
        """Take the words of a ticket away where they may still go; its line in the queue stays."""
        if self._read(_STILL_OLD, (n, before)):
            self._empty(n)

    def _empty(self, n: int) -> None:
        for sql in _BODIES:
            self._run(sql, (n,))

    def disown(self, desk: str, *, wholly: bool) -> None:
        """Take every line of a desk away at once, its words too where that is wanted; else they are `orphans` then."""
        for sql in _LINES:
            self._run(sql, (desk,))
        if wholly:
            for sql in _SWEPT:
                self._run(sql, ())
        else:
            self._run("INSERT OR REPLACE INTO meta VALUES (?, 'yes')", (_GONE,))

    def orphans(self) -> Iterator[int]:
        """The numbers of tickets whose lines are gone and whose words are not yet."""
        n = 0
        while self._read("SELECT 1 FROM meta WHERE key = ?", (_GONE,)):
            found = [number for (number,) in self._read(_ORPHANS, (n, LOOKED_AT))]
            if not found:
                self._run("DELETE FROM meta WHERE key = ?", (_GONE,))
            yield from found
            n = found[-1] if found else n

    def forget(self, n: int) -> None:
        """Take what is left of a ticket away."""
        self._empty(n)
        self._run("DELETE FROM whole WHERE n = ?", (n,))


def forget_frame(folder: Path) -> None:
    """Take the console's last screen away: words that are gone from the cache may stand on it.

    Where it cannot be taken away, nothing can be written there, and no console shows it.
    """
    with suppress(OSError):
        (folder / FRAME).unlink(missing_ok=True)


def wipe(connection: sqlite3.Connection, desk: str) -> int:
    """Take everything of a desk away; how many tickets there were. `scrub` then takes the bytes as well."""
    (tickets,) = connection.execute("SELECT count(*) FROM tickets WHERE desk = ?", (desk,)).fetchone()
    for sql in _OF_DESK:
        connection.execute(sql, (desk,))
    for sql in _SWEPT:  # its tickets of another address may have gone before their words
        connection.execute(sql)
    connection.execute("DROP TABLE IF EXISTS words")  # of a version before, until all is filed anew
    return int(tickets)


def scrub(connection: sqlite3.Connection) -> None:
    """Write the file afresh, so that nothing deleted can be read from it; outside of a transaction.

    StoreError while another program reads it: the log beside the file then still holds what was deleted.
    """
    connection.execute("INSERT INTO texts (texts) VALUES ('optimize')")
    connection.execute("VACUUM")
    (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreError(
            "The tickets are taken out of the cache, but another program reads it, and their bytes are still on disk.",
            "End whatever has cache.sqlite3 open, then wipe again.",
        )


def log_is_long(path: Path) -> bool:
    """Whether the log beside the file is longer than sqlite would let it get by itself."""
    with suppress(OSError):
        return os.stat(f"{path}-wal").st_size >= LONG_LOG
    return False


def put_log_away(path: Path) -> None:
    """Checkpoint through a connection of its own: readers and writers go on, and none of them waits for the disk.

    Where it cannot be done now, the next commit that finds the log much too long does it.
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0.0, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
