"""Macros that are workarounds, and how often they were used."""

from dataclasses import replace

from supportdesk.insight.macros import Given, Macro, smelly
from supportdesk.insight.rules import Rules
from supportdesk.model import Kind

CACHE = Macro(
    id="1",
    name="Stuck upload",
    body="Hello {{ticket.requester.first_name}},\n\nthis is a known bug. As a workaround, clear the cache of the app "
    "on {{ticket.ticket_field_7}} and sign in again until the fix is out.\n\n{{current_user.signature}}",
)
INVITE = Macro(
    id="2",
    name="Invite",
    body="Hi {{ticket.requester.first_name}}, open the settings of your project, choose Members and press Invite.",
)
LONGER = Macro(id="3", name="Stuck upload, long", body="Before you begin, write down what is shown. " + CACHE.body)
THANKS = Macro(id="4", name="Thanks", body="Thank you!")


def filled(macro: Macro, name: str) -> str:
    body = macro.body.replace("{{ticket.requester.first_name}}", name).replace(
        "{{ticket.ticket_field_7}}", "the tablet"
    )
    return body.replace("{{current_user.signature}}", "Best,\nBen")


def test_a_macro_that_is_a_workaround_is_found_with_its_uses(rules: Rules) -> None:
    answers = [
        Given(body=filled(CACHE, "Ann"), customer="acme"),
        Given(body="> It hangs\n\n" + filled(CACHE, "Bob Miller") + "\nAnd say hello to Eve.", customer="zeta"),
        Given(body=filled(CACHE, "Cid"), customer="acme"),
        Given(body=filled(INVITE, "Dan"), customer="acme"),
        Given(body="This is a known bug, we look into it.", customer="beta"),
        Given(body="", customer="beta"),
    ]
    (smell,) = smelly(rules, [INVITE, CACHE], answers)
    assert (smell.macro, smell.uses, smell.customers) == (CACHE, 3, 2)
    assert smell.finding.kind is Kind.WORKAROUND
    for one in smell.finding.evidence:
        assert CACHE.body[one.start : one.end].casefold() == one.text.casefold()


def test_an_answer_counts_once_for_the_macro_it_keeps_most_of(rules: Rules) -> None:
    answers = [Given(body=filled(LONGER, "Ann"), customer="a"), Given(body=filled(CACHE, "Bob"), customer="b")]
    smells = smelly(rules, [CACHE, LONGER], answers)
    assert {smell.macro.name: smell.uses for smell in smells} == {"Stuck upload": 1, "Stuck upload, long": 1}


def test_a_macro_that_was_edited_beyond_recognition_or_is_too_short_is_not_counted(rules: Rules) -> None:
    answers = [Given(body="As a workaround, use another browser until the fix is out. Thank you!", customer="a")]
    (smell,) = smelly(rules, [CACHE, THANKS], answers)
    assert (smell.uses, smell.customers) == (0, 0)


def test_those_that_reached_most_customers_come_first(rules: Rules) -> None:
    answers = [Given(body=filled(LONGER, name), customer=name) for name in ("Ann", "Bob")]
    answers += [Given(body=filled(CACHE, "Cid"), customer="Cid")] * 5
    assert [smell.macro.id for smell in smelly(rules, [CACHE, LONGER], answers)] == ["3", "1"]


def test_placeholders_are_neither_code_nor_evidence(rules: Rules) -> None:
    macro = Macro(id="5", name="x", body="{{workaround.known_bug}} {% if known bug %} Hello there {% endif %}")
    assert smelly(rules, [macro], []) == ()


def test_without_macros_or_answers_nothing_smells(rules: Rules) -> None:
    assert smelly(rules, [], [Given(body="Hello", customer="a")]) == ()
    assert smelly(rules, [INVITE], []) == ()


def test_an_answer_and_a_macro_are_read_beyond_what_is_quoted(rules: Rules) -> None:
    quoted = "".join(f"> line {number} of what was said before all this\n" for number in range(400))
    (smell,) = smelly(rules, [CACHE], [Given(body=quoted + filled(CACHE, "Ann"), customer="acme")])
    assert smell.uses == 1
    below = replace(CACHE, body=quoted + CACHE.body)
    (smell,) = smelly(rules, [below], [Given(body=filled(CACHE, "Ann"), customer="acme")])
    assert smell.uses == 1
