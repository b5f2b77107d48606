"""What a verdict keeps, and how flags follow it: at once where it was given, and in every other process."""

from pathlib import Path

import pytest
from house import START, House, open_house, run

from supportdesk.model import Band, Decision, Kind, Role, TicketRef, Verdict


def found(house: House) -> list[TicketRef]:
    return [ref for ref in house.desk.work.cache.refs("found") if ref.desk == "wren"]


def dismissed(house: House, count: int) -> list[TicketRef]:
    """Dismiss the surest flags; the refs of all others are returned, surest first."""
    refs = sorted(found(house), key=lambda ref: -house.desk.work.lessons.findings(ref)[0].p)
    for ref in refs[:count]:
        house.desk.verdict(ref, Decision.DISMISSED)
        house.pass_time(1)
    run(house.desk.teaching.follow())
    return refs[count:]


def test_a_verdict_keeps_what_was_shown_and_what_the_shipped_rules_had_said(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    ref = house.flagged()
    shown = house.desk.read(ref).finding  # type: ignore[union-attr]  # just found
    assert shown is not None
    said = house.desk.verdict(ref, Decision.CONFIRMED, why="seen twice")
    assert (said.p, said.band, said.kind) == (shown.p, shown.band, Kind.WORKAROUND)
    assert said.cues == tuple((one.cue, one.weight) for one in shown.evidence)
    assert said.rules == house.desk.work.rules.version
    assert said.logit is not None
    assert house.desk.work.ledger.verdicts(ref) == [said]


def test_after_verdicts_the_other_flags_of_the_desk_move_in_the_conversation_and_in_the_queue(
    tmp_path: Path,
) -> None:
    house = open_house(tmp_path)
    work = house.desk.work
    before = {ref: work.cache.findings(ref) for ref in found(house)}
    others = dismissed(house, 4)
    for ref in others:
        shown = work.lessons.findings(ref)[0]
        assert shown.p not in {one.p for one in before[ref]}
        assert work.cache.findings(ref) == before[ref], "what the rules made of it stays in the cache"
        row = work.cache.rows([ref])[0]
        assert (row.p, row.band) == (shown.p, shown.band)
    assert sum(work.lessons.findings(ref)[0].p < before[ref][0].p for ref in others) > len(others) / 2


def test_a_later_verdict_is_not_learned_from_figures_that_were_adjusted_before(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    ref = dismissed(house, 3)[0]
    shown = house.desk.work.lessons.findings(ref)[0]
    raw = next(one for one in house.desk.work.cache.findings(ref) if one.comment_id == shown.comment_id)
    said = house.desk.verdict(ref, Decision.CONFIRMED)
    assert said.logit == house.desk.work.lessons.shipped.logit(raw.p)
    assert said.cues == tuple((one.cue, one.weight) for one in raw.evidence)
    assert said.p == shown.p != raw.p


def test_another_process_learns_the_same_from_the_same_verdicts(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    other = open_house(tmp_path, synced=False)
    others = dismissed(house, 4)
    other.desk.work.catch_up()
    assert other.desk.work.lessons.of("wren") == house.desk.work.lessons.of("wren")
    assert other.desk.work.lessons.findings(others[0]) == house.desk.work.lessons.findings(others[0])


def test_flags_that_were_too_many_to_follow_at_once_follow_with_the_next_sync(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    other = open_house(tmp_path, synced=False)
    others = dismissed(house, 4)
    work = other.desk.work
    work.cache.set_meta("flags:wren", "")
    for ref in others:
        work.cache.put_flag(ref, work.cache.findings(ref))
    work.follow_at_once = 1
    work.catch_up()

    def behind() -> list[TicketRef]:
        return [ref for ref in others if work.cache.rows([ref])[0].p != work.lessons.findings(ref)[0].p]

    assert behind()
    run(other.desk.sync())
    assert not behind()
    assert not work.lessons.outdated("wren")


def test_flags_that_follow_for_long_say_how_far_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supportdesk.desk.assessing.FEW", 2)
    monkeypatch.setattr("supportdesk.desk.assessing.TOLD", 4)
    house = open_house(tmp_path)
    house.desk.verdict(house.flagged(), Decision.DISMISSED)
    some = len(house.desk.work.lessons.outdated("wren"))
    said: list[str] = []
    house.desk.listen(lambda: said.append(house.desk.status().syncing))
    run(house.desk.teaching.follow())
    told = [f"flags follow what was said of them: {done} of {some}" for done in range(4, some, 4)]
    assert told
    assert [words for words in said if words] == told
    assert house.desk.status().syncing == ""


def test_a_verdict_itself_waits_for_nothing_to_be_learned(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    work, ref = house.desk.work, house.flagged()
    before, stamp = work.lessons.of("wren"), work.cache.meta("flags:wren")
    house.desk.verdict(ref, Decision.DISMISSED)
    assert work.cache.rows([ref])[0].decision is Decision.DISMISSED
    assert work.lessons._learned["wren"][1] is before
    assert work.cache.meta("flags:wren") == stamp
    run(house.desk.teaching.follow())
    assert work.cache.meta("flags:wren") != stamp


def test_a_conversation_that_is_read_again_keeps_the_desks_own_figures(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    ref = dismissed(house, 4)[0]
    shown = house.desk.work.lessons.findings(ref)[0]
    run(house.desk.refresh(ref))
    row = house.desk.work.cache.rows([ref])[0]
    assert (row.p, row.band) == (shown.p, shown.band)


def test_an_answer_that_the_rules_missed_is_kept_with_its_score(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    work = house.desk.work
    ref, answer = next(
        (ref, comment.id)
        for ref in work.cache.refs("all")
        if not work.cache.findings(ref)
        for comment in work.cache.comments(ref) or ()
        if comment.author.role is Role.AGENT
    )
    said = house.desk.verdict(ref, Decision.CONFIRMED, comment_id=answer)
    assert (said.p, said.band) == (None, None)
    assert said.logit is not None
    assert work.lessons.of(ref.desk).found == 1


def test_a_verdict_on_a_customers_own_words_says_nothing_of_the_rules(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    ref = house.flagged()
    comments = house.desk.read(ref).comments  # type: ignore[union-attr]  # just found
    asked = next(one.id for one in comments if one.author.role is Role.CUSTOMER)
    said = house.desk.verdict(ref, Decision.DISMISSED, comment_id=asked)
    assert (said.p, said.logit, said.cues) == (None, None, ())


def test_a_flag_says_how_far_it_can_be_trusted_and_later_what_the_desk_said_of_its_like(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    ref = house.flagged()
    before = house.desk.read(ref)
    assert before is not None
    assert "like this" in before.confidence
    assert "you confirmed" not in before.confidence
    house.desk.verdict(ref, Decision.CONFIRMED)
    after = house.desk.read(ref)
    assert after is not None
    assert "of 1 flag like this you confirmed 1" in after.confidence


def test_a_cue_that_is_mostly_dismissed_here_says_so_where_it_is_shown(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    work, ref = house.desk.work, house.flagged()
    strongest = max(work.cache.findings(ref)[0].evidence, key=lambda one: one.weight)
    for number in range(40):
        said = Verdict(
            ref=ref,
            comment_id=f"old-{number}",
            decision=Decision.DISMISSED,
            agent="maren",
            at=START,
            p=0.5,
            band=Band.LIKELY,
            logit=strongest.weight,
            cues=((strongest.cue, strongest.weight),),
            rules=work.rules.version,
        )
        work.ledger.put_verdict(said)
    reading = house.desk.read(ref)
    assert reading is not None
    (words,) = reading.reminders
    assert f"“{strongest.says}” was dismissed 40 of 40 times here" in words
