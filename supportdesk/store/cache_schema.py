"""The cache's tables, and how a file that is damaged or of another version is thrown away for a new one."""

import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

from supportdesk.errors import StoreError
from supportdesk.store.files import FILE_MODE, Files, trouble

VERSION = 6
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
# each covers a view, its order included
_LISTS = """CREATE INDEX tickets_free ON tickets (updated) WHERE free = 1;
CREATE INDEX tickets_waits ON tickets (updated) WHERE waits = 1;
CREATE INDEX tickets_by_assignee ON tickets (desk, assignee_id, live) WHERE live = 1 AND assignee_id <> '';
CREATE INDEX tickets_by_address ON tickets (desk, assignee_email, live) WHERE live = 1 AND assignee_email <> '';
"""
# The full text has a row a ticket, numbered by the minute of its last change: the newest are found first. What has
# changed since it was filed there is in `unfiled`; whoever puts tickets or words down puts them there as well, since a
# trigger for each row costs half as much again as the row.
_TEXTS = """CREATE VIRTUAL TABLE texts USING fts5 (
    subject, body, tokenize = "unicode61 remove_diacritics 2", prefix = '3'
);
INSERT INTO texts (texts, rank) VALUES ('automerge', 0);
INSERT INTO texts (texts, rank) VALUES ('crisismerge', 500);
CREATE TABLE filed (n INTEGER PRIMARY KEY, place INTEGER NOT NULL);
CREATE TABLE unfiled (n INTEGER PRIMARY KEY);
CREATE TABLE terms (term TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TRIGGER tickets_change AFTER UPDATE OF subject, updated ON tickets
    BEGIN INSERT OR IGNORE INTO unfiled VALUES (new.n); END;
CREATE TRIGGER tickets_go AFTER DELETE ON tickets BEGIN INSERT OR IGNORE INTO unfiled VALUES (old.n); END;
CREATE TRIGGER words_go AFTER DELETE ON conversations BEGIN INSERT OR IGNORE INTO unfiled VALUES (old.n); END;
"""
_TABLES = f"""
CREATE TABLE tickets (
    n INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: refs are remembered by it
    desk TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL, status TEXT NOT NULL, priority TEXT NOT NULL,
    requester TEXT NOT NULL, organization TEXT NOT NULL, customer TEXT NOT NULL,
    assignee TEXT NOT NULL, assignee_id TEXT NOT NULL, assignee_email TEXT NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL,  -- microseconds since 1970
    haystack TEXT NOT NULL,                              -- what the filter looks in, case folded
    read INTEGER, fetched INTEGER,                       -- `updated` when it was read, when its comments were fetched
    rules TEXT NOT NULL DEFAULT '', band TEXT, p REAL NOT NULL DEFAULT 0,
    live INTEGER AS (status NOT IN ('solved', 'closed')),
    shown INTEGER AS (coalesce(band, '') IN ('likely', 'possible') AND status <> 'closed'),
    free INTEGER AS (status NOT IN ('solved', 'closed') AND assignee = '' AND assignee_id = '' AND assignee_email = ''),
    waits INTEGER AS (status IN ('pending', 'hold')),
    UNIQUE (desk, id)
);
CREATE INDEX tickets_by_change ON tickets (updated);
-- covers the commonest view, its order included
CREATE INDEX tickets_live ON tickets (live, updated);
CREATE INDEX tickets_shown ON tickets (updated) WHERE shown = 1;
CREATE INDEX tickets_stale ON tickets (desk, updated) WHERE fetched IS NOT updated;
CREATE INDEX tickets_scored ON tickets (rules, updated) WHERE fetched IS NOT NULL;
{_LISTS}CREATE TABLE whole (n INTEGER PRIMARY KEY, ticket TEXT NOT NULL);
CREATE TABLE conversations (n INTEGER PRIMARY KEY, comments TEXT NOT NULL);
CREATE TABLE findings (n INTEGER PRIMARY KEY, findings TEXT NOT NULL);
CREATE TABLE answers (n INTEGER NOT NULL, comment TEXT NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (n, comment))
    WITHOUT ROWID;
CREATE INDEX answers_by_key ON answers (key, n);
-- of answers that are flags, or nearly: their telling words, and the sketch by which the like of them is found
CREATE TABLE told (
    n INTEGER NOT NULL, comment TEXT NOT NULL, p REAL NOT NULL, words TEXT NOT NULL, sketch BLOB NOT NULL,
    empty INTEGER NOT NULL, PRIMARY KEY (n, comment)
) WITHOUT ROWID;
CREATE TABLE marks (
    desk TEXT NOT NULL, id TEXT NOT NULL, decision TEXT, issue TEXT NOT NULL, queued INTEGER NOT NULL,
    held INTEGER NOT NULL, draft INTEGER NOT NULL, PRIMARY KEY (desk, id)
) WITHOUT ROWID;
CREATE TABLE views (desk TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (desk, id)) WITHOUT ROWID;
CREATE TABLE view_tickets (
    desk TEXT NOT NULL, view TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (desk, view, id)
) WITHOUT ROWID;
CREATE TABLE agents (
    desk TEXT NOT NULL, key TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (desk, key)
) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
{_TEXTS}"""
_NEW_TEXTS = f"""ALTER TABLE tickets ADD COLUMN free INTEGER
    AS (status NOT IN ('solved', 'closed') AND assignee = '' AND assignee_id = '' AND assignee_email = '');
ALTER TABLE tickets ADD COLUMN waits INTEGER AS (status IN ('pending', 'hold'));
{_LISTS}{_TEXTS}INSERT INTO unfiled SELECT n FROM tickets;
"""  # noqa: S608  # words of this file
_SHOWN = """DROP INDEX tickets_shown;
CREATE INDEX tickets_shown ON tickets (updated) WHERE shown = 1;
"""
_MIGRATIONS = {
    2: f"{_SHOWN}{_NEW_TEXTS}",  # the full text is filed anew in the background
    4: f"""DROP TRIGGER tickets_come;
DROP TRIGGER words_come;
DROP INDEX tickets_free;
DROP INDEX tickets_waits;
DROP INDEX tickets_by_assignee;
DROP INDEX tickets_by_address;
{_SHOWN}{_LISTS}""",
    5: """DROP TRIGGER words_come;
""",
}


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the cache at a path, made anew where what is there is no cache of this version."""
    try:
        _claim(path)
        return _connect(path)
    except OSError as error:
        raise trouble(error, path, "Opening the cache") from error
    except sqlite3.Error as error:
        if damaged(error):
            raise named(error, path) from error
        raise StoreError(
            f"The cache cannot be opened ({error}: {path}). Nothing was queued and nothing changed.",
            f"Is the disk that holds {path.parent} full, or may it not be written?",
        ) from error


def named(error: sqlite3.Error, path: Path) -> StoreError:
    """The error as a sentence; a damaged cache is removed on the way, since it can be fetched again."""
    if damaged(error):
        remove(path)
        return StoreError(f"The cache was damaged and has been removed ({path}).", "Start again: it is fetched anew.")
    return StoreError(f"The cache failed: {error} ({path}).", f"Look at the disk that holds {path.parent}.")


class Named:
    """Lets errors of sqlite out as sentences; a generator would cost as much as the statement within."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, sqlite3.ProgrammingError):
            return  # a mistake of ours: a closed cache, another thread
        if isinstance(error, sqlite3.Error):
            raise named(error, self._path) from error


