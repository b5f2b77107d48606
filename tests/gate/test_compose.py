"""The issue that a ticket becomes, and the second look at what an engineer made of it (A16, A21, A22, A23)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from supportdesk.gate.compose import LONGEST_BODY, IssueFacts, check, compose
from supportdesk.gate.environment import environment
from supportdesk.gate.redact import Known
from supportdesk.model import (
    Attachment,
    Band,
    Comment,
    Evidence,
    Finding,
    Kind,
    Organization,
    Person,
    Role,
    Status,
    Ticket,
    TicketRef,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MARK = "<!-- sd-op:6f1c0c1e-6a53-4f6e-9f38-0d7c9a1b2c3d -->"
NGOZI = Person(name="Ngozi Okafor", email="ngozi@okafor.example", organization=Organization(name="Okafor Ltd"))
BEN = Person(name="Ben Weber", role=Role.AGENT)
OWN = Known(kind="secret", value="zdtoken-4Kq9Xw2Lm7Rt5Yv8")
KNOWN = (
    Known(kind="person", value="Ngozi Okafor"),
    Known(kind="email", value="ngozi@okafor.example"),
    Known(kind="organization", value="Okafor Ltd"),
    Known(kind="person", value="Ben Weber"),
    Known(kind="host", value="acme.zendesk.com"),
    OWN,
)
ASKED = """Hi, Ngozi Okafor here. The CSV always ends at row 500.
We run 4.2.0 on Windows 11 with Firefox 131. Error code 5023.
@octocat ```"""
ANSWER = """Hello Ngozi,

sorry about that! For now, filter by month and export each one. Then join the files.

Best regards,
Ben Weber"""
CUE = ANSWER.index("For now")
TICKET = Ticket(
    ref=TicketRef("acme", "12"),
    subject="Export stops at 500 rows for Ngozi #77",
    status=Status.OPEN,
    requester=NGOZI,
    created_at=NOW,
    updated_at=NOW,
    url="https://acme.zendesk.com/agent/tickets/12",
)


def comment(ident: str, author: Person, body: str, *, public: bool = True) -> Comment:
    return Comment(id=ident, author=author, public=public, created_at=NOW, body=body)


FINDING = Finding(
    kind=Kind.WORKAROUND,
    p=0.9,
    band=Band.LIKELY,
    comment_id="a",
    evidence=(Evidence(comment_id="a", cue="for-now", text="For now", start=CUE, end=CUE + 7, weight=2.0),),
)
FACTS = IssueFacts(
    ticket=TICKET,
    comments=(
        comment("q", NGOZI, ASKED),
        comment("n", BEN, "INTERNALLY the exporter is broken", public=False),
        comment("a", BEN, ANSWER),
        comment("f", NGOZI, "That works, but every month?"),
    ),
    finding=FINDING,
    public=False,
    quotes=True,
    tickets=5,
    customers=4,
    marker=MARK,
)


def test_an_issue_on_a_private_tracker_reads_like_this() -> None:
    made = compose(FACTS, KNOWN)
    assert made.title == "Export stops at 500 rows for [person-1] ＃77"
    assert made.body == "\n\n".join(
        [
            "## What the customer sees",
            "````text\nHi, [person-1] here. The CSV always ends at row 500.\n"
            "We run 4.2.0 on Windows 11 with Firefox 131. Error code 5023.\n@octocat ```\n````",
            "## What we told them to do",
            "> For now, filter by month and export each one. Then join the files.",
            "## In the customer's words",
            "```text\nThat works, but every month?\n```",
            "## Who is hit",
            "5 tickets · 4 customers",
            "## Versions and environment",
            "`Windows 11` · `Firefox 131` · `Error code 5023`",
            "## Ticket",
            "`acme#12` https://acme.zendesk.com/agent/tickets/12",
            MARK,
        ]
    )
    assert (made.counts, made.blocks) == ({"person": 1}, ())


def test_on_a_public_tracker_nothing_names_the_tenant_and_nothing_is_quoted_until_chosen() -> None:
    made = compose(replace(FACTS, public=True, quotes=False), KNOWN)
    assert "acme" not in made.body.lower()
    assert "```" not in made.body
    assert "row 500" not in made.body
    assert "Reported through our helpdesk." in made.body
    assert "The ticket is called “Export stops at 500 rows for [person-1] ＃77”." in made.body


def test_internal_notes_never_feed_an_issue() -> None:
    internal = replace(FACTS, finding=replace(FINDING, comment_id="n"))
    for facts in (FACTS, internal, replace(FACTS, comments=FACTS.comments[1:2])):
        assert "INTERNALLY" not in compose(facts, KNOWN).body


@pytest.mark.parametrize("public", [True, False])
def test_attachments_never_go_into_an_issue(public: bool) -> None:
    """A21: neither a file's name nor its address, which would let anybody who reads the issue fetch it."""
    scan = Attachment(id="9", name="passport-scan.pdf", url="https://acme.zendesk.com/attachments/token/x9")
    comments = tuple(replace(each, attachments=(scan,)) for each in FACTS.comments)
    made = compose(replace(FACTS, comments=comments, public=public), KNOWN)
    assert made.body == compose(replace(FACTS, public=public), KNOWN).body
    assert "passport" not in made.title + made.body


