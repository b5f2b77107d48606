"""One exported line in, one JSON row out."""

import json

import pytest

from supportdesk.insight.rules import Rules
from supportdesk.insight.scan import finding_json, read_line, scan_ticket
from supportdesk.insight.workaround import findings, score_all
from supportdesk.model import Role

ANSWER = "It's a known bug. As a workaround, clear your cache\tuntil\r\nthe fix is out."
ROW = {
    "id": 12,
    "subject": "It crashes",
    "comments": [
        {"id": 1, "role": "customer", "body": "Since the update it crashes."},
        {
            "id": 2,
            "role": "agent",
            "public": False,
            "author": "Ben",
            "created_at": "2025-01-01T00:00:00Z",
            "body": ANSWER,
        },
        {"id": "x", "role": "other", "body": "As a workaround, restart."},
        {"id": "3", "role": "agent", "public": None, "body": None},
    ],
}


def test_a_ticket_is_read_with_ids_of_either_kind_and_what_is_optional_left_out() -> None:
    ticket = read_line(json.dumps(ROW))
    assert (ticket.id, ticket.subject) == (12, "It crashes")
    assert [(one.id, one.role) for one in ticket.comments] == [
        ("1", Role.CUSTOMER),
        ("2", Role.AGENT),
        ("x", Role.SYSTEM),
        ("3", Role.AGENT),
    ]
    assert read_line('{"id": "a", "comments": []}').subject == ""


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "not a ticket"),
        ('{"id": 1}', "no list of comments"),
        ('{"comments": []}', "ticket has no id"),
        ('{"id": true, "comments": []}', "ticket has no id"),
        ('{"id": 1, "subject": 3, "comments": []}', "subject is not text"),
        ('{"id": 1, "comments": [3]}', "comment that is not an object"),
        ('{"id": 1, "comments": [{"id": 1, "role": "boss"}]}', "roles are"),
        ('{"id": 1, "comments": [{"id": 1, "role": ["agent"]}]}', "roles are"),
        ('{"id": 1, "comments": [{"role": "agent"}]}', "comment has no id"),
        ('{"id": 1, "comments": [{"id": 1, "role": "agent", "body": 7}]}', "body is not text"),
        ('{"id": 1, "comments": [{"id": 1, "role": "agent", "public": "no"}]}', "public is neither"),
    ],
)
def test_a_bad_line_is_refused_in_a_sentence(line: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        read_line(line)
    assert str(caught.value).endswith(".")


def test_a_row_holds_findings_whose_spans_fit_the_export(rules: Rules) -> None:
    row = scan_ticket(rules, read_line(json.dumps(ROW)), every_answer=False)
    assert set(row) == {"id", "findings"}
    finding = row["findings"][0]
    assert set(finding) == {"kind", "p", "band", "grade", "comment_id", "evidence", "context"}
    assert (finding["kind"], finding["band"], finding["comment_id"]) == ("workaround", "likely", "2")
    for one in finding["evidence"]:
        assert set(one) == {"cue", "text", "start", "end", "weight", "says"}
        assert ANSWER[one["start"] : one["end"]].split() == one["text"].split()
    assert {(one["cue"], one["comment_id"]) for one in finding["context"]} == {("defect", "1"), ("since-update", "1")}


def test_with_all_every_answer_has_a_number(rules: Rules) -> None:
    row = scan_ticket(rules, read_line(json.dumps(ROW)), every_answer=True)
    assert [one["comment_id"] for one in row["answers"]] == ["2", "3"]
    assert all(0 < one["p"] < 1 and "skipped" not in one for one in row["answers"])


def test_an_answer_that_is_not_read_says_in_which_language_it_is(rules: Rules) -> None:
    german = "Bitte laden Sie die Seite neu, dann ist der Fehler weg und es geht wieder für alle."
    line = json.dumps({"id": 1, "comments": [{"id": 1, "role": "agent", "body": german}]})
    (answer,) = scan_ticket(rules, read_line(line), every_answer=True)["answers"]
    assert answer == {
        "comment_id": "1",
        "p": rules.scale.base_rate,
        "band": "weak",
        "evidence": [],
        "context": [],
        "skipped": "German",
    }


def test_an_answer_that_is_not_read_to_its_end_says_what_was_left(rules: Rules) -> None:
    body = f"{ANSWER} {'And so on. ' * 1_000}"
    line = json.dumps({"id": 1, "comments": [{"id": 1, "role": "agent", "body": body}]})
    (answer,) = scan_ticket(rules, read_line(line), every_answer=True)["answers"]
    assert answer["band"] == "likely"
    assert answer["skipped"] == "all after the first 8,000 characters of its own"


def test_words_from_the_subject_stand_in_no_comment(rules: Rules) -> None:
    line = json.dumps({"id": 1, "subject": "Crash", "comments": [{"id": 1, "role": "agent", "body": "Oh."}]})
    (answer,) = scan_ticket(rules, read_line(line), every_answer=True)["answers"]
    assert [(one["text"], one["comment_id"]) for one in answer["context"]] == [("Crash", None)]


def test_what_is_shown_of_a_body_is_inert(rules: Rules) -> None:
    line = json.dumps({"id": "\x1b]0;x\x07", "comments": [{"id": 1, "role": "agent", "body": "for\u202e now \ud800"}]})
    assert "\x1b" not in json.dumps(scan_ticket(rules, read_line(line), every_answer=True), ensure_ascii=False)


def test_show_and_scan_write_a_finding_the_same_way(rules: Rules) -> None:
    ticket = read_line(json.dumps(ROW))
    found = findings(rules, score_all(rules, ticket.subject, ticket.comments))
    assert [finding_json(one) for one in found] == scan_ticket(rules, ticket, every_answer=False)["findings"]
