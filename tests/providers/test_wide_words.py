"""Large answers whose words take four bytes a character in memory: read where they are modest, refused where not."""

import json

import pytest

from supportdesk.errors import Lost
from supportdesk.providers.answers import decode


def test_large_json_with_smileys_is_read_as_it_stands() -> None:
    rows = ",".join([json.dumps({"body": "word " * 400 + "😀\\"}, ensure_ascii=False)] * 800)
    raw = f'{{"results": [{rows}]}}'.encode()
    assert len(raw) > 1024 * 1024
    found = decode(200, {"content-type": "application/json"}, raw).body
    assert found == json.loads(raw)


@pytest.mark.parametrize("smiley", ["😀", "\\ud83d\\ude00"])
def test_words_that_become_four_times_as_wide_in_memory_are_refused(smiley: str) -> None:
    raw = f'{{"results": [{",".join([chr(34) + "x" * 34 + smiley + chr(34)] * 300_000)}]}}'.encode()
    with pytest.raises(Lost, match="holds more"):
        decode(200, {"content-type": "application/json"}, raw)
