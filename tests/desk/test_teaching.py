"""What the desk learns beyond a flag: groups, questions at random, taking back, colleagues' tags, its record."""

from dataclasses import replace
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.demo import DESK
from supportdesk.errors import NotFoundError, UsageError
from supportdesk.insight.learning import ONE_IN
from supportdesk.insight.repeats import Sketch
from supportdesk.model import Band, Comment, Conversation, Decision, Kind, TicketRef, Update
from supportdesk.store.cache_answers import Told

GROUP = [TicketRef(DESK, id_) for id_ in ("4211", "4221", "4260")]  # Ben sent all three the same words
LONE = TicketRef(DESK, "4300")


def sharing(house: House, share: str) -> None:
    connection = house.desk.work.connections[DESK]
    connection.account = replace(connection.account, share=share)


def alone(tmp_path: Path, **more: float) -> House:
    """A house whose verdicts write nothing on the helpdesk."""
    house = open_house(tmp_path, **more)
    sharing(house, "off")
    return house


def verdict_on(house: House, ref: TicketRef) -> Decision | None:
    reading = house.desk.read(ref)
    assert reading is not None
    assert reading.finding is not None
    said = reading.verdicts.get(reading.finding.comment_id)
    return said.decision if said else None


def marks(house: House, refs: list[TicketRef]) -> list[Decision | None]:
    return [row.decision for row in house.desk.work.cache.rows(refs)]


def edited(house: House, ref: TicketRef, body: str) -> None:
    """Put other words into the flagged answer of a ticket, and let the rules read it."""
    work = house.desk.work
    judged = work.cache.findings(ref)[0].comment_id
    comments = [replace(one, body=body) if one.id == judged else one for one in work.cache.comments(ref) or ()]
    work.cache.put_conversation(Conversation(ticket=work.ticket(ref), comments=tuple(comments)))
    run(house.desk.rescore())


def turns(house: House) -> tuple[int, Comment | None]:
    """Give verdicts until the desk asks about an answer without a flag; how many it took, and the answer."""
    for number in range(2 * ONE_IN):
        if (sample := house.desk.teaching.sample(DESK)) is not None:
            return number, sample.answer
        house.desk.verdict(LONE, Decision.DISMISSED, comment_id=answers(house)[number][1])
        house.pass_time(1)
    return 2 * ONE_IN, None


def answers(house: House) -> list[tuple[TicketRef, str]]:
    comments = house.desk.work.cache.comments(LONE) or ()
    base = comments[-1]
    filled = tuple(replace(base, id=f"extra-{number}") for number in range(2 * ONE_IN))
    if len(comments) < ONE_IN:
        ticket = house.desk.work.ticket(LONE)
        house.desk.work.cache.put_conversation(Conversation(ticket=ticket, comments=(*comments, *filled)))
    return [(LONE, one.id) for one in filled]


def test_one_verdict_serves_the_same_answer_on_other_tickets(tmp_path: Path) -> None:
    house = alone(tmp_path)
    reading = house.desk.read(GROUP[1])
    assert reading is not None
    (repeat,) = reading.repeats.values()
    assert (repeat.answers, repeat.customers, repeat.boilerplate) == (3, 3, False)
    house.desk.verdict(GROUP[0], Decision.DISMISSED)
    assert [verdict_on(house, ref) for ref in GROUP] == [Decision.DISMISSED] * 3
    assert marks(house, GROUP) == [Decision.DISMISSED] * 3
    assert verdict_on(house, TicketRef(DESK, "4241")) is None, "the same advice in other words is another answer"
    assert len(house.desk.work.ledger.verdicts()) == 1, "and it is learned from once"


def test_an_answers_own_verdict_stands_before_its_groups(tmp_path: Path) -> None:
    house = alone(tmp_path)
    house.desk.verdict(GROUP[0], Decision.DISMISSED)
    house.pass_time(1)
    house.desk.verdict(GROUP[1], Decision.CONFIRMED)
    assert [verdict_on(house, ref) for ref in GROUP] == [Decision.DISMISSED, Decision.CONFIRMED, Decision.CONFIRMED]


def test_an_answer_that_was_edited_leaves_its_group_at_once(tmp_path: Path) -> None:
    house = alone(tmp_path)
    house.desk.verdict(GROUP[0], Decision.DISMISSED)
    assert marks(house, GROUP) == [Decision.DISMISSED] * 3
    edited(house, GROUP[2], "This is a known bug. Until it is fixed, please restart the printer as a workaround.")
    assert verdict_on(house, GROUP[2]) is None
    assert verdict_on(house, GROUP[1]) is Decision.DISMISSED


