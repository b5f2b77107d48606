"""A crash leaves a report without secrets, a sentence on the terminal and exit code 1 (A13)."""

import asyncio
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from drive import console
from standin_story import story
from textual.worker import WorkerFailed

from supportdesk.config import Config
from supportdesk.errors import StoreError, UsageError
from supportdesk.ui.console import run_console
from supportdesk.ui.crash import report

CANARY = "zdtoken-CANARY-0f9c"


def crash(folder: Path) -> str:
    token = CANARY

    def inner() -> None:
        headers = {"Authorization": token}
        raise ValueError(f"bad header {headers}")

    try:
        inner()
    except ValueError as error:
        return report(error, folder, datetime(2026, 11, 24, tzinfo=UTC))
    raise AssertionError


def test_the_report_names_the_place_and_holds_neither_values_nor_messages(tmp_path: Path) -> None:
    sentence = crash(tmp_path)
    (file,) = tmp_path.iterdir()
    text = file.read_text()
    assert str(file) in sentence
    assert "ValueError" in text
    assert "in inner" in text
    assert CANARY not in text + sentence
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_a_terminal_the_console_says_what_to_use_instead(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs a terminal"):
        run_console(story(), Config(path=tmp_path / "config.toml", home=tmp_path), demo=True)  # type: ignore[arg-type]


def test_a_folder_that_cannot_be_written_is_said() -> None:
    assert "no report" in crash(Path("/nonexistent"))


def test_a_worker_that_fails_ends_the_console_with_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = console(story(), folder=tmp_path)

    async def explode() -> None:
        token = CANARY
        raise RuntimeError(f"with {token}")

    async def run() -> None:
        async with app.run_test() as pilot:
            app.run_worker(explode(), group="test")
            await pilot.pause(0.3)

    with pytest.raises(WorkerFailed, match="RuntimeError"):
        asyncio.run(run())
    assert app.return_code == 1
    (file,) = tmp_path.glob("crash-*.txt")
    captured = capsys.readouterr()
    assert CANARY not in file.read_text() + captured.out + captured.err


def test_a_handler_that_fails_leaves_the_same_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = console(story(), folder=tmp_path)

    def explode() -> None:
        token = CANARY
        raise RuntimeError(f"with {token}")

    async def run() -> None:
        async with app.run_test() as pilot:
            app.call_later(explode)
            await pilot.pause(0.3)

    with pytest.raises(RuntimeError):
        asyncio.run(run())
    assert app.return_code == 1
    (file,) = tmp_path.glob("crash-*.txt")
    captured = capsys.readouterr()
    assert "in explode" in file.read_text()
    assert CANARY not in file.read_text() + captured.out + captured.err


def test_no_core_file_is_written_by_any_command() -> None:
    code = """
import resource, sys
from supportdesk.__main__ import main
sys.argv = ["supportdesk", "--version"]
try:
    main()
except SystemExit:
    print(resource.getrlimit(resource.RLIMIT_CORE))
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.endswith("(0, 0)\n")


def test_a_worker_that_failed_is_followed_to_where_it_did(tmp_path: Path) -> None:
    async def run() -> None:
        app = console(story(), folder=tmp_path)

        async def explode() -> None:
            raise RuntimeError("with a message")

        async with app.run_test() as pilot:
            app.run_worker(explode(), group="test")
            await pilot.pause(0.3)

    with pytest.raises(WorkerFailed):
        asyncio.run(run())
    (file,) = tmp_path.glob("crash-*.txt")
    assert "in explode" in file.read_text()
    assert "with a message" not in file.read_text()


def test_what_a_disk_refuses_is_told_by_its_own_sentence_and_is_no_mistake(tmp_path: Path) -> None:
    damaged = StoreError("The cache was damaged and has been removed.", "Start again: it is fetched anew.")
    failed = WorkerFailed(damaged)
    for error in (damaged, failed):
        said = report(error, tmp_path, datetime(2026, 11, 24, tzinfo=UTC))
        assert said.startswith("The cache was damaged and has been removed. Start again: it is fetched anew.")
    assert list(tmp_path.iterdir()) == []
