"""The outbox's states, moved by hand through time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import outbox
from supportdesk.model import Outgoing, Person, Reply, State, Status, Ticket, TicketRef
from supportdesk.outbox import Attempt, Effect

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
REF = TicketRef("acme", "1")
SEEN = Ticket(
    ref=REF,
    subject="s",
    status=Status.OPEN,
    requester=Person(name="Ngozi"),
    created_at=NOW,
    updated_at=NOW,
    stamp="s1",
)


def entry(op: str = "a", **changes: object) -> Outgoing:
    base = Outgoing(op=op, change=Reply(body="hi"), ref=REF, desk="acme", seen=SEEN, created_at=NOW)
    return replace(base, **changes)  # type: ignore[arg-type]  # a test's shorthand


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_an_answer_that_says_done_ends_it() -> None:
    sent = outbox.delivered(outbox.begin(entry(), NOW), Attempt(effect=Effect.LANDED, remote="77"), NOW)
    assert (sent.state, sent.remote, sent.attempts) == (State.SENT, "77", 1)


def test_an_attempt_that_certainly_did_not_land_waits_and_is_tried_again() -> None:
    waiting = outbox.delivered(outbox.begin(entry(), NOW), Attempt(effect=Effect.NOT_SENT, why="refused"), NOW)
    assert waiting.state is State.QUEUED
    assert outbox.due([waiting], NOW, hurry=False) == []
    assert outbox.due([waiting], NOW, hurry=True) == [waiting]
    assert outbox.due([waiting], later(6), hurry=False) == [waiting]


@pytest.mark.parametrize("set_by", [timedelta(days=1), timedelta(days=-1), timedelta(hours=2)])
def test_a_clock_that_is_set_moves_what_waits_along_with_it(set_by: timedelta) -> None:
    lost = outbox.delivered(
        outbox.begin(outbox.steadied(entry(), "boot", NOW), NOW), Attempt(effect=Effect.UNKNOWN, wait_s=40), NOW
    )
    now = later(30) + set_by
    moved = outbox.steadied(lost, "boot", NOW + set_by)
    assert outbox.due([moved], now, hurry=True) == []
    assert outbox.due_in([moved], now) == pytest.approx(10)
    looked = outbox.looked(moved, None, now + timedelta(seconds=560), settle_s=600)
    assert looked.state is State.UNCERTAIN
    assert outbox.looked(looked, None, now + timedelta(seconds=570), settle_s=600).state is State.QUEUED


def test_sleep_is_no_set_clock_and_another_boot_tells_nothing() -> None:
    waits = outbox.steadied(entry(not_before=later(60), attempts=1, state=State.QUEUED), "boot", NOW)
    assert outbox.steadied(waits, "boot", NOW) == waits  # two hours asleep: clock and uptime went on together
    assert outbox.due([waits], later(7200), hurry=False) == [waits]
    anew = outbox.steadied(waits, "next boot", later(9999))
    assert (anew.not_before, anew.boot) == (waits.not_before, "next boot")


def test_a_clock_set_back_while_the_machine_was_off_does_not_stop_the_search_for_a_day() -> None:
    lost = entry(state=State.UNCERTAIN, unknowns=1, attempts=1, asked_at=later(86_400))
    again = outbox.looked(lost, None, NOW, settle_s=600)
    assert again.asked_at == NOW
    assert outbox.looked(again, None, later(600), settle_s=600).state is State.QUEUED


def test_before_a_person_is_asked_it_is_looked_for_once_more_at_length() -> None:
    lost = entry(state=State.UNCERTAIN, unknowns=3, attempts=3, asked_at=NOW)
    assert outbox.looked(lost, None, later(599), settle_s=0, last_look_s=600).state is State.UNCERTAIN
    held = outbox.looked(lost, None, later(600), settle_s=0, last_look_s=600)
    assert held.state is State.HELD
    assert "3 attempts" in held.why


def test_the_services_own_wait_is_kept_even_in_a_hurry() -> None:
    waiting = outbox.delivered(outbox.begin(entry(), NOW), Attempt(effect=Effect.NOT_SENT, wait_s=40), NOW)
    assert outbox.due([waiting], later(39), hurry=True) == []
    assert outbox.due_in([waiting], NOW) == outbox.word_in([waiting], NOW) == 40
    assert outbox.due([waiting], later(40), hurry=True) == [waiting]


def test_an_unknown_outcome_is_looked_for_until_it_has_settled() -> None:
    lost = outbox.delivered(outbox.begin(entry(), NOW), Attempt(effect=Effect.UNKNOWN, why="no answer"), NOW)
    assert lost.state is State.UNCERTAIN
    looking = outbox.looked(lost, None, later(5), settle_s=600)
    assert looking.state is State.UNCERTAIN
    assert outbox.due([looking], later(6), hurry=True) == []
    again = outbox.looked(looking, None, later(600), settle_s=600)
    assert again.state is State.QUEUED


def test_what_had_arrived_is_found_and_never_sent_again() -> None:
    lost = outbox.delivered(outbox.begin(entry(), NOW), Attempt(effect=Effect.UNKNOWN), NOW)
    assert outbox.looked(lost, "88", later(3), settle_s=600).state is State.SENT


def test_after_three_unknown_outcomes_a_person_is_asked() -> None:
    lost = entry()
    for _ in range(outbox.PATIENCE):
        lost = outbox.looked(
            outbox.delivered(outbox.begin(lost, NOW), Attempt(effect=Effect.UNKNOWN), NOW), None, later(1), 0
        )
    assert lost.state is State.HELD
    assert "3 attempts" in lost.why
    assert outbox.retried(lost, SEEN).state is State.UNCERTAIN


def test_an_entry_cut_short_by_the_end_of_the_process_is_uncertain() -> None:
    cut = outbox.recovered(outbox.begin(entry(), NOW))
    assert cut.state is State.UNCERTAIN
    assert outbox.recovered(entry()) == entry()


def test_sends_leave_in_order_for_one_ticket_and_side_by_side_for_two() -> None:
    first, second = entry("a", seq=1), entry("b", seq=2)
    other = entry("c", seq=3, ref=TicketRef("acme", "2"))
    assert outbox.due([second, other, first], NOW, hurry=False) == [first, other]


def test_nothing_overtakes_what_is_held_on_the_same_ticket() -> None:
    stuck = outbox.held(entry("a", seq=1), "the ticket changed")
    assert outbox.due([stuck, entry("b", seq=2)], NOW, hurry=True) == []


def test_a_rejected_entry_does_not_block_the_next() -> None:
    no = outbox.delivered(entry("a", seq=1), Attempt(effect=Effect.REJECTED, why="422"), NOW)
    behind = entry("b", seq=2)
    assert outbox.due([no, behind], NOW, hurry=False) == [behind]


def test_the_undo_window_is_honoured_by_every_drain_and_closes() -> None:
    waiting = entry(not_before=later(8))
    assert outbox.undoable(waiting, later(7))
    assert outbox.due([waiting], later(7), hurry=True) == []
    assert not outbox.undoable(waiting, later(8))
    assert not outbox.undoable(outbox.begin(waiting, NOW), NOW)


def test_what_is_being_sent_or_was_sent_cannot_be_dropped() -> None:
    with pytest.raises(ValueError, match="sending"):
        outbox.dropped(outbox.begin(entry(), NOW))
    assert outbox.dropped(outbox.held(entry(), "x")).state is State.DROPPED


def test_a_conflict_is_held_and_retried_on_the_ticket_as_it_is_now() -> None:
    stuck = outbox.delivered(outbox.begin(entry(), NOW), Attempt(effect=Effect.CONFLICT, why="changed"), NOW)
    assert stuck.state is State.HELD
    fresh = outbox.retried(stuck, replace(SEEN, stamp="s9"))
    assert (fresh.state, fresh.seen.stamp) == (State.QUEUED, "s9")


def test_what_only_waits_is_hurried_on_the_ticket_as_it_was_seen_and_not_past_a_services_word() -> None:
    fresh = replace(SEEN, stamp="s9")
    hurried = outbox.retried(entry(not_before=later(8)), fresh)
    assert (hurried.seen, outbox.due([hurried], NOW, hurry=False)) == (SEEN, [hurried])
    limited = Attempt(effect=Effect.NOT_SENT, why="429", wait_s=60.0)
    told = outbox.retried(outbox.delivered(outbox.begin(entry(), NOW), limited, NOW), fresh)
    assert outbox.due([told], later(59), hurry=True) == []
    gone = Attempt(effect=Effect.NOT_SENT, why="unreachable")
    ours = outbox.retried(outbox.delivered(outbox.begin(entry(), NOW), gone, NOW), fresh)
    assert outbox.due([ours], later(1), hurry=False) == [ours]


def test_what_a_person_sends_again_is_still_swept_for_what_lands_late() -> None:
    parked = outbox.looked(entry(state=State.UNCERTAIN, unknowns=outbox.PATIENCE, attempts=3), None, later(1), 0)
    assert outbox.may_have_arrived(parked)
    again = outbox.looked(outbox.retried(parked, SEEN), None, later(2), 0)
    assert again.state is State.QUEUED
    sent = outbox.delivered(outbox.begin(again, later(2)), Attempt(effect=Effect.LANDED, remote="9"), later(3))
    assert sent.sweep_at == later(2) + outbox.SWEEP_AFTER


def test_words_are_free_again_once_the_search_for_them_has_ended() -> None:
    parked = outbox.looked(entry(state=State.UNCERTAIN, unknowns=outbox.PATIENCE, attempts=3), None, later(1), 0)
    assert not outbox.may_have_arrived(outbox.swept(parked))
    assert not outbox.may_have_arrived(outbox.held(entry(unknowns=1), "the ticket changed"))
