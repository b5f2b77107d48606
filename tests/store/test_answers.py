"""The same answer is recognised in other words of greeting, and the same customer in other people."""

import pytest

from supportdesk.model import Organization, Person
from supportdesk.store.answers import answer_key, customer_of

ANSWER = "Please restart the export service once a day, then the nightly report arrives again."


@pytest.mark.parametrize(
    "other",
    [
        f"Hi Anna,\n\n{ANSWER}\n\nKind regards\nBob",
        f"Hello Mr. Smith!\n{ANSWER}\n\n--\nBob\nAcme Support",
        f"Dear all: {ANSWER}",
        f"Hallo Frau Müller,\n\n{ANSWER}\n\nViele Grüße\nBob",
        ANSWER.upper(),
        ANSWER.replace(",", "").replace(" ", "  "),
    ],
)
def test_greeting_sign_off_case_and_punctuation_make_no_difference(other: str) -> None:
    assert answer_key(other) == answer_key(ANSWER) is not None


def test_other_words_are_another_answer() -> None:
    assert answer_key(ANSWER) != answer_key(ANSWER.replace("daily", "").replace("once a day", "twice a day"))
    assert answer_key("Highlight the rows to export, then press delete and restart it.") != answer_key(
        "Light the rows to export, then press delete and restart it."
    )


@pytest.mark.parametrize("short", ["", "Thank you!", "Hi Anna,\nthis is solved now.\n\nKind regards\nBob", "👍" * 50])
def test_an_answer_of_few_words_is_like_no_other(short: str) -> None:
    assert answer_key(short) is None


def test_a_hostile_answer_takes_no_time() -> None:
    for text in ("hi " * 60_000, "\n" * 200_000, "best " * 40_000, "hi" + "a" * 199_000, "\nkind " * 30_000):
        answer_key(text)


def at(email: str, name: str = "A") -> Person:
    return Person(name=name, email=email)


def of(company: str) -> Person:
    return Person(name="A", organization=Organization(name=company))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (of("Globex"), of("GLOBEX"), True),
        (at("a@globex.example"), at("B@Globex.example", "B"), True),
        (at("a@gmail.com"), at("b@gmail.com"), False),
        (at("a@yahoo.co.uk"), at("A@yahoo.co.uk"), True),
        (at("a@notgmail.com"), at("b@notgmail.com"), True),
        (Person(name="A", id="1"), Person(name="A", id="2"), False),
        (Person(name="Ann"), Person(name="ann"), True),
    ],
)
def test_a_customer_is_a_company_where_that_can_be_told(one: Person, other: Person, same: bool) -> None:
    assert (customer_of(one) == customer_of(other)) is same
