"""Fixtures for the commands."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from shell import House, Shell, open_house, open_shell


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with ExitStack() as stack:
        yield open_house(tmp_path_factory.mktemp("house"), stack)


@pytest.fixture
def shell(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A home that was synced a moment ago."""
    return open_shell(house, tmp_path, monkeypatch, capsys, synced=True)


@pytest.fixture
def new_shell(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """A home with a configuration and nothing else."""
    return open_shell(house, tmp_path, monkeypatch, capsys, synced=False)
