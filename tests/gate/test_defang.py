"""Words that mention, link, command or mark up nothing, as a Markdown parser sees them (A22, A23, A24)."""

import random
import re
from collections.abc import Iterator

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from supportdesk.gate.defang import LONGEST_TITLE, fence, inert_body, inert_placeholders, inert_text, inert_title

BODY = (
    "@octocat closes #1, torvalds/linux#2, GH-3, a94a8fe5ccb19ba61c4c0873d391e987982fbbd3, torvalds/linux@a94a8fe, "
    "![x](http://t/p.png), [y](http://t/), <img src=x>, <!-- z -->, https://github.com/torvalds/linux/issues/2, "
    "``` \n~~~\n```"
)
_HASH = r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b"
ACTS = re.compile(rf"@\w|#\d|\bGH-\d|https?://\S{{1,200}}/(?:issues|pull|commit)/|{_HASH}")
PIECES = [
    *BODY.split(),
    *(
        "`",
        "``",
        "```",
        "````",
        "~~~",
        "\\`",
        "\\",
        "\n",
        "\n\n",
        "    ",
        "> ",
        "- ",
        "# ",
        "|",
        "|-|-|",
        "<",
        ">",
        "<a title='",
        "'>",
    ),
    *(
        "[",
        "](",
        ")",
        "!",
        "]: http://t/p.png",
        "<details>",
        "&#64;x",
        "{{ticket.id}}",
        "\n/close",
        "text",
        "\t",
        "***",
        "===",
        "1. ",
    ),
]


def parsed(text: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text):
        yield token
        yield from token.children or ()


def acting(text: str) -> list[str]:
    """What would act in a text: markup that loads or hides, and names outside code."""
    found: list[str] = []
    for token in parsed(text):
        if token.type in ("html_block", "html_inline", "image") or (
            token.type == "link_open" and token.markup != "autolink"
        ):
            found.append(token.type)
        if token.type == "text":
            found += ACTS.findall(token.content)
    return found


def test_a_hostile_body_acts_before_and_not_after() -> None:
    assert len(acting(BODY)) > 6
    assert acting(inert_text(BODY)) == []
    assert acting(inert_title(BODY)) == []


def test_a_quoted_body_is_one_block_and_nothing_else() -> None:
    blocks = [token for token in parsed(fence(BODY)) if token.type != "softbreak"]
    assert [token.type for token in blocks] == ["fence"]
    assert blocks[0].content == BODY + "\n"


def made_up(seed: int) -> str:
    choose = random.Random(seed)
    return "".join(choose.choice(PIECES) + choose.choice(["", " "]) for _ in range(choose.randint(1, 25)))


@pytest.mark.parametrize("texts", [150, pytest.param(1500, marks=pytest.mark.gates)])
def test_no_made_up_body_breaks_out_of_its_fence(texts: int) -> None:
    for seed in range(texts):
        text = made_up(seed)
        quoted = fence(text)
        assert [
            token.type for token in parsed(f"before\n\n{quoted}\n\nafter") if token.level == 0 and token.type == "fence"
        ] == ["fence"]
        assert "".join(token.content for token in parsed(quoted) if token.type == "fence").rstrip(
            "\n"
        ) == text.strip().rstrip("\n")


@pytest.mark.parametrize("texts", [150, pytest.param(1500, marks=pytest.mark.gates)])
def test_no_made_up_prose_acts(texts: int) -> None:
    for seed in range(texts):
        text = made_up(seed)
        for inert in (inert_text(text), inert_body(text), inert_title(text)):
            assert acting(inert) == [], (text, inert)


def test_making_inert_twice_changes_nothing_more() -> None:
    for seed in range(400):
        text = made_up(seed)
        for make in (inert_text, inert_body, inert_title):
            assert make(make(text)) == make(text), text


def test_prose_that_acts_on_nothing_stays_as_it_is() -> None:
    text = "## What happens\n\n- `acme#12` and `@x`\n> Stops at 500 rows: x < 3, a*b, C:\\new, 1.2.3\n/usr/bin/env"
    assert inert_body(text) == text


def test_a_title_names_nothing_and_fits() -> None:
    title = inert_title("@team fix #12 <b>\n" + "é" * 400)
    assert title.startswith("＠team fix ＃12 ‹b>")
    assert len(title) <= LONGEST_TITLE
    assert title.endswith("[...]")
    assert "\n" not in title


@pytest.mark.parametrize("at", range(236, 256))
def test_a_title_is_never_cut_inside_code(at: int) -> None:
    title = inert_title("x" * at + " a94a8fe5ccb19ba61c4c0873d391e987982fbbd3 tail")
    assert title.count("`") % 2 == 0
    assert len(title) <= LONGEST_TITLE


@pytest.mark.parametrize("line", ["/close", "/confidential", "/assign @me", "  /close now", "a\n/close"])
def test_a_line_that_would_be_a_command_is_none(line: str) -> None:
    assert not any(re.match(r"\s*/[a-z]", each) for each in inert_text(line).split("\n"))


def test_placeholders_of_a_helpdesk_are_not_filled_in() -> None:
    for text in ("{{ticket.comments_formatted}}", "{%if x%}", "{{{x}}}", "{{%}}"):
        inert = inert_placeholders(text)
        assert not re.search(r"\{\{|\{%|\}\}|%\}", inert)
        assert inert_placeholders(inert) == inert


def test_a_fence_is_cut_to_its_limit_and_longer_than_any_run_in_it() -> None:
    quoted = fence("a" * 700, limit=600).split("\n")
    assert (quoted[0], quoted[-1], len(quoted[1])) == ("```text", "```", 600)
    assert fence("````` x").startswith("``````text")


def test_a_fence_that_was_left_open_is_closed() -> None:
    assert inert_body("```text\n@x") == "```text\n@x\n```"
    assert acting(inert_body("~~~~\n@x\n~~~\n@y") + "\n\nafter") == []
