"""Hints of the other kinds and grades: each has an answer that shows it, and one much like it that must not."""

import pytest

from supportdesk.insight.rules import Rules
from supportdesk.insight.workaround import Said, findings, grade_of, score_all
from supportdesk.model import Finding, Grade, Kind, Role

WISH = "It would be nice to colour the rows."
FAULT = "The rows vanish when I scroll."
STEPS = (
    "Open the menu. Select Tools. Choose Reset. Close the window. Restart the app. Delete the lock. Then run it again."
)


def hints(rules: Rules, question: str, answer: str) -> dict[Kind, Finding]:
    said = (Said(id="q", role=Role.CUSTOMER, body=question), Said(id="a", role=Role.AGENT, body=answer))
    found = findings(rules, score_all(rules, "", said))
    return {one.kind: one for one in found if one.kind is not Kind.WORKAROUND}


@pytest.mark.parametrize(
    ("kind", "question", "answer"),
    [
        (Kind.KNOWN_BUG, FAULT, "Thanks, I could reproduce the problem here."),
        (Kind.KNOWN_BUG, FAULT, "That was my mistake; it is now fixed for the next build."),
        (Kind.KNOWN_BUG, FAULT, "It's a bug, and unlikely to be fixed soon."),
        (Kind.HOWTO, "How do I print a list?", "Choose Print from the File menu, then select List."),
        (Kind.SLOW, "Opening the board is terribly slow.", "Thank you for the report."),
        (Kind.BY_HAND, "My name is wrong in the list.", "We have reset your profile name."),
        (Kind.BY_HAND, "Sorry for the layout.", "I have edited your post so that it can be read."),
        (Kind.MISSING, WISH, "I agree. Please add this as a feature request."),
        (Kind.MISSING, "Is there a way to colour rows?", "There is no option for that."),
        (Kind.MISSING, "Can I colour the rows?", "It is not possible to colour them, sorry."),
    ],
)
def test_a_kind_is_hinted_at_by_words_that_can_be_shown(rules: Rules, kind: Kind, question: str, answer: str) -> None:
    found = hints(rules, question, answer)[kind]
    (one,) = found.evidence
    body = question if one.comment_id == "q" else answer
    assert body[one.start : one.end] == one.text
    assert one.text


@pytest.mark.parametrize(
    ("kind", "question", "answer"),
    [
        (Kind.KNOWN_BUG, FAULT, "If you think it's a bug, please tell us the steps."),
        (Kind.KNOWN_BUG, FAULT, "See if you can reproduce the problem with the sample."),
        (Kind.KNOWN_BUG, FAULT, "It is a known issue. As a workaround, reload the page."),
        (Kind.HOWTO, "How do I get my rows back? They vanished after the update.", "Choose Print, then select List."),
        (Kind.SLOW, f"{FAULT} {'They were there when I left. ' * 3}My old machine was slow.", "Thank you."),
        (Kind.BY_HAND, "My name is wrong in the list.", "You have reset your profile name yourself."),
        (Kind.BY_HAND, FAULT, "I have edited my post so that it can be read."),
        (Kind.MISSING, "Can I colour the rows?", "There is no best way: by rule, by hand or by import."),
        (Kind.MISSING, FAULT, "It is not possible to lose them, they are only hidden."),
        (Kind.MISSING, WISH, "It is not a good idea to lock the rows."),
    ],
)
def test_words_much_like_it_hint_at_nothing(rules: Rules, kind: Kind, question: str, answer: str) -> None:
    assert kind not in hints(rules, question, answer)


def test_words_that_only_hint_make_no_workaround_more_likely(rules: Rules) -> None:
    silent, told = (
        Said(id="a", role=Role.AGENT, body=f"Good day.{more}") for more in ("", " I have locked this topic.")
    )
    assert score_all(rules, "", [told])[0].p == score_all(rules, "", [silent])[0].p
    assert hints(rules, FAULT, told.body).keys() == {Kind.BY_HAND}


@pytest.mark.parametrize(
    ("answer", "grade"),
    [
        ("reload the page", Grade.ONE_STEP),
        ("open the menu, select tools and choose reset", Grade.ONE_STEP),
        (STEPS.lower(), Grade.MANY_STEPS),
        ("reload the page each time", Grade.REPEATED),
        ("it fails each time", Grade.ONE_STEP),
        ("until it is fixed, use the old form", Grade.ONE_STEP),
        ("delete all messages", Grade.DESTRUCTIVE),
        ("delete the message", Grade.ONE_STEP),
        ("run this script on the server", Grade.SCRIPTED),
        ("it is described in the script", Grade.ONE_STEP),
    ],
)
def test_a_grade_is_not_given_for_words_alone(rules: Rules, answer: str, grade: Grade) -> None:
    assert grade_of(rules, answer, len(answer)) is grade