def test_at_most_600_characters_are_quoted_in_all() -> None:
    long = tuple(replace(one, body="word " * 400) for one in FACTS.comments)
    for comments in (long, long[:1]):
        body = compose(replace(FACTS, comments=comments, finding=None), ()).body
        quoted = [block.partition("\n")[2] for block in body.split("```")[1::2]]
        assert 0 < sum(len(words.strip()) for words in quoted) <= 600


def test_the_marker_is_the_last_line_and_there_is_only_one() -> None:
    forged = replace(FACTS, comments=(comment("q", NGOZI, f"x {MARK.replace('6f1c', '0000')}"),))
    for facts in (FACTS, forged, replace(FACTS, quotes=False, finding=None, comments=())):
        body = compose(facts, KNOWN).body
        assert body.split("\n")[-1] == MARK
        assert body.count(MARK) == 1


def test_our_own_token_in_the_thread_blocks_when_it_would_be_quoted() -> None:
    leaky = replace(FACTS, comments=(comment("q", NGOZI, f"token {OWN.value}"),))
    made = compose(leaky, KNOWN)
    assert any("our own tokens" in block for block in made.blocks)
    assert OWN.value not in made.body
    assert compose(replace(leaky, quotes=False), KNOWN).blocks == ()


def test_an_address_that_is_none_is_left_out() -> None:
    for url in ("javascript:alert(1)", "https://x.example/ <img>", ""):
        body = compose(replace(FACTS, ticket=replace(TICKET, url=url)), KNOWN).body
        assert "`acme#12`\n" in body


def test_an_empty_subject_still_makes_a_title() -> None:
    assert compose(replace(FACTS, ticket=replace(TICKET, subject=" ")), KNOWN).title == "Bug reported by a customer"


def test_what_was_composed_passes_the_second_look_unchanged() -> None:
    made = compose(FACTS, KNOWN)
    again = check(made.title, made.body, KNOWN, public=False)
    third = check(again.title, again.body, KNOWN, public=False)
    assert (again.body, again.counts, again.blocks) == (made.body, made.counts, ())
    assert (third.title, third.body) == (again.title, again.body)


def test_what_an_engineer_adds_is_redacted_and_made_inert_and_the_marker_survives() -> None:
    made = compose(FACTS, KNOWN)
    edited = made.body.replace("## Who is hit", "Ask @octocat or Ben Weber, a@x.example, #3\n/close\n\n## Who is hit")
    again = check("Fix #1 for Okafor Ltd", edited, KNOWN, public=False)
    assert again.title == "Fix ＃1 for [organization-1]"
    assert "Ask ＠octocat or [person-2], [email-1], ＃3\n∕close" in again.body
    assert "```text\nThat works, but every month?\n```" in again.body
    assert again.body.endswith(f"\n\n{MARK}")
    assert again.counts == {"person": 2, "email": 1, "organization": 1}


def test_an_edited_body_without_a_marker_gets_none_and_a_token_in_it_blocks() -> None:
    again = check("t", f"see {OWN.value}", KNOWN)
    assert again.body == "see [secret-1]"
    assert again.blocks


def test_on_a_public_tracker_the_second_look_hides_the_tenant() -> None:
    assert check("t", "https://acme.zendesk.com/x by acme", KNOWN).body == "https://[host-1]/x by [host-1]"


@pytest.mark.parametrize("opening", ["", "```text\n", "~~~\n"])
def test_a_body_that_is_too_long_is_cut_and_keeps_its_marker(opening: str) -> None:
    again = check("t", f"{opening}{'word after word ' * (LONGEST_BODY // 15)}\n\n{MARK}", ())
    assert len(again.body) < LONGEST_BODY + 200
    assert again.body.endswith(f"[...]\n\n{MARK}")


def test_versions_systems_browsers_and_error_codes_are_found() -> None:
    text = (
        "version 10.4.11 on macOS Sonoma 14.5, Google Chrome 131.0, build 2024.1; Exporter 3.2.1 says "
        "ECONNREFUSED, HTTP 502, 0x80070005, ERR_CERT_DATE_INVALID and NullPointerException on Ubuntu 24.04"
    )
    assert environment(text) == (
        "macOS Sonoma 14.5",
        "Ubuntu 24.04",
        "Google Chrome 131.0",
        "Exporter 3.2.1",
        "version 10.4.11",
        "build 2024.1",
        "HTTP 502",
        "ERR_CERT_DATE_INVALID",
        "ECONNREFUSED",
        "0x80070005",
        "NullPointerException",
    )
    assert environment("nothing of the kind, 3 of 4 on 12 May") == ()


def test_a_version_is_named_without_the_word_before_it() -> None:
    found = environment("Since version 5.12, visits hang. In 4.1 they did not. Firefox 120.0 on Windows 11.")
    assert found == ("Windows 11", "Firefox 120.0", "version 5.12")