def test_another_process_and_a_restart_see_the_verdict_on_the_whole_group(tmp_path: Path) -> None:
    house = alone(tmp_path)
    other = open_house(tmp_path, synced=False)
    house.desk.verdict(GROUP[0], Decision.CONFIRMED)
    other.desk.work.catch_up()
    assert [verdict_on(other, ref) for ref in GROUP] == [Decision.CONFIRMED] * 3
    run(house.desk.close())
    again = open_house(tmp_path, synced=False)
    assert marks(again, GROUP) == [Decision.CONFIRMED] * 3


def test_a_verdict_that_is_taken_back_takes_its_group_along_and_figures_are_as_before(tmp_path: Path) -> None:
    house = alone(tmp_path, undo_s=8.0)
    before = {ref: house.desk.work.cache.rows([ref])[0].p for ref in house.desk.work.cache.refs("found")}
    house.desk.verdict(GROUP[0], Decision.DISMISSED)
    assert house.desk.disabled_reason("undo", GROUP[0]) is None
    assert house.desk.undo() == f"Taken back: the verdict on {GROUP[0]}."
    assert marks(house, GROUP) == [None] * 3
    assert house.desk.work.ledger.verdicts() == []
    run(house.desk.teaching.follow())
    assert {ref: house.desk.work.cache.rows([ref])[0].p for ref in before} == before
    with pytest.raises(UsageError):
        house.desk.undo()


def test_taking_back_lets_the_verdict_before_hold_again_and_only_while_the_window_is_open(tmp_path: Path) -> None:
    house = alone(tmp_path, undo_s=8.0)
    first = house.desk.verdict(LONE, Decision.CONFIRMED, why="seen it")
    house.pass_time(60)
    house.desk.verdict(LONE, Decision.DISMISSED)
    house.pass_time(7)
    house.desk.undo()
    assert house.desk.work.ledger.verdicts(LONE) == [first]
    house.desk.verdict(LONE, Decision.DISMISSED)
    house.pass_time(9)
    with pytest.raises(UsageError):
        house.desk.undo()


def test_undo_takes_what_was_done_last_and_the_tags_of_a_verdict_with_it(tmp_path: Path) -> None:
    house = open_house(tmp_path, undo_s=8.0)
    house.desk.verdict(LONE, Decision.DISMISSED)
    assert [entry.change for entry in house.desk.outbox()] != []
    house.pass_time(1)
    house.desk.update(LONE, Update(priority="high"))
    assert "priority" in house.desk.undo()
    assert "verdict" in house.desk.undo()
    assert {entry.state.value for entry in house.desk.outbox()} == {"dropped"}


def test_a_verdict_can_be_withdrawn_later_and_what_never_stood_cannot(tmp_path: Path) -> None:
    house = alone(tmp_path)
    house.desk.verdict(GROUP[0], Decision.CONFIRMED)
    house.pass_time(86_400)
    house.desk.withdraw(GROUP[0])
    assert marks(house, GROUP) == [None] * 3
    with pytest.raises(NotFoundError):
        house.desk.withdraw(GROUP[0])


