"""An issue's wording is kept by its ticket like a draft: over a crash, in an export, and not after a wipe."""

from dataclasses import replace
from pathlib import Path

from store_samples import EVENT, REF, draft

from supportdesk.model import TicketRef
from supportdesk.store.ledger import Ledger
from supportdesk.store.parcel import pack, take_in, unpack
from supportdesk.store.wordings import Wording, begun, delete_wording, put_wording, wording, wordings

NOON = EVENT.at
WORDS = Wording(ref=REF, title="Export stops", body="Every night.\n\nGrüße 👋", at=NOON)
OTHER = TicketRef("other", "1")


def opened(folder: Path) -> Ledger:
    return Ledger.open(folder, now=lambda: NOON)


def test_the_last_wording_of_a_ticket_is_the_one_that_is_kept(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    put_wording(ledger, WORDS)
    put_wording(ledger, replace(WORDS, title="Export stops at night"))
    put_wording(ledger, replace(WORDS, ref=OTHER))
    ledger.put_draft(draft("unsent"))
    again = opened(tmp_path)
    assert wording(again, REF) == replace(WORDS, title="Export stops at night")
    assert [it.ref for it in wordings(again)] == [REF, OTHER]
    assert begun(again) == {REF, OTHER}
    for _ in range(2):
        delete_wording(again, OTHER)
    assert wording(opened(tmp_path), OTHER) is None


def test_a_wipe_takes_the_wordings_of_its_desk_along(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    put_wording(ledger, WORDS)
    put_wording(ledger, replace(WORDS, ref=OTHER, body="Somewhere else."))
    assert ledger.forget_desk(REF.desk) == 1
    ledger.compact()
    assert [it.ref for it in wordings(opened(tmp_path))] == [OTHER]
    assert b"Every night" not in (tmp_path / "journal").read_bytes()


def test_a_wording_moves_with_an_export_and_never_over_one_that_is_there(tmp_path: Path) -> None:
    one, two = opened(tmp_path / "one"), opened(tmp_path / "two")
    put_wording(one, replace(WORDS, op="queued-there"))
    content = pack(one)
    assert dict(take_in(two, unpack(content, "x")).new) == {"wordings": 1}
    assert wording(two, REF) == WORDS
    put_wording(two, replace(WORDS, body="Mine."))
    assert take_in(two, unpack(content, "x")).kept == (REF,)
    assert wording(two, REF) == replace(WORDS, body="Mine.")
