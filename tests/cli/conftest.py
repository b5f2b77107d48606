"""Fixtures for the commands."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from shell import Shell, open_shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    with ExitStack() as stack:
        yield open_shell(tmp_path, monkeypatch, capsys, stack)
