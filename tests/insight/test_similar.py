"""The same advice in other words."""

import re

import pytest

from supportdesk.insight.similar import Index, families, telling_words
from supportdesk.model import Band, Evidence, Finding, Kind

ONE = "clear cache setting storage sign again phone upload"
OTHER = "clear cache setting storage sign visit again whenever stuck"
THIRD = "visit whenever stuck again sign storage technician van"
FAR = "invoice country shop checkout tax number"


def same_advice(ours: frozenset[str], others: dict[str, frozenset[str]]) -> list[str]:
    """The keys of the answers that give the same advice, in the order given."""
    family = Index((*others.values(), ours)).alike(len(others))
    return [key for at, key in enumerate(others) if at in family]


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def found(body: str, *phrases: str, against: str = "") -> Finding:
    spans = [(match.span(), 1.0) for phrase in phrases for match in re.finditer(phrase, body)]
    spans += [(match.span(), -1.0) for match in re.finditer(against, body) if against]
    evidence = tuple(
        Evidence(comment_id="a", cue="c", text=body[start:end], start=start, end=end, weight=weight)
        for (start, end), weight in spans
    )
    return Finding(kind=Kind.WORKAROUND, p=0.5, band=Band.LIKELY, comment_id="a", evidence=evidence)


def test_only_the_sentences_that_speak_for_a_workaround_tell_the_advice() -> None:
    body = "Sorry about that! Clear the caches of the app. Our office is closed tomorrow. That is by design."
    assert telling_words(body, found(body, "Clear", against="by design")) == {"clear", "cache", "app"}


def test_addresses_quotes_and_code_tell_nothing() -> None:
    body = "> Restart the whole computer\nRestart the app until https://bugs.example/show_bug.cgi?id=7 is closed.\n"
    assert telling_words(body, found(body, "Restart the app")) == {"restart", "app", "until", "closed"}


def test_advice_in_other_words_is_found() -> None:
    assert same_advice(words(ONE), {"far": words(FAR), "other": words(OTHER)}) == ["other"]


def test_advice_is_not_passed_on_from_answer_to_answer() -> None:
    others = {"third": words(THIRD), "other": words(OTHER), "far": words(FAR)}
    assert same_advice(words(ONE), others) == ["other"]
    assert same_advice(words(THIRD), {"one": words(ONE), "other": words(OTHER)}) == ["other"]


def test_a_long_chain_of_answers_is_no_family_of_its_ends() -> None:
    chain = {f"{at:02}": words(" ".join(f"word{at + step}" for step in range(14))) for at in range(0, 60, 6)}
    found = families(chain)
    assert sorted(key for family in found for key in family) == list(chain)
    assert all(len(family) <= 3 for family in found)
    assert max(map(len, found)) == 3


def test_a_long_answer_is_not_like_each_short_one_that_it_mentions_in_passing() -> None:
    long = words(" ".join(f"step{number}" for number in range(80)) + " " + ONE)
    assert same_advice(words(ONE), {"long": long}) == []


@pytest.mark.parametrize("text", ["", "clear cache", "one two three four five"])
def test_too_few_words_are_like_nothing_not_even_themselves(text: str) -> None:
    assert same_advice(words(text), {"same": words(text)}) == []


def test_families_hold_every_answer_once_in_the_order_given() -> None:
    answers = {"one": words(ONE), "far": words(FAR), "third": words(THIRD), "other": words(OTHER), "none": words("")}
    assert families(answers) == [("one", "third", "other"), ("far",), ("none",)]
