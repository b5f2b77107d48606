"""Whatever an export holds in place of an answer, it gets a score, and only words of our own are evidence."""

import pytest

from supportdesk.insight.rules import Rules
from supportdesk.insight.workaround import READ, Said, findings, score_all
from supportdesk.model import Band, Role

REMEDY = "As a workaround, clear your cache until the fix is out."
MEGABYTE = 1_000_000


def agent(body: str, id: str = "a") -> Said:
    return Said(id=id, role=Role.AGENT, body=body)


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "\n\n",
        "ok",
        "Reload",
        "👍",
        "\x00\x01\x02",
        "¤" * 50,
        "1234567890",
        "-- \n",
        "> quoted",
        "```\n",
        "<p></p>",
    ],
    ids=repr,
)
def test_what_says_nothing_is_scored_and_not_flagged(rules: Rules, body: str) -> None:
    (scored,) = score_all(rules, body, [Said(id="q", role=Role.CUSTOMER, body=body), agent(body)])
    assert 0 < scored.p < rules.scale.possible
    assert scored.band is Band.WEAK


def test_a_conversation_without_a_customer_or_without_an_answer_is_read(rules: Rules) -> None:
    assert score_all(rules, "", []) == ()
    assert score_all(rules, "", [Said(id="q", role=Role.CUSTOMER, body=REMEDY)]) == ()
    assert score_all(rules, "", [agent(REMEDY)])[0].convincing


@pytest.mark.parametrize("filler", ["word ", "log line 1\n", "é", "<div>"], ids=repr)
def test_an_answer_of_a_megabyte_is_read_at_its_beginning_and_the_rest_is_counted(rules: Rules, filler: str) -> None:
    body = f"{REMEDY}\n{filler * (MEGABYTE // len(filler))}"
    (scored,) = score_all(rules, "", [agent(body)])
    assert {"workaround", "until-fixed"} <= {one.cue for one in scored.evidence}
    assert all(one.end <= len(REMEDY) for one in scored.evidence if one.comment_id == "a" and one.weight > 0)
    assert len(body) - READ - body.count("\n") <= scored.unread <= len(body) - READ


@pytest.mark.parametrize(
    "above",
    [
        "\n".join(f"> it says line {at} of something long" for at in range(1_000)),
        "\n".join(f"2026-10-05 10:00:{at % 60:02} INFO something happened here" for at in range(1_000)),
        "```\n" + "something happened here\n" * 1_000 + "```",
    ],
    ids=["quotes", "log", "code"],
)
def test_own_words_below_long_quotes_and_logs_are_read(rules: Rules, above: str) -> None:
    (scored,) = score_all(rules, "", [agent(f"{above}\n\n{REMEDY}")])
    found = {one.cue: one for one in scored.evidence}
    assert {"workaround", "until-fixed"} <= found.keys()
    assert found["workaround"].start > len(above)
    assert scored.unread == 0
    question = Said(id="q", role=Role.CUSTOMER, body=f"{above}\n\nIt crashes since the update.")
    assert "defect" in {one.cue for one in score_all(rules, "", [question, agent("Hello there.")])[0].evidence}


@pytest.mark.parametrize("word", ["Workaround?", "Workaround", "Downgrade", "Reinstall.", "¡Reinstall!"])
def test_one_word_is_no_advice(rules: Rules, word: str) -> None:
    question = Said(id="q", role=Role.CUSTOMER, body="The app crashes since the update. It is broken.")
    scores = score_all(rules, "Broken after the update", [question, agent(word)])
    assert findings(rules, scores) == ()
    assert scores[0].p < rules.scale.weak


def test_english_with_accents_that_stand_by_themselves_is_english(rules: Rules) -> None:
    (scored,) = score_all(rules, "", [agent("e\u0301a\u0308 " * 10 + REMEDY)])
    assert scored.skipped == ""
    assert {one.text for one in scored.evidence if one.cue == "workaround"} == {"workaround"}


def test_words_between_tags_are_read(rules: Rules) -> None:
    html = f"<html><body><p>Hi,</p><p>{REMEDY}</p><br/>Best</body></html>"
    (scored,) = score_all(rules, "", [agent(html)])
    assert {"workaround", "clear-cache"} <= {one.cue for one in scored.evidence}


def test_an_answer_in_another_language_has_the_base_rate_and_says_what_it_is(rules: Rules) -> None:
    portuguese = "Por favor reinicie o aplicativo e tente novamente. Se não resolver, fale com a nossa equipe."
    scored = score_all(rules, "", [agent(portuguese)])
    assert [(one.skipped, one.p, one.band) for one in scored] == [("Portuguese", rules.scale.base_rate, Band.WEAK)]
    assert findings(rules, scored) == ()


def test_a_thousand_answers_in_one_ticket_are_each_scored_once(rules: Rules) -> None:
    said = [agent(REMEDY if at % 2 else "It is a bug.", str(at)) for at in range(1_000)]
    assert [one.comment_id for one in score_all(rules, "", said)] == [str(at) for at in range(1_000)]
