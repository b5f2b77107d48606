"""What counts as the writer's own words."""

import pytest

from supportdesk.insight.segment import Part, issue_links, own_words, split


def parts(body: str) -> list[tuple[Part, str]]:
    return [(piece.part, body[piece.start : piece.end]) for piece in split(body)]


def test_segments_cover_every_body_without_a_gap() -> None:
    for body in (
        "",
        "\n\n",
        "one",
        "a\r\n> b\r\nc",
        "x\n```\ny",
        "On Monday, Bob wrote:\nold",
        "\u2028a\x0bb\n-- \nme",
    ):
        assert "".join(text for _, text in parts(body)) == body


def test_a_quoted_line_and_the_line_that_names_its_writer_are_not_ours() -> None:
    assert parts("Ann said:\n> use a workaround\nNo.\n") == [
        (Part.QUOTE, "Ann said:\n> use a workaround\n"),
        (Part.OWN, "No.\n"),
    ]


@pytest.mark.parametrize(
    "history",
    [
        "On Mon, 3 Feb 2025 at 10:01, Bob <bob@example.org> wrote:\nfor now, restart it",
        "On Mon, 3 Feb 2025 at 10:01,\nBob <bob@example.org> wrote:\n\nfor now, restart it",
        "-----Original Message-----\nfor now, restart it",
        "From: Bob\nSent: Monday\nSubject: x\n\nfor now, restart it",
        "##- Please type your reply above this line -##\nfor now, restart it",
    ],
)
def test_everything_below_the_head_of_an_older_mail_is_a_quote(history: str) -> None:
    assert "for now" not in own_words(f"Hello\n{history}")
    assert own_words(f"Hello\n{history}").startswith("hello")


def test_words_below_marked_quotes_are_ours_again() -> None:
    assert "restart" in own_words("On Monday, Bob wrote:\n> it fails\n\nPlease restart it")


@pytest.mark.parametrize(
    "code",
    [
        "```\nworkaround()\n```",
        "~~~\nworkaround\n~~~",
        "{code:java}\nworkaround\n{code}",
        "[code]workaround[/code]",
        "<pre>\nworkaround\n</pre>",
        "\n    workaround = 1",
        "if (workaround) {",
        "2024-05-01 10:00:01 ERROR workaround",
        "    at com.acme.Workaround.run(Workaround.java:12)",
        "`workaround`",
    ],
)
def test_code_and_logs_are_not_ours(code: str) -> None:
    words = own_words(f"Try this\n{code}\nand tell us")
    assert "workaround" not in words
    assert words.startswith("try this")
    assert words.endswith("and tell us")


def test_an_indented_line_below_a_list_item_is_still_prose() -> None:
    assert "workaround" in own_words("- open the menu\n    and use the workaround")


def test_prose_that_ends_in_a_semicolon_is_not_code() -> None:
    assert "restart" in own_words("First restart it;\nthen wait")


@pytest.mark.parametrize(
    "end", ["-- \nBob\nask for our workaround", "Best regards,\nBob Workaround", "Thanks\nworkaround"]
)
def test_a_signature_is_not_ours(end: str) -> None:
    assert "workaround" not in own_words(f"Please restart it.\n\n{end}")


def test_thanks_in_front_of_a_text_is_no_signature() -> None:
    assert "restart" in own_words(
        "Thanks\nPlease restart the app and then tell us whether the page loads again or not."
    )


PREVIEW = """See this:
https://github.com/acme/app/issues/7
Export is empty
opened 05:30PM - 12 Mar 20 UTC
as a workaround, restart

Restart it"""


def test_a_link_preview_is_not_ours_but_its_issue_address_is_kept() -> None:
    assert "workaround" not in own_words(PREVIEW)
    (start, end), *more = issue_links(PREVIEW)
    assert PREVIEW[start:end] == "https://github.com/acme/app/issues/7"
    assert not more


@pytest.mark.parametrize(
    "preview",
    [
        "https://help.acme.example/kb/12\n\nhelp.acme.example\n\nKnown issues\n\nas a workaround, restart",
        "- https://github.com/acme/app/issues/7\nopened 12 Mar 2020\nas a workaround, restart",
    ],
)
def test_a_preview_is_told_by_its_host_and_stands_in_lists_too(preview: str) -> None:
    assert "workaround" not in own_words(f"See this.\n{preview}")


def test_an_issue_address_inside_the_previewed_words_is_not_evidence() -> None:
    previewed = "https://example.org/post\nCrash\nopened 12 Mar 20 UTC, see https://github.com/acme/app/issues/12"
    assert issue_links(f"{previewed}\n\n\nSee above.") == ()
    assert issue_links(previewed) == ()


def test_words_after_a_preview_and_a_gap_are_ours() -> None:
    assert "restart it" in own_words(PREVIEW.replace("\n\n", "\n\n\n"))


@pytest.mark.parametrize(
    "address",
    [
        "https://bugzilla.example.org/show_bug.cgi?id=1234",
        "https://jira.example.org/browse/ABC-12",
        "https://gitlab.example.org/a/b/-/issues/9",
        "https://linear.app/acme/issue/ENG-4",
    ],
)
def test_addresses_of_common_trackers_are_told(address: str) -> None:
    body = f"We track it ({address})."
    assert [body[start:end] for start, end in issue_links(body)] == [address]


def test_an_issue_address_that_somebody_else_quoted_is_not_evidence() -> None:
    assert issue_links("> https://github.com/acme/app/issues/7\nno") == ()


def test_own_words_keep_every_position() -> None:
    body = "“İstanbul”\u00a0it’s v4.8.1\tnow\r\nuse https://example.org/workaround twice\n> no\nok"
    words = own_words(body)
    assert len(words) == len(body)
    assert words.index("twice") == body.index("twice")
    assert "it's v4·8·1 now" in words
    assert "workaround" not in words


def test_a_line_end_inside_a_long_sentence_is_a_space() -> None:
    assert "temporary measure" in own_words(
        "Until the release on Thursday you can use it as a temporary\nmeasure, please."
    )
    assert "list\ntwo" in own_words("short list\ntwo")
