"""Letting go of what the cache holds: old conversations by age, a desk for good, and the log of what was written."""

import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from supportdesk.errors import StoreError

LONG_LOG = 8 * 1024 * 1024

_OLD = (
    "SELECT n FROM tickets JOIN conversations USING (n) WHERE live = 0 AND updated < ? AND NOT EXISTS (SELECT 1"
    " FROM marks WHERE marks.desk = tickets.desk AND marks.id = tickets.id AND (queued OR held OR draft))"
    " ORDER BY updated LIMIT ?"
)
_BODIES = (
    "DELETE FROM conversations WHERE n IN (SELECT value FROM json_each(?))",
    "DELETE FROM findings WHERE n IN (SELECT value FROM json_each(?))",
    "DELETE FROM answers WHERE n IN (SELECT value FROM json_each(?))",
    "DELETE FROM told WHERE n IN (SELECT value FROM json_each(?))",
    "DELETE FROM texts WHERE rowid IN (SELECT place FROM filed WHERE n IN (SELECT value FROM json_each(?)))",
    "DELETE FROM filed WHERE n IN (SELECT value FROM json_each(?))",
)
_OF_DESK = (
    *(
        f"DELETE FROM {table} WHERE n IN (SELECT n FROM tickets WHERE desk = ?)"  # noqa: S608  # names of this file
        for table in ("whole", "conversations", "findings", "answers", "told")
    ),
    "DELETE FROM texts WHERE rowid IN (SELECT place FROM filed JOIN tickets USING (n) WHERE desk = ?)",
    "DELETE FROM filed WHERE n IN (SELECT n FROM tickets WHERE desk = ?)",
    *(
        f"DELETE FROM {table} WHERE desk = ?"  # noqa: S608  # as above
        for table in ("tickets", "marks", "view_tickets", "agents", "views")
    ),
    "DELETE FROM meta WHERE key IN ('desks', 'counts', 'journal') OR substr(key, instr(key, ':') + 1) = ?",
)


def retire(connection: sqlite3.Connection, before: int, limit: int) -> int:
    """Take the words of some tickets away that were solved or closed and last changed before then; how many.

    `before` is in microseconds since 1970. Their lines in the queue stay; what has a draft or something on its way is
    left alone.
    """
    found = [n for (n,) in connection.execute(_OLD, (before, limit))]
    for sql in _BODIES:
        connection.execute(sql, (json.dumps(found),))
    return len(found)


def wipe(connection: sqlite3.Connection, desk: str) -> int:
    """Take everything of a desk away; how many tickets there were. `scrub` then takes the bytes as well."""
    (tickets,) = connection.execute("SELECT count(*) FROM tickets WHERE desk = ?", (desk,)).fetchone()
    for sql in _OF_DESK:
        connection.execute(sql, (desk,))
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
        return path.with_name(f"{path.name}-wal").stat().st_size >= LONG_LOG
    return False


def put_log_away(path: Path) -> None:
    """Checkpoint through a connection of its own: readers and writers go on, and none of them waits for the disk.

    Where it cannot be done now, the next commit that finds the log much too long does it.
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0.0, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
