"""Words and numbers of answers: cleaned wherever they stand, absurd ones told in any encoding, none for its width."""

import json

import pytest

from supportdesk.providers import Json
from supportdesk.providers.answers import decode
from supportdesk.providers.extent import KEPT, LARGE, absurd, modest, shortened
from supportdesk.text import CUT, LONGEST, clean

MIB = 1024 * 1024
JSON = {"content-type": "application/json"}
HOSTILE = (
    "\x1b]0;x\x07",
    "a\u202eb",
    "one\r\ntwo",
    "\x7f",
    "e\u0301" + "\u0301" * 20,
    "tab\there",
    "x" * (LONGEST + 1),
)


def body_of(value: Json, encoding: str = "utf-8") -> Json:
    return decode(200, JSON, json.dumps(value, ensure_ascii=False).encode(encoding)).body


@pytest.mark.parametrize("word", HOSTILE)
def test_a_hostile_word_is_cleaned_as_a_value_in_a_list_and_as_a_name(word: str) -> None:
    found = body_of({"fine": "plain", word: [word, {"deep": {"er": word}}, [word]], "kept": 7})
    safe = clean(word)
    assert found == {"fine": "plain", safe: [safe, {"deep": {"er": safe}}, [safe]], "kept": 7}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_number_of_5000_digits_stays_text_in_every_encoding(encoding: str) -> None:
    raw = f'{{"id": {"7" * 5000}, "other": 12}}'.encode(encoding)
    assert absurd(raw)
    assert decode(200, JSON, raw).body == {"id": "7" * 5000, "other": 12}


@pytest.mark.parametrize("unit", ["x", "😀", "\\", "\\u12"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_word_of_ten_megabytes_costs_its_own_end_and_not_its_neighbours(unit: str, ascii_only: bool) -> None:
    word = unit * (10 * MIB // (len(json.dumps(unit, ensure_ascii=ascii_only).encode()) - 2))
    raw = json.dumps([{"description": word, "id": 7}, {"id": 8}], ensure_ascii=ascii_only).encode()
    assert len(raw) > LARGE
    assert decode(200, JSON, raw).body == [{"description": clean(word), "id": 7}, {"id": 8}]
    assert clean(word).endswith(CUT)


def test_words_are_cut_behind_all_that_is_kept_of_them() -> None:
    whole = json.dumps(["x" * (KEPT - 2)] * 3).encode()
    assert shortened(whole) == whole
    assert len(shortened(json.dumps(["x" * (KEPT + MIB)] * 2).encode())) < len(whole)


def test_commas_in_words_are_no_values() -> None:
    assert modest(json.dumps([", " * 250_000, "[" * 300_000]).encode())
    assert not modest(b"[" + b"1," * 400_000 + b"1]")


def test_latin_letters_are_not_taken_for_wide_ones() -> None:
    words = json.dumps(["é" * MIB] * 5, ensure_ascii=False).encode()
    assert modest(words)
