"""The ledger as the desk uses it: nouns in, nouns out, one durable append a transaction."""

import errno
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from store_samples import CHANGES, ESCALATION, EVENT, ISSUE, NOON, REF, draft, minutes, outgoing, ticket, verdict

from supportdesk.errors import StoreError
from supportdesk.insight.teamwords import TeamWord
from supportdesk.model import Decision, IssueRef, State, TicketRef
from supportdesk.store.files import Files
from supportdesk.store.ledger import Ledger

OTHER = TicketRef("acme", "99")


def opened(folder: Path, files: Files | None = None) -> Ledger:
    return Ledger.open(folder, now=lambda: NOON, files=files)


class Failing(Files):
    """A disk that fails when told to, and counts what is synced."""

    error = 0
    syncs = 0

    def append(self, fd: int, data: bytes) -> None:
        if self.error:
            super().append(fd, data[: len(data) // 2])
            raise OSError(self.error, "told to")
        super().append(fd, data)

    def sync(self, fd: int) -> None:
        self.syncs += 1
        super().sync(fd)


def test_the_module_does_not_import_tinydb() -> None:
    code = "import sys, supportdesk.store.ledger as it; it.Ledger.length_on_disk(it.Path('/none'))"
    code += "; sys.exit(any(name.startswith('tinydb') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_changes_on_their_way_come_back_in_order(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    ours = [outgoing(f"op-{n}", change=change, seq=9 - n) for n, change in enumerate(CHANGES)]
    for each in ours:
        ledger.put_outgoing(each)
    again = opened(tmp_path)
    assert again.all_outgoing() == ledger.all_outgoing() == ours[::-1]
    assert again.outgoing("op-3") == ours[3]
    assert again.outgoing("op-99") is None


def test_a_newer_state_replaces_the_older_one(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    ledger.put_outgoing(outgoing())
    sent = outgoing(state=State.SENT, asked_at=NOON, remote="55", attempts=1)
    ledger.put_outgoing(sent)
    assert ledger.all_outgoing() == [sent]
    assert opened(tmp_path).all_outgoing() == [sent]


def test_a_value_that_went_back_to_none_is_none(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    ledger.put_outgoing(outgoing(not_before=NOON, why="wait"))
    ledger.put_outgoing(outgoing())
    assert opened(tmp_path).outgoing("op-1") == outgoing()


def test_only_what_is_done_and_old_is_forgotten(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    for n, state in enumerate(State):
        ledger.put_outgoing(outgoing(f"old-{state}", state=state, seq=n))
    ledger.put_outgoing(outgoing("asked later", state=State.SENT, asked_at=NOON + minutes(5), seq=10))
    assert ledger.forget_sent(NOON + minutes(1)) == 2
    left = {it.op for it in opened(tmp_path).all_outgoing()}
    assert left == {"old-queued", "old-sending", "old-uncertain", "old-held", "old-rejected", "asked later"}
    assert ledger.forget_sent(NOON + minutes(1)) == 0


def test_a_later_verdict_on_a_comment_replaces_the_earlier(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    ledger.put_verdict(verdict())
    ledger.put_verdict(verdict(comment_id="c2"))
    ledger.put_verdict(verdict(ref=OTHER))
    assert ledger.verdicts(REF) == [verdict(), verdict(comment_id="c2")]
    changed = verdict(decision=Decision.DISMISSED, why="a setting", at=NOON + minutes(1))
    ledger.put_verdict(changed)
    assert ledger.verdicts(REF) == [verdict(comment_id="c2"), changed]
    assert ledger.verdicts(TicketRef("app", "1")) == []
    assert len(opened(tmp_path).verdicts()) == 3


def test_a_ticket_may_have_several_issues(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    second = replace(ESCALATION, op="op-2", issue=IssueRef("app", "18"))
    for each in (ESCALATION, second, ESCALATION):
        ledger.put_escalation(each)
    assert opened(tmp_path).escalations(REF) == [ESCALATION, second]
    assert ledger.escalations(OTHER) == []
    assert ledger.escalations()[0].issue == ISSUE


def test_a_note_draft_is_never_the_reply_draft(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    ledger.put_draft(draft("to the customer"))
    ledger.put_draft(draft("among us", public=False))
    ledger.delete_draft(REF, True)
    ledger.delete_draft(OTHER, True)
    again = opened(tmp_path)
    assert again.draft(REF, True) is None
    assert again.drafts() == [draft("among us", public=False)]


def test_events_are_kept_in_order_and_asked_for_by_time(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    facts = [replace(EVENT, at=NOON + minutes(n), detail=str(n)) for n in range(4)]
    for fact in facts:
        ledger.add_event(fact)
    assert opened(tmp_path).events() == facts
    assert ledger.events(NOON + minutes(2)) == facts[2:]


def test_a_list_that_was_read_follows_every_change(tmp_path: Path) -> None:
    ledger, other = opened(tmp_path), opened(tmp_path)
    assert ledger.verdicts(REF) == ledger.drafts() == []
    with suppress(KeyboardInterrupt), ledger.transaction():
        ledger.put_verdict(verdict())
        assert ledger.verdicts(REF) == [verdict()]
        raise KeyboardInterrupt
    assert ledger.verdicts(REF) == []
    other.put_verdict(verdict(comment_id="c2"))
    ledger.refresh()
    assert ledger.verdicts(REF) == [verdict(comment_id="c2")]
    ledger.verdicts(REF).clear()
    ledger.put_draft(draft())
    ledger.drafts().clear()
    assert (len(ledger.verdicts(REF)), len(ledger.drafts())) == (1, 1)


def test_a_transaction_is_one_append_or_nothing(tmp_path: Path) -> None:
    files = Failing()
    ledger = opened(tmp_path, files)
    ledger.add_event(EVENT)
    before = files.syncs
    with ledger.transaction():
        seq = ledger.next_seq()
        ledger.put_outgoing(outgoing(seq=seq))
        ledger.delete_draft(REF, True)
        ledger.add_event(EVENT)
        assert ledger.outgoing("op-1") == outgoing(seq=1)
    assert files.syncs == before + 1
    with suppress(KeyboardInterrupt), ledger.transaction():
        ledger.put_outgoing(outgoing("op-2", seq=ledger.next_seq()))
        raise KeyboardInterrupt
    assert ledger.outgoing("op-2") is None
    assert ledger.next_seq() == 2
    assert len(opened(tmp_path).events()) == 2


def test_numbers_are_given_once_among_processes_and_after_forgetting(tmp_path: Path) -> None:
    one, two = opened(tmp_path), opened(tmp_path)
    assert [one.next_seq(), two.next_seq(), one.next_seq(), opened(tmp_path).next_seq()] == [1, 2, 3, 4]


def test_two_consoles_keep_each_others_records(tmp_path: Path) -> None:
    one, two = opened(tmp_path), opened(tmp_path)
    for n in range(5):
        one.add_event(EVENT)
        two.add_event(EVENT)
        two.put_outgoing(outgoing(f"two-{n}"))
    assert one.refresh() is True
    assert one.refresh() is False
    assert len(one.events()) == len(two.events()) == len(opened(tmp_path).events()) == 10
    assert one.all_outgoing() == two.all_outgoing()


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EDQUOT])
def test_a_disk_that_fails_changes_nothing_and_says_so(tmp_path: Path, error: int) -> None:
    files = Failing()
    ledger = opened(tmp_path, files)
    ledger.put_outgoing(outgoing("kept"))
    files.error = error
    with pytest.raises(StoreError, match="Writing the ledger failed") as raised:
        ledger.put_outgoing(outgoing("not queued"))
    assert raised.value.hint
    files.error = 0
    assert [it.op for it in ledger.all_outgoing()] == ["kept"]
    assert [it.op for it in opened(tmp_path).all_outgoing()] == ["kept"]
    ledger.put_outgoing(outgoing("now"))
    assert len(opened(tmp_path).all_outgoing()) == 2
    assert ledger.notices == []


def test_a_record_that_cannot_be_read_is_left_out_and_said_once(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    ledger.put_outgoing(outgoing())
    ledger.table("outgoing").insert({"op": "from the future"})
    for _ in range(2):
        assert ledger.all_outgoing() == [outgoing()]
    assert len(ledger.notices) == 1
    assert "is left out (outgoing)" in ledger.notices[0]
    assert len(ledger.table("outgoing")) == 2


def test_the_length_tells_whether_a_projection_is_current(tmp_path: Path) -> None:
    assert Ledger.length_on_disk(tmp_path) == 0
    ledger = opened(tmp_path)
    seen = {0}
    for n in range(4):
        ledger.put_draft(draft(f"words {n}"))
        seen.add(ledger.length)
        assert Ledger.length_on_disk(tmp_path) == ledger.length
    ledger.compact()
    seen.add(ledger.length)
    assert len(seen) == 6
    assert Ledger.length_on_disk(tmp_path) == ledger.length == opened(tmp_path).length == max(seen)


def test_reading_appends_nothing(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    ledger.put_outgoing(outgoing(seen=ticket()))
    before = ledger.length
    again = opened(tmp_path)
    again.all_outgoing(), again.verdicts(), again.drafts(), again.events(), again.refresh()
    again.put_outgoing(outgoing(seen=ticket()))  # nothing new either
    assert again.length == ledger.length == before


def test_every_change_of_the_teams_phrases_is_kept_in_order(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    words = [
        TeamWord(phrase="quokka lever", added_by="maren", at=NOON),
        TeamWord(phrase="beige box", added_by="maren", at=NOON, weight=-0.5),
        TeamWord(phrase="quokka lever", added_by="jonas", at=NOON, removed=True),
    ]
    for word in words:
        ledger.add_team_word(word)
    assert opened(tmp_path).team_words() == ledger.team_words() == words
