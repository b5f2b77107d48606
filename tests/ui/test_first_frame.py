"""The first frame is drawn before anything is imported that it does not need."""

import subprocess
import sys
from pathlib import Path

CODE = """
import asyncio, sys
from drive import console
from standin_story import story

HEAVY = {"httpx", "httpcore", "keyring", "msgspec", "tinydb", "jinja2", "markdown_it", "tree_sitter"}

async def main():
    app = console(story())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        print(sorted(HEAVY & set(sys.modules)))

asyncio.run(main())
"""

LOADED = """
import sys
import supportdesk.cli, supportdesk.ui.console
print(sorted(name for name in sys.modules if name.startswith("supportdesk.")))
"""
LATER = (
    *(f"model.{name}" for name in ("change", "finding", "issue", "people", "ticket")),
    *(f"providers.{name}" for name in ("flows", "identity", "outcomes", "ports")),
    "desk.readings",
    "ui.talk",
)


def test_nothing_heavy_is_imported_before_the_first_frame() -> None:
    here = Path(__file__).parent
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, cwd=here, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_console_loads_no_noun_that_a_queue_is_drawn_without() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=60)
    assert "supportdesk.model.queue" in done.stdout, done.stderr
    assert [name for name in LATER if f"'supportdesk.{name}'" in done.stdout] == []
