"""The commands that move a ledger: export writes it into one file, import takes one in."""

from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

from supportdesk.cli.output import emit, out, say
from supportdesk.desk import Desk
from supportdesk.errors import RoleError, UsageError
from supportdesk.model import State
from supportdesk.store.files import Files, trouble
from supportdesk.store.parcel import LARGEST, pack, take_in, unpack

STAYS = (State.SENT, State.DROPPED)


def export(desk: Desk, arguments: SimpleNamespace, files: Files | None = None) -> int:
    """Write verdicts, links, team words, drafts, events and shifts into a new file that nobody else can read."""
    path = Path(arguments.file)
    content = pack(desk.work.ledger)
    write_new(path, content, files or Files())
    records = content.count(b"\n") - 1
    unsent = [entry for entry in desk.outbox() if entry.state not in STAYS]
    if unsent:
        say(arguments, f"{len(unsent)} in the outbox stay here: sent from two machines they would arrive twice.")
    if arguments.json:
        emit(file=str(path), records=records, unsent=len(unsent))
    else:
        out(f"{records} records written to {path}. Whoever has the file can read your drafts.")
    return 0


def write_new(path: Path, content: bytes, files: Files) -> None:
    """Write a file that was not there, 0600 from its first byte; on an error nothing of it stays."""
    try:
        fd = files.create_new(path)
    except FileExistsError:
        raise UsageError(f"{path} exists already.", "Name a new file.") from None
    except OSError as error:
        raise trouble(error, path, "Exporting the ledger") from error
    try:
        files.append(fd, content)
        files.sync(fd)
        files.sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            files.remove(path)
        raise trouble(error, path, "Exporting the ledger") from error
    finally:
        files.close(fd)


def bring_in(desk: Desk, arguments: SimpleNamespace) -> int:
    """Take an exported file in; all of it or, where a line makes no sense, nothing."""
    if arguments.read_only:
        raise RoleError("This console is read-only.", "Nothing was imported.")
    taken = take_in(desk.work.ledger, unpack(_content(Path(arguments.file)), arguments.file))
    desk.work.catch_up()
    for ref in taken.kept:
        say(arguments, f"{ref}: the draft here differs from the imported one, and was kept.")
    if arguments.json:
        kept = [str(ref) for ref in taken.kept]
        emit(imported=dict(taken.new), known=taken.known, kept_drafts=kept)
    else:
        new = ", ".join(f"{count} {table}" for table, count in taken.new.items()) or "nothing"
        out(f"New here: {new}. Known already: {taken.known}.")
    return 0


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}.", "Name an exported file.") from None
    if len(raw) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST:,} bytes.", "Name an exported file.")
    return raw
