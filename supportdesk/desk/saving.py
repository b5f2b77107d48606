"""A ticket's file onto our disk: asked for by hand, one at a time, in a folder of its desk, and never opened."""

import os
import shutil
from pathlib import Path

from supportdesk.desk.workplace import Workplace
from supportdesk.errors import Refused, StoreError, UsageError
from supportdesk.model import Attachment, TicketRef
from supportdesk.store.files import Files, trouble
from supportdesk.transport import Transport

FOLDER = "downloads"


async def save_file(work: Workplace, ref: TicketRef, attached: Attachment) -> str:
    """Save an attachment and say where it is and whose bytes it holds; Refused for what the service calls malware."""
    if attached.infected:
        raise Refused(f"{attached.name} was not fetched: the service's scanner found malware in it.")
    wire = work.connection(ref.desk).wire
    if not isinstance(wire, Transport) or not attached.url:
        raise UsageError(f"{attached.name} has no bytes here.", "The demo's files are names only.")
    saved = await wire.save(attached.url, attached.name, _folder(work, ref.desk))
    return f"Saved {saved.path} ({saved.size:,} bytes from {saved.host}). It was not opened."


def _folder(work: Workplace, desk: str) -> Path:
    """Where a desk's files go; StoreError where a link leads elsewhere."""
    above = work.folder / FOLDER
    if above.is_symlink():
        raise StoreError(f"{above} is a link.", "Remove the link: supportdesk never writes through one.")
    try:
        Files().make_folder(above)
    except OSError as error:
        raise trouble(error, above, "Making the folder") from error
    return above / desk


def remove_files(folder: Path, desk: str) -> int:
    """Take away the files saved from a desk; how many. What a link leads to is outside of our folder and stays."""
    own = folder / FOLDER / desk
    if (folder / FOLDER).is_symlink() or own.is_symlink() or not own.is_dir():
        return 0
    found = sum(len(names) for _, _, names in os.walk(own))
    try:
        shutil.rmtree(own)
    except OSError as error:
        raise trouble(error, own, "Removing the saved files") from error
    return found