def damaged(error: sqlite3.Error) -> bool:
    """Whether the file itself is at fault."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def remove(path: Path) -> None:
    """Take the cache and its side files away."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        with suppress(FileNotFoundError):
            path.with_name(name).unlink()


def _claim(path: Path) -> None:
    for beside in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if os.path.lexists(beside) and not stat.S_ISREG(os.lstat(beside).st_mode):
            raise StoreError(f"Opening the cache failed: {beside} is no file of ours.", "Move it away.")
    files = Files()
    files.make_folder(path.parent)
    if path.exists():  # it is not opened: who closes it gives up what this process has locked of it through sqlite,
        os.chmod(path, FILE_MODE)  # and another one takes our log away: https://www.sqlite.org/howtocorrupt.html
        return
    with suppress(FileExistsError):
        files.close(files.create_new(path))  # sqlite gives its side files the same mode


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = _prepare(path)
    except sqlite3.Error as error:
        if not damaged(error):
            raise
        connection = None
    if connection is not None:
        return connection
    remove(path)
    _claim(path)
    fresh = _prepare(path)
    if fresh is None:
        raise StoreError(f"The cache at {path} is of another version and keeps coming back.", "Stop the other version.")
    return fresh


def _prepare(path: Path) -> sqlite3.Connection | None:
    """The connection, or None when the file is of another version."""
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None)
    ready = False
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 8000")  # pages: `put_log_away` does it sooner, and elsewhere
        connection.execute("PRAGMA journal_size_limit = 0")  # a log begun again is as long as what is in it
        connection.execute(
            "PRAGMA synchronous = NORMAL"
        )  # a power cut may lose the last seconds: they are fetched again
        connection.execute("PRAGMA temp_store = MEMORY")  # else what a trigger may have to undo goes through a file
        ready = _version(connection) == VERSION or _create(connection)
    finally:
        if not ready:
            connection.close()
    return connection if ready else None


def _create(connection: sqlite3.Connection) -> bool:
    connection.execute("BEGIN IMMEDIATE")
    version, tables = _version(connection), connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    script = _TABLES if version == 0 and tables == 0 else _MIGRATIONS.get(version, "")
    if script:
        for statement in script.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        version = VERSION
    connection.execute("COMMIT")
    return version == VERSION


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
