"""Moving a ledger: what an export holds comes in once, and a file that makes no sense changes nothing."""

from dataclasses import replace
from pathlib import Path

import pytest
from store_samples import ESCALATION, EVENT, REF, draft, minutes, outgoing, verdict

from supportdesk.errors import UsageError
from supportdesk.insight.teamwords import TeamWord
from supportdesk.shift.timesheet import Punch
from supportdesk.store.ledger import Ledger
from supportdesk.store.parcel import pack, take_in, unpack
from supportdesk.store.timesheet import add_punch

NOON = EVENT.at
WORD = TeamWord(phrase="turn it off and on", added_by="alice@acme.example", at=NOON)


def opened(folder: Path) -> Ledger:
    return Ledger.open(folder, now=lambda: NOON)


def filled(folder: Path) -> Ledger:
    ledger = opened(folder)
    ledger.put_verdict(verdict())
    ledger.put_verdict(verdict(comment_id="c2", why="no"))
    ledger.put_escalation(ESCALATION)
    ledger.add_team_word(WORD)
    ledger.put_draft(draft("Grüße 👋\nline"))
    ledger.add_event(EVENT)
    add_punch(ledger, Punch(at=NOON, agent="alice@acme.example", on=True))
    ledger.put_outgoing(outgoing("op-1"))
    return ledger


def test_what_is_exported_comes_in_once(tmp_path: Path) -> None:
    content = pack(filled(tmp_path / "one"))
    other = opened(tmp_path / "two")
    taken = take_in(other, unpack(content, "x"))
    assert (dict(taken.new), taken.known, taken.kept) == (
        {"verdicts": 2, "escalations": 1, "phrases": 1, "drafts": 1, "events": 1, "shifts": 1},
        0,
        (),
    )
    assert pack(other) == content
    length = other.length
    again = take_in(other, unpack(content, "x"))
    assert (dict(again.new), again.known, other.length) == ({}, 7, length)


def test_nothing_on_its_way_is_in_an_export(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    assert b"op-1" in pack(ledger)  # the link's own
    ledger.put_outgoing(outgoing("only-here"))
    assert b"only-here" not in pack(ledger)


def test_what_is_newer_here_stays(tmp_path: Path) -> None:
    content = pack(filled(tmp_path / "one"))
    here = opened(tmp_path / "two")
    later = verdict(why="since then", at=NOON + minutes(5))
    gone = replace(WORD, at=NOON + minutes(5), removed=True)
    here.put_verdict(later)
    here.add_team_word(gone)
    here.put_draft(draft("my own words"))
    taken = take_in(here, unpack(content, "x"))
    assert taken.kept == (REF,)
    assert later in here.verdicts()
    assert here.team_words() == [gone]
    assert here.draft(REF, True).body == "my own words"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda it: b"", "no export"),
        (lambda it: b"{}\n", "no export"),
        (lambda it: it.replace(b'"schema":1', b'"schema":2', 1), "schema 2; this one knows 1"),
        (lambda it: it.replace(b'"schema":1', b'"schema":"1"', 1), "no export"),
        (lambda it: it[:-1], "not whole"),
        (lambda it: it[: len(it) // 2], "not whole"),
        (lambda it: it + it.split(b"\n")[1] + b"\n", "not whole"),
        (lambda it: it.replace(b'"table":"events"', b'"table":"outgoing"'), "x:7: this is no record"),
        (lambda it: it.replace(b'"public":true', b'"public":"true"'), "x:6: "),
        (lambda it: it.replace(b'{"table":"phrases"', b'["table":"phrases"'), "x:5: this is no record"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_whole(tmp_path: Path, spoil, says: str) -> None:
    content = spoil(pack(filled(tmp_path / "one")))
    with pytest.raises(UsageError, match=says):
        unpack(content, "x")


def test_hostile_words_in_a_file_are_made_inert(tmp_path: Path) -> None:
    content = pack(filled(tmp_path / "one")).replace(b"Gr\\u00fc\\u00dfe", b"a\\u001b]52;c;QUJD\\u0007b")
    other = opened(tmp_path / "two")
    take_in(other, unpack(content, "x"))
    assert "\x1b" not in other.draft(REF, True).body
