"""Words and numbers of answers: cleaned wherever they stand, absurd ones told in any encoding, none for its width."""

import json

import pytest

from supportdesk.providers import Json
from supportdesk.providers.answers import decode
from supportdesk.providers.extent import absurd, modest
from supportdesk.text import LONGEST, clean

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


def test_commas_in_words_are_no_values() -> None:
    assert modest(json.dumps([", " * 250_000, "[" * 300_000]).encode())
    assert not modest(b"[" + b"1," * 400_000 + b"1]")


def test_latin_letters_are_not_taken_for_wide_ones() -> None:
    words = json.dumps(["é" * MIB] * 5, ensure_ascii=False).encode()
    assert modest(words)
