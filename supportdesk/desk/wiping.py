"""Taking what a desk left on this machine away for good: tickets, words, drafts, files, and the last screen."""

from dataclasses import dataclass
from pathlib import Path

from supportdesk.desk.saving import remove_files
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import HeldError
from supportdesk.model import Outgoing, State
from supportdesk.store.cache_upkeep import FRAME
from supportdesk.store.files import Files, trouble

EDITED = ("writing-", ".writing-")  # what is in an editor, and what editors keep beside it
GONE = (State.SENT, State.DROPPED)
MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiped:
    """What was taken away, and the copies of a ledger that still hold what it held when they were made."""

    tickets: int
    records: int
    files: int
    copies: tuple[Path, ...]


def wipe(work: Workplace, desk: str, *, yes: bool) -> Wiped:
    """Take a desk's tickets, index, drafts, outbox, saved files and the last screen away; verdicts and links stay.

    HeldError while something of it has not been sent, unless `yes`, and while another process shows or writes it.
    """
    work.connection(desk)
    work.catch_up()
    if not work.lock.try_acquire():
        raise HeldError(f"{work.sender()} It would write {desk} to disk again.", "Leave it first; nothing was wiped.")
    if work.presence is not None and not work.presence.alone():
        said = f"Another supportdesk has {desk} open, perhaps a console with --read-only: it would go on showing it."
        raise HeldError(said, "Leave it first; nothing was wiped.")
    unsent = [it for it in work.outgoing() if desk in (it.desk, it.ref.desk) and it.state not in GONE]
    if unsent and not yes:
        raise HeldError(_said(desk, unsent), "Send it with `supportdesk outbox drain`, or give it up with --yes.")
    records = work.ledger.forget_desk(desk)
    work.ledger.compact()
    tickets = work.cache.wipe(desk)
    files = remove_files(work.folder, desk)
    _remove_frames(work.folder)
    work.catch_up()
    return Wiped(tickets=tickets, records=records, files=files, copies=_copies(work.folder))


def _said(desk: str, unsent: list[Outgoing]) -> str:
    named = [f"{type(it.change).__name__.casefold()} on {it.ref} ({it.state})" for it in unsent[:MOST_NAMED]]
    more = [f"{len(unsent) - MOST_NAMED} more"] if len(unsent) > MOST_NAMED else []
    return f"Not everything of {desk} has been sent: {', '.join(named + more)}. Nothing was wiped."


def _remove_frames(folder: Path) -> None:
    files = Files()
    for name in files.names(folder):
        if name == FRAME or name.startswith((f"{FRAME}.", *EDITED)):
            try:
                files.remove(folder / name)
            except OSError as error:
                raise trouble(error, folder / name, "Removing what the console left") from error


def _copies(folder: Path) -> tuple[Path, ...]:
    kinds = ("journal.corrupt-", "journal.schema-")
    return tuple(folder / name for name in sorted(Files().names(folder)) if name.startswith(kinds))
