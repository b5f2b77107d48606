"""An answer's bytes as they arrive, in pieces of any length."""

import asyncio
import json
import random

import pytest

from supportdesk.transport.body import Body


def taken(raw: bytes, dice: random.Random) -> object:
    """What is read of a document that comes a few bytes at a time."""

    async def take() -> bytes | None:
        body, at = Body("", 1_000_000), 0
        while at < len(raw):
            size = dice.randint(1, 9)
            assert await body.take(raw[at : at + size])
            at += size
        return body.whole()

    whole = asyncio.run(take())
    assert whole is not None
    return json.loads(whole)


def test_crumbs_of_a_large_answer_leave_it_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are cut within an escape and within a character wherever they would be; with limits that are small."""
    monkeypatch.setattr("supportdesk.transport.body.LARGE", 40)
    monkeypatch.setattr("supportdesk.providers.shortening.KEPT", 100)
    monkeypatch.setattr("supportdesk.providers.shortening.PLAIN", 80)
    for seed in range(1_500):
        dice = random.Random(seed)
        words = ["".join(dice.choices(("x", "é", "😀", "u", "1f", "\\", "\n", '"'), k=dice.randint(0, 300)))]
        raw = json.dumps({"before": "-" * 50, "words": words, "end": 7}, ensure_ascii=seed % 2 == 0).encode()
        found = taken(raw, dice)
        assert isinstance(found, dict)
        assert found["end"] == 7
        assert words[0].startswith(found["words"][0].rstrip("\ud83d"))


@pytest.mark.parametrize("raw", [b"{}", b'{"a": "b"}', b"[1, 2]"])
def test_a_small_answer_in_crumbs_is_whole(raw: bytes) -> None:
    assert taken(raw, random.Random(0)) == json.loads(raw)
