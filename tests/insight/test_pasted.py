"""A customer's sentence that an answer repeats without marking it is the customer's, not evidence."""

import tracemalloc

from said_samples import agent, cues, customer, judged

from supportdesk.insight.pasted import Voices
from supportdesk.insight.rules import Rules
from supportdesk.insight.workaround import Said, score_all
from supportdesk.model import Role

TRICK = "As a workaround I rebuild the index each time until this is fixed in the next release"


def test_what_the_customer_wrote_is_no_evidence_in_an_answer_that_repeats_it(rules: Rules) -> None:
    answer = f"You wrote:\n\n{TRICK}.\n\nWhich version is it?"
    assert "workaround" in cues(judged(rules, "It hangs.", answer))
    assert not judged(rules, f"Hello. {TRICK}! Please fix it.", answer).convincing
    assert cues(judged(rules, f"{TRICK}?", f"He said: {TRICK}.")).isdisjoint({"workaround", "until-fixed"})


def test_blanks_case_accents_and_marks_around_it_make_no_difference() -> None:
    voices = Voices()
    voices.own(Role.CUSTOMER, "the café opens the old export in the new window\n")
    words, pasted = voices.own(Role.AGENT, '- "the  cafe\u0301 opens the old export in the new window".\nyes')
    assert words.strip() == ".\nyes"
    assert len(pasted) == 1


def test_of_megabytes_that_were_said_little_is_kept() -> None:
    voices = Voices()
    tracemalloc.start()
    for at in range(1_000):
        voices.own(Role.CUSTOMER, f"on day {at} the ledger lists {at} more rows than it did before " * 100)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 500_000


def test_our_own_words_stay_ours_when_the_customer_has_repeated_them(rules: Rules) -> None:
    said = [customer("It hangs."), agent(f"{TRICK}.", "a1"), customer(f"You said {TRICK}. {TRICK}. Is that so", "q2")]
    first, second = score_all(rules, "", [*said, agent(f"Yes. {TRICK}.", "a2")])
    assert "workaround" in cues(first) & cues(second)


def test_words_of_colleagues_and_short_sentences_are_nobodys_alone(rules: Rules) -> None:
    twice = score_all(rules, "", [agent(f"{TRICK}.", "a1"), agent(f"{TRICK}.", "a2")])
    assert all("workaround" in cues(one) for one in twice)
    assert "clear-cache" in cues(judged(rules, "Clear your cache.", "Clear your cache."))


def test_words_of_somebody_who_is_neither_are_a_quote_too(rules: Rules) -> None:
    said = [Said(id="s", role=Role.SYSTEM, body=f"{TRICK}."), agent(f"{TRICK}.")]
    assert "workaround" not in cues(score_all(rules, "", said)[0])


def test_an_issue_address_in_a_repeated_sentence_is_the_customers(rules: Rules) -> None:
    link = "It looks the same as https://github.com/acme/app/issues/12 to me and my colleagues"
    assert "bug-link" in cues(judged(rules, "It hangs.", f"{link}."))
    assert "bug-link" not in cues(judged(rules, f"{link}.", f"{link}."))


def test_what_a_customer_repeats_of_our_answer_is_not_said_again(rules: Rules) -> None:
    ours = "Tell us whether it happened again and every morning now after the restart of it all"
    scored = score_all(rules, "", [customer("It hangs."), agent(f"{ours}.", "a1"), customer(f"{ours}.", "q2")])[0]
    assert {one.comment_id for one in scored.evidence} <= {"q", "a1"}
