"""The README lists the keys as they are bound."""

import re
from pathlib import Path

from supportdesk.ui.bindings import every_binding
from supportdesk.ui.keytable import key_table

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_shows_the_keys_that_are_bound() -> None:
    found = re.search(r"<!-- keys: .*? -->\n(.*?)<!-- /keys -->", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    assert found[1].strip() == key_table(), "run `python -m supportdesk.ui.keytable` and put what it prints there"


def test_every_key_is_in_the_table() -> None:
    table = key_table()
    views = {f"queue.view_{number}" for number in range(1, 10)}  # they share a row
    assert "queue.view_1 … queue.view_9" in table
    assert [b.id for b in every_binding() if b.id not in views and f"| {b.id} " not in table] == []
