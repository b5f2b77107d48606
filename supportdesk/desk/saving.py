"""A ticket's file onto our disk: asked for by hand, one at a time, in a folder of our own, and never opened."""

from supportdesk.desk.workplace import Workplace
from supportdesk.errors import Refused, UsageError
from supportdesk.model import Attachment, TicketRef
from supportdesk.transport import Transport

FOLDER = "downloads"


async def save_file(work: Workplace, ref: TicketRef, attached: Attachment) -> str:
    """Save an attachment and say where it is and whose bytes it holds; Refused for what the service calls malware."""
    if attached.infected:
        raise Refused(f"{attached.name} was not fetched: the service's scanner found malware in it.")
    wire = work.connection(ref.desk).wire
    if not isinstance(wire, Transport) or not attached.url:
        raise UsageError(f"{attached.name} has no bytes here.", "The demo's files are names only.")
    saved = await wire.save(attached.url, attached.name, work.folder / FOLDER)
    return f"Saved {saved.path} ({saved.size:,} bytes from {saved.host}). It was not opened."