def test_colleagues_are_told_of_a_verdict_and_of_its_end_and_of_no_question_at_random(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    ticket = house.helpdesk.records.tickets[int(LONE.id)]
    house.desk.verdict(LONE, Decision.DISMISSED)
    run(house.desk.drain(hurry=True))
    assert "not-workaround" in ticket["tags"]
    house.desk.withdraw(LONE)
    run(house.desk.drain(hurry=True))
    assert not {"workaround", "not-workaround"} & set(ticket["tags"])
    house.desk.verdict(LONE, Decision.DISMISSED, comment_id=house.desk.work.cache.comments(LONE)[-1].id, sampled=True)  # type: ignore[index]  # just drained
    run(house.desk.drain(hurry=True))
    assert not {"workaround", "not-workaround"} & set(ticket["tags"])


def test_boilerplate_is_judged_ticket_by_ticket(tmp_path: Path) -> None:
    house = alone(tmp_path)
    work = house.desk.work
    asked = "Please send us the log of the exporter and tell us which version you use, so that we can look into it."
    for ref in GROUP:
        judged = work.cache.findings(ref)[0].comment_id
        kept = Told(ref=ref, comment_id=judged, customer="", p=0.05, words=frozenset(), sketch=Sketch.of(asked))
        work.cache.answers.put_told(ref, [kept])
    house.desk.verdict(GROUP[0], Decision.DISMISSED)
    reading = house.desk.read(GROUP[1])
    assert reading is not None
    (repeat,) = reading.repeats.values()
    assert (repeat.answers, repeat.boilerplate) == (3, True)
    assert [verdict_on(house, ref) for ref in GROUP] == [Decision.DISMISSED, None, None]


def test_the_desk_asks_once_in_twenty_verdicts_about_an_answer_that_has_neither_flag_nor_verdict(
    tmp_path: Path,
) -> None:
    house = alone(tmp_path)
    number, asked = turns(house)
    assert number < ONE_IN
    assert asked is not None
    sample = house.desk.teaching.sample(DESK)
    assert sample == house.desk.teaching.sample(DESK), "the same verdicts ask for the same"
    assert sample is not None
    assert sample.answer.public
    assert all(one.comment_id != sample.answer.id for one in house.desk.work.lessons.findings(sample.ref))
    assert not house.desk.work.ledger.verdicts(sample.ref) or sample.ref == LONE


def test_what_is_said_of_it_counts_for_what_is_missed_and_not_for_the_flags(tmp_path: Path) -> None:
    house = alone(tmp_path)
    turns(house)
    sample = house.desk.teaching.sample(DESK)
    assert sample is not None
    before = house.desk.work.lessons.of(DESK)
    said = house.desk.verdict(sample.ref, Decision.CONFIRMED, comment_id=sample.answer.id, sampled=True)
    assert (said.sampled, said.p) == (True, None)
    after = house.desk.work.lessons.of(DESK)
    assert (after.sampled.confirmed, after.sampled.dismissed) == (1, 0)
    assert after.bands == before.bands
    assert after.scale.base_rate > before.scale.base_rate
    record = next(one for one in house.desk.teaching.records() if one.desk == DESK)
    assert record.missed.startswith("of 1 without a flag, drawn at random, 1 was a workaround")
    assert house.desk.teaching.sample(DESK) is None, "and the next verdicts go without a question"


def test_the_record_counts_each_band_and_says_how_sure_that_is(tmp_path: Path) -> None:
    house = alone(tmp_path)
    record = next(one for one in house.desk.teaching.records() if one.desk == DESK)
    assert (record.verdicts, record.missed, record.faded) == (0, "", ())
    assert all(one.elsewhere.total for one in record.bands)
    house.desk.verdict(LONE, Decision.CONFIRMED)
    record = next(one for one in house.desk.teaching.records() if one.desk == DESK)
    likely = record.bands[0]
    assert (likely.band, likely.here.confirmed, likely.here.total, likely.enough) == (Band.LIKELY, 1, 1, False)
    assert 0 < likely.low < 1 == likely.high


@pytest.mark.parametrize(
    ("tag", "decision"), [("workaround", Decision.CONFIRMED), ("not-workaround", Decision.DISMISSED)]
)
def test_a_colleagues_tag_is_shown_as_their_verdict_and_teaches_nothing(
    tmp_path: Path, tag: str, decision: Decision
) -> None:
    house = open_house(tmp_path)
    before = house.desk.work.lessons.of(DESK)
    house.helpdesk.records.tickets[int(LONE.id)]["tags"] = [tag]
    run(house.desk.refresh(LONE))
    reading = house.desk.read(LONE)
    assert reading is not None
    (said,) = reading.verdicts.values()
    assert (said.agent, said.decision) == ("a colleague", decision)
    assert marks(house, [LONE]) == [decision]
    assert house.desk.work.lessons.of(DESK) == before
    assert house.desk.work.ledger.verdicts() == []
    house.desk.verdict(LONE, Decision.CONFIRMED)
    assert verdict_on(house, LONE) is Decision.CONFIRMED, "our own word stands before it"


def test_a_colleagues_tag_outlives_a_new_projection_and_means_nothing_where_verdicts_are_not_shared(
    tmp_path: Path,
) -> None:
    house = open_house(tmp_path)
    house.helpdesk.records.tickets[int(LONE.id)]["tags"] = ["workaround"]
    run(house.desk.refresh(LONE))
    house.desk.work.cache.set_meta("journal", "")
    house.desk.work.catch_up()
    assert marks(house, [LONE]) == [Decision.CONFIRMED]
    sharing(house, "off")
    assert verdict_on(house, LONE) is None


def close_ones(house: House) -> list[TicketRef]:
    cache = house.desk.work.cache
    return [ref for ref in cache.refs("considered") if ref.desk == DESK and cache.rows([ref])[0].band is None]


def test_an_answer_that_nearly_is_a_flag_is_kept_unseen_and_lifted_by_the_teams_words(tmp_path: Path) -> None:
    house = alone(tmp_path)
    work = house.desk.work
    unflagged = close_ones(house)
    assert unflagged, "the demo has answers that come close"
    for ref in unflagged:
        assert work.lessons.findings(ref) == tuple(one for one in work.cache.findings(ref) if one.kind != "workaround")
        assert ref not in house.desk.queue("flagged").refs
    ref = unflagged[0]
    body = next(one.body for one in work.cache.comments(ref) or () if one.id == work.cache.findings(ref)[0].comment_id)
    edited(house, ref, f"Pull the quokka lever first. {body}")
    house.desk.teaching.add_word("quokka lever")
    run(house.desk.rescore())
    assert work.lessons.findings(ref)[0].p >= work.rules.scale.weak
    assert work.cache.rows([ref])[0].band is not None
    house.desk.teaching.remove_word("quokka lever")
    run(house.desk.rescore())
    assert work.cache.rows([ref])[0].band is None


def test_verdicts_lift_what_nearly_was_a_flag_and_taking_them_back_lets_it_go(tmp_path: Path) -> None:
    house = alone(tmp_path)
    work = house.desk.work
    ref = close_ones(house)[0]
    judged = [one for one in work.cache.refs("found") if one.desk == DESK]
    for one in judged:
        house.desk.verdict(one, Decision.CONFIRMED)
        house.pass_time(1)
    run(house.desk.teaching.follow())
    lifted = work.lessons.findings(ref)
    assert lifted, "a desk whose flags are all right learns to flag more"
    assert work.cache.rows([ref])[0].band is Band.WEAK
    for one in judged:
        house.desk.withdraw(one)
    run(house.desk.teaching.follow())
    assert work.lessons.findings(ref) == ()
    assert work.cache.rows([ref])[0].band is None


TWICE = TicketRef(DESK, "4193")  # two answers of ours that are flags
HINT = TicketRef(DESK, "4310")  # somebody asked how


def twice_flagged(house: House) -> None:
    """Make the weaker of two flags one that is shown by itself."""
    work = house.desk.work
    weaker = work.cache.findings(TWICE)[1].comment_id
    body = "This is a known bug. As a workaround, clear the cache and sign in again each time, until it is fixed."
    comments = [replace(one, body=body) if one.id == weaker else one for one in work.cache.comments(TWICE) or ()]
    work.cache.put_conversation(Conversation(ticket=work.ticket(TWICE), comments=tuple(comments)))
    run(house.desk.rescore())
    assert [one.band is Band.WEAK for one in work.lessons.findings(TWICE)[:2]] == [False, False]


def judge(house: House, decision: Decision) -> str:
    """Give a verdict as the console does; the answer that it spoke of."""
    return house.desk.verdict(TWICE, decision, comment_id=house.desk.teaching.question(TWICE)).comment_id


def test_the_second_verdict_speaks_of_the_second_flag_and_both_make_the_tickets(tmp_path: Path) -> None:
    house = alone(tmp_path)
    twice_flagged(house)
    first, second = (one.comment_id for one in house.desk.work.lessons.findings(TWICE) if one.kind is Kind.WORKAROUND)
    assert judge(house, Decision.DISMISSED) == first
    assert house.desk.work.decision(TWICE) is None
    assert judge(house, Decision.DISMISSED) == second
    assert house.desk.work.decision(TWICE) is Decision.DISMISSED
    assert judge(house, Decision.CONFIRMED) in (first, second)
    assert house.desk.work.decision(TWICE) is Decision.CONFIRMED


def test_colleagues_hear_of_a_ticket_and_not_of_one_flag_of_two(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    twice_flagged(house)
    ticket = house.helpdesk.records.tickets[int(TWICE.id)]
    for told in (set(), {"not-workaround"}):
        judge(house, Decision.DISMISSED)
        run(house.desk.drain(hurry=True))
        assert {"workaround", "not-workaround"} & set(ticket["tags"]) == told


def test_a_hint_is_not_judged_and_tells_nobody_of_a_workaround(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    assert house.desk.work.lessons.findings(HINT)
    assert house.desk.disabled_reason("confirm", HINT) == ("wren#4310 has no flag to judge; hints are not judged.")
    with pytest.raises(NotFoundError, match="no flag"):
        house.desk.verdict(HINT, Decision.CONFIRMED)
    assert not house.desk.work.ledger.verdicts(HINT)


def test_an_answer_with_a_hint_can_be_marked_as_a_workaround_that_was_missed(tmp_path: Path) -> None:
    house = alone(tmp_path)
    hinted = house.desk.work.lessons.findings(HINT)[0].comment_id
    said = house.desk.verdict(HINT, Decision.CONFIRMED, comment_id=hinted)
    assert (said.kind, said.p) == (Kind.WORKAROUND, None)
    assert house.desk.work.lessons.of(DESK).found == 1
