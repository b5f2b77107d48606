"""How long the ledger is, from its file alone: whether anything changed, for those who have not read it."""

from pathlib import Path

from supportdesk.store import frames
from supportdesk.store.changes import header_of
from supportdesk.store.compaction import HEADER_ROOM, NAME
from supportdesk.store.files import Files, trouble


def length_on_disk(folder: Path, files: Files | None = None) -> int:
    """The journal's length as `Journal.length` counts it, from the file alone; 0 where there is none, -1 in doubt."""
    files = files or Files()
    path = folder / NAME
    try:
        fd = files.open(path)
        if fd is None:
            return 0
        try:
            head, size = files.read(fd, 0, HEADER_ROOM), files.size(fd)
        finally:
            files.close(fd)
    except OSError as error:
        raise trouble(error, path, "Reading the ledger") from error
    header = header_of(frames.read(head).payloads)
    return -1 if header is None else int(header.get("base", 0)) + size
