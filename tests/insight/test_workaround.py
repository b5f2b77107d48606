"""Which answers are flagged, by which words, and which only look alike."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from said_samples import agent, cues, customer, judged

from supportdesk.insight.rules import Rules, Scale
from supportdesk.insight.workaround import Said, Scored, assess, findings, listen, score, score_all
from supportdesk.model import (
    Band,
    Comment,
    Conversation,
    Finding,
    Grade,
    Kind,
    Person,
    Role,
    Status,
    Ticket,
    TicketRef,
)

NOW = datetime(2025, 3, 1, tzinfo=UTC)
FLAGGED = (Band.LIKELY, Band.POSSIBLE)

WORKAROUNDS = [
    (
        "The dashboard does not load since Monday's update.",
        "Please log out, clear the cache and try again. Our engineers are looking into it.",
        {"clear-cache", "known-bug"},
    ),
    (
        "Totals on the invoice are wrong.",
        "This is a known issue with the tax module. If you re-save the invoice twice the total is corrected.",
        {"known-bug", "redo"},
    ),
    (
        "The report export fails with an error.",
        "The export times out for large ranges. Please export month by month for now, until the fix ships.",
        {"until-fixed", "for-now", "each-time"},
    ),
    (
        "Our e-mails are not sent.",
        "As a temporary measure you can trigger the campaign by hand from the old editor.",
        {"workaround", "manually"},
    ),
    (
        "I can't log in on Safari.",
        "There's a bug with Safari right now. Please use Firefox instead while we work on it.",
        {"is-a-bug", "other-path", "until-fixed"},
    ),
    (
        "The app crashes when I open a ticket.",
        "You'll need to reinstall the app each time this happens, sorry. The developers are aware.",
        {"reinstall", "each-time", "known-bug"},
    ),
    (
        "Search returns nothing.",
        "The index got stuck. I'd suggest to rebuild the index under Admin > Search, that normally fixes it.",
        {"corrupt", "repair-state"},
    ),
    (
        "Attachments are missing.",
        "Until our next release you can download them from the web version.",
        {"until-fixed"},
    ),
    (
        "The print-out is cut off.",
        "Try downgrading to 5.2, the last version without this problem.",
        {"downgrade", "broken"},
    ),
    (
        "The filter resets itself.",
        "It seems the saved view is corrupted. Duplicate the view, delete the old one and it will work again.",
        {"corrupt", "redo"},
    ),
]


@pytest.mark.parametrize(("question", "answer", "reasons"), WORKAROUNDS)
def test_a_workaround_is_flagged_with_the_words_that_say_so(
    rules: Rules, question: str, answer: str, reasons: set[str]
) -> None:
    scored = judged(rules, question, answer)
    assert scored.band in FLAGGED
    assert reasons <= cues(scored)


LOOK_ALIKES = [
    (
        "How do I install the plug-in?",
        "Download the installer, run it and restart the computer when it asks. Then sign in.",
    ),
    ("Thank you, it works!", "Great, that's all for now. I'll close this ticket."),
    ("The disk is full.", "The importer unpacks into the temporary folder; pick another one under Settings > Import."),
    ("The export is broken.", "There is no workaround for that yet, sorry."),
    ("The export is broken.", "Thanks, I can reproduce this. It's a bug and I've reported it to the developers."),
    ("The app crashes.", "Which version of the app do you use? Please send us a screenshot."),
    ("I cannot connect.", "Your firewall blocks port 443. Please ask your IT team to open it."),
    ("We can't log in.", "We had an outage between 9 and 10. Everything is back to normal now."),
    ("Can you add a dark theme?", "It's on our roadmap. I've added your vote."),
    ("The total is wrong.", "This is by design: discounts are applied before tax."),
    ("Sync fails.", "This was fixed in version 8.2, please update to the latest version."),
    ("I forgot my password.", "Click on Forgot password, enter your address and follow the link in the mail."),
    ("Reminders did not arrive.", "I've manually re-sent them from our side. There is nothing you need to do."),
]


@pytest.mark.parametrize(("question", "answer"), LOOK_ALIKES)
def test_a_look_alike_is_not_flagged(rules: Rules, question: str, answer: str) -> None:
    assert judged(rules, question, answer).band is Band.WEAK


def test_evidence_is_cut_from_the_body_as_it_was_written(rules: Rules) -> None:
    body = (
        "Hi\u00a0Ann,\r\n> use the old one for now\r\nIt’s a KNOWN issue.\n\nRe-save it twice, until it’s v4.8.1-fixed."
    )
    question = customer("İt crashes.\nSince the last update it does not work!")
    scored = score_all(rules, "", [question, agent(body)])[0]
    assert len(scored.evidence) > 4
    for one in scored.evidence:
        source = body if one.comment_id == "a" else question.body
        assert source[one.start : one.end] == one.text
        assert one.text.strip() == one.text


@pytest.mark.parametrize(
    "borrowed",
    [
        "> As a workaround, restart it until this known bug is fixed.",
        "On Mon, 3 Mar 2025 at 10:01, Ann wrote:\nAs a workaround, restart it until this known bug is fixed.",
        "```\nAs a workaround, restart it until this known bug is fixed.\n```",
        "https://github.com/acme/app/issues/7\nIt fails\nopened 05:30PM - 12 Mar 20 UTC\n"
        "As a workaround, restart it until this known bug is fixed.",
        "-- \nAs a workaround, restart it until this known bug is fixed.",
    ],
)
def test_borrowed_words_are_no_evidence(rules: Rules, borrowed: str) -> None:
    scored = judged(rules, "It crashes.", f"Thank you.\n\n{borrowed}")
    assert {one.cue for one in scored.evidence if one.comment_id == "a"} <= {"bug-link", "bug-without-instruction"}
    assert scored.band is Band.WEAK
    assert not findings(rules, [scored])


def test_nothing_is_flagged_without_words_of_our_own_however_strong_the_question(rules: Rules) -> None:
    asked = listen(rules, customer("Since the update it crashes, a bug."))
    heard = tuple(replace(one.evidence, weight=9.0) for one in asked)
    assert heard
    scored = Scored(comment_id="a", logit=9.0, p=0.99, band=Band.LIKELY, evidence=heard)
    assert not scored.convincing
    assert findings(rules, [scored]) == ()


def test_the_score_is_the_sum_of_what_is_shown(rules: Rules) -> None:
    for question, answer, _ in WORKAROUNDS:
        scored = judged(rules, question, answer)
        assert scored.logit == pytest.approx(rules.scale.bias + sum(one.weight for one in scored.evidence))


def test_reasons_against_are_shown_too(rules: Rules) -> None:
    scored = judged(rules, "It crashes.", "As a workaround, disable your antivirus. Which version do you use?")
    against = {one.cue for one in scored.evidence if one.weight < 0}
    assert {"environment", "asks"} <= against


def test_a_bug_and_a_remedy_count_more_together(rules: Rules) -> None:
    together = judged(rules, "", "It is a known bug. Please clear your browser cache.")
    assert "bug-and-act" in cues(together)
    assert "bug-and-act" not in cues(judged(rules, "", "Please clear your browser cache."))


def test_a_bug_and_a_remedy_far_apart_do_not(rules: Rules) -> None:
    between = "This paragraph talks of something else entirely. " * 10
    apart = judged(rules, "", f"It is a known bug. {between} Please clear your browser cache.")
    assert {"known-bug", "clear-cache"} <= cues(apart)
    assert "bug-and-act" not in cues(apart)


def test_a_bug_with_nothing_to_do_counts_less(rules: Rules) -> None:
    assert "bug-without-instruction" in cues(judged(rules, "", "Yes, that is a known bug."))


def test_a_short_remedy_for_a_defect_counts_more_than_a_long_one(rules: Rules) -> None:
    remedy = "Try restarting the app."
    assert "short-remedy" in cues(judged(rules, "It crashes.", remedy))
    assert "short-remedy" not in cues(judged(rules, "Nice weather today.", remedy))
    assert "short-remedy" not in cues(judged(rules, "It crashes.", remedy + " And have a good day." * 30))


@pytest.mark.parametrize(
    ("told", "narrated"),
    [
        ("Please delete session.json.", "I deleted session.json."),
        ("Then restart the app.", "We restarted the app."),
        ("Please re-save the form.", "He re-saved the form."),
        ("Repair the folder.", "Repairing the folder did nothing."),
    ],
)
def test_what_somebody_did_is_no_instruction(rules: Rules, told: str, narrated: str) -> None:
    words = [{one.cue for one in judged(rules, "", text).evidence if one.weight > 0} for text in (told, narrated)]
    assert words[0]
    assert not words[1]


def test_slowness_is_a_topic_only_where_the_question_begins(rules: Rules) -> None:
    later = "We have a question about the export and the way in which it lists customers and their orders. " * 2
    assert not hints_of(rules, [customer(f"{later}It is slow."), agent("Oh.")])
    (found,) = findings(rules, score_all(rules, "Export is slow", [customer(later), agent("Oh.")]))
    assert (found.kind, found.comment_id) == (Kind.SLOW, "")


def test_only_the_support_side_is_scored(rules: Rules) -> None:
    system = Said(id="s", role=Role.SYSTEM, body="as a workaround, restart")
    assert score_all(rules, "", [customer("I found a workaround: restart"), system]) == ()


def test_the_base_rate_moves_every_probability_and_keeps_the_order(rules: Rules) -> None:
    strong, mild = (score(rules, agent(text)) for text in ("As a workaround, clear your cache.", "Clear your cache."))
    assert strong.p > mild.p
    for logit in (strong.logit, mild.logit):
        rare, common = (scale_at(rules, rate).probability(logit) for rate in (0.01, 0.2))
        assert 0 < rare < rules.scale.probability(logit) < common < 1


def scale_at(rules: Rules, base_rate: float) -> Scale:
    return replace(rules.scale, base_rate=base_rate)


def test_the_same_words_always_get_the_same_score(rules: Rules) -> None:
    question, answer, _ = WORKAROUNDS[0]
    assert judged(rules, question, answer) == judged(rules, question, answer)


@pytest.mark.parametrize(
    ("answer", "grade"),
    [
        ("As a workaround, reload the page.", Grade.ONE_STEP),
        ("As a workaround:\n1. open the menu\n2. choose Reset\n3. save", Grade.MANY_STEPS),
        ("As a workaround, reload the page every time.", Grade.REPEATED),
        ("As a workaround, delete the profile and start again.", Grade.DESTRUCTIVE),
        ("As a workaround, run this script on the server.", Grade.SCRIPTED),
    ],
)
def test_a_workaround_is_graded_by_its_pain(rules: Rules, answer: str, grade: Grade) -> None:
    assert judged(rules, "It crashes.", answer).grade is grade


@pytest.mark.parametrize(
    ("question", "answer", "kind"),
    [
        ("How do I reset my password?", "Click on Settings, then choose Reset.", Kind.HOWTO),
        ("The board is slow, it takes ten minutes.", "Thank you, I'll have a look.", Kind.SLOW),
        ("I have two accounts.", "I've merged the accounts for you by hand.", Kind.BY_HAND),
        ("Can I print labels?", "That is not supported, sorry.", Kind.MISSING),
        ("The pins overlap.", "We're aware of this bug.", Kind.KNOWN_BUG),
    ],
)
def test_other_kinds_are_hinted_at_and_never_flagged(rules: Rules, question: str, answer: str, kind: Kind) -> None:
    (found,) = hints_of(rules, [customer(question), agent(answer)])
    assert (found.kind, found.band) == (kind, Band.WEAK)
    (one,) = found.evidence
    assert one.comment_id == found.comment_id
    assert one.text in (question if found.comment_id == "q" else answer)


def hints_of(rules: Rules, said: list[Said]) -> list[Finding]:
    return [one for one in findings(rules, score_all(rules, "", said)) if one.kind is not Kind.WORKAROUND]


def test_a_ticket_gets_one_hint_of_a_kind_and_none_beside_a_flag(rules: Rules) -> None:
    slow = customer("The board is slow.")
    assert len(hints_of(rules, [slow, agent("Oh.", "a1"), agent("Sorry.", "a2")])) == 1
    assert not hints_of(rules, [slow, agent("It's a known bug. As a workaround, clear your cache.")])


def test_an_answer_in_another_language_is_left_alone_at_the_base_rate(rules: Rules) -> None:
    scored = score(rules, agent("Bitte laden Sie die Seite neu, dann ist der Fehler weg und es geht wieder für alle."))
    assert (scored.skipped, scored.p, scored.band) == ("German", rules.scale.base_rate, Band.WEAK)
    assert not findings(rules, [scored])


def test_assess_reads_public_and_internal_answers_of_a_conversation_strongest_first(rules: Rules) -> None:
    ref = TicketRef("acme", "1")
    nora, ben = Person(name="Nora"), Person(name="Ben", role=Role.AGENT)
    ticket = Ticket(ref=ref, subject="Export fails", status=Status.OPEN, requester=nora, created_at=NOW, updated_at=NOW)
    bodies = [
        (nora, True, "It crashes."),
        (ben, False, "It's a known bug, I'd tell her to clear the cache."),
        (ben, True, "It's a known bug. As a workaround, clear the cache until the fix is out."),
    ]
    comments = tuple(
        Comment(id=str(at), author=who, public=public, created_at=NOW, body=body)
        for at, (who, public, body) in enumerate(bodies)
    )
    found = assess(rules, Conversation(ticket=ticket, comments=comments))
    assert [one.comment_id for one in found] == ["2", "1"]
    assert all(one.kind is Kind.WORKAROUND and one.band in FLAGGED for one in found)
