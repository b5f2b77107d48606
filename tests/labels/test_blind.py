"""What blind readers are given tells them nothing of what the finder thinks, and what they wrote is only measured."""

import json
from pathlib import Path

import pytest
from blind import BESIDE, FIRST, SHOWN_UNREAD, item
from corpus import Example
from reading import LIST, READ, drawn, readings, right_of

from supportdesk.insight.workaround import Said
from supportdesk.model import Role


def test_a_reader_sees_the_conversation_with_the_answer_marked_and_nothing_of_the_finder() -> None:
    said = (
        Said(id="q", role=Role.CUSTOMER, body="It fails."),
        Said(id="a", role=Role.AGENT, body="Restart it."),
        Said(id="later-0", role=Role.SYSTEM, body="Same here."),
    )
    label = {"workaround": True, "certainty": "clear", "draw": "top"}
    example = Example(id="acme-1-2", product="Acme", subject="Help", said=said, judged="a", label=label, weight=3.0)
    assert item(7, example) == {
        "n": 7,
        "subject": "Help",
        "conversation": [
            {"who": "customer", "text": "It fails."},
            {"who": "support", "text": "Restart it.", "answer": True},
        ],
        "afterwards": [{"who": "somebody else", "text": "Same here."}],
    }


def test_every_answer_was_drawn_once_and_mixed_with_others() -> None:
    lists = drawn()
    parts = [lists[name] for names in READ.values() for name in names]
    ids = [one for part in parts for one in part]
    assert [len(part) for part in parts] == [FIRST, FIRST, SHOWN_UNREAD, BESIDE]
    assert len(set(ids)) == len(ids)
    assert sorted(ids) == sorted(lists["items"])
    assert set(lists["items"][: 2 * FIRST]) == {*lists["first"], *lists["unflagged"]}


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_a_reading_is_of_an_answer_that_was_drawn_and_holds_nobodys_text(path: Path) -> None:
    drawn_ids = {one for name in READ[path] for one in drawn()[name]}
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for row in map(json.loads, text.splitlines()):
        assert row.keys() == {"id", "comment_id", "label", "clear", "why"}
        assert row["id"] in drawn_ids
        assert isinstance(row["label"], bool)
        assert isinstance(row["clear"], bool)
        assert len(row["why"].split()) <= 30


def test_only_what_was_read_counts() -> None:
    assert right_of(["a", "b", "c"], {"a": True, "c": False, "d": True}) == [True, False]
    assert LIST.stat().st_size < 30_000
    assert readings().keys() <= set(drawn()["items"])
