"""Every operation of the store as something that can be stopped: how it begins, what it does, what is there then."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

STORE = Path(__file__).parent.parent / "store"
sys.path.insert(0, str(STORE))

from crashing_disk import Disk, DiskFiles, Stopped  # noqa: E402
from store_samples import ESCALATION, EVENT, NOON, REF, draft, outgoing, ticket, verdict  # noqa: E402

from supportdesk.cli.exporting import write_new  # noqa: E402
from supportdesk.config import write_desk  # noqa: E402
from supportdesk.errors import UsageError  # noqa: E402
from supportdesk.insight.teamwords import TeamWord  # noqa: E402
from supportdesk.model import State, TicketRef  # noqa: E402
from supportdesk.providers import Account  # noqa: E402
from supportdesk.shift.timesheet import Punch  # noqa: E402
from supportdesk.store.files import Files  # noqa: E402
from supportdesk.store.frames import frame  # noqa: E402
from supportdesk.store.ledger import Ledger  # noqa: E402
from supportdesk.store.parcel import pack, take_in, unpack  # noqa: E402
from supportdesk.store.records import encode  # noqa: E402
from supportdesk.store.timesheet import add_punch, punches  # noqa: E402
from supportdesk.store.wordings import Wording, put_wording  # noqa: E402

FOLDER = Path("/state")
JOURNAL, EXPORT = FOLDER / "journal", Path("/elsewhere/ledger.jsonl")
WORD = TeamWord(phrase="turn it off and on", added_by="alice@acme.example", at=NOON)
OTHER = TicketRef("acme", "7")
PUNCH = Punch(at=NOON, agent="alice@acme.example", on=True)


@dataclass(frozen=True)
class Operation:
    """`before` makes the disk, `act` is what is stopped, `see` reads what is there as the next start would."""

    before: Callable[[], Disk]
    act: Callable[[Files], object]
    see: Callable[[Files], Any]


def opened(files: Files) -> Ledger:
    return Ledger.open(FOLDER, now=lambda: NOON, files=files)


def seen(files: Files) -> dict[str, Any]:
    ledger = opened(files)
    return {
        "outgoing": [encode(it) for it in ledger.all_outgoing()],
        "verdicts": [encode(it) for it in ledger.verdicts()],
        "links": [encode(it) for it in ledger.escalations()],
        "drafts": [encode(it) for it in ledger.drafts()],
        "events": [encode(it) for it in ledger.events()],
        "words": [encode(it) for it in ledger.team_words()],
        "shifts": [encode(it) for it in punches(ledger)],
        "seq": journal_seq(ledger),
    }


def journal_seq(ledger: Ledger) -> int:
    found = ledger.table("numbers").get(doc_id=1)
    return found["seq"] if found else 0


def nothing() -> Disk:
    return Disk()


def full() -> Disk:
    disk = Disk()
    ledger = opened(DiskFiles(disk))
    ledger.put_outgoing(outgoing("old", state=State.SENT, asked_at=NOON))
    ledger.put_outgoing(outgoing("op-0", seq=ledger.next_seq()))
    ledger.put_verdict(verdict())
    ledger.put_escalation(replace(ESCALATION, op="before"))
    ledger.put_draft(draft("first words"))
    ledger.add_event(EVENT)
    ledger.add_team_word(WORD)
    add_punch(ledger, PUNCH)
    return disk.copy()


def of_bytes(change: Callable[[bytes], bytes]) -> Callable[[], Disk]:
    def made() -> Disk:
        disk = full()
        content = disk.nodes[disk.names[JOURNAL]].data
        disk = Disk()
        disk.put(JOURNAL, change(content))
        return disk

    return made


def flipped(content: bytes) -> bytes:
    at = content.index(b"first words")
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def numberless(content: bytes) -> bytes:
    return frame(b'{"base":7}') + content.partition(b"\n")[2]


def several(ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.put_outgoing(outgoing("op-1", seq=ledger.next_seq()))
        ledger.put_outgoing(outgoing("op-2", seq=ledger.next_seq()))
        ledger.delete_draft(REF, True)
        ledger.add_event(replace(EVENT, kind="queued"))


def long_work(ledger: Ledger) -> None:
    """Drafts that are kept again and again, and the journal compacted aside while they are."""
    with ledger.transaction():
        ledger.put_draft(draft("x" * 90_000))
        ledger.put_draft(draft("y" * 90_000, public=False))
    for _ in range(2):
        ledger.put_draft(draft("x" * 90_000))

    def typing() -> bool:
        ledger.put_draft(draft("y" * 90_000, public=False))
        return True

    ledger.compact_aside(typing)()


def parcel() -> bytes:
    ledger = opened(DiskFiles(full()))
    ledger.put_draft(draft("moved", ref=OTHER))
    ledger.put_verdict(verdict(OTHER, "c7"))
    return pack(ledger)


def on_ledger(act: Callable[[Ledger], object], before: Callable[[], Disk] = full) -> Operation:
    return Operation(before, lambda files: act(opened(files)), seen)


def opening(change: Callable[[bytes], bytes]) -> Operation:
    return Operation(of_bytes(change), opened, seen)


def export(files: Files) -> None:
    write_new(EXPORT, pack(opened(files)), files)


def exported(files: Files) -> Any:
    """The ledger, and what an import would take from the file: all of it, or nothing."""
    fd = files.open(EXPORT)
    if fd is None:
        return seen(files), None
    try:
        return seen(files), {name: len(found) for name, found in unpack(files.read(fd, 0, 1 << 20), "x").items()}
    except UsageError:
        return seen(files), None


def configured(folder: Path) -> Operation:
    """`login` writing a desk into config.toml: the file is read where it lies and written through the layer."""
    path = folder / "config.toml"
    path.write_bytes(b"# mine\nme = 'alice@acme.example'\n")
    path.chmod(0o600)
    account = Account(name="app", provider="github", url="https://api.github.com", repo="acme/app")

    def before() -> Disk:
        disk = Disk()
        disk.put(path.resolve(), path.read_bytes())
        return disk

    def content(files: Files) -> bytes:
        fd = files.open(path.resolve())
        return b"" if fd is None else files.read(fd, 0, 1 << 20)

    return Operation(before, lambda files: write_desk(path, account, files.put), content)


LEDGER = {
    "the first reply of all": on_ledger(lambda it: it.put_outgoing(outgoing("op-1")), nothing),
    "a reply": on_ledger(lambda it: it.put_outgoing(outgoing("op-1", seq=9))),
    "a transaction": on_ledger(several),
    "a draft": on_ledger(lambda it: it.put_draft(draft("second words"))),
    "a draft that is forgotten": on_ledger(lambda it: it.delete_draft(REF, True)),
    "an issue's wording": on_ledger(lambda it: put_wording(it, Wording(ref=REF, title="t", body="b", at=NOON))),
    "a verdict": on_ledger(lambda it: it.put_verdict(verdict(comment_id="c2"))),
    "a link": on_ledger(lambda it: it.put_escalation(ESCALATION)),
    "a team word": on_ledger(lambda it: it.add_team_word(replace(WORD, removed=True))),
    "the end of a shift": on_ledger(lambda it: add_punch(it, replace(PUNCH, on=False))),
    "an event": on_ledger(lambda it: it.add_event(replace(EVENT, kind="held"))),
    "a number": on_ledger(lambda it: it.next_seq()),
    "what was sent is forgotten": on_ledger(lambda it: it.forget_sent(NOON + timedelta(days=8))),
    "a desk is wiped": on_ledger(lambda it: it.forget_desk("acme")),
    "the ledger is compacted": on_ledger(lambda it: it.compact()),
    "it is compacted aside": on_ledger(long_work),
    "a torn tail": Operation(of_bytes(lambda it: it + b"5f"), lambda files: opened(files).put_draft(draft("on")), seen),
    "a flipped bit is set aside": opening(flipped),
    "garbage is set aside": opening(lambda it: b"what is this?\n" * 9),
    "an empty file": opening(lambda it: b""),
    "an older schema": opening(numberless),
    "an import": on_ledger(lambda it: take_in(it, unpack(parcel(), "x"))),
    "an export": Operation(full, export, exported),
}


def in_place(files: Files) -> None:
    """A deliberately broken build: the whole state written over itself, as plain JSON storage does."""
    fd = files.create(JOURNAL)
    files.append(fd, json.dumps({"drafts": ["first words", "second"]}).encode())
    files.sync(fd)
    files.sync_folder(FOLDER)


def read_plain(files: Files) -> Any:
    fd = files.open(JOURNAL)
    return None if fd is None else json.loads(files.read(fd, 0, 1 << 20))


def plain() -> Disk:
    disk = Disk()
    disk.put(JOURNAL, b'{"drafts": ["first words"]}')
    return disk


PLAIN = Operation(plain, in_place, read_plain)
__all__ = ["LEDGER", "PLAIN", "Disk", "DiskFiles", "Operation", "Stopped", "configured", "ticket"]
