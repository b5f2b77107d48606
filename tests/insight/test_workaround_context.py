"""What counts for an answer beside its own words: what was said before and after, its length, and cues together."""

from said_samples import agent, cues, customer, judged

from supportdesk.insight.rules import Rules
from supportdesk.insight.workaround import Said, score_all
from supportdesk.model import Role


def test_a_remedy_counts_more_for_what_the_customer_just_said_than_after_another_answer(rules: Rules) -> None:
    said = [customer("It crashes."), agent("Please clear your cache.", "a1"), agent("Clear your cache.", "a2")]
    first, second = score_all(rules, "", said)
    assert "remedy-when-asked" in cues(first)
    assert "remedy-when-asked" not in cues(second)


def test_a_remedy_counts_less_in_a_longer_answer_and_beside_other_remedies(rules: Rules) -> None:
    one = judged(rules, "", "Please clear your cache.")
    longer = judged(rules, "", "Please clear your cache." + " And have a good day." * 20)
    several = judged(rules, "", "Please clear your cache. You could also reinstall the app.")
    assert cues(one).isdisjoint({"remedy-among-much", "several-remedies"})
    assert "remedy-among-much" in cues(longer)
    assert "several-remedies" in cues(several)


def test_a_ticket_that_begins_with_a_question_counts_less(rules: Rules) -> None:
    remedy = "Please clear your cache."
    (asked,) = (one for one in judged(rules, "It fails.", remedy, "Can it print?").evidence if one.comment_id == "")
    assert (asked.cue, asked.text) == ("asks-in-title", "Can it print?")
    assert "asks-in-title" not in cues(judged(rules, "It fails. " * 12 + "Can it print?", remedy))


def test_talk_of_the_code_takes_less_from_a_way_past_the_problem(rules: Rules) -> None:
    assert "way-past-in-code" in cues(judged(rules, "", "As a workaround, name the struct in the macro."))


def test_the_customers_words_just_before_the_answer_count(rules: Rules) -> None:
    said = [
        customer("Hello.", "q1"),
        agent("Hello.", "a1"),
        customer("Since the update it crashes.", "q2"),
        agent("Oh.", "a2"),
    ]
    first, second = score_all(rules, "", said)
    assert not first.evidence
    assert {(one.cue, one.comment_id) for one in second.evidence} == {("defect", "q2"), ("since-update", "q2")}


def test_the_subject_is_part_of_the_question(rules: Rules) -> None:
    (one,) = judged(rules, "See above.", "Oh.", subject="Export crashes").evidence
    assert (one.cue, one.comment_id, one.text) == ("defect", "", "crashes")


def heard_after(rules: Rules, *said: Said) -> set[tuple[str, str]]:
    """What counts for the first answer that does not stand in it."""
    first = next(one for one in said if one.role is Role.AGENT)
    scored = next(one for one in score_all(rules, "", said) if one.comment_id == first.id)
    return {(one.cue, one.comment_id) for one in scored.evidence if one.comment_id != first.id}


def test_what_the_customer_said_after_an_answer_counts_for_it(rules: Rules) -> None:
    remedy = agent("Please clear your cache.")
    assert heard_after(rules, remedy, customer("That worked, thanks!", "q2")) == {("it-worked", "q2")}
    assert heard_after(rules, remedy, customer("It happened again.", "q2")) == {("it-came-back", "q2")}
    assert heard_after(rules, remedy, customer("Every morning now.", "q2")) == {("it-came-back", "q2")}


def test_what_was_said_after_our_next_answer_counts_for_that_one(rules: Rules) -> None:
    said = [agent("Please clear your cache."), agent("Or reload.", "a2"), customer("That worked.", "q2")]
    assert heard_after(rules, *said) == set()
    assert ("it-worked", "q2") in {(one.cue, one.comment_id) for one in score_all(rules, "", said)[1].evidence}


def test_what_we_say_of_a_bug_elsewhere_counts_note_or_reply_before_or_after(rules: Rules) -> None:
    remedy, bug = agent("Please clear your cache."), agent("It is a known bug.", "b")
    assert heard_after(rules, remedy, customer("Hm."), bug) == {("bug-elsewhere", "b")}
    (_, second) = score_all(rules, "", [bug, remedy])
    assert ("bug-elsewhere", "b") in {(one.cue, one.comment_id) for one in second.evidence}


def test_no_answer_is_its_own_echo(rules: Rules) -> None:
    (only,) = score_all(rules, "", [agent("It is a known bug. Please clear your cache.")])
    assert "bug-elsewhere" not in cues(only)


def test_the_nearest_answer_before_is_the_echo(rules: Rules) -> None:
    bugs = [agent("It is a bug.", str(at)) for at in range(4)]
    scores = score_all(rules, "", bugs)
    echoes = [one.comment_id for scored in scores for one in scored.evidence if one.cue == "bug-elsewhere"]
    assert echoes == ["1", "0", "1", "2"]


def test_others_in_the_conversation_are_not_heard(rules: Rules) -> None:
    other = Said(id="s", role=Role.SYSTEM, body="That worked, thanks! It is a known bug.")
    assert heard_after(rules, agent("Please clear your cache."), other) == set()
