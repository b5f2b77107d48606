"""Words of megabytes: cut while they arrive, where nobody reads them any more, and never so that the JSON breaks."""

import json
from random import Random

import pytest

from supportdesk.providers.shortening import KEPT, PIECE, PLAIN, Shortening
from supportdesk.text import CUT, clean

MIB = 1024 * 1024


def shortened(raw: bytes, size: int = PIECE) -> bytes:
    taking = Shortening()
    return b"".join(taking.take(raw[at : at + size]) for at in range(0, len(raw), size))


@pytest.mark.parametrize("unit", ["x", "😀", "\\", "\\u12"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_word_of_ten_megabytes_is_as_if_it_had_been_read_whole(unit: str, ascii_only: bool) -> None:
    word = unit * (10 * MIB // (len(json.dumps(unit, ensure_ascii=ascii_only).encode()) - 2))
    kept = shortened(json.dumps([{"description": word, "id": 7}, word], ensure_ascii=ascii_only).encode())
    first, second = json.loads(kept)
    assert len(kept) < 2 * KEPT + 100
    assert clean(first["description"]) == clean(second) == clean(word)
    assert clean(word).endswith(CUT)
    assert first["id"] == 7


def test_words_that_are_long_and_not_too_long_are_kept() -> None:
    whole = json.dumps(["x" * (PLAIN - 100)] * 3).encode()
    assert shortened(whole) == whole


@pytest.mark.parametrize("size", [16, 17, 19, 23, 31, 400])
def test_words_that_come_in_pieces_are_cut_neither_inside_an_escape_nor_a_character(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("supportdesk.providers.shortening.KEPT", 60)
    monkeypatch.setattr("supportdesk.providers.shortening.PLAIN", 40)
    units = ["x", "é", "😀", "u", "1f", "\\", "\n", '"', "\\u12"]
    for seed in range(60):
        words = ["".join(Random(seed + at).choices(units, k=at)) for at in (0, 3, 40, 20, 60)]
        raw = json.dumps({"words": words, "id": 7}, ensure_ascii=bool(seed % 2)).encode()
        found = json.loads(shortened(raw, size))
        assert found["id"] == 7
        for word, short in zip(words, found["words"], strict=True):
            assert word.startswith(short.rstrip("\ud83d"))
            assert short == word or len(word) > 8
